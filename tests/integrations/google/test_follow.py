"""A calendar followed by cursors is told as it stands, and nothing is lost between."""

from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.follow import cursor, delta, known
from integrations.google.items import read_items
from integrations.google.protocol import read_page
from integrations.google.state import EMPTY
from scheduler.errors import CursorExpired, Unavailable
from scheduler.events import CalendarObject, Cursor, Delta
from scheduler.sync import plan_sync
from tests.integrations.google.events import Json, at, event, instance
from tests.integrations.google.test_state import BEGUN, Remote, acts
from tests.integrations.ics.texts import BERLIN, YEAR, span

SERIES = event(
    "weekly", at("2026-03-02 10:00"), at("2026-03-02 11:00"), "RRULE:FREQ=WEEKLY"
)


def follow(
    since: Cursor | None,
    *items: Json,
    zone: str = "Europe/Berlin",
    token: str = "t",  # noqa: S107
) -> Delta:
    """One read of one page."""
    last = read_page({"items": list(items), "nextSyncToken": token, "timeZone": zone})
    before = known(since, YEAR)
    return delta(before, read_items(last.items), last, window=YEAR, home=BERLIN)


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=20), st.integers(0, 1_000))
def test_what_is_told_in_deltas_adds_up_to_a_full_read(
    history: list[tuple[str, *tuple[object, ...]]], seed: int
) -> None:
    """Through `plan_sync`, as it is stored; some deltas are applied twice."""
    remote, since = Remote(), None
    stored: dict[str, CalendarObject] = {}
    draw = Random(seed)  # noqa: S311
    for name, *how in [*BEGUN, *history, ("read",)]:
        if name != "read":
            getattr(remote, name)(*how)
            continue
        items = remote.delta() if since else remote.everything()
        told = follow(since, *items)
        for _ in range(draw.randint(1, 2)):
            plan = plan_sync({one.id: one.etag for one in stored.values()}, told)
            stored |= {one.id: one for one in plan.upsert}
            stored = {n: o for n, o in stored.items() if n not in plan.gone}
        since = told.cursor
    full = follow(None, *remote.everything())
    there = {one.id: one for one in full.changed}
    assert {n: o for n, o in stored.items() if o.occurrences} == there
    assert since is not None
    assert known(since, YEAR) == known(full.cursor, YEAR)


def test_a_cursor_is_good_for_its_window_and_its_form() -> None:
    told = follow(None, SERIES)
    assert told.everything
    state = known(told.cursor, YEAR)
    assert state is not None
    assert (state.token, state.zone) == ("t", "Europe/Berlin")
    for other in (
        Cursor(span("2026-01-01", "2026-02-01"), told.cursor.token),
        Cursor(YEAR, "some other source's"),
        Cursor(YEAR, "g1.nonsense"),
        Cursor(YEAR, told.cursor.token[:-9]),
        cursor(YEAR, EMPTY),
    ):
        with pytest.raises(CursorExpired):
            known(other, YEAR)


def test_a_cursor_is_small() -> None:
    """A page of a connection's row, not a book: under 60 bytes an event."""
    many = [
        event(f"{n:026d}", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
        for n in range(1_000)
    ]
    assert len(follow(None, *many).cursor.token) < 60_000


def test_a_read_that_broke_off_says_nothing() -> None:
    page = read_page({"items": [], "nextPageToken": "2"})
    with pytest.raises(Unavailable):
        delta(None, (), page, window=YEAR, home=BERLIN)


def test_a_calendar_that_changes_its_zone_is_told_anew() -> None:
    day = event("day", at("2026-03-05"), at("2026-03-06"))
    first = follow(None, SERIES, day)
    moved = follow(first.cursor, zone="America/New_York")
    assert {one.id for one in moved.changed} == {"weekly", "day"}
    assert not moved.everything
    (here,) = (o for one in moved.changed if one.id == "day" for o in one.occurrences)
    assert here.start.astimezone(ZoneInfo("America/New_York")).hour == 0
    assert follow(moved.cursor, zone="").changed == ()


def test_a_calendar_of_an_unknown_zone_has_its_days_at_home() -> None:
    day = event("day", at("2026-03-05"), at("2026-03-06"))
    (found,) = follow(None, day, zone="Moon/Crater").changed
    assert found.occurrences[0].start.astimezone(BERLIN).hour == 0


def test_a_date_that_is_cancelled_is_told_as_its_series_and_one_call_does() -> None:
    first = follow(None, SERIES)
    told = follow(
        first.cursor, {"id": "weekly_20260309T090000Z", "status": "cancelled"}
    )
    assert [one.id for one in told.changed] == ["weekly"]
    assert told.gone == frozenset()
    gone = follow(told.cursor, {"id": "weekly", "status": "cancelled"})
    assert (gone.changed, gone.gone) == ((), {"weekly"})


def test_a_delta_without_news_tells_nothing() -> None:
    first = follow(None, SERIES)
    told = follow(first.cursor, token="t2")
    assert (told.changed, told.gone, told.everything) == ((), frozenset(), False)
    state = known(told.cursor, YEAR)
    assert state is not None
    assert state.token == "t2"


def test_an_exception_of_a_series_outside_the_window_stands_alone() -> None:
    ended = event(
        "old",
        at("2025-03-03 10:00"),
        at("2025-03-03 11:00"),
        "RRULE:FREQ=WEEKLY;COUNT=3",
    )
    first = follow(None, ended, SERIES)
    assert [one.id for one in first.changed] == ["weekly"]
    late = instance(
        "old",
        at("2025-03-17 10:00"),
        "20250317T090000Z",
        start=at("2026-05-05 10:00"),
        end=at("2026-05-05 11:00"),
    )
    told = follow(first.cursor, late)
    (found,) = told.changed
    assert (found.id, len(found.busy().spans)) == ("old", 1)
