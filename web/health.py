"""What load balancers and those who watch over a service ask."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from config.services import Services
from scheduler.errors import Unavailable

router = APIRouter(include_in_schema=False)

#: Above this many rows "at least that many" is told.
MOST = 10_000

_DUE = Gauge("troth_work_due", "Work that nobody has begun yet (10,000: or more)")
_TOLD = Gauge("troth_push_calendars", "Calendars whose changes are told at once")
_LATE = Gauge("troth_work_late_seconds", "How long the oldest of it has been due")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether this process is alive."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Whether people can be served: 503 when the database does not answer.

    Without Redis everything goes on, a little later, so that alone is no 503.
    """
    services: Services = request.app.state.services
    database, redis = await _database(services), await services.bell.state()
    ready = database == "ok"
    words = {"status": "ok" if ready else "away", "database": database, "redis": redis}
    return JSONResponse(words, 200 if ready else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Figures for Prometheus; counts alone, of nobody."""
    services: Services = request.app.state.services
    try:
        await _measure(services)
    except Unavailable:
        for gauge in (_DUE, _LATE, _TOLD):
            gauge.set(float("nan"))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database(services: Services) -> str:
    try:
        async with services.begin(read_only=True) as uow:
            await uow.work.next_due()
    except Unavailable:
        return "away"
    return "ok"


async def _measure(services: Services) -> None:
    now = services.clock.now()
    async with services.begin(read_only=True) as uow:
        due = await uow.work.due(now, most=MOST)
        first = await uow.work.next_due()
        told = await uow.channels.working(now)
    _TOLD.set(told)
    _DUE.set(len(due))
    late = (now - first).total_seconds() if first else 0.0
    _LATE.set(max(0.0, late))
