"""A world in which one calendar's provider tells of changes, more or less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from integrations.memory.watching import MemoryWatching
from scheduler.channels import POLL, Channel, Heard
from scheduler.connections import CalendarKind
from scheduler.ids import CalendarId, PersonId
from scheduler.secret import Secret
from scheduler.timespan import Span
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.hear_push import hear_push
from scheduler.usecases.sync_calendar import sync_calendar
from scheduler.usecases.watch_calendar import watch_calendar
from scheduler.work import WorkKind
from tests.usecases.breaking import Breaking, Fuse
from tests.usecases.paper import PaperCalendar
from tests.usecases.world import NOW, World

HOUR = timedelta(hours=1)


class Watched(World):
    """One mentor with a calendar at Google; messages wait until they are delivered."""

    def __init__(self, fuse: Fuse | None = None, *, life: timedelta = 7 * 24 * HOUR):
        super().__init__(fuse)
        self.watching = MemoryWatching(self.clock, life=life)
        self.calendar = CalendarId("")
        #: When the calendar was read.
        self.reads: list[datetime] = []

    async def begun(self, url: str = "primary") -> Watched:
        await self.open()
        pair = await self.pair()
        self.calendars[url] = PaperCalendar()
        wish = CalendarWish(CalendarKind.GOOGLE, Secret(url))
        connection = await connect_calendar(
            pair.mentor,
            wish,
            begin=self.store,
            open_calendar=self.open_calendar,
            clock=self.clock,
            months=13,
        )
        self.calendar = connection.id
        return self

    @property
    def held(self) -> PaperCalendar:
        return self.calendars["primary"]

    def change(self, nth: int = 1) -> None:
        """Its owner makes an event."""
        start = NOW + timedelta(days=60, hours=2 * nth)
        self.held.person_adds_busy(Span(start, start + HOUR))
        self.watching.change(self.calendar)

    async def hear(self, message: Mapping[str, str]) -> Heard:
        told = self.watching.read(message)
        return await hear_push(told, begin=self.begin, clock=self.clock)

    async def deliver(
        self, wanted: Callable[[Mapping[str, str]], int] = lambda _: 1
    ) -> list[Heard]:
        """Have every message come as often as is wanted."""
        taken, self.watching.sent = self.watching.sent, []
        return [await self.hear(m) for m in taken for _ in range(wanted(m))]

    async def channels(self) -> tuple[Channel, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.channels.of_calendar(self.calendar)

    async def known(self) -> set[str]:
        async with self.store(read_only=True) as uow:
            return {one.id for one in await uow.calendars.objects(self.calendar)}

    async def owner(self) -> PersonId:
        async with self.store(read_only=True) as uow:
            return (await uow.calendars.get(self.calendar)).person

    async def due(self) -> list[str]:
        """What is to be done now."""
        async with self.store(read_only=True) as uow:
            return list(await uow.work.due(self.clock.now(), most=100))

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        match kind:
            case WorkKind.WATCH:
                return await watch_calendar(
                    CalendarId(subject),
                    begin=self.begin,
                    watching=Breaking(self.watching, self.fuse),
                    clock=self.clock,
                    ids=self.ids,
                )
            case WorkKind.SYNC:
                self.reads.append(self.clock.now())
                return await sync_calendar(
                    CalendarId(subject),
                    begin=self.begin,
                    open_calendar=self.open_calendar,
                    clock=self.clock,
                    ids=self.ids,
                    poll=timedelta(minutes=10),
                    months=13,
                    watched=True,
                )
            case _:
                return await super().do(kind, subject)

    async def until(
        self, end: datetime, each: Callable[[], object] = lambda: None
    ) -> None:
        """Let time pass from one piece of work to the next."""
        while True:
            await self.work()
            each()
            async with self.store(read_only=True) as uow:
                due = await uow.work.next_due()
            if due is None or due > end:
                self.clock.advance(max(end - self.clock.now(), timedelta(0)))
                return
            self.clock.advance(max(due - self.clock.now(), timedelta(0)))


async def heard() -> Watched:
    """A world whose channel works."""
    world = await Watched().begun()
    await world.work()
    assert await world.deliver() == [Heard.SYNC]
    await world.until(NOW + POLL)
    return world
