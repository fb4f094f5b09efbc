"""Whatever two people do to their meetings, in any order, this holds in the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scheduler.effects import SendLetter
from scheduler.errors import Gone
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import LedgerState, MeetingState, OfferState
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.usecases.noticing import POLL, WINDOW, NoticingWorld

pytestmark = pytest.mark.slow

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "move", "cover", "choose"]),
        st.booleans(),
        st.integers(1, 4),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


@given(ACTS)
# Shrinking a history of days takes minutes: what failed is told as it was drawn.
@settings(max_examples=12, deadline=None, phases=[Phase.reuse, Phase.generate])
def test_calendars_ledger_and_letters_agree(acts: list[Any]) -> None:
    asyncio.run(a_history(acts))


async def a_history(acts: list[Any]) -> None:
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "caldav")
    for act, is_mentor, number, days in acts:
        person = pair.mentor if is_mentor else pair.mentee
        await do(world, pair, act, person, number, days)
        await world.live_through(2 * POLL, POLL)
    await world.live_through(timedelta(hours=20), timedelta(hours=10))
    await check(world, pair)


async def do(
    world: NoticingWorld, pair: Pair, act: str, person: Any, number: int, days: int
) -> None:
    series = await world.standing(pair)
    meeting = await world.meeting(pair, number)
    calendar = world.calendar(person)
    original, span = meeting.key.original_start, meeting.span
    assert span
    by = timedelta(days=days)
    if act == "cover":
        calendar.person_adds_busy(Span(span.start, span.end))
    elif act == "choose":
        open_ones = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
        for offer in open_ones[:1]:
            await world.choose(offer, offer.times[-1], person)
    elif act == "delete":
        calendar.person_deletes(series.uid, original)
    elif meeting.is_live:
        try:
            there = Span(span.start + by, span.end + by)
            calendar.person_moves(series.uid, original, there)
        except Gone:
            return


async def check(world: NoticingWorld, pair: Pair) -> None:
    series = await world.standing(pair)
    live = [m for m in series.live() if m.span]
    for person in pair.both():
        calendar = world.calendar(person)
        own = set(calendar.stands(series.uid, WINDOW))
        assert own == {m.span for m in live if m.uid is None}
        for other in (m for m in series.meetings if m.uid):
            stands = calendar.stands(str(other.uid), WINDOW)
            assert stands == ((other.span,) if other.is_live else ())
    rows = {row.period: row.state for row in await world.ledger(pair)}
    for period in range(len(series.periods)):
        here = [m for m in series.meetings if m.period == period]
        fell = any(m.state is MeetingState.CANCELLED for m in here)
        stands = any(m.is_live for m in here)
        wanted = LedgerState.BOOKED if stands else LedgerState.OPEN
        assert rows.get(period) == (wanted if fell else None)
    await check_letters(world, pair)


async def check_letters(world: NoticingWorld, pair: Pair) -> None:
    """Each notice once, the same to both, none at night; looking again adds nothing."""
    outbox = await world.outbox(pair)
    letters = [r.effect.letter for r in outbox if isinstance(r.effect, SendLetter)]
    fell = Counter((x.about, x.to) for x in letters if x.kind is LetterKind.FELL_OUT)
    assert set(fell.values()) <= {1}
    for kind in (LetterKind.FELL_OUT, LetterKind.MOVED, LetterKind.CLASH):
        one, two = (
            [
                (x.about, x.facts, x.offer)
                for x in letters
                if (x.kind, x.to) == (kind, p)
            ]
            for p in pair.both()
        )
        assert one == two
    for zone, name in (("Europe/Berlin", "ida"), ("America/New_York", "leyla")):
        assert all(7 <= hour < 21 for hour in world.post.hours(zone, name))
    for person in pair.both():
        for connection in await world.connections(person):
            await world.do(WorkKind.SYNC, connection.id)
        await world.do(WorkKind.OBSERVE, pair.id)
    assert [r.key for r in await world.outbox(pair)] == [r.key for r in outbox]
