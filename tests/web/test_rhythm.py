"""The row of periods: every mark has words, the next one is always in sight."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.letters import Mark, RowMark
from scheduler.timespan import Span
from web.rhythm import MOST, SYMBOLS, rhythm

START = datetime(2026, 9, 28, tzinfo=UTC)
WEEKS = timedelta(weeks=2)


def a_row(marks: list[Mark], next_at: int | None) -> list[RowMark]:
    return [
        RowMark(mark, Span(START + i * WEEKS, START + (i + 1) * WEEKS), i == next_at)
        for i, mark in enumerate(marks)
    ]


@given(st.lists(st.sampled_from(Mark), min_size=1, max_size=60), st.data())
def test_rows(marks: list[Mark], data: st.DataObject) -> None:
    next_at = data.draw(st.none() | st.integers(0, len(marks) - 1))
    shown = rhythm(a_row(marks, next_at), "UTC")
    assert len(shown.periods) == min(len(marks), MOST)
    assert sum(p.is_next for p in shown.periods) == (next_at is not None)
    assert {p.symbol for p in shown.periods} == {symbol for symbol, _ in shown.legend}


def test_every_mark_has_its_own_symbol_and_words() -> None:
    assert set(SYMBOLS) == set(Mark)
    assert len({symbol for symbol, _ in SYMBOLS.values()}) == len(Mark)


def test_words_and_months() -> None:
    shown = rhythm(a_row([Mark.KEPT, Mark.OWED, Mark.TO_COME], 2), "UTC").periods
    assert [p.days for p in shown] == [
        "28\u00a0September to 11\u00a0October",
        "12 to 25\u00a0October",
        "26\u00a0October to 8\u00a0November",
    ]
    assert [p.month for p in shown] == ["Sep", "Oct", ""]
