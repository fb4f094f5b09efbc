"""Our own events -> what is sent to Google: new series, with what belongs to them.

Sources: the `Event` resource of the discovery document; promises.md section 1
(Event id, sendUpdates, Attachments, extendedProperties).
"""

from __future__ import annotations

import re
from base64 import b32hexencode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from integrations.google.protocol import Request, SendUpdates
from scheduler.invite import Attachment, Invite
from scheduler.localtime import zone
from scheduler.timespan import Span

#: The key of the opaque id in an event's extended properties.
PROPERTY = "troth"
#: "At most 25 attachments per event."
MOST_ATTACHMENTS = 25
#: Where documents live that Google shows as attachments.
_DRIVE = re.compile(r"https://(?:docs|drive)\.google\.com/.+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an event has beside the invite.

    `tag` is opaque: guests' copies carry it too. `reminders` are minutes before,
    shown by Google to whoever owns the calendar; `meet`: with a Google Meet link.
    """

    tag: str
    reminders: tuple[int, ...] = ()
    meet: bool = False


def event_id(uid: str, generation: int) -> str:
    """The id of an event: only `a-v0-9`, 52 of them, the same for the same series.

    A hash, since "we cannot guarantee that ID collisions will be detected at event
    creation time". A generation is begun by a person alone (promises.md F26).
    """
    digest = sha256(f"{uid}\n{generation}".encode()).digest()
    return b32hexencode(digest).decode().rstrip("=").lower()


def insert(calendar: str, invite: Invite, wish: Wish, generation: int) -> Request:
    """Make the event, with our own id and therefore without `iCalUID`.

    Guests are told by Google; a copy without guests tells nobody. Dates of the booking
    that are moved are set apart afterwards: `integrations.google.edits.set_apart`.
    """
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "sendUpdates": told(guests=bool(invite.attendees)),
        "supportsAttachments": True,
    }
    if wish.meet:
        params["conferenceDataVersion"] = 1
    name = event_id(invite.uid, generation)
    return Request("events", "insert", params, _body(name, invite, wish))


def told(*, guests: bool) -> str:
    """Whether Google writes to the guests; there is nobody to write to without any."""
    return SendUpdates.ALL if guests else SendUpdates.NONE


# The body ---------------------------------------------------------------------------


def _body(name: str, invite: Invite, wish: Wish) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": name,
        "summary": invite.summary,
        **times(invite.span, invite.zone),
        "status": "confirmed",
        "transparency": "opaque",
        "guestsCanModify": False,
        "reminders": _reminders(wish),
        # `shared` reaches the guests' copies, `private` stays on ours.
        "extendedProperties": {
            "shared" if invite.attendees else "private": {PROPERTY: wish.tag}
        },
    }
    texts = {"description": invite.description, "location": invite.location}
    body |= {key: text for key, text in texts.items() if text}
    if invite.rrule:
        body["recurrence"] = recurrence(invite)
    if invite.attendees:
        body["attendees"] = [
            {
                "email": guest.email,
                "displayName": guest.name,
                "responseStatus": _ANSWERS.get(guest.partstat, "needsAction"),
            }
            for guest in invite.attendees
        ]
    if invite.attachments:
        body["attachments"] = [attachment(one) for one in invite.attachments]
    if wish.meet:
        body["conferenceData"] = meet_room(name)
    return body


#: RFC 5545 section 3.2.12 -> `responseStatus`.
_ANSWERS: Mapping[str, str] = {
    "NEEDS-ACTION": "needsAction",
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
}


def times(span: Span, where: str) -> dict[str, Any]:
    """Start and end on the wall clock of a zone, by their offset and by its name.

    The name is what a rule is expanded in; the offset tells the two halves of a
    repeated hour apart.
    """
    return {"start": _time(span.start, where), "end": _time(span.end, where)}


def _time(when: datetime, where: str) -> dict[str, str]:
    local = when.astimezone(zone(where))
    # Offsets of hours and minutes are all that RFC 3339 has; seconds are long gone.
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": where}


def recurrence(invite: Invite) -> list[str]:
    """RRULE, then the dates left out; never RDATE (architecture.md)."""
    where = zone(invite.zone)
    left_out = (one.astimezone(where) for one in sorted(invite.exdates))
    dates = ",".join(f"{one:%Y%m%dT%H%M%S}" for one in left_out)
    exdate = [f"EXDATE;TZID={invite.zone}:{dates}"] if dates else []
    return [f"RRULE:{invite.rrule}", *exdate]


def _reminders(wish: Wish) -> dict[str, Any]:
    """Ours alone, or those the owner has set for the calendar."""
    if not wish.reminders:
        return {"useDefault": True}
    each = [{"method": "popup", "minutes": minutes} for minutes in wish.reminders]
    return {"useDefault": False, "overrides": each}


def meet_room(name: str) -> dict[str, Any]:
    """Ask for a link; a repeat with the same id makes no second one."""
    return {
        "createRequest": {
            "requestId": f"{name}-meet",
            "conferenceSolutionKey": {"type": "hangoutsMeet"},
        }
    }


def attachment(one: Attachment) -> dict[str, str]:
    """A link as Google attaches it; `fileUrl` is what is required."""
    return {"fileUrl": one.url, "mimeType": one.media_type, "title": "Agenda"}


def is_document(url: str) -> bool:
    """Whether Google can show what is at this address as an attachment."""
    return _DRIVE.fullmatch(url) is not None
