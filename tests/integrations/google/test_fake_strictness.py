"""Scopes, forms and faults: what the discovery document and the error guide say."""

import json
from http.client import RemoteDisconnected
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from integrations.google.fake import problems
from integrations.google.fake.discovery import calendar_v3
from integrations.google.fake.faults import Drop, Hang, Refuse, Rule
from integrations.google.fake.problems import Problem
from integrations.google.fake.world import Behaviour, FreeBusy
from tests.integrations.google.conftest import MENTEE, MENTOR, Stage
from tests.integrations.google.shapes import guests, listed, timed, weekly
from tests.integrations.google.test_fake_listing import reason

EVENTS = "/calendar/v3/calendars/primary/events"
FREEBUSY = "calendar.events.freebusy"
TITLE = "a title that is nobody's business"

READING = ("events.list", "events.get", "events.instances")
WRITING = ("events.insert", "events.patch", "events.delete", "calendars.insert")


def asking(stage: Stage, method: str, token: str) -> tuple[int, Any]:
    what = calendar_v3().methods[method]
    path = {
        "events.list": EVENTS,
        "events.get": f"{EVENTS}/abcde",
        "events.instances": f"{EVENTS}/abcde/instances",
        "events.insert": EVENTS,
        "events.patch": f"{EVENTS}/abcde",
        "events.delete": f"{EVENTS}/abcde",
        "calendars.insert": "/calendar/v3/calendars",
        "calendarList.list": "/calendar/v3/users/me/calendarList",
    }[method]
    body = {"summary": "x", **timed()} if what.takes == "Event" else {"summary": "x"}
    status, answer, _ = stage.plain(
        what.http, path, token, body if what.takes else None
    )
    return status, answer


@pytest.mark.parametrize("method", [*READING, *WRITING, "calendarList.list"])
def test_a_method_needs_one_of_its_scopes(stage: Stage, method: str) -> None:
    """'Choose scopes': for each method, those of the discovery document."""
    stage.events().insert(
        calendarId="primary", body={"id": "abcde", **weekly()}
    ).execute()
    allowed = {one.rpartition("/")[2] for one in calendar_v3().methods[method].scopes}
    known = {
        one.rpartition("/")[2]
        for m in calendar_v3().methods.values()
        for one in m.scopes
    }
    for scope in sorted(known - allowed):
        status, answer = asking(stage, method, stage.google.token(MENTOR, scope))
        assert status == 403
        assert answer["error"]["errors"][0]["reason"] == "insufficientPermissions"
    for scope in sorted(allowed - {"calendar.app.created"}):
        status, _ = asking(stage, method, stage.google.token(MENTOR, scope))
        assert status not in {401, 403}


def test_an_app_sees_only_the_calendars_it_made(stage: Stage) -> None:
    """'Choose scopes': `calendar.app.created` is for secondary calendars of the app."""
    service = stage.service(MENTOR, "calendar.app.created")
    made = service.calendars().insert(body={"summary": "Mentoring"}).execute()
    body = {"summary": "x", **timed()}
    service.events().insert(calendarId=made["id"], body=body).execute()
    assert service.events().list(calendarId=made["id"]).execute()["items"]
    with pytest.raises(HttpError) as caught:
        service.events().list(calendarId="primary").execute()
    assert reason(caught) == (403, "insufficientPermissions")
    other = stage.google.token(MENTOR, "calendar.app.created", client="another")
    path = f"/calendar/v3/calendars/{made['id']}/events"
    assert stage.plain("GET", path, other)[0] == 403
    service.calendars().delete(calendarId=made["id"]).execute()
    with pytest.raises(HttpError) as caught:
        service.calendars().get(calendarId=made["id"]).execute()
    assert reason(caught) == (404, "notFound")


def test_a_calendar_of_somebody_else_is_not_there(stage: Stage) -> None:
    """'Handle API errors', 404: or 'you do not have access to it'."""
    for name in (MENTEE, "nobody@gmail.test"):
        with pytest.raises(HttpError) as caught:
            stage.events(MENTOR).list(calendarId=name).execute()
        assert reason(caught) == (404, "notFound")


