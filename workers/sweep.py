"""Find what is due, again and again: the store remembers, a bell only saves time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from arq.connections import ArqRedis
from arq.worker import func

from scheduler.errors import Unavailable
from workers.keep import KeptWorker, keep_working
from workers.queue import RING, Bell, connect, dump, load
from workers.run import Runner

log = structlog.stdlib.get_logger(__name__)

#: Seconds between two looks into the store. With a lease of 45 seconds, what a killed
#: worker had in hand is taken over within 50.
EVERY = 2.0
#: Without Redis nothing is rung from other processes.
EVERY_ALONE = 1.0
#: Let a burst of endings become one look.
BREATH = 0.02
#: Seconds after which a ring was not heard, or was heard by somebody who is busy.
HEARD_WITHIN = 1.5
#: How many rows one look finds.
MOST = 500
#: Seconds that are left to work in hand when we are told to stop (promises.md F03).
GRACE = 15.0


class Sweep:
    """Rings for what is due; what was rung and is still due it takes itself.

    So a Redis that is away, flushed, stuck or full of something else costs one more
    look, and nothing else.
    """

    def __init__(self, runner: Runner, bell: Bell) -> None:
        self._runner = runner
        self._bell = bell
        #: What we rang for, and when by the loop's clock.
        self._rung: dict[str, float] = {}

    async def look(self) -> int:
        """Look once; how many rows were due."""
        due, now = await self._runner.due(MOST), asyncio.get_running_loop().time()
        self._rung = {work: self._rung.get(work, now) for work in due}
        fresh = [work for work, at in self._rung.items() if at == now]
        if fresh:
            await self._bell.ring(fresh)
        heard = HEARD_WITHIN if self._bell.is_heard else 0.0
        unheard = {work for work, at in self._rung.items() if at + heard <= now}
        while unheard and (taken := await self._runner.take(unheard)):
            unheard -= taken
        return len(due)

    async def run(self, stop: asyncio.Event, every: float) -> None:
        """Look every so many seconds, or as soon as something stirs."""
        stirred = self._runner.stirred
        pause = every
        while not stop.is_set():
            stirred.clear()
            try:
                await self.look()
                pause = every
            except Unavailable as error:
                pause = min(pause * 2, 30.0)
                log.warning("store unavailable", reason=str(error), seconds=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stirred.wait(), pause)
            await asyncio.sleep(BREATH)


async def ring(ctx: dict[str, Runner], ids: object = None) -> None:
    """Take what was rung; the one task of arq, which may come twice or never."""
    runner = ctx["runner"]
    known = [str(name) for name in ids] if isinstance(ids, list) else []
    if known:
        await runner.heed(known)
    else:
        runner.stirred.set()


def build_worker(pool: ArqRedis, runner: Runner) -> KeptWorker:
    """An arq worker that hears rings and remembers nothing."""
    return KeptWorker(
        [func(ring, name=RING)],
        redis_pool=pool,
        ctx={"runner": runner},
        max_jobs=100,
        poll_delay=0.1,
        job_timeout=60,
        keep_result=0,
        job_serializer=dump,
        job_deserializer=load,
        log_results=False,
    )


async def work(
    runner: Runner, bell: Bell, stop: asyncio.Event, *, redis_url: str = ""
) -> None:
    """Work until `stop` is set; then finish or put back what is in hand, in 20 s.

    An empty `redis_url`: there is no Redis, and the store is polled.
    """
    every = EVERY if redis_url else EVERY_ALONE
    keeping = asyncio.create_task(runner.keep_leases())
    tasks: list[asyncio.Task[object]] = [
        asyncio.create_task(Sweep(runner, bell).run(stop, every))
    ]
    if redis_url:
        hearing = keep_working(
            lambda: connect(redis_url),
            lambda pool: build_worker(pool, runner),
            stop,
            grace=1.0,
        )
        tasks.append(asyncio.create_task(hearing))
    tasks.append(asyncio.create_task(stop.wait()))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # a bug: it ends the process, and is seen
    finally:
        stop.set()
        await runner.stop(GRACE)
        for task in (keeping, *tasks):
            task.cancel()
        await asyncio.gather(keeping, *tasks, return_exceptions=True)
