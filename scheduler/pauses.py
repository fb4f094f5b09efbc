"""When a pair rests: a fold over what says paused, resumed and closed.

A pause runs from the day it names up to, not including, the day they go on; its row
tells both as `START/UNTIL` (`evidence.stamp`), or UNTIL alone where it begins with the
row itself. There is one at a time: a later row ends an earlier one at its own instant,
so that a pause that is made longer is one row more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scheduler.evidence import Evidence, EvidenceKind, in_order, instant_of, stamp
from scheduler.timespan import Span, Spans

_INSTANT = timedelta(milliseconds=1)
#: For good: a day that every wall clock can still say.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_KINDS = frozenset({EvidenceKind.PAUSED, EvidenceKind.RESUMED, EvidenceKind.CLOSED})


@dataclass(frozen=True, slots=True)
class Rest:
    """Pauses, and what lies behind a closing; each in order, none overlaps another."""

    pauses: tuple[Span, ...] = ()
    closings: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """All of it: what is skipped, whatever the reason."""
        return tuple(sorted((*self.pauses, *self.closings)))

    def has_last_day(self, period: Span) -> bool:
        """Whether a pause or the closing covers the last day of a period."""
        return _covers_last(self.spans, period)

    def pauses_last_day(self, period: Span) -> bool:
        """The same for pauses alone: such a period is drawn with two bars."""
        return _covers_last(self.pauses, period)

    @property
    def closed_at(self) -> datetime | None:
        """When the pair was closed, if it is."""
        last = self.closings[-1] if self.closings else None
        return last.start if last and last.end == _LAST else None

    def pause_at(self, now: datetime) -> Span | None:
        """The pause under way, or else the one that was announced, as one stretch."""
        return next((p for p in Spans.of(self.pauses) if now < p.end), None)


def rest(rows: Iterable[Evidence]) -> Rest:
    """The fold, over evidence in any order."""
    found: dict[EvidenceKind, list[Span]] = {
        EvidenceKind.PAUSED: [],
        EvidenceKind.CLOSED: [],
    }
    since: tuple[EvidenceKind, datetime, datetime] | None = None
    for row in in_order(rows):
        if row.kind not in _KINDS:
            continue
        if since:
            kind, start, end = since
            found[kind] += _span(start, min(end, row.at))
        since = None if row.kind is EvidenceKind.RESUMED else (row.kind, *_of(row))
    if since:
        kind, start, end = since
        found[kind] += _span(start, end)
    return Rest(tuple(found[EvidenceKind.PAUSED]), tuple(found[EvidenceKind.CLOSED]))


def paused_at(rows: Iterable[Evidence], now: datetime) -> bool:
    """Whether the pair pauses at this instant; a closed one does not."""
    return any(p.start <= now < p.end for p in rest(rows).pauses)


def said(pause: Span) -> str:
    """A pause as the row's `detail` holds it."""
    return f"{stamp(pause.start)}/{stamp(pause.end)}"


def _of(row: Evidence) -> tuple[datetime, datetime]:
    """From when until when; a closing, and a pause that does not say, is for good."""
    first, parted, last = row.detail.rpartition("/")
    start = instant_of(first) if parted else None
    return max(start or row.at, row.at), instant_of(last) or _LAST


def _span(start: datetime, end: datetime) -> list[Span]:
    """A rest that was taken back in the instant in which it began is none."""
    return [Span(start, end)] if end - start > _INSTANT else []


def _covers_last(spans: Iterable[Span], period: Span) -> bool:
    return any(p.start < period.end <= p.end for p in spans)