def test_the_calendar_list_comes_in_pages(stage: Stage) -> None:
    """CalendarList: list: with roles, zones, and which is primary."""
    service = stage.service()
    for name in "abc":
        service.calendars().insert(body={"summary": name}).execute()
    first = service.calendarList().list(maxResults=2).execute()
    again = service.calendarList().list_next(
        service.calendarList().list(maxResults=2), first
    )
    items = first["items"] + again.execute()["items"]
    assert len({one["id"] for one in items}) == 4
    (own,) = [one for one in items if one.get("primary")]
    assert (own["id"], own["timeZone"]) == (MENTOR, "Europe/Berlin")
    entry = service.calendarList().get(calendarId="primary").execute()
    assert entry["accessRole"] == "owner"


@pytest.mark.parametrize("shape", FreeBusy)
def test_free_busy_readers_see_times_alone(stage: Stage, shape: FreeBusy) -> None:
    """'Choose scopes': see 'the availability'; in which shape is told nowhere."""
    stage.google.behaviour = Behaviour(freebusy=shape)
    body = {**weekly(3), "summary": TITLE, "description": TITLE, "location": TITLE}
    body |= {"attendees": guests(MENTEE)}
    events = stage.events()
    made = events.insert(calendarId="primary", body=body, sendUpdates="none").execute()
    free = {**timed(20), "transparency": "transparent"}
    events.insert(calendarId="primary", body=free).execute()
    reader = stage.events(MENTOR, FREEBUSY)
    items, token = listed(reader)
    told = json.dumps(items)
    assert TITLE not in told
    assert MENTEE not in told
    if shape is FreeBusy.MASTERS:
        assert made["id"] in {one["id"] for one in items}
        assert [one for one in items if "recurrence" in one]
    else:
        assert len(items) == 3
        assert made["id"] not in told
        assert not [one for one in items if "recurringEventId" in one]
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}
    where = {"calendarId": "primary", "eventId": made["id"]}
    events.patch(**where, body=rule, sendUpdates="none").execute()
    changed, _ = listed(reader, syncToken=token)
    gone = [one for one in changed if one["status"] == "cancelled"]
    assert len(gone) == (shape is FreeBusy.ANONYMOUS)


def test_a_cancelled_instance_may_be_bare(stage: Stage) -> None:
    """Seen: `{id, status}` alone, whose id names master and original start."""
    stage.google.behaviour = Behaviour(sparse=True)
    events = stage.events()
    made = events.insert(calendarId="primary", body=weekly()).execute()
    _, token = listed(events)
    name = f"{made['id']}_20260310T090000Z"
    events.delete(calendarId="primary", eventId=name).execute()
    items, _ = listed(events, syncToken=token)
    assert items == [{"id": name, "status": "cancelled"}]


@pytest.mark.parametrize(
    ("http", "path", "body", "status"),
    [
        ("GET", f"{EVENTS}?tilte=x", None, 400),
        ("GET", f"{EVENTS}?singleEvents=yes", None, 400),
        ("GET", f"{EVENTS}?maxResults=0", None, 400),
        ("GET", f"{EVENTS}?maxResults=many", None, 400),
        ("GET", f"{EVENTS}?maxResults=1&maxResults=2", None, 400),
        ("GET", f"{EVENTS}?timeMin=2026-03-01T00:00:00", None, 400),
        ("GET", f"{EVENTS}?timeMin=yesterday", None, 400),
        ("GET", f"{EVENTS}?orderBy=title", None, 400),
        ("GET", f"{EVENTS}?orderBy=startTime", None, 400),
        ("GET", f"{EVENTS}?syncToken=x", None, 400),
        ("GET", f"{EVENTS}?pageToken=x", None, 400),
        ("GET", f"{EVENTS}?timeZone=Mars/Olympus", None, 400),
        ("GET", f"{EVENTS}?alt=xml", None, 400),
        ("POST", EVENTS, "{", 400),
        ("POST", EVENTS, "[]", 400),
        ("POST", EVENTS, None, 400),
        ("POST", f"{EVENTS}/abcde/move", None, 400),
        ("GET", "/calendar/v3/calendars/primary/meetings", None, 404),
        ("PUT", EVENTS, None, 404),
        ("GET", "/calendar/v3/colors", None, 501),
    ],
)
def test_a_request_of_another_form_is_refused(
    stage: Stage, http: str, path: str, body: str | None, status: int
) -> None:
    """The discovery document: paths, parameters with their types, bodies."""
    token = stage.google.token(MENTOR, "calendar")
    got, answer, _ = stage.plain(http, path, token, body)
    assert got == status
    assert answer["error"]["code"] == status
    assert answer["error"]["errors"][0].keys() >= {"domain", "reason", "message"}


