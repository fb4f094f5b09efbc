"""The tables of docs/performance.md, between marks that `make bench` looks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from benchmarks.measure import Row

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
HEAD = ("| work | Troth | peer | ratio | to reach | |", "|---|---|---|---|---|---|")


def table(rows: Iterable[Row], setting: Iterable[str], day: date) -> str:
    """A table, and below it when and on what it was measured."""
    measured = f"Measured on {day.day} {day:%B %Y}: {'; '.join(setting)}."
    return "\n".join((*HEAD, *(row.line() for row in rows), "", *_wrapped(measured)))


def filled(page: str, name: str, text: str) -> str:
    """The page with this text between the marks of `name`."""
    begin, end = f"<!-- make bench: {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"docs/performance.md has no place for {name}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def _wrapped(text: str, most: int = 88) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
