"""Bring what lies ahead of one object to people on the routes there are now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.agenda import Agenda
from scheduler.copies import copy_row
from scheduler.effects import Address
from scheduler.guestlist import without
from scheduler.ids import OutboxId
from scheduler.invitation import invitation
from scheduler.itip import Revision
from scheduler.outbox import chain, letter_row
from scheduler.planning import PairView
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.rerouting import Lost, orphan, rerouted, still_ahead
from scheduler.series import Copy, CopyState, Route, Series
from scheduler.usecases.announce import two_of
from scheduler.usecases.gather import gather
from scheduler.withdrawal import Step, next_revision


async def reroute(
    uow: UnitOfWork,
    series: Series,
    lost: Lost,
    *,
    now: datetime,
    name: Callable[[], OutboxId],
    links: Links,
    sender: Address,
) -> None:
    """End these copies of one object, and have others made, in one chain.

    `name` gives the next row its name. Copies of which nothing lies ahead end.
    """
    view = _without(await gather(uow, series.pair, now), lost)
    copies, uid = lost.copies, lost.copies[0].uid
    ruling = view.in_force
    build = still_ahead(series, uid, now) if ruling else None
    if ruling is None or build is None:
        for copy in copies:
            await uow.copies.put(replace(_forgotten(copy), state=CopyState.ENDED))
        return
    decided = [row.effect for row in await uow.outbox.of_pair(series.pair)]
    at = next_revision(decided, uid, now)
    two = await two_of(uow, view, ruling.terms, links=links, sender=sender)
    agenda = Agenda(link=two.link, in_event=ruling.terms.agenda_in_event)
    made = rerouted(copies, view.sides, two, at, build, agenda)
    for copy in made.copies:
        await uow.copies.put(copy)
    await _send(uow, view, lost, made.steps, at, now=now, name=name)
    home, act = view.pair.programme, "brought another way"
    await uow.audit.add(Audited(now, home, "troth", act, series.id))
    for copy in made.copies:
        if copy.route is Route.WRITTEN and uid == series.uid:
            letter = letter_row(
                name(),
                invitation(series, copy.person, two.where),
                two.reader(copy.person),
                now=now,
                revision=f"{uid}/{at.sequence}",
            )
            await uow.outbox.add(letter)


async def _send(
    uow: UnitOfWork,
    view: PairView,
    lost: Lost,
    steps: tuple[Step, ...],
    at: Revision,
    *,
    now: datetime,
    name: Callable[[], OutboxId],
) -> None:
    """What is left behind goes first, and both wait for it in one chain."""
    left = lost.left
    removal = orphan(left, at) if left else None
    if removal:
        row = copy_row(name(), removal.effect, removal.copy, view.pair, at, now)
        alone = f"{row.chain}/left behind"
        await uow.outbox.add(replace(row, chain=alone) if lost.is_orphan else row)
    for step in steps:
        row = copy_row(name(), step.effect, step.copy, view.pair, at, now)
        if left and not lost.is_orphan:
            row = replace(row, chain=chain(left.person, left.uid))
        await uow.outbox.add(row)


def _forgotten(copy: Copy) -> Copy:
    """A copy that stands nowhere any more."""
    return replace(copy, route=Route.IMIP, calendar=None, remote_id=None, etag=None)


def _without(view: PairView, lost: Lost) -> PairView:
    gone = {r.connection.id for side in view.sides for r in side.readings}
    if not lost.by_mail:
        gone &= lost.calendars
    mentor, mentee = (without(side, gone) for side in view.sides)
    return replace(view, mentor=mentor, mentee=mentee)
