"""Who may use which route: every route of the application belongs to one of these.

A new route belongs to the first line that fits its method and path. One that fits
none fails the test: put it here, saying whose it is.
"""

from __future__ import annotations

import re
from enum import Enum

from fastapi.routing import APIRoute


class Whose(Enum):
    """Whose a route is; the guard that its declaration has to name."""

    ANYBODY = ""
    #: Any mentor or mentee, about themselves.
    SELF = "person_visitor about themselves"
    #: The two of a pair.
    TWO = "person_visitor"
    COORDINATOR = "coordinator_visitor"
    SELF_TOKEN = "person_caller"
    TWO_TOKEN = "own_pair"
    PROGRAMME_TOKEN = "programme_caller"
    #: Tokens of the two, and of their programme.
    REACHED_TOKEN = "reached_pair"

    @property
    def guard(self) -> str:
        """The dependency that lets nobody else in."""
        return self.value.partition(" ")[0]


_LINES = (
    (r"GET /(healthz|readyz|metrics)?", Whose.ANYBODY),
    (r"(GET|POST) /p/.*", Whose.ANYBODY),
    (r"(GET|POST) /link", Whose.ANYBODY),
    (r"POST /leave", Whose.ANYBODY),
    (r"POST /webhooks/google", Whose.ANYBODY),
    (r"(GET|POST) /(pairs|kept|letters|export|erase|away|me)(/.*)?", Whose.SELF),
    (r"(GET|POST) /calendar(/.*)?", Whose.SELF),
    (r"(GET|POST) /pair/{pair}(/.*)?", Whose.TWO),
    (r"(GET|POST) /programme(/.*)?", Whose.COORDINATOR),
    (r"[A-Z]+ /api/v1/programme/.*", Whose.PROGRAMME_TOKEN),
    (r"(GET|POST) /api/v1/pairs", Whose.PROGRAMME_TOKEN),
    (r"GET /api/v1/pairs/{pair}/agreements", Whose.REACHED_TOKEN),
    (r"POST /api/v1/pairs/{pair}/(pause|resume|close)(/undo)?", Whose.REACHED_TOKEN),
    (r"GET /api/v1/pairs/{pair}/rest", Whose.REACHED_TOKEN),
    (r"[A-Z]+ /api/v1/pairs/{pair}/.*", Whose.TWO_TOKEN),
    (r"[A-Z]+ /api/v1/me(/.*)?", Whose.SELF_TOKEN),
)


def whose(method: str, path: str) -> Whose | None:
    """Whose a route is; None for one that stands in no line."""
    asked = f"{method} {path}"
    return next((who for line, who in _LINES if re.fullmatch(line, asked)), None)


def guards(route: APIRoute) -> frozenset[str]:
    """The names of everything that a route's declaration depends on."""
    found: set[str] = set()
    left = [route.dependant]
    while left:
        for one in left.pop().dependencies:
            found.add(getattr(one.call, "__name__", ""))
            left.append(one)
    return frozenset(found)
