"""Days off, lived through the use cases: what moves, what is skipped, what is owed."""

from __future__ import annotations

from datetime import date, timedelta

from scheduler.cadence import WEEKLY
from scheduler.consistency import Outcome, Record
from scheduler.daysoff import days_off
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.people import Hours, Pair
from scheduler.reckoning import reckoned
from scheduler.series import MeetingState
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.tend_pair import tend_pair
from tests.usecases.world import SENDER, World


async def on_mondays(world: World) -> Pair:
    """They can meet on Mondays alone, and leave Bavaria's holidays out."""
    pair = await world.pair()
    await world.propose(
        pair,
        pair.mentor,
        cadence=WEEKLY,
        mentor_hours=Hours.parse("Mon 14:00-18:00"),
        mentor_country="DE-BY",
    )
    await world.accept(pair, pair.mentee)
    await world.work()
    return pair


async def test_a_week_without_another_day_is_skipped_and_changes_no_figure():
    world = await World().open()
    pair = await on_mondays(world)
    (series,) = await world.series(pair)
    off = {m.period for m in series.meetings if m.state is MeetingState.UNPLACED}
    mondays = {
        p.index for p in series.periods if p.first in days_off("DE-BY", 2026, 2026)
    }
    assert off == mondays
    assert {series.periods[n].first for n in off} == {
        date(2026, 4, 6),
        date(2026, 5, 25),
    }
    for _ in range(26):
        await tend_pair(
            pair.id,
            begin=world.begin,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
        )
        async with world.store() as uow:
            case = await load_situation(
                uow, pair.id, world.clock.now(), links=world.links, sender=SENDER
            )
        assert case
        assert off.isdisjoint({row.period for row in reckoned(case).ledger})
        world.clock.advance(timedelta(weeks=1))
    async with world.store(read_only=True) as uow:
        evidence = await uow.evidence.of_pair(pair.id)
        ledger = await uow.ledger.of_pair(pair.id)
    skipped = [e for e in evidence if e.kind is EvidenceKind.SKIPPED]
    assert len(skipped) == 2
    assert {e.source for e in skipped} == {SourceKind.TROTH}
    assert not [row for row in ledger if row.period in off]
    record = Record(pair.id, (series,), evidence, ledger)
    periods = record.periods(world.clock.now())
    assert {p.index for p in periods if p.outcome is Outcome.SKIPPED} == off


async def test_no_meeting_of_a_booked_year_is_on_a_day_off():
    world = await World().open()
    pair = await world.pair()
    await world.propose(
        pair,
        pair.mentor,
        cadence=WEEKLY,
        first_day=date(2026, 3, 9),
        last_day=date(2027, 3, 7),
        mentor_hours=Hours.parse("Mon-Fri 14:00-18:00"),
        mentor_country="DE-BY",
        mentee_country="US",
    )
    await world.accept(pair, pair.mentee)
    await world.work()
    (series,) = await world.series(pair)
    off = days_off("DE-BY", 2026, 2027) | days_off("US", 2026, 2027)
    starts = [m.span.start for m in series.live() if m.span]
    assert len(starts) == 52
    assert off.isdisjoint({start.date() for start in starts})
