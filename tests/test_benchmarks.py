"""What is measured is right: each benchmark finds what its peer finds."""

import pytest

from benchmarks import busy, slots
from benchmarks.calendars import EVENTS, SERIES, invented
from scheduler.search import search

pytestmark = pytest.mark.slow


def test_the_calendar_is_always_the_same_and_both_read_the_same_in_it() -> None:
    data = invented()
    assert data == invented()
    assert data.count(b"BEGIN:VEVENT") == EVENTS + SERIES * 5 // 4
    assert len(busy.compare(data)) > 900


def test_the_slot_search_and_its_peer_agree() -> None:
    slots.compare(search(slots.asked()), slots.Loop())


def test_a_peer_that_finds_something_else_is_not_measured() -> None:
    loop = slots.Loop()
    loop.hours = (loop.hours[0], [])  # the mentee has no hours: nothing is clear
    with pytest.raises(SystemExit, match="count differently"):
        slots.compare(search(slots.asked()), loop)
