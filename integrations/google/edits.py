"""One change to an event of our own -> the calls that make it, people's edits kept.

What is read first stands in `Standing`; every write names the etag it was decided on
(If-Match), so that a person who was faster wins (promises.md F24). An edit that is
already true comes to no call at all, so each may be repeated.

Whom Google writes to (promises.md section 1): guests of a change of time and of a
cancellation, nobody of a change of text, place or attachment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from integrations.google.expand import original_start
from integrations.google.items import Kept, instance_id, read_items
from integrations.google.protocol import Request, SendUpdates
from integrations.google.state import EMPTY, apply, objects
from integrations.google.writing import (
    MOST_ATTACHMENTS,
    attachment,
    is_document,
    times,
    told,
)
from scheduler.errors import Gone, Rejected
from scheduler.events import Meaning, Occurrence
from scheduler.ids import Etag
from scheduler.invite import Attachment, Override
from scheduler.ports.calendars import (
    DateEdit,
    Describe,
    Move,
    PutBack,
    Shorten,
    TakeOut,
)
from scheduler.timespan import Span

Json = Mapping[str, Any]
_SECOND = timedelta(seconds=1)
_ALWAYS = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the calendar, as `own_event` and `own_instance` read it.

    `event` is the series or single event; `instances` those of its instances that were
    read: for a `Shorten` every changed one, for the others the one of the date.
    """

    calendar: str
    event: Json = field(repr=False)
    instances: tuple[Json, ...] = field(default=(), repr=False)

    @property
    def recurs(self) -> bool:
        """Whether it is a series."""
        return bool(self.event.get("recurrence"))

    @property
    def zone(self) -> str:
        """The zone that the event is written in."""
        start = self.event.get("start")
        return str((start or {}).get("timeZone") or "UTC")

    @property
    def has_guests(self) -> bool:
        """Whether anybody but its owner is told of changes."""
        guests = self.event.get("attendees") or ()
        return any(not guest.get("self") for guest in guests)

    def instance(self, at: datetime) -> Json | None:
        """The instance that was read of this date; None: it stands on its rule."""
        return next((one for one in self.instances if original(one) == at), None)

    def occurrences(self, window: Span = _ALWAYS) -> tuple[Occurrence, ...]:
        """All that stand or stood in a window, cancelled ones included."""
        items = read_items((self.event, *self.instances))
        state = apply(EMPTY, items, complete=True)
        found = objects(state, window, ZoneInfo("UTC")).objects
        return tuple(o for one in found for o in one.occurrences)

    def standing(self, at: datetime) -> Occurrence | None:
        """The occurrence of this date, unless somebody cancelled it."""
        for found in self.occurrences(Span(at, at + _SECOND)):
            if found.original_start == at and found.meaning is not Meaning.CANCELLED:
                return found
        return None


def needed(edit: DateEdit) -> datetime | None:
    """The date whose instance an edit has to read; None: all changed ones."""
    return None if isinstance(edit, Shorten) else edit.original_start


def text_of(standing: Standing, at: datetime) -> str:
    """The description of one date; `Gone` when there is no such date."""
    _must_stand(standing, at)
    return str(_speaking(standing, at).get("description") or "")


def requests(standing: Standing, edit: DateEdit) -> tuple[Request, ...]:
    """The calls that make this edit, in this order; none where it is already true.

    `Gone` where there is no such date any more.
    """
    if standing.event.get("status") == "cancelled":
        raise Gone("somebody deleted it")
    match edit:
        case Move():
            return _move(standing, edit)
        case TakeOut():
            return _take_out(standing, edit)
        case PutBack():
            return _put_back(standing, edit)
        case Shorten():
            return _shorten(standing, edit)
        case Describe():
            return _describe(standing, edit)
        case _:
            assert_never(edit)


# The edits --------------------------------------------------------------------------


def _move(standing: Standing, edit: Move) -> tuple[Request, ...]:
    if not standing.recurs and _is_at(standing, edit.span):
        return ()
    found = _must_stand(standing, edit.original_start)
    if found.span == edit.span:
        return ()
    news = times(edit.span, standing.zone)
    return (patch(standing, edit.original_start, news, tell=True),)


def _take_out(standing: Standing, edit: TakeOut) -> tuple[Request, ...]:
    if standing.standing(edit.original_start) is None:
        return ()
    if not standing.recurs:
        return (_delete(standing),)
    news = {"status": "cancelled"}
    return (patch(standing, edit.original_start, news, tell=not edit.silent),)


