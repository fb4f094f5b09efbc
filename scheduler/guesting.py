"""What a guest did to an event that stands in the other one's calendar.

Both calendars tell of it: the organiser's has the guests' answers, the guest's own has
their copy. An answer is the guest's own act wherever it is told. All else that is
different in the guest's copy came from the organiser, unless the organiser's calendar,
read later, still shows the date where it was: then the guest deleted it, or dragged it
in their copy alone, which proposes another time and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.busy import Reading
from scheduler.datediff import MANY, Shown, diff, grouped
from scheduler.events import CalendarObject, Coming, Rsvp
from scheduler.findings import FALLEN, SOURCES, Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.observation import (
    SECOND_LOOK,
    Look,
    Watch,
    absences,
    is_readable,
    reaches,
    read_after,
    read_since,
    standing_in,
)
from scheduler.rsvps import answer
from scheduler.series import Copy, Meeting, MeetingKey, Series
from scheduler.timespan import Span

#: The organiser's calendar, and what it holds of the event.
Lead = tuple[Reading, tuple[CalendarObject, ...]]

_HOW = {Coming.NO: FindingKind.DECLINED, Coming.OFF: FindingKind.CANCELLED}


@dataclass(frozen=True, slots=True)
class _Own:
    """What a guest's own calendars show of their copy.

    `said`: answers, which count at once. The rest counts when it is seen again, and
    the organiser's calendar explains none of it.
    """

    copy: Copy
    said: tuple[Finding, ...] = ()
    differs: tuple[Finding, ...] = ()
    #: Their whole copy is gone.
    is_gone: bool = False


def look_as_guest(
    watch: Watch, copy: Copy, series: Series, host: PersonId, now: datetime
) -> Look:
    """Hold a guest's copy against the organiser's list and their own calendars.

    `host` is whose calendar holds the event.
    """
    lead = standing_in(watch.others, copy.uid)
    if lead:
        copy = _answered(copy, lead[1])
    if not watch.is_due(copy):
        return Look(copy)
    expected = watch.expected(copy, series, now)
    if not expected:
        return Look(replace(copy, missed_at=None))
    listed = _listed(watch, copy, expected, lead, host, now)
    told = {f.keys[0] for f in listed}
    left = tuple(m for m in expected if m.key not in told)
    own = _own(watch, copy, series, left, now)
    look = _second_look(watch, own, left, lead, now)
    believed = (*listed, *own.said, *look.findings)
    return replace(look, findings=_together(expected, believed, host))


def _answered(copy: Copy, found: Iterable[CalendarObject]) -> Copy:
    """The copy with the guest's last answer to all of it."""
    for one in found:
        for rsvp in one.rsvps:
            if rsvp.original_start is None and rsvp.coming is not Coming.NOT_YET:
                return replace(copy, partstat=rsvp.coming.value or copy.partstat)
    return copy


def _listed(
    watch: Watch,
    copy: Copy,
    expected: tuple[Meeting, ...],
    lead: Lead | None,
    host: PersonId,
    now: datetime,
) -> tuple[Finding, ...]:
    """What the organiser's list says: the guest declined, or was taken off it.

    An answer that was acted on since it was heard is an old one (promises.md F45).
    """
    if lead is None or not read_after(lead[0], copy.written_at):
        return ()
    reading, objects = lead
    source = SOURCES[reading.connection.kind]
    at = Shown(host, source, Grade.CERTAIN, objects).at(now)
    found: list[Finding] = []
    for meeting in expected:
        rsvp = _rsvp(objects, meeting)
        if rsvp is None or rsvp.coming not in _HOW or rsvp.heard_at is None:
            continue
        by = watch.person if rsvp.coming is Coming.NO else host
        is_old = any(
            (who, key) == (by, meeting.key) and seen_at >= rsvp.heard_at
            for who, key, seen_at in watch.acted
        )
        if not is_old and meeting.span and at < meeting.span.start:
            base = Finding(
                _HOW[rsvp.coming], Grade.CERTAIN, by, (meeting.key,), at, source
            )
            is_no = rsvp.coming is Coming.NO
            found.append(replace(base, declined=frozenset(base.keys if is_no else ())))
    return tuple(found)


def _rsvp(objects: Iterable[CalendarObject], meeting: Meeting) -> Rsvp | None:
    """The guest's answer to a meeting, from the object that holds its date.

    Dates of a series that people moved as a whole have other original starts by now.
    """
    dates = [(found, one) for found in objects for one in found.occurrences]
    at = meeting.key.original_start
    named = [d for d in dates if meeting.key.n == 0 and d[1].original_start == at]
    here = named or [d for d in dates if d[1].span == meeting.span]
    return answer(here[0][0], here[0][1].original_start) if here else None


