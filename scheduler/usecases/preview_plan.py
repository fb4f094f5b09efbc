"""What would be booked if both accepted now; nothing is written."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from datetime import date

from scheduler.agreement import Agreement
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.planning import plan_request
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.search import search
from scheduler.slots import PlanResult
from scheduler.usecases.gather import gather
from scheduler.versions import latest


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan for one version of the agreement.

    `unknown` are the people of whom a calendar has not been read lately: while there
    is one, nothing is clear and there is no plan.
    """

    agreement: Agreement
    first: date
    unknown: frozenset[PersonId]
    result: PlanResult | None


async def preview_plan(
    pair: PairId, *, begin: Begin, clock: Clock, top: int = 3
) -> Preview:
    """The plan of the latest version with up to `top` alternatives.

    `Refused` E_DATES when there is no whole period left before the last day.
    """
    now = clock.now()
    async with begin(read_only=True) as uow:
        view = await gather(uow, pair, now)
    agreement = latest(view.versions)
    if agreement is None:
        raise NotFound("agreement")
    request = plan_request(view, agreement, now, top=top)
    unknown = frozenset(c.person for c in view.stale(now))
    result = None if unknown else await to_thread(search, request)
    return Preview(agreement, request.first, unknown, result)
