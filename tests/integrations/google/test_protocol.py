"""What is asked of Google is what its own description of the API has, and no more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from integrations.google import protocol
from integrations.google.edits import remove, requests
from integrations.google.protocol import (
    FOREIGN_FIELDS,
    OWN_FIELDS,
    Request,
    read_calendars,
    read_page,
)
from integrations.google.scopes import Scope, allowed, allows, granted, to_ask
from integrations.google.wire import PATHS, wire
from integrations.google.writing import Wish, insert
from scheduler.accounts import Need, lacking
from scheduler.ids import Etag, Uid
from scheduler.invite import Attachment, Attendee, Invite
from scheduler.ports.calendars import Describe, Move, PutBack, Shorten, TakeOut
from scheduler.secret import Secret
from scheduler.timespan import Span
from tests.integrations.google.calendar import Stand

WINDOW = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
INVITE = Invite(
    uid=Uid("abc@programme.test"),
    sequence=0,
    stamp=FIRST,
    zone="Europe/Berlin",
    span=Span(FIRST, FIRST + HOUR),
    summary="Ida and Jon",
    description="Text",
    location="Room 1",
    rrule="FREQ=WEEKLY;COUNT=6",
    exdates=(FIRST + timedelta(days=14),),
    attendees=(Attendee("ida@a.test", "Ida"),),
    attachments=(Attachment("https://docs.google.com/x", "text/html"),),
)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Google's own description, from the wheel of its client."""
    folder = files("googleapiclient.discovery_cache.documents")
    found: dict[str, Any] = json.loads((folder / "calendar.v3.json").read_text())
    return found


def _asked() -> Iterator[Request]:
    yield protocol.full_read("primary", WINDOW)
    yield protocol.full_read("primary", WINDOW, "page2")
    yield protocol.delta_read("primary", "token")
    yield protocol.delta_read("primary", "token", "page2")
    yield protocol.one_event("primary", "abc")
    yield protocol.own_event("primary", "abc")
    yield protocol.own_instance("primary", "abc", FIRST)
    yield protocol.foreign_instances("primary", "abc", WINDOW, "page2")
    yield protocol.own_tail("primary", "abc", FIRST, "page2")
    yield protocol.by_uid("primary", "abc@google.com")
    yield protocol.calendars("page2")
    yield protocol.glance("primary", WINDOW)
    yield protocol.one_calendar("c_1@group.calendar.google.com")
    yield protocol.new_calendar("Hafen (Troth)")
    yield protocol.watch(
        "primary",
        channel="c1",
        address="https://troth.test/hooks/google",
        token=Secret("t"),
        expires=FIRST,
    )
    yield protocol.stop("c1", "r1")
    made = insert("primary", INVITE, Wish("tag", (10,), meet=True), 1)
    yield made
    assert made.body is not None
    standing = Stand(dict(made.body)).standing()
    later = Span(FIRST + 2 * HOUR, FIRST + 3 * HOUR)
    document = "https://docs.google.com/document/d/1/edit"
    for edit in (
        Move(FIRST, later, 1, FIRST),
        TakeOut(FIRST, 1, FIRST),
        PutBack(FIRST + timedelta(days=14), later, 1, FIRST),
        Shorten(FIRST + timedelta(days=21), 1, FIRST),
        Describe(FIRST, "New", document, "Room 2", frozenset({"Room 1"})),
    ):
        found = requests(standing, edit)
        assert found
        yield from found
    yield remove(standing)


def _top(fields: str) -> set[str]:
    """The names in a `fields` mask, without what stands in brackets after them."""
    names, depth, name = set(), 0, ""
    for letter in fields + ",":
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            names.add(name.partition("(")[0])
            name = ""
        else:
            name += letter
    return names


def test_each_call_is_one_that_google_describes(described: dict[str, Any]) -> None:
    for asked in _asked():
        method = described["resources"][asked.resource]["methods"][asked.method]
        known = method.get("parameters", {})
        assert asked.params.keys() <= known.keys() | described["parameters"].keys()
        required = {name for name, one in known.items() if one.get("required")}
        assert required <= asked.params.keys()
        for name, value in asked.params.items():
            choices = known.get(name, {}).get("enum")
            assert choices is None or value in choices
        if asked.body is not None:
            schema = described["schemas"][method["request"]["$ref"]]["properties"]
            assert asked.body.keys() <= schema.keys()
        # Whoever writes says whom Google tells; whoever does not cannot.
        assert ("sendUpdates" in asked.params) is ("sendUpdates" in known)


def test_each_call_goes_where_google_describes_it(described: dict[str, Any]) -> None:
    for (resource, name), (http, path) in PATHS.items():
        method = described["resources"][resource]["methods"][name]
        assert (http, path) == (method["httpMethod"], method["path"])
    assert {(one.resource, one.method) for one in _asked()} == set(PATHS)


def test_what_goes_over_the_wire() -> None:
    asked = Request(
        "events",
        "patch",
        {"calendarId": "a b/c@d#e", "eventId": "x?", "supportsAttachments": True},
        {"summary": "Größe"},
        Etag('"1"'),
    )
    sent = wire(asked)
    assert sent.method == "PATCH"
    assert sent.target == (
        "calendars/a%20b%2Fc%40d%23e/events/x%3F?supportsAttachments=true"
    )
    assert sent.headers["If-Match"] == '"1"'
    assert json.loads(sent.body) == {"summary": "Größe"}
    assert "Gr" not in repr(sent)
    empty = wire(protocol.one_event("primary", "abc"))
    assert (empty.body, "Content-Type" in empty.headers) == (b"", False)


