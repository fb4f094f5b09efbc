"""A pause is taken back within a day, as far as calendars allow; so is a closing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler.agreement import AgreementState
from scheduler.asker import Asker
from scheduler.errors import NotFound, Taken
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import LedgerState, MeetingState
from scheduler.usecases.reopen_pair import reopen_pair
from scheduler.usecases.undo_pause import undo_pause
from tests.usecases.noticing import HOUR
from tests.usecases.resting import DAY, RestingWorld, a_resting_pair, holds

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

FIRST, UNTIL = date(2026, 4, 1), date(2026, 6, 1)
ROUTES = [("caldav", "mail"), ("caldav", "caldav"), ("mail", "mail")]


async def undo(world: RestingWorld, pair: Pair) -> None:
    await undo_pause(pair.id, Asker(world.programme, pair.mentee), **world.ports)


async def reopen(world: RestingWorld, pair: Pair, by: PersonId | None) -> Pair:
    return await reopen_pair(
        pair.id,
        Asker(world.programme, by),
        begin=world.begin,
        clock=world.clock,
        ids=world.ids,
    )


@pytest.mark.parametrize(("mentor", "mentee"), ROUTES)
async def test_everything_stands_again_as_it_was(mentor: str, mentee: str):
    world, pair = await a_resting_pair(mentor, mentee)
    before, shown = await world.standing(pair), await world.written(pair)
    await world.pause(pair, UNTIL, FIRST)
    await world.settle(HOUR)
    assert await world.written(pair) != shown or "caldav" not in (mentor, mentee)
    for _ in range(2):
        await undo(world, pair)
        await world.settle(HOUR)
    assert (await world.standing(pair)).meetings == before.meetings
    assert await world.written(pair) == shown
    assert world.told(LetterKind.RESUMED).total() == 2
    [letter, _] = await world.letters(pair, LetterKind.RESUMED)
    gone = [m for m in before.live() if m.span and m.span.start.date() >= FIRST]
    gone = [m for m in gone if m.span and m.span.start.date() < UNTIL]
    assert dict(letter.facts.counts)["put back"] == len(gone)
    for person, how in zip(pair.both(), (mentor, mentee), strict=True):
        if how == "mail":
            assert not (await world.mails(pair, person))[-1].exdates
    assert not (await world.rest(pair)).spans
    await holds(world, pair)


async def test_what_is_no_longer_free_stays_out_and_is_not_owed():
    world, pair = await a_resting_pair("caldav", "caldav")
    series = await world.standing(pair)
    inside = [
        m for m in series.live() if m.span and FIRST <= m.span.start.date() < UNTIL
    ]
    await world.pause(pair, UNTIL, FIRST)
    await world.settle(HOUR)
    assert inside[0].span
    world.calendar(pair.mentee).person_adds_busy(inside[0].span)
    await world.settle(HOUR)
    await undo(world, pair)
    await world.settle(HOUR)
    after = await world.standing(pair)
    states = [after.meeting(m.key).state for m in inside]  # type: ignore[union-attr]
    assert states[0] is MeetingState.SKIPPED
    assert set(states[1:]) == {MeetingState.LIVE}
    await world.live_through(14 * DAY, DAY)
    assert not world.told(LetterKind.CLASH)
    await holds(world, pair)


async def test_a_row_that_the_pause_settled_is_open_again():
    world, pair = await a_resting_pair("caldav", "caldav")
    series = await world.standing(pair)
    fallen = await world.meeting(pair, 1)
    calendar = world.calendar(pair.mentor)
    calendar.person_deletes(series.uid, fallen.key.original_start)
    await world.settle(HOUR)
    await world.pause(pair, UNTIL)
    assert [r.state for r in await world.ledger(pair)] == [LedgerState.SKIPPED]
    await world.settle(HOUR)
    await undo(world, pair)
    assert [r.state for r in await world.ledger(pair)] == [LedgerState.OPEN]
    await world.settle()
    await holds(world, pair)


async def test_a_day_later_it_is_too_late_and_so_it_is_once_it_is_longer():
    world, pair = await a_resting_pair()
    await world.pause(pair, date(2026, 5, 1), FIRST)
    await world.live_through(2 * HOUR, HOUR)
    await world.pause(pair, UNTIL)
    with pytest.raises(Taken, match="E_UNDO_OVER"):
        await undo(world, pair)
    await world.live_through(25 * HOUR, HOUR)
    with pytest.raises(Taken, match="E_UNDO_OVER"):
        await undo(world, pair)


async def test_an_object_that_went_as_a_whole_is_not_made_again():
    world, pair = await a_resting_pair()
    await world.pause(pair, date(2026, 9, 6))
    await world.settle(HOUR)
    with pytest.raises(Taken, match="E_UNDO_OVER"):
        await undo(world, pair)
    await holds(world, pair)


@pytest.mark.parametrize("who", ["mentor", "coordinator"])
async def test_a_closing_taken_back_proposes_the_same_terms_again(who: str):
    world, pair = await a_resting_pair()
    by = pair.mentor if who == "mentor" else None
    async with world.store(read_only=True) as uow:
        [before] = await uow.agreements.of_pair(pair.id)
    await world.close(pair, by=by)
    await world.settle(HOUR)
    for _ in range(2):
        assert (await reopen(world, pair, by)).closed is None
        await world.settle(HOUR)
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
    assert len(versions) == 2 and versions[-1].terms == before.terms
    assert not (await world.written(pair)), "nothing is booked before both agree"
    waiting = {pair.mentee} if by else set(pair.both())
    asked = await world.letters(pair, LetterKind.PLEASE_AGREE)
    assert {x.to for x in asked[-len(waiting) :]} == waiting
    for person in waiting:
        await world.accept(pair, person)
    await world.live_through(DAY, HOUR)
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
    assert versions[-1].state is AgreementState.IN_FORCE
    assert len(await world.series(pair)) == 2
    assert await world.written(pair)
    await holds(world, pair)


async def test_a_closing_stays_after_a_day_and_to_strangers():
    world, pair = await a_resting_pair()
    await world.close(pair)
    with pytest.raises(NotFound):
        await reopen(world, pair, PersonId("stranger"))
    world.clock.advance(timedelta(hours=25))
    with pytest.raises(Taken, match="E_UNDO_OVER"):
        await reopen(world, pair, pair.mentor)


async def test_a_closing_stays_when_the_two_were_made_a_pair_anew():
    world, pair = await a_resting_pair()
    await world.close(pair)
    again = await world.pair()
    assert again.id != pair.id
    with pytest.raises(Taken, match="E_UNDO_OVER"):
        await reopen(world, pair, pair.mentor)
