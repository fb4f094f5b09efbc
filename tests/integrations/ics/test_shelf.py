"""A child knows the feeds it read last, as many as have room, and no others."""

from integrations.ics.decode import Known
from integrations.ics.decoded import Decoded, Found
from integrations.ics.shelf import Feed, Shelf


def feed(name: str, start: int = 0) -> Feed:
    return Feed(name, start, 9, "UTC", "")


def of(events: int, rows: int = 1) -> Decoded:
    each = tuple((n, n, n + 1, 0) for n in range(rows))
    return Decoded(tuple(Found(f"{n}", f"{n}", each) for n in range(events)))


def test_what_was_put_is_taken_once() -> None:
    shelf, known = Shelf(), Known()
    shelf.put(feed("a"), known, of(1))
    assert shelf.take(feed("b")) is None
    assert shelf.take(feed("a")) is known
    assert shelf.take(feed("a")) is None and len(shelf) == 0


def test_of_one_calendar_one_reading_is_known() -> None:
    shelf = Shelf()
    shelf.put(feed("a"), Known(), of(1))
    shelf.put(feed("a", 1), Known(), of(1))
    assert len(shelf) == 1 and shelf.take(feed("a")) is None


def test_what_was_used_longest_ago_makes_room() -> None:
    shelf = Shelf(most=3_000)
    for name in ("a", "b", "c"):
        shelf.put(feed(name), Known(), of(1))
    again = shelf.take(feed("a"))
    assert again is not None
    shelf.put(feed("a"), again, of(1))
    shelf.put(feed("d"), Known(), of(1))
    assert [shelf.take(feed(name)) is None for name in "abcd"] == [
        False,
        True,
        False,
        False,
    ]


def test_room_is_reckoned_by_spans_and_not_by_files() -> None:
    shelf = Shelf(most=3_000)
    shelf.put(feed("many"), Known(), of(1, rows=20))
    assert len(shelf) == 0
    shelf.put(feed("few"), Known(), of(2))
    shelf.put(feed("other"), Known(), of(1, rows=10))
    assert shelf.take(feed("few")) is None
    shelf.clear()
    assert len(shelf) == 0
    for name in ("a", "b", "c"):
        shelf.put(feed(name), Known(), of(1))
    assert len(shelf) == 3
