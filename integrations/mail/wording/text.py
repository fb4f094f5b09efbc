"""A sheet as plain text: seventy columns, addresses on lines of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import assert_never

from integrations.mail.wording.sheet import (
    Block,
    Button,
    Clocks,
    Document,
    Figures,
    Mark,
    Paragraph,
    Quote,
    Row,
    Sheet,
)

_WIDTH = 70
_INDENT = "    "


def as_text(sheet: Sheet, greeting: str) -> str:
    """The whole text, without the subject."""
    body = "\n\n".join([greeting, *map(_block, sheet.body)])
    foot = "\n".join(map(_paragraph, sheet.foot))
    return f"{body}\n\n-- \n{foot}\n" if foot else f"{body}\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            shown = _paragraph(block)
        case Button():
            shown = f"{block.label}:\n{block.url}"
        case Quote():
            shown = _quote(block)
        case Clocks():
            shown = "\n\n".join(_time(*time) for time in block.times)
        case Row():
            shown = _row(block)
        case Figures():
            shown = _figures(block)
        case Document():
            shown = _document(block)
        case _:
            assert_never(block)
    return shown


def _paragraph(paragraph: Paragraph) -> str:
    """The words; behind them each address with what it is called."""
    links = paragraph.links
    if len(links) == 1 and paragraph.inlines == links:
        return f"{links[0].label}: {links[0].url}"
    words = "".join(
        part if isinstance(part, str) else part.label for part in paragraph.inlines
    )
    if len(links) == 1 and words.rstrip(".").endswith(links[0].label):
        return f"{_wrapped(words.rstrip('.') + ':')}\n{links[0].url}"
    lines = [_wrapped(words)]
    lines += [f"{link.label}:\n{link.url}" for link in links]
    return "\n".join(lines)


def _wrapped(words: str) -> str:
    """Lines of seventy columns; what must not part (19 January) stays together."""
    filled = textwrap.fill(
        words, _WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\xa0", " ")


def _quote(block: Quote) -> str:
    return textwrap.fill(
        f'"{block.words}"',
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
    )


def _time(day: str, url: str, clocks: Iterable[str]) -> str:
    lines = [line for line in (day, *clocks, url) if line]
    return "\n".join(f"{_INDENT}{line}".replace("\xa0", " ") for line in lines)


def _row(row: Row) -> str:
    lines = [f"{_INDENT}{'  '.join(_months(line))}" for line in row.lines]
    legend = [f"{sign} {words}" for sign, _, words in row.legend]
    if row.has_next:
        legend.append(f"[ ] {row.next_words}")
    shown = textwrap.fill(
        "   ".join(word.replace(" ", "\xa0") for word in legend),
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
    )
    return "\n".join([*lines, "", shown.replace("\xa0", " ")])


def _months(line: Iterable[Mark]) -> Iterator[str]:
    """`Oct ● ○`: months before marks, so that no column has to line up."""
    for month, marks in groupby(line, key=lambda mark: mark.month):
        signs = (f"[{mark.sign}]" if mark.is_next else mark.sign for mark in marks)
        yield f"{month} {' '.join(signs)}"


def _figures(block: Figures) -> str:
    names = max((len(name) for name, _ in block.figures), default=0)
    width = max((len(figure) for _, figure in block.figures), default=0)
    return "\n".join(
        f"{_INDENT}{name:<{names}}  {figure:>{width}}" for name, figure in block.figures
    )


def _document(block: Document) -> str:
    shown: list[str] = []
    for kind, words in block.lines:
        before = "\n" if kind == "head" and shown else ""
        lead = f"{_INDENT}- " if kind == "point" else _INDENT
        shown.append(
            before
            + textwrap.fill(
                words,
                _WIDTH,
                initial_indent=lead,
                subsequent_indent=" " * len(lead),
                break_long_words=False,
            )
        )
    return "\n".join(shown)
