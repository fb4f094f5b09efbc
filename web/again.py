"""Do a request over when somebody else was faster in the store, before anybody sees."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from scheduler.errors import Overtaken

#: How often a request is done over; then it is told to come back.
TIMES = 4


class AgainRoute(APIRoute):
    """A route whose handler runs anew when nothing of it was kept (`Overtaken`).

    Every unit of work of a request is whole, and doing a use case twice is doing it
    once; so doing the request over is safe.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with its second chances."""
        handle = super().get_route_handler()

        async def handle_again(request: Request) -> Response:
            for _ in range(TIMES - 1):
                try:
                    return await handle(request)
                except Overtaken:
                    continue
            return await handle(request)

        return handle_again
