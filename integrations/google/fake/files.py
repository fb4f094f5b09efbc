"""A file in somebody's Drive, as FakeGoogle keeps it: documents alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser

DOCUMENT = "application/vnd.google-apps.document"
OWNER = "owner"
#: Elements that each become a paragraph.
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "div"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What one user may do with a file."""

    email: str
    role: str


@dataclass(frozen=True, slots=True)
class File:
    """One document. `text` is its body, which ends with a line break.

    `client` made it for `owner`: with `drive.file` nobody else sees it. `properties`
    are that client's own.
    """

    id: str
    owner: str
    client: str
    name: str
    made_at: datetime
    text: str = "\n"
    revision: int = 1
    trashed: bool = False
    writers_can_share: bool = True
    properties: Mapping[str, str] = field(default_factory=dict)
    #: By the id of each permission.
    grants: Mapping[str, Grant] = field(default_factory=dict)

    @property
    def link(self) -> str:
        """Where people open it."""
        return f"https://docs.google.com/document/d/{self.id}/edit?usp=drivesdk"

    def role(self, email: str) -> str:
        """What a user is to it; empty: nothing."""
        if email == self.owner:
            return OWNER
        return next((g.role for g in self.grants.values() if g.email == email), "")

    def may_write(self, email: str) -> bool:
        """Whether a user may change its text."""
        return self.role(email) in {OWNER, "writer"}

    def with_text(self, text: str) -> File:
        """Another revision."""
        return replace(self, text=text, revision=self.revision + 1)


def read_html(html: str) -> str:
    """The text of a page, one paragraph for each block of it."""
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    said = [" ".join(one.split()) for one in reader.found]
    return "".join(f"{one}\n" for one in said if one) or "\n"


class _Blocks(HTMLParser):
    """Gathers what stands in each block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        self.found[-1] += data
