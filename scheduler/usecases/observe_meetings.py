"""Compare what both calendars say with what is booked, and act on what differs."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from scheduler.accepting import accepted
from scheduler.acting import clashed, fell_out, moved
from scheduler.asking import asked
from scheduler.effects import Address
from scheduler.errors import NotFound
from scheduler.findings import FALLEN, Finding, FindingKind, Grade
from scheduler.guesting import look_as_guest
from scheduler.ids import PairId, PersonId
from scheduler.observation import Look, Watch
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.reckoning import reckoned
from scheduler.series import Copy, Route, Series
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.tell_fallen import told_of_fallen
from scheduler.work import WorkKind


async def observe_meetings(
    pair: PairId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Act on what the two did in their calendars; a repeat finds nothing new.

    Runs after each read of a calendar. What merely vanished has its calendar read
    again two minutes later. Everything that follows is kept in one transaction.
    """
    now = clock.now()
    async with begin() as uow:
        try:
            case = await load_situation(uow, pair, now, links=links, sender=sender)
        except NotFound:
            return
        if case is None or case.pair.closed:
            return
        change = _checked(case)
        for person in case.pair.both():
            known = case.after(change)
            looks = look_at(known, person)
            for look in looks:
                await _read_again(uow, known, look)
            change += Change(copies=_changed(known, looks))
            change += _acted(case.after(change), looks)
            change += accepted(case.after(change), person)
        for person in case.pair.both():
            change += _clashes(case.after(change), person)
        change += reckoned(case.after(change))
        change += told_of_fallen(case.after(change), ids=ids, sender=sender)
        await keep_change(uow, case, change, ids=ids)
        await uow.commit()


def look_at(case: Situation, person: PersonId) -> tuple[Look, ...]:
    """One look at each copy that a person has of what stands in the calendars."""
    watch, series = case.watch(person), case.view.standing
    if series is None:
        return ()
    found = {series.uid, *(m.uid for m in series.meetings if m.uid)}
    return tuple(
        _look(case, watch, copy, series)
        for copy in case.copies
        if copy.person == person and copy.uid in found
    )


def _look(case: Situation, watch: Watch, copy: Copy, series: Series) -> Look:
    if copy.route is Route.GUEST:
        host = case.pair.partner(copy.person)
        return look_as_guest(watch, copy, series, host, case.now)
    return watch.look(copy, series, case.now)


def _checked(case: Situation) -> Change:
    """Dates that a feed reaches now were looked at: they are no longer unchecked."""
    sides, series = case.view.sides, case.view.standing
    if series is None:
        return NO_CHANGE
    reach = [side.horizon for side in sides if side.horizon]
    if any(side.stale(case.now) for side in sides):
        return NO_CHANGE
    seen = {
        m.key
        for m in series.live()
        if not m.checked and m.span and all(m.span.end <= end for end in reach)
    }
    if not seen:
        return NO_CHANGE
    meetings = tuple(
        replace(m, checked=True) if m.key in seen else m for m in series.meetings
    )
    return Change(series=replace(series, meetings=meetings))


def act_on(case: Situation, finding: Finding) -> Change:
    """What follows from one finding, by how sure it is."""
    match finding.grade:
        case Grade.WEAK:
            return NO_CHANGE
        case Grade.PROBABLE:
            return asked(case, finding)
        case Grade.CERTAIN if finding.kind is FindingKind.MOVED:
            return moved(case, finding)
        case Grade.CERTAIN if finding.kind in FALLEN:
            return fell_out(case, finding)
        case Grade.CERTAIN:
            return NO_CHANGE
        case _:
            assert_never(finding.grade)


def merged(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """All moved dates of one look as one finding: they are told in one letter."""
    moves = [f for f in findings if f.kind is FindingKind.MOVED]
    if len(moves) < 2 or moves[0].grade is not Grade.CERTAIN:
        return findings
    one = replace(
        moves[0],
        keys=tuple(key for f in moves for key in f.keys),
        spans=tuple(span for f in moves for span in f.spans),
    )
    return (*(f for f in findings if f.kind is not FindingKind.MOVED), one)


def _acted(case: Situation, looks: tuple[Look, ...]) -> Change:
    change = NO_CHANGE
    for look in looks:
        for finding in merged(look.findings):
            change += act_on(case.after(change), finding)
    return change


def _changed(case: Situation, looks: tuple[Look, ...]) -> tuple[Copy, ...]:
    return tuple(look.copy for look in looks if look.copy not in case.copies)


def _clashes(case: Situation, person: PersonId) -> Change:
    """Offer to move the meetings that something of this person's is on top of."""
    change, series = NO_CHANGE, case.view.standing
    if series:
        for finding in case.watch(person).clashes(series, case.now):
            change += clashed(case.after(change), finding)
    return change


async def _read_again(uow: UnitOfWork, case: Situation, look: Look) -> None:
    """Have read again, to be sure, whatever calendars a copy stands in.

    An event with a guest stands in those of both.
    """
    if look.again_at is None:
        return
    copies = case.copies_of(look.copy.uid)
    is_shared = any(copy.route is Route.GUEST for copy in copies)
    for person in case.pair.both() if is_shared else (look.copy.person,):
        for connection in await uow.calendars.of_person(person):
            await uow.work.add(WorkKind.SYNC, connection.id, look.again_at)
