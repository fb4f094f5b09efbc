"""Mentors of very many mentees: near the best, and under a ceiling that holds."""

import numpy as np
import pytest

from scheduler.programme.assigning import Programme, assign
from tests.scheduler.programme.oracle import faults
from tests.scheduler.programme.test_assigning import linear_bound

ONE = 4 * 40 * 52 + 1


def crowded(seed: int, mentees: int, limit: int | None = None) -> Programme:
    """One mentor, five days of 16 quarters; each mentee can on some of them."""
    rng = np.random.default_rng(seed)
    cells = np.arange(80)
    fits = cells % 16 <= 12
    days = rng.random((mentees, 5)) < 0.5
    possible = fits & days[:, cells // 16] & (rng.random((mentees, 80)) < 0.6)
    return Programme(
        scores=np.where(possible, rng.integers(0, 53, (mentees, 80)), -1),
        mentor=np.zeros(mentees, np.int64),
        mentee=np.arange(mentees),
        cells_per_day=16,
        length=4,
        max_day=None if limit is None else np.array([limit]),
    )


@pytest.mark.parametrize("mentees", [11, 12, 13, 16, 18, 25])
def test_the_best_lies_between_what_is_found_and_the_ceiling(mentees: int) -> None:
    programme = crowded(mentees, mentees)
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    bound = linear_bound(programme, ONE)
    assert found.placed * ONE + found.score <= bound + 1e-6
    assert (found.placed, found.score) <= (found.most, found.bound)
    assert found.most * ONE + found.bound >= 0.99 * bound
    assert found.most <= bound // ONE + 1
    assert found.placed >= found.most - 1
    if mentees <= 12:
        assert (found.placed, found.score) == (found.most, found.bound)
    if found.placed == found.most:
        assert found.gap < 0.1


def test_a_limit_holds_for_many_mentees_too() -> None:
    programme = crowded(3, 20, limit=2)
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    assert found.placed == 10 <= found.most


def test_thirteen_are_as_good_as_twelve() -> None:
    """With one more mentee who has one free hour of their own, nothing changes."""
    twelve = crowded(5, 12)
    exact = assign(twelve)
    free = np.setdiff1d(
        np.arange(80), [c + n for c in exact.cell for n in range(-3, 4)]
    )
    last = np.full(80, -1)
    last[free[free % 16 <= 12][:1]] = 7
    found = assign(
        Programme(
            scores=np.vstack((twelve.scores, last)),
            mentor=np.zeros(13, np.int64),
            mentee=np.arange(13),
            cells_per_day=16,
            length=4,
        )
    )
    assert found.placed >= exact.placed
    assert found.most <= exact.placed + 1
