"""A calendar as another program of its owner sees it: plain CalDAV, other parsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import icalendar
import recurring_ical_events
from lxml import etree

MAKE = b"""<?xml version="1.0"?>
<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>Ida</displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/>
</C:supported-calendar-component-set></prop></set></C:mkcalendar>"""
LIST = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
LONG_AGO, FAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

Time = tuple[datetime, datetime]
Times = list[Time]


class Shelf:
    """One collection, and the objects in it by the last part of their address."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def _ask(
        self, method: str, name: str = "", data: bytes = b"", **headers: str
    ) -> tuple[bytes, str]:
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        async with self._session.request(
            method, self.url + name, data=data or None, headers=given
        ) as answer:
            answer.raise_for_status()
            return await answer.read(), answer.headers.get("ETag", "")

    async def make(self) -> None:
        await self._ask("MKCALENDAR", data=MAKE, Content_Type="application/xml")

    async def names(self) -> list[str]:
        listed, _ = await self._ask(
            "PROPFIND", data=LIST, Depth="1", Content_Type="application/xml"
        )
        found = etree.fromstring(listed).iter("{DAV:}href")
        paths = [str(href.text) for href in found]
        return [p.rpartition("/")[2] for p in paths if not p.endswith("/")]

    async def get(self, name: str) -> tuple[icalendar.Calendar, str]:
        """An object and its etag."""
        data, etag = await self._ask("GET", name)
        return icalendar.Calendar.from_ical(data), etag  # type: ignore[return-value]

    async def put(self, name: str, event: icalendar.Event) -> None:
        """Somebody's own event, such as their programs write them."""
        calendar = icalendar.Calendar()
        calendar.add("VERSION", "2.0")
        calendar.add("PRODID", "-//Her own program//EN")
        calendar.add_component(event)
        await self._ask("PUT", name, calendar.to_ical(), Content_Type="text/calendar")

    async def delete(self, name: str) -> None:
        await self._ask("DELETE", name)

    async def change(
        self, name: str, change: Callable[[icalendar.Calendar], None]
    ) -> None:
        """Read, change, and write back the very version that was read."""
        calendar, etag = await self.get(name)
        change(calendar)
        await self._ask(
            "PUT",
            name,
            calendar.to_ical(),
            Content_Type="text/calendar",
            If_Match=etag,
        )

    async def find(self, uid: str) -> tuple[str, icalendar.Calendar]:
        """The one object with this UID, and what it is called."""
        found = [
            (name, calendar)
            for name in await self.names()
            for calendar, _ in [await self.get(name)]
            if str(calendar.events[0]["UID"]) == uid
        ]
        assert len(found) == 1, (uid, len(found))
        return found[0]

    async def uids(self) -> set[str]:
        return {
            str((await self.get(name))[0].events[0]["UID"])
            for name in await self.names()
        }


def times(calendar: icalendar.Calendar) -> Times:
    """When everything in an object takes place, in UTC, in order."""
    found = recurring_ical_events.of(calendar).between(LONG_AGO, FAR)
    return sorted((e.start.astimezone(UTC), e.end.astimezone(UTC)) for e in found)


def master(calendar: icalendar.Calendar) -> icalendar.Event:
    return next(e for e in calendar.events if "RECURRENCE-ID" not in e)


def overrides(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    return [e for e in calendar.events if "RECURRENCE-ID" in e]


def without(start: datetime, now: datetime) -> Callable[[icalendar.Calendar], None]:
    """Delete one occurrence the way calendar programs do: by an EXDATE."""

    def change(calendar: icalendar.Calendar) -> None:
        event = master(calendar)
        event.add("EXDATE", start.astimezone(event.start.tzinfo))
        event["LAST-MODIFIED"] = icalendar.vDatetime(now)
        event["SEQUENCE"] = int(event.get("SEQUENCE", 0)) + 1
        calendar.subcomponents = [
            c
            for c in calendar.subcomponents
            if "RECURRENCE-ID" not in c
            or c["RECURRENCE-ID"].dt.astimezone(UTC) != start
        ]

    return change


def dragged(
    start: datetime, there: Time, now: datetime
) -> Callable[[icalendar.Calendar], None]:
    """Move one occurrence the way calendar programs do: by an override."""

    def change(calendar: icalendar.Calendar) -> None:
        event = on(calendar, start)
        zone = master(calendar).start.tzinfo
        if "RECURRENCE-ID" not in event:
            event = event.copy(recursive=True)
            for name in ("RRULE", "EXDATE"):
                event.pop(name, None)
            event.add("RECURRENCE-ID", start.astimezone(zone))
            calendar.add_component(event)
        for name, moment in zip(("DTSTART", "DTEND"), there, strict=True):
            del event[name]
            event.add(name, moment.astimezone(zone))
        event["LAST-MODIFIED"] = icalendar.vDatetime(now)
        event["SEQUENCE"] = int(event.get("SEQUENCE", 0)) + 1

    return change


def written(
    start: datetime, change: Callable[[str], str]
) -> Callable[[icalendar.Calendar], None]:
    """Change the description of one occurrence by hand."""

    def edit(calendar: icalendar.Calendar) -> None:
        event = on(calendar, start)
        text = change(str(event["DESCRIPTION"]))
        event["DESCRIPTION"] = icalendar.vText(text)

    return edit


def on(calendar: icalendar.Calendar, start: datetime) -> icalendar.Event:
    """What describes one occurrence: its override, or the master."""
    for event in overrides(calendar):
        if event["RECURRENCE-ID"].dt.astimezone(UTC) == start:
            return event
    return master(calendar)


def answered(email: str, partstat: str) -> Callable[[icalendar.Calendar], None]:
    """Answer an invitation the way calendar programs do: by one's own PARTSTAT."""

    def change(calendar: icalendar.Calendar) -> None:
        for event in calendar.events:
            attendees = event["ATTENDEE"]
            for one in attendees if isinstance(attendees, list) else [attendees]:
                if str(one).lower() == f"mailto:{email}":
                    one.params["PARTSTAT"] = partstat
                    one.params.pop("RSVP", None)

    return change


@asynccontextmanager
async def shelf(
    url: str, username: str = "", password: str = ""
) -> AsyncIterator[Shelf]:
    """The collection at this address."""
    assert urlsplit(url).path.endswith("/")
    headers = (
        {"Authorization": aiohttp.encode_basic_auth(username, password)}
        if username
        else {}
    )
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Shelf(session, url)
