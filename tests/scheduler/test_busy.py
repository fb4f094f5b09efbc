"""Busy: everything foreign, and what Troth booked; our own copies count once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.ics.decode import decode
from scheduler.busy import FRESH, Own, Reading, Side, foreign_busy
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.events import CalendarObject, Cursor, Meaning, Occurrence
from scheduler.ids import CalendarId, PersonId, ProgrammeId, RemoteId
from scheduler.localtime import zone
from scheduler.people import OFFICE_HOURS, Person
from scheduler.secret import Secret
from scheduler.timespan import Span, Spans

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hour(n: int, length: int = 1) -> Span:
    return Span(NOW + n * HOUR, NOW + (n + length) * HOUR)


def an_object(name, *spans, uid="", meaning=Meaning.BUSY):
    dates = tuple(Occurrence(s.start, s.start, s.end, meaning) for s in spans)
    return CalendarObject(RemoteId(name), uid, dates)


HOURS = st.lists(st.integers(0, 40), max_size=8, unique=True)


@given(HOURS, HOURS, st.sampled_from(list(CalendarKind)))
def test_foreign_time_is_all_that_is_not_ours_by_uid(theirs, ours, kind):
    booked = Spans.of(hour(n) for n in ours)
    objects = [an_object(str(n), hour(n)) for n in theirs]
    objects.append(an_object("ours", *(hour(n) for n in ours), uid="u@troth"))
    found = foreign_busy(kind, objects, {"u@troth"}, booked)
    assert found == Spans.of(hour(n) for n in theirs)


def test_a_feed_without_our_uids_shows_ours_by_start_and_end():
    booked = Spans((hour(1), hour(5)))
    objects = [an_object("a", hour(1)), an_object("b", hour(5, 2))]
    feed = foreign_busy(CalendarKind.ICS, objects, {"u@troth"}, booked)
    assert feed == Spans((hour(5, 2),))
    certain = foreign_busy(CalendarKind.CALDAV, objects, {"u@troth"}, booked)
    assert certain == Spans((hour(1), hour(5, 2)))


def test_ours_is_cut_out_of_merged_time():
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\n"
        "FREEBUSY:20260302T090000Z/20260302T120000Z\r\nEND:VFREEBUSY\r\n"
        "END:VCALENDAR\r\n"
    )
    window = Span(NOW - 24 * HOUR, NOW + 24 * HOUR)
    objects = decode(text.encode(), window=window, zone=zone("UTC"), owner="").objects
    found = foreign_busy(CalendarKind.ICS, objects, (), Spans((hour(1),)))
    assert found == Spans((hour(0), hour(2)))


def test_what_is_declined_cancelled_or_free_takes_no_time():
    objects = [
        an_object(m.value, hour(n), meaning=m) for n, m in enumerate(Meaning) if n
    ]
    assert foreign_busy(CalendarKind.CALDAV, objects, (), Spans()) == Spans()


def side(*connections):
    person = Person(PersonId("p"), ProgrammeId("g"), "Ida", "ida@example.org", "UTC")
    return Side(
        person, tuple(Reading(c) for c in connections), booked=Spans((hour(3),))
    )


def connection(name, health=Health.GOOD, read_at=NOW, horizon=None):
    window = Span(NOW - 24 * HOUR, NOW + 240 * HOUR)
    return Connection(
        CalendarId(name),
        PersonId("p"),
        CalendarKind.ICS,
        Secret(name),
        health=health,
        read_at=read_at,
        horizon=horizon,
        cursor=Cursor(window, ""),
    )


def test_without_a_calendar_busy_is_what_troth_booked():
    found = side().availability(Own(OFFICE_HOURS), NOW)
    assert (found.busy, found.horizon) == (Spans((hour(3),)), None)


def test_one_calendar_that_was_not_read_lately_makes_the_person_unknown():
    good = connection("good")
    for bad in (
        connection("old", read_at=NOW - FRESH - HOUR),
        connection("failing", health=Health.FAILING),
        connection("new", health=Health.NEW, read_at=None),
        connection("closed", health=Health.NEEDS_CONSENT),
    ):
        found = side(good, bad)
        assert found.availability(Own(OFFICE_HOURS), NOW).busy is None
        assert found.stale(NOW) == (bad,)
    assert side(good).availability(Own(OFFICE_HOURS), NOW).busy is not None


def test_the_nearest_end_of_any_calendar_is_the_horizon():
    feed, other = connection("feed", horizon=NOW + 5 * HOUR), connection("dav")
    assert side(feed, other).horizon == NOW + 5 * HOUR
    assert side(other).horizon == NOW + 240 * HOUR
