"""An object's etag says everything that a decision about it may have hung on."""

from hypothesis import given
from hypothesis import strategies as st

from integrations.google.items import Kept, read_items
from integrations.google.state import objects
from integrations.google.versions import (
    advanced,
    agrees,
    of_one_date,
    version,
)
from scheduler.ids import Etag
from tests.integrations.google.events import Json, at, event, instance, known
from tests.integrations.ics.texts import BERLIN, YEAR

SERIES = event(
    "one", at("2026-03-02 10:00"), at("2026-03-02 11:00"), "RRULE:FREQ=WEEKLY"
)
STAMPS = {"09": "20260309T090000Z", "16": "20260316T090000Z", "23": "20260323T090000Z"}


def kept(item: Json) -> Kept:
    (found,) = read_items([item])
    assert isinstance(found, Kept)
    return found


def date(day: str, etag: str, hour: int = 10, **more: str) -> Kept:
    """One date as it is read: on its rule unless `hour` says otherwise."""
    when = f"2026-03-{day}"
    return kept(
        instance(
            "one",
            at(f"{when} 10:00"),
            STAMPS[day],
            etag=etag,
            start=at(f"{when} {hour}:00"),
            end=at(f"{when} {hour + 1}:00"),
            **more,
        )
    )


MASTER = kept(SERIES)
ETAG = version([MASTER])


def test_an_object_changes_its_etag_with_each_of_its_events() -> None:
    cancelled = instance(
        "one", at("2026-03-09 10:00"), STAMPS["09"], status="cancelled"
    )
    sparse = {"id": f"one_{STAMPS['09']}", "status": "cancelled"}
    moved = {"start": at("2026-03-09 12:00"), "end": at("2026-03-09 13:00")}
    live = instance("one", at("2026-03-09 10:00"), STAMPS["09"], **moved)
    states = [
        known(SERIES),
        known(SERIES, cancelled),
        known(SERIES, live),
        known(SERIES, live | {"etag": '"2"'}),
        known(SERIES | {"etag": '"2"'}, live | {"etag": '"2"'}),
    ]
    etags = [objects(one, YEAR, BERLIN).objects[0].etag for one in states]
    assert None not in etags
    assert len(set(etags)) == len(etags)
    assert etags[0] == '"one"'
    # However little is told of it, a cancelled date is the same.
    assert objects(known(SERIES, sparse), YEAR, BERLIN).objects[0].etag == etags[1]
    unnamed = live | {"etag": ""}
    assert objects(known(SERIES, unnamed), YEAR, BERLIN).objects[0].etag is None


def test_a_plain_series_agrees_with_dates_that_stand_on_their_rule() -> None:
    assert ETAG is not None
    assert agrees(ETAG, MASTER, [date("09", "x")])
    assert not agrees(ETAG, MASTER, [date("09", "x", hour=12)])
    assert not agrees(ETAG, MASTER, [date("09", "x", status="cancelled")])
    assert not agrees(ETAG, kept(SERIES | {"etag": '"2"'}), [])


def test_a_changed_date_agrees_as_it_was() -> None:
    moved = date("09", "x", hour=12)
    etag = version([MASTER, moved, date("16", "y", status="cancelled")])
    assert etag is not None
    assert agrees(etag, MASTER, [moved])
    assert not agrees(etag, MASTER, [date("09", "z", hour=12)])
    # Cancelled stays cancelled, whatever its etag; put back it is another.
    assert agrees(etag, MASTER, [date("16", "other", status="cancelled")])
    assert not agrees(etag, MASTER, [date("16", "y")])
    assert agrees(etag, MASTER, [date("23", "v")])


def test_a_read_of_one_date_vouches_for_its_words_too() -> None:
    """A description that somebody changed leaves the date where it is."""
    etag = of_one_date(MASTER, date("09", "x"))
    assert etag is not None
    assert agrees(etag, MASTER, [date("09", "x")])
    assert not agrees(etag, MASTER, [date("09", "edited")])
    assert of_one_date(MASTER, date("09", "")) is None


@given(st.lists(st.sampled_from(sorted(STAMPS)), max_size=6))
def test_our_own_writes_are_followed_by_our_own_etag(days: list[str]) -> None:
    """What `advanced` says after each write is what a full read says."""
    etag: Etag | None = ETAG
    events = {"": MASTER}
    for n, day in enumerate(days):
        assert etag is not None
        events[day] = date(day, f"v{n}", hour=11 + n % 3)
        etag = advanced(etag, events[day])
        assert etag == version(list(events.values()))
    again = kept(SERIES | {"etag": '"later"'})
    assert etag is not None
    assert advanced(etag, again) == version([again, *list(events.values())[1:]])
