"""Who is mailed about a write: what `sendUpdates` asks for, and nobody by accident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.google.fake.guests import (
    answer_of,
    common,
    emails,
    is_organizer,
)
from integrations.google.fake.outgoing import Mail, invitation
from integrations.google.fake.problems import required
from integrations.google.fake.world import Behaviour, Calendar, Call, Entry, World


def check_told(
    call: Call,
    entry: Entry,
    body: Mapping[str, Any],
    calendar: Calendar,
    behaviour: Behaviour,
) -> None:
    """400 for a write to an event with guests that leaves it open who is mailed.

    Google would take a default here; which one has surprised people.
    """
    others = (emails(entry.body) | emails(body)) - {calendar.id}
    said = "sendUpdates" in call.query or "sendNotifications" in call.query
    if behaviour.demands_send_updates and others and not said:
        raise required("sendUpdates")


def told(
    world: World, call: Call, calendar: Calendar, before: Entry | None, after: Entry
) -> Iterator[Mail]:
    """The mails that this write makes Google send."""
    body = after.body
    if body.get("imported") or body.get("privateCopy"):
        return
    if not is_organizer(calendar, body):
        yield from _reply(world, call, calendar, before, after)
        return
    old = common(before.body) if before else None
    if old == common(body):
        return
    live = before is None or not before.is_cancelled
    still = frozenset() if after.is_cancelled else emails(body)
    gone = emails(before.body if before and live else None) - still
    for method, people in (("REQUEST", still), ("CANCEL", gone)):
        for email in sorted(_mailed(world, call, people) - {calendar.id}):
            text = invitation(body, method, call.now)
            yield Mail(calendar.owner, email, method, after.id, text)


def _reply(
    world: World, call: Call, calendar: Calendar, before: Entry | None, after: Entry
) -> Iterator[Mail]:
    was = answer_of(before.body, calendar.id) if before else None
    organizer = after.body["organizer"]["email"]
    if was == answer_of(after.body, calendar.id):
        return
    if organizer in _mailed(world, call, frozenset({organizer})):
        text = invitation(after.body, "REPLY", call.now, only=calendar.id)
        yield Mail(calendar.owner, organizer, "REPLY", after.id, text)


def _mailed(world: World, call: Call, people: frozenset[str]) -> frozenset[str]:
    """Of these people, those whom the call wants mailed."""
    match call.query.get("sendUpdates"):
        case "all":
            return people
        case "externalOnly":
            return frozenset(p for p in people if p not in world.accounts)
        case None if call.asks("sendNotifications"):
            return people
        case _:
            return frozenset()
