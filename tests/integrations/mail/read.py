"""What a letter says, read from its HTML and from its text, so that both compare."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = frozenset({"br", "meta", "img", "link", "hr", "input"})
_BLOCKS = frozenset(
    {"p", "td", "th", "tr", "br", "h2", "div", "blockquote", "table", "body"}
)
_UNREAD = frozenset({"head", "style", "title", "h1"})
_MARKS = "●◎–‖○◐/·"


class Blocks(HTMLParser):
    """The words of an HTML letter, a string for each block, in order.

    Without masthead, heading and preview, which a text has elsewhere or not at all;
    what is hidden from ears (the row and its legend) is kept apart.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._words = ""
        self.feed(html)
        self._end()
        self.shown = self.shown[2:]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _BLOCKS:
            self._end()
        if tag in _VOID:
            return
        state = ""
        if tag in _UNREAD or "display:none" in (told.get("style") or ""):
            state = "unread"
        elif told.get("aria-hidden") == "true":
            state = "unread" if tag == "td" else "hidden"
        self._open.append((tag, state))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "unread" not in (state for _, state in self._open):
            self._words += data

    def _end(self) -> None:
        words = normal(self._words)
        if words:
            hidden = "hidden" in (state for _, state in self._open)
            (self.hidden if hidden else self.shown).append(words)
        self._words = ""

    @property
    def marks(self) -> str:
        """The row of periods, without its legend."""
        return "".join(sign for sign in self.hidden if len(sign) == 1)


def normal(words: str) -> str:
    """One space between words, and no space that only looks."""
    return " ".join(words.replace("\xa0", " ").split())


def said(text: str) -> str:
    """The words of a text letter without its row and its addresses, on one line."""
    lines = [line for line in text.splitlines() if not is_row(line)]
    return normal(re.sub(r"https://\S+", "", " ".join(lines)))


def is_row(line: str) -> bool:
    """Whether a line of a text is of the row of periods or of its legend."""
    begins = line.startswith("    ")
    return begins and bool(re.search(rf"(?:^|\s)\[?[{_MARKS}]\]?(?:\s|$)|\[ \]", line))


def marks(text: str) -> str:
    """The row of periods, as a text has it."""
    rows = [x for x in text.splitlines() if re.match(r"    \w{3,4} \[?[^\w\s]", x)]
    return "".join(re.findall(rf"[{_MARKS}]", "".join(rows)))
