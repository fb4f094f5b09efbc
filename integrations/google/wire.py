"""A request as it goes over HTTP: method, path, query, headers and body, as bytes.

The paths are those of the discovery document; a test holds them together. Neither the
host nor the token stands here: both belong to whoever sends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from integrations.google.protocol import Request

#: Where the calendar's paths begin, below the root that all of Google's APIs share.
CALENDAR: Final = "calendar/v3/"
_EVENTS = "calendars/{calendarId}/events"
#: Every call that Troth makes of the calendar; there is no other.
PATHS: Final[Mapping[tuple[str, str], tuple[str, str]]] = MappingProxyType(
    {
        ("events", "list"): ("GET", _EVENTS),
        ("events", "get"): ("GET", f"{_EVENTS}/{{eventId}}"),
        ("events", "instances"): ("GET", f"{_EVENTS}/{{eventId}}/instances"),
        ("events", "insert"): ("POST", _EVENTS),
        ("events", "patch"): ("PATCH", f"{_EVENTS}/{{eventId}}"),
        ("events", "delete"): ("DELETE", f"{_EVENTS}/{{eventId}}"),
        ("events", "watch"): ("POST", f"{_EVENTS}/watch"),
        ("channels", "stop"): ("POST", "channels/stop"),
        ("calendarList", "list"): ("GET", "users/me/calendarList"),
        ("calendars", "insert"): ("POST", "calendars"),
        ("calendars", "get"): ("GET", "calendars/{calendarId}"),
    }
)
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wire:
    """What is sent. `target` is relative to `service`, its query included.

    `repeats`: making it twice does what once does. An insert brings its id, a change
    the etag it was decided on, a channel is stopped once.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    service: str = CALENDAR
    repeats: bool = False


def wire(request: Request) -> Wire:
    """A request of ours as bytes; `KeyError` for a method that Troth does not call."""
    method, path = PATHS[request.resource, request.method]
    inside = _VARIABLE.findall(path)
    for name in inside:
        text = quote(str(request.params[name]), safe="")
        path = path.replace(f"{{{name}}}", text)
    query = urlencode(
        [
            (name, _shown(value))
            for name, value in request.params.items()
            if name not in inside
        ]
    )
    headers = {"Accept": "application/json"}
    body = b""
    if request.body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        body = json.dumps(dict(request.body), ensure_ascii=False).encode()
    if request.if_match:
        headers["If-Match"] = request.if_match
    target = f"{path}?{query}" if query else path
    return Wire(method, target, headers, body, repeats=_repeats(request, method))


def _repeats(request: Request, method: str) -> bool:
    if method in ("GET", "DELETE") or request.if_match:
        return True
    if (request.resource, request.method) == ("events", "insert"):
        return "id" in (request.body or {})
    return request.method == "stop"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
