"""Sync and page tokens: opaque outside, and good only for the query they came from."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.google.fake.problems import FULL_SYNC, Answered, invalid
from integrations.google.fake.world import Behaviour, Call

#: What may not stand beside a sync token (events.list, `syncToken`).
NEVER_BESIDE = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
#: And what must be as it was at the first read.
_BOUND = (
    "eventTypes",
    "maxAttendees",
    "showHiddenInvitations",
    "singleEvents",
    "timeZone",
)
#: What may differ from one page to the next.
_FREE = frozenset({"pageToken", "maxResults", "fields", "alt", "prettyPrint", "key"})


@dataclass(frozen=True, slots=True)
class Sync:
    """Everything up to write number `after` is known, of this window (UTC texts)."""

    after: int
    bound: str
    at: str
    low: str | None
    high: str


@dataclass(frozen=True, slots=True)
class Page:
    """A listing that began when `upto` was the last write, after the item `last`."""

    upto: int
    last: str | None
    bound: str
    #: When the listing began, UTC.
    at: str


def packed(token: Sync | Page) -> str:
    """The text of a token."""
    text = json.dumps({type(token).__name__: asdict(token)})
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_sync(text: str, call: Call, calendar: str, behaviour: Behaviour) -> Sync:
    """The token of a delta; 400 for another query, 410 when it is too old."""
    for name in NEVER_BESIDE:
        if name in call.query:
            raise invalid(f"{name} cannot stand beside a sync token.", name)
    if call.query.get("showDeleted") is False:
        raise invalid("showDeleted cannot be false beside a sync token.", "showDeleted")
    try:
        token = Sync(**_unpacked(text)["Sync"])
    except (ValueError, KeyError, TypeError):
        raise invalid("Invalid sync token value.", "syncToken") from None
    if token.bound != bound(call, calendar):
        raise invalid("The sync token is for another query.", "syncToken")
    if call.now - datetime.fromisoformat(token.at) > behaviour.token_life:
        raise Answered(FULL_SYNC)
    return token


def read_page(text: str, call: Call, calendar: str) -> Page:
    """The token of a page; 400 for another query."""
    try:
        token = Page(**_unpacked(text)["Page"])
    except (ValueError, KeyError, TypeError):
        raise invalid("Invalid page token value.", "pageToken") from None
    if token.bound != page_bound(call, calendar):
        raise invalid("The page token is for another query.", "pageToken")
    return token


def bound(call: Call, calendar: str) -> str:
    """What a sync token is bound to."""
    return _text(calendar, {k: call.query[k] for k in _BOUND if call.query.get(k)})


def page_bound(call: Call, calendar: str) -> str:
    """What a page token is bound to: the whole query."""
    query = {k: v for k, v in call.query.items() if k not in _FREE}
    return _text(f"{call.method}/{calendar}/{call.at.get('eventId', '')}", query)


def begun(call: Call) -> str:
    """The instant of a call, as a token keeps it."""
    return call.now.astimezone(UTC).isoformat()


def _text(place: str, query: Mapping[str, Any]) -> str:
    return json.dumps([place, query], sort_keys=True)


def _unpacked(text: str) -> Any:
    return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
