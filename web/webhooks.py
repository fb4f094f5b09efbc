"""What providers tell us without being asked: no session, no form, no body.

A message is believed for the token of its channel alone. It says nothing but that
something may have changed, and only a counter remembers those that are not believed.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from prometheus_client import Counter

from scheduler.usecases.hear_push import hear_push
from web.again import AgainRoute
from web.guard import Given, asker
from web.limits import Buckets, Limited

router = APIRouter(include_in_schema=False, route_class=AgainRoute)

_HEARD = Counter(
    "troth_push_messages",
    "Messages of push channels; what they came to",
    labelnames=("outcome",),
)


@router.post("/webhooks/google")
async def google(request: Request, services: Given) -> Response:
    """A message about a calendar; its body is not read.

    404 to whoever does not know a channel's token. What is told too late, or through
    a channel that was stopped, is heard and ignored. Whoever forges many is not
    looked up any more for a while.
    """
    if services.watching is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    buckets: Buckets = request.app.state.buckets
    who, now = asker(request), services.clock.now()
    if buckets.is_spent(Limited.FORGED, who, now):
        _HEARD.labels("not looked at").inc()
        return Response(status_code=HTTPStatus.TOO_MANY_REQUESTS)
    told = services.watching.read(request.headers)
    heard = await hear_push(told, begin=services.begin, clock=services.clock)
    _HEARD.labels(heard.name.lower()).inc()
    if heard.is_forged:
        buckets.allow(Limited.FORGED, who, now)
        return Response(status_code=HTTPStatus.NOT_FOUND)
    if heard.is_believed:
        await services.bell.ring(())
    return Response(status_code=HTTPStatus.OK)
