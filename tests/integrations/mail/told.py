"""What letters may have to tell: any state of a pair, whole and consistent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from scheduler.letters import (
    Facts,
    Mark,
    Milestone,
    RowMark,
    Strength,
    Suggestion,
    ToDate,
)
from scheduler.timespan import Span
from tests.integrations.mail.letters import FACTS

_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
spans = st.tuples(st.integers(0, 400), st.integers(0, 95), st.integers(1, 8)).map(
    lambda n: Span(
        _YEAR + timedelta(days=n[0], minutes=15 * n[1]),
        _YEAR + timedelta(days=n[0], minutes=15 * (n[1] + n[2])),
    )
)
zones = st.sampled_from(
    ["Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "UTC"]
)
_COUNTED = ("kept", "repaired", "owed", "unconfirmed", "left out", "skipped")
_RATES = ("cadence kept", "cancellations repaired", "notice given", "promises kept")


@st.composite
def rates(draw: st.DrawFn) -> ToDate:
    """The four rates to date, and what is told beside them."""
    made = [
        (name, draw(st.integers(0, due)), due)
        for name in _RATES
        for due in [draw(st.integers(0, 29))]
    ]
    start = _YEAR - timedelta(days=draw(st.integers(1, 300)))
    window = Span(start, _YEAR + timedelta(days=100))
    few = st.integers(0, 5)
    return ToDate(window, tuple(made), draw(few), draw(few))


def _strengths(told: ToDate) -> st.SearchStrategy[tuple[Strength, ...]]:
    """Only what there is enough of is ever called a strength."""
    enough = {name for name, _, due in told.rates if due >= 3}
    named = {
        Strength.NOTICE: "notice given",
        Strength.PROMISES: "promises kept",
        Strength.MEETINGS: "cadence kept",
    }
    possible = [one for one, name in named.items() if name in enough]
    if not possible:
        return st.just(())
    return st.lists(st.sampled_from(possible), unique=True).map(tuple)


suggestions = st.none() | st.builds(
    Suggestion,
    st.sampled_from(["another day", "another hour", "say it"]),
    st.integers(0, 6),
    st.integers(3, 20),
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Everything any letter may need, so that one state does for every kind."""
    told = {name: draw(st.integers(0, 14)) for name in _COUNTED}
    due = told["kept"] + told["repaired"] + told["owed"]
    marks = draw(st.lists(st.sampled_from(Mark), max_size=27))
    to_date = draw(rates())
    begun = datetime(2026, 9, 6, 22, tzinfo=UTC)
    return Facts(
        meeting=draw(spans),
        times=tuple(draw(st.lists(spans, max_size=3))),
        row=tuple(
            RowMark(
                mark,
                Span(begun + timedelta(weeks=n), begun + timedelta(weeks=n + 1)),
                is_next=n == 3,
            )
            for n, mark in enumerate(marks)
        ),
        next=draw(st.none() | spans),
        counts=(
            ("due", due),
            *told.items(),
            ("meetings", draw(st.integers(1, 40))),
            ("minutes", 15 * draw(st.integers(1, 400))),
            ("promises kept", draw(st.integers(1, 20))),
        ),
        window=FACTS.window,
        to_date=to_date,
        strengths=draw(_strengths(to_date)),
        suggestion=draw(suggestions),
        milestone=draw(st.sampled_from(Milestone)),
        moved=tuple(draw(st.lists(spans, max_size=3))),
        unplaced=draw(st.integers(0, 4)),
        agenda="# x",
        checked_at=draw(st.none() | st.just(FACTS.checked_at)),
    )
