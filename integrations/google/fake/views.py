"""An entry as its calendar shows it to one who may see this much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from integrations.google.fake.drafts import zone_or_home
from integrations.google.fake.problems import Json
from integrations.google.fake.repeats import Series
from integrations.google.fake.times import (
    between,
    moved,
    named_zone,
    rfc3339,
    shown,
    stamp,
)
from integrations.google.fake.world import (
    SCOPE,
    Behaviour,
    Calendar,
    Call,
    Entry,
    FreeBusy,
)

FREEBUSY_ONLY = frozenset({f"{SCOPE}calendar.events.freebusy"})
#: What free/busy readers see of a master or an event: times, and what gives them.
_TIMES = frozenset(
    [
        "kind",
        "etag",
        "id",
        "status",
        "iCalUID",
        "start",
        "end",
        "transparency",
        "eventType",
        "recurrence",
        "sequence",
        "recurringEventId",
        "originalStartTime",
        "updated",
        "endTimeUnspecified",
    ]
)


@dataclass(frozen=True, slots=True)
class Lens:
    """One calendar, looked at by one call."""

    calendar: Calendar
    zone: str
    max_attendees: int | None
    times_only: bool
    behaviour: Behaviour

    @staticmethod
    def of(call: Call, calendar: Calendar, behaviour: Behaviour) -> Lens:
        """What this call may see; `call.scopes` are those that let it in."""
        return Lens(
            calendar=calendar,
            zone=zone_or_home(call.query.get("timeZone"), calendar.zone),
            max_attendees=call.query.get("maxAttendees"),
            times_only=call.scopes_for(calendar) <= FREEBUSY_ONLY,
            behaviour=behaviour,
        )

    @property
    def is_anonymous(self) -> bool:
        """Whether only nameless instances are shown."""
        return self.times_only and self.behaviour.freebusy is FreeBusy.ANONYMOUS

    def event(self, entry: Entry) -> Json:
        """The resource of one entry."""
        if entry.is_cancelled and entry.master and self.behaviour.sparse:
            return {"id": entry.id, "status": "cancelled"}
        whole = self._whole(entry)
        if self.is_anonymous:
            kept = {k: whole[k] for k in ("kind", "status", "start", "end")}
            return {**kept, "id": anonymous(entry)}
        if self.times_only:
            return {name: whole[name] for name in whole.keys() & _TIMES}
        return whole

    def deleted(self, entry: Entry) -> Json:
        """What a delta says of one that is gone: no more than is guaranteed."""
        if not entry.master:
            head = {"kind": "calendar#event", "etag": entry.etag, "id": entry.id}
            return {**head, "status": "cancelled"}
        whole = self.event(entry)
        kept = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
        return {name: whole[name] for name in kept if name in whole}

    def _whole(self, entry: Entry) -> Json:
        body, zone = entry.body, named_zone(self.zone)
        out = {k: v for k, v in body.items() if v and k not in {"source", "imported"}}
        for name in ("start", "end", "originalStartTime"):
            if name in body:
                out[name] = shown(body[name], zone)
        denied = ("guestsCanInviteOthers", "guestsCanSeeOtherGuests")
        out |= {name: False for name in denied if body.get(name) is False}
        for name in ("creator", "organizer"):
            out[name] = self._person(body[name])
        if body["creator"]["email"] == self.calendar.owner and body.get("source"):
            out["source"] = body["source"]
        self._add_guests(out, body)
        return {
            **out,
            "kind": "calendar#event",
            "etag": entry.etag,
            "id": entry.id,
            "status": body.get("status", "confirmed"),
            "updated": rfc3339(entry.updated),
            "sequence": body.get("sequence", 0),
            "reminders": body.get("reminders") or {"useDefault": True},
            "eventType": body.get("eventType", "default"),
            "htmlLink": f"https://www.google.com/calendar/event?eid={entry.id}",
        }

    def _person(self, person: Mapping[str, Any]) -> Json:
        me = {"self": True} if person["email"] == self.calendar.id else {}
        return {**person, **me}

    def _add_guests(self, out: Json, body: Mapping[str, Any]) -> None:
        organizer = body["organizer"]["email"]
        guests = []
        for guest in body.get("attendees", ()):
            flag = {"organizer": True} if guest["email"] == organizer else {}
            guests.append({**self._person(guest), **flag})
        if (
            body.get("guestsCanSeeOtherGuests") is False
            and organizer != self.calendar.id
        ):
            guests = [guest for guest in guests if guest.get("self")]
        most = self.max_attendees
        if most is not None and len(guests) > most:
            guests = [guest for guest in guests if guest.get("self")]
            out["attendeesOmitted"] = True
        out.pop("attendees", None)
        if guests:
            out["attendees"] = guests


def anonymous(entry: Entry) -> str:
    """A name that tells nothing, the same while the time is the same."""
    told = f"{entry.id}/{entry.body['start']}/{entry.body['end']}"
    return sha256(told.encode()).hexdigest()[:26]


def instance(master: Entry, original: Mapping[str, str]) -> Entry:
    """One meeting of a series that has no exception there: it is nowhere stored."""
    body = dict(master.body)
    del body["recurrence"]
    long = between(body["start"], body["end"])
    body |= {
        "start": dict(original),
        "end": moved(original, long),
        "originalStartTime": dict(original),
        "recurringEventId": master.id,
    }
    name = f"{master.id}_{stamp(original)}"
    return Entry(name, body, master.change, master.updated, master.hidden)


def series_of(master: Entry) -> Series:
    """The rhythm of a master."""
    return Series.of(master.body["start"], master.body.get("recurrence", ()))
