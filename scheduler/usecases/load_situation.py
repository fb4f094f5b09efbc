"""Read how things stand with a pair, inside one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler.agreement import Terms
from scheduler.booking import uids
from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.planning import PairView
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.situation import Situation
from scheduler.usecases.announce import two_of
from scheduler.usecases.gather import gather


async def load_situation(
    uow: UnitOfWork, pair: PairId, now: datetime, *, links: Links, sender: Address
) -> Situation | None:
    """The pair with everything on record; None before anything was agreed.

    `NotFound` when there is no such pair.
    """
    view = await gather(uow, pair, now)
    terms = _terms(view)
    if terms is None:
        return None
    return Situation(
        view,
        await two_of(uow, view, terms, links=links, sender=sender),
        await uow.copies.of_uids(uids(view.series)),
        await uow.outbox.of_pair(pair),
        await uow.evidence.of_pair(pair),
        await uow.ledger.of_pair(pair),
        await uow.offers.of_pair(pair),
        now,
    )


def _terms(view: PairView) -> Terms | None:
    """The terms in force, or those that were last."""
    if view.in_force:
        return view.in_force.terms
    agreed = [v for v in view.versions if v.in_force_at]
    return agreed[-1].terms if agreed else None
