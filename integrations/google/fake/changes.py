"""An event as it is to be: by the organiser for everybody, by a guest for the copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.google.fake.drafts import checked, conference
from integrations.google.fake.guests import (
    answer_of,
    answered,
    common,
    emails,
    invited_too,
    is_organizer,
    put,
    reply,
    spread,
)
from integrations.google.fake.notices import check_told, told
from integrations.google.fake.problems import (
    FORBIDDEN,
    NON_ORGANIZER,
    Answered,
    Json,
    invalid,
)
from integrations.google.fake.views import Lens
from integrations.google.fake.world import (
    Behaviour,
    Calendar,
    Call,
    Entry,
    Outcome,
    World,
)

_TIMES = ("start", "end", "recurrence", "status")


def with_defaults(body: Json, calendar: Calendar, name: str) -> Json:
    """Guests who have not answered yet, and the conference that was asked for."""
    guests = []
    for guest in body.get("attendees", ()):
        own = "accepted" if guest["email"] == calendar.id else "needsAction"
        kept = {k: v for k, v in guest.items() if k not in {"self", "organizer"}}
        guests.append({"responseStatus": own, **kept})
    if guests:
        body = {**body, "attendees": guests}
    if body.get("conferenceData"):
        made = conference(body["conferenceData"], name)
        link = next((e["uri"] for e in made.get("entryPoints", ()) if "uri" in e), "")
        body = {**body, "conferenceData": made, "hangoutLink": link}
    elif "conferenceData" in body or "hangoutLink" in body:
        gone = {"conferenceData", "hangoutLink"}
        body = {k: v for k, v in body.items() if k not in gone}
    return body


def changed(
    world: World,
    call: Call,
    where: tuple[Calendar, Entry],
    body: Mapping[str, Any],
    behaviour: Behaviour,
) -> Outcome:
    """An event as it is to be, by whoever's calendar it stands in."""
    calendar, entry = where
    fresh = checked(body, calendar.zone)
    if fresh.get("recurrence") and entry.master:
        raise invalid("An instance has no recurrence.", "recurrence")
    fresh = _keeping_answers(fresh, entry, own=call.body.get("attendeesOmitted"))
    fresh = with_defaults(fresh, calendar, entry.id)
    if fresh["sequence"] < entry.body.get("sequence", 0):
        raise invalid("Invalid sequence value.", "sequence")
    if not is_organizer(calendar, entry.body):
        return _by_guest(world, call, where, fresh, behaviour)
    check_told(call, entry, fresh, calendar, behaviour)
    fresh = _counted(fresh, entry)
    if _is_reminders_alone(entry, fresh):
        world = world.write(calendar.id, entry.id, fresh, call.now, silent=True)
    else:
        world = put(world, calendar.id, entry.id, fresh, call.now)
    return done(world, call, calendar, (entry, entry.id), behaviour)


def _keeping_answers(body: Json, entry: Entry, *, own: bool | None) -> Json:
    """A guest named again without an answer keeps the one that was given.

    With `attendeesOmitted` (`own`) those who are named answer, the rest stay.
    """
    if "attendees" not in body:
        return body
    if own:
        out = {**body, "attendees": list(entry.guests())}
        for guest in body["attendees"]:
            out = answered(out, guest["email"], guest)
        return out
    old = {guest["email"]: guest for guest in entry.guests()}
    kept = [{**_answer(old.get(one["email"], {})), **one} for one in body["attendees"]]
    return {**body, "attendees": kept}


def _answer(guest: Mapping[str, Any]) -> Json:
    return {k: guest[k] for k in ("responseStatus", "comment") if k in guest}


def _counted(body: Json, entry: Entry) -> Json:
    """SEQUENCE goes up when a time, the rule or the status has changed."""
    same = all(body.get(key) == entry.body.get(key) for key in _TIMES)
    if same or body["sequence"] > entry.body.get("sequence", 0):
        return body
    return {**body, "sequence": body["sequence"] + 1}


def _is_reminders_alone(entry: Entry, body: Json) -> bool:
    was = {k: v for k, v in entry.body.items() if k != "reminders"}
    now = {k: v for k, v in body.items() if k != "reminders"}
    return was == now and entry.body.get("reminders") != body.get("reminders")


def _by_guest(
    world: World,
    call: Call,
    where: tuple[Calendar, Entry],
    body: Json,
    behaviour: Behaviour,
) -> Outcome:
    """A guest's change: the answer goes to everybody, all else stays in this copy."""
    calendar, entry = where
    old, new = common(entry.body), common(body)
    if old.get("extendedProperties") != new.get("extendedProperties"):
        raise Answered(NON_ORGANIZER)
    if entry.body.get("guestsCanModify"):
        return _for_everybody(world, call, where, body, behaviour)
    extra = _invited(entry, body)
    mine = (one for one in body.get("attendees", ()) if one["email"] == calendar.id)
    given: Json = next(mine, {})
    own = answered({**body, "attendees": list(entry.guests())}, calendar.id, given)
    said = answer_of(own, calendar.id) != answer_of(entry.body, calendar.id)
    if said or extra:
        check_told(call, entry, own, calendar, behaviour)
    if not own["attendees"]:
        del own["attendees"]
    world = put(world, calendar.id, entry.id, own, call.now)
    if said:
        world = reply(world, calendar.id, entry, given, call.now)
    if extra:
        world = invited_too(world, entry, extra, call.now)
    return done(world, call, calendar, (entry, entry.id), behaviour)


def _invited(entry: Entry, body: Mapping[str, Any]) -> list[Json]:
    """Whom a guest adds to the list; nobody can be taken off it."""
    old, new = emails(entry.body), emails(body)
    may = entry.body.get("guestsCanInviteOthers") is not False
    if old - new or (new - old and not may):
        raise Answered(NON_ORGANIZER)
    return [one for one in body.get("attendees", ()) if one["email"] in new - old]


def _for_everybody(
    world: World,
    call: Call,
    where: tuple[Calendar, Entry],
    body: Json,
    behaviour: Behaviour,
) -> Outcome:
    """With `guestsCanModify` a guest's change is made in the organiser's copy."""
    calendar, entry = where
    lead = world.calendars.get(entry.body["organizer"]["email"])
    before = lead.entries.get(entry.id) if lead else None
    if lead is None or before is None:
        raise Answered(FORBIDDEN)
    check_told(call, entry, body, calendar, behaviour)
    both = _counted({**before.body, **common(body)}, before)
    world = put(world, lead.id, entry.id, both, call.now)
    after = world.calendars[lead.id].entries[entry.id]
    world = spread(world, lead.id, before, after, call.now)
    mine = {**body, **common(both)}
    world = put(world, calendar.id, entry.id, mine, call.now)
    return done(world, call, calendar, (entry, entry.id), behaviour)


def done(
    world: World,
    call: Call,
    calendar: Calendar,
    change: tuple[Entry | None, str],
    behaviour: Behaviour,
) -> Outcome:
    """Tell the guests, send the mails, and show the event as it stands."""
    before, name = change
    after = world.calendars[calendar.id].entries[name]
    if is_organizer(calendar, after.body):
        world = spread(world, calendar.id, before, after, call.now)
    if before is None:
        check_told(call, after, after.body, calendar, behaviour)
    world = world.with_mails(*told(world, call, calendar, before, after))
    now = world.calendars[calendar.id]
    return world, Lens.of(call, now, behaviour).event(now.entries[name])
