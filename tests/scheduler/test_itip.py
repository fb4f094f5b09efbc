"""Whatever happens to a series, a calendar that only reads mail shows the same.

promises.md I11: SEQUENCE never falls, DTSTAMP strictly rises, a CANCEL has a higher
number than the REQUEST before it.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.cadence import MONTHLY, Cadence
from scheduler.effects import Effect, PutCopy, RemoveCopy, TakeOutOfCopy
from scheduler.ids import CalendarId, PersonId
from scheduler.invite import Invite, Method
from scheduler.itip import (
    Edition,
    Revision,
    ended,
    last_revision,
    shortened,
    whole,
)
from tests.cases import tried
from tests.scheduler.invited import GUESTS, NOW, WORDS, Booking, a_series

acts = st.lists(
    st.tuples(
        st.sampled_from(["move", "cancel", "replace"]),
        st.integers(0, 11),
        st.integers(-30, 30),
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=tried(80), deadline=None)
@given(
    acts,
    st.frozensets(st.integers(0, 5), max_size=3),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    st.sampled_from([Cadence("week"), Cadence("week", 2), MONTHLY]),
    st.booleans(),
)
def test_the_calendar_that_reads_the_mails_shows_what_stands(
    acts: list[tuple[str, int, int]],
    unplaced: frozenset[int],
    where: str,
    cadence: Cadence,
    whole_object: bool,
) -> None:
    series = a_series(unplaced=unplaced, where=where, cadence=cadence)
    booking = Booking(series, whole_object=whole_object)
    for act in acts:
        booking.do(*act)
        assert booking.client.meetings() == booking.expected()
    assert booking.client.stale == 0
    in_order(booking.sent)


def in_order(sent: list[Invite]) -> None:
    for uid in {invite.uid for invite in sent}:
        mine = [invite for invite in sent if invite.uid == uid]
        for before, after in itertools.pairwise(mine):
            assert after.stamp > before.stamp
            assert after.sequence >= before.sequence
            if after.method is Method.CANCEL:
                assert after.sequence > before.sequence


@given(acts)
def test_a_change_to_one_instance_carries_no_rule(acts: list[tuple[str, int, int]]):
    booking = Booking(a_series(), whole_object=False)
    for act in acts:
        booking.do(*act)
    first, *others = booking.sent
    assert first.rrule and first.method is Method.REQUEST
    for invite in others:
        if invite.uid == first.uid and invite.recurrence_id:
            assert not invite.rrule
    assert all(i.stamp.microsecond == 0 for i in booking.sent)


def test_a_series_starts_at_its_first_date_that_takes_place() -> None:
    series = a_series(unplaced=frozenset({0, 1, 3}))
    invite = whole(series, Edition(Revision.first(NOW), WORDS), Method.PUBLISH)
    assert invite.span.start == series.meetings[2].key.original_start
    assert invite.rrule == "FREQ=WEEKLY;INTERVAL=2;COUNT=4"
    assert invite.exdates == (series.meetings[3].key.original_start,)
    assert not invite.organizer and not invite.attendees


def test_a_series_without_a_meeting_is_no_event() -> None:
    series = a_series(2, unplaced=frozenset({0, 1}))
    with pytest.raises(ValueError, match="no event"):
        whole(series, Edition(Revision.first(NOW), WORDS))


def test_shortening_keeps_what_is_past() -> None:
    series = a_series()
    booking = Booking(series, whole_object=False)
    before = series.meetings[2].key.original_start
    booking.send(shortened(series, before, booking.edition(series.uid)))
    starts = {start for _, start, _ in booking.client.meetings()}
    assert starts == {m.key.original_start for m in series.meetings[:2]}


def test_shortening_to_nothing_is_a_cancellation() -> None:
    series = a_series()
    booking = Booking(series, whole_object=False)
    last = shortened(series, series.first, booking.edition(series.uid))
    booking.send(last)
    assert last.method is Method.CANCEL
    assert booking.client.meetings() == set()


def test_ending_a_series_ends_every_instance_of_it() -> None:
    booking = Booking(a_series(), whole_object=False)
    booking.do("move", 2, 8)
    booking.send(ended(booking.series, booking.edition(booking.series.uid)))
    assert booking.client.meetings() == set()


def test_rsvp_is_asked_of_the_recipient_alone() -> None:
    asked = GUESTS.asking("LEYLA@hafen.test")
    assert [a.rsvp for a in asked.attendees] == [False, True]


def test_written_copies_count_too() -> None:
    """One counter for each UID, whichever way the two copies travel."""
    series = a_series()
    invite = whole(series, Edition(Revision(0, NOW.replace(microsecond=0)), WORDS))
    person, calendar = PersonId("ida"), CalendarId("c")
    later = NOW.replace(microsecond=0) + timedelta(hours=1)
    effects: list[Effect] = [
        PutCopy(person, calendar, invite),
        TakeOutOfCopy(person, calendar, series.uid, series.first, 4, later),
        RemoveCopy(person, calendar, series.uid),
    ]
    assert last_revision(effects, series.uid) == Revision(4, later)
    assert last_revision(effects, "another@troth.test") is None
