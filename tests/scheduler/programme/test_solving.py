"""One mentor's timetable where pairs have several rows, lengths and limits."""

from collections import Counter
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.programme.choices import Choices, Pattern, Room
from scheduler.programme.solving import solve
from tests.cases import tried

#: Two weeks of two days of four cells.
PATTERN = Pattern(4, 2, 2)
MENTORS = 2


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    """Up to four pairs, each with up to two rows of any length."""
    pairs = draw(st.integers(1, 4))
    mentor = draw(st.lists(st.integers(0, 1), min_size=pairs, max_size=pairs))
    rows = sorted(draw(st.lists(st.integers(0, pairs - 1), max_size=6)))
    cell: list[int] = []
    begin, length = [0], []
    for _ in rows:
        long = draw(st.integers(1, 3))
        fits = [c for c in range(PATTERN.cells) if c % PATTERN.day + long <= 4]
        cell += sorted(draw(st.sets(st.sampled_from(fits), max_size=4)))
        begin.append(len(cell))
        length.append(long)
    gain = draw(st.lists(st.integers(0, 9), min_size=len(cell), max_size=len(cell)))
    return Choices(
        np.array(mentor),
        np.array(rows, np.int64),
        np.array(length, np.int64),
        np.array(begin),
        np.array(cell, np.int64),
        np.array(gain, np.int64),
    )


def table(width: int) -> st.SearchStrategy[np.ndarray]:
    row = st.lists(st.integers(0, 2), min_size=width, max_size=width)
    return st.lists(row, min_size=MENTORS, max_size=MENTORS).map(np.array)


rooms = st.builds(Room, st.none() | table(4), st.none() | table(2))


def keeps(choices: Choices, room: Room, chosen: list[int]) -> bool:
    """Whether these options, one for each pair or -1, break nothing."""
    held: set[tuple[int, int]] = set()
    days: Counter[tuple[int, int]] = Counter()
    weeks: Counter[tuple[int, int]] = Counter()
    rows = choices.row
    for option in chosen:
        if option < 0:
            continue
        row, cell = rows[option], int(choices.cell[option])
        mentor = int(choices.mentor[choices.pair[row]])
        takes = {(mentor, cell + n) for n in range(choices.length[row])}
        if takes & held:
            return False
        held |= takes
        days[mentor, cell // PATTERN.day] += 1
        weeks[mentor, cell // (PATTERN.day * PATTERN.week)] += 1
    return all(
        left is None or all(n <= left[at] for at, n in count.items())
        for left, count in ((room.day, days), (room.week, weeks))
    )


@settings(max_examples=tried(200), deadline=None)
@given(choices(), rooms)
def test_nothing_gains_more(choices: Choices, room: Room) -> None:
    pair = choices.pair[choices.row]
    options = [
        [-1, *np.flatnonzero(pair == p).tolist()] for p in range(choices.mentor.size)
    ]
    best = max(
        sum(int(choices.gain[option]) for option in chosen if option >= 0)
        for chosen in product(*options)
        if keeps(choices, room, list(chosen))
    )
    found = solve(choices, PATTERN, room)
    assert found.gain.sum() == best
    chosen = [
        -1 if row < 0 else int(option[0])
        for row, cell in zip(found.row, found.cell, strict=True)
        for option in [
            np.flatnonzero((choices.row == row) & (choices.cell == cell))
            if row >= 0
            else np.array([-1])
        ]
    ]
    assert keeps(choices, room, chosen)
    for p, option in enumerate(chosen):
        if option >= 0:
            assert pair[option] == p
            assert choices.gain[option] == found.gain[p]
