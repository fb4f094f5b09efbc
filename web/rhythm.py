"""The row of periods as a page shows it: one mark for each, words for every mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from markupsafe import Markup

from scheduler.letters import Mark, RowMark
from scheduler.localtime import zone

#: The symbol in marks.svg, and the accessible word (LOOKS: never by colour alone).
SYMBOLS = {
    Mark.KEPT: ("k", "kept"),
    Mark.REPAIRED: ("r", "repaired"),
    Mark.SKIPPED: ("s", "skipped by agreement"),
    Mark.PAUSED: ("p", "paused"),
    Mark.OWED: ("o", "owed"),
    Mark.UNCONFIRMED: ("u", "unconfirmed"),
    Mark.LEFT_OUT: ("x", "not counted"),
    Mark.TO_COME: ("t", "to come"),
}

#: More than these do not stand in one row.
MOST = 13


@dataclass(frozen=True, slots=True)
class Shown:
    """One period of the row; `month` is set where a new month begins."""

    symbol: str
    words: str
    days: Markup
    month: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A row, and a legend of the marks that occur in it, in the legend's order."""

    periods: tuple[Shown, ...]
    legend: tuple[tuple[str, str], ...]


def rhythm(row: Sequence[RowMark], zone_name: str) -> Rhythm:
    """Lay out the last thirteen periods up to and around the next one."""
    where = zone(zone_name)
    shown: list[Shown] = []
    month = 0
    for period in _window(row):
        first = period.days.start.astimezone(where).date()
        last = period.days.end.astimezone(where).date() - timedelta(days=1)
        symbol, words = SYMBOLS[period.mark]
        new_month = first.month != month
        month = first.month
        shown.append(
            Shown(
                symbol,
                words,
                days(first, last),
                format_date(first, "MMM", locale="en") if new_month else "",
                period.is_next,
            )
        )
    occurring = {period.symbol for period in shown}
    legend = tuple(entry for entry in SYMBOLS.values() if entry[0] in occurring)
    return Rhythm(tuple(shown), legend)


def _window(row: Sequence[RowMark]) -> Sequence[RowMark]:
    """Thirteen periods that hold the next one, with at most four to come behind it."""
    if len(row) <= MOST:
        return row
    at = next((i for i, period in enumerate(row) if period.is_next), len(row) - 1)
    first = max(0, min(at + 5, len(row)) - MOST)
    return row[first : first + MOST]


def days(first: date, last: date) -> Markup:
    """`28 September to 11 October`, or `9 to 22 November` inside one month."""
    end = format_date(last, "d MMMM", locale="en").replace(" ", "\u00a0")
    same = (first.year, first.month) == (last.year, last.month)
    start = format_date(first, "d" if same else "d MMMM", locale="en")
    return Markup("{} to {}").format(start.replace(" ", "\u00a0"), end)