def _own(
    watch: Watch,
    copy: Copy,
    series: Series,
    expected: tuple[Meeting, ...],
    now: datetime,
) -> _Own:
    """What their own calendars show, if any is connected."""
    shown = watch.shown(copy)
    if shown is None:
        return _absent(watch, copy, expected, now)
    reading, objects = shown
    if not read_after(reading, copy.written_at):
        return _Own(copy)
    copy = replace(copy, seen=True, calendar=reading.connection.id)
    inside = tuple(m for m in expected if reaches(reading, m))
    source = SOURCES[reading.connection.kind]
    view = Shown(watch.person, source, Grade.CERTAIN, objects, watch.former)
    found = diff(series, inside, view, now)
    acted = {(who, key) for who, key, _ in watch.acted}
    said = tuple(
        f
        for f in found.findings
        if f.kind is FindingKind.DECLINED and (watch.person, f.keys[0]) not in acted
    )
    differs = [f for f in found.findings if f.kind is FindingKind.CANCELLED]
    differs += [
        replace(f, grade=Grade.PROBABLE)
        for f in found.findings
        if f.kind is FindingKind.MOVED
    ]
    return _Own(copy, said, (*differs, *absences(found, view, now)))


def _absent(
    watch: Watch, copy: Copy, expected: tuple[Meeting, ...], now: datetime
) -> _Own:
    """None of their calendars holds it: that says something once it was seen there."""
    home = [r for r in watch.readings if r.connection.id == copy.calendar]
    readable = all(map(is_readable, watch.readings))
    if not (copy.seen and home and readable and read_after(home[0], copy.written_at)):
        return _Own(copy)
    inside = tuple(m for m in expected if reaches(home[0], m))
    is_sure = watch.is_deleted(copy.uid) or len(inside) < MANY
    base = Finding(
        FindingKind.MISSING,
        Grade.CERTAIN if is_sure else Grade.PROBABLE,
        watch.person,
        (),
        copy.missed_at or now,
        SOURCES[home[0].connection.kind],
    )
    gone = tuple(
        replace(base, keys=(m.key,))
        for m in inside
        if m.span and base.at < m.span.start
    )
    return _Own(copy, differs=gone, is_gone=True)


def _second_look(
    watch: Watch,
    own: _Own,
    expected: tuple[Meeting, ...],
    lead: Lead | None,
    now: datetime,
) -> Look:
    """Believe what still differs when both calendars were read again.

    A date that the organiser's does not show where it was is the organiser's doing.
    """
    copy = own.copy
    if lead is None:
        return Look(copy)
    busy = {span for found in lead[1] for span in found.busy()}
    stands = {m.key: m.span for m in expected if m.span in busy}
    theirs = tuple(f for f in own.differs if _is_theirs(f, stands))
    if not theirs:
        return Look(replace(copy, missed_at=None))
    since = copy.missed_at
    if since is None:
        return Look(replace(copy, missed_at=now), again_at=now + SECOND_LOOK)
    again = since + SECOND_LOOK
    calendars = (lead[0], *(r for r in watch.readings if is_readable(r)))
    if any(not read_since(reading, again) for reading in calendars):
        return Look(copy, again_at=max(now, again))
    sure = tuple(f for f in theirs if f.grade is Grade.CERTAIN)
    if sure and not own.is_gone:
        # Of the others their next look asks: the copy itself is still there.
        return Look(replace(copy, missed_at=None), sure)
    return Look(copy, theirs)


def _is_theirs(finding: Finding, stands: Mapping[MeetingKey, Span | None]) -> bool:
    """Whether the organiser has the date where it was, and the guest has not."""
    was = stands.get(finding.keys[0])
    return was is not None and finding.spans != (was,)


def _together(
    expected: tuple[Meeting, ...], findings: Iterable[Finding], host: PersonId
) -> tuple[Finding, ...]:
    """What one hand did, said once: a series that fell out, dates that were dragged."""
    every = tuple(findings)
    moves = sorted((f for f in every if f.kind is FindingKind.MOVED), key=_first)
    together: list[Finding] = []
    for by_host in (False, True):
        falls = [f for f in every if f.kind in FALLEN and (f.person == host) is by_host]
        missing = [f for f in falls if f.kind is FindingKind.MISSING]
        explicit = (f for f in falls if f.kind is not FindingKind.MISSING)
        together += grouped(expected, explicit, missing)
    if moves:
        together.append(
            replace(
                moves[0],
                keys=tuple(f.keys[0] for f in moves),
                spans=tuple(f.spans[0] for f in moves),
            )
        )
    return tuple(together)


def _first(finding: Finding) -> MeetingKey:
    return finding.keys[0]
