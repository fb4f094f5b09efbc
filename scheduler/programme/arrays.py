"""The pairs of one cadence as the arrays that `scheduler.programme.settling` takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import numpy as np

from scheduler.programme.choices import Choices, Ints, Room
from scheduler.programme.diary import NO_LIMIT, Diary
from scheduler.programme.options import POINTS, Anchored
from scheduler.programme.sharing import Clocks, Links, Sharing
from scheduler.programme.wall import apart, offsets, pattern_day, pattern_of
from scheduler.programme.wanted import Wanted

Options = Sequence[tuple[Anchored, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """Choices whose pairs are in the order of what is wanted.

    `rows[r]` are the slots of row r, and `one` is what having any slot is worth.
    """

    choices: Choices
    rows: tuple[Anchored, ...]
    one: int


def arrays(wanted: Sequence[Wanted], options: Options) -> Arrays:
    """A row for each pair and clock with a slot to offer."""
    rows = [
        (n, slots) for n, its in enumerate(options) for slots in its if slots.cell.size
    ]
    slots = tuple(one for _, one in rows)
    top = top_of(slots)
    mentor, most = _mentors(wanted)
    weight = 4 * most * top + 1
    nothing = np.zeros(0, np.int64)
    choices = Choices(
        mentor,
        np.array([n for n, _ in rows], np.int64),
        np.array([one.length for one in slots], np.int64),
        np.cumsum([0, *(one.cell.size for one in slots)]),
        np.concatenate([nothing, *(one.cell for one in slots)]),
        np.concatenate([nothing, *(one.score + np.int64(weight) for one in slots)]),
    )
    return Arrays(choices, slots, weight)


def top_of(slots: Iterable[Anchored]) -> int:
    """More than any score among these, and than any with what habit adds to it."""
    most = (int(one.clear.max()) for one in slots if one.clear.size)
    return POINTS * max(most, default=0) + 1


def _mentors(wanted: Sequence[Wanted]) -> tuple[Ints, int]:
    """The mentors as numbers, and the most pairs that one of them has."""
    names = list(dict.fromkeys(pair.mentor for pair in wanted))
    number = {name: n for n, name in enumerate(names)}
    mentor = np.array([number[pair.mentor] for pair in wanted])
    return mentor, int(np.bincount(mentor).max())


def sharing(wanted: Sequence[Wanted], made: Arrays) -> Sharing:
    """Who else sits in each meeting, on clocks as they run while anybody meets."""
    pattern = pattern_of(wanted[0].request.cadence)
    requests = [pair.request for pair in wanted]
    first = min(request.first for request in requests)
    last = max(r.first + timedelta(days=r.days) for r in requests)
    pairs = made.choices.pair.tolist()
    zones = [
        requests[pair].of(row.anchor).zone
        for pair, row in zip(pairs, made.rows, strict=True)
    ]
    names = list(dict.fromkeys(zones))
    number = {name: n for n, name in enumerate(names)}
    clocks = Clocks(
        shift=np.array([-row.ahead for row in made.rows], np.int64),
        clock=np.array([number[name] for name in zones], np.int64),
        span=np.array([-(-wanted[pair].minutes // 15) for pair in pairs], np.int64),
        apart=_apart(names, first, last),
        day=pattern.day,
        cycle=pattern.cells,
    )
    return Sharing(pattern, clocks, links(wanted))


def _apart(names: list[str], first: date, last: date) -> Ints:
    """`Clocks.apart` of these zones."""
    ahead = [offsets(first, last, name) for name in names]
    amounts = [[apart(one, other) for other in ahead] for one in ahead]
    deep = max((some.size for row in amounts for some in row), default=1)
    return np.array(
        [[np.resize(some, deep) for some in row] for row in amounts], np.int64
    ).reshape(len(names), len(names), deep)


def links(wanted: Sequence[Wanted]) -> Links:
    """Pairs with a person in common who is not the mentor of both."""
    of: dict[str, list[int]] = {}
    mentees = {pair.mentee for pair in wanted}
    for n, pair in enumerate(wanted):
        of.setdefault(pair.mentee, []).append(n)
        if pair.mentor in mentees:
            of.setdefault(pair.mentor, []).append(n)
    both = {
        two
        for its in of.values()
        for two in combinations(sorted(its), 2)
        if wanted[two[0]].mentor != wanted[two[1]].mentor
    }
    ordered = np.array(sorted(both), np.int64).reshape(-1, 2)
    return Links.of(ordered[:, 0], ordered[:, 1])


def room(wanted: Sequence[Wanted], made: Arrays, diary: Diary) -> Room:
    """What the mentors' limits leave, beside what the diary has already."""
    cadence = wanted[0].request.cadence
    pattern = pattern_of(cadence)
    numbers = made.choices.mentor.tolist()
    names = {n: pair.mentor for n, pair in zip(numbers, wanted, strict=True)}
    days = np.full((len(names), pattern.cells // pattern.day), NO_LIMIT)
    weeks = np.full((len(names), pattern.weeks), NO_LIMIT)
    for mentor, name in names.items():
        limits = diary.limits(name)
        if limits is None:
            continue
        by_day, by_week = diary.counts(name)
        days[mentor], weeks[mentor] = limits.day, limits.week
        for ordinal, number in by_day.items():
            day = pattern_day(cadence, date.fromordinal(ordinal))
            days[mentor, day] = min(days[mentor, day], limits.day - number)
        for week, number in by_week.items():
            at = slice(None) if cadence.unit == "month" else week % cadence.every
            weeks[mentor, at] = np.minimum(weeks[mentor, at], limits.week - number)
    return Room(*(_bound(left) for left in (days, weeks)))


def _bound(left: Ints) -> Ints | None:
    return np.maximum(left, 0) if (left < NO_LIMIT).any() else None
