"""The algebra of spans, against sets of minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.timespan import Span, Spans

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    return ORIGIN + timedelta(minutes=minute)


spans = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(
    lambda pair: Span(at(pair[0]), at(pair[0] + pair[1]))
)
span_sets = st.lists(spans, max_size=8).map(Spans.of)


def instants(spans: Spans) -> set[datetime]:
    return {m for m in map(at, range(100)) if any(s.start <= m < s.end for s in spans)}


@given(span_sets, span_sets)
def test_set_operations_agree_with_sets_of_minutes(a: Spans, b: Spans) -> None:
    assert instants(a | b) == instants(a) | instants(b)
    assert instants(a & b) == instants(a) & instants(b)
    assert instants(a - b) == instants(a) - instants(b)


@given(span_sets, span_sets)
def test_what_comes_out_is_sorted_and_apart(a: Spans, b: Spans) -> None:
    for result in (a | b, a & b, a - b):
        for left, right in zip(result.spans, result.spans[1:], strict=False):
            assert left.end < right.start


@given(span_sets, spans)
def test_questions_about_one_span(a: Spans, span: Span) -> None:
    own = instants(Spans((span,)))
    assert a.meets(span) == bool(instants(a) & own)
    assert (a.covering(span) is not None) == (own <= instants(a))
    assert a.overlapping(span) == tuple(s for s in a if s.overlaps(span))


@pytest.mark.parametrize(
    ("start", "end"), [(at(1), at(1)), (at(2), at(1)), (datetime(2026, 1, 1), at(1))]
)
def test_a_span_cannot_be_wrong(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match=r"UTC|empty"):
        Span(start, end)
