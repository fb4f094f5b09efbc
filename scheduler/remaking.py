"""Making a copy again that a person deleted, because they say that the meetings stand.

Only this brings one back (promises.md F26): no machine does, and it is on record.
"""

from __future__ import annotations

from dataclasses import replace

from scheduler.agenda import Agenda
from scheduler.copies import arrivals, new_copy
from scheduler.ids import PersonId
from scheduler.rerouting import still_ahead
from scheduler.series import Copy, CopyState, MeetingKey, Route
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.withdrawal import Step


def made_again(case: Situation, key: MeetingKey, person: PersonId) -> Change:
    """What this person deleted while it was being made, and a guest's with it.

    What stands, and what fell out, stays as it is.
    """
    series, meeting = case.found(key)
    uid = meeting.uid or series.uid
    build = still_ahead(series, uid, case.now)
    gone = tuple(c for c in case.copies_of(uid) if _was_deleted(c, person))
    if (
        build is None
        or not meeting.is_live
        or not any(c.person == person for c in gone)
    ):
        return NO_CHANGE
    old = {c.person: c for c in gone}
    inviting = case.two.inviting if len(gone) == len(case.people) else None
    copies = tuple(
        replace(
            new_copy(side, uid, inviting),
            generation=max(c.generation for c in gone),
            sequence=old[side.person.id].sequence,
        )
        for side in case.view.sides
        if side.person.id in old
    )
    at = case.next_revision(uid)
    agenda = Agenda(link=case.two.link, in_event=case.terms(series).agenda_in_event)
    two = replace(case.two, inviting=inviting)
    found = arrivals(copies, two, agenda, at, build)
    steps = tuple(Step(copy, effect, at) for copy, effect in found)
    return Change(copies=copies, steps=steps)


def _was_deleted(copy: Copy, person: PersonId) -> bool:
    """By this person, or as the guest's of what they deleted."""
    if copy.person == person:
        return copy.state is CopyState.REMOVED_BY_PERSON
    return copy.route is Route.GUEST and copy.state is CopyState.ENDED
