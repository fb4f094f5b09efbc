"""Which API and which method a request means, and what does each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.google.fake import calendars, docs, drive, listing, writes
from integrations.google.fake.discovery import Discovery, Method, described
from integrations.google.fake.problems import Answered, Problem, not_found
from integrations.google.fake.uploads import read_upload
from integrations.google.fake.world import Behaviour, Call, Outcome, World

PREFIX, UPLOAD = "/calendar/v3/", "/upload/drive/v3/"
#: Where each API begins, and what describes it, by their first folder.
_APIS = (
    (PREFIX, "calendar.v3"),
    (UPLOAD, "drive.v3"),
    ("/drive/v3/", "drive.v3"),
    ("/v1/documents", "docs.v1"),
)
#: The methods that read or write a world, by name.
OPERATIONS: Mapping[str, Callable[[World, Call, Behaviour], Outcome]] = {
    "events.list": listing.list_events,
    "events.get": listing.get,
    "events.instances": listing.instances,
    "events.insert": writes.insert,
    "events.patch": writes.patch,
    "events.update": writes.update,
    "events.delete": writes.delete,
    "events.import": writes.import_,
    "events.move": writes.move,
    "calendars.insert": calendars.insert,
    "calendars.get": calendars.get,
    "calendars.delete": calendars.delete,
    "calendarList.list": calendars.list_all,
    "calendarList.get": calendars.list_entry,
    "files.create": drive.create,
    "files.get": drive.get,
    "files.list": drive.find,
    "files.update": drive.update,
    "files.delete": drive.delete,
    "permissions.create": drive.share,
    "permissions.list": drive.permissions,
    "permissions.delete": drive.unshare,
    "documents.get": docs.get,
    "documents.batchUpdate": docs.batch_update,
}


@dataclass(frozen=True, slots=True)
class Meant:
    """A method, what stands in its path, and the document that describes it."""

    discovery: Discovery
    method: Method
    at: dict[str, str]


def meant(http: str, path: str) -> Meant:
    """The method of a request; 404."""
    for prefix, name in _APIS:
        if path.startswith(prefix):
            discovery = described(name)
            below = path[1:] if name == "docs.v1" else path.removeprefix(prefix)
            return Meant(discovery, *discovery.route(http, below))
    raise not_found()


def read_body(
    path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> tuple[Any, str | None]:
    """The JSON of a body, None where it is none, and what was uploaded beside it."""
    if path.startswith(UPLOAD):
        if query.get("uploadType") != "multipart":
            raise Answered(Problem(501, "notImplemented", "FakeGoogle takes two parts"))
        return read_upload(headers.get("content-type", ""), body)
    try:
        return (json.loads(body) if body else None), None
    except ValueError:
        return None, None
