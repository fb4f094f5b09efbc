"""calendarList.list and .get; calendars.insert, .get and .delete."""

from __future__ import annotations

from hashlib import sha256

from integrations.google.fake.finding import calendar_of
from integrations.google.fake.problems import Answered, Json, Problem, required
from integrations.google.fake.times import named_zone
from integrations.google.fake.tokens import (
    Page,
    begun,
    packed,
    page_bound,
    read_page,
)
from integrations.google.fake.world import (
    Behaviour,
    Calendar,
    Call,
    Outcome,
    World,
)

_PRIMARY = Problem(
    400, "cannotDeletePrimaryCalendar", "Use clear for primary calendars."
)


def insert(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """calendars.insert: a secondary calendar with an address of its own."""
    del behaviour
    if not call.body.get("summary"):
        raise required("summary", kind="body")
    seed = sha256(f"{call.user}/{world.change}".encode()).hexdigest()
    home = world.calendars[call.user].zone
    calendar = Calendar(
        id=f"c_{seed}@group.calendar.google.com",
        owner=call.user,
        summary=call.body["summary"],
        zone=named_zone(call.body.get("timeZone") or home).key,
        client=call.client,
        description=call.body.get("description") or "",
    )
    world = world.with_calendar(calendar)
    return world, _resource(world.calendars[calendar.id])


def get(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """calendars.get."""
    del behaviour
    return world, _resource(calendar_of(world, call))


def delete(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """calendars.delete, of a secondary one."""
    del behaviour
    calendar = calendar_of(world, call)
    if calendar.is_primary:
        raise Answered(_PRIMARY)
    return world.without_calendar(calendar.id), None


def list_entry(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """calendarList.get."""
    del behaviour
    return world, _entry(calendar_of(world, call))


def list_all(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """calendarList.list, in pages; FakeGoogle has no sync token for it."""
    page = Page(world.change, None, page_bound(call, call.user), begun(call))
    if "pageToken" in call.query:
        page = read_page(call.query["pageToken"], call, call.user)
    own = sorted(
        (one for one in world.calendars.values() if one.owner == call.user),
        key=lambda one: one.id,
    )
    left = [one for one in own if page.last is None or one.id > page.last]
    limit = behaviour.page_limit or 250
    size = min(call.query.get("maxResults", 100), 250, limit)
    answer: Json = {
        "kind": "calendar#calendarList",
        "etag": f'"{world.change:016d}"',
        "items": [_entry(one) for one in left[:size]],
    }
    if len(left) > size:
        last = left[size - 1].id
        answer["nextPageToken"] = packed(Page(page.upto, last, page.bound, page.at))
    return world, answer


def _resource(calendar: Calendar) -> Json:
    return {
        "kind": "calendar#calendar",
        "etag": f'"{calendar.change:016d}"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "dataOwner": calendar.owner,
        **({"description": calendar.description} if calendar.description else {}),
    }


def _entry(calendar: Calendar) -> Json:
    return {
        "kind": "calendar#calendarListEntry",
        "etag": f'"{calendar.change:016d}"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "accessRole": "owner",
        "selected": True,
        "defaultReminders": [],
        **({"primary": True} if calendar.is_primary else {}),
    }
