"""Published feeds: read whole, asked politely, never written."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from integrations.egress import Door
from integrations.ics.decode import decode
from integrations.ics.feed import OpenFeed, without_stamps
from integrations.ics.packed import marked
from integrations.ics.resource import Read
from integrations.spool import Spool, Spools
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import (
    CursorExpired,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.events import Cursor, Delta, Meaning
from scheduler.ids import CalendarId, PersonId, RemoteId
from scheduler.ports.calendars import Calendar, Describe
from scheduler.secret import Secret
from scheduler.timespan import Span
from tests.contracts.calendars import INVITE
from tests.faults.serving import serving

HERE = (ip_network("127.0.0.1/32"),)
WINDOW = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


def event(uid: str, start: str, more: str = "", stamp: str = "20260101T000000Z") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:{stamp}\r\nDTSTART:{start}\r\n"
        f"DURATION:PT1H\r\nSUMMARY:The dentist\r\n{more}END:VEVENT\r\n"
    )


def feed(*events: str) -> bytes:
    inside = "".join(events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n".encode()


class Server:
    """A feed that changes at a test's word; counts what was asked and decoded."""

    def __init__(self, body: bytes, *, etag: str = "", modified: str = "") -> None:
        self.body, self.etag, self.modified = body, etag, modified
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.decoded = 0

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        marks = {"ETag": self.etag, "Last-Modified": self.modified}
        headers = {name: mark for name, mark in marks.items() if mark}
        if self.etag and request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304, headers=headers)
        return web.Response(status=self.status, body=self.body, headers=headers)

    async def decode(
        self,
        source: Iterable[bytes],
        *,
        calendar: str,
        again: bool = False,
        **words,
    ) -> Read:
        assert calendar and again
        self.decoded += 1
        return marked(decode(b"".join(source), **words))

    def open(self, url: str, username: str = "", **person: str) -> Calendar:
        return self.opener()(self.connection(url, username), **person)

    def opener(self) -> OpenFeed:
        return OpenFeed(Door(allowed=HERE), self.decode)

    def connection(self, url: str, username: str = "") -> Connection:
        return Connection(
            id=CalendarId("c"),
            person=PersonId("ben"),
            kind=CalendarKind.ICS,
            url=Secret(f"{url}/private-0123/basic.ics"),
            username=username,
            password=Secret("pw"),
        )


def starts(delta: Delta) -> list[datetime]:
    return sorted(o.start for found in delta.changed for o in found.occurrences)


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


ONE, TWO = event("one", "20260310T090000Z"), event("two", "20260610T090000Z")


async def test_a_feed_is_everything_up_to_its_last_date() -> None:
    server = Server(feed(ONE, TWO, event("old", "20200101T090000Z")))
    async with serving(server) as here:
        delta = await server.open(here).changes(None, WINDOW)
    assert delta.everything
    assert starts(delta) == [at(3, 10), at(6, 10)]
    assert delta.horizon == at(6, 10, 10)
    assert "dentist" not in repr(delta) and "0123" not in repr(delta)


async def test_an_empty_feed_speaks_about_nothing() -> None:
    server = Server(feed())
    async with serving(server) as here:
        delta = await server.open(here).changes(None, WINDOW)
    assert (delta.changed, delta.horizon) == ((), WINDOW.start)


async def test_a_rule_without_end_speaks_about_the_whole_window() -> None:
    server = Server(feed(event("one", "20260310T090000Z", "RRULE:FREQ=DAILY\r\n")))
    async with serving(server) as here:
        delta = await server.open(here).changes(None, WINDOW)
    assert delta.horizon is not None
    assert WINDOW.end - delta.horizon < timedelta(days=1)


@pytest.mark.parametrize("mark", ["etag", "content"])
async def test_an_unchanged_feed_is_not_read_again(mark: str) -> None:
    server = Server(feed(ONE, TWO), etag='"1"' if mark == "etag" else "")
    async with serving(server) as here:
        calendar = server.open(here)
        first = await calendar.changes(None, WINDOW)
        if mark == "content":  # Google stamps everything anew
            server.body = server.body.replace(b"DTSTAMP:2026", b"DTSTAMP:2027")
        second = await calendar.changes(first.cursor, WINDOW)
    assert second == Delta((), first.cursor)
    assert server.decoded == 1
    assert ("If-None-Match" in server.asked[1]) is (mark == "etag")


