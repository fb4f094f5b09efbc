"""What is found when a write is refused because something is there already, or changed.

A 409 to an insert means 'it is there' or 'a person deleted it' (ids are never given
twice), so the event is read back by its id and the two are told apart (promises.md
F25, F26); a write whose answer never came is looked for in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from integrations.google.edits import Standing
from integrations.google.expand import original_start
from integrations.google.items import Kept, read_items, split_from
from integrations.google.writing import PROPERTY
from scheduler.events import Coming, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.ports.calendars import Written

Json = Mapping[str, Any]


class Found(Enum):
    """What stands under the id that we chose."""

    #: Ours: the write had been done. Adopt it.
    OURS = "ours"
    #: A person deleted it: the series is declined, and never made again by a machine.
    DELETED = "deleted"
    #: Nothing: the refusal meant something else; try again later.
    NOTHING = "nothing"
    #: An event that is not ours.
    FOREIGN = "foreign"


def found(event: Json | None, tag: str) -> Found:
    """What the answer to a read by id means; None where there is none (404)."""
    if event is None:
        return Found.NOTHING
    if event.get("status") == "cancelled":
        return Found.DELETED
    return Found.OURS if tag_of(event) == tag else Found.FOREIGN


def tag_of(event: Json) -> str:
    """The opaque id that we gave the event, or that its copy carries; '' without."""
    kept = event.get("extendedProperties")
    for kind in ("shared", "private"):
        words = kept.get(kind) if isinstance(kept, Mapping) else None
        tag = words.get(PROPERTY) if isinstance(words, Mapping) else None
        if isinstance(tag, str) and tag:
            return tag
    return ""


def written(event: Json) -> Written:
    """What a write left behind, from its answer."""
    etag = event.get("etag")
    return Written(RemoteId(str(event["id"])), Etag(etag) if etag else None)


# What guests say --------------------------------------------------------------------


class Answered(Enum):
    """`responseStatus` of one guest."""

    NOT_YET = "needsAction"
    YES = "accepted"
    NO = "declined"
    MAYBE = "tentative"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one guest says to a whole series, or to one date of it."""

    email: str
    answer: Answered
    original_start: datetime | None = None


def replies(standing: Standing) -> tuple[Reply, ...]:
    """Each guest's answer to the series, then where one to a date is another one.

    The organiser is a guest too where Google lists them. A cancelled date has no
    answers.
    """
    series = dict(_guests(standing.event))
    found = [Reply(email, answer) for email, answer in series.items()]
    for at, instance in _dates(standing.instances):
        for email, answer in _guests(instance):
            if series.get(email) is not answer:
                found.append(Reply(email, answer, at))
    return tuple(found)


_COMING = {
    Answered.NOT_YET: Coming.NOT_YET,
    Answered.YES: Coming.YES,
    Answered.MAYBE: Coming.MAYBE,
    Answered.NO: Coming.NO,
}


def leads(event: Json) -> bool:
    """Whether this calendar is the event's organiser, and shows us whom it invites."""
    told = event.get("organizer")
    return isinstance(told, Mapping) and told.get("self") is True


def rsvps(standing: Standing, emails: Collection[str]) -> tuple[Rsvp, ...]:
    """What the one guest with these addresses says to all of it, then to single dates.

    A date from whose list they were taken is OFF. A cancelled date has no answers.
    """
    whole = _said(standing.event, emails)
    each = ((at, _said(one, emails)) for at, one in _dates(standing.instances))
    return (Rsvp(whole), *(Rsvp(said, at) for at, said in each if said is not whole))


def _said(event: Json, emails: Collection[str]) -> Coming:
    found = (answer for email, answer in _guests(event) if email in emails)
    return next((_COMING[answer] for answer in found), Coming.OFF)


def _dates(instances: Iterable[Json]) -> Iterable[tuple[datetime, Json]]:
    for instance in instances:
        if instance.get("status") == "cancelled":
            continue
        for one in read_items((instance,)):
            if isinstance(one, Kept) and (at := original_start(one)):
                yield at, instance


def _guests(event: Json) -> Iterable[tuple[str, Answered]]:
    guests = event.get("attendees")
    for guest in guests if isinstance(guests, list) else ():
        email = guest.get("email")
        if isinstance(email, str) and email:
            yield email.lower(), _answer(guest.get("responseStatus"))


def _answer(text: object) -> Answered:
    try:
        return Answered(text)
    except ValueError:
        return Answered.NOT_YET


def missing_guests(standing: Standing, invited: Iterable[str]) -> frozenset[str]:
    """Who was invited and is a guest no more: somebody took them off the event."""
    there = {email for email, _ in _guests(standing.event)}
    return frozenset(email.lower() for email in invited) - there


def organiser(standing: Standing) -> str:
    """The address of whose event it is now; '' where Google does not say."""
    told = standing.event.get("organizer")
    email = told.get("email") if isinstance(told, Mapping) else None
    return email.lower() if isinstance(email, str) else ""


def parts(series: str, events: Iterable[str]) -> frozenset[str]:
    """Which of these events are parts of a series that people split (F41)."""
    return frozenset(
        one for one in events if one != series and split_from(one) == split_from(series)
    )
