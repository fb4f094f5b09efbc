"""How promises went, folded from evidence alone: neither order nor repeats matter.

product.md, the rate 'promises kept': kept / (kept + overdue), each promise once, in the
window of its last agreed date. One that was let go is not counted, nor one that is
still open and not over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.evidence import Evidence, EvidenceKind, in_order
from scheduler.ids import PersonId
from scheduler.localtime import midnight, zone
from scheduler.timespan import Span

#: What happens to a promise that was made.
_LATER = frozenset(
    {
        EvidenceKind.PROMISE_KEPT,
        EvidenceKind.PROMISE_MOVED,
        EvidenceKind.PROMISE_RELEASED,
    }
)


@dataclass(frozen=True, slots=True)
class Word:
    """One promise as evidence tells of it; `zone` is its owner's."""

    day: date
    zone: ZoneInfo
    last: EvidenceKind = EvidenceKind.PROMISED

    def is_kept(self) -> bool:
        """Whether its owner said that it is done, at whatever time."""
        return self.last is EvidenceKind.PROMISE_KEPT

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and its date is over where its owner lives."""
        over = midnight(self.day + timedelta(days=1), self.zone)
        return self.is_open() and now >= over

    def is_open(self) -> bool:
        """Whether it is still to be kept."""
        return self.last in {EvidenceKind.PROMISED, EvidenceKind.PROMISE_MOVED}


def given_words(
    rows: Iterable[Evidence], zones: Mapping[PersonId, str]
) -> tuple[Word, ...]:
    """Every promise on record; an owner nobody knows any more is read in UTC."""
    found: dict[str, Word] = {}
    for row in in_order(rows):
        day, known = _day(row.detail), found.get(row.about)
        if row.kind is EvidenceKind.PROMISED:
            where = zones.get(row.by) if row.by else None
            if day and known is None:
                found[row.about] = Word(day, zone(where or "UTC"))
        elif row.kind in _LATER and known:
            found[row.about] = replace(known, day=day or known.day, last=row.kind)
    return tuple(found.values())


def word_kept(
    words: Iterable[Word], window: Span, now: datetime, where: ZoneInfo
) -> tuple[int, int]:
    """How many were kept, of how many whose last agreed date lies in the window.

    A date is a day of the calendar: it lies in March when it is one of March, whoever
    promised it; `where` is the zone whose midnights bound the window.
    """
    due = [w for w in words if window.start <= midnight(w.day, where) < window.end]
    kept = sum(w.is_kept() for w in due)
    return kept, kept + sum(w.is_overdue(now) for w in due)


def _day(detail: str) -> date | None:
    try:
        return date.fromisoformat(detail)
    except ValueError:
        return None
