"""A whole programme at once: exact for each mentor, and with mentees who have two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.measure import (
    Plan,
    Row,
    against,
    agree,
    installed,
    say,
    timed,
    turns,
    within,
)
from benchmarks.peers.assigning import (
    each_mentor,
    everybody,
    greedy,
    least_choice_first,
)
from benchmarks.peers.reading import has
from benchmarks.programmes import (
    DAY,
    LENGTH,
    QUARTERS,
    Ints,
    Synthetic,
    Worth,
    double_booked,
    made,
    worth,
)
from scheduler.programme.assigning import Assignment, Programme, assign

ALL, SOME, FEW = 100_000, 10_000, 200
SHARED = 0.3
#: Seconds on the clock that CP-SAT has for 10,000 pairs at once.
LIMIT = 60
SLACK = 0.0005


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("numpy", "ortools")


def run(plan: Plan) -> Iterator[Row]:
    """Without mentees who have two mentors, and with them."""
    every, some = (FEW, FEW) if plan.is_small else (ALL, SOME)
    yield from exact(made(every), plan.rounds)
    yield solver(made(some), plan.rounds)
    yield from shared(made(every, SHARED), plan.rounds)
    yield placed(made(some, SHARED), 2 if plan.is_small else LIMIT)


def asked(programme: Synthetic) -> Programme:
    """As Troth is asked."""
    return Programme(
        scores=programme.scores,
        mentor=programme.mentor,
        mentee=programme.mentee,
        cells_per_day=QUARTERS,
        length=LENGTH,
        ahead=programme.ahead,
        whole_day=DAY,
    )


def found(programme: Synthetic) -> Assignment:
    """What Troth assigns; ends here where its own figures are not true."""
    given = assign(asked(programme))
    figures = Worth(given.placed, given.score)
    agree("the assignment's own figures", figures, worth(programme, given.cell))
    agree("double bookings of mentees", double_booked(programme, given.cell), 0)
    return given


def exact(programme: Synthetic, rounds: int) -> Iterator[Row]:
    """How long, and how many pairs are left without a slot."""
    pairs = programme.pairs
    say(f"{pairs:,} pairs")
    left = pairs - found(programme).placed
    (took,) = turns(rounds, timed(lambda: assign(asked(programme))))
    what = f"{pairs:,} pairs, office windows"
    yield within(f"{what}, exact", took, 1.5)
    never = int((programme.scores < 0).all(axis=1).sum())
    without = _left(programme, greedy(programme))
    careful = _left(programme, least_choice_first(programme))
    yield Row(
        f"{what}: pairs without a slot",
        f"{left:,}, of whom {never:,} have no start at all",
        f"greedy {without:,}; least choice first {careful:,}",
        without / max(1, left),
        "≤ half of greedy's",
        2 * left <= without,
    )


def _left(programme: Synthetic, starts: Ints) -> int:
    return programme.pairs - worth(programme, starts).placed


def solver(programme: Synthetic, rounds: int) -> Row:
    """CP-SAT works out one mentor after the other, and must come to the same."""
    what = f"{programme.pairs:,} pairs, office windows, exact"
    say(what)
    given = found(programme)
    if not has("ortools"):
        (mine,) = turns(rounds, timed(lambda: assign(asked(programme))))
        return against(what, mine, "CP-SAT for each mentor", None, 50)
    peer = worth(programme, each_mentor(programme))
    agree("CP-SAT for each mentor", Worth(given.placed, given.score), peer)
    mine, theirs = turns(
        min(rounds, 3),
        timed(lambda: assign(asked(programme))),
        timed(lambda: each_mentor(programme)),
    )
    return against(what, mine, "CP-SAT for each mentor", theirs, 50)


def shared(programme: Synthetic, rounds: int) -> Iterator[Row]:
    """The bound is what could be had if a mentee could be in two meetings at once."""
    pairs = programme.pairs
    what = f"{pairs:,} pairs, 30 % of mentees with two mentors"
    say(what)
    given = found(programme)
    alone = replace(programme, mentee=np.arange(pairs))
    bound = worth(programme, assign(asked(alone)).cell)
    agree("the bound", Worth(given.most, given.bound), bound)
    (took,) = turns(rounds, timed(lambda: assign(asked(programme))))
    yield within(what, took, 3)
    gap = max(1 - given.placed / bound.placed, 1 - given.score / bound.score)
    yield Row(
        f"{what}: under the bound",
        f"{given.placed:,} placed, score {given.score:,}: {gap:.3%}",
        f"bound {bound.placed:,} placed, score {bound.score:,}",
        reach=f"≤ {SLACK:.2%}",
        is_reached=gap <= SLACK,
    )


def placed(programme: Synthetic, limit: float) -> Row:
    """CP-SAT is given the whole programme, and so many seconds."""
    what = f"{programme.pairs:,} pairs, 30 % of mentees with two mentors: placed"
    given = found(programme)
    if not has("ortools"):
        ours = f"{given.placed:,}, score {given.score:,}"
        return Row(what, ours, "CP-SAT: not here", reach="as many")
    say(f"{what}; CP-SAT has {limit:g} s")
    peer = everybody(programme, limit)
    agree("double bookings of mentees by CP-SAT", double_booked(programme, peer), 0)
    theirs = worth(programme, peer)
    return Row(
        what,
        f"{given.placed:,}, score {given.score:,}",
        f"CP-SAT in {limit:g} s {theirs.placed:,}, score {theirs.score:,}",
        given.placed / max(1, theirs.placed),
        "as many",
        given.placed >= theirs.placed,
    )
