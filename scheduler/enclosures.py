"""What the two put beside their agenda to read: links, never files.

Troth keeps no file and opens no link. What may be handed in is refused by its own code
(promises.md, bad input 63): too big, the wrong type, too many, not a link for others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId
from scheduler.outbox import digest

#: As many as a Google event may have attachments.
MOST = 25
MOST_OF_A_LINK = 2000
MOST_OF_A_TITLE = 120
#: Octets of a request about an agenda: nobody writes more by hand.
MOST_OCTETS = 256 * 1024

#: What a click should never start.
_PROGRAMS = frozenset(
    {
        *("apk", "app", "bat", "cmd", "com", "cpl", "dmg", "exe", "hta", "iso"),
        *("jar", "jse", "lnk", "msi", "msp", "pif", "ps1", "reg", "scr", "sh"),
        *("vbe", "vbs", "wsf"),
    }
)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A link on the agenda, shared from the beginning, until either takes it off."""

    id: str
    pair: PairId
    by: PersonId
    url: str
    title: str
    added_at: datetime
    taken_off_at: datetime | None = None

    @property
    def text(self) -> str:
        """How it stands in an event."""
        return f"{self.title}: {self.url}"


def enclosed(
    known: Iterable[Enclosure],
    url: str,
    title: str,
    *,
    pair: PairId,
    who: PersonId,
    now: datetime,
) -> Enclosure:
    """The link to keep; one that is there already stays, one taken off comes back.

    `Refused` E_AGENDA_LINK for what is no https address, E_AGENDA_TYPE for a program,
    E_AGENDA_TOO_BIG for one that is too long, E_AGENDA_TOO_MANY for the 26th.
    """
    address = url.strip()
    parts = _checked(address)
    said = " ".join(title.split()) or _called(parts)
    if len(said) > MOST_OF_A_TITLE:
        raise Refused(
            "E_AGENDA_TOO_BIG",
            f"What a link is called has at most {MOST_OF_A_TITLE} characters.",
            field="title",
        )
    every = tuple(known)
    name = digest("enclosure", pair, address)
    old = next((one for one in every if one.id == name), None)
    if old and old.taken_off_at is None:
        return old
    if len(on_agenda(every)) >= MOST:
        raise Refused(
            "E_AGENDA_TOO_MANY",
            f"An agenda holds {MOST} links; take one off first.",
            field="url",
        )
    if old:
        return replace(old, title=said, taken_off_at=None)
    return Enclosure(name, pair, who, address, said, now)


def on_agenda(known: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """Those that stand there now, in the given order."""
    return tuple(one for one in known if one.taken_off_at is None)


def taken_off(one: Enclosure, now: datetime) -> Enclosure:
    """Either takes it off; twice is once. Adding it again puts it back."""
    return replace(one, taken_off_at=one.taken_off_at or now)


def no_file() -> Refused:
    """What somebody who hands in a file is told."""
    return Refused(
        "E_AGENDA_TYPE",
        "Troth keeps no files; put it where you keep yours, and add its link here.",
        field="url",
    )


def no_access() -> Refused:
    """What somebody is told whose document their partner cannot open."""
    return Refused(
        "E_AGENDA_ACCESS",
        "Your partner cannot open this document: it is the agenda of other meetings,"
        " or was not shared. Share a document of your own, and add its link here.",
        field="url",
    )


def too_big() -> Refused:
    """What somebody is told who hands in more than anybody writes."""
    return Refused(
        "E_AGENDA_TOO_BIG",
        "That is too much for an agenda; Troth keeps links and short texts, no files.",
        field="url",
    )


def _checked(address: str) -> SplitResult:
    if len(address) > MOST_OF_A_LINK:
        raise Refused(
            "E_AGENDA_TOO_BIG",
            f"A link has at most {MOST_OF_A_LINK} characters.",
            field="url",
        )
    parts = _split(address)
    if parts is None:
        raise Refused(
            "E_AGENDA_LINK",
            "Give an address that begins with https:// and that your partner can "
            "open too.",
            field="url",
        )
    if parts.path.rpartition(".")[2].casefold() in _PROGRAMS:
        raise Refused(
            "E_AGENDA_TYPE",
            "This leads to a program; add a document or a page instead.",
            field="url",
        )
    return parts


def _split(address: str) -> SplitResult | None:
    """The parts of an https address that means the same to every program; else None.

    Blanks, controls and backslashes are read differently by different ones; a name
    before an at sign makes an address look like another one's.
    """
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    good = (
        parts.scheme == "https"
        and host
        and "." in host
        and port in {None, 443}
        and "@" not in parts.netloc
        and address.isprintable()
        and not set(address) & set(' \\<>"`{}|^')
    )
    return parts if good else None


def _called(parts: SplitResult) -> str:
    """What a link without a title is called: where it leads."""
    return f"{parts.hostname}{parts.path.rstrip('/')}"[:MOST_OF_A_TITLE]
