"""A pause frees both calendars at once, owes nothing, and ends by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler.asker import Asker
from scheduler.consistency import Outcome, Record
from scheduler.errors import NotFound, Refused
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId, ProgrammeId
from scheduler.invite import Method
from scheduler.letters import LetterKind, Mark
from scheduler.pausing import PauseWish
from scheduler.people import Hours, Pair
from scheduler.rhythm import row
from scheduler.series import LedgerState, MeetingState, OfferState
from scheduler.timespan import Span
from scheduler.usecases.pause_pair import pause_pair
from tests.usecases.noticing import HOUR
from tests.usecases.resting import DAY, RestingWorld, a_resting_pair, holds

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

UNTIL = date(2026, 6, 1)
ROUTES = [("caldav", "mail"), ("caldav", "caldav"), ("mail", "mail")]


async def record(world: RestingWorld, pair: Pair) -> Record:
    return Record(
        pair.id,
        await world.series(pair),
        tuple(await world.evidence(pair)),
        tuple(await world.ledger(pair)),
    )


@pytest.mark.parametrize(("mentor", "mentee"), ROUTES)
async def test_what_lies_inside_is_taken_out_and_told_once(mentor: str, mentee: str):
    world, pair = await a_resting_pair(mentor, mentee)
    before = await world.standing(pair)
    for _ in range(2):
        pause = await world.pause(pair, UNTIL, date(2026, 4, 1), by=pair.mentor)
        await world.settle()
    inside = [m for m in before.live() if m.span and pause.start <= m.span.start]
    inside = [m for m in inside if m.span and m.span.start < pause.end]
    assert len(inside) > 2
    after = await world.standing(pair)
    for meeting in inside:
        found = after.meeting(meeting.key)
        assert found and found.state is MeetingState.SKIPPED
    stand = {m.span for m in after.live()}
    assert {span for _, span in await world.written(pair)} <= stand
    for person, how in zip(pair.both(), (mentor, mentee), strict=True):
        mails = await world.mails(pair, person)
        assert len(mails) == (0 if how == "caldav" else 2)
        if mails:
            assert mails[-1].method is Method.REQUEST
            assert set(mails[-1].exdates) >= {m.key.original_start for m in inside}
        assert len(await world.letters(pair, LetterKind.PAUSED, person)) == 1
    assert world.told(LetterKind.PAUSED).total() == 2
    one, other = await world.letters(pair, LetterKind.PAUSED)
    assert one.facts == other.facts
    rows = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.PAUSED]
    assert [e.by for e in rows] == [None], "nobody is on record as the one"
    await holds(world, pair)


async def test_a_pause_owes_nothing_and_the_day_it_ends_things_go_on():
    world, pair = await a_resting_pair()
    pause = await world.pause(pair, UNTIL)
    await world.settle()
    asked = world.told(LetterKind.MET).total()
    while world.clock.now() < pause.end:
        await world.live_through(3 * DAY, DAY / 4)
        await holds(world, pair)
    assert world.told(LetterKind.MET).total() == asked == 0
    assert not world.told(LetterKind.OWED)
    assert not world.told(LetterKind.FELL_OUT)
    assert not world.told(LetterKind.CONSISTENCY)
    known = await record(world, pair)
    inside = [p for p in known.periods(world.clock.now()) if p.span.end <= pause.end]
    assert inside and all(p.outcome is Outcome.SKIPPED for p in inside)
    marks = [m.mark for m in row(known, world.clock.now())]
    assert marks[: len(inside)] == [Mark.PAUSED] * len(inside)
    series = await world.standing(pair)
    assert [m for m in series.live() if m.span and m.span.start >= pause.end]
    await world.live_through(21 * DAY, DAY)
    assert world.told(LetterKind.MET).total() > 0


async def test_coming_back_earlier_books_nothing_and_leaves_what_lies_behind():
    world, pair = await a_resting_pair()
    pause = await world.pause(pair, UNTIL, by=pair.mentee)
    await world.live_through(20 * DAY, DAY)
    stands = await world.written(pair)
    live = (await world.standing(pair)).live()
    for _ in range(2):
        await world.resume(pair, by=pair.mentor)
        await world.settle()
    assert (await world.standing(pair)).live() == live
    assert await world.written(pair) == stands
    assert not (await world.rest(pair)).pauses[-1].end > world.clock.now()
    await world.live_through(pause.end - world.clock.now() + 30 * DAY, DAY)
    known = await record(world, pair)
    outcomes = {p.outcome for p in known.periods(world.clock.now())}
    assert Outcome.OWED not in outcomes
    assert world.told(LetterKind.RESUMED).total() == 2
    assert not world.told(LetterKind.OWED)


async def test_a_longer_pause_is_the_same_pause_and_a_shorter_one_is_refused():
    world, pair = await a_resting_pair()
    first = await world.pause(pair, date(2026, 5, 4))
    await world.settle()
    longer = await world.pause(pair, UNTIL)
    assert longer.end > first.end
    one = (await world.rest(pair)).pause_at(world.clock.now())
    assert one == Span(first.start, longer.end)
    with pytest.raises(Refused, match="E_PAUSE"):
        await world.pause(pair, date(2026, 4, 20))
    await holds(world, pair)


@pytest.mark.parametrize(
    ("until", "first", "field"),
    [
        (date(2026, 3, 2), None, "until"),
        (date(2026, 4, 1), date(2026, 4, 1), "until"),
        (date(2026, 4, 1), date(2026, 3, 1), "first"),
        (date(2026, 9, 7), None, "until"),
    ],
)
async def test_days_that_make_no_pause_are_refused(until, first, field):
    world, pair = await a_resting_pair()
    with pytest.raises(Refused) as refused:
        await world.pause(pair, until, first)
    assert (refused.value.code, refused.value.field) == ("E_PAUSE", field)
    assert not (await world.rest(pair)).spans


async def test_nobody_else_pauses_or_closes_a_pair():
    world, pair = await a_resting_pair()
    for asker in (
        Asker(world.programme, PersonId("stranger")),
        Asker(ProgrammeId("other"), pair.mentor),
        Asker(ProgrammeId("other")),
    ):
        with pytest.raises(NotFound):
            await pause_pair(pair.id, PauseWish(UNTIL), asker, **world.ports)
    with pytest.raises(NotFound):
        await world.close(pair, by=PersonId("stranger"))


async def test_open_offers_and_rows_inside_end_as_skipped():
    world, pair = await a_resting_pair("caldav", "caldav")
    series = await world.standing(pair)
    fallen = await world.meeting(pair, 1)
    calendar = world.calendar(pair.mentor)
    calendar.person_deletes(series.uid, fallen.key.original_start)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    assert offer.state is OfferState.OPEN
    await world.pause(pair, UNTIL)
    await world.settle()
    [offer] = await world.offers(pair)
    assert offer.state is OfferState.OVER
    [entry] = await world.ledger(pair)
    assert entry.state is LedgerState.SKIPPED
    await holds(world, pair)


async def test_a_replacement_that_rests_leaves_nothing_owed():
    """Its own period may go on behind the pause."""
    world, pair = await a_resting_pair("caldav", "caldav")
    series = await world.standing(pair)
    fallen = await world.meeting(pair, 1)
    world.calendar(pair.mentor).person_deletes(series.uid, fallen.key.original_start)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    await world.choose(offer, offer.times[0], pair.mentee)
    await world.settle(HOUR)
    period = series.span_of(fallen.period)
    until = (period.end - timedelta(days=1)).date()
    await world.pause(pair, until)
    await world.settle()
    assert not [m for m in (await world.standing(pair)).live() if m.key.n]
    await world.live_through(period.end - world.clock.now() + 3 * DAY, DAY)
    ended = {p.index: p for p in (await record(world, pair)).periods(world.clock.now())}
    assert ended[fallen.period].outcome is Outcome.SKIPPED
    assert not world.told(LetterKind.OWED)
    await holds(world, pair)


async def test_what_comes_up_behind_the_pause_is_told_a_week_ahead():
    world, pair = await a_resting_pair("caldav", "caldav")
    pause = await world.pause(pair, UNTIL)
    await world.settle()
    behind = next(m for m in (await world.standing(pair)).live() if m.span)
    assert behind.span and behind.span.start >= pause.end
    world.calendar(pair.mentor).person_adds_busy(behind.span)
    await world.live_through(10 * DAY, 12 * HOUR)
    assert not world.told(LetterKind.CLASH)
    wait = behind.span.start - 6 * DAY - world.clock.now()
    await world.live_through(wait, 12 * HOUR)
    await world.settle(HOUR)
    assert world.told(LetterKind.CLASH).total() == 2


async def test_other_terms_in_a_pause_are_planned_around_it_and_owe_nothing():
    world, pair = await a_resting_pair()
    old = await world.standing(pair)
    pause = await world.pause(pair, UNTIL, date(2026, 4, 1))
    await world.propose(pair, pair.mentor, mentor_hours=Hours.parse("Thu 14:00-18:00"))
    await world.accept(pair, pair.mentee)
    await world.settle()
    new = await world.standing(pair)
    assert new.agreement != old.agreement and new.live()
    await holds(world, pair)
    await world.live_through(pause.start + 20 * DAY - world.clock.now(), DAY / 2)
    await world.resume(pair)
    await world.live_through(pause.end + 20 * DAY - world.clock.now(), DAY / 2)
    assert not world.told(LetterKind.OWED)
    inside = [
        p
        for p in (await record(world, pair)).periods(world.clock.now())
        if pause.start < p.span.end <= pause.end
    ]
    assert {p.outcome for p in inside} == {Outcome.SKIPPED}