def _put_back(standing: Standing, edit: PutBack) -> tuple[Request, ...]:
    """A cancelled instance is confirmed again; an EXDATE is taken off the series."""
    at = edit.original_start
    if standing.standing(at) is not None:
        return ()
    if not standing.recurs:
        raise Gone("there is no such date any more")
    whole = _without_exdate(standing, at)
    if whole is None:
        if standing.instance(at) is None or not is_on_rule(standing, at):
            raise Gone("there is no such date any more")
        news = times(edit.span, standing.zone) | {"status": "confirmed"}
        return (patch(standing, at, news, tell=not edit.silent),)
    lines = {"recurrence": whole}
    again = Standing(standing.calendar, dict(standing.event) | lines)
    found = again.standing(at)
    if found is None:
        raise Gone("there is no such date any more")
    tell = not edit.silent
    first = patched(standing, standing.event, lines, tell=tell)
    if found.span == edit.span:
        return (first,)
    # The new instance has an etag that nobody has seen yet.
    return first, patch(again, at, times(edit.span, standing.zone), tell=tell)


def _shorten(standing: Standing, edit: Shorten) -> tuple[Request, ...]:
    """Changed dates of the tail first: a shorter rule says nothing of them."""
    tail = _alive(standing, Span(edit.before, _ALWAYS.end))
    tail = [one for one in tail if one.original_start >= edit.before]
    if not tail:
        return ()
    early = _alive(standing, Span(_ALWAYS.start, edit.before))
    if not any(one.original_start < edit.before for one in early):
        return (_delete(standing),)
    apart = tuple(
        patch(standing, one.original_start, {"status": "cancelled"}, tell=False)
        for one in tail
        if standing.instance(one.original_start) is not None
    )
    recurrence = [_ended(line, edit.before, standing) for line in _lines(standing)]
    return *apart, _patch_series(standing, {"recurrence": recurrence})


def _describe(standing: Standing, edit: Describe) -> tuple[Request, ...]:
    at = edit.original_start
    _must_stand(standing, at)
    speaking = _speaking(standing, at)
    news: dict[str, Any] = {}
    text = _with_link(edit)
    if str(speaking.get("description") or "") != text:
        news["description"] = text
    place = str(speaking.get("location") or "")
    if place != edit.location and place in edit.instead_of:
        news["location"] = edit.location
    attached = list(speaking.get("attachments") or ())
    links = {one.get("fileUrl") for one in attached}
    if is_document(edit.attach) and edit.attach not in links:
        if len(attached) >= MOST_ATTACHMENTS:
            raise Rejected("an event holds at most 25 attachments")
        ours = attachment(Attachment(edit.attach, _DOCUMENT))
        news["attachments"] = [*attached, ours]
    return (patch(standing, at, news, tell=False),) if news else ()


_DOCUMENT = "application/vnd.google-apps.document"


def _with_link(edit: Describe) -> str:
    """The text, with the link to the agenda where that is no document of Google's."""
    if not edit.attach or is_document(edit.attach) or edit.attach in edit.text:
        return edit.text
    return f"{edit.text}\n\n{edit.attach}".lstrip()


# Calls ------------------------------------------------------------------------------


def patch(standing: Standing, at: datetime, news: Json, *, tell: bool) -> Request:
    """Change one date: of a series its instance, else the event itself."""
    if not standing.recurs:
        return patched(standing, standing.event, news, tell=tell)
    instance = standing.instance(at)
    if instance is None:
        name = instance_id(
            str(standing.event["id"]), at, whole_day="date" in standing.event["start"]
        )
        instance = {"id": name}
    return patched(standing, instance, news, tell=tell)


def _patch_series(standing: Standing, news: Json) -> Request:
    return patched(standing, standing.event, news, tell=True)


def patched(standing: Standing, event: Json, news: Json, *, tell: bool) -> Request:
    """Change one event, in the version that was read."""
    params = _named(standing, event, tell=tell)
    if "attachments" in news:
        params["supportsAttachments"] = True
    if "conferenceData" in news:
        params["conferenceDataVersion"] = 1
    return Request("events", "patch", params, news, _etag(event))


def _delete(standing: Standing) -> Request:
    params = _named(standing, standing.event, tell=True)
    return Request("events", "delete", params, None, _etag(standing.event))