def test_a_token_is_good_for_an_hour(stage: Stage) -> None:
    """'Handle API errors', 401: expired or invalid."""
    token = stage.google.token(MENTOR, "calendar")
    stage.clock.advance(stage.google.behaviour.token_life)
    for bad in (token, "", "nonsense"):
        status, answer, headers = stage.plain("GET", EVENTS, bad)
        assert status == 401
        assert answer["error"]["errors"][0]["reason"] == "authError"
        assert "www-authenticate" in headers


@pytest.mark.parametrize(
    "problem",
    [
        problems.USER_RATE,
        problems.RATE,
        problems.DAILY,
        problems.PROJECT_DAY,
        problems.CALENDAR_USE,
        problems.FORBIDDEN,
        problems.NON_ORGANIZER,
        problems.INSUFFICIENT,
        problems.DUPLICATE,
        problems.CHANGED,
        problems.FULL_SYNC,
        problems.TOO_LONG_AGO,
        problems.BACKEND,
        problems.UNAVAILABLE,
        problems.too_many(7),
    ],
    ids=lambda one: f"{one.status}-{one.reason}",
)
def test_the_script_refuses_the_call_it_names(stage: Stage, problem: Problem) -> None:
    """'Handle API errors': every reason, in Google's form."""
    events = stage.events()
    stage.google.play(Rule("events.list", Refuse(problem), nth=2))
    events.list(calendarId="primary").execute()
    with pytest.raises(HttpError) as caught:
        events.list(calendarId="primary").execute()
    assert reason(caught) == (problem.status, problem.reason)
    if problem.status == 429:
        assert caught.value.resp["retry-after"] == "7"
    events.list(calendarId="primary").execute()


def test_a_fault_may_wait_for_one_page(stage: Stage) -> None:
    """F18: 410 on page k; the parameters say which call is meant."""
    events = stage.events()
    for day in (3, 4):
        events.insert(calendarId="primary", body=timed(day)).execute()
    first = events.list(calendarId="primary", maxResults=1).execute()
    where = {"pageToken": first["nextPageToken"]}
    stage.google.play(Rule("events.list", Refuse(problems.FULL_SYNC), where=where))
    listed(events)
    with pytest.raises(HttpError):
        listed(events, maxResults=1)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("hangs", [True, False])
def test_a_call_without_an_answer_was_done_or_not(
    stage: Stage, applied: bool, hangs: bool
) -> None:
    """F25: the connection ends; a second insert with the same id tells which."""
    fault = Hang(applied, seconds=0.05) if hangs else Drop(applied)
    stage.google.play(Rule("events.insert", fault))
    token = stage.google.token(MENTOR, "calendar")
    body = {"id": "abcde", **timed()}
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        stage.plain("POST", EVENTS, token, body)
    status, _, _ = stage.plain("POST", EVENTS, token, body)
    assert status == (409 if applied else 200)


def test_an_error_may_come_after_the_work_was_done(stage: Stage) -> None:
    """'Handle API errors', 500: nobody says that nothing has happened."""
    stage.google.play(Rule("events.insert", Refuse(problems.BACKEND, applied=True)))
    token = stage.google.token(MENTOR, "calendar")
    body = {"id": "abcde", **timed()}
    assert stage.plain("POST", EVENTS, token, body)[0] == 500
    assert stage.plain("POST", EVENTS, token, body)[0] == 409


def test_what_is_known_already_is_not_sent_again(stage: Stage) -> None:
    """'Get specific versions of resources': If-None-Match and 304."""
    made = stage.events().insert(calendarId="primary", body=timed()).execute()
    token = stage.google.token(MENTOR, "calendar")
    path = f"{EVENTS}/{made['id']}"
    known = {"If_None_Match": made["etag"]}
    assert stage.plain("GET", path, token, None, **known)[:2] == (304, {})
    older = {"If_None_Match": '"0"'}
    assert stage.plain("GET", path, token, None, **older)[0] == 200


def test_every_request_is_recorded_without_its_words(stage: Stage) -> None:
    """Of the house: who asked what of whom, and the names in each body."""
    events = stage.events()
    body = {"summary": TITLE, **timed()}
    events.insert(calendarId="primary", body=body).execute()
    events.list(calendarId="primary", fields="items(id,start)").execute()
    made, asked = stage.google.requests
    assert (made.method, made.user, made.status) == ("events.insert", MENTOR, 200)
    assert made.keys >= {"summary", "start", "start.dateTime"}
    assert TITLE not in repr(stage.google.requests)
    assert ("fields", "items(id,start)") in asked.query
