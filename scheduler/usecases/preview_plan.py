"""What would be booked if both accepted now; nothing is written."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from datetime import date

from scheduler.agreement import Agreement
from scheduler.candidates import Both
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.onechange import WouldHelp, what_would_help
from scheduler.planning import plan_request
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.search import search_both
from scheduler.slots import PlanRequest, PlanResult
from scheduler.usecases.gather import gather
from scheduler.versions import latest


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan for one version of the agreement.

    `unknown` are the people of whom a calendar has not been read lately: while there
    is one, nothing is clear and there is no plan. `would_help` are the single changes
    that would help most where dates are left without a time, the most helpful first.
    """

    agreement: Agreement
    first: date
    unknown: frozenset[PersonId]
    result: PlanResult | None
    would_help: tuple[WouldHelp, ...] = ()


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
    if unknown:
        return Preview(agreement, request.first, unknown, None)
    result, would_help = await to_thread(_searched, request)
    return Preview(agreement, request.first, unknown, result, would_help)


def _searched(request: PlanRequest) -> tuple[PlanResult, tuple[WouldHelp, ...]]:
    both = Both.of(request)
    result = search_both(both)
    return result, what_would_help(both, result)
