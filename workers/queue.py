"""arq, set up one way for whoever rings and whoever works."""

import json
from typing import Any

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool


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
