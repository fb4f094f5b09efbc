"""What was read from one iCalendar file: whole numbers, and objects made of them.

A calendar has very many occurrences, of which most are only merged into busy time;
so they are kept as plain numbers until somebody asks for objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scheduler.events import MERGED, CalendarObject, Meaning, Occurrence, Path, Warned
from scheduler.ids import RemoteId
from scheduler.timespan import Span, Spans

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)

#: Original start, start and end in seconds since 1970, and the number of a meaning.
Row = tuple[int, int, int, int]
MEANINGS = tuple(Meaning)
BUSY, FREE, CANCELLED, DECLINED = range(4)


class Found(NamedTuple):
    """What a file says of one UID; `rows` are sorted.

    `changed` is in seconds since 1970. `why` says what kept it from the fast path; ''
    where nothing did.
    """

    id: str
    uid: str
    rows: tuple[Row, ...] = ()
    changed: int | None = None
    sequence: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one file says about a window.

    Each UID is one of `found`, whose id is the UID; events without one stand alone.
    One without an occurrence near the window is there too, so that its UID is not
    taken for gone.
    """

    found: tuple[Found, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def objects(self) -> tuple[CalendarObject, ...]:
        """All that was found as values of the domain, made anew at every call."""
        return tuple(map(_object, self.found))

    @property
    def paths(self) -> tuple[Path, ...]:
        """Which way each series was read, in the order of the file."""
        return tuple(
            Path(one.uid, "careful" if one.why else "fast", one.why, len(one.rows))
            for one in self.found
            if not one.id.startswith(MERGED)
        )

    def busy(self, window: Span) -> Spans:
        """When its owner is busy, clipped to the window."""
        spans = Spans(tuple(map(_span, self.busy_seconds(window))))
        whole = not (window.start.microsecond or window.end.microsecond)
        return spans if whole else spans.clipped(window)

    def busy_seconds(self, window: Span) -> list[tuple[int, int]]:
        """The same as [start, end) in seconds since 1970: sorted, merged, clipped.

        A window that does not begin and end on whole seconds is taken a part of a
        second too wide.
        """
        low, high = seconds(window.start), -seconds_back(window.end)
        busy = [
            (start, end)
            for one in self.found
            if one.rows
            for _, start, end, meaning in one.rows
            if meaning == BUSY and low < end and start < high and start < end
        ]
        busy.sort()
        merged = _merged(busy)
        if merged:
            # Only the ends can reach out of the window: what meets it was chosen above.
            merged[0] = max(merged[0][0], low), merged[0][1]
            merged[-1] = merged[-1][0], min(merged[-1][1], high)
        return merged


def seconds(when: datetime) -> int:
    """Since 1970, rounded down."""
    return (when - EPOCH) // SECOND


def seconds_back(when: datetime) -> int:
    """Until 1970, rounded down."""
    return (EPOCH - when) // SECOND


def instant(number: int) -> datetime:
    """Of seconds since 1970."""
    if number < 0:  # not every system converts these
        return EPOCH + timedelta(seconds=number)
    return datetime.fromtimestamp(number, UTC)


def row(one: Occurrence) -> Row:
    """An occurrence as whole numbers."""
    return (
        seconds(one.original_start),
        seconds(one.start),
        seconds(one.end),
        MEANINGS.index(one.meaning),
    )


def _merged(sorted_stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches joined where they overlap or touch."""
    if not sorted_stretches:
        return []
    merged = []
    first, last = sorted_stretches[0]
    for start, end in sorted_stretches:
        if start > last:
            merged.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    merged.append((first, last))
    return merged


def _span(stretch: tuple[int, int]) -> Span:
    start, end = stretch
    return Span(instant(start), instant(end))


def _object(one: Found) -> CalendarObject:
    return CalendarObject(
        id=RemoteId(one.id),
        uid=one.uid,
        occurrences=tuple(map(_occurrence, one.rows)),
        changed_at=None if one.changed is None else instant(one.changed),
        sequence=one.sequence,
    )


def _occurrence(found: Row) -> Occurrence:
    original, start, end, meaning = found
    return Occurrence(
        instant(original), instant(start), instant(end), MEANINGS[meaning]
    )
