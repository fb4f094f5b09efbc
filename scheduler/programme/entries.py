"""One pair's slots beside the diary: which are free there, written down, struck out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from scheduler.people import Role
from scheduler.programme.choices import Ints
from scheduler.programme.diary import Diary, Series
from scheduler.programme.options import POINTS, Anchored
from scheduler.programme.wall import days_of, instants
from scheduler.programme.wanted import Wanted
from scheduler.slots import PlanRequest


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One slot of a pair: the better one is the greater."""

    score: int
    clear: int
    anchor: Role
    column: int

    @classmethod
    def of(cls, slots: Anchored, nth: int) -> Entry:
        """One of these."""
        return cls(
            int(slots.score[nth]),
            int(slots.clear[nth]),
            slots.anchor,
            int(slots.column[nth]),
        )

    @property
    def habit(self) -> int:
        """What makes it worth more than all slots that have no more clear meetings.

        And less than those that have more: comfort alone moves nobody.
        """
        return POINTS * self.clear + 1 - self.score

    def starts(self, request: PlanRequest) -> Ints:
        """Its original starts, in seconds since 1970."""
        return np.asarray(instants(request, self.anchor, np.array([self.column]))[0])


def around(pair: Wanted, slots: Anchored, diary: Diary) -> Anchored:
    """Those that touch nothing that the two have been given before."""
    people = [one for one in (pair.mentor, pair.mentee) if diary.has(one)]
    if not people or not slots.column.size:
        return slots
    starts = instants(pair.request, slots.anchor, slots.column)
    return slots.kept(diary.free(people, starts, 60 * pair.minutes))


def still_free(
    pair: Wanted, options: tuple[Anchored, ...], diary: Diary
) -> list[Entry]:
    """What the diary leaves of a pair's options, the best first."""
    free = [_roomy(pair, around(pair, slots, diary), diary) for slots in options]
    found = [Entry.of(its, n) for its in free for n in range(its.column.size)]
    return sorted(found, key=lambda one: (-one.score, one.anchor, one.column))


def written(pair: Wanted, one: Entry, diary: Diary) -> bool:
    """Write it down; False where one of the two has no time or room for it."""
    return diary.takes(pair.mentor, pair.mentee, _series(pair, one, diary))


def struck(pair: Wanted, one: Entry, diary: Diary) -> None:
    """Strike out what was written."""
    diary.drops(pair.mentor, pair.mentee, _series(pair, one, diary))


def _series(pair: Wanted, one: Entry, diary: Diary) -> Series:
    starts = one.starts(pair.request)
    dates = _dates(pair.request, starts) if diary.limits(pair.mentor) else None
    return Series(starts, 60 * pair.minutes, dates)


def _roomy(pair: Wanted, slots: Anchored, diary: Diary) -> Anchored:
    """Those on whose dates the mentor's limits leave room."""
    if not diary.limits(pair.mentor) or not slots.column.size:
        return slots
    starts = instants(pair.request, slots.anchor, slots.column)
    return slots.kept(diary.roomy(pair.mentor, _dates(pair.request, starts)))


def _dates(request: PlanRequest, starts: Ints) -> Ints:
    """On the mentor's wall clock, as ordinals."""
    last = request.first + timedelta(days=request.days)
    return days_of(starts, request.first, last, request.mentor.zone)
