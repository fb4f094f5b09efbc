"""The methods that write events: a world and a call in, a world and an answer out."""

from __future__ import annotations

from hashlib import sha256

from integrations.google.fake.changes import changed, done, with_defaults
from integrations.google.fake.drafts import (
    OWN_ID,
    checked,
    event_type,
    merged,
    writable,
)
from integrations.google.fake.finding import calendar_of, check_live, entry_of
from integrations.google.fake.guests import (
    answered,
    emails,
    is_organizer,
    put,
    reply,
)
from integrations.google.fake.notices import check_told
from integrations.google.fake.problems import (
    DELETED,
    DUPLICATE,
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
    Outcome,
    World,
)


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
    body = with_defaults(body, calendar, name)
    world = put(world, calendar.id, name, body, call.now)
    return done(world, call, calendar, (None, name), behaviour)


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


def patch(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.patch: what is named changes, arrays whole, null takes away."""
    calendar = calendar_of(world, call)
    entry = entry_of(calendar, call, behaviour)
    given = writable(call.body, call.query, {})
    return changed(world, call, (calendar, entry), merged(entry.body, given), behaviour)


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
    return changed(world, call, (calendar, entry), body, behaviour)


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
        return done(world, call, calendar, (entry, entry.id), behaviour)[0], None
    declined = {"responseStatus": "declined"}
    if behaviour.deleting_declines:
        body = answered(body, calendar.id, declined)
    world = put(world, calendar.id, entry.id, body, call.now)
    if behaviour.deleting_declines:
        world = reply(world, calendar.id, entry, declined, call.now)
        # What comes back must not bring the own copy back.
        world = put(world, calendar.id, entry.id, body, call.now)
    return done(world, call, calendar, (entry, entry.id), behaviour)[0], None


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
    body = with_defaults(body, calendar, name)
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
    return done(world, call, target, (entry, entry.id), behaviour)
