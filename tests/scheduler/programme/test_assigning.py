"""Whole programmes assigned: against every assignment there is, and linear bounds."""

from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.programme.assigning import Programme, assign
from tests.cases import tried
from tests.scheduler.programme.oracle import best, faults, overlap

SEEDS = pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))]
)
SMALL = settings(max_examples=tried(100), deadline=None)


@st.composite
def programmes(draw: st.DrawFn, *, sharing: bool = False) -> Programme:
    """Up to five pairs of up to three mentors, on two days of a few cells."""
    pairs = draw(st.integers(1, 5))
    mentor = draw(st.lists(st.integers(0, 2), min_size=pairs, max_size=pairs))
    mentee = list(range(pairs))
    if sharing:
        mentee = draw(st.lists(st.integers(0, 2), min_size=pairs, max_size=pairs))
    day = draw(st.integers(2, 4))
    score = st.one_of(st.just(-1), st.integers(0, 9))
    row = st.lists(score, min_size=2 * day, max_size=2 * day)
    limit = st.lists(st.integers(0, 3), min_size=3, max_size=3).map(np.array)
    ahead = st.lists(st.integers(-2, 2), min_size=3, max_size=3).map(np.array)
    weeks = draw(st.integers(1, 2))
    return Programme(
        scores=np.array([draw(row) for _ in range(pairs)]),
        mentor=np.array(mentor),
        mentee=np.array(mentee),
        cells_per_day=day,
        length=draw(st.integers(1, 2)),
        weeks=weeks,
        max_day=draw(st.none() | limit),
        max_week=draw(st.none() | limit),
        ahead=draw(ahead) if sharing else None,
    )


def ends_the_same_day(programme: Programme) -> Programme:
    """Without the options whose meeting runs over midnight, as the contract has it."""
    cells = np.arange(programme.scores.shape[1]) % programme.cells_per_day
    late = cells + programme.length > programme.cells_per_day
    return replace(programme, scores=np.where(late, -1, programme.scores))


@SMALL
@given(programmes())
def test_without_shared_mentees_nothing_is_better(programme: Programme) -> None:
    programme = ends_the_same_day(programme)
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    assert (found.placed, found.score) == best(programme) == (found.most, found.bound)
    assert found.gap == 0


@SMALL
@given(programmes(sharing=True))
def test_with_shared_mentees_nobody_is_double_booked(programme: Programme) -> None:
    programme = ends_the_same_day(programme)
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    assert (found.placed, found.score) == best(programme)
    assert (found.placed, found.score) <= (found.most, found.bound)


@SMALL
@given(programmes(sharing=True), st.data())
def test_a_time_given_is_taken(programme: Programme, data: st.DataObject) -> None:
    programme = ends_the_same_day(programme)
    cells = assign(programme).cell
    keep = data.draw(
        st.lists(st.booleans(), min_size=cells.size, max_size=cells.size).map(np.array)
    )
    asked = replace(programme, fixed=np.where(keep, cells, -1))
    found = assign(asked)
    assert faults(asked, found.cell.tolist()) == []
    assert (found.placed, found.score) == best(asked)


