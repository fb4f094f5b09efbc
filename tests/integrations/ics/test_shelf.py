"""A child knows the feeds it read last, as many as have room, and no others."""

from integrations.ics.decode import Known
from integrations.ics.decoded import Decoded, Found
from integrations.ics.shelf import Feed, Shelf

#: What is reckoned for one event that happens once.
ONE = 1_000


def feed(name: str, start: int = 0) -> Feed:
    return Feed(name, start, 9, "UTC", "")


def of(events: int, rows: int = 1) -> Decoded:
    each = tuple((n, n, n + 1, 0) for n in range(rows))
    return Decoded(tuple(Found(f"{n}", f"{n}", each) for n in range(events)))


def test_what_was_put_is_there() -> None:
    shelf, known = Shelf(), Known()
    assert shelf.known(feed("a")) is not shelf.known(feed("a"))
    shelf.put(feed("a"), known, of(1))
    assert shelf.known(feed("a")) is known is shelf.known(feed("a"))
    assert feed("a") in shelf and feed("b") not in shelf


def test_of_one_calendar_one_reading_is_known() -> None:
    shelf = Shelf()
    shelf.put(feed("a"), Known(), of(1))
    shelf.put(feed("a", 1), Known(), of(1))
    assert len(shelf) == 1 and feed("a") not in shelf


def test_what_was_used_longest_ago_makes_room() -> None:
    shelf = Shelf(most=3 * ONE)
    for name in ("a", "b", "c"):
        shelf.put(feed(name), Known(), of(1))
    shelf.known(feed("a"))
    shelf.put(feed("d"), Known(), of(1))
    assert [name for name in "abcd" if feed(name) in shelf] == ["a", "c", "d"]


def test_room_is_reckoned_by_spans_and_not_by_files() -> None:
    shelf = Shelf(most=3 * ONE)
    shelf.put(feed("few"), Known(), of(2))
    shelf.put(feed("many"), Known(), of(1, rows=50))
    assert feed("few") in shelf and feed("many") not in shelf
    shelf.put(feed("other"), Known(), of(2))
    assert feed("few") not in shelf and feed("other") in shelf
    shelf.put(feed("other"), Known(), of(1, rows=50))
    assert len(shelf) == 0
    for name in ("a", "b", "c"):
        shelf.put(feed(name), Known(), of(1))
    assert len(shelf) == 3
    shelf.clear()
    assert len(shelf) == 0
