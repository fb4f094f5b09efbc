"""Writes that carry an Idempotency-Key are answered once, however often they come."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from scheduler.errors import Refused
from web.again import AgainRoute
from web.guard import digest, given

_MOST = 200


class RepeatRoute(AgainRoute):
    """A route that gives the first answer again to the same key of the same token.

    The answer is kept after the write: dying in between does the write again, which
    changes nothing, and keeps its answer then.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with a memory."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key", "")
            if request.method == "GET" or not key:
                return await handle(request)
            if len(key) > _MOST:
                raise Refused(
                    "E_IDEMPOTENCY_KEY",
                    "A key has at most 200 characters.",
                    field="Idempotency-Key",
                )
            return await _once(request, key, handle)

        return handle_once


async def _once(
    request: Request,
    key: str,
    handle: Callable[[Request], Coroutine[Any, Any, Response]],
) -> Response:
    services = given(request)
    scope = digest(request.headers.get("authorization", ""))
    body = await request.body()
    asked = digest(f"{request.method} {request.url.path} {digest(body.hex())}")
    async with services.begin(read_only=True) as uow:
        before = await uow.repeats.find(scope, key)
    if before:
        first, status, text = before
        if first != asked:
            raise Refused(
                "E_IDEMPOTENCY_KEY",
                "This key was used for another request; take a new one.",
                field="Idempotency-Key",
            )
        return Response(text, status, media_type="application/json")
    answer = await handle(request)
    text = bytes(answer.body).decode()
    async with services.begin() as uow:
        now = services.clock.now()
        await uow.repeats.add(scope, key, asked, answer.status_code, text, now)
        await uow.commit()
    return answer
