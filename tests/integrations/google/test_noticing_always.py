"""Two people edit one event at random: what Troth knows is what FakeGoogle holds.

The oracle looks at FakeGoogle's world alone: a date stands where the organiser's copy
has it, unless somebody took it out, said no to it, or took the guest off its list. What
fell out stays so, and nothing is told twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.fake.world import Behaviour
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import Meeting
from scheduler.timespan import Span
from tests.integrations.google.booked import HOUR, GoogleWorld
from tests.usecases.noticing import POLL

pytestmark = pytest.mark.slow

_SAID = {"declines": "declined", "accepts": "accepted"}
ACTS = (
    "deletes",
    "declines",
    "accepts",
    "moves",
    "takes off",
    "adds",
    "edits",
    "splits",
)


@dataclass(frozen=True)
class Act:
    """What somebody does to one date of it, or (`number` None) to all."""

    what: str
    who: str
    number: int | None
    #: A look at the calendars follows.
    looked: bool


acts = st.builds(
    Act,
    st.sampled_from(ACTS),
    st.sampled_from(["mentor", "mentee"]),
    st.one_of(st.integers(0, 5), st.integers(0, 5), st.none()),
    st.booleans(),
)
behaviours = st.builds(
    Behaviour,
    sparse=st.booleans(),
    deleting_declines=st.booleans(),
    page_limit=st.sampled_from([None, 1, 3]),
)


@settings(max_examples=40, deadline=None)
@given(
    behaviour=behaviours,
    connected=st.booleans(),
    script=st.lists(acts, min_size=1, max_size=6),
)
def test_what_is_noticed_is_what_was_done(
    behaviour: Behaviour, connected: bool, script: list[Act]
) -> None:
    asyncio.run(_follows(behaviour, script, connected=connected))


async def _follows(behaviour: Behaviour, script: list[Act], *, connected: bool) -> None:
    world = GoogleWorld(behaviour)
    await world.open()
    pair = await world.begun(guest_connected=connected)
    told = Told(world, pair, connected=connected)
    for act in script:
        await told.do(act)
        if act.looked:
            await told.look()
    await told.look()
    rows = len(await world.outbox(pair))
    await told.look()
    assert len(await world.outbox(pair)) == rows


class Told:
    """The oracle: which dates stand, and where, by FakeGoogle's world."""

    def __init__(self, world: GoogleWorld, pair: Pair, *, connected: bool) -> None:
        self.world = world
        self.pair = pair
        self.connected = connected
        self.fallen: set[int] = set()

    async def do(self, act: Act) -> None:
        world, pair = self.world, self.pair
        person = getattr(pair, act.who)
        meetings = await self._own()
        if act.number is None:
            at = None
        else:
            at = meetings[act.number % len(meetings)].key.original_start
        if not self._stands(person, at):
            return
        await self._does(act.what, person, at)
        world.clock.advance(timedelta(minutes=1))

    async def _does(self, what: str, person: PersonId, at: datetime | None) -> None:
        world, pair = self.world, self.pair
        is_host = person == pair.mentor
        match what:
            case "deletes":
                await world.deletes(person, pair, at)
            case "declines" | "accepts":
                await world.answers(person, pair, _SAID[what], at)
            case "moves" if at and is_host:
                length = (await world.standing(pair)).length
                span = Span(at + HOUR, at + HOUR + length)
                await world.moves(person, pair, at, span)
            case "takes off" if is_host:
                host = {"email": world.emails[person], "responseStatus": "accepted"}
                await world.act(person, "patch", pair, at, {"attendees": [host]})
            case "splits" if at and is_host and at != await world.start(pair, 0):
                await world.splits(person, pair, at, {"summary": "Tea"})
            case "edits":
                words = {"summary": f"Coffee {world.clock.now()}"}
                await world.act(person, "patch", pair, at, words)
            case _:
                self._adds(person)

    def _adds(self, person: PersonId) -> None:
        start = self.world.clock.now() + timedelta(days=40, hours=12)
        body = {
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": (start + HOUR).isoformat()},
        }
        where = {"calendarId": "primary"}
        self.world.google.act(self.world.emails[person], "events.insert", where, body)

    async def look(self) -> None:
        """Compare, after the calendars were read: each twice, two minutes apart."""
        expected = {}
        for n, meeting in enumerate(await self._own()):
            span = self._span(meeting)
            if span is None:
                self.fallen.add(n)
            expected[n] = span
        await self.world.live_through(4 * POLL, POLL)
        for n, meeting in enumerate(await self._own()):
            assert meeting.is_live == (n not in self.fallen), (n, meeting)
            if meeting.is_live:
                assert meeting.span == expected[n]
        letters = await self.world.letters(self.pair, LetterKind.FELL_OUT)
        keys = [(one.about, one.to) for one in letters]
        assert len(keys) == len(set(keys))
        assert len(await self.world.series(self.pair)) == 1

    async def _own(self) -> list[Meeting]:
        meetings = (await self.world.standing(self.pair)).meetings
        return [m for m in meetings if m.key.n == 0]

    def _stands(self, person: PersonId, at: datetime | None) -> bool:
        """Whether they can do anything to it: it is in their calendar."""
        entry = self.world.entry_of(person, at)
        return entry is not None and not entry.is_cancelled

    def _span(self, meeting: Meeting) -> Span | None:
        """Where the date stands for both; None once one of them is out of it."""
        at, (host, guest) = meeting.key.original_start, self.pair.both()
        lead = self.world.entry_of(host, at)
        if lead is None or lead.is_cancelled:
            return None
        answers = {g["email"]: g.get("responseStatus") for g in lead.guests()}
        emails = self.world.emails
        if answers.get(emails[host]) == "declined":
            return None
        if answers.get(emails[guest], "declined") == "declined":
            return None
        own = self.world.entry_of(guest, at)
        if self.connected and (own is None or own.is_cancelled):
            return None
        return Span(*(_instant(lead.body[key]) for key in ("start", "end")))


def _instant(told: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(told["dateTime"])
