"""Calls made in turn, repeated where that helps, and not at all while Google is unwell.

The decisions are `quota` and `failures`; here they are only followed. Time, sleep and
chance are given in, and so is whoever sends.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
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
from integrations.google.turnstile import LONGEST_TURN, Programme, Turnstile, World
from integrations.google.wire import Wire, wire
from scheduler.errors import Unavailable

_NO_ANSWER = Failure(503, "no answer")


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


#: Sends for one user; `Unavailable` where no answer came, `NeedsConsent` without token.
Send = Callable[[Wire], Awaitable[Sent]]


async def no_programme() -> str:
    """The queue of those that belong to no programme yet."""
    return ""


@dataclass(slots=True)
class Shared:
    """What all users of one project share; it changes with each call."""

    turnstile: Turnstile
    breaker: Breaker = field(default_factory=Breaker)
    allowance: Allowance = field(default_factory=Allowance)


class Patient:
    """`Ask` for one user. `Unavailable` also where the turn would be too long.

    `programme` is asked for where there is a queue: each is served in turn.
    """

    def __init__(
        self,
        send: Send,
        shared: Shared,
        world: World,
        *,
        programme: Programme = no_programme,
    ) -> None:
        self._send = send
        self._shared = shared
        self._world = world
        self._programme = programme
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
            wait = self._repeat(sent, found, attempt)
            if wait is None:
                told = error(found, operation)
                if told is None:
                    return {}
                raise told
            await self._world.sleep(wait.total_seconds())
            attempt += 1

    def _repeat(self, sent: Wire, failure: Failure, attempt: int) -> timedelta | None:
        """How long to wait before a repeat; None where there is to be none.

        Where it may have been done, what would be done twice is not made again.
        """
        if failure.trouble is Trouble.SERVER and not sent.repeats:
            return None
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
        tries = self._gate() is Gate.ONE
        bucket, wait = take(self._bucket, USER, self._world.now())
        if wait > LONGEST_TURN:
            raise Unavailable("too much is asked of Google", after=wait.total_seconds())
        self._bucket = bucket
        if wait:
            await self._world.sleep(wait.total_seconds())
        await self._shared.turnstile.enter(self._programme)
        if not tries:  # Google may have become unwell while this waited
            self._gate()

    def _gate(self) -> Gate:
        """Whether this is the one that tries; `Unavailable` where none may pass."""
        now, shared = self._world.now(), self._shared
        found = gate(shared.breaker, now)
        if found is Gate.SHUT:
            until = shared.breaker.until or now
            after = max((until - now).total_seconds(), 1.0)
            raise Unavailable("Google does not answer now", after=after)
        if found is Gate.ONE:
            shared.breaker = tried(shared.breaker, now)
        return found


def _json(body: bytes) -> Mapping[str, Any]:
    """The answer's object; {} for one without a body."""
    if not body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unavailable("Google's answer cannot be read") from None
    return found if isinstance(found, dict) else {}
