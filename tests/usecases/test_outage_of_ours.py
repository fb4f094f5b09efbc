"""When Troth itself was away, no figure falls and nobody is told to mend anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduler.consistency import Outcome, Report
from scheduler.errors import NeedsConsent
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import LedgerState
from scheduler.usecases.read_report import read_report
from scheduler.usecases.say_met import say_met
from scheduler.usecases.tend_pair import tend_pair
from tests.usecases.noticing import NoticingWorld, a_pair, delete

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BROKEN = {EvidenceKind.CONNECTION_BROKEN, EvidenceKind.CONNECTION_BACK}


async def tend(world: NoticingWorld, pair: Pair) -> datetime | None:
    return await tend_pair(
        pair.id, begin=world.begin, clock=world.clock, ids=world.ids, links=world.links
    )


async def report(world: NoticingWorld, pair: Pair) -> Report:
    return await read_report(pair.id, begin=world.begin, now=world.clock.now())


async def fallen_before(away: timedelta) -> tuple[NoticingWorld, Pair]:
    """A meeting fell out, and then the service stood still until after its period."""
    world, pair = await a_pair("caldav", "caldav")
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    end = (await world.standing(pair)).span_of(0).end
    await world.settle(meeting.span.start - 2 * DAY - world.clock.now())
    await delete(world, pair, 0)
    await world.live_through(end + 2 * HOUR - away - world.clock.now(), 12 * HOUR)
    assert [row.state for row in await world.ledger(pair)] == [LedgerState.OPEN]
    world.clock.set(end + 2 * HOUR)
    return world, pair


@pytest.mark.parametrize("tended_first", [True, False])
async def test_two_days_of_standstill_are_left_out(tended_first: bool) -> None:
    world, pair = await fallen_before(2 * DAY)
    if tended_first:  # the order in which due work is taken is nobody's business
        await tend(world, pair)
    await world.settle(HOUR)
    await tend(world, pair)
    found = await report(world, pair)
    assert found.periods[0].outcome is Outcome.LEFT_OUT
    assert found.rates.cadence_kept.denominator == 0
    assert [row.state for row in found.ledger] == [LedgerState.LEFT_OUT]
    assert await world.letters(pair, LetterKind.OWED) == []
    rows = [e for e in await world.evidence(pair) if e.kind in BROKEN]

    assert len(rows) == 4  # both calendars were read before, and are again
    assert {r.source for r in rows if "broken" in r.kind.value} == {SourceKind.TROTH}
    await world.settle(DAY)
    assert [e for e in await world.evidence(pair) if e.kind in BROKEN] == rows


async def test_a_short_standstill_is_nothing() -> None:
    world, pair = await fallen_before(20 * HOUR)
    await tend(world, pair)
    await world.settle(HOUR)
    await tend(world, pair)
    assert (await report(world, pair)).periods[0].outcome is Outcome.OWED
    assert [e for e in await world.evidence(pair) if e.kind in BROKEN] == []


async def test_a_standstill_does_not_hide_a_meeting_that_was_held() -> None:
    world, pair = await a_pair("caldav", "caldav")
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    await world.settle(meeting.span.start - DAY - world.clock.now())
    world.clock.set((await world.standing(pair)).span_of(0).end + HOUR)
    await world.settle(HOUR)
    await tend(world, pair)
    port = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentor, meeting.key, met=True, **port)
    found = await report(world, pair)
    assert found.periods[0].outcome is Outcome.KEPT
    assert found.rates.cadence_kept.numerator == 1


async def test_a_refused_password_is_no_absence() -> None:
    """Nobody looks for a day then because looking is of no use."""
    world, pair = await a_pair("caldav", "mail")
    world.trouble = NeedsConsent("401")
    await world.settle(3 * DAY)
    world.trouble = None
    await world.settle(2 * DAY)
    await tend(world, pair)
    rows = [e for e in await world.evidence(pair) if e.kind in BROKEN]
    assert len(rows) == 2
    assert SourceKind.TROTH not in {row.source for row in rows}
