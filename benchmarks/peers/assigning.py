"""Other ways to give every pair of a programme its slot: CP-SAT, and greedily."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.programmes import LENGTH, STARTS, Ints, Synthetic

#: More than the scores of any mentor's, or of a whole programme's, pairs together.
MORE = 1 << 20
_SAME = np.arange(STARTS)


def greedy(programme: Synthetic) -> Ints:
    """The best score of all comes first; what is still possible is taken."""
    pair, start = np.nonzero(programme.scores >= 0)
    order = np.argsort(-programme.scores[pair, start], kind="stable")
    return _first_come(programme, zip(pair[order], start[order], strict=True))


def least_choice_first(programme: Synthetic) -> Ints:
    """Pair by pair, those with the least choice first; each has the best left to it."""
    choices = (programme.scores >= 0).sum(axis=1)
    best = np.argsort(-programme.scores, axis=1, kind="stable")
    return _first_come(
        programme,
        (
            (pair, start)
            for pair in np.argsort(choices, kind="stable")
            for start in best[pair, : choices[pair]]
        ),
    )


def _first_come(programme: Synthetic, wishes: Iterable[tuple[int, int]]) -> Ints:
    starts = np.full(programme.pairs, -1)
    taken: defaultdict[int, set[int]] = defaultdict(set)
    for pair, start in wishes:
        if starts[pair] < 0:
            meeting = range(start, start + LENGTH)
            if taken[programme.mentor[pair]].isdisjoint(meeting):
                taken[programme.mentor[pair]].update(meeting)
                starts[pair] = start
    return starts


def each_mentor(programme: Synthetic) -> Ints:
    """CP-SAT, one mentor after the other; right where no mentee has two mentors."""
    starts = np.full(programme.pairs, -1)
    edges = np.flatnonzero(np.diff(programme.mentor, prepend=-1, append=-1)).tolist()
    for first, last in pairwise(edges):
        model = _Model()
        for pair in range(first, last):
            model.add(pair, programme.scores[pair], {("mentor", 0): _SAME})
        model.solve(starts)
    return starts


def everybody(programme: Synthetic, limit: float) -> Ints:
    """CP-SAT on the whole programme at once, for so many seconds at most."""
    starts, model = np.full(programme.pairs, -1), _Model()
    instants = programme.instants()
    for pair, (mentor, mentee) in enumerate(
        zip(programme.mentor.tolist(), programme.mentee.tolist(), strict=True)
    ):
        places = {("mentor", mentor): _SAME, ("mentee", mentee): instants[pair]}
        model.add(pair, programme.scores[pair], places)
    model.solve(starts, limit)
    return starts


class _Model:
    """Who begins where, as yes and no; nobody is in two meetings at a time."""

    def __init__(self) -> None:
        from ortools.sat.python import cp_model

        self._cp, self._model = cp_model, cp_model.CpModel()
        self._chosen: dict[tuple[int, int], Any] = {}
        self._worth: list[int] = []
        self._busy: defaultdict[tuple[str, int, int], list[Any]] = defaultdict(list)

    def add(self, pair: int, scores: Ints, people: dict[tuple[str, int], Ints]) -> None:
        """A pair that may begin where its score is not negative.

        For each of its people: which quarter hour of theirs every start is.
        """
        mine = []
        for start in np.flatnonzero(scores >= 0).tolist():
            begins = self._model.new_bool_var("")
            mine.append(begins)
            self._chosen[pair, start] = begins
            self._worth.append(MORE + int(scores[start]))
            for who, quarters in people.items():
                first = int(quarters[start])
                for quarter in range(first, first + LENGTH):
                    self._busy[*who, quarter].append(begins)
        self._model.add_at_most_one(mine)

    def solve(self, starts: Ints, limit: float | None = None) -> None:
        """Write into `starts` where each pair begins."""
        for takers in self._busy.values():
            if len(takers) > 1:
                self._model.add_at_most_one(takers)
        chosen = list(self._chosen.values())
        self._model.maximize(self._cp.LinearExpr.weighted_sum(chosen, self._worth))
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        if limit is not None:
            solver.parameters.max_time_in_seconds = limit
        solver.solve(self._model)
        for (pair, start), begins in self._chosen.items():
            if solver.value(begins):
                starts[pair] = start
