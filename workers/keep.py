"""Keep arq at work: it ends at the first lost connection; a new worker takes over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix
from arq.worker import Worker

log = logging.getLogger(__name__)


class KeptWorker(Worker):
    """Knows which jobs it began without being able to tell Redis how they ended."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, handle_signals=False, **options)
        self.unfinished: set[str] = set()

    async def run_job(self, job_id: str, score: int) -> None:
        """Run one job, remembered until Redis has heard of its end."""
        self.unfinished.add(job_id)
        await super().run_job(job_id, score)
        self.unfinished.discard(job_id)

    async def end(self, grace: float) -> None:
        """Take no more jobs, and cancel what is not done within `grace` seconds."""
        self.allow_pick_jobs = False
        if self.tasks and grace:
            await asyncio.wait(self.tasks.values(), timeout=grace)
        left = {*self.tasks.values(), *filter(None, [self.main_task])}
        while left := {task for task in left if not task.done()}:
            # Again and again: a cancellation that meets an answer of Redis on its way
            # is swallowed, and arq would go on polling for ever.
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=0.2)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


async def keep_working(
    connect: Callable[[], Awaitable[ArqRedis]],
    build: Callable[[ArqRedis], KeptWorker],
    stop: asyncio.Event,
    *,
    shortest: float = 0.1,
    longest: float = 10.0,
    grace: float = 20.0,
) -> None:
    """Build one worker after another until `stop` is set; pauses are in seconds."""
    pause, unfinished = shortest, set[str]()
    while not stop.is_set():
        pool: ArqRedis | None = None
        worker: KeptWorker | None = None
        halt = asyncio.create_task(stop.wait())
        try:
            pool = await connect()
            if unfinished:  # else each waits for job_timeout + 10 s
                await pool.delete(*(in_progress_key_prefix + job for job in unfinished))
            worker, unfinished, pause = build(pool), set(), shortest
            work = asyncio.create_task(worker.async_run())
            await asyncio.wait({work, halt}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()  # raises what ended it: ConnectionError, …
        except Exception as reason:  # noqa: BLE001 - whatever it was, the next one tries
            log.warning(
                "worker lost (%s: %s), next in %.1f s",
                type(reason).__name__,
                reason,
                pause,
            )
        finally:
            halt.cancel()
            if worker:
                await worker.end(grace if stop.is_set() else 0)
                unfinished |= worker.unfinished
            if pool:
                await pool.aclose(close_connection_pool=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(pause * 2, longest)
