"""The review of a pair as one of the two may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.people import Pair
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.reviewing import Review, next_review, open_review, theirs_to_see


@dataclass(frozen=True, slots=True)
class SeenReview:
    """The review that can be answered now, and the day of the next one."""

    #: The day on which it was due; None while none is.
    day: date | None
    next_day: date | None
    own: Review | None
    #: The other's answers, once both have chosen to share.
    other: Review | None


async def see_review(
    pair: PairId, person: PersonId, *, begin: Begin, now: datetime
) -> SeenReview:
    """What is this person's to see; `NotFound` for a pair that is not theirs."""
    async with begin(read_only=True) as uow:
        both = await uow.pairs.get(pair)
        if person not in both.both():
            raise NotFound("pair")
        versions = await uow.agreements.of_pair(pair)
        reviews = await uow.reviews.of_pair(pair)
        where = await clock_of_pair(uow, both)
    mine = (r.day for r in reviews if r.by == person)
    day = open_review(versions, now, where) or max(mine, default=None)
    own, other = theirs_to_see(reviews, day, person) if day else (None, None)
    return SeenReview(day, next_review(versions, now, where), own, other)


async def clock_of_pair(uow: UnitOfWork, pair: Pair) -> str:
    """The zone whose days count: the slot's, or else the mentor's."""
    series = await uow.series.of_pair(pair.id)
    return series[-1].zone if series else (await uow.people.get(pair.mentor)).zone
