"""A request as it goes over HTTP: method, path, query, headers and body, as bytes.

The paths are those of the discovery document; a test holds them together. Neither the
host nor the token stands here: both belong to whoever sends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from integrations.google.protocol import Request

#: Where the paths of each service begin, below the root that they share.
CALENDAR: Final = "calendar/v3/"
DRIVE: Final = "drive/v3/"
UPLOAD: Final = "upload/drive/v3/"
#: Below a root of its own: `client.Installation.docs`.
DOCS: Final = "v1/"
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
#: And every call for documents, with its service.
ELSEWHERE: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = MappingProxyType(
    {
        ("files", "create"): ("POST", "files", UPLOAD),
        ("files", "list"): ("GET", "files", DRIVE),
        ("files", "get"): ("GET", "files/{fileId}", DRIVE),
        ("permissions", "create"): ("POST", "files/{fileId}/permissions", DRIVE),
        ("documents", "get"): ("GET", "documents/{documentId}", DOCS),
        ("documents", "batchUpdate"): (
            "POST",
            "documents/{documentId}:batchUpdate",
            DOCS,
        ),
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
    method, path, service = _place(request)
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
        headers["Content-Type"] = _JSON
        body = json.dumps(dict(request.body), ensure_ascii=False).encode()
    if request.upload:
        headers["Content-Type"], body = _together(body, request.upload.encode())
    if request.if_match:
        headers["If-Match"] = request.if_match
    target = f"{path}?{query}" if query else path
    repeats = _repeats(request, method)
    return Wire(method, target, headers, body, service, repeats=repeats)


def _place(request: Request) -> tuple[str, str, str]:
    """Method, path and service."""
    name = request.resource, request.method
    return ELSEWHERE[name] if name in ELSEWHERE else (*PATHS[name], CALENDAR)


_JSON = "application/json; charset=utf-8"


def _together(about: bytes, content: bytes) -> tuple[str, bytes]:
    """Two parts of one body (RFC 2387), and their type.

    The boundary follows from what stands between, so that it does not stand there.
    """
    boundary = sha256(about + content).hexdigest()
    parts = ((_JSON, about), ("text/html; charset=utf-8", content))
    head = f"--{boundary}\r\nContent-Type: "
    body = b"".join(
        f"{head}{kind}\r\n\r\n".encode() + part + b"\r\n" for kind, part in parts
    )
    kind = f"multipart/related; boundary={boundary}"
    return kind, body + f"--{boundary}--\r\n".encode()


def _repeats(request: Request, method: str) -> bool:
    if method in ("GET", "DELETE") or request.if_match:
        return True
    if (request.resource, request.method) == ("events", "insert"):
        return "id" in (request.body or {})
    return request.method == "stop"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
