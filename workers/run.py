"""Take due work, do it, and say how it went; any number of workers at one store."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from config.services import Handlers
from scheduler.errors import LeaseLost, Refused, Unavailable
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.work import LEASE, Lease, retry_at

log = structlog.stdlib.get_logger(__name__)

#: Leases taken in one transaction.
CHUNK = 10
#: How often work is done over at once when the store says "not now".
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """How much one worker does at a time, and how long it may take, in seconds."""

    slots: int = 50
    #: Between two looks at the leases in hand; three fit into one lease.
    beat: float = LEASE.total_seconds() / 3
    #: Work that takes longer is given up and tried again later.
    longest: float = 600.0
    #: The first pause before work is done over for the store's sake.
    breath: float = 0.02
    #: How long a ring waits for room for a whole chunk before it takes what there is.
    patience: float = 0.1


@dataclass(slots=True)
class _Hand:
    """One lease in hand."""

    lease: Lease
    task: asyncio.Task[None] | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class _Done:
    """It was done; due again then, or not at all."""

    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Failed:
    """It was not done; due again then."""

    due_at: datetime


class Fenced:
    """Opens units of work under one lease, and notes when the store fails.

    Transactions and the network never overlap, so an `Unavailable` that passes
    through a unit of work is the store's own.
    """

    def __init__(self, begin: Begin, lease: Lease) -> None:
        self._begin = begin
        self._lease = lease
        self.store_failed = False

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """Open one unit of work; its commit fails once the lease is lost."""
        try:
            async with self._begin(
                fence=fence or self._lease, read_only=read_only
            ) as uow:
                yield uow
        except Unavailable:
            self.store_failed = True
            raise


def chance(ids: Ids) -> float:
    """A number in [0, 1) that nobody can foresee."""
    drawn = hashlib.sha256(ids.token().encode()).digest()
    return int.from_bytes(drawn[:6]) / 2**48


class Runner:
    """Does due work in at most `pace.slots` tasks.

    `stirred` is set when there may be something to take: after each piece of work,
    since it may have decided others, and by whoever rings from inside this process.
    """

    def __init__(
        self,
        *,
        begin: Begin,
        clock: Clock,
        ids: Ids,
        handlers: Handlers,
        pace: Pace | None = None,
        stirred: asyncio.Event | None = None,
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._ids = ids
        self._handlers = handlers
        self._pace = pace or Pace()
        self._hands: dict[str, _Hand] = {}
        self._promised = 0
        #: Set when hands become free.
        self._freed = asyncio.Event()
        #: Rings take turns, each a chunk: at once, each would take the next free slot
        #: alone, and every row would be leased in a transaction of its own.
        self._turn = asyncio.Lock()
        self.stirred = stirred or asyncio.Event()
        self.is_stopping = False

    @property
    def in_hand(self) -> int:
        """How many pieces of work are being done here."""
        return len(self._hands)

    async def due(self, most: int) -> tuple[str, ...]:
        """Ids of what somebody could take now."""
        async with self._begin(read_only=True) as uow:
            return await uow.work.due(self._clock.now(), most=most)

    async def take(self, among: Collection[str] | None = None) -> frozenset[str]:
        """Lease what is due, as far as there is room, and begin it; gives their ids.

        Only what is `among` these ids, if given. `Unavailable` when the store is away.
        """
        room = min(CHUNK, self._pace.slots - len(self._hands) - self._promised)
        if self.is_stopping or room <= 0:
            return frozenset()
        self._promised += room
        try:
            leases = await self._lease(room, among)
        finally:
            self._promised -= room
            self._freed.set()
        for lease in leases:
            self._start(lease)
        return frozenset(lease.work.id for lease in leases)

    async def heed(self, rung: Collection[str]) -> None:
        """Take everything that was rung and is still due, as room becomes free."""
        left = frozenset(rung)
        while left and not self.is_stopping:
            async with self._turn:
                await self._wait_for_room()
                taken = await self.take(left)
            if not taken and self._has_room():
                return
            left -= taken

    async def idle(self) -> None:
        """Wait until nothing is in hand here."""
        await self._until(lambda: not self._hands)

    async def keep_leases(self) -> None:
        """Keep what is in hand for as long as it is being done; until cancelled."""
        while True:
            await asyncio.sleep(self._pace.beat)
            await self.extend()

    async def extend(self) -> None:
        """Extend every lease in hand, and end what somebody else has taken over."""
        hands = [hand for hand in self._hands.values() if not hand.is_lost]
        for _ in range(AT_ONCE if hands else 0):
            try:
                lost = await self._extend(hands)
                break
            except Unavailable:
                await asyncio.sleep(self._pace.breath)
        else:  # once it has run out by our own clock, it counts as lost
            now = self._clock.now()
            lost = [hand for hand in hands if hand.lease.until <= now]
        for hand in lost:
            hand.is_lost = True
            if hand.task:
                hand.task.cancel()

    async def stop(self, grace: float) -> None:
        """Take nothing more; put back what is not done within `grace` seconds."""
        self.is_stopping = True
        self.stirred.set()
        self._freed.set()
        try:
            async with asyncio.timeout(grace):
                await self.idle()
        except TimeoutError:
            tasks = [hand.task for hand in self._hands.values() if hand.task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _lease(
        self, most: int, among: Collection[str] | None
    ) -> tuple[Lease, ...]:
        now = self._clock.now()
        async with self._begin() as uow:
            leases = await uow.work.take(now, until=now + LEASE, most=most, among=among)
            await uow.commit()
        return leases

    def _start(self, lease: Lease) -> None:
        # A row that we had and lost may come back to us: each lease is one of its own.
        key = f"{lease.work.id}/{lease.no}"
        hand = self._hands[key] = _Hand(lease)
        hand.task = asyncio.create_task(self._hold(key, hand))

    async def _hold(self, key: str, hand: _Hand) -> None:
        try:
            await self._do(hand)
        finally:
            del self._hands[key]
            self.stirred.set()
            self._freed.set()

    def _has_room(self, most: int = 1) -> bool:
        return len(self._hands) + self._promised + most <= self._pace.slots

    async def _wait_for_room(self) -> None:
        chunk = min(CHUNK, self._pace.slots)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.patience):
                await self._until(lambda: self.is_stopping or self._has_room(chunk))
        await self._until(lambda: self.is_stopping or self._has_room())

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._freed.clear()
            await self._freed.wait()

    async def _do(self, hand: _Hand) -> None:
        work = hand.lease.work
        try:
            try:
                outcome = await self._attempt(hand.lease)
            except asyncio.CancelledError:
                # We stop, or it is somebody else's: then putting it back is refused.
                outcome = _Failed(self._clock.now())
            await self._settle(hand.lease, outcome)
        except LeaseLost:
            log.info("lease lost", work=work.id, kind=work.kind.value)
        except Unavailable:
            # The lease runs out, and whoever comes first takes it over.
            log.warning("outcome not kept", work=work.id, kind=work.kind.value)

    async def _attempt(self, lease: Lease) -> _Done | _Failed:
        """Do it; over again at once when another transaction was in its way."""
        pause, code, after = self._pace.breath, "", None
        for _ in range(AT_ONCE):
            begin = Fenced(self._begin, lease)
            try:
                return _Done(await self._handle(lease, begin))
            except LeaseLost:
                raise
            except Unavailable as error:
                code, after = "unavailable", error.after
                if not begin.store_failed:
                    break
            except Exception as error:  # noqa: BLE001 - nothing may drop the work
                code, after = _code(error), None
                log.warning("work failed", work=lease.work.id, error=error)
                break
            await asyncio.sleep(pause * (0.5 + chance(self._ids)))
            pause *= 4
        work, now = lease.work, self._clock.now()
        due_at = retry_at(
            now, attempts=work.attempts, chance=chance(self._ids), after=after
        )
        log.info(
            "work put back",
            work=work.id,
            kind=work.kind.value,
            code=code,
            attempts=work.attempts,
            seconds=round((due_at - now) / timedelta(seconds=1)),
        )
        return _Failed(due_at)

    async def _handle(self, lease: Lease, begin: Begin) -> datetime | None:
        handler = self._handlers[lease.work.kind]
        async with asyncio.timeout(self._pace.longest):
            return await handler(lease.work.subject, begin, self._clock.now())

    async def _settle(self, lease: Lease, outcome: _Done | _Failed) -> None:
        for last in (False,) * (AT_ONCE - 1) + (True,):
            try:
                async with self._begin() as uow:
                    match outcome:
                        case _Done(again_at=again_at):
                            await uow.work.finish(lease, again_at=again_at)
                        case _Failed(due_at=due_at):
                            await uow.work.release(lease, due_at=due_at)
                    await uow.commit()
            except Unavailable:
                if last:
                    raise
                await asyncio.sleep(self._pace.breath)
            else:
                return

    async def _extend(self, hands: Collection[_Hand]) -> list[_Hand]:
        until, lost = self._clock.now() + LEASE, []
        async with self._begin() as uow:
            for hand in hands:
                try:
                    hand.lease = await uow.work.extend(hand.lease, until)
                except LeaseLost:
                    lost.append(hand)
            await uow.commit()
        return lost


def _code(error: Exception) -> str:
    """What it was, without a word of what it was about."""
    if isinstance(error, Refused):
        return error.code
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__


async def tick(runner: Runner, *, most: int = 100_000) -> int:
    """Do everything that is due, until nothing is; how many pieces were done.

    `most` bounds what would go on for ever: work that is always due again.
    """
    done = 0
    keeping = asyncio.create_task(runner.keep_leases())
    try:
        while done < most and (taken := await runner.take()):
            done += len(taken)
            await runner.idle()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await runner.stop(grace=0)
    return done
