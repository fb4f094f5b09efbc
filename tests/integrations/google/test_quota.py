"""However it is asked for, Google is not asked more often than was said."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.quota import (
    PROJECT,
    SHUT_AFTER,
    USER,
    Allowance,
    Breaker,
    Bucket,
    Gate,
    Limit,
    Turns,
    earned,
    emptied,
    failed,
    gate,
    queued,
    served,
    spent,
    take,
    tried,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
seconds = st.floats(0, 90).map(lambda one: one * SECOND)


@settings(max_examples=40)
@given(
    st.sampled_from([USER, Limit(30, 5)]),
    st.lists(st.tuples(seconds, st.integers(1, 60)), max_size=12),
)
def test_no_minute_has_more_calls_than_its_limit(
    limit: Limit, asks: list[tuple[timedelta, int]]
) -> None:
    now, bucket, calls = NOW, Bucket.full(limit, NOW), []
    for pause, many in asks:
        now += pause
        for _ in range(many):
            bucket, wait = take(bucket, limit, now)
            calls.append(now + wait)
    assert calls == sorted(calls)
    for first in calls:
        inside = [one for one in calls if first <= one < first + MINUTE]
        assert len(inside) <= limit.per_minute + limit.burst


def test_the_limits_are_half_of_googles() -> None:
    assert USER.per_minute + USER.burst <= 300
    assert PROJECT.per_minute + PROJECT.burst <= 5_000


def test_a_clock_that_jumps_back_gives_nothing() -> None:
    limit = Limit(60, 1)
    bucket, wait = take(Bucket.full(limit, NOW), limit, NOW)
    assert wait == timedelta(0)
    bucket, wait = take(bucket, limit, NOW - MINUTE)
    assert wait == SECOND
    assert bucket.at == NOW


def test_nothing_comes_before_a_pause_has_passed() -> None:
    bucket = emptied(Bucket.full(USER, NOW), USER, NOW, MINUTE)
    assert take(bucket, USER, NOW)[1] > MINUTE
    assert take(bucket, USER, NOW + 2 * MINUTE)[1] == timedelta(0)


@given(st.lists(st.booleans(), max_size=300))
def test_repeats_stay_a_fifth_of_the_calls(failures: list[bool]) -> None:
    allowance, repeats = Allowance(), 0
    for fails in failures:
        allowance = earned(allowance)
        while fails and (less := spent(allowance)):
            allowance, repeats = less, repeats + 1
    assert repeats <= 0.2 * len(failures) + 10


def test_the_breaker_shuts_lets_one_try_and_opens() -> None:
    breaker, now = Breaker(), NOW
    for _ in range(SHUT_AFTER - 1):
        breaker = failed(breaker, now, 0.5)
        assert gate(breaker, now) is Gate.OPEN
    breaker = failed(breaker, now, 1.0)
    assert breaker.until == now + 30 * SECOND
    assert gate(breaker, now + 29 * SECOND) is Gate.SHUT
    now += 30 * SECOND
    assert gate(breaker, now) is Gate.ONE
    trying = tried(breaker, now)
    assert gate(trying, now) is Gate.SHUT
    # Whoever tried died: another one may.
    assert gate(trying, now + MINUTE) is Gate.ONE
    again = failed(trying, now, 1.0)
    assert again.until == now + MINUTE
    assert gate(again, now + MINUTE) is Gate.ONE
    assert gate(Breaker(), now) is Gate.OPEN


@given(st.integers(SHUT_AFTER, 100), st.floats(0, 1))
def test_pauses_grow_to_ten_minutes_and_no_further(many: int, random: float) -> None:
    breaker = failed(Breaker(many), NOW, random)
    assert breaker.until is not None
    assert 15 * SECOND <= breaker.until - NOW <= 10 * MINUTE
    asked = failed(Breaker(many), NOW, random, timedelta(hours=1))
    assert asked.until is not None
    assert asked.until - NOW >= timedelta(hours=1)


def test_an_outage_is_hardly_asked_and_soon_over() -> None:
    """F21: everything fails for ten minutes; all is done within 15 minutes of it."""
    random, breaker, now, asked = Random(1), Breaker(), NOW, 0  # noqa: S311
    end = NOW + 10 * MINUTE
    while True:
        if gate(breaker, now) is not Gate.SHUT:
            asked += 1
            if now >= end:
                break
            breaker = failed(tried(breaker, now), now, random.random())
        now += SECOND
    assert asked <= 15
    assert now - end <= 15 * MINUTE


PROGRAMMES = "abc"


@given(st.lists(st.sampled_from([*PROGRAMMES, *PROGRAMMES, "", "", ""]), max_size=80))
def test_programmes_that_wait_are_served_alike(acts: list[str]) -> None:
    """A letter asks for a call of that programme, an empty one lets the next pass."""
    turns = Turns()
    waiting: list[tuple[int, int, str]] = []
    #: Of each two, how far one is ahead since both have had somebody waiting.
    ahead: dict[tuple[str, str], int] = {}
    order: dict[str, list[int]] = {name: [] for name in PROGRAMMES}
    acts += [""] * len(acts)
    for number, act in enumerate(acts):
        if act:
            turns, place = queued(turns, act)
            waiting.append((place, number, act))
        elif waiting:
            waiting.sort()
            place, asked, name = waiting.pop(0)
            turns = served(turns, place)
            order[name].append(asked)
            for pair in ahead:
                ahead[pair] += (name == pair[0]) - (name == pair[1])
        those = {name for _, _, name in waiting}
        ahead = {
            (one, other): ahead.get((one, other), 0)
            for one in those
            for other in those - {one}
        }
        assert all(lead <= 2 for lead in ahead.values())
    assert not waiting
    assert all(asked == sorted(asked) for asked in order.values())
    assert sum(map(len, order.values())) == sum(map(bool, acts))