def made(pairs: int, seed: int, *, shared: bool = False) -> Programme:
    """Mentors of one to five mentees, office windows on three days of 32 quarters."""
    rng = np.random.default_rng(seed)
    mentor = np.repeat(np.arange(pairs), rng.integers(1, 6, pairs))[:pairs]
    mentors = int(mentor.max()) + 1
    opens = np.zeros((mentors, 3, 32), np.bool_)
    for day in range(3):
        start = rng.integers(0, 23, mentors)[:, None]
        cell = np.arange(32)[None]
        opens[:, day] = (cell >= start) & (cell < start + rng.integers(3, 9))
    opens[:, :, 29:] = False
    liked = rng.integers(0, 53, (pairs, 96))
    possible = opens.reshape(mentors, 96)[mentor] & (rng.random((pairs, 96)) < 0.5)
    mentee = np.arange(pairs)
    if shared:
        second = rng.permutation(pairs)[: pairs // 4]
        mentee[second] = rng.permutation(pairs)[: pairs // 4]
    return Programme(
        scores=np.where(possible, liked, -1).astype(np.int16),
        mentor=mentor,
        mentee=mentee,
        cells_per_day=32,
        length=4,
        ahead=rng.integers(-20, 21, mentors),
        whole_day=96,
    )


def linear_bound(programme: Programme, weight: int) -> float:
    """The relaxed linear programme: a mentor in one meeting at any moment, in parts."""
    pair, cell = np.nonzero(programme.scores >= 0)
    gain = programme.scores[pair, cell] + weight
    mentor = programme.mentor[pair]
    rows: dict[tuple[str, int, int], list[int]] = {}
    for n in range(pair.size):
        rows.setdefault(("pair", int(pair[n]), 0), []).append(n)
        for later in range(programme.length):
            moment = ("moment", int(mentor[n]), int(cell[n]) + later)
            rows.setdefault(moment, []).append(n)
    solver = highspy.Highs()
    solver.silent()
    solver.addVars(pair.size, np.zeros(pair.size), np.ones(pair.size))
    for columns in rows.values():
        ones = np.ones(len(columns))
        solver.addRow(-highspy.kHighsInf, 1.0, len(columns), np.array(columns), ones)
    solver.changeColsCost(pair.size, np.arange(pair.size, dtype=np.int32), -gain * 1.0)
    solver.run()
    return -float(solver.getInfo().objective_function_value)


@SEEDS
def test_large_programmes_lie_close_under_the_linear_bound(seed: int) -> None:
    programme, weight = made(300, seed), 4 * 5 * 52 + 1
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    reached = weight * found.placed + found.score
    bound = linear_bound(programme, weight)
    assert reached <= bound + 1e-6
    assert reached >= 0.995 * bound


@SEEDS
def test_shared_mentees_cost_little(seed: int) -> None:
    programme = made(2000, seed, shared=True)
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    assert found.placed >= 0.998 * found.most
    assert found.gap < 0.01


def test_the_checker_sees_a_double_booking() -> None:
    scores = np.array([[3, -1], [3, -1]])
    programme = Programme(
        scores=scores,
        mentor=np.array([0, 1]),
        mentee=np.array([0, 0]),
        cells_per_day=2,
        length=1,
        ahead=np.array([0, 0]),
    )
    assert overlap(programme, (0, 0), (1, 0))
    assert faults(programme, [0, 0])
    assert assign(programme).placed == 1


def test_a_time_given_counts_for_the_limit_of_its_day() -> None:
    """Two a day, one given: of two others who like that day, one takes the other."""
    likes = [9, 9, 9, 9, 1, 1, 1, 1]
    programme = Programme(
        scores=np.array([likes, likes, likes]),
        mentor=np.array([0, 0, 0]),
        mentee=np.array([0, 1, 2]),
        cells_per_day=4,
        length=1,
        max_day=np.array([2]),
        fixed=np.array([0, -1, -1]),
    )
    found = assign(programme)
    assert faults(programme, found.cell.tolist()) == []
    assert (found.placed, found.score) == (3, 9 + 9 + 1) == best(programme)


@pytest.mark.parametrize("pairs", [0, 1, 3])
def test_nothing_to_give(pairs: int) -> None:
    programme = Programme(
        scores=np.full((pairs, 8), -1, np.int16),
        mentor=np.arange(pairs),
        mentee=np.zeros(pairs, np.int64),
        cells_per_day=4,
        length=1,
    )
    found = assign(programme)
    assert (found.placed, found.score, found.most, found.bound) == (0, 0, 0, 0)
    assert found.gap == 0
    assert found.cell.tolist() == [-1] * pairs
