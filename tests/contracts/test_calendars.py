"""What every calendar does that Troth reads and writes: memory, CalDAV, Google."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from integrations.memory.calendars import MemoryCalendar
from scheduler.errors import Conflict, CursorExpired, Gone, Rejected
from scheduler.events import CalendarObject, Coming, Cursor, Delta
from scheduler.ids import Etag, RemoteId, Uid
from scheduler.invite import Attendee, Method
from scheduler.ports.calendars import (
    Accept,
    Describe,
    Move,
    PutBack,
    Rebook,
    Shorten,
    TakeOut,
)
from scheduler.timespan import Span
from tests.contracts.calendars import (
    DATES,
    HOUR,
    INVITE,
    STAMP,
    WEEK,
    WINDOW,
    Place,
    private,
)

HOME = ZoneInfo("UTC")


@pytest.fixture
def memory() -> Place:
    calendar = MemoryCalendar()

    async def put(name: str, data: bytes) -> None:
        calendar.person_puts(name.removesuffix(".ics"), data)

    async def delete(name: str) -> None:
        calendar.person_deletes(name.removesuffix(".ics"))

    async def raw(name: str) -> bytes:
        return calendar.written(name.removesuffix(".ics"))

    return Place(calendar, put, delete, raw)


@pytest.fixture(
    params=[
        "memory",
        "google",
        pytest.param("radicale", marks=pytest.mark.servers),
        pytest.param("xandikos", marks=pytest.mark.servers),
    ]
)
def place(request: pytest.FixtureRequest) -> Place:
    name = request.param if request.param == "memory" else f"{request.param}_place"
    found: Place = request.getfixturevalue(name)
    return found


def shown(data: bytes) -> list[datetime]:
    """What a program that is not ours shows."""
    calendar = icalendar.Calendar.from_ical(data)
    events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))
    return sorted(event.start.astimezone(UTC) for event in events)


def starts(found: CalendarObject) -> list[datetime]:
    return [o.start for o in found.occurrences]


def by_id(delta: Delta) -> dict[str, list[datetime]]:
    return {found.id: starts(found) for found in delta.changed}


class TestReading:
    async def test_an_empty_calendar_is_read_whole(self, place: Place) -> None:
        delta = await place.calendar.changes(None, WINDOW)
        assert delta.everything and delta.changed == () and delta.gone == frozenset()

    async def test_all_of_it_at_first(self, place: Place) -> None:
        await place.put("one.ics", private("one"))
        await place.put("two.ics", private("two", rrule="FREQ=DAILY;COUNT=2"))
        delta = await place.calendar.changes(None, WINDOW)
        assert delta.everything
        assert by_id(delta) == {
            place.remote("one"): [DATES[0]],
            place.remote("two"): [DATES[0], DATES[0] + WEEK / 7],
        }

    async def test_then_what_changed_alone(self, place: Place) -> None:
        for name in ("one", "two", "three"):
            await place.put(f"{name}.ics", private(name))
        first = await place.calendar.changes(None, WINDOW)
        three = place.remote("three")
        await place.put("two.ics", private("two", DATES[1]))
        await place.delete("three.ics")
        await place.put("four.ics", private("four"))
        second = await place.calendar.changes(first.cursor, WINDOW)
        assert not second.everything
        two, four = place.remote("two"), place.remote("four")
        assert by_id(second) == {two: [DATES[1]], four: [DATES[0]]}
        assert second.gone == {three}
        assert {two, three} < {found.id for found in first.changed}
        third = await place.calendar.changes(second.cursor, WINDOW)
        assert (third.changed, third.gone) == ((), frozenset())

    async def test_a_repeat_says_the_same(self, place: Place) -> None:
        first = await place.calendar.changes(None, WINDOW)
        await place.put("one.ics", private("one"))
        await place.delete("one.ics")
        await place.put("two.ics", private("two"))
        said = [await place.calendar.changes(first.cursor, WINDOW) for _ in range(2)]
        assert by_id(said[0]) == by_id(said[1]) == {place.remote("two"): [DATES[0]]}

    async def test_a_cursor_is_for_its_window_alone(self, place: Place) -> None:
        first = await place.calendar.changes(None, WINDOW)
        other = Span(WINDOW.start, WINDOW.end + WEEK)
        with pytest.raises(CursorExpired):
            await place.calendar.changes(first.cursor, other)

    async def test_an_unknown_cursor_is_expired(self, place: Place) -> None:
        for token in ("", "bogus", "http://radicale.org/ns/sync/0123", "999999"):
            with pytest.raises(CursorExpired):
                await place.calendar.changes(Cursor(WINDOW, token), WINDOW)

    async def test_only_the_window_is_told(self, place: Place) -> None:
        await place.put("one.ics", private("one", rrule="FREQ=WEEKLY"))
        narrow = Span(DATES[1], DATES[2])
        delta = await place.calendar.changes(None, narrow)
        assert by_id(delta) == {place.remote("one"): [DATES[1]]}

    async def test_one_object_as_it_stands(self, place: Place) -> None:
        await place.put("one.ics", private("one"))
        delta = await place.calendar.changes(None, WINDOW)
        (known,) = delta.changed
        assert await place.calendar.read(known.id, WINDOW) == known
        await place.put("one.ics", private("one", DATES[1]))
        now = await place.calendar.read(known.id, WINDOW)
        assert starts(now) == [DATES[1]] and now.etag != known.etag
        await place.delete("one.ics")
        with pytest.raises(Gone):
            await place.calendar.read(known.id, WINDOW)

    async def test_one_series_as_it_stands(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        to = Span(DATES[1] + HOUR, DATES[1] + 2 * HOUR)
        move, out = Move(DATES[1], to, 1, STAMP), TakeOut(DATES[2], 2, STAMP)
        for edit in (None, move, out):
            if edit is not None:
                await place.calendar.edit(written.id, edit, etag=None)
            (known,) = (await place.calendar.changes(None, WINDOW)).changed
            found = await place.calendar.read(written.id, WINDOW)
            assert (found.etag, starts(found)) == (known.etag, starts(known))
            assert [o.meaning for o in found.occurrences] == [
                o.meaning for o in known.occurrences
            ]

    async def test_nothing_private_becomes_a_value(self, place: Place) -> None:
        await place.put("one.ics", private("one"))
        delta = await place.calendar.changes(None, WINDOW)
        assert "dentist" not in repr(delta)


class TestWriting:
    async def test_a_copy_stands_as_it_was_meant(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        data = await place.raw(f"{INVITE.uid}.ics")
        assert shown(data) == DATES
        assert written.id == place.remote(INVITE.uid)
        found = await place.calendar.read(written.id, WINDOW)
        assert (found.uid, starts(found)) == (place.told(INVITE.uid), DATES)

    async def test_a_copy_names_no_organiser_and_no_guest(self, place: Place) -> None:
        """A server that mails has nobody to mail to (promises.md F50)."""
        await place.calendar.create(INVITE)
        data = await place.raw(f"{INVITE.uid}.ics")
        for word in (b"ORGANIZER", b"ATTENDEE", b"METHOD"):
            assert word not in data.upper()
        if place.invites:
            return
        person = Attendee("ana@acme.test", "Ana")
        for invite in (
            replace(INVITE, uid=Uid("x"), organizer=person),
            replace(INVITE, uid=Uid("x"), attendees=(person,)),
            replace(INVITE, uid=Uid("x"), method=Method.REQUEST),
        ):
            with pytest.raises(Rejected):
                await place.calendar.create(invite)

    async def test_it_is_made_once(self, place: Place) -> None:
        await place.calendar.create(INVITE)
        with pytest.raises(Conflict):
            await place.calendar.create(INVITE)

    async def test_it_is_found_by_its_uid(self, place: Place) -> None:
        assert await place.calendar.find(INVITE.uid) is None
        await place.put("other.ics", private("other"))
        written = await place.calendar.create(INVITE)
        found = await place.calendar.find(INVITE.uid)
        assert found is not None and found.id == written.id
        assert await place.calendar.find("other@nowhere.test") is None

    async def test_a_date_is_moved(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        to = Span(DATES[1] + HOUR, DATES[1] + 2 * HOUR)
        move = Move(DATES[1], to, 1, STAMP)
        after = await place.calendar.edit(written.id, move, etag=written.etag)
        data = await place.raw(f"{INVITE.uid}.ics")
        assert shown(data) == [DATES[0], to.start, *DATES[2:]]
        again = await place.calendar.edit(written.id, move, etag=after.etag)
        assert again == after
        assert await place.raw(f"{INVITE.uid}.ics") == data

    async def test_dates_are_taken_out_and_cut_off(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        out = TakeOut(DATES[1], 1, STAMP)
        await place.calendar.edit(written.id, out, etag=None)
        assert shown(await place.raw(f"{INVITE.uid}.ics")) == [DATES[0], *DATES[2:]]
        short = Shorten(DATES[3], 2, STAMP)
        await place.calendar.edit(written.id, short, etag=None)
        assert shown(await place.raw(f"{INVITE.uid}.ics")) == [DATES[0], DATES[2]]
        await place.calendar.edit(written.id, Shorten(DATES[0], 3, STAMP), etag=None)
        assert await place.calendar.find(INVITE.uid) is None

    async def test_a_date_that_was_taken_out_is_put_back(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        for date in DATES[1:3]:
            out = TakeOut(date, 1, STAMP)
            await place.calendar.edit(written.id, out, etag=None)
        same = PutBack(DATES[1], Span(DATES[1], DATES[1] + HOUR), 2, STAMP)
        after = await place.calendar.edit(written.id, same, etag=None)
        data = await place.raw(f"{INVITE.uid}.ics")
        assert shown(data) == [*DATES[:2], *DATES[3:]]
        again = await place.calendar.edit(written.id, same, etag=after.etag)
        assert again == after
        assert await place.raw(f"{INVITE.uid}.ics") == data
        never = DATES[1] + HOUR
        with pytest.raises(Gone):
            await place.calendar.edit(
                written.id,
                PutBack(never, Span(never, never + HOUR), 3, STAMP),
                etag=None,
            )

    async def test_a_description_is_read_and_written(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        text = await place.calendar.text(written.id, DATES[1])
        assert text.text == INVITE.description
        words = "Neu: a, b; c\\n\n\n– ü 🙂"
        link = "https://troth.test/a/2"
        describe = Describe(DATES[1], words, link)
        await place.calendar.edit(written.id, describe, etag=text.etag)
        now = (await place.calendar.text(written.id, DATES[1])).text
        # Where only documents can be attached, the link ends the text.
        assert now.removesuffix(f"\n\n{link}") == words
        other = await place.calendar.text(written.id, DATES[2])
        assert other.text == INVITE.description
        assert link.encode() in await place.raw(f"{INVITE.uid}.ics")
        with pytest.raises(Gone):
            await place.calendar.text(written.id, DATES[1] + HOUR)

    async def test_people_win(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        before = await place.calendar.find(INVITE.uid)
        assert before is not None
        theirs = await place.raw(f"{INVITE.uid}.ics")
        theirs = theirs.replace(b"SUMMARY:Ana and Ben", b"SUMMARY:Tea with Ben")
        await place.put(f"{INVITE.uid}.ics", theirs)
        describe = Describe(DATES[0], "new")
        with pytest.raises(Conflict):
            await place.calendar.edit(written.id, describe, etag=before.etag)
        with pytest.raises(Conflict):
            await place.calendar.remove(written.id, etag=before.etag)
        await place.calendar.edit(written.id, describe, etag=None)
        data = await place.raw(f"{INVITE.uid}.ics")
        assert data.count(b"Tea with Ben") == 2 and b"Ana and Ben" not in data

    async def test_what_a_person_deleted_stays_deleted(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        await place.delete(f"{INVITE.uid}.ics")
        assert await place.calendar.find(INVITE.uid) is None
        for etag in (None, written.etag, Etag('"other"')):
            with pytest.raises((Gone, Conflict) if etag else Gone):
                await place.calendar.edit(
                    written.id, Describe(DATES[0], "x"), etag=etag
                )
        with pytest.raises(Gone):
            await place.calendar.text(written.id, DATES[0])
        await place.calendar.remove(written.id, etag=None)

    async def test_another_generation_is_another_object(self, place: Place) -> None:
        await place.calendar.create(INVITE)
        await place.delete(f"{INVITE.uid}.ics")
        if place.invites:  # an id is never given twice
            with pytest.raises(Gone):
                await place.calendar.create(INVITE)
        again = await place.calendar.create(INVITE, generation=2)
        found = await place.calendar.find(INVITE.uid, generation=2)
        assert found is not None and found.id == again.id

    async def test_it_is_known_for_ours_by_what_was_read(self, place: Place) -> None:
        await place.put("one.ics", private("one"))
        written = await place.calendar.create(INVITE)
        uids = frozenset({INVITE.uid, "another@programme.test"})
        named = {
            found.id: place.calendar.ours(found, uids)
            for found in (await place.calendar.changes(None, WINDOW)).changed
        }
        assert named.pop(written.id) == INVITE.uid
        assert list(named.values()) == [""]
        now = await place.calendar.read(written.id, WINDOW)
        assert place.calendar.ours(now, uids) == INVITE.uid
        assert place.calendar.ours(now, uids - {INVITE.uid}) == ""
        # A copy without guests has no answers.
        nobody = frozenset({"ben@x.test"})
        said = await place.calendar.rsvps(written.id, nobody, WINDOW)
        assert {one.coming for one in said} <= {Coming.OFF}

    async def test_nobody_accepts_what_they_are_no_guest_of(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        with pytest.raises(Rejected):
            await place.calendar.edit(written.id, Accept(), etag=None)

    async def test_a_whole_series_gets_other_dates_or_is_replaced(
        self, place: Place
    ) -> None:
        written = await place.calendar.create(INVITE)
        later = Span(INVITE.span.start + HOUR, INVITE.span.end + HOUR)
        edit = Rebook(replace(INVITE, span=later))
        if not place.invites:
            with pytest.raises(Rejected):
                await place.calendar.edit(written.id, edit, etag=None)
            return
        for _ in range(2):
            done = await place.calendar.edit(written.id, edit, etag=None)
            assert done.id == written.id
            now = await place.calendar.read(written.id, WINDOW)
            assert starts(now) == [at + HOUR for at in DATES]

    async def test_it_is_taken_away(self, place: Place) -> None:
        written = await place.calendar.create(INVITE)
        found = await place.calendar.find(INVITE.uid)
        assert found is not None
        await place.calendar.remove(written.id, etag=found.etag)
        assert await place.calendar.find(INVITE.uid) is None
        await place.calendar.remove(written.id, etag=found.etag)
        await place.calendar.remove(RemoteId("never.ics"), etag=None)

    async def test_our_own_writes_are_seen(self, place: Place) -> None:
        first = await place.calendar.changes(None, WINDOW)
        written = await place.calendar.create(INVITE)
        second = await place.calendar.changes(first.cursor, WINDOW)
        assert [found.id for found in second.changed] == [written.id]
        await place.calendar.remove(written.id, etag=None)
        third = await place.calendar.changes(second.cursor, WINDOW)
        assert third.gone == {written.id}