@given(st.data())
def test_only_stamps_are_left_out_wherever_the_pieces_break(data) -> None:
    words = st.sampled_from(["\n", "DTSTAMP", ":1", "DTS", "X", "\r\n", "\nDTSTAMP:2"])
    text = "".join(data.draw(st.lists(words))) + "\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    pieces = [text[a:b].encode() for a, b in pairwise([0, *cuts, len(text)])]
    told = re.sub(r"(?<=\n)DTSTAMP[^\n]*\n", "", text).encode()
    assert without_stamps(pieces) == hashlib.sha256(told).hexdigest()


@pytest.mark.parametrize("reading", ["none", "older"])
async def test_what_an_older_release_read_is_read_again(reading: str) -> None:
    server = Server(feed(ONE))
    async with serving(server) as here:
        calendar = server.open(here)
        first = await calendar.changes(None, WINDOW)
        token = json.loads(first.cursor.token)
        if reading == "none":  # as it was before it was counted
            del token["reading"], token["octets"]
        else:
            token["reading"] -= 1
        with pytest.raises(CursorExpired):
            await calendar.changes(Cursor(WINDOW, json.dumps(token)), WINDOW)


class Counted(Spools):
    """Counts how often what it holds is read again."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    def open(self) -> Spool:
        among = self

        class Kept(Spool):
            def __iter__(self) -> Iterator[bytes]:
                among.read += 1
                return super().__iter__()

        return Kept(self)


async def test_unchanged_bytes_are_digested_on_their_way_and_never_read_again() -> None:
    server, spools = Server(feed(ONE, TWO)), Counted()
    opened = OpenFeed(Door(allowed=HERE), server.decode, spools)
    async with serving(server) as here:
        calendar = opened(server.connection(here))
        first = await calendar.changes(None, WINDOW)
        assert (spools.read, server.decoded) == (2, 1)  # for the stamps, to decode
        await calendar.changes(first.cursor, WINDOW)
        assert (spools.read, server.decoded) == (2, 1)
        server.body = server.body.replace(b"DTSTAMP:2026", b"DTSTAMP:2027")
        await calendar.changes(first.cursor, WINDOW)
        assert (spools.read, server.decoded) == (3, 1)
        server.body = feed(ONE)
        await calendar.changes(first.cursor, WINDOW)
        assert (spools.read, server.decoded) == (5, 2)


async def test_the_day_of_the_last_change_is_sent_back() -> None:
    server = Server(feed(ONE), modified="Tue, 10 Mar 2026 09:00:00 GMT")
    async with serving(server) as here:
        calendar = server.open(here)
        first = await calendar.changes(None, WINDOW)
        await calendar.changes(first.cursor, WINDOW)
    assert server.asked[1]["If-Modified-Since"] == server.modified


async def test_only_what_changed_has_another_etag() -> None:
    server = Server(feed(ONE, TWO), etag='"1"')
    async with serving(server) as here:
        calendar = server.open(here)
        first = await calendar.changes(None, WINDOW)
        server.body, server.etag = feed(ONE, event("two", "20260611T090000Z")), '"2"'
        second = await calendar.changes(first.cursor, WINDOW)
        third = await calendar.changes(second.cursor, WINDOW)
    assert second.everything and starts(second) == [at(3, 10), at(6, 11)]
    before, after = ({o.id: o.etag for o in d.changed} for d in (first, second))
    assert before.keys() == after.keys()
    assert [i for i in before if before[i] != after[i]] == ["two"]
    assert third == Delta((), second.cursor)


async def test_a_cursor_is_for_its_window() -> None:
    server = Server(feed(ONE))
    async with serving(server) as here:
        calendar = server.open(here)
        first = await calendar.changes(None, WINDOW)
        other = Span(WINDOW.start, WINDOW.end + timedelta(days=1))
        with pytest.raises(CursorExpired):
            await calendar.changes(first.cursor, other)
        for token in ("", "bogus", "[]", '{"etag": "1"}'):
            with pytest.raises(CursorExpired):
                await calendar.changes(Cursor(WINDOW, token), WINDOW)


async def test_a_free_busy_feed_of_single_instances_is_normal() -> None:
    """What Google publishes: instances with RECURRENCE-ID and no master."""
    parts = [
        event("g", f"2026031{day}T090000Z", f"RECURRENCE-ID:2026031{day}T090000Z\r\n")
        for day in (0, 7)
    ]
    server = Server(feed(*parts))
    async with serving(server) as here:
        delta = await server.open(here).changes(None, WINDOW)
    assert starts(delta) == [at(3, 10), at(3, 17)]
    assert delta.warnings == ()


async def test_floating_times_and_answers_are_the_persons() -> None:
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:Ben@acme.test\r\n"
    server = Server(feed(event("one", "20260310T090000", declined)))
    async with serving(server) as here:
        calendar = server.open(here, zone="Asia/Tokyo", owner="ben@acme.test")
        delta = await calendar.changes(None, WINDOW)
    (found,) = delta.changed[0].occurrences
    assert (found.start, found.meaning) == (at(3, 10, 0), Meaning.DECLINED)


async def test_one_event_is_read_by_its_id() -> None:
    server = Server(feed(ONE, TWO))
    async with serving(server) as here:
        calendar = server.open(here)
        delta = await calendar.changes(None, WINDOW)
        assert await calendar.read(RemoteId("two"), WINDOW) == delta.changed[1]
        with pytest.raises(Gone):
            await calendar.read(RemoteId("three"), WINDOW)


async def test_an_endless_uid_has_a_short_id() -> None:
    server = Server(feed(event("x" * 5000, "20260310T090000Z")))
    async with serving(server) as here:
        delta = await server.open(here).changes(None, WINDOW)
    assert len(delta.changed[0].id) < 201


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, NeedsConsent), (403, NeedsConsent), (404, Refused), (410, Refused),
     (304, Refused), (500, Unavailable), (429, Unavailable)],
)  # fmt: skip
async def test_each_refusal_has_its_meaning(status: int, error: type) -> None:
    server = Server(b"")
    server.status = status
    async with serving(server) as here:
        with pytest.raises(error) as caught:
            await server.open(here).changes(None, WINDOW)
    assert "0123" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "E_ICS_EMPTY"), (b"<html>", "E_ICS_NOT_CALENDAR"),
     (feed(ONE)[:-20], "E_ICS_TRUNCATED")],
)  # fmt: skip
async def test_what_is_no_calendar_is_refused(body: bytes, code: str) -> None:
    server = Server(body)
    async with serving(server) as here:
        with pytest.raises(Refused, match=code):
            await server.open(here).changes(None, WINDOW)


async def test_what_was_refused_three_times_is_not_read_until_it_changes() -> None:
    """F48: and a new stamp is no change, another window is."""
    server = Server(feed(event("one", "soon")))
    other = Span(WINDOW.start, WINDOW.end + timedelta(days=31))
    async with serving(server) as here:
        opened = server.opener()
        for window, decoded in ((WINDOW, 3), (other, 6)):
            for number in range(5):
                stamp = f"DTSTAMP:2027010{number}".encode()
                server.body = re.sub(rb"DTSTAMP:\d{8}", stamp, server.body)
                with pytest.raises(Refused, match="E_EVENT_NO_START"):
                    await opened(server.connection(here)).changes(None, window)
            assert server.decoded == decoded
        server.body = feed(event("one", "later"))
        with pytest.raises(Refused, match="E_EVENT_NO_START"):
            await opened(server.connection(here)).changes(None, WINDOW)
        server.body = feed(ONE)
        assert (await opened(server.connection(here)).changes(None, WINDOW)).changed
    assert server.decoded == 8


async def test_one_feed_in_quarantine_is_nobody_elses_trouble() -> None:
    server = Server(feed(event("one", "soon")))
    async with serving(server) as here:
        opened = server.opener()
        for name in ("c", "c", "c", "c", "d"):
            mine = replace(server.connection(here), id=CalendarId(name))
            with pytest.raises(Refused):
                await opened(mine).changes(None, WINDOW)
    assert server.decoded == 4


async def test_a_password_is_sent_only_where_there_is_one() -> None:
    server = Server(feed(ONE))
    async with serving(server) as here:
        await server.open(here).changes(None, WINDOW)
        await server.open(here, username="ben").changes(None, WINDOW)
    assert ["Authorization" in headers for headers in server.asked] == [False, True]


async def test_a_feed_is_never_written() -> None:
    server = Server(feed(ONE))
    async with serving(server) as here:
        calendar = server.open(here)
        one = RemoteId("one")
        for attempt in (
            calendar.create(INVITE),
            calendar.find("one"),
            calendar.text(one, at(3, 10)),
            calendar.edit(one, Describe(at(3, 10), "x"), etag=None),
            calendar.remove(one, etag=None),
        ):
            with pytest.raises(Rejected):
                await attempt
    assert server.asked == []