def remove(standing: Standing) -> Request:
    """Delete the whole of it, and tell its guests."""
    return _delete(standing)


def _named(
    standing: Standing, event: Json, *, tell: bool
) -> dict[str, str | int | bool]:
    return {
        "calendarId": standing.calendar,
        "eventId": str(event["id"]),
        "sendUpdates": told(guests=standing.has_guests) if tell else SendUpdates.NONE,
    }


def _etag(event: Json) -> Etag | None:
    found = event.get("etag")
    return Etag(found) if isinstance(found, str) and found else None


def set_apart(standing: Standing, one: Override) -> tuple[Request, ...]:
    """Move a date of this very booking, which `insert` cannot say.

    Nobody is told once more (promises.md section 1: `none` for moved and skipped
    dates of the same booking). A date that is not on its rule any more has been moved
    already, by us or by a person, and stays.
    """
    found = standing.standing(one.original_start)
    if found is None or found.start != one.original_start:
        return ()
    news: dict[str, Any] = dict(times(one.span, standing.zone))
    if one.description is not None:
        news["description"] = one.description
    return (patch(standing, one.original_start, news, tell=False),)


# What stands there ------------------------------------------------------------------


def _must_stand(standing: Standing, at: datetime) -> Occurrence:
    found = standing.standing(at)
    if found is None:
        raise Gone("there is no such date any more")
    return found


def _speaking(standing: Standing, at: datetime) -> Json:
    """The event that says what this date is."""
    return standing.instance(at) or standing.event


def _alive(standing: Standing, window: Span) -> list[Occurrence]:
    found = standing.occurrences(window)
    return [one for one in found if one.meaning is not Meaning.CANCELLED]


def _is_at(standing: Standing, span: Span) -> bool:
    """Whether a single event has been moved there already."""
    return any(one.span == span for one in standing.occurrences(span))


def is_on_rule(standing: Standing, at: datetime) -> bool:
    """Whether the rule by itself yields this date."""
    return Standing(standing.calendar, standing.event).standing(at) is not None


def original(item: Json) -> datetime | None:
    """The original start of an instance; of a whole day its midnight in UTC."""
    found = read_items((item,))
    one = found[0] if found else None
    return original_start(one) if isinstance(one, Kept) and one.original else None


# Rules ------------------------------------------------------------------------------


def _lines(standing: Standing) -> Sequence[str]:
    return [str(line) for line in standing.event.get("recurrence") or ()]


def _ended(line: str, before: datetime, standing: Standing) -> str:
    """A rule with an UNTIL in the form of the start, in the place of its end."""
    name, _, rule = line.partition(":")
    if not name.upper().startswith("RRULE"):
        return line
    last = before - _SECOND
    whole_day = "date" in standing.event["start"]
    until = f"{last:%Y%m%d}" if whole_day else f"{last:%Y%m%dT%H%M%SZ}"
    parts = [part for part in rule.split(";") if not _END.match(part)]
    return f"{name}:{';'.join([*parts, f'UNTIL={until}'])}"


_END = re.compile(r"(?:COUNT|UNTIL)=", re.IGNORECASE)


def _without_exdate(standing: Standing, at: datetime) -> list[str] | None:
    """The lines without this date among those left out; None: it is not there."""
    lines = _lines(standing)
    kept = [
        _without(line, lambda text: _reads_as(standing, text, at)) for line in lines
    ]
    whole = [line for line in kept if line]
    return whole if whole != list(lines) else None


def _without(line: str, is_it: Callable[[str], bool]) -> str:
    head, colon, values = line.rpartition(":")
    if not line.upper().startswith("EXDATE"):
        return line
    left = [one for one in values.split(",") if not is_it(f"{head}{colon}{one}")]
    return f"{head}{colon}{','.join(left)}" if left else ""


def _reads_as(standing: Standing, exdate: str, at: datetime) -> bool:
    """Whether an EXDATE of one value is what leaves this date out.

    Asked of the engine: a zone, UTC, or a bare day are all the same to it.
    """
    rules = [line for line in _lines(standing) if not line.upper().startswith("EXDATE")]
    bare = dict(standing.event)
    with_it = Standing(standing.calendar, bare | {"recurrence": [*rules, exdate]})
    without = Standing(standing.calendar, bare | {"recurrence": rules})
    return without.standing(at) is not None and with_it.standing(at) is None
