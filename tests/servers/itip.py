"""A small iTIP client: what a calendar does with the invitations it gets by mail.

Written from the tables of RFC 5546 sections 3.2.2 and 3.2.5, on icalendar's parser; it
shares no code with what it checks. It never forgives: an older SEQUENCE, or an equal
one with an older DTSTAMP, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import icalendar
import recurring_ical_events

LONG_AGO, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@dataclass
class ItipClient:
    email: str
    #: By UID: the master (or None), and what is known of single instances.
    masters: dict[str, icalendar.Event] = field(default_factory=dict)
    instances: dict[str, dict[datetime, icalendar.Event]] = field(default_factory=dict)
    zones: dict[str, list[icalendar.Timezone]] = field(default_factory=dict)
    #: Messages that were too old to count.
    stale: int = 0

    def receive(self, octets: bytes) -> None:
        calendar: Any = icalendar.Calendar.from_ical(octets)
        method = str(calendar["METHOD"])
        events = list(calendar.events)
        self.zones[str(events[0]["UID"])] = list(calendar.timezones)
        master = next((e for e in events if "RECURRENCE-ID" not in e), None)
        if master is not None:
            self._whole(method, master, events)
            return
        for event in events:
            self._instance(method, event)

    def _whole(
        self, method: str, master: icalendar.Event, events: list[icalendar.Event]
    ) -> None:
        uid = str(master["UID"])
        known = self.masters.get(uid)
        newest = [e for e in (known, *self.instances.get(uid, {}).values()) if e]
        if method == "CANCEL":
            if any(number(master) <= number(e) for e in newest):
                self.stale += 1
                return
            self.masters[uid] = master
            self.instances[uid] = {}
            return
        if known is not None and version(master) < version(known):
            self.stale += 1
            return
        self.masters[uid] = master
        self.instances[uid] = {original(e): e for e in events if "RECURRENCE-ID" in e}

    def _instance(self, method: str, event: icalendar.Event) -> None:
        uid, at = str(event["UID"]), original(event)
        known = self.instances.setdefault(uid, {}).get(at, self.masters.get(uid))
        newer = known is None or (
            number(event) > number(known)
            if method == "CANCEL"
            else version(event) >= version(known)
        )
        if newer:
            self.instances[uid][at] = event
        else:
            self.stale += 1

    def meetings(self) -> set[tuple[str, datetime, datetime]]:
        """(UID, start, end) of everything that stands."""
        return {found for uid in self.masters for found in self._standing(uid)}

    def _standing(self, uid: str) -> Iterator[tuple[str, datetime, datetime]]:
        master, changed = self.masters[uid], self.instances.get(uid, {})
        if str(master.get("STATUS")) == "CANCELLED":
            return
        calendar = icalendar.Calendar()
        for zone in self.zones[uid]:
            calendar.add_component(zone)
        calendar.add_component(master)
        for event in recurring_ical_events.of(calendar).between(LONG_AGO, FAR):
            if event.start.astimezone(UTC) not in changed:
                yield uid, event.start.astimezone(UTC), event.end.astimezone(UTC)
        for event in changed.values():
            if str(event.get("STATUS")) != "CANCELLED":
                yield uid, event.start.astimezone(UTC), event.end.astimezone(UTC)

    def answer(
        self, uid: str, partstat: str, now: datetime, at: datetime | None = None
    ) -> bytes:
        """A REPLY to the whole object, or to one instance."""
        master = self.masters[uid]
        said = self.instances.get(uid, {}).get(at, master) if at else master
        event = icalendar.Event()
        event.add("UID", uid)
        event.add("DTSTAMP", now)
        event.add("SEQUENCE", number(said))
        if at:
            event.add("RECURRENCE-ID", at.astimezone(master.start.tzinfo))
        event["ORGANIZER"] = master["ORGANIZER"]
        event.add("ATTENDEE", f"mailto:{self.email}", {"PARTSTAT": partstat})
        calendar = icalendar.Calendar()
        calendar.add("VERSION", "2.0")
        calendar.add("PRODID", "-//A small iTIP client//EN")
        calendar.add("METHOD", "REPLY")
        calendar.add_component(event)
        return calendar.to_ical()

    def answer_mail(
        self,
        uid: str,
        partstat: str,
        *,
        to: str,
        now: datetime,
        at: datetime | None = None,
    ) -> EmailMessage:
        """The same as a mail (RFC 6047)."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.email, to
        mail["Subject"] = f"{partstat.title()}: the meeting"
        mail["Date"] = now
        mail.set_content(f"{self.email} has answered: {partstat.lower()}.")
        mail.add_alternative(
            self.answer(uid, partstat, now, at).decode(),
            subtype="calendar",
            params={"method": "REPLY"},
        )
        return mail


def number(event: icalendar.Event) -> int:
    return int(event.get("SEQUENCE", 0))


def version(event: icalendar.Event) -> tuple[int, datetime]:
    return number(event), event["DTSTAMP"].dt


def original(event: icalendar.Event) -> datetime:
    at: datetime = event["RECURRENCE-ID"].dt
    return at.astimezone(UTC)
