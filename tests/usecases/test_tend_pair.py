"""What is due for a pair is done once, whoever asks and however often."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.cadence import Cadence
from scheduler.effects import Outgoing, SendLetter
from scheduler.errors import NotFound, Refused
from scheduler.ids import OfferId, PersonId
from scheduler.letters import Letter, LetterKind
from scheduler.parting import LineKind
from scheduler.people import Pair
from scheduler.series import (
    LedgerRow,
    LedgerState,
    MeetingKey,
    Offer,
    OfferKind,
    OfferState,
)
from scheduler.timespan import Span
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.load_case import load_case
from scheduler.usecases.read_report import read_report
from scheduler.usecases.say_met import say_met
from scheduler.usecases.tend_pair import tend_pair
from tests.usecases.world import World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


async def tend(world: World, pair: Pair) -> datetime | None:
    """Do what is due, twice as a worker may, and say when to look again."""
    again = None
    for _ in range(2):
        again = await tend_pair(
            pair.id,
            begin=world.begin,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
        )
    return again


async def live(world: World, pair: Pair, days: int) -> None:
    end = world.clock.now() + days * DAY
    while (again := await tend(world, pair)) and again < end:
        assert again > world.clock.now()
        world.clock.set(again)
    world.clock.set(end)
    await tend(world, pair)


async def letters(world: World, pair: Pair) -> list[Letter]:
    async with world.store() as uow:
        rows = await uow.outbox.of_pair(pair.id)
    return [r.effect.letter for r in rows if isinstance(r.effect, SendLetter)]


async def keys(world: World, pair: Pair) -> list[MeetingKey]:
    async with world.store() as uow:
        [series] = await uow.series.of_pair(pair.id)
    return [m.key for m in series.meetings]


async def say(
    world: World, pair: Pair, who: PersonId, key: MeetingKey, met: bool
) -> None:
    await say_met(pair.id, who, key, met=met, begin=world.begin, clock=world.clock)


async def booked() -> tuple[World, Pair]:
    world = await World().open()
    pair = await world.agreed_pair()
    await world.work()
    return world, pair


async def test_three_months_of_silence() -> None:
    world, pair = await booked()
    await live(world, pair, 95)
    told = Counter((x.kind, x.to) for x in await letters(world, pair))
    for person in pair.both():
        assert told[LetterKind.MET, person] in {6, 7}
        assert told[LetterKind.CONSISTENCY, person] == 3
        assert told[LetterKind.AGENDA, person] in {6, 7}
        assert told[LetterKind.OWED, person] == 0


async def test_the_letter_on_the_month_is_the_same_for_both() -> None:
    world, pair = await booked()
    for key in (await keys(world, pair))[:2]:
        days = key.original_start - world.clock.now() + DAY
        await live(world, pair, days.days)
        await say(world, pair, pair.mentor, key, met=True)
    await live(world, pair, 30)
    months = [x for x in await letters(world, pair) if x.kind is LetterKind.CONSISTENCY]
    assert months
    assert len({x.facts for x in months if x.to == pair.mentor}) == len(months) / 2
    assert {x.facts for x in months if x.to == pair.mentor} == {
        x.facts for x in months if x.to == pair.mentee
    }
    assert any(dict(x.facts.counts)["kept"] for x in months)


async def test_thanks_reach_the_other_once_in_a_letter_that_goes_anyway() -> None:
    world, pair = await booked()
    first = (await keys(world, pair))[0]
    world.clock.set(first.original_start + DAY)
    for text in ("For Tuesday", "For Tuesday, and for asking"):
        await leave_line(
            pair.id,
            pair.mentee,
            first,
            LineKind.THANKS,
            text,
            begin=world.begin,
            clock=world.clock,
        )
    await live(world, pair, 40)
    [thanked] = [x for x in await letters(world, pair) if x.facts.thanks]
    async with world.store(read_only=True) as uow:
        [line] = await uow.lines.of_pair(pair.id)
        rows = await uow.outbox.of_pair(pair.id)
        said = [(await load_case(uow, row.id))[1].thanks for row in rows]
    assert (thanked.to, thanked.facts.thanks) == (pair.mentor, line.id)
    assert thanked.kind in {LetterKind.AGENDA, LetterKind.CONSISTENCY}
    assert [text for text in said if text] == ["For Tuesday, and for asking"]
    await leave_line(
        pair.id,
        pair.mentee,
        first,
        LineKind.THANKS,
        "",
        begin=world.begin,
        clock=world.clock,
    )
    async with world.store(read_only=True) as uow:
        said = [(await load_case(uow, row.id))[1].thanks for row in rows]
    assert not any(said)


async def test_who_wants_no_agendas_is_asked_by_a_letter_of_its_own() -> None:
    world = await World().open()
    pair = await world.pair()
    await world.propose(pair, pair.mentor, cadence=Cadence("week", 1))
    for person in pair.both():
        await world.accept(pair, person)
    await world.work()
    async with world.store() as uow:
        await uow.settings.set_fewer(pair.mentor, frozenset({LetterKind.AGENDA.value}))
        await uow.commit()
    await live(world, pair, 30)
    told = await letters(world, pair)
    mine = [x for x in told if x.to == pair.mentor]
    theirs = [x for x in told if x.to == pair.mentee]
    assert not [x for x in mine if x.kind is LetterKind.AGENDA]
    assert len([x for x in mine if x.kind is LetterKind.MET]) == 4
    assert not [x for x in theirs if x.kind is LetterKind.MET]
    assert len([x for x in theirs if x.facts.asked]) == 3
    for one in theirs:
        for question in one.facts.asked:
            assert question.about != one.about
            assert question.span.start == question.about.original_start


async def test_an_answer_is_noted_once_and_can_change() -> None:
    world, pair = await booked()
    key = (await keys(world, pair))[0]
    with pytest.raises(Refused, match="E_NOT_YET"):
        await say(world, pair, pair.mentor, key, met=True)
    world.clock.set(key.original_start + DAY)
    for met in (True, True, False, False, True):
        await say(world, pair, pair.mentor, key, met=met)
        world.clock.advance(timedelta(minutes=1))
    async with world.store() as uow:
        rows = await uow.evidence.of_pair(pair.id)
    assert [r.kind.value for r in rows if r.by == pair.mentor] == [
        "said met",
        "said not met",
        "said met",
    ]
    world.clock.advance(31 * DAY)
    with pytest.raises(Refused, match="E_TOO_LATE"):
        await say(world, pair, pair.mentor, key, met=True)


async def test_strangers_say_nothing() -> None:
    world, pair = await booked()
    key = (await keys(world, pair))[0]
    world.clock.set(key.original_start + DAY)
    with pytest.raises(NotFound):
        await say(world, pair, PersonId("somebody"), key, met=True)


async def test_a_missed_follow_up_is_told_to_both_once() -> None:
    world, pair = await booked()
    key = (await keys(world, pair))[0]
    async with world.store() as uow:
        [series] = await uow.series.of_pair(pair.id)
        span = series.span_of(0)
        row = LedgerRow(series.id, pair.id, 0, span, LedgerState.OPEN, span.start)
        await uow.ledger.put(row)
        await uow.commit()
    world.clock.set(key.original_start + DAY)
    await say(world, pair, pair.mentor, key, met=False)
    await live(world, pair, 30)
    owed = [x.to for x in await letters(world, pair) if x.kind is LetterKind.OWED]
    assert sorted(p or "" for p in owed) == sorted(pair.both())
    async with world.store() as uow:
        [found] = await uow.ledger.of_pair(pair.id)
    assert found.state is LedgerState.OWED and found.told_at


async def test_a_closed_pair_hears_nothing_and_its_ledger_comes_to_an_end() -> None:
    world, pair = await booked()
    key = (await keys(world, pair))[0]
    async with world.store() as uow:
        [series] = await uow.series.of_pair(pair.id)
        span = series.span_of(0)
        row = LedgerRow(series.id, pair.id, 0, span, LedgerState.OPEN, span.start)
        await uow.ledger.put(row)
        await uow.pairs.put(replace(pair, closed=True))
        await uow.commit()
    world.clock.set(key.original_start + DAY)
    assert await tend(world, pair) == span.end
    told = await letters(world, pair)
    world.clock.set(span.end + 9 * DAY)
    assert await tend(world, pair) is None
    async with world.store() as uow:
        [found] = await uow.ledger.of_pair(pair.id)
    assert found.state is LedgerState.LEFT_OUT  # nobody said whether they had met
    assert await letters(world, pair) == told


async def test_offers_end_with_their_period() -> None:
    world, pair = await booked()
    key = (await keys(world, pair))[0]
    async with world.store() as uow:
        [series] = await uow.series.of_pair(pair.id)
        span = series.span_of(0)
        time = Span(key.original_start + DAY, key.original_start + DAY + series.length)
        made = Offer(
            OfferId("o"), pair.id, key, OfferKind.REPLACE, (time,), world.clock.now()
        )
        await uow.offers.put(made)
        await uow.commit()
    world.clock.set(span.end - timedelta(seconds=1))
    await tend(world, pair)
    async with world.store() as uow:
        assert await uow.offers.of_pair(pair.id) == (made,)
    world.clock.set(span.end)
    await tend(world, pair)
    async with world.store() as uow:
        [over] = await uow.offers.of_pair(pair.id)
    assert over.state is OfferState.OVER


async def test_the_letter_on_the_month_has_the_figures_of_the_report() -> None:
    world, pair = await booked()
    for number, key in enumerate((await keys(world, pair))[:5]):
        await live(world, pair, (key.original_start - world.clock.now() + DAY).days)
        await say(world, pair, pair.mentor, key, met=number != 2)
    # What was told on the way here was told on days that are over.
    written = {row.key for row in await months_told(world, pair)}
    before = len(written)
    for _ in range(40):
        await tend(world, pair)
        new = [m for m in await months_told(world, pair) if m.key not in written]
        for row in new:
            written.add(row.key)
            effect = row.effect
            assert isinstance(effect, SendLetter)
            report = await read_report(
                pair.id, begin=world.begin, now=world.clock.now()
            )
            told = effect.letter.facts.to_date
            assert told and told.window == report.window
            assert told.rates == tuple(
                (name, rate.numerator, rate.denominator)
                for name, rate in report.rates.named()
            )
        world.clock.advance(DAY)
    assert len(written) > before


async def months_told(world: World, pair: Pair) -> list[Outgoing]:
    async with world.store() as uow:
        rows = await uow.outbox.of_pair(pair.id)
    return [row for row in rows if row.key.startswith("consistency/")]
