"""A synthetic programme: pairs, and what each start in a mentor's week is worth.

A mentor has one to five mentees and publishes two or three office windows a week. What
a start is worth is how many of 52 meetings could be expected to be clear there, and up
to eight more for when the mentee likes to meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
Floats = NDArray[np.float32]

#: The mentor's week here: working days, quarter hours of each from 09:00 to 17:00.
DAYS, QUARTERS, OPENS = 5, 32, 36
STARTS = DAYS * QUARTERS
DAY, WEEK = 96, 7 * 96
#: A meeting takes an hour.
LENGTH = 4
#: Quarter hours ahead of UTC, and how many of a hundred people live there.
ZONES = np.array([-32, -24, -20, 0, 4, 8, 22, 32, 40])
PEOPLE = np.array([12, 12, 26, 18, 12, 5, 8, 4, 3]) / 100
#: Quarter hours of a mentor's week, counted from Monday 00:00, at which it may begin.
_CELLS = (np.arange(DAYS)[:, None] * DAY + OPENS + np.arange(QUARTERS)).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """`mentor` and `mentee` of each pair; `ahead` of UTC each mentor is.

    `scores[pair, start]`: a start is a quarter hour of `DAYS` times `QUARTERS` on the
    mentor's clock; -1 where the pair cannot meet.
    """

    mentor: Ints
    mentee: Ints
    ahead: Ints
    scores: Ints

    @property
    def pairs(self) -> int:
        """How many there are."""
        return len(self.mentor)

    def instants(self) -> Ints:
        """The quarter hour of the week of UTC of each start: `[pair, start]`."""
        return (_CELLS - self.ahead[self.mentor][:, None]) % WEEK


def made(pairs: int, shared: float = 0, seed: int = 1) -> Synthetic:
    """A programme of so many pairs; a `shared` part of mentees has two mentors."""
    chance = np.random.default_rng(seed)
    counts = chance.integers(1, 6, pairs)
    counts = counts[: np.searchsorted(np.cumsum(counts), pairs) + 1]
    counts[-1] -= counts.sum() - pairs
    mentor = np.repeat(np.arange(len(counts)), counts)
    mentee = _mentees(chance, mentor, shared)
    home = chance.choice(len(ZONES), len(counts), p=PEOPLE)
    away = _near(chance, home[mentor])[mentee]
    scores = np.full((pairs, STARTS), -1, np.int16)
    for first in range(0, len(counts), 4_000):
        which = (mentor >= first) & (mentor < first + 4_000)
        free = _free(chance, len(counts[first : first + 4_000]))[:, _CELLS]
        apart = ZONES[away[which]] - ZONES[home[mentor[which]]]
        scores[which] = _scores(chance, free[mentor[which] - first], apart)
    windows = _windows(chance, np.where(counts >= 4, 3, 2))
    scores[~windows[mentor]] = -1
    return Synthetic(mentor, mentee, ZONES[home], scores)


def _mentees(chance: np.random.Generator, mentor: Ints, shared: float) -> Ints:
    """Who the mentee of each pair is: two pairs of different mentors share some."""
    pairs = len(mentor)
    mentee = np.arange(pairs)
    many = int(shared * pairs / (1 + shared))
    order = chance.permutation(pairs)
    one, other = order[:many], order[many : 2 * many]
    differ = mentor[one] != mentor[other]
    mentee[other[differ]] = mentee[one[differ]]
    return mentee


def _near(chance: np.random.Generator, home: Ints) -> Ints:
    """A zone for each: often the same one, and otherwise at most five hours away."""
    found = np.empty_like(home)
    for zone, ahead in enumerate(ZONES):
        which = home == zone
        part = np.where(np.abs(ZONES - ahead) <= 20, PEOPLE, 0)
        part[zone] += 0.4
        found[which] = chance.choice(len(ZONES), which.sum(), p=part / part.sum())
    return found


def _free(chance: np.random.Generator, people: int) -> Floats:
    """How likely each is free at each quarter hour of their week: `[person, WEEK]`."""
    free = 0.82 + 0.05 * chance.standard_normal((people, WEEK), np.float32)
    shape = (people, 16)
    begins = chance.integers(0, 5, shape) * DAY + chance.integers(OPENS, 66, shape)
    lasts = chance.choice([2, 4, 4, 6], shape)
    happens = chance.random(shape) < chance.uniform(0.2, 1, (people, 1))
    edges = np.zeros((people, WEEK + 1), np.int16)
    rows = np.broadcast_to(np.arange(people)[:, None], shape)
    np.add.at(edges, (rows, begins), happens)
    np.add.at(edges, (rows, begins + lasts), -happens.astype(np.int16))
    busy = edges.cumsum(axis=1)[:, :WEEK] > 0
    return np.where(busy, np.float32(0.08), free.clip(0.3, 0.98))


def _scores(chance: np.random.Generator, mentor: Floats, apart: Ints) -> Ints:
    """Of each pair and start; the mentee's clock is so far ahead of the mentor's."""
    pairs = len(mentor)
    there = (_CELLS + apart[:, None]) % WEEK
    mentee = np.take_along_axis(_free(chance, pairs), there, axis=1)
    day, clock = np.divmod(there, DAY)
    mentee[(day >= 5) | (clock < OPENS) | (clock >= 72)] = 0
    both = (mentor * mentee).reshape(pairs, DAYS, QUARTERS)
    hours = np.lib.stride_tricks.sliding_window_view(both, LENGTH, axis=2).min(axis=3)
    starts = hours.shape[2]
    days = chance.integers(0, 5, (pairs, DAYS, 1))
    liked = chance.integers(0, starts, (pairs, 1, 1))
    clocks = np.maximum(0, 4 - np.abs(np.arange(starts) - liked) / 4)
    found = np.full((pairs, DAYS, QUARTERS), -1, np.int16)
    worth = np.rint(52 * hours + days + clocks)
    found[:, :, :starts] = np.where(hours > 0, worth, -1)
    return found.reshape(pairs, STARTS)


def _windows(chance: np.random.Generator, counts: Ints) -> NDArray[np.bool_]:
    """Where each mentor's meetings may begin: windows of two hours, or some more."""
    mentors = len(counts)
    inside = np.zeros((mentors, DAYS, QUARTERS), bool)
    starts = np.arange(QUARTERS)
    for nth in range(3):
        day = chance.integers(0, DAYS, mentors)
        opens = chance.integers(0, 23, mentors)[:, None]
        lasts = chance.choice([8, 9, 10], mentors)[:, None]
        fits = (starts >= opens) & (starts <= opens + lasts - LENGTH)
        inside[np.arange(mentors), day] |= fits & (nth < counts)[:, None]
    return inside.reshape(mentors, STARTS)


