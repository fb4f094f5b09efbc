"""For a day, what was chosen can be undone, and everything is as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.effects import RemoveCopy, SendInvite
from scheduler.errors import Taken
from scheduler.invite import Method
from scheduler.series import (
    LedgerState,
    MeetingState,
    OfferState,
)
from scheduler.usecases.undo_choice import undo_choice
from tests.usecases.noticing import (
    WINDOW,
    clashing,
    fallen,
    replacements,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_a_choice_can_be_undone_for_a_day() -> None:
    world, pair, offer = await fallen()
    done = await world.choose(offer, offer.times[-1], pair.mentee)
    await world.settle(HOUR)
    [new] = await replacements(world, pair)
    for _ in range(2):
        await undo_choice(pair.id, done.meeting, pair.mentor, **world.ports)
        await world.settle(HOUR)
    [gone] = await replacements(world, pair)
    assert gone.state is MeetingState.CANCELLED
    assert new.uid
    assert world.calendar(pair.mentor).stands(new.uid, WINDOW) == ()
    assert len(await world.effects(pair, RemoveCopy)) == 1
    cancel = (await world.effects(pair, SendInvite))[-1].invite
    assert (cancel.method, cancel.uid) == (Method.CANCEL, new.uid)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.OPEN
    again = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
    assert len(again) == 1


async def test_a_moved_meeting_goes_back_where_it_was() -> None:
    world, pair, offer = await clashing()
    was = (await world.meeting(pair, 2)).span
    done = await world.choose(offer, offer.times[0], pair.mentee)
    calendar = world.calendar(pair.mentor)
    await world.settle(HOUR)
    with pytest.raises(Taken) as caught:  # what was on top of it still is
        await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert caught.value.code == "E_SLOT_TAKEN"
    private = next(s.uid for s in calendar.shelf.objects.values() if "priv" in s.uid)
    calendar.person_deletes(private)
    await world.settle(HOUR)
    await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert (await world.meeting(pair, 2)).span == was


async def test_after_a_day_it_is_too_late_to_undo() -> None:
    world, pair, offer = await fallen()
    done = await world.choose(offer, offer.times[-1], pair.mentee)
    world.clock.advance(DAY + timedelta(minutes=1))
    with pytest.raises(Taken) as caught:
        await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert caught.value.code == "E_UNDO_OVER"
    own = (await world.meeting(pair, 0)).key
    with pytest.raises(Taken):  # nobody chose this one
        await undo_choice(pair.id, own, pair.mentee, **world.ports)
