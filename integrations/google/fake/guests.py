"""How a write to one copy of an event reaches the copies of the others.

The organiser's copy leads. What changes there and belongs to everybody reaches the
guests' copies; of a guest's copy only the answer goes back, unless `guestsCanModify`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.google.fake.finding import instance_called
from integrations.google.fake.problems import Json
from integrations.google.fake.views import series_of
from integrations.google.fake.world import Calendar, Entry, World

#: What all copies have in common; the rest is each person's own.
COMMON = [
    "summary",
    "description",
    "location",
    "start",
    "end",
    "recurrence",
    "status",
    "attendees",
    "organizer",
    "creator",
    "iCalUID",
    "sequence",
    "created",
    "recurringEventId",
    "originalStartTime",
    "eventType",
    "guestsCanModify",
    "guestsCanInviteOthers",
    "guestsCanSeeOtherGuests",
    "conferenceData",
    "hangoutLink",
    "attachments",
    "visibility",
]


def common(body: Mapping[str, Any]) -> Json:
    """What of a body belongs to everybody."""
    out = {name: body[name] for name in COMMON if name in body}
    shared = body.get("extendedProperties", {}).get("shared")
    if shared:
        out["extendedProperties"] = {"shared": shared}
    return out


def emails(body: Mapping[str, Any] | None) -> frozenset[str]:
    """The addresses of an event's guests."""
    return frozenset(guest["email"] for guest in (body or {}).get("attendees", ()))


def is_organizer(calendar: Calendar, body: Mapping[str, Any]) -> bool:
    """Whether this calendar's copy is the one that leads."""
    return bool(body["organizer"]["email"] == calendar.id)


def put(
    world: World,
    calendar: str,
    entry: str,
    body: Mapping[str, Any],
    now: datetime,
) -> World:
    """Write one copy, and cancel the exceptions that its new rule does not reach."""
    before = world.calendars[calendar].entries.get(entry)
    world = world.write(calendar, entry, body, now)
    if before is None:
        return world
    was, now_is = before.body, body
    if was.get("status") == "cancelled" != now_is.get("status"):
        return _again(world, calendar, entry, now)
    keys = ("start", "recurrence")
    if any(was.get(key) != now_is.get(key) for key in keys):
        return _settled(world, calendar, entry, now)
    return world


def _again(world: World, calendar: str, master: str, now: datetime) -> World:
    """A series that was deleted stands again: so do its exceptions."""
    for one in list(world.calendars[calendar].exceptions(master)):
        world = world.write(calendar, one.id, one.body, now, hidden=one.hidden)
    return world


def _settled(world: World, calendar: str, master: str, now: datetime) -> World:
    """Exceptions whose date the rule no longer yields are cancelled."""
    where = world.calendars[calendar]
    series = series_of(where.entries[master])
    for one in list(where.exceptions(master)):
        if not one.is_cancelled and not series.holds(one.body["originalStartTime"]):
            body = {**one.body, "status": "cancelled"}
            world = world.write(calendar, one.id, body, now)
    return world


def spread(
    world: World, name: str, before: Entry | None, after: Entry, now: datetime
) -> World:
    """Bring an organiser's write to the guests who have accounts."""
    if after.body.get("imported") or after.body.get("privateCopy"):
        return world
    old, new = (before.body if before else None), after.body
    for email in sorted(emails(old) | emails(new)):
        if email != name and email in world.accounts:
            world = _to_guest(world, email, old, after, now)
    return world


