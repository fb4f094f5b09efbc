"""The dates an object should have, against the dates a calendar shows for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.events import CalendarObject, Meaning, Occurrence
from scheduler.evidence import SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.series import Meeting, MeetingKey, Series
from scheduler.timespan import Span

#: So many of ours gone at once are one act, and are asked about where they may not be
#: (promises.md F30).
MANY = 3

_GONE = {
    Meaning.CANCELLED: FindingKind.CANCELLED,
    Meaning.DECLINED: FindingKind.DECLINED,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one calendar shows of one object, and what is remembered of its dates."""

    person: PersonId
    source: SourceKind
    grade: Grade
    objects: tuple[CalendarObject, ...]
    #: Starts that meetings had before, which a slow source may still show.
    former: frozenset[tuple[MeetingKey, datetime]] = frozenset()

    def at(self, now: datetime) -> datetime:
        """When it was changed, by the source's own stamp; never later than `now`."""
        stamps = [o.changed_at for o in self.objects if o.changed_at]
        return min([now, max(stamps)]) if stamps else now

    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every date of it, in order; of one that two parts hold, what stands is last.

        A series that people split may leave an exception behind in its old part.
        """
        every = (o for found in self.objects for o in found.occurrences)
        return tuple(sorted(every, key=_place))


@dataclass(frozen=True, slots=True)
class Diff:
    """Explicit findings, and the dates that are simply not shown."""

    findings: tuple[Finding, ...] = ()
    missing: tuple[Meeting, ...] = ()


def diff(
    series: Series, expected: tuple[Meeting, ...], shown: Shown, now: datetime
) -> Diff:
    """Hold expected meetings of one object against what is shown of it.

    `expected` are live and ahead. Of those that are not shown by their original start,
    each is taken for moved to an unexpected date of its own period where there is one:
    so a whole series that its owner put to another hour reads as moved dates.
    """
    found = _matched(expected, shown)
    gone = {
        m.key: _GONE[o.meaning]
        for m, o in found
        if o.meaning in _GONE and m.span and shown.at(now) < m.span.start
    }
    moved = [(m, o.span) for m, o in found if o.span and _is_moved(m, o, shown)]
    there = {m.key for m, _ in found}
    missing = [m for m in expected if m.key not in there]
    extra = _extra(series, expected, shown, now)
    for meeting, span in _pairs(series, missing, extra):
        moved.append((meeting, span))
        missing.remove(meeting)
        extra.remove(span)
    base = Finding(
        FindingKind.EXTRA, shown.grade, shown.person, (), shown.at(now), shown.source
    )
    findings = [
        replace(base, kind=FindingKind.MOVED, keys=(m.key,), spans=(span,))
        for m, span in moved
    ]
    findings += [replace(base, grade=Grade.WEAK, spans=(span,)) for span in extra]
    findings += [
        replace(
            base,
            kind=kind,
            keys=(key,),
            declined=frozenset({key} if kind is FindingKind.DECLINED else ()),
        )
        for key, kind in gone.items()
    ]
    return Diff(tuple(findings), tuple(missing))


def grouped(
    expected: tuple[Meeting, ...],
    findings: Iterable[Finding],
    missing: Iterable[Finding],
) -> tuple[Finding, ...]:
    """Say a change of many dates once: a series that is gone, or shortened.

    `missing` are findings of dates that are not shown, one date each.
    """
    falls = [f for f in findings if f.kind in set(_GONE.values())]
    others = [f for f in findings if f not in falls]
    absent = list(missing)
    declined = [f for f in falls if f.kind is FindingKind.DECLINED]
    keys = [m.key for m in expected]
    fallen = {f.keys[0] for f in (*falls, *absent)}
    if len(keys) > 1 and fallen >= set(keys):
        return (*others, _one(FindingKind.SERIES_GONE, (*falls, *absent)))
    if len(declined) >= MANY:
        # All of a series, but for dates that have an answer of their own.
        falls = [f for f in falls if f not in declined]
        others.append(_one(FindingKind.SHORTENED, declined))
    tail = _tail(keys, {f.keys[0] for f in absent})
    if len(tail) > 1:
        cut = [f for f in absent if f.keys[0] in tail]
        absent = [f for f in absent if f.keys[0] not in tail]
        others.append(_one(FindingKind.SHORTENED, cut))
    return (*others, *falls, *absent)


def _one(kind: FindingKind, findings: Iterable[Finding]) -> Finding:
    """Several findings of the same hand as one."""
    found = sorted(findings, key=lambda f: f.keys)
    return replace(
        found[0],
        kind=kind,
        keys=tuple(f.keys[0] for f in found),
        at=max(f.at for f in found),
        declined=frozenset(key for f in found for key in f.declined),
    )


def _tail(keys: list[MeetingKey], absent: set[MeetingKey]) -> tuple[MeetingKey, ...]:
    """The last of `keys`, as many as are absent without a gap."""
    count = 0
    for key in reversed(keys):
        if key not in absent:
            break
        count += 1
    return tuple(keys[len(keys) - count :])


def _matched(
    expected: tuple[Meeting, ...], shown: Shown
) -> list[tuple[Meeting, Occurrence]]:
    """Each meeting with the date shown for it, by its original start.

    A single event has no original start of its own: the one date it has is its.
    """
    occurrences = shown.occurrences()
    if len(expected) == 1 and expected[0].key.n > 0:
        ours = [o for o in occurrences if o.span == expected[0].span]
        return [(expected[0], o) for o in (ours or occurrences)[:1]]
    by_start = {o.original_start: o for o in occurrences}
    return [
        (m, by_start[m.key.original_start])
        for m in expected
        if m.key.original_start in by_start
    ]


def _is_moved(meeting: Meeting, occurrence: Occurrence, shown: Shown) -> bool:
    if occurrence.meaning in _GONE or occurrence.span == meeting.span:
        return False
    return (meeting.key, occurrence.start) not in shown.former


def _extra(
    series: Series, expected: tuple[Meeting, ...], shown: Shown, now: datetime
) -> list[Span]:
    """Dates ahead that are no meeting of the object, whatever became of it."""
    if any(m.key.n > 0 for m in expected):
        return []
    known = {m.key.original_start for m in series.meetings}
    return [
        o.span
        for o in shown.occurrences()
        if o.span
        and o.meaning is Meaning.BUSY
        and o.original_start not in known
        and o.start > now
    ]


def _pairs(
    series: Series, missing: Iterable[Meeting], extra: Iterable[Span]
) -> list[tuple[Meeting, Span]]:
    """Each missing meeting with the nearest unexpected date of its period."""
    left, pairs = list(extra), []
    for meeting in missing:
        period = series.span_of(meeting.period)
        here = [s for s in left if period.start <= s.start < period.end]
        if not here:
            continue
        start = meeting.key.original_start
        nearest = min(here, key=lambda s: (abs(s.start - start), s))
        left.remove(nearest)
        pairs.append((meeting, nearest))
    return pairs


_STANDING = (Meaning.CANCELLED, Meaning.DECLINED, Meaning.FREE, Meaning.BUSY)


def _place(date: Occurrence) -> tuple[datetime, int, datetime, datetime]:
    stands = _STANDING.index(date.meaning)
    return date.original_start, stands, date.start, date.end
