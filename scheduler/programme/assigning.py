"""Assign a whole programme, given as one array of scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.programme.choices import Choices, Given, Ints, Pattern, Room
from scheduler.programme.settling import settle
from scheduler.programme.sharing import Clocks, Sharing, mentee_links


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Programme:
    """The pairs of one cadence, and how much each would like each slot.

    `scores[pair, cell]`, for the cells of the pattern on the mentor's wall clock in
    which a meeting can begin; -1 where it cannot. `mentor[pair]` and `mentee[pair]`
    number people, the mentors and the mentees each from 0. The pattern has `weeks`
    weeks of days of `cells_per_day` cells; a meeting lasts `length` cells and ends on
    the day on which it begins.

    `max_day[mentor]` and `max_week[mentor]` bound a mentor's meetings. `fixed[pair]` is
    a cell that is given already, or -1. `ahead[mentor]` says how many cells the
    mentor's clock is ahead of UTC, which tells when two meetings of one mentee overlap
    (without it all clocks are one); `whole_day` is how many cells a full day has,
    where the pattern has office hours only.
    """

    scores: Ints
    mentor: Ints
    mentee: Ints
    cells_per_day: int
    length: int
    weeks: int = 1
    max_day: Ints | None = None
    max_week: Ints | None = None
    fixed: Ints | None = None
    ahead: Ints | None = None
    whole_day: int | None = None

    @property
    def pattern(self) -> Pattern:
        """The pattern."""
        days = self.scores.shape[1] // self.cells_per_day // self.weeks
        return Pattern(self.cells_per_day, days, self.weeks)


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Each pair's cell, or -1; how many have one, and the sum of their scores.

    `most` and `bound` are what these two would be if a mentee could be in two meetings
    at once. Nobody can do better: not more pairs, nor the same number with more score.
    """

    cell: Ints
    placed: int
    score: int
    most: int
    bound: int

    @property
    def gap(self) -> float:
        """How far the score lies under its bound, as a share of that."""
        return max(0.0, 1 - self.score / self.bound) if self.bound else 0.0


def assign(programme: Programme) -> Assignment:
    """Most pairs with a slot first, then the greatest sum of scores.

    Exact for each mentor; where mentees have several, as near to the bound as repair
    comes. No mentor and no mentee is in two meetings at once.
    """
    one, fixed = weight_of(programme), programme.fixed
    settled = settle(
        choices_of(programme, one),
        sharing_of(programme),
        room_of(programme),
        None if fixed is None else given_of(programme, fixed, one),
    )
    given = settled.given
    placed = int((given.row >= 0).sum())
    score = int(given.gain.sum()) - one * placed
    return Assignment(given.cell, placed, score, *settled.bound(one))


def weight_of(programme: Programme) -> int:
    """What a pair with a slot is worth: more than all scores of a few mentors."""
    top = max(int(programme.scores.max(initial=0)), 0)
    most = int(np.bincount(programme.mentor, minlength=1).max())
    return 4 * most * top + 1


def choices_of(programme: Programme, one: int) -> Choices:
    """Every possible cell as an option; `one` is what having any slot is worth."""
    scores = programme.scores
    pairs, cells = scores.shape
    possible = scores >= 0
    begin = np.zeros(pairs + 1, np.int64)
    np.cumsum(np.count_nonzero(possible, axis=1), out=begin[1:])
    cell = np.broadcast_to(np.arange(cells, dtype=np.int32), scores.shape)
    return Choices(
        programme.mentor,
        np.arange(pairs),
        np.full(pairs, programme.length),
        begin,
        cell[possible],
        scores[possible] + np.int64(one),
    )


def sharing_of(programme: Programme) -> Sharing:
    """The mentees with several mentors, on clocks that never change."""
    pairs, mentor = programme.mentor.size, programme.mentor
    day = programme.whole_day or programme.cells_per_day
    days = programme.pattern.week if day == programme.cells_per_day else 7
    clocks = Clocks(
        shift=np.zeros(pairs, np.int64)
        if programme.ahead is None
        else -programme.ahead[mentor],
        clock=np.zeros(pairs, np.int64),
        span=np.full(pairs, programme.length),
        apart=np.zeros((1, 1, 1), np.int64),
        day=day,
        cycle=day * max(days, programme.pattern.week) * programme.weeks,
    )
    links = mentee_links(mentor, programme.mentee)
    return Sharing(programme.pattern, clocks, links)


def room_of(programme: Programme) -> Room:
    """The mentors' limits, the same each day and week."""
    pattern = programme.pattern
    day, week = programme.max_day, programme.max_week
    return Room(
        None
        if day is None
        else np.repeat(day[:, None], pattern.week * pattern.weeks, 1),
        None if week is None else np.repeat(week[:, None], pattern.weeks, 1),
    )


def given_of(programme: Programme, fixed: Ints, one: int) -> Given:
    """These cells as what each pair has; a cell that is no option is worth `one`."""
    pairs = np.arange(fixed.size)
    score = np.maximum(programme.scores[pairs, np.maximum(fixed, 0)], 0)
    return Given(
        np.where(fixed >= 0, pairs, -1),
        fixed.copy(),
        np.where(fixed >= 0, score + np.int64(one), 0),
    )