def _to_guest(
    world: World,
    email: str,
    old: Json | Mapping[str, Any] | None,
    after: Entry,
    now: datetime,
) -> World:
    where, new = world.calendars[email], after.body
    copy = where.entries.get(after.id) or instance_called(where, after.id)
    invited = email in emails(new) and new.get("status") != "cancelled"
    if not invited:
        if copy is None or copy.is_cancelled:
            return world
        return put(world, email, after.id, {**copy.body, "status": "cancelled"}, now)
    fresh = copy is None or email not in emails(old)
    restored = bool(old) and (old or {}).get("status") == "cancelled"
    if copy is not None and copy.is_cancelled and not (fresh or restored):
        return world  # deleted by the guest: it stays so
    if copy is None or fresh or restored:
        return _invite(world, email, after, now, kept=copy)
    changed = _changes(common(old or {}), common(new))
    if not changed and not copy.body.get("recurringEventId"):
        return world
    return _put_keeping_hidden(world, email, copy, _laid(copy.body, changed), now)


def _changes(old: Json, new: Json) -> Json:
    return {k: new.get(k) for k in old.keys() | new.keys() if old.get(k) != new.get(k)}


def _laid(own: Mapping[str, Any], changed: Mapping[str, Any]) -> Json:
    """A copy with what has changed in the other; None takes away."""
    out = dict(own)
    for name, value in changed.items():
        if name == "extendedProperties":
            value = {**own.get(name, {}), **(value or {"shared": {}})}  # noqa: PLW2901
        if value is None:
            out.pop(name, None)
        else:
            out[name] = value
    return out


def _put_keeping_hidden(
    world: World, email: str, copy: Entry, body: Json, now: datetime
) -> World:
    world = put(world, email, copy.id, body, now)
    if not copy.hidden:
        return world
    return world.write(email, copy.id, body, now, hidden=True)


def _invite(
    world: World, email: str, after: Entry, now: datetime, *, kept: Entry | None
) -> World:
    own = {k: v for k, v in (kept.body if kept else {}).items() if k == "reminders"}
    body = {**own, **common(after.body)}
    world = put(world, email, after.id, body, now)
    answer = answer_of(body, email)
    if world.accounts[email].hides and answer == "needsAction":
        world = world.write(email, after.id, body, now, hidden=True)
    return world


def answer_of(body: Mapping[str, Any], email: str) -> str | None:
    """What this guest has answered; None for one who is not invited."""
    for guest in body.get("attendees", ()):
        if guest["email"] == email:
            return str(guest.get("responseStatus", "needsAction"))
    return None


def answered(body: Mapping[str, Any], email: str, given: Mapping[str, Any]) -> Json:
    """The body with this guest's own words in it."""
    own = ("responseStatus", "comment", "additionalGuests", "displayName")
    words = {k: given[k] for k in own if given.get(k) is not None}
    guests = [
        {**guest, **words} if guest["email"] == email else guest
        for guest in body.get("attendees", ())
    ]
    return {**body, "attendees": guests}


def reply(
    world: World, email: str, entry: Entry, given: Mapping[str, Any], now: datetime
) -> World:
    """Bring a guest's answer to the organiser's copy, and from there to all others."""
    name = entry.body["organizer"]["email"]
    where = world.calendars.get(name)
    if where is None:
        return world  # the organiser is not at Google: a mail is all there is
    lead = where.entries.get(entry.id) or instance_called(where, entry.id)
    if lead is None or lead.is_cancelled or email not in emails(lead.body):
        return world
    world = put(world, name, lead.id, answered(lead.body, email, given), now)
    after = world.calendars[name].entries[lead.id]
    return spread(world, name, lead, after, now)


def invited_too(world: World, entry: Entry, extra: list[Json], now: datetime) -> World:
    """More guests, whom a guest has invited (`guestsCanInviteOthers`)."""
    name = entry.body["organizer"]["email"]
    where = world.calendars.get(name)
    lead = None
    if where is not None:
        lead = where.entries.get(entry.id) or instance_called(where, entry.id)
    if lead is None or lead.is_cancelled:
        return world
    body = {**lead.body, "attendees": [*lead.guests(), *extra]}
    world = put(world, name, lead.id, body, now)
    after = world.calendars[name].entries[lead.id]
    return spread(world, name, lead, after, now)
