"""A letter as blocks: what stands on the sheet, before it is text or HTML.

Both shapes are made from the same blocks, so that they cannot say different things. A
wording file (Jinja2) is a subject, a line of preview after `>`, and paragraphs. `# `
begins the heading, `~ ` a small note, `--` the foot. What is more than a paragraph
(times, the row, a button, a link) is put in as a token, which no name or text of a
person can imitate: the characters that make one are taken out of every value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
#: Control characters, ends of line, and what tokens are made of.
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff\ud800-\udfff]+")


_SIGNS = {"head": "## ", "point": "- "}


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    label: str
    url: str


Inline = str | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; `kind` is `p`, `note` (small) or `h1`."""

    inlines: tuple[Inline, ...]
    kind: str = "p"

    @property
    def links(self) -> tuple[Link, ...]:
        """The links in it, in order."""
        return tuple(part for part in self.inlines if isinstance(part, Link))


@dataclass(frozen=True, slots=True)
class Clocks:
    """One time on each person's clock, the reader's first; also a list of choices."""

    #: (the day, or empty where it was said; where it leads, or empty; the clocks)
    times: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One period in the row; `tone` is oak, acorn or soft."""

    sign: str
    tone: str
    month: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The row of periods, at most thirteen to a line, and its legend."""

    marks: tuple[Mark, ...]
    #: (sign, tone, words) of the marks that occur.
    legend: tuple[tuple[str, str, str], ...]
    #: What the bracketed one is called, in text.
    next_words: str

    @property
    def has_next(self) -> bool:
        """Whether one of them is the period of the next meeting."""
        return any(mark.is_next for mark in self.marks)

    @property
    def lines(self) -> tuple[tuple[Mark, ...], ...]:
        """The marks in lines of thirteen."""
        return tuple(self.marks[n : n + 13] for n in range(0, len(self.marks), 13))


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers with their names."""

    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What one of the two wrote, in their own words."""

    words: str


@dataclass(frozen=True, slots=True)
class Document:
    """A short document of headings, points and words; links in it are left out."""

    #: (`head`, `point` or `words`, text)
    lines: tuple[tuple[str, str], ...]


Block = Paragraph | Clocks | Row | Figures | Button | Quote | Document


class Token(str):
    """What a wording file may put on the sheet besides words."""

    __slots__ = ()


class Tokens:
    """Hands out the tokens of one sheet, and takes them back for their parts."""

    def __init__(self) -> None:
        self._parts: list[Block | Link] = []

    def put(self, part: Block | Link) -> Token:
        """A token for this."""
        self._parts.append(part)
        return Token(f"{_OPEN}{len(self._parts) - 1}{_CLOSE}")

    def block(self, text: str) -> Block | None:
        """What a paragraph is that consists of one token alone."""
        match = _TOKEN.fullmatch(text.strip())
        part = self._parts[int(match[1])] if match else None
        return part if part is not None and not isinstance(part, Link) else None

    def inlines(self, text: str) -> tuple[Inline, ...]:
        """The words and links of a paragraph."""
        found: list[Inline] = []
        for number, piece in enumerate(_TOKEN.split(text)):
            part = self._parts[int(piece)] if number % 2 else piece
            if isinstance(part, str | Link) and part != "":
                found.append(part)
        return tuple(found)


def plain(value: object) -> object:
    """What Jinja2 puts in for a value: one line of words, or a token as it is."""
    if isinstance(value, Token) or not isinstance(value, str):
        return value
    return _ODD.sub(" ", value)


def read_document(markdown: str) -> Document:
    """The little Markdown that an agenda is written in, without its title."""
    found = []
    for line in map(str.strip, markdown.splitlines()):
        kind = next((k for k, sign in _SIGNS.items() if line.startswith(sign)), "words")
        words = _ODD.sub(" ", line.removeprefix(_SIGNS.get(kind, ""))).strip()
        if words and not line.startswith(("# ", "[")):
            found.append((kind, words))
    return Document(tuple(found))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole letter."""

    subject: str
    preview: str
    heading: str
    body: tuple[Block, ...]
    foot: tuple[Paragraph, ...]


def read_sheet(text: str, tokens: Tokens) -> Sheet:
    """Read what a wording file came to."""
    head, _, rest = text.strip().partition("\n\n")
    subject, _, preview = head.partition("\n>")
    body, _, foot = rest.partition("\n--\n")
    blocks = list(_blocks(body, tokens))
    headings = [b for b in blocks if isinstance(b, Paragraph) and b.kind == "h1"]
    heading = "".join(str(p) for p in headings[0].inlines) if headings else ""
    return Sheet(
        subject=" ".join(subject.split()),
        preview=" ".join(preview.split()),
        heading=heading,
        body=tuple(b for b in blocks if b not in headings),
        foot=tuple(b for b in _blocks(foot, tokens) if isinstance(b, Paragraph)),
    )


def _blocks(text: str, tokens: Tokens) -> Iterator[Block]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        words = " ".join(part.strip() for part in paragraph.split("\n")).strip()
        block = tokens.block(words)
        if block is not None:
            yield block
        elif words.startswith("# "):
            yield Paragraph(tokens.inlines(words[2:]), "h1")
        elif words.startswith("~ "):
            yield Paragraph(tokens.inlines(words[2:]), "note")
        elif words:
            yield Paragraph(tokens.inlines(words))
