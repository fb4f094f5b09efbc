"""What the adapter asks for, as Google sees it: of what is not ours times (S8, S23).

Everything that the adapter does is done once with the real client, before a calendar
whose events are full of words. Google's record of it is what is judged.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta

from integrations.google.calendar import GoogleCalendar
from integrations.google.failures import Operation
from integrations.google.fake.faults import TOKEN
from integrations.google.fake.service import Recorded
from integrations.google.opening import OpenGoogle
from integrations.google.protocol import FOREIGN_ITEM, calendars
from integrations.google.watching import GoogleWatching
from integrations.google.wire import PATHS
from integrations.google.writing import event_id
from scheduler.channels import Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import AccountId, CalendarId, RemoteId
from scheduler.invite import Attendee
from scheduler.ports.calendars import (
    Accept,
    Describe,
    Move,
    PutBack,
    Rebook,
    Shorten,
    TakeOut,
)
from scheduler.secret import Secret
from scheduler.timespan import Span
from tests.contracts.calendars import DATES, HOUR, INVITE, STAMP, WINDOW
from tests.integrations.google.calling import FREEBUSY, Called, calling
from tests.integrations.google.conftest import MENTEE, MENTOR, OUTSIDER

OWN = event_id(INVITE.uid, 1)
#: All that an answer about a foreign event may have, to the letter.
FOREIGN = {
    f"items({FOREIGN_ITEM}),nextPageToken,nextSyncToken,timeZone",
    f"items({FOREIGN_ITEM}),nextPageToken",
    FOREIGN_ITEM,
}
#: A page of a list may be asked for by these; `q` and others would search in words.
PARAMETERS = {
    *("fields", "maxAttendees", "maxResults", "singleEvents", "pageToken"),
    *("timeMin", "timeMax", "syncToken", "showDeleted"),
}
SECRET = {
    "summary": "canary dentist",
    "description": "canary words",
    "location": "canary street",
    "attendees": [{"email": OUTSIDER}],
}
TIMES = {
    "start": {"dateTime": "2026-03-10T12:00:00Z", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-10T13:00:00Z", "timeZone": "UTC"},
}


def wrong(one: Recorded) -> str:
    """Why this must not be asked; '' where it may be."""
    query = dict(one.query)
    told = f"{one.method} {one.query}"
    if one.method in {"calendarList.list", "channels.stop", TOKEN}:
        return ""
    # Ours are asked for whole: by their ids, or (parts of a split series) by our mark.
    if f"/events/{OWN}" in one.path:
        return ""
    if query.get("sharedExtendedProperty", "").startswith("troth="):
        return ""
    if one.method == "events.insert":
        return "" if "id" in one.keys else told
    if one.http != "GET":
        is_watch = one.method == "events.watch" and "maxAttendees" in query
        return "" if is_watch else told
    is_masked = query.get("fields") in FOREIGN and query.get("maxAttendees") == "1"
    return "" if is_masked and query.keys() <= PARAMETERS else told


def opened(here: Called, account: AccountId) -> tuple[GoogleCalendar, Connection]:
    connection = Connection(
        id=CalendarId("c"),
        person=here.grants.accounts[account].person,
        kind=CalendarKind.GOOGLE,
        url=Secret("primary"),
        account=account,
    )
    return OpenGoogle(here.google.account, "programme.test")(connection), connection


async def read(here: Called) -> None:
    """With leave to see times: everything, what changed, one of each kind."""
    where = {"calendarId": "primary"}
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}
    for more in ({}, rule):
        body = {**SECRET, **TIMES, **more}
        here.fake.act(MENTEE, "events.insert", where, body, sendUpdates="none")
    account = here.connect(MENTEE, FREEBUSY, "calendar.calendarlist.readonly")
    calendar, connection = opened(here, account)
    first = await calendar.changes(None, WINDOW)
    assert len(first.changed) == 2
    assert "canary" not in repr(first) + first.cursor.token
    for one in first.changed:
        assert await calendar.read(one.id, WINDOW) == one
    event = {**where, "eventId": first.changed[0].id}
    news = {"summary": "canary 2"}
    here.fake.act(MENTEE, "events.patch", event, news, sendUpdates="none")
    await calendar.changes(first.cursor, WINDOW)
    await here.google.account(account)(calendars(), Operation.LIST)
    address = "https://troth.test/webhooks/google"
    watching = GoogleWatching(here.google.account, address)
    now = here.clock.now()
    ends = now + timedelta(days=7)
    wish = Channel("wished-1", CalendarId("c"), Secret("t" * 32), "", now, ends)
    channel = await watching.open(connection, wish)
    await watching.stop(connection, channel)


async def write(here: Called) -> None:
    """With leave to write: a booking with a guest, every change of it, its end."""
    calendar, _ = opened(here, here.connect(MENTOR, "calendar.events.owned"))
    both = (Attendee(MENTOR, "Mo"), Attendee(MENTEE, "Mia"))
    invite = replace(INVITE, attendees=both)
    written = await calendar.create(invite)
    assert written.id == OWN
    later = Span(DATES[1] + HOUR, DATES[1] + 2 * HOUR)
    back = Span(DATES[2], DATES[2] + HOUR)
    for edit in (
        Move(DATES[1], later, 1, STAMP),
        TakeOut(DATES[2], 2, STAMP),
        PutBack(DATES[2], back, 3, STAMP),
        Describe(DATES[0], "new words", "https://troth.test/a/1"),
        Shorten(DATES[3], 4, STAMP),
        Rebook(replace(invite, span=Span(DATES[0] + HOUR, DATES[0] + 2 * HOUR))),
    ):
        await calendar.edit(RemoteId(OWN), edit, etag=None)
    await calendar.text(RemoteId(OWN), DATES[0] + HOUR)
    assert await calendar.find(INVITE.uid)
    guest, _ = opened(here, here.connect(MENTEE, "calendar.events.owned"))
    await guest.edit(RemoteId(OWN), Accept(), etag=None)
    await calendar.remove(RemoteId(OWN), etag=None)


async def test_foreign_events_are_asked_for_their_times_alone() -> None:
    async with calling() as here:
        await read(here)
        await write(here)
        asked = here.fake.requests
        assert [told for one in asked if (told := wrong(one))] == []
        assert all(one.status < 400 for one in asked)
        made = {one.method for one in asked}
        assert made >= {
            f"{resource}.{method}"
            for resource, method in PATHS
            if resource in {"events", "channels", "calendarList"}
        }


async def test_a_wrong_question_would_be_seen() -> None:
    async with calling() as here:
        await read(here)
        listed = next(one for one in here.fake.requests if one.method == "events.list")
        query = dict(listed.query)
        for change in (
            {"fields": query["fields"].replace("status", "status,summary")},
            {"fields": query["fields"].replace("(self", "(email,self")},
            {"maxAttendees": "2"},
            {"q": "dentist"},
        ):
            assert wrong(replace(listed, query=tuple({**query, **change}.items())))
        query.pop("fields")
        assert wrong(replace(listed, query=tuple(query.items())))
        assert wrong(replace(listed, http="PATCH", method="events.patch"))


async def test_nothing_that_opens_an_account_is_told() -> None:
    """A token is in no repr, no error and no record of what was asked."""
    async with calling() as here:
        account = here.connect(MENTOR, FREEBUSY)
        calendar, _ = opened(here, account)
        await calendar.changes(None, WINDOW)
        tokens = [*here.fake.desk.access, *here.fake.desk.grants]
        assert len(tokens) == 2
        held = repr((calendar, here.google, here.grants.accounts))
        held += json.dumps([one.query for one in here.fake.requests])
        held += repr(vars(here.google)) + repr(vars(here.google._tokens))
        assert not [token for token in tokens if token in held]
        assert not re.search(r"ya29|1//", held)
