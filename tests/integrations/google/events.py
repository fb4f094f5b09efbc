"""Events as Google tells them, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.google.items import read_items
from integrations.google.state import EMPTY, State, apply, objects
from integrations.ics.resource import Read
from scheduler.timespan import Span
from tests.integrations.ics.texts import BERLIN, YEAR, shown

Json = dict[str, Any]


def at(text: str, zone: str = "Europe/Berlin") -> Json:
    """`2026-03-02 10:00` on the clock of a zone; `2026-03-02` is the whole day."""
    if len(text) == 10:
        return {"date": text}
    when = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return {"dateTime": when.isoformat(), "timeZone": zone}


def utc_at(when: datetime) -> Json:
    """An instant, as answers in another zone write it."""
    return {"dateTime": when.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def event(name: str, start: Json, end: Json, *rules: str, **more: Any) -> Json:
    """One event; `more` are other fields of it."""
    found = {
        "id": name,
        "iCalUID": f"{name}@google.com",
        "status": "confirmed",
        "etag": f'"{name}"',
        "start": start,
        "end": end,
    }
    if rules:
        found["recurrence"] = list(rules)
    return found | more


def instance(series: str, original: Json, stamp: str, **more: Any) -> Json:
    """One changed instance of a series."""
    found = {
        "id": f"{series}_{stamp}",
        "iCalUID": f"{series}@google.com",
        "status": "confirmed",
        "etag": f'"{series}_{stamp}"',
        "recurringEventId": series,
        "originalStartTime": original,
    }
    return found | more


def known(*items: Mapping[str, Any]) -> State:
    """The state after one full read."""
    return apply(EMPTY, read_items(items), complete=True)


def read(
    *items: Mapping[str, Any], window: Span = YEAR, zone: ZoneInfo = BERLIN
) -> Read:
    return objects(known(*items), window, zone)


def busy(
    *items: Mapping[str, Any], window: Span = YEAR, zone: ZoneInfo = BERLIN
) -> list[str]:
    """As `tests.integrations.ics.texts.busy` shows it."""
    found = read(*items, window=window, zone=zone).objects
    spans = [span for one in found for span in one.busy()]
    return [shown(span) for span in sorted(spans)]