@pytest.mark.parametrize(
    ("asked", "repeats"),
    [
        (protocol.full_read("primary", WINDOW), True),
        (Request("events", "delete", {"calendarId": "c", "eventId": "e"}), True),
        (Request("events", "insert", {"calendarId": "c"}, {"id": "ours"}), True),
        (Request("events", "insert", {"calendarId": "c"}, {"summary": "x"}), False),
        (protocol.stop("c1", "r1"), True),
        (
            Request(
                "events",
                "patch",
                {"calendarId": "c", "eventId": "e"},
                {},
                if_match=Etag('"1"'),
            ),
            True,
        ),
        (Request("events", "patch", {"calendarId": "c", "eventId": "e"}, {}), False),
        (Request("events", "watch", {"calendarId": "c"}, {"id": "c1"}), False),
    ],
)
def test_what_may_be_made_twice(asked: Request, repeats: bool) -> None:
    assert wire(asked).repeats is repeats


def test_each_field_is_one_that_google_describes(described: dict[str, Any]) -> None:
    event = described["schemas"]["Event"]["properties"].keys()
    for fields in (protocol.FOREIGN_ITEM, OWN_FIELDS):
        assert _top(fields) <= event
    assert _top(FOREIGN_FIELDS) <= described["schemas"]["Events"]["properties"].keys()


def test_no_word_of_foreign_events_is_ever_asked_for() -> None:
    """promises.md S23, to the letter."""
    assert FOREIGN_FIELDS == (
        "items(id,iCalUID,status,start,end,transparency,eventType,recurrence,"
        "recurringEventId,originalStartTime,sequence,etag,updated,"
        "attendees(self,responseStatus)),nextPageToken,nextSyncToken,timeZone"
    )
    for asked in (
        protocol.full_read("primary", WINDOW),
        protocol.delta_read("primary", "token"),
        protocol.one_event("primary", "abc"),
        protocol.foreign_instances("primary", "abc", WINDOW),
    ):
        assert asked.params["maxAttendees"] == 1
        fields = str(asked.params["fields"])
        for word in ("summary", "description", "location", "email", "organizer"):
            assert word not in fields


def test_a_token_stands_beside_the_same_parameters_and_no_window() -> None:
    full = dict(protocol.full_read("primary", WINDOW).params)
    delta = dict(protocol.delta_read("primary", "token").params)
    assert full.pop("timeMin") == "2026-01-01T00:00:00Z"
    assert full.pop("timeMax") == "2027-01-01T00:00:00Z"
    assert delta.pop("syncToken") == "token"
    assert full == delta


def test_pages_and_calendars_are_read() -> None:
    page = read_page({"items": [{"id": "a"}, 5], "nextPageToken": "2"})
    assert (len(page.items), page.next_page, page.token) == (1, "2", "")
    last = read_page({"nextSyncToken": "t", "timeZone": "Europe/Berlin"})
    assert (last.items, last.token, last.zone) == ((), "t", "Europe/Berlin")
    found = read_calendars(
        {
            "items": [
                {"id": "a", "summary": "A", "accessRole": "owner", "primary": True},
                {"id": "b", "summary": "B", "summaryOverride": "Mine"},
                {"id": "c", "deleted": True},
            ]
        }
    )
    assert [(c.id, c.name, c.writable, c.primary) for c in found] == [
        ("a", "A", True, True),
        ("b", "Mine", False, False),
    ]


def test_a_body_is_not_shown() -> None:
    asked = insert("primary", INVITE, Wish("tag"), 1)
    assert "Ida" not in repr(asked)


# Scopes -----------------------------------------------------------------------------

#: What each need has to be able to call.
CALLS = {
    Need.READ: ("list", "get", "watch", "instances"),
    Need.WRITE: ("insert", "patch", "delete", "get", "list", "instances"),
    Need.INVITE: ("insert", "patch", "delete", "get", "list", "instances"),
}


def test_the_scopes_are_these_and_no_other() -> None:
    """promises.md S8: never the whole calendar."""
    auth = "https://www.googleapis.com/auth/"
    assert {scope.value.removeprefix(auth) for scope in Scope} == {
        "openid",
        "email",
        "calendar.events.freebusy",
        "calendar.calendarlist.readonly",
        "calendar.app.created",
        "calendar.events.owned",
        "drive.file",
    }


@pytest.mark.parametrize("need", CALLS)
def test_what_is_asked_for_covers_what_is_called(
    need: Need, described: dict[str, Any]
) -> None:
    methods = described["resources"]["events"]["methods"]
    asked = {scope.value for scope in to_ask([need])}
    for call in CALLS[need]:
        assert asked & set(methods[call]["scopes"]), call


def test_the_calendars_of_an_account_can_be_listed(described: dict[str, Any]) -> None:
    listing = described["resources"]["calendarList"]["methods"]["list"]
    assert Scope.CALENDARS.value in listing["scopes"]
    assert Scope.FREEBUSY.value not in listing["scopes"]


def test_what_was_not_granted_is_said_in_a_sentence() -> None:
    auth = "https://www.googleapis.com/auth/"
    told = granted(f"openid {auth}userinfo.email {auth}calendar.events.freebusy x")
    assert told == {Scope.OPENID, Scope.EMAIL, Scope.FREEBUSY}
    assert allows(told, Need.READ)
    missing = lacking(allowed(told), Need)
    assert {one.need for one in missing} == set(Need) - {Need.READ}
    assert all(one.sentence.endswith(".") for one in missing)
    assert lacking(allowed(frozenset(Scope)), Need) == ()
    assert granted("") == frozenset()


def test_only_what_is_needed_is_asked_for() -> None:
    assert to_ask([]) == (Scope.OPENID, Scope.EMAIL)
    assert to_ask([Need.READ]) == (Scope.OPENID, Scope.EMAIL, Scope.FREEBUSY)
    assert to_ask([Need.INVITE, Need.INVITE])[2:] == (Scope.OWNED,)
