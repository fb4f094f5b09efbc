"""Somebody's Google calendar, and another program of theirs that speaks iCalendar.

FakeGoogle on a port, our real client before it. What the other program puts becomes an
event by Google's own import; what it reads is written from the events as they stand.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar

from integrations.google.fake.service import FakeGoogle
from integrations.google.opening import OpenGoogle
from integrations.google.writing import event_id
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId
from scheduler.secret import Secret
from tests.contracts.calendars import Place
from tests.integrations.google.calling import calling
from tests.integrations.google.conftest import MENTOR

Json = Mapping[str, Any]
PRIMARY = {"calendarId": "primary"}


class Bridge(NamedTuple):
    """The other program. It calls an event by the UID of what it put, or of ours."""

    google: FakeGoogle

    async def put(self, name: str, data: bytes) -> None:
        event = _master(data)
        body = {
            "summary": str(event["SUMMARY"]),
            "start": _time(event["DTSTART"].dt),
            "end": _time(event["DTEND"].dt),
        }
        found = self._find(name)
        if found is None:
            body["iCalUID"] = str(event["UID"])
            if "RRULE" in event:
                rule = event["RRULE"].to_ical().decode()
                body["recurrence"] = [f"RRULE:{rule}"]
            self._do("import", PRIMARY, body)
            return
        news = {
            key: value for key, value in body.items() if _differs(found, key, value)
        }
        self._do("patch", PRIMARY | {"eventId": found["id"]}, news, sendUpdates="none")

    async def delete(self, name: str) -> None:
        found = self._find(name)
        assert found is not None
        self._do("delete", PRIMARY | {"eventId": found["id"]}, sendUpdates="none")

    async def raw(self, name: str) -> bytes:
        found = self._find(name)
        assert found is not None
        told = [
            one for one in self._list() if one.get("recurringEventId") == found["id"]
        ]
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//a test//",
            *_event(found, [one for one in told if one["status"] == "cancelled"]),
        ]
        for one in told:
            if one["status"] != "cancelled":
                lines += _event(one, [])
        return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()

    def remote(self, uid: str) -> str:
        """What Google calls the event: by its own name, or by the one that we give."""
        found = self._find(f"{uid}.ics")
        return found["id"] if found is not None else event_id(uid, 1)

    def told(self, uid: str) -> str:
        """The UID of an event that we made: one of Google's own."""
        return f"{event_id(uid, 1)}@google.com"

    def _find(self, name: str) -> Json | None:
        uid = name.removesuffix(".ics")
        for one in self._list():
            is_it = one.get("iCalUID") == uid or one["id"] == event_id(uid, 1)
            if is_it and one["status"] != "cancelled":
                return one
        return None

    def _list(self) -> list[Json]:
        answer = self._do("list", PRIMARY, showDeleted=True, maxResults=2500)
        assert answer is not None
        found: list[Json] = answer["items"]
        return found

    def _do(self, method: str, at: Any, body: Any = None, **query: Any) -> Any:
        return self.google.act(MENTOR, f"events.{method}", at, body, **query)


@asynccontextmanager
async def google_place() -> AsyncIterator[Place]:
    """The calendar of somebody who allowed us to write in it."""
    async with calling() as here:
        account = here.connect(MENTOR, "calendar.events.owned")
        connection = Connection(
            id=CalendarId("c"),
            person=here.grants.accounts[account].person,
            kind=CalendarKind.GOOGLE,
            url=Secret("primary"),
            account=account,
        )
        bridge = Bridge(here.fake)
        opened = OpenGoogle(here.google.account, "programme.test")(connection)
        yield Place(
            opened,
            bridge.put,
            bridge.delete,
            bridge.raw,
            told=bridge.told,
            remote=bridge.remote,
            invites=True,
        )


def _master(data: bytes) -> Any:
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return next(one for one in events if "RECURRENCE-ID" not in one)


def _time(when: datetime) -> Json:
    return {"dateTime": when.isoformat(), "timeZone": str(when.tzinfo)}


def _differs(event: Json, key: str, value: Any) -> bool:
    if isinstance(value, str):
        return event.get(key) != value
    return _instant(event[key]) != _instant(value)


def _instant(time: Json) -> datetime:
    return datetime.fromisoformat(time["dateTime"])


def _event(event: Json, cancelled: list[Json]) -> Iterator[str]:
    """As iCalendar writes it; what was cancelled of a series is left out of it."""
    yield "BEGIN:VEVENT"
    yield f"UID:{event['iCalUID']}"
    yield _property("DTSTART", event["start"])
    yield _property("DTEND", event["end"])
    if "originalStartTime" in event:
        yield _property("RECURRENCE-ID", event["originalStartTime"])
    yield from event.get("recurrence", ())
    for one in cancelled:
        yield _property("EXDATE", one["originalStartTime"])
    for key in ("summary", "description", "location"):
        if key in event:
            text = icalendar.vText(event[key]).to_ical().decode()
            yield f"{key.upper()}:{text}"
    for guest in event.get("attendees", ()):
        yield f"ATTENDEE:mailto:{guest['email']}"
    yield "END:VEVENT"


def _property(name: str, time: Json) -> str:
    where = time.get("timeZone", "UTC")
    local = _instant(time).astimezone(ZoneInfo(where))
    return f"{name};TZID={where}:{local:%Y%m%dT%H%M%S}"
