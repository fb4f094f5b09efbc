"""What we ask and how we read it, against another's reading of Google's documents."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.edits import requests
from integrations.google.failures import Operation, Trouble, error
from integrations.google.fake import acts
from integrations.google.fake.problems import Answered
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import Behaviour, FreeBusy
from integrations.google.follow import known
from integrations.google.items import split_from
from integrations.google.protocol import own_event
from integrations.google.readback import Found, found, rsvps
from integrations.google.writing import Wish, event_id, insert
from scheduler.errors import Conflict, Gone
from scheduler.events import CalendarObject, Coming, Meaning, Rsvp
from scheduler.ids import Uid
from scheduler.invite import Attendee, Invite
from scheduler.ports.calendars import Describe, Edit, Move, PutBack, Shorten, TakeOut
from scheduler.sync import plan_sync
from scheduler.timespan import Span, Spans
from tests.cases import tried
from tests.integrations.google.asking import Asking, Refusal, utc
from tests.integrations.google.conftest import MENTEE, MENTOR, fresh

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = Span(utc(2026, 1, 1), utc(2027, 1, 1))
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
FIRST = utc(2026, 3, 16, 9)
DATES = [FIRST, FIRST + WEEK, FIRST + 2 * WEEK - HOUR, FIRST + 3 * WEEK - HOUR]
INVITE = Invite(
    uid=Uid("abc@programme.test"),
    sequence=0,
    stamp=FIRST,
    zone="Europe/Berlin",
    span=Span(FIRST, FIRST + HOUR),
    summary="Ida and Jon",
    rrule="FREQ=WEEKLY;COUNT=4",
)
ID = event_id(INVITE.uid, 1)


def booked(invite: Invite = INVITE) -> tuple[FakeGoogle, Asking]:
    google = fresh()
    asking = Asking(google, MENTOR, "calendar.events.owned")
    asking(insert("primary", invite, Wish("tag"), 1))
    return google, asking


def busy(objects: Mapping[str, CalendarObject]) -> Spans:
    return Spans.of(span for one in objects.values() for span in one.busy())


class Mirror:
    """What is stored of a calendar that is followed."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.objects: dict[str, CalendarObject] = {}
        self.since = None

    def sync(self) -> None:
        told = self._asking.follow(self.since, YEAR, BERLIN)
        etags = {one.id: one.etag for one in self.objects.values()}
        plan = plan_sync(etags, told)
        kept = {n: o for n, o in self.objects.items() if n not in plan.gone}
        self.objects = kept | {one.id: one for one in plan.upsert}
        self.since = told.cursor


shapes = st.builds(
    Behaviour,
    freebusy=st.sampled_from(FreeBusy),
    sparse=st.booleans(),
    page_limit=st.sampled_from([None, 1, 3]),
    empty_first_page=st.booleans(),
)
WHAT = ("series", "single", "day", "move", "cancel", "end", "split", "delete")
MORE = ("decline", "sync", "retitle")
#: (what, which event, which week, hours)
happenings = st.lists(
    st.tuples(
        st.sampled_from((*WHAT, *MORE)),
        st.integers(0, 2),
        st.integers(0, 4),
        st.integers(1, 30),
    ),
    max_size=14,
)


