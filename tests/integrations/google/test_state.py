"""What is kept between two reads is what a full read would give."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.items import Item, read_items
from integrations.google.state import (
    EMPTY,
    State,
    apply,
    news,
    objects,
    read_state,
    within,
)
from scheduler.errors import CursorExpired
from scheduler.events import Meaning
from tests.integrations.google.events import (
    Json,
    at,
    event,
    instance,
    known,
    utc_at,
)
from tests.integrations.ics.texts import BERLIN, YEAR, span

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@dataclass
class Remote:
    """A calendar that says what changed, as Google documents it. Slow and obvious."""

    live: dict[str, Json] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)
    version: int = 0

    def put(self, item: Json) -> None:
        self.version += 1
        self.live[item["id"]] = item | {"etag": f'"{self.version}"'}
        self.changed[item["id"]] = None

    def single(self, n: int) -> None:
        start = FIRST + n * 5 * HOUR
        self.put(event(f"single{n}", utc_at(start), utc_at(start + HOUR)))

    def series(self, n: int) -> None:
        """An id is never given twice; nor is a rule made longer again."""
        if n in self.made:
            return
        self.made.add(n)
        start = {"dateTime": f"{FIRST + n * HOUR:%Y-%m-%dT%H:%M:%SZ}"}
        end = {"dateTime": f"{FIRST + (n + 1) * HOUR:%Y-%m-%dT%H:%M:%SZ}"}
        zone = {"timeZone": "UTC"}
        rule = "RRULE:FREQ=WEEKLY"
        self.put(event(f"series{n}", start | zone, end | zone, rule))

    def exception(self, n: int, week: int, kind: str) -> None:
        series, original = f"series{n}", FIRST + n * HOUR + week * WEEK
        if series not in self.live or original > self.last(series):
            return
        moved = original + 26 * HOUR
        item = instance(
            series,
            utc_at(original),
            f"{original:%Y%m%dT%H%M%SZ}",
            start=utc_at(moved),
            end=utc_at(moved + HOUR),
        )
        if kind == "sparse":
            item = {"id": item["id"], "status": "cancelled"}
        elif kind == "cancelled":
            item = {k: v for k, v in item.items() if k not in {"start", "end"}}
            item["status"] = "cancelled"
        self.put(item)

    def last(self, series: str) -> datetime:
        rule = self.live[series]["recurrence"][0]
        _, found, until = rule.partition("UNTIL=")
        if not found:
            return datetime(2099, 1, 1, tzinfo=UTC)
        return datetime.strptime(until + "+0000", "%Y%m%dT%H%M%SZ%z")

    def shorten(self, n: int, week: int) -> None:
        """'Delete this and following': only a shorter rule is told of."""
        series, until = f"series{n}", FIRST + n * HOUR + week * WEEK
        if series not in self.live or until > self.last(series):
            return
        rule = f"RRULE:FREQ=WEEKLY;UNTIL={until:%Y%m%dT%H%M%SZ}"
        self.put(self.live[series] | {"recurrence": [rule]})
        for name in list(self.live):
            original = FIRST + n * HOUR
            for later in range(week + 1, 12):
                stamp = f"{original + later * WEEK:%Y%m%dT%H%M%SZ}"
                if name == f"{series}_{stamp}":
                    del self.live[name]
                    self.changed.pop(name, None)

    def delete(self, name: str) -> None:
        if self.live.pop(name, None) is None:
            return
        for other in [one for one in self.live if one.startswith(f"{name}_")]:
            del self.live[other]
            self.changed.pop(other, None)
        self.changed[name] = None

    def delta(self) -> list[Json]:
        found = [
            self.live.get(name, {"id": name, "status": "cancelled"})
            for name in self.changed
        ]
        self.changed.clear()
        return found

    def everything(self) -> list[Json]:
        return list(self.live.values())


acts = st.one_of(
    st.tuples(st.just("single"), st.integers(0, 4)),
    st.tuples(st.just("series"), st.integers(0, 2)),
    st.tuples(
        st.just("exception"),
        st.integers(0, 2),
        st.integers(0, 6),
        st.sampled_from(["moved", "cancelled", "sparse"]),
    ),
    st.tuples(st.just("shorten"), st.integers(0, 2), st.integers(1, 6)),
    st.tuples(
        st.just("delete"), st.sampled_from(["single0", "single1", "series0", "series1"])
    ),
    st.tuples(st.just("read")),
)


#: What stands there before the rest happens.
BEGUN: list[tuple[str, *tuple[object, ...]]] = [
    ("series", 0),
    ("series", 1),
    ("exception", 0, 3, "moved"),
    ("exception", 1, 2, "sparse"),
    ("read",),
]


def paged(items: list[Json], random: Random) -> list[Item]:
    """The items of a read in any order and any pages, some of them twice."""
    told = items + random.sample(items, k=random.randint(0, len(items)))
    random.shuffle(told)
    found: list[Item] = []
    while told:
        cut = random.randint(1, len(told))
        found += read_items(told[:cut])
        told = told[cut:]
    return found


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(acts, max_size=30), st.randoms(use_true_random=False))
def test_deltas_end_where_a_full_read_does(
    history: list[tuple[str, *tuple[object, ...]]], random: Random
) -> None:
    remote = Remote()
    state = EMPTY
    for name, *how in [*BEGUN, *history, ("read",)]:
        if name != "read":
            getattr(remote, name)(*how)
            continue
        items = paged(remote.delta(), random)
        after = apply(state, items, complete=False)
        assert apply(after, items, complete=False) == after
        told = news(state, after, items)
        _agrees(state, after, told.changed, told.gone)
        state = read_state(after.text())
    full = apply(EMPTY, paged(remote.everything(), random), complete=True)
    assert state == full
    assert state.text() == full.text()
    # A full read takes the place of whatever was known before.
    assert (
        apply(
            known(event("old", at("2026-01-01"), at("2026-01-02"))),
            paged(remote.everything(), random),
            complete=True,
        )
        == full
    )


def _agrees(
    before: State, after: State, changed: frozenset[str], gone: frozenset[str]
) -> None:
    """What is told of a delta is what makes the one calendar the other."""
    old = {one.id: one for one in objects(before, YEAR, BERLIN).objects}
    new = {one.id: one for one in objects(after, YEAR, BERLIN).objects}
    some = objects(after, YEAR, BERLIN, only=changed).objects
    assert {one.id: one for one in some}.keys() == changed
    assert {n: o for n, o in old.items() if n not in gone} | {
        one.id: one for one in some
    } == new


def test_what_a_read_says_last_of_an_event_counts() -> None:
    one = event("one", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
    gone = {"id": "one", "status": "cancelled"}
    assert not known(one, gone).events
    assert known(gone, one).events


def test_an_instance_that_outlives_its_series_is_kept() -> None:
    """A guest of one date alone: the series is taken away, the date is not."""
    series = event(
        "one", at("2026-03-02 10:00"), at("2026-03-02 11:00"), "RRULE:FREQ=WEEKLY"
    )
    date = instance(
        "one",
        at("2026-03-09 10:00"),
        "20260309T090000Z",
        start=at("2026-03-09 10:00"),
        end=at("2026-03-09 11:00"),
    )
    delta = read_items([date, {"id": "one", "status": "cancelled"}])
    after = apply(known(series, date), delta, complete=False)
    assert list(after.events) == ["one_20260309T090000Z"]
    only = read_items([{"id": "one", "status": "cancelled"}])
    assert not apply(known(series, date), only, complete=False).events


def test_a_known_instance_is_cancelled_by_whatever_id_it_has() -> None:
    series = event(
        "one", at("2026-03-02 10:00"), at("2026-03-02 11:00"), "RRULE:FREQ=WEEKLY"
    )
    odd = instance(
        "one",
        at("2026-03-09 10:00"),
        "",
        id="odd",
        start=at("2026-03-09 12:00"),
        end=at("2026-03-09 13:00"),
    )
    gone = read_items([{"id": "odd", "status": "cancelled"}])
    window = span("2026-03-01", "2026-03-15")
    for before, left in ((known(series, odd), 1), (known(odd), 0)):
        after = apply(before, gone, complete=False)
        found = objects(after, window, BERLIN).objects
        assert sum(len(one.busy().spans) for one in found) == left
        told = news(before, after, gone)
        assert told.changed | told.gone == {"one"}


def test_events_outside_the_window_are_told_once_and_not_kept() -> None:
    window = span("2026-03-01", "2026-04-01")
    one = event("one", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
    before = known(one)
    moved = event("one", at("2026-05-02 10:00"), at("2026-05-02 11:00"))
    other = event("other", at("2025-05-02 10:00"), at("2025-05-02 11:00"))
    items = read_items([moved, other])
    after = apply(before, items, complete=False)
    told = news(before, after, items)
    found = objects(after, window, BERLIN, only=told.changed).objects
    assert [(one.id, one.occurrences) for one in found] == [("one", ()), ("other", ())]
    assert not told.gone
    assert not within(after, found).events


def test_a_date_that_an_edit_of_all_left_behind_was_cancelled_by_nobody() -> None:
    """The series moves by an hour; what was set apart in it has another id by then."""

    def weekly(start: str, end: str) -> Json:
        return event("one", at(start), at(end), "RRULE:FREQ=WEEKLY;COUNT=3")

    apart = instance(
        "one",
        at("2026-03-09 10:00"),
        "20260309T090000Z",
        start=at("2026-03-09 10:00"),
        end=at("2026-03-09 11:00"),
    )
    before = known(weekly("2026-03-02 10:00", "2026-03-02 11:00"), apart)
    left = {"id": "one_20260309T090000Z", "status": "cancelled"}
    moved = weekly("2026-03-02 11:00", "2026-03-02 12:00")
    for items in ([moved, left], [left, moved]):
        after = apply(before, read_items(items), complete=False)
        (found,) = objects(after, YEAR, BERLIN).objects
        assert [o.meaning for o in found.occurrences] == [Meaning.BUSY] * 3
        assert {o.start.hour for o in found.occurrences} == {10}


def test_a_series_that_becomes_one_event_has_its_dates_no_more() -> None:
    series = event(
        "one", at("2026-03-02 10:00"), at("2026-03-02 11:00"), "RRULE:FREQ=WEEKLY"
    )
    cancelled = {"id": "one_20260309T090000Z", "status": "cancelled"}
    single = event("one", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
    after = apply(known(series, cancelled), read_items([single]), complete=False)
    assert list(after.events) == ["one"]
    meanings = [o.meaning for o in objects(after, YEAR, BERLIN).objects[0].occurrences]
    assert meanings == [Meaning.BUSY]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"form":2,"events":[]}', '{"form":1,"events":[[]]}'],
)
def test_a_state_of_another_form_is_read_anew(text: str) -> None:
    with pytest.raises(CursorExpired):
        read_state(text)
