"""What is done to an event of ours as a whole: other dates for all, a guest's answer.

A series that changes keeps its id, so that its guests are told once and what hangs on
the event (answers, a video room, notes) stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.google.edits import Standing, is_on_rule, original, patch, patched
from integrations.google.protocol import Request
from integrations.google.writing import meet_room, recurrence, times
from scheduler.errors import Gone, Rejected
from scheduler.invite import Invite
from scheduler.timespan import Span


def accept(standing: Standing) -> tuple[Request, ...]:
    """Say yes for whose copy this is, where no answer was given; nobody is told.

    Only this guest is named, and `attendeesOmitted` says that the others stay.
    """
    _check_stands(standing)
    guests = standing.event.get("attendees") or ()
    mine = next((guest for guest in guests if guest.get("self")), None)
    if mine is None:
        raise Rejected("its owner is no guest of this event")
    if mine.get("responseStatus") != "needsAction":
        return ()
    answer = {"email": mine["email"], "responseStatus": "accepted"}
    news = {"attendees": [answer], "attendeesOmitted": True}
    return (patched(standing, standing.event, news, tell=False),)


def rebook(standing: Standing, invite: Invite) -> tuple[Request, ...]:
    """The rule first, telling its guests; `settle` then sees to single dates."""
    _check_stands(standing)
    news: dict[str, Any] = dict(times(invite.span, invite.zone))
    if invite.rrule:
        news["recurrence"] = recurrence(invite)
    same = all(_same(standing.event.get(key), news[key]) for key in news)
    if invite.meet and not standing.event.get("conferenceData"):
        name = str(standing.event["id"])
        news, same = news | {"conferenceData": meet_room(name)}, False
    return () if same else (patched(standing, standing.event, news, tell=True),)


def _same(told: object, wished: object) -> bool:
    """Whether two lists of lines, or two times, mean the same."""
    if isinstance(told, Mapping) and isinstance(wished, Mapping):
        return told.get("timeZone") == wished["timeZone"] and (
            datetime.fromisoformat(str(told.get("dateTime") or "0001-01-01T00:00Z"))
            == datetime.fromisoformat(wished["dateTime"])
        )
    return told == wished


def settle(standing: Standing, invite: Invite) -> tuple[Request, ...]:
    """The dates of a rebooked series that stand elsewhere than the invite has them.

    They were moved or taken out before; Google keeps that where the new rule has the
    same date. Nobody is told once more.
    """
    apart = {one.original_start: one.span for one in invite.overrides}
    length = invite.span.length
    calls: list[Request] = []
    for instance in standing.instances:
        at = original(instance)
        if at is None or not is_on_rule(standing, at):
            continue
        wished = apart.pop(at, Span(at, at + length))
        found = standing.standing(at)
        if found is None or found.span != wished:
            news = times(wished, standing.zone) | {"status": "confirmed"}
            calls.append(patch(standing, at, news, tell=False))
    for at, span in apart.items():
        calls.append(patch(standing, at, times(span, standing.zone), tell=False))
    return tuple(calls)


def _check_stands(standing: Standing) -> None:
    if standing.event.get("status") == "cancelled":
        raise Gone("somebody deleted it")
