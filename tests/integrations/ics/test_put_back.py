"""A date that Troth took out may stand again; what a person took away may not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ics.edit import apply
from scheduler.errors import Gone
from scheduler.ports.calendars import PutBack, Shorten
from tests.cases import tried
from tests.integrations.ics.test_edit import (
    DATES,
    HOME,
    STAMP,
    at,
    copy,
    dates,
    done,
    move,
    new_and_lost,
    span,
    take_out,
)


def put_back(index: int, to=None) -> PutBack:
    return PutBack(DATES[index], span(to or DATES[index]), 5, STAMP)


def test_taken_out_and_put_back_is_as_it_was_but_for_its_number() -> None:
    after = done(copy(), take_out(DATES[1]), take_out(DATES[3]), put_back(1))
    assert dates(after) == [*DATES[:3], *DATES[4:]]
    after = done(after, put_back(3))
    assert dates(after) == list(DATES)
    new, lost = new_and_lost(copy(), after)
    assert new == ["DTSTAMP:20260202T120000Z", "SEQUENCE:5"]
    assert len(lost) == 2


def test_one_of_several_dates_on_a_line_is_put_back() -> None:
    out = done(copy(), take_out(DATES[1]), take_out(DATES[3]))
    joined = out.replace(b"\r\nEXDATE;TZID=Europe/Berlin:20260317T100000", b"")
    line = b"EXDATE;TZID=Europe/Berlin:20260331T100000"
    assert line in joined
    joined = joined.replace(line, line + b",20260317T100000")
    assert dates(joined) == dates(out)
    assert dates(done(joined, put_back(1))) == [*DATES[:3], *DATES[4:]]


def test_it_may_come_back_at_another_time() -> None:
    after = done(copy(), take_out(DATES[1]), put_back(1, at(3, 18)))
    assert dates(after) == [DATES[0], at(3, 18), *DATES[2:]]


def test_people_win() -> None:
    moved = done(copy(), move(DATES[1], at(3, 18)))
    cancelled = moved.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED")
    cancelled = cancelled.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED", 1)
    cut = done(copy(), take_out(DATES[1]), Shorten(DATES[1], 4, STAMP))
    for data in (cancelled, cut):
        with pytest.raises(Gone):
            apply(data, put_back(1), HOME)
    assert apply(moved, put_back(1), HOME) == moved, "it stands where they put it"


@settings(max_examples=tried(60), deadline=None)
@given(st.sets(st.integers(0, 4), max_size=4), st.sets(st.integers(0, 4)))
def test_what_is_put_back_and_nothing_else_stands_again(
    out: set[int], back: set[int]
) -> None:
    data = done(copy(), *(take_out(DATES[n]) for n in sorted(out)))
    data = done(data, *(put_back(n) for n in sorted(back)))
    assert dates(data) == [d for n, d in enumerate(DATES) if n not in out - back]
