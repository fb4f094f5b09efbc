"""The rows of a programme: ten small marks for each fortnight of a group.

Each mark is a tenth of what ended in it; numbers stand in a table below (LOOKS, Large
programmes). Marks fill from the bottom, two side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from scheduler.cadence import Cadence
from scheduler.localtime import zone
from scheduler.shown import Shown, ShownGroup, tenths
from scheduler.snapshot import Counts, Snapshot, stretches
from web.sheets import sentence

#: One fortnight is so wide, and two marks lie so far apart.
_WIDE, _APART = 20.0, 6.6
_LEFT, _BOTTOM = 5.3, 31.0


@dataclass(frozen=True, slots=True)
class Row:
    """One group: what it is called, its pairs, its marks as SVG paths, its cells."""

    name: str
    pairs: int
    held: int
    due: int
    #: (class, path) of the marks that occur.
    paths: tuple[tuple[str, str], ...]
    #: `104 of 112` for each fortnight; `–` where it is not shown.
    cells: tuple[str, ...]
    #: (name, `857 of 937`), or None where it is not shown.
    rates: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The groups of one side, under the same thirteen fortnights."""

    rows: tuple[Row, ...]
    #: The first day of each fortnight, `29 Sep`.
    days: tuple[str, ...]
    #: (x, month) above the marks.
    months: tuple[tuple[float, str], ...]


def laid_out(side: Shown, snapshot: Snapshot, zone_name: str) -> Rows:
    """The groups as they are drawn, on the programme's clock."""
    where = zone(zone_name)
    spans = stretches(snapshot.as_of, zone_name)
    firsts = [span.start.astimezone(where).date() for span in spans]
    return Rows(
        tuple(_row(group) for group in side.groups),
        tuple(format_date(day, "d MMM", locale="en") for day in firsts),
        _months(firsts),
    )


def _months(firsts: Sequence[date]) -> tuple[tuple[float, str], ...]:
    """A month stands over the fortnight in which it begins."""
    return tuple(
        (n * _WIDE + 2, format_date(day, "MMM", locale="en"))
        for n, day in enumerate(firsts)
        if n == 0 or firsts[n - 1].month != day.month
    )


def _row(group: ShownGroup) -> Row:
    return Row(
        cadences(group.cadences),
        group.pairs,
        group.held,
        group.due,
        _paths(group.stretches),
        tuple(_cell(counts) for counts in group.stretches),
        tuple(
            (name, f"{rate.numerator:,} of {rate.denominator:,}" if rate else None)
            for name, rate in group.rates
        ),
    )


def cadences(names: Sequence[str]) -> str:
    """`Every week`, or `Every two weeks and every month`."""
    words = [sentence(Cadence.parse(name)).lower() for name in names]
    told = " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
    return told[:1].upper() + told[1:]


def _cell(counts: Counts | None) -> str:
    return "–" if counts is None else f"{counts.held:,} of {counts.due:,}"


def _paths(stretches: Sequence[Counts | None]) -> tuple[tuple[str, str], ...]:
    marks: dict[str, list[str]] = {"k": [], "r": [], "o": [], "d": []}
    for n, counts in enumerate(stretches):
        if counts is None:
            marks["d"].append(f"M{n * _WIDE + 8:g} 33h.1")
            continue
        kept, repaired, owed = tenths(counts)
        signs = "k" * kept + "r" * repaired + "o" * owed
        for place, sign in enumerate(signs):
            x = n * _WIDE + _LEFT + _APART * (place % 2)
            y = _BOTTOM - _APART * (place // 2)
            marks[sign].append(_mark(sign, x, y))
    return tuple((sign, "".join(found)) for sign, found in marks.items() if found)


def _mark(sign: str, x: float, y: float) -> str:
    """A disc, a ring, or a ring open at the top."""
    if sign == "k":
        return f"M{x:.1f} {y:.1f}h.1"
    if sign == "r":
        return f"M{x - 2.2:.1f} {y:.1f}a2.2 2.2 0 1 0 4.4 0 2.2 2.2 0 1 0-4.4 0"
    return f"M{x + 1.3:.1f} {y - 1.8:.1f}a2.2 2.2 0 1 1-2.6 0"
