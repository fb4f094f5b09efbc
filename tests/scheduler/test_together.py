"""Whoever may add and subtract what is told learns of no group under five."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.together import Together, together
from tests.cases import tried

counts = st.lists(
    st.one_of(st.integers(0, 6), st.integers(0, 60)), min_size=1, max_size=5
)
named = counts.map(lambda found: [(chr(97 + n), c) for n, c in enumerate(found)])


def spanned(rows: list[list[int]], wanted: list[int]) -> bool:
    """Whether a row is a sum of multiples of others: what a reader can work out."""
    left = [[Fraction(x) for x in row] for row in rows]
    rest = [Fraction(x) for x in wanted]
    for column in range(len(wanted)):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        for row in [*left, rest]:
            by = row[column] / pivot[column]
            row[:] = [x - by * y for x, y in zip(row, pivot, strict=True)]
    return not any(rest)


def told_rows(
    told: tuple[Together[str], ...], counts: list[tuple[str, int]]
) -> list[list[int]]:
    kinds = [kind for kind, _ in counts]
    return [[int(kind in one.kinds) for kind in kinds] for one in told]


@given(named)
@settings(max_examples=tried(300))
def test_no_sum_under_five_follows_from_what_is_told(counts: list[tuple[str, int]]):
    told = together(counts)
    rows = told_rows(told, counts)
    for size in range(1, len(counts) + 1):
        for some in combinations(range(len(counts)), size):
            if 0 < sum(counts[n][1] for n in some) < 5:
                wanted = [int(n in some) for n in range(len(counts))]
                assert not spanned(rows, wanted), (told, some)


@given(named)
def test_what_is_told_is_true_and_leaves_nobody_out(counts: list[tuple[str, int]]):
    told = together(counts)
    size = dict(counts)
    for one in told:
        assert one.pairs == sum(size[kind] for kind in one.kinds) >= 5
        small = [kind for kind in one.kinds if size[kind] < 5]
        assert len(one.kinds) == 1 or small
    names = [kind for one in told for kind in one.kinds]
    assert len(names) == len(set(names))
    missing = [kind for kind in size if size[kind] and kind not in names]
    assert not missing if told else sum(size.values()) < 5 or not sum(size.values())


def test_the_smallest_is_told_with_the_next():
    bands = [("steady", 24), ("hand", 9), ("waiting", 6), ("paused", 2), ("broken", 0)]
    assert together(bands) == (
        Together(("steady",), 24),
        Together(("hand",), 9),
        Together(("waiting", "paused", "broken"), 8),
    )
    assert together([("steady", 3), ("hand", 1)]) == ()
    assert together([("steady", 8), ("hand", 0)]) == (Together(("steady",), 8),)
