"""arq, set up one way for whoever rings and whoever works."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool

log = logging.getLogger(__name__)

#: The one task there is: "these are due".
RING = "ring"
#: Ids in one job.
CHUNK = 10


def dump(value: Any) -> bytes:
    """Write a payload as JSON: what comes back from Redis is never run."""
    # `default=repr`: arq also dumps exceptions of failed jobs with this function.
    return json.dumps(value, separators=(",", ":"), default=repr).encode()


def load(data: bytes) -> Any:
    """Read a payload."""
    return json.loads(data)


async def connect(url: str) -> ArqRedis:
    """Open a pool and ask for a sign of life; raises what redis-py raises."""
    # Not arq's create_pool: it knows no read timeout, so a silent Redis would hold
    # a worker for ever.
    pool = ConnectionPool.from_url(url, socket_connect_timeout=2, socket_timeout=10)
    redis = ArqRedis(pool, job_serializer=dump, job_deserializer=load)
    try:
        await redis.ping()
    except BaseException:
        await redis.aclose(close_connection_pool=True)
        raise
    return redis


class RedisBell:
    """Rings through Redis; never raises, and never takes longer than `patience`.

    After a ring that failed it stays silent for `rest` seconds: whoever looks into the
    store finds what is due all the same, and no page waits for a Redis that is away.
    """

    def __init__(self, url: str, *, patience: float = 1.0, rest: float = 2.0) -> None:
        self._url = url
        self._patience = patience
        self._rest = rest
        self._silent_until = 0.0
        self._redis: ArqRedis | None = None
        self._opening = asyncio.Lock()
        #: Whether the last ring was taken.
        self.is_heard = True

    async def ring(self, work: Sequence[str] = ()) -> None:
        """Have somebody do these; without ids, have somebody look what is due."""
        clock = asyncio.get_running_loop().time
        if clock() < self._silent_until:
            return
        try:
            async with asyncio.timeout(self._patience):
                for ids in _chunks(work):
                    await self._send(ids)
        except Exception as error:  # noqa: BLE001 - a lost ring loses nothing
            log.debug("ring lost (%s)", type(error).__name__)
            self.is_heard, self._silent_until = False, clock() + self._rest
            await self.close()
        else:
            self.is_heard = True

    async def state(self) -> str:
        """`ok` when Redis gives a sign of life now, else `away`."""
        try:
            async with asyncio.timeout(self._patience):
                await (await self._open()).ping()
        except Exception:  # noqa: BLE001 - whatever it was, it does not answer
            await self.close()
            return "away"
        return "ok"

    async def close(self) -> None:
        """Give the connections back; the next ring opens others."""
        redis, self._redis = self._redis, None
        if redis:
            with suppress(Exception):
                await redis.aclose(close_connection_pool=True)

    async def _open(self) -> ArqRedis:
        async with self._opening:
            self._redis = self._redis or await connect(self._url)
            return self._redis

    async def _send(self, ids: Sequence[str]) -> None:
        redis = await self._open()
        # One job of this name at a time: pages ring more often than anybody looks.
        await redis.enqueue_job(RING, ids, _job_id=None if ids else "look")


class LocalBell:
    """Rings inside one process, where there is no Redis: sets `rung`."""

    #: Nobody else hears it: whoever sweeps does the work itself.
    is_heard = False

    def __init__(self, rung: asyncio.Event) -> None:
        self.rung = rung

    async def ring(self, work: Sequence[str] = ()) -> None:  # noqa: ARG002 - a port's
        """Have the worker of this process, if there is one, look what is due."""
        self.rung.set()

    async def state(self) -> str:
        """There is no Redis, and none is missed."""
        return "none"

    async def close(self) -> None:
        """Nothing is held."""


Bell = RedisBell | LocalBell


def _chunks(ids: Sequence[str]) -> list[list[str]]:
    """Ids in chunks of one job each; one empty chunk where there are none."""
    return [list(ids[n : n + CHUNK]) for n in range(0, len(ids), CHUNK)] or [[]]
