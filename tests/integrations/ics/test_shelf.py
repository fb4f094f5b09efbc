"""A child knows the feeds it read last, as many as have room, and no others."""

import tracemalloc

from integrations.ics.decode import Known, decode
from integrations.ics.decoded import Decoded
from integrations.ics.shelf import Feed, Shelf
from tests.integrations.ics.texts import BERLIN, YEAR, calendar, event


def feed(name: str, start: int = 0) -> Feed:
    return Feed(name, start, 9, "UTC", "")


def read(events: int, rows: int = 1) -> tuple[Known, Decoded]:
    """What a calendar of so many events leaves behind."""
    rule = f"RRULE:FREQ=DAILY;COUNT={rows}"
    start = "DTSTART:20260105T090000Z"
    lines = (event(start, "DURATION:PT1H", rule, uid=f"{n}") for n in range(events))
    known = Known()
    return known, decode(calendar(*lines), window=YEAR, zone=BERLIN, known=known)


#: What is reckoned for one event that happens once: itself, its series, its time.
ONE = 1_400


def test_what_was_put_is_there() -> None:
    shelf, (known, decoded) = Shelf(), read(1)
    assert shelf.known(feed("a")) is not shelf.known(feed("a"))
    shelf.put(feed("a"), known, decoded)
    assert shelf.known(feed("a")) is known is shelf.known(feed("a"))
    assert feed("a") in shelf and feed("b") not in shelf


def test_of_one_calendar_one_reading_is_known() -> None:
    shelf = Shelf()
    shelf.put(feed("a"), *read(1))
    shelf.put(feed("a", 1), *read(1))
    assert len(shelf) == 1 and feed("a") not in shelf


def test_what_was_used_longest_ago_makes_room() -> None:
    shelf = Shelf(most=3 * ONE)
    for name in ("a", "b", "c"):
        shelf.put(feed(name), *read(1))
    shelf.known(feed("a"))
    shelf.put(feed("d"), *read(1))
    assert [name for name in "abcd" if feed(name) in shelf] == ["a", "c", "d"]


def test_room_is_reckoned_by_spans_and_not_by_files() -> None:
    shelf = Shelf(most=3 * ONE)
    shelf.put(feed("few"), *read(2))
    shelf.put(feed("many"), *read(1, rows=50))
    assert feed("few") in shelf and feed("many") not in shelf
    shelf.put(feed("other"), *read(2))
    assert feed("few") not in shelf and feed("other") in shelf
    shelf.put(feed("other"), *read(1, rows=50))
    assert len(shelf) == 0
    for name in ("a", "b", "c"):
        shelf.put(feed(name), *read(1))
    assert len(shelf) == 3
    shelf.clear()
    assert len(shelf) == 0


def test_what_is_reckoned_is_about_what_is_held() -> None:
    for events, rows in ((1_000, 1), (50, 200)):
        tracemalloc.start()
        kept = read(events, rows)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        enough, little = Shelf(most=2 * held), Shelf(most=held // 2)
        for shelf in (enough, little):
            shelf.put(feed("a"), *kept)
        assert feed("a") in enough and feed("a") not in little
