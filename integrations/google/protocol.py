"""Google Calendar: what is asked for, as values. Without I/O.

Sources: the discovery document of `calendar` v3 (in the wheel of
google-api-python-client), developers.google.com/workspace/calendar/api/guides/sync
and …/guides/push, and promises.md section 1 (Google).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from scheduler.ids import Etag
from scheduler.secret import Secret
from scheduler.timespan import Span

#: Of foreign events this and nothing more; of guests only the owner's own answer
#: (promises.md S23). Titles, texts, places are never asked for.
FOREIGN_ITEM: Final = (
    "id,iCalUID,status,start,end,transparency,eventType,recurrence,recurringEventId,"
    "originalStartTime,sequence,etag,updated,attendees(self,responseStatus)"
)
FOREIGN_FIELDS: Final = f"items({FOREIGN_ITEM}),nextPageToken,nextSyncToken,timeZone"
#: Of events that Troth itself made: their texts too, since people may edit them.
OWN_FIELDS: Final = (
    "id,iCalUID,status,start,end,transparency,eventType,recurrence,recurringEventId,"
    "originalStartTime,sequence,etag,updated,summary,description,location,"
    "organizer(email,self),attendees(email,self,organizer,responseStatus,"
    "additionalGuests),attachments(fileUrl,fileId,title,mimeType),extendedProperties,"
    "conferenceData(entryPoints,conferenceId),guestsCanModify"
)
OWN_LIST_FIELDS: Final = f"items({OWN_FIELDS}),nextPageToken"
#: Of the dates of our own events: who is invited, and what they say.
GUESTS_FIELDS: Final = (
    "items(id,status,start,recurringEventId,originalStartTime,"
    "attendees(email,responseStatus)),nextPageToken"
)
#: Of the calendars of an account: what its owner needs to choose.
CALENDARS_FIELDS: Final = (
    "items(id,summary,summaryOverride,timeZone,accessRole,primary,deleted),"
    "nextPageToken"
)
#: The most that the API gives on one page of `events.list`.
PAGE: Final = 2_500


class SendUpdates:
    """Whom Google writes to: given on every call (cal.com #30113), never left out."""

    ALL: Final = "all"
    NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API, by the names of the discovery document.

    `resource` 'events', `method` 'patch'; `params` are those of path and query.
    `if_match` becomes the header If-Match. Bodies hold people's words: not shown.
    """

    resource: str
    method: str
    params: Mapping[str, str | int | bool]
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    if_match: Etag | None = None
    #: HTML that goes along with the body, to be made a document.
    upload: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))


# Reading ----------------------------------------------------------------------------


def _foreign(calendar: str) -> dict[str, str | int | bool]:
    """What every read, delta and watch of a foreign calendar has in common.

    A sync token is bound to these ("all other query parameters should be the same as
    for the initial synchronization", guides/sync). `showDeleted` is left alone: it may
    not be false beside a token, and cancelled exceptions come in any case.
    """
    return {
        "calendarId": calendar,
        "fields": FOREIGN_FIELDS,
        "maxAttendees": 1,
        "maxResults": PAGE,
        "singleEvents": False,
    }


def full_read(calendar: str, window: Span, page: str = "") -> Request:
    """Everything that touches the window; `page` goes on after an earlier answer."""
    params = _foreign(calendar) | {
        "timeMin": instant_text(window.start),
        "timeMax": instant_text(window.end),
    }
    return Request("events", "list", paged(params, page))


def delta_read(calendar: str, token: str, page: str = "") -> Request:
    """What changed since a token. `timeMin` and `timeMax` may not stand beside it."""
    return Request(
        "events", "list", paged(_foreign(calendar) | {"syncToken": token}, page)
    )


def paged(
    params: dict[str, str | int | bool], page: str
) -> dict[str, str | int | bool]:
    """The same query, for the page that an earlier answer named."""
    return params | {"pageToken": page} if page else params


def one_event(calendar: str, event: str) -> Request:
    """One foreign event by its id."""
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "eventId": event,
        "maxAttendees": 1,
        "fields": FOREIGN_ITEM,
    }
    return Request("events", "get", params)


def own_event(calendar: str, event: str) -> Request:
    """One of our own events, or one instance of it, whole."""
    return Request(
        "events",
        "get",
        {"calendarId": calendar, "eventId": event, "fields": OWN_FIELDS},
    )


def own_instance(
    calendar: str, series: str, original_start: datetime, page: str = ""
) -> Request:
    """The instance of one original start, as it stands: changed, cancelled or neither.

    `originalStart` is the immutable one, so that a moved instance is found as well. It
    may stand behind a page that has no items.
    """
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "eventId": series,
        "originalStart": instant_text(original_start),
        "showDeleted": True,
        "fields": OWN_LIST_FIELDS,
    }
    return Request("events", "instances", paged(params, page))


def foreign_instances(
    calendar: str, series: str, window: Span, page: str = ""
) -> Request:
    """Every instance of one foreign series in a window, cancelled ones too."""
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "eventId": series,
        "timeMin": instant_text(window.start),
        "timeMax": instant_text(window.end),
        "showDeleted": True,
        "maxAttendees": 1,
        "maxResults": PAGE,
        "fields": f"items({FOREIGN_ITEM}),nextPageToken",
    }
    return Request("events", "instances", paged(params, page))


def own_tail(calendar: str, series: str, since: datetime, page: str = "") -> Request:
    """Every instance of one of our own series that ends after an instant."""
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "eventId": series,
        "timeMin": instant_text(since),
        "showDeleted": True,
        "maxResults": PAGE,
        "fields": OWN_LIST_FIELDS,
    }
    return Request("events", "instances", paged(params, page))


def guests_of_dates(
    calendar: str, series: str, window: Span, page: str = ""
) -> Request:
    """What the guests of one of our own series say to its dates in a window."""
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "eventId": series,
        "timeMin": instant_text(window.start),
        "timeMax": instant_text(window.end),
        "maxResults": PAGE,
        "fields": GUESTS_FIELDS,
    }
    return Request("events", "instances", paged(params, page))


def by_uid(calendar: str, uid: str) -> Request:
    """The events that have this iCalUID (`find`)."""
    params: dict[str, str | int | bool] = {
        "calendarId": calendar,
        "iCalUID": uid,
        "fields": OWN_LIST_FIELDS,
    }
    return Request("events", "list", params)


def calendars(page: str = "") -> Request:
    """The calendars of the account."""
    return Request("calendarList", "list", paged({"fields": CALENDARS_FIELDS}, page))


def new_calendar(name: str) -> Request:
    """A calendar of Troth's own; Google gives it its id, and its owner's zone."""
    return Request("calendars", "insert", {"fields": "id"}, {"summary": name})


def one_calendar(calendar: str) -> Request:
    """Whether a calendar of Troth's own is still there."""
    return Request("calendars", "get", {"calendarId": calendar, "fields": "id"})


def glance(calendar: str, window: Span) -> Request:
    """One event at most: whether the calendar can be read at all."""
    params = dict(full_read(calendar, window).params) | {"maxResults": 1}
    return Request("events", "list", params)


# Push -------------------------------------------------------------------------------


def watch(
    calendar: str, *, channel: str, address: str, token: Secret, expires: datetime
) -> Request:
    """Ask to be told of changes, with the parameters of the read (guides/push).

    `address` must be https with a certificate that holds; `expires` is a wish.
    """
    params = {k: v for k, v in _foreign(calendar).items() if k != "fields"}
    body = {
        "id": channel,
        "type": "web_hook",
        "address": address,
        "token": token.reveal,
        "expiration": str(int(expires.timestamp() * 1_000)),
    }
    fields = {"fields": "id,resourceId,expiration"}
    return Request("events", "watch", params | fields, body)


def stop(channel: str, resource: str) -> Request:
    """Stop a channel; notifications may come for a while yet (nodejs #1402)."""
    return Request("channels", "stop", {}, {"id": channel, "resourceId": resource})


# Answers ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to `full_read` or `delta_read`; `items` are still as they came.

    `next_page` '' and `token` set: it was the last. The token comes on it alone.
    """

    items: tuple[Mapping[str, Any], ...] = field(repr=False)
    next_page: str
    token: str
    #: The calendar's own zone, where whole days are counted ('' when not told).
    zone: str


def read_page(answer: Mapping[str, Any]) -> Page:
    """The answer to a list."""
    items = answer.get("items")
    return Page(
        items=tuple(one for one in items if isinstance(one, Mapping))
        if isinstance(items, list)
        else (),
        next_page=_text(answer.get("nextPageToken")),
        token=_text(answer.get("nextSyncToken")),
        zone=_text(answer.get("timeZone")),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """One calendar of the account, for its owner to choose."""

    id: str
    name: str
    zone: str
    writable: bool
    primary: bool


def read_calendars(answer: Mapping[str, Any]) -> tuple[Listed, ...]:
    """The answer to `calendars`, without those that are deleted."""
    items = answer.get("items")
    return tuple(
        Listed(
            id=_text(one.get("id")),
            name=_text(one.get("summaryOverride")) or _text(one.get("summary")),
            zone=_text(one.get("timeZone")),
            writable=_text(one.get("accessRole")) in {"owner", "writer"},
            primary=one.get("primary") is True,
        )
        for one in (items if isinstance(items, list) else ())
        if isinstance(one, Mapping) and one.get("id") and not one.get("deleted")
    )


def instant_text(when: datetime) -> str:
    """An instant as the API takes it (RFC 3339, UTC)."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
