"""Limits hold without anything outside this process."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.limits import Buckets, Limited, client_address

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_burst_and_what_was_refilled(waits: list[float]) -> None:
    buckets, now, allowed = Buckets(), NOW, 0
    limit = Limited.DOOR.value
    for wait in waits:
        now += timedelta(seconds=wait)
        allowed += buckets.allow(Limited.DOOR, "someone", now)
        minutes = (now - NOW).total_seconds() / 60
        assert allowed <= limit.burst + minutes * limit.each_minute


def test_one_thousand_at_once_and_others_are_not_touched() -> None:
    buckets = Buckets()
    answers = [buckets.allow(Limited.DOOR, "a", NOW) for _ in range(1000)]
    assert sum(answers) == Limited.DOOR.value.burst
    assert buckets.allow(Limited.DOOR, "b", NOW)
    assert buckets.allow(Limited.PAGE, "a", NOW)


def test_memory_is_bounded() -> None:
    buckets = Buckets(most_keys=10)
    for i in range(100):
        buckets.allow(Limited.PAGE, str(i), NOW)
    assert len(buckets._left) == 10


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "rubbish", "rubbish"),
    ],
)
def test_the_address_of_who_asks(peer: str, forwarded: str, who: str) -> None:
    assert client_address(peer, forwarded, (ip_network("10.0.0.0/8"),)) == who
