"""Calls made in turn, repeated where that helps, and not at all while Google is unwell.

The decisions are `quota` and `failures`; here they are only followed. Time, sleep and
chance are given in, and so is whoever sends.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.google.failures import (
    Failure,
    Operation,
    Trouble,
    again,
    error,
    read_failure,
)
from integrations.google.protocol import Request
from integrations.google.quota import (
    PROJECT,
    USER,
    Allowance,
    Breaker,
    Bucket,
    Gate,
    earned,
    emptied,
    failed,
    gate,
    spent,
    take,
    tried,
)
from integrations.google.wire import Wire, wire
from scheduler.errors import Unavailable

#: Whoever would wait longer than this for a turn goes back into the queue.
LONGEST_TURN = timedelta(seconds=64)
_NO_ANSWER = Failure(503, "no answer")


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


#: Sends for one user; `Unavailable` where no answer came, `NeedsConsent` without token.
Send = Callable[[Wire], Awaitable[Sent]]


@dataclass(frozen=True, slots=True)
class World:
    """What is not ours to decide: the time (UTC), sleep in seconds, chance (0 to 1)."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]


@dataclass(slots=True)
class Shared:
    """What all users of one project share; it changes with each call."""

    project: Bucket
    breaker: Breaker = field(default_factory=Breaker)
    allowance: Allowance = field(default_factory=Allowance)


class Patient:
    """`Ask` for one user. `Unavailable` also where the turn would be too long."""

    def __init__(self, send: Send, shared: Shared, world: World) -> None:
        self._send = send
        self._shared = shared
        self._world = world
        self._bucket = Bucket.full(USER, world.now())

    async def __call__(
        self, request: Request, operation: Operation
    ) -> Mapping[str, Any]:
        """The answer, after as many repeats as may help and are allowed."""
        sent = wire(request)
        attempt = 0
        self._shared.allowance = earned(self._shared.allowance)
        while True:
            found = await self._once(sent)
            if not isinstance(found, Failure):
                return found
            wait = self._repeat(found, attempt)
            if wait is None:
                told = error(found, operation)
                if told is None:
                    return {}
                raise told
            await self._world.sleep(wait.total_seconds())
            attempt += 1

    def _repeat(self, failure: Failure, attempt: int) -> timedelta | None:
        """How long to wait before a repeat; None where there is to be none."""
        wait = again(failure, attempt, self._world.random())
        left = spent(self._shared.allowance) if wait is not None else None
        if left is None:
            return None
        self._shared.allowance = left
        return wait

    async def _once(self, sent: Wire) -> Mapping[str, Any] | Failure:
        await self._turn()
        try:
            found = await self._send(sent)
        except Unavailable:
            return self._failed(_NO_ANSWER)
        if found.status < 400:
            self._shared.breaker = Breaker()
            return _json(found.body)
        now = self._world.now()
        return self._failed(read_failure(found.status, found.headers, found.body, now))

    def _failed(self, failure: Failure) -> Failure:
        """Remember it: of Google being unwell all hear, of limits this user alone."""
        now, shared = self._world.now(), self._shared
        if failure.trouble is Trouble.SERVER:
            chance = self._world.random()
            shared.breaker = failed(shared.breaker, now, chance, failure.after)
        else:
            shared.breaker = Breaker()
        if failure.trouble is Trouble.RATE and failure.after:
            self._bucket = emptied(self._bucket, USER, now, failure.after)
        return failure

    async def _turn(self) -> None:
        """Wait for it, the user's and the project's; none while the breaker is shut."""
        now, shared = self._world.now(), self._shared
        match gate(shared.breaker, now):
            case Gate.SHUT:
                until = shared.breaker.until or now
                after = max((until - now).total_seconds(), 1.0)
                raise Unavailable("Google does not answer now", after=after)
            case Gate.ONE:
                shared.breaker = tried(shared.breaker, now)
            case Gate.OPEN:
                pass
        bucket, mine = take(self._bucket, USER, now)
        project, ours = take(shared.project, PROJECT, now)
        wait = max(mine, ours)
        if wait > LONGEST_TURN:
            raise Unavailable("too much is asked of Google", after=wait.total_seconds())
        self._bucket, shared.project = bucket, project
        if wait:
            await self._world.sleep(wait.total_seconds())


def _json(body: bytes) -> Mapping[str, Any]:
    """The answer's object; {} for one without a body."""
    if not body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unavailable("Google's answer cannot be read") from None
    return found if isinstance(found, dict) else {}
