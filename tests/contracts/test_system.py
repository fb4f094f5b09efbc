"""Clocks and names, the machine's and those that a test sets."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.memory.system import SeededIds, SetClock
from integrations.system import SystemClock, SystemIds
from scheduler.ports.system import Clock, Ids


@pytest.mark.parametrize("ids", [SystemIds(), SeededIds(7)])
class TestIds:
    def test_names_have_26_characters_and_sort_as_they_were_made(self, ids: Ids):
        made = [ids.new() for _ in range(2000)]
        assert made == sorted(set(made))
        assert {len(name) for name in made} == {26}

    def test_a_uid_hides_128_bits_at_the_domain(self, ids: Ids):
        made = {ids.uid("mail.example") for _ in range(100)}
        assert len(made) == 100
        assert all(re.fullmatch(r"[0-9a-f]{32}@mail\.example", uid) for uid in made)

    def test_a_token_needs_no_quoting_in_an_address(self, ids: Ids):
        made = {ids.token() for _ in range(100)}
        assert len(made) == 100
        assert all(re.fullmatch(r"[\w-]{43,64}", token) for token in made)


@pytest.mark.parametrize(
    "clock", [SystemClock(), SetClock(datetime(2026, 3, 1, tzinfo=UTC))]
)
def test_the_time_is_in_utc(clock: Clock):
    assert clock.now().tzinfo is UTC


def test_a_set_clock_stands_still_until_it_is_moved():
    clock = SetClock(datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    assert clock.now() == clock.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


def test_a_set_clock_refuses_a_time_without_a_zone():
    with pytest.raises(ValueError, match="no zone"):
        SetClock(datetime(2026, 3, 1))


def test_a_seed_repeats_exactly():
    def draw(seed: int) -> list[str]:
        ids = SeededIds(seed)
        return [ids.new(), ids.uid("x.example"), ids.token()]

    assert draw(1) == draw(1)
    assert not set(draw(1)) & set(draw(2))
