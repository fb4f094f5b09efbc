"""How often Google may be asked: buckets, a retry allowance, a breaker, as values.

Google's limits are 600 calls a minute for each user and 10,000 for the project
(guides/quota); Troth takes half of each (promises.md I26). The clock is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

_NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls a minute, of which `burst` may come at once."""

    per_minute: int
    burst: int

    @property
    def each(self) -> timedelta:
        """How long it takes until there is one more."""
        return timedelta(minutes=1) / self.per_minute


#: A burst counts into the minute that it begins, so rate and burst share 300 (5,000).
USER = Limit(per_minute=280, burst=20)
PROJECT = Limit(per_minute=4_800, burst=200)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Calls that may be made: `left` of them at `at`; below zero they are promised."""

    left: float
    at: datetime

    @classmethod
    def full(cls, limit: Limit, now: datetime) -> Bucket:
        """As it stands when nothing was asked for a while."""
        return cls(limit.burst, now)


def take(bucket: Bucket, limit: Limit, now: datetime) -> tuple[Bucket, timedelta]:
    """One call: what is left afterwards, and how long to wait before making it.

    Whoever waits has a place that nobody takes; the calls come out evenly, in the
    order in which they were asked for. A clock that jumps back gives nothing.
    """
    passed = max(now - bucket.at, _NOW)
    left = min(bucket.left + passed / limit.each, limit.burst) - 1
    wait = limit.each * -left if left < 0 else _NOW
    return Bucket(left, max(now, bucket.at)), wait


def emptied(bucket: Bucket, limit: Limit, now: datetime, wait: timedelta) -> Bucket:
    """After a refusal: nothing comes before `wait` has passed."""
    owed = -(wait / limit.each)
    return Bucket(min(bucket.left, owed), max(now, bucket.at))


# Turns ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turns:
    """Who comes next of those that wait: programmes in rounds, one call of each.

    However much one of them asks for at once, while another waits as well neither
    gets more than two calls ahead of the other (promises.md F21).
    """

    #: The round that is being served.
    round: int = 0
    #: The last round in which each programme that waits has a place.
    last: Mapping[str, int] = field(default_factory=dict)


def queued(turns: Turns, programme: str) -> tuple[Turns, int]:
    """A place for one call, by its round: the lowest is next, of equals the first."""
    place = max(turns.round, turns.last.get(programme, 0)) + 1
    return Turns(turns.round, {**turns.last, programme: place}), place


def served(turns: Turns, place: int) -> Turns:
    """After the call of this round was let through."""
    now = max(turns.round, place)
    return Turns(now, {name: last for name, last in turns.last.items() if last > now})


# Repeats ----------------------------------------------------------------------------

#: Repeats for each first call (promises.md F21: 1.2 requests for each needed one).
_SHARE = 0.2
_MOST_SAVED = 10.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls may be repeated in place; the others go back to their queue.

    However much fails, repeats stay a fifth of the calls: a storm is not fed.
    """

    left: float = _MOST_SAVED


def earned(allowance: Allowance) -> Allowance:
    """After each first call, whatever became of it."""
    return Allowance(min(allowance.left + _SHARE, _MOST_SAVED))


def spent(allowance: Allowance) -> Allowance | None:
    """After one repeat; None when none is left, and it may not be made."""
    return Allowance(allowance.left - 1) if allowance.left >= 1 else None


# The breaker ------------------------------------------------------------------------


class Gate(Enum):
    """Whether calls may be made."""

    OPEN = "all may pass"
    ONE = "one may try"
    SHUT = "none may pass"


#: So many failures without a success in between, and nothing is asked for a while.
SHUT_AFTER = 5
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
#: Whoever tried and never told: after this long somebody else may.
_TRIAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Breaker:
    """How Google has answered: failures in a row, and until when to leave it alone.

    Only answers that say Google is unwell count (5xx, none at all, limits), not a 404.
    After any other one it is a new `Breaker()` again.
    """

    failures: int = 0
    until: datetime | None = None
    trying: datetime | None = None


def gate(breaker: Breaker, now: datetime) -> Gate:
    """Whether a call may be made now."""
    if breaker.until is None:
        return Gate.OPEN
    if now < breaker.until:
        return Gate.SHUT
    if breaker.trying is not None and now < breaker.trying + _TRIAL:
        return Gate.SHUT
    return Gate.ONE


def tried(breaker: Breaker, now: datetime) -> Breaker:
    """Somebody makes the one call that may; the others wait for what it says."""
    return replace(breaker, trying=now)


def failed(
    breaker: Breaker, now: datetime, random: float, after: timedelta | None = None
) -> Breaker:
    """Google did not answer, or asked to be left alone for `after`.

    Pauses double from 30 seconds to ten minutes, the second half of each by chance
    (`random`, 0 to 1), so that not all come back at once.
    """
    failures = breaker.failures + 1
    if failures < SHUT_AFTER:
        return Breaker(failures, breaker.until)
    longest = min(_FIRST_PAUSE * (1 << min(failures - SHUT_AFTER, 16)), _LONGEST_PAUSE)
    pause = max(longest * (0.5 + random / 2), after or _NOW)
    return Breaker(failures, now + pause)
