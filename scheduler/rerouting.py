"""Another route for what lies ahead of one object: the old copies end first.

A person's copy keeps its UID and its count of generations, so that no provider is ever
asked for an id that it knows already, and whatever comes has the next number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from scheduler.agenda import Agenda
from scheduler.busy import Side
from scheduler.copies import Build, Two, arrivals, new_copy, standing
from scheduler.delivery import Writing
from scheduler.effects import Effect, PutCopy, RemoveCopy
from scheduler.ids import CalendarId, Uid
from scheduler.itip import Revision, single, whole
from scheduler.series import Copy, CopyState, Route, Series
from scheduler.withdrawal import Step


@dataclass(frozen=True, slots=True)
class Rerouted:
    """Both people's copies as they are from now on, and what brings them."""

    copies: tuple[Copy, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """The copies of one object that need another route, and what cannot bring it.

    `left`: the organiser's copy, where its event still stands. It is taken away before
    anything else comes; with `is_orphan` nobody waits for that, since its calendar may
    never let us in again, and whoever coordinates is shown the row.
    """

    copies: tuple[Copy, ...]
    calendars: frozenset[CalendarId] = frozenset()
    #: No calendar is tried any more.
    by_mail: bool = False
    left: Copy | None = None
    is_orphan: bool = False


def given_up(effect: Effect, copies: tuple[Copy, ...], *, refused: bool) -> Lost | None:
    """What is to be brought otherwise when this effect is not tried any more.

    A copy that a calendar refuses comes by mail, its guest's too; so does what a guest
    can only hear of through a calendar that has not let us in for three days. `copies`
    are both people's of the object.
    """
    if not isinstance(effect, Writing):
        return None
    mine = next((c for c in standing(copies) if c.person == effect.person), None)
    lead = lead_of(copies)
    if mine is None or mine.calendar != effect.calendar:
        return None
    lost = frozenset({effect.calendar})
    if refused and isinstance(effect, PutCopy) and mine.state is CopyState.WANTED:
        return Lost(copies if lead else (mine,), lost, by_mail=bool(lead))
    if refused or mine != lead:
        return None
    left = mine if mine.state is CopyState.THERE else None
    return Lost(copies, lost, left=left, is_orphan=True)


def still_ahead(series: Series, uid: Uid, now: datetime) -> Build | None:
    """Builds an object as it stands; None when nothing of it is to come."""
    live = [m for m in series.of_uid(uid) if m.is_live and m.span]
    if not any(m.span and m.span.end > now for m in live):
        return None
    if uid == series.uid:
        return partial(whole, series)
    return partial(single, series, live[0])


def lead_of(copies: Iterable[Copy]) -> Copy | None:
    """The organiser's copy of an object that has a guest."""
    both = tuple(copies)
    if not any(c.route is Route.GUEST for c in both):
        return None
    return next((c for c in both if c.route is Route.WRITTEN), None)


def rerouted(
    copies: tuple[Copy, ...],
    sides: tuple[Side, Side],
    two: Two,
    at: Revision,
    build: Build,
    agenda: Agenda,
) -> Rerouted:
    """Each standing copy on the route there is now; `sides` are without what is lost.

    Who took theirs away is not invited again, and invites nobody.
    """
    known = {c.person: c for c in standing(copies)}
    inviting = two.inviting if len(known) == len(sides) else None
    generation = max((c.generation for c in copies), default=0)
    fresh = tuple(
        replace(
            new_copy(side, known[side.person.id].uid, inviting),
            generation=generation,
            sequence=known[side.person.id].sequence,
            whole_object=known[side.person.id].whole_object,
        )
        for side in sides
        if side.person.id in known
    )
    two = replace(two, inviting=inviting)
    found = arrivals(fresh, two, agenda, at, build)
    return Rerouted(fresh, tuple(Step(copy, effect, at) for copy, effect in found))


def orphan(lead: Copy, at: Revision) -> Step | None:
    """What takes an event away that nothing else knows of any more."""
    if lead.calendar is None or lead.remote_id is None:
        return None
    effect = RemoveCopy(lead.person, lead.calendar, lead.uid, lead.remote_id)
    return Step(lead, effect, at)
