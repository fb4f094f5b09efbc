"""What people say of a meeting is acted on, by whoever may say it, and only once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from scheduler.consistency import Record
from scheduler.effects import PutCopy, SendInvite
from scheduler.endings import Ending
from scheduler.errors import NotFound, Refused
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import (
    LedgerState,
    Meeting,
    OfferKind,
    OfferState,
)
from scheduler.usecases.answer_question import answer_question
from scheduler.usecases.move_meeting import move_meeting
from scheduler.usecases.say_met import say_met
from scheduler.usecases.tend_pair import tend_pair
from tests.usecases.noticing import WINDOW, NoticingWorld, a_pair, fallen

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def the_day_after() -> tuple[NoticingWorld, Pair, Meeting]:
    """A pair that is asked whether its first meeting took place."""
    world, pair = await a_pair()
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    await world.live_until(meeting.span.end + 20 * HOUR)
    return world, pair, meeting


@pytest.mark.parametrize("yes", [True, False])
async def test_an_answer_about_a_vanished_series_is_acted_on(yes: bool) -> None:
    world, pair = await a_pair()
    series = await world.standing(pair)
    world.calendar(pair.mentor).person_deletes(series.uid)
    await world.settle()
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert letter.about
    for _ in range(2):
        await answer_question(
            pair.id, letter.about, pair.mentor, yes=yes, **world.ports
        )
    await world.settle()
    live = (await world.standing(pair)).live()
    cancels = [
        e.invite
        for e in await world.effects(pair, SendInvite)
        if e.invite.method is Method.CANCEL
    ]
    if yes:
        assert live == ()
        assert len(cancels) == 1
        assert len(await world.letters(pair, LetterKind.FELL_OUT, pair.mentee)) == 1
        assert len(await world.effects(pair, PutCopy)) == 1  # never made again
    else:
        assert live == series.live()
        assert cancels == []
    assert len(await world.letters(pair, LetterKind.ASK)) == 1


async def test_only_who_was_asked_can_answer() -> None:
    world, pair, offer = await fallen()
    with pytest.raises(NotFound):
        await answer_question(
            pair.id, offer.about, pair.mentee, yes=True, **world.ports
        )


async def test_not_this_time_opens_the_ledger_and_offers_other_times() -> None:
    world, pair, meeting = await the_day_after()
    port = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentee, meeting.key, met=False, **port)
    await world.settle(2 * HOUR)
    [row] = await world.ledger(pair)
    assert (row.period, row.state) == (0, LedgerState.OPEN)
    [offer] = await world.offers(pair)
    assert offer.kind is OfferKind.REPLACE
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2
    await say_met(pair.id, pair.mentee, meeting.key, met=True, **port)
    await world.settle(2 * HOUR)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.REPLACED
    [offer] = await world.offers(pair)
    assert offer.state is OfferState.OVER


async def test_a_miss_that_is_told_after_its_period_is_in_the_ledger_too() -> None:
    world, pair, meeting = await the_day_after()
    port = {"begin": world.begin, "clock": world.clock}
    tend = partial(tend_pair, pair.id, **port, ids=world.ids, links=world.links)
    await world.live_until((await world.standing(pair)).span_of(0).end + DAY)
    await say_met(pair.id, pair.mentee, meeting.key, met=False, **port)
    await world.settle(2 * HOUR)
    await tend()
    [row] = await world.ledger(pair)
    assert (row.period, row.state) == (0, LedgerState.OWED)
    assert await world.offers(pair) == []
    await tend()
    assert len(await world.letters(pair, LetterKind.OWED)) == 2
    await say_met(pair.id, pair.mentee, meeting.key, met=True, **port)
    await tend()
    assert (await world.ledger(pair))[0].state is LedgerState.REPLACED


async def test_saying_that_it_moved_moves_it_for_both() -> None:
    world, pair, meeting = await the_day_after()
    port = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentor, meeting.key, met=False, **port)
    assert meeting.span
    start = meeting.span.start + 3 * DAY
    for _ in range(2):
        await move_meeting(pair.id, meeting.key, pair.mentee, start, **world.ports)
        await world.settle(HOUR)
    after = await world.meeting(pair, 0)
    assert after.span and after.span.start == start
    series = await world.standing(pair)
    assert after.span in world.calendar(pair.mentor).stands(series.uid, WINDOW)
    moved = [e.invite for e in await world.effects(pair, SendInvite)][1:]
    assert [i.span for i in moved] == [after.span]
    assert len(await world.letters(pair, LetterKind.MOVED)) == 2
    ending = Record(pair.id, (series,), tuple(await world.evidence(pair))).seen()
    assert ending[meeting.key].ending(world.clock.now()) is Ending.AHEAD
    with pytest.raises(Refused):
        await move_meeting(
            pair.id, meeting.key, pair.mentee, meeting.span.start, **world.ports
        )
