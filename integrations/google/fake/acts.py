"""What people do on Google's own pages, which no single API call does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.google.fake.drafts import checked, merged
from integrations.google.fake.guests import answered, put, spread
from integrations.google.fake.problems import not_found
from integrations.google.fake.repeats import cut
from integrations.google.fake.times import instant
from integrations.google.fake.views import instance, series_of
from integrations.google.fake.world import Calendar, Entry, World

_COUNT = re.compile(r"COUNT=(\d+)")


def end_before(
    world: World, calendar: str, master: str, original: Mapping[str, str], now: datetime
) -> World:
    """'Delete this and following': the rule ends earlier, and nothing else tells."""
    before = _master(world, calendar, master)
    if not series_of(before).holds(original):
        raise not_found()
    at = instant(original, world.calendars[calendar].zone)
    lines = cut(before.body["recurrence"], at, whole_days="date" in original)
    body = {**before.body, "recurrence": lines}
    body["sequence"] = body.get("sequence", 0) + 1
    return _led(world, calendar, (before, master), body, now)


def split(
    world: World,
    calendar: str,
    master: str,
    original: Mapping[str, str],
    change: tuple[Mapping[str, Any], datetime],
) -> tuple[World, str]:
    """'This and following', edited: the old one ends, `<old>_R<stamp>` goes on.

    `change` is what is edited, as in a patch, and when.
    """
    edited, now = change
    before = _master(world, calendar, master)
    where = world.calendars[calendar]
    world = end_before(world, calendar, master, original, now)
    at = instant(original, where.zone)
    mark = f"{at:%Y%m%d}" if "date" in original else f"{at:%Y%m%dT%H%M%S}"
    name = f"{master}_R{mark}"
    fresh = dict(instance(before, original).body)
    del fresh["recurringEventId"], fresh["originalStartTime"]
    fresh["recurrence"] = _rest(before, where, at)
    fresh["iCalUID"] = f"{name}@google.com"
    body = checked(merged(fresh, edited), where.zone)
    return _led(world, calendar, (None, name), body, now), name


def _rest(master: Entry, calendar: Calendar, at: datetime) -> list[str]:
    """The rule of what goes on; of COUNT what is left."""
    first = instant(master.body["start"], calendar.zone)
    starts = series_of(master).starts(first, at)
    passed = sum(instant(one, calendar.zone) < at for one in starts)
    rules = [one for one in master.body["recurrence"] if one.startswith("RRULE")]
    return [_COUNT.sub(lambda m: f"COUNT={int(m[1]) - passed}", one) for one in rules]


def answer_outside(
    world: World,
    calendar: str,
    event: str,
    answer: tuple[str, str],
    now: datetime,
) -> World:
    """A guest without an account answers by mail: (address, responseStatus)."""
    email, status = answer
    before = world.calendars[calendar].entries[event]
    body = answered(before.body, email, {"responseStatus": status})
    return _led(world, calendar, (before, event), body, now)


def _master(world: World, calendar: str, name: str) -> Entry:
    found = world.calendars[calendar].entries.get(name)
    if found is None or found.is_cancelled or not found.body.get("recurrence"):
        raise not_found()
    return found


def _led(
    world: World,
    calendar: str,
    what: tuple[Entry | None, str],
    body: Mapping[str, Any],
    now: datetime,
) -> World:
    before, name = what
    world = put(world, calendar, name, body, now)
    after = world.calendars[calendar].entries[name]
    return spread(world, calendar, before, after, now)
