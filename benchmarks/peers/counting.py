"""How many of a pair's weekly meetings are clear at each slot, found in other ways.

What can be prepared is: the two's hours and busy time in the form that each way wants,
and the start of every meeting in seconds since 1970.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import inf
from typing import Any

from benchmarks.entries import Busy
from benchmarks.pairs import FIRST, SLOTS, Pair

#: For each slot of the week, the number of clear meetings.
Counts = list[int]


class Loop:
    """Four sorted lists, and bisect for every meeting."""

    def __init__(self, pair: Pair) -> None:
        self.first = FIRST
        self.starts = pair.starts()
        self.length = 60 * pair.minutes
        self.hours = [one.windows(pair.weeks) for one in pair.people]
        self.busy = [one.busy for one in pair.people]

    def counts(self) -> Counts:
        """Ask of each meeting whether it is clear."""
        counts = [0] * SLOTS
        for week in self.starts:
            for slot, start in enumerate(week):
                counts[slot] += self.is_clear(start, start + self.length)
        return counts

    def is_clear(self, start: int, end: int) -> bool:
        """Whether both are inside their hours, and neither has anything."""
        for windows in self.hours:
            at = bisect_right(windows, (start, inf))
            if not at or windows[at - 1][1] < end:
                return False
        for busy in self.busy:
            at = bisect_left(busy, (end,))
            if at and busy[at - 1][1] > start:
                return False
        return True


class Portion:
    """The algebra of intervals of `portion`, and a count of what is left."""

    def __init__(self, pair: Pair) -> None:
        self.starts = pair.starts()
        self.length = 60 * pair.minutes
        self.hours = [_interval(one.windows(pair.weeks)) for one in pair.people]
        self.busy = [_interval(one.busy) for one in pair.people]

    def counts(self) -> Counts:
        """Intersect the hours, take away what is busy, and count starts."""
        (mentor, mentee), (taken, also) = self.hours, self.busy
        free = (mentor & mentee) - taken - also
        counts = [0] * SLOTS
        for start, end in ((part.lower, part.upper) for part in free):
            for week in self.starts:
                if start <= week[-1] and end > week[0]:
                    first = bisect_left(week, start)
                    last = bisect_right(week, end - self.length)
                    for slot in range(first, last):
                        counts[slot] += 1
        return counts


class Solver:
    """CP-SAT: a slot, and for each week whether it is one of its clear starts.

    It is told the clear starts of each week, and only finds the most that one slot has.
    """

    def __init__(self, pair: Pair, counted: Loop) -> None:
        self.clear = [
            [
                slot
                for slot, start in enumerate(week)
                if counted.is_clear(start, start + counted.length)
            ]
            for week in pair.starts()
        ]

    def most(self) -> int:
        """The most clear meetings that a slot has."""
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        slot = model.new_int_var(0, SLOTS - 1, "slot")
        clear = []
        for week in self.clear:
            is_clear = model.new_bool_var("")
            starts = cp_model.Domain.from_values(week)
            model.add_linear_expression_in_domain(slot, starts).only_enforce_if(
                is_clear
            )
            clear.append(is_clear)
        model.maximize(sum(clear))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.solve(model)
        return int(solver.objective_value)


def _interval(stretches: Busy) -> Any:
    import portion

    return portion.Interval(*(portion.closedopen(*one) for one in stretches))