@dataclass(frozen=True, slots=True, order=True)
class Worth:
    """What is wanted: most pairs with a slot, and then the greatest sum of scores."""

    placed: int
    score: int


def worth(programme: Synthetic, starts: Ints) -> Worth:
    """What it is worth that each pair begins there (-1: has no slot).

    Ends here where a mentor is double-booked, or a slot impossible.
    """
    placed = np.flatnonzero(starts >= 0)
    scores = programme.scores[placed, starts[placed]]
    cells = starts[placed][:, None] + np.arange(LENGTH)
    taken = programme.mentor[placed][:, None] * (STARTS + LENGTH) + cells
    if (scores < 0).any() or np.unique(taken).size < taken.size:
        raise SystemExit("programme: somebody is double-booked, or cannot meet then")
    return Worth(len(placed), int(scores.sum()))


def double_booked(programme: Synthetic, starts: Ints) -> int:
    """How many mentees have two meetings that overlap."""
    placed = np.flatnonzero(starts >= 0)
    begins = programme.instants()[placed, starts[placed]]
    mentee = programme.mentee[placed]
    order = np.lexsort((begins, mentee))
    mentee, begins = mentee[order], begins[order]
    again = mentee[1:] == mentee[:-1]
    apart = np.abs(begins[1:] - begins[:-1])
    return int((again & (apart < LENGTH)).sum())
