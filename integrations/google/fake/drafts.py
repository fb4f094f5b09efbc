"""What people may write into an event: the checks that no schema holds, and limits.

Read-only fields that come back in a body are passed over, as Google does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from integrations.google.fake.problems import (
    Json,
    bad_request,
    invalid,
    required,
)
from integrations.google.fake.repeats import Series
from integrations.google.fake.times import between, canonical, named_zone

OWN_ID = re.compile(r"[a-v0-9]{5,1024}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
WRITABLE = frozenset(
    [
        "anyoneCanAddSelf",
        "attendees",
        "colorId",
        "description",
        "end",
        "eventLabelId",
        "extendedProperties",
        "focusTimeProperties",
        "guestsCanInviteOthers",
        "guestsCanModify",
        "guestsCanSeeOtherGuests",
        "location",
        "outOfOfficeProperties",
        "recurrence",
        "reminders",
        "sequence",
        "source",
        "start",
        "status",
        "summary",
        "transparency",
        "visibility",
        "workingLocationProperties",
    ]
)
_CHOICES = {
    "status": {"confirmed", "tentative", "cancelled"},
    "transparency": {"opaque", "transparent"},
    "visibility": {"default", "public", "private", "confidential"},
}
_RESPONSES = {"needsAction", "declined", "tentative", "accepted"}
_TYPES = {"default", "focusTime", "outOfOffice", "workingLocation"}


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """Patch semantics: objects merge, arrays are replaced, null takes away.

    A time that turns from a day into an instant must null the other field.
    """
    out = dict(old)
    for name, value in new.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, Mapping):
            out[name] = merged(out.get(name, {}), value)
        else:
            out[name] = value
    return out


def writable(
    body: Mapping[str, Any], query: Mapping[str, Any], kept: Mapping[str, Any]
) -> Json:
    """The fields of a body that count, given what the query says the client knows.

    Without `supportsAttachments` attachments stay as they are in `kept`, and without
    `conferenceDataVersion=1` the conference does.
    """
    names = set(WRITABLE)
    if query.get("supportsAttachments"):
        names.add("attachments")
    if query.get("conferenceDataVersion"):
        names.add("conferenceData")
    out = {name: value for name, value in body.items() if name in names}
    for name in ("attachments", "conferenceData", "hangoutLink"):
        if name not in names and name in kept:
            out[name] = kept[name]
    return out


def checked(body: Mapping[str, Any], home: str) -> Json:
    """A whole event, with its times as they are kept; 400 for what Google refuses."""
    out = {name: value for name, value in body.items() if value is not None}
    for name in ("start", "end"):
        if not out.get(name):
            raise required(name, kind="body")
    out["recurrence"] = list(out.get("recurrence") or ())
    zones = all(out[name].get("timeZone") for name in ("start", "end"))
    if out["recurrence"] and "dateTime" in out["start"] and not zones:
        raise required("start.timeZone", kind="body")
    out["start"], out["end"] = (
        canonical(out["start"], home),
        canonical(out["end"], home),
    )
    _check_span(out)
    for name, choices in _CHOICES.items():
        if out.get(name, next(iter(choices))) not in choices:
            raise invalid(f"Invalid value for: {name}", name)
    _check_parts(out)
    if not out["recurrence"]:
        del out["recurrence"]
    return out


def _check_span(body: Json) -> None:
    start, end = body["start"], body["end"]
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or dateTime.")
    long = between(start, end)
    if long.total_seconds() < 0 or ("date" in start and not long):
        raise bad_request(
            "timeRangeEmpty", "The specified time range is empty.", "timeMax"
        )
    if body["recurrence"]:
        Series.of(start, body["recurrence"])


def _check_parts(body: Json) -> None:
    _check_reminders(body.get("reminders", {}))
    if "attendees" in body:
        _check_guests(body["attendees"])
    if "attachments" in body:
        _check_attachments(body["attachments"])
    if "extendedProperties" in body:
        body["extendedProperties"] = _limited(body["extendedProperties"])
    source = body.get("source", {}).get("url", "https://")
    if not source.startswith(("https://", "http://")):
        raise invalid("Invalid source URL.", "source.url")


def _check_reminders(reminders: Mapping[str, Any]) -> None:
    overrides = reminders.get("overrides") or []
    if overrides and reminders.get("useDefault"):
        raise bad_request(
            "cannotUseDefaultRemindersAndSpecifyOverride",
            "Cannot specify both default reminders and overrides at the same time.",
        )
    if len(overrides) > 5:
        raise invalid("At most 5 override reminders.", "reminders.overrides")
    for one in overrides:
        if one.get("method") not in {"email", "popup"}:
            raise invalid("Invalid reminder method.", "reminders.overrides.method")
        if not 0 <= one.get("minutes", -1) <= 40320:
            raise invalid("Invalid reminder minutes.", "reminders.overrides.minutes")


def _check_guests(guests: list[Json]) -> None:
    seen: set[str] = set()
    for guest in guests:
        email = guest.get("email", "")
        if not _EMAIL.fullmatch(email):
            raise invalid("Invalid attendee email.", "attendees.email")
        if email.lower() in seen:
            raise invalid(f"Attendee given twice: {email}", "attendees")
        seen.add(email.lower())
        if guest.get("responseStatus", "accepted") not in _RESPONSES:
            raise invalid("Invalid response status.", "attendees.responseStatus")


def _check_attachments(attachments: list[Json]) -> None:
    if len(attachments) > 25:
        raise invalid("At most 25 attachments per event.", "attachments")
    for one in attachments:
        if not one.get("fileUrl"):
            raise required("attachments.fileUrl", kind="body")


def _limited(properties: Mapping[str, Mapping[str, str]]) -> Json:
    """Long names are dropped and long values cut, in silence."""
    out: Json = {}
    for kind, found in properties.items():
        if len(found) > 300:
            raise invalid("At most 300 extended properties.", "extendedProperties")
        out[kind] = {k: v[:1024] for k, v in found.items() if len(k) <= 44}
    return out


def event_type(body: Mapping[str, Any], *, primary: bool) -> str:
    """The type of a new event; 400 for one that cannot be made so."""
    kind: str = body.get("eventType", "default")
    if kind not in _TYPES:
        raise bad_request("eventTypeRestriction", f"Cannot create {kind} events.")
    if kind != "default" and not primary:
        message = f"{kind} events are allowed on primary calendars only."
        raise bad_request("eventTypeRestriction", message)
    if kind in {"focusTime", "outOfOffice"} and "date" in (body.get("start") or {}):
        message = f"{kind} events cannot last whole days."
        raise bad_request("malformedOutOfOfficeOrFocusTime", message)
    if kind == "workingLocation":
        shown = body.get("visibility"), body.get("transparency")
        if (
            shown != ("public", "transparent")
            or "workingLocationProperties" not in body
        ):
            message = "Working locations are public, transparent, and say where."
            raise bad_request("malformedWorkingLocationEvent", message)
    return kind


def conference(wanted: Mapping[str, Any], event: str) -> Json:
    """The Meet conference that a createRequest asks for, made at once."""
    request = wanted.get("createRequest")
    if request is None:
        return dict(wanted)
    if not request.get("requestId"):
        raise required("conferenceData.createRequest.requestId", kind="body")
    kind = request.get("conferenceSolutionKey", {}).get("type", "hangoutsMeet")
    if kind != "hangoutsMeet":
        raise bad_request(
            "invalidConferenceTypeValue", "Invalid conference type value."
        )
    code = f"{event[:3]}-{event[-4:]}-meet"
    link = f"https://meet.google.com/{code}"
    return {
        "conferenceId": code,
        "createRequest": {**request, "status": {"statusCode": "success"}},
        "conferenceSolution": {"key": {"type": kind}, "name": "Google Meet"},
        "entryPoints": [{"entryPointType": "video", "uri": link, "label": link[8:]}],
    }


def zone_or_home(name: str | None, home: str) -> str:
    """The zone that a query names, checked; else the calendar's."""
    return named_zone(name).key if name else home
