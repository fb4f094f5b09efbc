"""The parts of a series of ours that people split, found by the tag that we gave it.

'This and following, edited' ends a series and lets `<old>_R<stamp>` go on, which keeps
what else stands in the event: our tag in its extended properties too (promises.md F41).
So what is to be done to a date, or to all of the series, is done in the right part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from integrations.google.items import split_from
from integrations.google.protocol import OWN_LIST_FIELDS, Request, paged
from integrations.google.writing import PROPERTY
from scheduler.ids import RemoteId

Json = Mapping[str, Any]


def was_cut(event: Json) -> bool:
    """Whether there may be other parts: it is gone, or its rule ends on a day.

    We write COUNT; a rule that was split or shortened has UNTIL.
    """
    rules = event.get("recurrence") or ()
    return event.get("status") == "cancelled" or any("UNTIL=" in one for one in rules)


def asking(calendar: str, event: Json) -> partial[Request] | None:
    """What asks for every event with the tag of this one, page by page."""
    kept = event.get("extendedProperties") or {}
    for kind in ("shared", "private"):
        if tag := (kept.get(kind) or {}).get(PROPERTY):
            return partial(_tagged, calendar, kind, tag)
    return None


def _tagged(calendar: str, kind: str, tag: str, page: str = "") -> Request:
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        f"{kind}ExtendedProperty": f"{PROPERTY}={tag}",
        "fields": OWN_LIST_FIELDS,
    }
    return Request("events", "list", paged(params, page))


def others(remote: RemoteId, events: Iterable[Json]) -> list[RemoteId]:
    """Those of the events that are parts of this series; duplicates are none."""
    names = {
        str(one["id"])
        for one in events
        if one.get("id") and one.get("recurrence") and one.get("status") != "cancelled"
    }
    own = split_from(remote)
    return [
        RemoteId(one)
        for one in sorted(names)
        if one != remote and split_from(one) == own
    ]
