"""The small world with calendars as strict as CalDAV, in which people do things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from integrations.memory.calendars import MemoryCalendar, MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from scheduler.effects import (
    Outgoing,
    SendLetter,
)
from scheduler.evidence import Evidence
from scheduler.ids import PairId, PersonId
from scheduler.letters import Letter, LetterKind
from scheduler.people import Pair
from scheduler.ports.calendars import Calendar
from scheduler.secret import Secret
from scheduler.series import (
    LedgerRow,
    Meeting,
    Offer,
    Series,
)
from scheduler.timespan import Span
from scheduler.usecases.choose_time import Chosen, choose_time
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.observe_meetings import observe_meetings
from scheduler.work import WorkKind
from tests.usecases.breaking import Breaking
from tests.usecases.world import SENDER, World

HOUR = timedelta(hours=1)
POLL = timedelta(minutes=10)
WINDOW = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC))


class _Port:
    """A calendar whose calls are counted for the fuse."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calendar, name)


class NoticingWorld(World):
    """A world whose people delete, move and decline what stands in their calendars."""

    def __init__(self) -> None:
        super().__init__()
        self.shelves = MemoryCalendars()

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        opened = self.shelves(connection, zone=zone, owner=owner)
        opened.trouble = self.trouble
        return cast("Calendar", Breaking(_Port(opened), self.fuse))

    async def connect_as(
        self,
        person: PersonId,
        kind: CalendarKind = CalendarKind.CALDAV,
        name: str = "work",
    ) -> MemoryCalendar:
        """A calendar of theirs; a feed is only read."""
        url = f"https://dav.example/{name}/{person}"
        await connect_calendar(
            person,
            CalendarWish(kind, Secret(url), writable=kind is CalendarKind.CALDAV),
            begin=self.begin,
            open_calendar=self.open_calendar,
            clock=self.clock,
            months=13,
        )
        return self.shelves.at(url)

    def calendar(self, person: PersonId, name: str = "work") -> MemoryCalendar:
        return self.shelves.at(f"https://dav.example/{name}/{person}")

    async def booked(self, mentor: str = "caldav", mentee: str = "caldav") -> Pair:
        """A pair that agreed and has its series; each by a calendar or by mail."""
        pair = await self.pair()
        for person, how in ((pair.mentor, mentor), (pair.mentee, mentee)):
            if how != "mail":
                await self.connect_as(person, CalendarKind(how))
            await self.accept(pair, person)
        await self.work()
        await self.live_through(2 * POLL, POLL)
        return pair

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        if kind is WorkKind.OBSERVE:
            await observe_meetings(
                PairId(subject),
                begin=self.begin,
                clock=self.clock,
                ids=self.ids,
                links=self.links,
                sender=SENDER,
            )
            return None
        return await super().do(kind, subject)

    async def settle(self, span: timedelta = timedelta(days=1)) -> None:
        """Time for a first read and a second look, then the rest in long steps."""
        await self.live_through(3 * POLL, POLL)
        if span > 3 * POLL:
            await self.live_through(span - 3 * POLL, timedelta(hours=6))

    async def live_until(self, at: datetime) -> None:
        """Go on to an instant; the calendars are read meanwhile, as they always are."""
        await self.live_through(at - self.clock.now(), timedelta(hours=12))

    @property
    def ports(self) -> dict[str, Any]:
        """What use cases that decide are given."""
        return {
            "begin": self.begin,
            "clock": self.clock,
            "ids": self.ids,
            "links": self.links,
            "sender": SENDER,
        }

    async def choose(self, offer: Offer, span: Span, person: PersonId) -> Chosen:
        return await choose_time(
            offer.id,
            span,
            person,
            open_calendar=self.open_calendar,
            months=13,
            **self.ports,
        )

    # For the eyes of tests.

    async def standing(self, pair: Pair) -> Series:
        return (await self.series(pair))[-1]

    async def meeting(self, pair: Pair, number: int) -> Meeting:
        own = [m for m in (await self.standing(pair)).meetings if m.key.n == 0]
        return own[number]

    async def letters(
        self, pair: Pair, kind: LetterKind, to: PersonId | None = None
    ) -> list[Letter]:
        rows = [r.effect for r in await self.outbox(pair)]
        found = [r.letter for r in rows if isinstance(r, SendLetter)]
        return [x for x in found if x.kind is kind and to in {None, x.to}]

    async def effects(self, pair: Pair, kind: type) -> list[Any]:
        rows: tuple[Outgoing, ...] = await self.outbox(pair)
        return [r.effect for r in rows if isinstance(r.effect, kind)]

    async def ledger(self, pair: Pair) -> list[LedgerRow]:
        async with self.store(read_only=True) as uow:
            return list(await uow.ledger.of_pair(pair.id))

    async def evidence(self, pair: Pair) -> list[Evidence]:
        async with self.store(read_only=True) as uow:
            return list(await uow.evidence.of_pair(pair.id))

    async def offers(self, pair: Pair) -> list[Offer]:
        async with self.store(read_only=True) as uow:
            return list(await uow.offers.of_pair(pair.id))


async def a_pair(
    mentor: str = "caldav", mentee: str = "mail"
) -> tuple[NoticingWorld, Pair]:
    """A pair that is booked, with the calendars said."""
    world = await NoticingWorld().open()
    return world, await world.booked(mentor, mentee)


async def delete(world: NoticingWorld, pair: Pair, number: int) -> None:
    """The mentor takes one meeting out of their calendar."""
    series = await world.standing(pair)
    meeting = await world.meeting(pair, number)
    original = meeting.key.original_start
    world.calendar(pair.mentor).person_deletes(series.uid, original)


async def fallen(
    mentor: str = "caldav", mentee: str = "mail"
) -> tuple[NoticingWorld, Pair, Offer]:
    """A pair whose second meeting fell out, and what was offered for it."""
    world, pair = await a_pair(mentor, mentee)
    await delete(world, pair, 1)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    return world, pair, offer


async def clashing() -> tuple[NoticingWorld, Pair, Offer]:
    """A pair with something on top of its third meeting, and what was offered."""
    world, pair = await a_pair()
    meeting = await world.meeting(pair, 2)
    assert meeting.span
    world.calendar(pair.mentor).person_adds_busy(meeting.span)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    return world, pair, offer


async def replacements(world: NoticingWorld, pair: Pair) -> list[Meeting]:
    return [m for m in (await world.standing(pair)).meetings if m.key.n]