class People:
    """What people do in a calendar, by Google's own pages."""

    def __init__(self, google: FakeGoogle) -> None:
        self.google = google
        self.made = 0
        self.names: list[str] = []

    def do(self, what: str, which: int, week: int, hours: int) -> None:
        with suppress(Answered):  # Google does not let them: nothing happens
            getattr(self, what)(which, week, hours)

    def _act(self, method: str, body: Any = None, **at: str) -> Any:
        where = {"calendarId": "primary", **at}
        query = {"sendUpdates": "none"}
        return self.google.act(MENTOR, f"events.{method}", where, body, **query)

    def _make(self, **body: Any) -> None:
        self.made += 1
        name = f"event{self.made}"
        self._act("insert", {"id": name, **body})
        self.names.append(name)

    def _name(self, which: int) -> str:
        return self.names[which % len(self.names)] if self.names else "none1"

    def series(self, which: int, week: int, hours: int) -> None:
        start = FIRST + which * HOUR * 3
        rule = {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={week + 2}"]}
        self._make(**_times(start, "Europe/Berlin"), **rule)

    def single(self, which: int, week: int, hours: int) -> None:
        self._make(**_times(FIRST + week * WEEK + hours * HOUR, "Europe/Berlin"))

    def day(self, which: int, week: int, hours: int) -> None:
        day = (FIRST + week * WEEK).date()
        self._make(start={"date": f"{day}"}, end={"date": f"{day + timedelta(days=1)}"})

    def _instance(self, which: int, week: int) -> str:
        name = self._name(which)
        found = self._act("instances", eventId=name)["items"]
        return str(found[week % len(found)]["id"]) if found else name

    def move(self, which: int, week: int, hours: int) -> None:
        start = FIRST + week * WEEK + hours * HOUR
        body = _times(start, "UTC")
        self._act("patch", body, eventId=self._instance(which, week))

    def cancel(self, which: int, week: int, hours: int) -> None:
        self._act("delete", eventId=self._instance(which, week))

    def retitle(self, which: int, week: int, hours: int) -> None:
        self._act("patch", {"summary": f"{hours}"}, eventId=self._name(which))

    def decline(self, which: int, week: int, hours: int) -> None:
        body = {"attendees": [{"email": MENTOR, "responseStatus": "declined"}]}
        self._act("patch", body, eventId=self._name(which))

    def delete(self, which: int, week: int, hours: int) -> None:
        self._act("delete", eventId=self._name(which))

    def end(self, which: int, week: int, hours: int) -> None:
        self._following(which, week, None)

    def split(self, which: int, week: int, hours: int) -> None:
        self._following(which, week, hours)

    def _following(self, which: int, week: int, hours: int | None) -> None:
        name = self._name(which)
        found = self._act("instances", eventId=name)["items"]
        if week + 1 >= len(found) or not week:
            return
        original = found[week]["originalStartTime"]
        world, now = self.google.world, self.google.clock()
        if hours is None:
            after = acts.end_before(world, MENTOR, name, original, now)
        else:
            start = datetime.fromisoformat(original["dateTime"]) + hours * HOUR
            change = _times(start, "Europe/Berlin")
            after, fresh_name = acts.split(world, MENTOR, name, original, (change, now))
            self.names.append(fresh_name)
        self.google.become(after)


def _times(start: datetime, zone: str) -> dict[str, Any]:
    return {
        key: {"dateTime": when.isoformat(), "timeZone": zone}
        for key, when in (("start", start), ("end", start + HOUR))
    }


@settings(max_examples=tried(60), deadline=None)
@given(shapes, happenings)
def test_a_calendar_is_followed_in_every_shape_it_may_have(
    behaviour: Behaviour, history: list[tuple[str, int, int, int]]
) -> None:
    """Deltas, pages, sparse and anonymous: the mirror is what a full read gives."""
    google = fresh()
    google.behaviour = behaviour
    people = People(google)
    mirror = Mirror(Asking(google, MENTOR, "calendar.events.freebusy"))
    owner = Mirror(Asking(google, MENTOR, "calendar.events.owned"))
    for what, which, week, hours in history:
        if what == "sync":
            mirror.sync()
        else:
            people.do(what, which, week, hours)
    mirror.sync()
    owner.sync()
    full = Mirror(Asking(google, MENTOR, "calendar.events.freebusy"))
    full.sync()
    there = {n: o for n, o in mirror.objects.items() if o.occurrences}
    assert {n: o.occurrences for n, o in there.items()} == {
        n: o.occurrences for n, o in full.objects.items()
    }
    assert known(mirror.since, YEAR).events == known(full.since, YEAR).events
    # What is seen of who is busy does not hang on the shape; whether the free/busy
    # scope tells of one's own answers is documented nowhere: without, one is busy.
    if all(what != "decline" for what, *_ in history):
        assert busy(there) == busy(owner.objects)
    else:
        assert not busy(owner.objects) - busy(there)


edits = st.one_of(
    st.builds(
        Move,
        st.sampled_from(DATES),
        st.builds(
            lambda at, n: Span(at + n * HOUR, at + (n + 1) * HOUR),
            st.sampled_from(DATES),
            st.integers(1, 40),
        ),
        st.just(1),
        st.just(FIRST),
    ),
    st.builds(TakeOut, st.sampled_from(DATES), st.just(1), st.just(FIRST)),
    st.builds(
        lambda at: PutBack(at, Span(at + HOUR, at + 2 * HOUR), 1, FIRST),
        st.sampled_from(DATES),
    ),
    st.builds(Shorten, st.sampled_from(DATES), st.just(1), st.just(FIRST)),
    st.builds(Describe, st.sampled_from(DATES), st.sampled_from(["One", "Two"])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(edits, max_size=5), st.booleans())
def test_our_edits_are_taken_and_done_once(changes: list[Edit], sparse: bool) -> None:
    google, asking = booked()
    google.behaviour = replace(google.behaviour, sparse=sparse)
    for edit in changes:
        try:
            asking.edit(ID, edit, DATES)
            assert asking.edit(ID, edit, DATES) == 0
        except Gone:
            continue
        mirror = Mirror(asking)
        mirror.sync()
        found = {o.original_start: o for o in mirror.objects[ID].occurrences}
        if isinstance(edit, Move):
            assert found[edit.original_start].span == edit.span
        elif isinstance(edit, PutBack):
            assert found[edit.original_start].meaning is Meaning.BUSY


def test_a_second_insert_is_read_back_and_adopted() -> None:
    google, asking = booked()
    with pytest.raises(Refusal) as caught:
        asking(insert("primary", INVITE, Wish("tag"), 1))
    assert caught.value.failure.trouble is Trouble.CONFLICT
    assert found(asking(own_event("primary", ID)), "tag") is Found.OURS
    google.act(MENTOR, "events.delete", {"calendarId": "primary", "eventId": ID})
    with pytest.raises(Refusal) as caught:
        asking(insert("primary", INVITE, Wish("tag"), 1))
    assert isinstance(error(caught.value.failure, Operation.INSERT), Conflict)
    assert found(asking(own_event("primary", ID)), "tag") is Found.DELETED


def test_an_edit_that_somebody_overtook_is_a_conflict() -> None:
    google, asking = booked()
    standing = asking.standing(ID, [DATES[1]])
    where = {"calendarId": "primary", "eventId": standing.instances[0]["id"]}
    body = _times(DATES[1] + 5 * HOUR, "Europe/Berlin")
    google.act(MENTOR, "events.patch", where, body, sendUpdates="none")
    (call,) = requests(standing, TakeOut(DATES[1], 1, FIRST))
    with pytest.raises(Refusal) as caught:
        asking(call)
    assert isinstance(error(caught.value.failure, Operation.CHANGE), Conflict)


def test_guests_are_told_once_and_heard() -> None:
    guests = (Attendee(MENTOR, "Mo", partstat="ACCEPTED"), Attendee(MENTEE, "Mia"))
    google, asking = booked(replace(INVITE, attendees=guests))
    mia = Mirror(Asking(google, MENTEE, "calendar.events.owned"))
    mia.sync()
    assert len(busy(mia.objects).spans) == 4
    both = [
        {"email": MENTOR, "responseStatus": "accepted"},
        {"email": MENTEE, "responseStatus": "declined"},
    ]
    where, answer = {"calendarId": "primary", "eventId": ID}, {"attendees": both}
    google.act(MENTEE, "events.patch", where, answer, sendUpdates="none")
    mia.sync()
    assert busy(mia.objects) == Spans()
    standing = asking.standing(ID, [])
    assert rsvps(standing, {MENTOR}) == (Rsvp(Coming.YES),)
    assert rsvps(standing, {MENTEE}) == (Rsvp(Coming.NO),)


def followed(*history: tuple[str, int, int, int]) -> tuple[Mirror, Mirror]:
    """A mirror that was there from the start, and one that reads everything now."""
    google = fresh()
    people = People(google)
    mirror = Mirror(Asking(google, MENTOR, "calendar.events.owned"))
    for what, which, week, hours in history:
        if what == "sync":
            mirror.sync()
        else:
            people.do(what, which, week, hours)
    mirror.sync()
    full = Mirror(Asking(google, MENTOR, "calendar.events.owned"))
    full.sync()
    return mirror, full


def test_a_tail_that_is_deleted_takes_its_changed_dates_with_it() -> None:
    """Whether Google cancels them one by one or tells of a shorter rule alone."""
    series, moved, ended = ("series", 0, 4, 1), ("move", 0, 3, 20), ("end", 0, 2, 1)
    mirror, full = followed(series, moved, ("sync", 0, 0, 0), ended)
    assert len(busy(full.objects).spans) == 2
    assert busy(mirror.objects) == busy(full.objects)


def test_a_split_series_is_two_and_neither_is_doubled() -> None:
    """F41: the ids say that they belong together."""
    series, split = ("series", 0, 4, 1), ("split", 0, 2, 3)
    mirror, full = followed(series, ("sync", 0, 0, 0), split)
    assert len(busy(full.objects).spans) == 6
    assert busy(mirror.objects) == busy(full.objects)
    first, second = sorted(mirror.objects)
    assert split_from(first) == split_from(second) == first
