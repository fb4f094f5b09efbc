"""The methods that write events: a world and a call in, a world and an answer out."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from integrations.google.fake.drafts import (
    OWN_ID,
    checked,
    conference,
    event_type,
    merged,
    writable,
)
from integrations.google.fake.finding import calendar_of, check_live, entry_of
from integrations.google.fake.guests import (
    answer_of,
    answered,
    common,
    emails,
    is_organizer,
    put,
    reply,
    spread,
)
from integrations.google.fake.notices import check_told, told
from integrations.google.fake.problems import (
    DELETED,
    DUPLICATE,
    FORBIDDEN,
    NON_ORGANIZER,
    Answered,
    Json,
    bad_request,
    forbidden,
    invalid,
    required,
)
from integrations.google.fake.times import rfc3339
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


def insert(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.insert, with an id of the client's own or one that Google makes."""
    calendar = calendar_of(world, call)
    name = _new_id(world, call, calendar)
    kind = event_type(call.body, primary=calendar.is_primary)
    body = checked(writable(call.body, call.query, {}), calendar.zone)
    if body.get("status") == "cancelled":
        raise invalid("Invalid value for: status", "status")
    body |= _born(world, call, calendar, name)
    body |= {"eventType": kind} if kind != "default" else {}
    body |= {"privateCopy": True} if call.body.get("privateCopy") else {}
    body = _with_defaults(body, calendar, name)
    world = put(world, calendar.id, name, body, call.now)
    return _done(world, call, calendar, (None, name), behaviour)


def _new_id(world: World, call: Call, calendar: Calendar) -> str:
    given: str | None = call.body.get("id")
    uid: str | None = call.body.get("iCalUID")
    if given is not None and uid not in {None, f"{given}@google.com"}:
        raise invalid("Give either an id or an iCalUID, not both.", "iCalUID")
    if given is not None and not OWN_ID.fullmatch(given):
        raise invalid("Invalid resource id value.", "id")
    if given in calendar.entries:
        raise Answered(DUPLICATE)
    if uid and any(one.body["iCalUID"] == uid for one in calendar.entries.values()):
        raise Answered(DUPLICATE)
    return given or _made_up(f"{calendar.id}/{world.change}")


def _made_up(seed: str) -> str:
    digits = "0123456789abcdefghijklmnopqrstuv"
    return "".join(digits[byte % 32] for byte in sha256(seed.encode()).digest()[:26])


def _born(world: World, call: Call, calendar: Calendar, name: str) -> Json:
    account = world.accounts[calendar.owner]
    title = {"displayName": calendar.summary}
    organizer = {"email": calendar.id, **({} if calendar.is_primary else title)}
    return {
        "iCalUID": call.body.get("iCalUID") or f"{name}@google.com",
        "created": rfc3339(call.now),
        "creator": {"email": account.email},
        "organizer": organizer,
        "status": call.body.get("status") or "confirmed",
        "sequence": call.body.get("sequence") or 0,
    }


def _with_defaults(body: Json, calendar: Calendar, name: str) -> Json:
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


