"""After one change: as many placed as ever could be, and nobody moved needlessly."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.programme.assigning import Programme, assign
from scheduler.programme.replanning import replan
from tests.cases import tried
from tests.scheduler.programme.oracle import faults, possible
from tests.scheduler.programme.test_assigning import (
    ends_the_same_day,
    made,
    programmes,
)


def best(programme: Programme, before: list[int]) -> tuple[int, int, int]:
    """Most placed, then fewest moved of those who had a slot, then most score."""
    return max(
        (
            sum(cell >= 0 for cell in cells),
            -moves(before, cells),
            scored(programme, cells),
        )
        for cells in possible(programme)
    )


def moves(before: list[int], after: list[int]) -> int:
    return sum(a >= 0 and a != b for a, b in zip(before, after, strict=True))


def scored(programme: Programme, cells: list[int]) -> int:
    return sum(
        int(programme.scores[pair, cell])
        for pair, cell in enumerate(cells)
        if cell >= 0
    )


@settings(max_examples=tried(100), deadline=None)
@given(programmes(sharing=True), st.data())
def test_never_more_moved_than_needed(
    programme: Programme, data: st.DataObject
) -> None:
    programme = ends_the_same_day(programme)
    before = assign(programme).cell
    pairs = before.size
    changed = data.draw(st.integers(0, pairs - 1))
    score = st.integers(-1, 9)
    size = programme.scores.shape[1]
    row = data.draw(st.lists(score, min_size=size, max_size=size))
    scores = programme.scores.copy()
    scores[changed] = row
    now = ends_the_same_day(replace(programme, scores=scores))
    found = replan(now, before, np.array([changed]))
    cells = found.cell.tolist()
    assert faults(now, cells) == []
    assert found.proven
    reached = found.placed, -found.moved.size, found.score
    neighbours = reachable(now, changed)
    assert reached == best(neighbours_only(now, neighbours, before), before.tolist())
    assert set(found.moved.tolist()) <= neighbours
    assert found.neighbours <= len(neighbours)


def reachable(programme: Programme, pair: int) -> set[int]:
    """The pairs that a chain of shared mentors and mentees leads to."""
    found, new = set[int](), {pair}
    while new:
        found |= new
        new = {
            other
            for one in found
            for other in range(programme.mentor.size)
            if programme.mentor[one] == programme.mentor[other]
            or programme.mentee[one] == programme.mentee[other]
        } - found
    return found


def neighbours_only(
    programme: Programme, neighbours: set[int], before: np.ndarray
) -> Programme:
    """Everybody else keeps what they have."""
    scores = programme.scores.copy()
    for pair in range(programme.mentor.size):
        if pair not in neighbours:
            keeps = np.arange(scores.shape[1]) == before[pair]
            scores[pair] = np.where(keeps, scores[pair], -1)
    return replace(programme, scores=scores)


def one_after_another(seed: int) -> Iterator[tuple[Programme, np.ndarray, int]]:
    """A large programme in which one mentee after the other loses half their time."""
    programme = made(1500, seed, shared=True)
    cell = assign(programme).cell
    rng = np.random.default_rng(seed)
    for changed in rng.choice(np.flatnonzero(cell >= 0), 8, replace=False).tolist():
        scores = programme.scores.copy()
        lost = rng.random(scores.shape[1]) < 0.5
        lost[cell[changed]] = True
        scores[changed, lost] = -1
        yield replace(programme, scores=scores), cell, changed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_change_in_a_large_programme_stays_in_its_neighbourhood(seed: int) -> None:
    for now, before, changed in one_after_another(seed):
        found = replan(now, before, np.array([changed]))
        assert faults(now, found.cell.tolist()) == []
        assert found.neighbours <= 120
        assert changed in found.moved
        lost = np.sum(before >= 0) - found.placed
        assert lost <= 1
        anew = assign(now)
        assert moves(before.tolist(), anew.cell.tolist()) >= found.moved.size
        assert found.placed <= anew.most


def test_what_is_fixed_is_refused() -> None:
    programme = made(10, 1)
    cell = assign(programme).cell
    with pytest.raises(ValueError, match="fixed"):
        replan(replace(programme, fixed=cell), cell, np.array([0]))
