"""A pair with one event at FakeGoogle: the organiser's, in which the other is a guest.

What the two do in it goes past Troth; then work is done, as in tests.usecases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from integrations.google.calendar import GoogleCalendar
from integrations.google.failures import Operation, error
from integrations.google.fake.acts import end_before, split
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.views import instance, series_of
from integrations.google.fake.world import Behaviour, Entry
from integrations.google.protocol import Request
from integrations.google.writing import event_id
from scheduler.connections import CalendarKind, Connection
from scheduler.events import CalendarObject
from scheduler.ids import CalendarId, PersonId
from scheduler.invite import Attendee, Method
from scheduler.itip import Edition, Guests, Revision, Words, whole
from scheduler.people import Pair
from scheduler.ports.calendars import Calendar
from scheduler.secret import Secret
from scheduler.series import Copy, CopyState, Meeting, Route, Series
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.integrations.google.asking import Asking, Refusal
from tests.usecases.breaking import Breaking
from tests.usecases.noticing import POLL, NoticingWorld

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Json = dict[str, Any]


class GoogleWorld(NoticingWorld):
    """Both are at Google; `mentor` makes the event, and `mentee` is its guest.

    With `guest_connected` false nothing but the organiser's calendar is known.
    """

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        super().__init__()
        self.google = FakeGoogle(self.clock.now, behaviour=behaviour)
        self.emails: dict[PersonId, str] = {}
        #: What opens a person's calendar; the first scope for everybody else.
        self.scopes: dict[str, str] = {}

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        if connection.kind is not CalendarKind.GOOGLE:
            return super().open_calendar(connection, zone=zone, owner=owner)
        email = self.emails[connection.person]
        scope = self.scopes.get(email, "calendar.events.owned")
        asking = Asking(self.google, email, scope)

        async def ask(request: Request, operation: Operation) -> Mapping[str, Any]:
            self.fuse.burn()
            answer = asked(asking, request, operation)
            self.fuse.burn()
            return answer

        url = connection.url.reveal
        opened = GoogleCalendar(ask, url, ZoneInfo(zone), "programme.example")
        return cast("Calendar", Breaking(opened, self.fuse))

    async def begun(
        self, *, guest_connected: bool = True, hides: bool = False, by: str = "mentor"
    ) -> Pair:
        """A pair whose series stands in the calendar of one of them (`by`)."""
        pair = await self.booked("mail", "mail")
        names = {pair.mentor: "ida@example.org", pair.mentee: "leyla@example.org"}
        self.emails |= names
        host, guest = pair.mentor, pair.mentee
        if by == "mentee":
            host, guest = guest, host
        self.google.add_account(names[host], zone="Europe/Berlin")
        self.google.add_account(names[guest], zone="America/New_York", hides=hides)
        await self.connected(host, written=True, invites=True)
        if guest_connected:
            await self.connected(guest)
        await self._written(pair, host, guest)
        await self.live_through(2 * POLL, POLL)
        return pair

    async def connected(
        self, person: PersonId, url: str = "primary", **more: bool
    ) -> Connection:
        """A calendar of theirs, which is read from now on."""
        connection = Connection(
            CalendarId(f"{url} of {person}"),
            person,
            CalendarKind.GOOGLE,
            Secret(url),
            **more,
        )
        async with self.store() as uow:
            await uow.calendars.put(connection)
            await uow.work.add(WorkKind.SYNC, connection.id, self.clock.now())
            await uow.commit()
        return connection

    async def _written(self, pair: Pair, host: PersonId, guest: PersonId) -> None:
        """One event, and both copies as the route of the guest list has them."""
        series = await self.standing(pair)
        mine, theirs = (
            Attendee(self.emails[one], "", partstat=said)
            for one, said in ((host, "ACCEPTED"), (guest, "NEEDS-ACTION"))
        )
        at = Revision.first(self.clock.now())
        words = Words("Ida and Leyla", "Your agenda")
        edition = Edition(at, words, Guests(mine, (mine, theirs)))
        (home, *_) = await self.connections(host)
        calendar = self.open_calendar(home)
        made = await calendar.create(whole(series, edition, Method.NONE))
        shown = await self.connections(guest)
        now = self.clock.now()
        lead = Copy(
            host,
            series.uid,
            Route.WRITTEN,
            CopyState.THERE,
            home.id,
            made.id,
            made.etag,
            generation=1,
            sequence=0,
            written_at=now,
        )
        other = replace(
            lead,
            person=guest,
            route=Route.GUEST,
            calendar=shown[0].id if shown else None,
            etag=None,
        )
        async with self.store() as uow:
            await uow.copies.put(lead)
            await uow.copies.put(other)
            await uow.commit()
        self.clock.advance(timedelta(minutes=1))

    # What people do on Google's own pages.

    async def act(
        self,
        person: PersonId,
        method: str,
        pair: Pair,
        at: datetime | None = None,
        body: Json | None = None,
        *,
        event: str = "",
    ) -> None:
        """To the series, or to its date of this original start."""
        name = event or await self.event(pair)
        if at is not None and event:
            name = f"{name}_{at:%Y%m%dT%H%M%SZ}"
        elif found := self.entry_of(person, at):
            name = found.id
        where = {"calendarId": "primary", "eventId": name}
        self.google.act(
            self.emails[person], f"events.{method}", where, body, sendUpdates="none"
        )

    async def deletes(
        self, person: PersonId, pair: Pair, at: datetime | None = None
    ) -> None:
        await self.act(person, "delete", pair, at)

    async def answers(
        self, person: PersonId, pair: Pair, said: str, at: datetime | None = None
    ) -> None:
        """The organiser may answer too."""
        guests = [
            {"email": one, "responseStatus": self._said(one, pair, said, person, at)}
            for one in self.emails.values()
        ]
        await self.act(person, "patch", pair, at, {"attendees": guests})

    def _said(
        self, one: str, pair: Pair, said: str, person: PersonId, at: datetime | None
    ) -> str:
        if one == self.emails[person]:
            return said
        entry = self.entry_of(person, at)
        guests = entry.guests() if entry else ()
        answers = {g["email"]: g["responseStatus"] for g in guests}
        return str(answers.get(one, "needsAction"))

    def entry_of(self, person: PersonId, at: datetime | None) -> Entry | None:
        """What stands in a person's own calendar: all of it, or the date of a part.

        None where no part has the date any more; of all of it the first that stands.
        """
        entries = self.google.world.calendars[self.emails[person]].entries
        masters = [
            one
            for one in entries.values()
            if one.body.get("recurrence") and not one.is_cancelled
        ]
        if at is None:
            return masters[0] if masters else None
        told = {"dateTime": at.isoformat().replace("+00:00", "Z")}
        for master in masters:
            if series_of(master).holds(told):
                name = f"{master.id}_{at:%Y%m%dT%H%M%SZ}"
                return entries.get(name) or instance(master, told)
        return None

    async def drags(self, person: PersonId, pair: Pair, by: timedelta) -> None:
        """All of the series, in their own copy; the organiser's is everybody's."""
        name = await self.event(pair)
        entry = self.google.world.calendars[self.emails[person]].entries[name]
        start, end = (_shifted(entry.body[key], by) for key in ("start", "end"))
        await self.act(person, "patch", pair, None, {"start": start, "end": end})

    async def moves(
        self, person: PersonId, pair: Pair, at: datetime, span: Span
    ) -> None:
        """One date."""
        times = {
            "start": {"dateTime": span.start.isoformat()},
            "end": {"dateTime": span.end.isoformat()},
        }
        await self.act(person, "patch", pair, at, times)

    async def cuts(self, person: PersonId, pair: Pair, at: datetime) -> None:
        """'Delete this and following'."""
        world = end_before(
            self.google.world,
            self.emails[person],
            await self.event(pair),
            _instant(at),
            self.clock.now(),
        )
        self.google.become(world)

    async def splits(
        self, person: PersonId, pair: Pair, at: datetime, change: Json
    ) -> str:
        """'This and following', edited."""
        world, name = split(
            self.google.world,
            self.emails[person],
            self._master(person, at) or await self.event(pair),
            _instant(at),
            (change, self.clock.now()),
        )
        self.google.become(world)
        return name

    def _master(self, person: PersonId, at: datetime) -> str:
        found = self.entry_of(person, at)
        return (found.master or "") if found else ""

    # For the eyes of tests.

    async def event(self, pair: Pair) -> str:
        series: Series = await self.standing(pair)
        return event_id(series.uid, 1)

    async def start(self, pair: Pair, number: int) -> datetime:
        return (await self.meeting(pair, number)).key.original_start

    async def live(self, pair: Pair) -> list[Meeting]:
        return [m for m in (await self.standing(pair)).meetings if m.is_live]

    async def objects(self, person: PersonId) -> list[CalendarObject]:
        """What is known of everything in their calendars."""
        async with self.store(read_only=True) as uow:
            return [
                one
                for connection in await uow.calendars.of_person(person)
                for one in await uow.calendars.objects(connection.id)
            ]

    def asked(self, *methods: str) -> int:
        """How many calls were made; of all methods, or of these."""
        return sum(not methods or one.method in methods for one in self.google.requests)


def asked(asking: Asking, request: Request, operation: Operation) -> Mapping[str, Any]:
    """One call, its refusal as the port has it."""
    try:
        return asking(request)
    except Refusal as refusal:
        found = error(refusal.failure, operation)
    if found is None:
        return {}
    raise found


def _instant(at: datetime) -> dict[str, str]:
    return {"dateTime": at.isoformat(), "timeZone": "UTC"}


def _shifted(told: Mapping[str, str], by: timedelta) -> dict[str, str]:
    when = datetime.fromisoformat(told["dateTime"]) + by
    return {**told, "dateTime": when.isoformat()}
