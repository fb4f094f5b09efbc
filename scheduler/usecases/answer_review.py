"""Answer the three private questions, or answer them anew."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, PersonId
from scheduler.outbox import digest
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.reviewing import Answered, Review, open_review
from scheduler.usecases.see_review import clock_of_pair


@dataclass(frozen=True, slots=True)
class Said:
    """The answers, in the order of the questions, and whether they may be shared."""

    answers: tuple[Answered, ...]
    share: bool = False


async def answer_review(
    pair: PairId, person: PersonId, said: Said, *, begin: Begin, clock: Clock
) -> Review:
    """Keep them; the same answers twice are one, others take their place.

    `NotFound` for a pair that is not theirs; `Refused` E_NO_REVIEW while none is due.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if person not in both.both():
            raise NotFound("pair")
        versions = await uow.agreements.of_pair(pair)
        day = open_review(versions, now, await clock_of_pair(uow, both))
        if both.closed or day is None:
            raise Refused("E_NO_REVIEW", "There is no review to answer now.")
        name = digest("review", pair, person, day)
        known = {r.id: r for r in await uow.reviews.of_pair(pair)}.get(name)
        if known and (known.answers, known.share) == (said.answers, said.share):
            return known
        review = Review(name, pair, person, day, now, said.answers, said.share)
        await uow.reviews.put(review)
        await uow.commit()
    return review
