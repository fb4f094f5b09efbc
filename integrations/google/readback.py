"""What is found when a write is refused because something is there already, or changed.

A 409 to an insert means 'it is there' or 'a person deleted it' (ids are never given
twice), so the event is read back by its id and the two are told apart (promises.md
F25, F26); a write whose answer never came is looked for in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from integrations.google.edits import Standing
from integrations.google.expand import original_start
from integrations.google.items import Kept, read_items
from integrations.google.writing import PROPERTY
from scheduler.events import Coming, Rsvp

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


# What guests say --------------------------------------------------------------------


#: `responseStatus`; what is not known is no answer yet.
_COMING = {
    "accepted": Coming.YES,
    "declined": Coming.NO,
    "tentative": Coming.MAYBE,
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
    guests = event.get("attendees")
    for guest in guests if isinstance(guests, list) else ():
        if str(guest.get("email")).lower() in emails:
            return _COMING.get(str(guest.get("responseStatus")), Coming.NOT_YET)
    return Coming.OFF


def _dates(instances: Iterable[Json]) -> Iterable[tuple[datetime, Json]]:
    for instance in instances:
        if instance.get("status") == "cancelled":
            continue
        for one in read_items((instance,)):
            if isinstance(one, Kept) and (at := original_start(one)):
                yield at, instance
