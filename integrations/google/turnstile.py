"""Lets the calls of one project through as its quota has them, programmes in turn.

Which comes next is `quota.queued`'s to say; here they wait. Time and sleep are given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from integrations.google.quota import PROJECT, Bucket, Turns, queued, served, take
from scheduler.errors import Unavailable

#: Whoever would wait longer than this for a turn goes back into the queue of work.
LONGEST_TURN = timedelta(seconds=64)
#: Says which programme a call is for.
Programme = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class World:
    """What is not ours to decide: the time (UTC), sleep in seconds, chance (0 to 1)."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]


class Turnstile:
    """One for each process: what all accounts ask for passes here, one by one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._bucket = Bucket.full(PROJECT, world.now())
        self._turns = Turns()
        #: A heap: round, order of asking, and what whoever waits there waits for.
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._asked = 0
        self._serving: asyncio.Task[None] | None = None

    async def enter(self, programme: Programme) -> None:
        """Wait until it is this call's turn; at once while the quota has calls left.

        `Unavailable` where the turn would come too late.
        """
        if not self._waiting and self._has_one():
            return
        turns, place = queued(self._turns, await programme())
        before = sum(other <= place for other, _, _ in self._waiting)
        wait = PROJECT.each * (before + 1)
        if wait > LONGEST_TURN:
            raise Unavailable("too much is asked of Google", after=wait.total_seconds())
        self._turns, turn = turns, asyncio.get_running_loop().create_future()
        self._asked += 1
        heappush(self._waiting, (place, self._asked, turn))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        await turn

    def _has_one(self) -> bool:
        bucket, wait = take(self._bucket, PROJECT, self._world.now())
        if wait:
            return False
        self._bucket = bucket
        return True

    async def _serve(self) -> None:
        """Let them through until nobody waits. Who gave up costs no call."""
        while self._waiting:
            if self._waiting[0][2].done():
                heappop(self._waiting)
                continue
            self._bucket, wait = take(self._bucket, PROJECT, self._world.now())
            if wait:
                await self._world.sleep(wait.total_seconds())
            place, _, turn = heappop(self._waiting)
            self._turns = served(self._turns, place)
            if not turn.done():
                turn.set_result(None)

    async def close(self) -> None:
        """Nobody is let through any more."""
        if self._serving is not None:
            self._serving.cancel()
        for _, _, turn in self._waiting:
            turn.cancel()
