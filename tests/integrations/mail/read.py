"""What a letter says, read from its HTML and from its text, so that both compare."""

from __future__ import annotations

import re

from lxml.html import HtmlElement, fromstring

_BLOCKS = frozenset(
    {"p", "td", "th", "tr", "br", "h2", "div", "blockquote", "table", "body"}
)
_UNREAD = frozenset({"head", "style", "title", "h1"})
_MARKS = "●◎–‖○◐/·"


class Blocks:
    """The words of an HTML letter, a string for each block, in order.

    Without masthead, heading and preview, which a text has elsewhere or not at all;
    what is hidden from ears (the row and its legend) is kept apart.
    """

    def __init__(self, html: str) -> None:
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self._words = ""
        self._walk(fromstring(html), is_hidden=False)
        # The masthead is two cells: whose letter it is, and of which programme.
        self.shown = self.shown[2:]

    def _walk(self, node: HtmlElement, *, is_hidden: bool) -> None:
        if not isinstance(node.tag, str) or _is_unread(node):
            return
        ends = node.tag in _BLOCKS
        if ends:
            self._end(is_hidden=is_hidden)
        is_inside = is_hidden or node.get("aria-hidden") == "true"
        self._words += node.text or ""
        for child in node:
            self._walk(child, is_hidden=is_inside)
            self._words += child.tail or ""
        if ends:
            self._end(is_hidden=is_inside)

    def _end(self, *, is_hidden: bool) -> None:
        words = normal(self._words)
        if words:
            (self.hidden if is_hidden else self.shown).append(words)
        self._words = ""

    @property
    def marks(self) -> str:
        """The row of periods, without its legend."""
        return "".join(sign for sign in self.hidden if len(sign) == 1)


def _is_unread(node: HtmlElement) -> bool:
    is_dash = node.tag == "td" and node.get("aria-hidden") == "true"
    shut = "display:none" in (node.get("style") or "")
    return is_dash or shut or node.tag in _UNREAD


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