def patch(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.patch: what is named changes, arrays whole, null takes away."""
    calendar = calendar_of(world, call)
    entry = entry_of(calendar, call, behaviour)
    given = writable(call.body, call.query, {})
    return _changed(
        world, call, (calendar, entry), merged(entry.body, given), behaviour
    )


def update(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.update: what is not named is taken away."""
    calendar = calendar_of(world, call)
    entry = entry_of(calendar, call, behaviour)
    for name in ("start", "end"):
        if not call.body.get(name):
            raise required(name, kind="body")
    fixed = {
        k: v
        for k, v in entry.body.items()
        if k in _FIXED or (k == "sequence" and "sequence" not in call.body)
    }
    given = writable(call.body, call.query, entry.body)
    body = {"status": "confirmed", **fixed, **given}
    return _changed(world, call, (calendar, entry), body, behaviour)


_FIXED = frozenset(
    [
        "iCalUID",
        "created",
        "creator",
        "organizer",
        "recurringEventId",
        "originalStartTime",
        "eventType",
        "imported",
        "privateCopy",
    ]
)


def _changed(
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
    fresh = _with_defaults(fresh, calendar, entry.id)
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
    return _done(world, call, calendar, (entry, entry.id), behaviour)


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
    if emails(old) != emails(new) and not entry.body.get("imported"):
        raise Answered(NON_ORGANIZER)
    mine = (one for one in body.get("attendees", ()) if one["email"] == calendar.id)
    given: Json = next(mine, {})
    own = answered({**body, "attendees": list(entry.guests())}, calendar.id, given)
    said = answer_of(own, calendar.id) != answer_of(entry.body, calendar.id)
    if said:
        check_told(call, entry, own, calendar, behaviour)
    if not own["attendees"]:
        del own["attendees"]
    world = put(world, calendar.id, entry.id, own, call.now)
    if said:
        world = reply(world, calendar.id, entry, given, call.now)
    return _done(world, call, calendar, (entry, entry.id), behaviour)


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
    return _done(world, call, calendar, (entry, entry.id), behaviour)


def delete(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.delete: the organiser cancels, a guest takes the own copy away."""
    calendar = calendar_of(world, call)
    entry = entry_of(calendar, call, behaviour)
    if entry.is_cancelled:
        raise Answered(DELETED)
    body = {**entry.body, "status": "cancelled"}
    check_told(call, entry, body, calendar, behaviour)
    if is_organizer(calendar, entry.body):
        body["sequence"] = body.get("sequence", 0) + 1
        world = put(world, calendar.id, entry.id, body, call.now)
        return _done(world, call, calendar, (entry, entry.id), behaviour)[0], None
    declined = {"responseStatus": "declined"}
    if behaviour.deleting_declines:
        body = answered(body, calendar.id, declined)
    world = put(world, calendar.id, entry.id, body, call.now)
    if behaviour.deleting_declines:
        world = reply(world, calendar.id, entry, declined, call.now)
        # What comes back must not bring the own copy back.
        world = put(world, calendar.id, entry.id, body, call.now)
    return _done(world, call, calendar, (entry, entry.id), behaviour)[0], None


def import_(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.import: a private copy; the same iCalUID again changes that copy."""
    calendar = calendar_of(world, call)
    uid = call.body.get("iCalUID")
    if not uid:
        raise required("iCalUID", kind="body")
    found = next(
        (
            e
            for e in calendar.entries.values()
            if e.body["iCalUID"] == uid and not e.master
        ),
        None,
    )
    body = checked(writable(call.body, call.query, {}), calendar.zone)
    organizer = call.body.get("organizer") or {"email": calendar.id}
    if calendar.id not in emails(body) | {organizer["email"]}:
        message = (
            "The owner of the calendar must either be the organizer or an attendee."
        )
        raise bad_request("participantIsNeitherOrganizerNorAttendee", message)
    if found is not None and body.get("sequence", 0) < found.body.get("sequence", 0):
        raise invalid("Invalid sequence value.", "sequence")
    name = found.id if found else f"_{_made_up(f'{calendar.id}/{uid}')}"
    body = {**_born(world, call, calendar, name), **body}
    body |= {"organizer": dict(organizer), "imported": True}
    body = _with_defaults(body, calendar, name)
    world = put(world, calendar.id, name, body, call.now)
    after = world.calendars[calendar.id]
    return world, Lens.of(call, after, behaviour).event(after.entries[name])


def move(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.move: another calendar, and with it another organiser."""
    source = calendar_of(world, call)
    entry = entry_of(source, call, behaviour)
    target = calendar_of(world, call, call.query["destination"])
    check_live(entry)
    if entry.master or entry.body.get("eventType", "default") != "default":
        raise bad_request("cannotBeMoved", "This event cannot be moved.")
    if not is_organizer(source, entry.body):
        raise forbidden("forbiddenForNonOrganizer", "Only the organizer moves events.")
    if entry.id in target.entries:
        raise Answered(DUPLICATE)
    check_told(call, entry, entry.body, source, behaviour)
    name = {} if target.is_primary else {"displayName": target.summary}
    body = {**entry.body, "organizer": {"email": target.id, **name}}
    exceptions = list(source.exceptions(entry.id))
    world = put(world, target.id, entry.id, body, call.now)
    for one in exceptions:
        other = {**one.body, "organizer": body["organizer"]}
        world = put(world, target.id, one.id, other, call.now)
    gone = {**entry.body, "status": "cancelled"}
    world = put(world, source.id, entry.id, gone, call.now)
    return _done(world, call, target, (entry, entry.id), behaviour)


def _done(
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
