"""A store, a clock and a few workers, to see what becomes of work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from config.services import Handler, Handlers
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.ports.store import Begin
from scheduler.work import LEASE, Lease, WorkKind
from workers.run import Pace, Runner

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: No heartbeat within a test, unless it asks for one.
STILL = Pace(beat=3600.0, breath=0.0)

Doing = Callable[[str, Begin], Awaitable[datetime | None]]


def doing(do: Doing) -> Handlers:
    """Every kind of work is done by this."""

    async def handle(subject: str, begin: Begin, now: datetime) -> datetime | None:
        return await do(subject, begin)

    handler: Handler = handle
    return dict.fromkeys(WorkKind, handler)


@dataclass
class Bench:
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    ids: SeededIds = field(default_factory=SeededIds)
    begin: Begin = None  # type: ignore[assignment]
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.begin = self.begin or MemoryStore(ids=self.ids)

    def runner(self, do: Doing | None = None, pace: Pace = STILL) -> Runner:
        return Runner(
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            handlers=doing(do or self.count),
            pace=pace,
        )

    async def count(self, subject: str, begin: Begin) -> None:
        self.done[subject] += 1

    async def add(self, *subjects: str, at: datetime = NOW) -> None:
        async with self.begin() as uow:
            for subject in subjects:
                await uow.work.add(WorkKind.SYNC, subject, at)
            await uow.commit()

    async def look(self) -> tuple[Lease, ...]:
        """What work there is, whoever has it, as if every lease had run out."""
        async with self.begin() as uow:
            ages = self.clock.now() + timedelta(days=3650)
            return await uow.work.take(ages, until=ages + LEASE, most=10_000)

    async def next_due(self) -> datetime | None:
        async with self.begin(read_only=True) as uow:
            return await uow.work.next_due()


async def soon(condition: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait until something is so; it fails after so many seconds."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - what is awaited sets no event
            await asyncio.sleep(0.002)
