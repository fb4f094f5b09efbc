"""Whatever happens to a series, a calendar that only reads mail shows the same.

promises.md I11: SEQUENCE never falls, DTSTAMP strictly rises, a CANCEL has a higher
number than the REQUEST before it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ics.encode import encode
from scheduler.cadence import MONTHLY, Cadence, periods
from scheduler.effects import Effect, PutCopy, RemoveCopy, SendInvite, TakeOutOfCopy
from scheduler.ids import AgreementId, CalendarId, PairId, PersonId, SeriesId, Uid
from scheduler.invite import Attendee, Invite, Method
from scheduler.itip import (
    Edition,
    Guests,
    Revision,
    Words,
    Worth,
    answered,
    author,
    breaks_on_instances,
    counter_refused,
    ended,
    last_revision,
    moved,
    shortened,
    single,
    taken_out,
    time_sequence,
    whole,
    worth,
)
from scheduler.localtime import instant, zone
from scheduler.ports.mail import Answer, Claim, Reply
from scheduler.series import Meeting, MeetingKey, MeetingState, Series
from scheduler.timespan import Span
from tests.servers.itip import ItipClient

NOW = datetime(2026, 2, 2, 9, 0, 0, 250_000, tzinfo=UTC)
WORDS = Words("Ida and Leyla", "The agenda: https://troth.test/a/1")
GUESTS = Guests(
    Attendee("meet@hafen.test", "Hafen Mentoring"),
    (Attendee("ida@acme.test", "Ida"), Attendee("leyla@hafen.test", "Leyla")),
)


def a_series(
    count: int = 6,
    *,
    unplaced: frozenset[int] = frozenset(),
    where: str = "Europe/Berlin",
    cadence: Cadence | None = None,
) -> Series:
    cadence = cadence or Cadence("week", 2)
    first = date(2026, 3, 3)
    if cadence == MONTHLY:
        days = [date(2026, 3 + k, d) for k, d in enumerate([10, 14, 12, 9, 14, 11])]
        rrule = f"FREQ=MONTHLY;BYDAY=2TU;COUNT={count}"
    else:
        days = [first + timedelta(days=cadence.days * k) for k in range(count)]
        rrule = f"FREQ=WEEKLY;INTERVAL={cadence.every};COUNT={count}"
    starts = [instant(day, time(15), zone(where)) for day in days[:count]]
    length = timedelta(minutes=45)
    meetings = tuple(
        Meeting(MeetingKey(SeriesId("s"), at), k, None, MeetingState.UNPLACED)
        if k in unplaced
        else Meeting(MeetingKey(SeriesId("s"), at), k, Span(at, at + length))
        for k, at in enumerate(starts)
    )
    return Series(
        id=SeriesId("s"),
        pair=PairId("p"),
        agreement=AgreementId("a"),
        uid=Uid("u@troth.test"),
        zone=where,
        anchor=PersonId("ida"),
        minutes=45,
        cadence=cadence,
        rrule=rrule,
        first=starts[0],
        periods=periods(cadence, first, count),
        meetings=meetings,
    )


def changed(series: Series, meeting: Meeting) -> Series:
    kept = [m for m in series.meetings if m.key != meeting.key]
    return replace(
        series, meetings=tuple(sorted([*kept, meeting], key=lambda m: m.key))
    )


acts = st.lists(
    st.tuples(
        st.sampled_from(["move", "cancel", "replace"]),
        st.integers(0, 11),
        st.integers(-30, 30),
    ),
    max_size=8,
)


class Booking:
    """A series, what was mailed about it, and the calendar that read the mails."""

    def __init__(self, series: Series, *, whole_object: bool) -> None:
        self.series = series
        self.whole_object = whole_object
        self.sent: list[Invite] = []
        self.client = ItipClient("leyla@hafen.test")
        self.send(whole(series, self.edition(series.uid)))

    def edition(self, uid: Uid) -> Edition:
        """Always at the same reading of the clock: stamps must rise all the same."""
        last = last_revision(
            (SendInvite(PersonId("leyla"), invite) for invite in self.sent), uid
        )
        revision = last.next(NOW) if last else Revision.first(NOW)
        return Edition(revision, WORDS, GUESTS.asking("leyla@hafen.test"))

    def send(self, invite: Invite) -> None:
        self.sent.append(invite)
        self.client.receive(encode(invite))

    def do(self, act: str, which: int, by: int) -> None:
        live = self.series.live()
        if not live:
            return
        meeting = live[which % len(live)]
        uid = meeting.uid or self.series.uid
        match act:
            case "move" if by and meeting.span:
                shift = timedelta(minutes=15 * by)
                span = Span(meeting.span.start + shift, meeting.span.end + shift)
                moving = replace(meeting, span=span)
                self.series = changed(self.series, moving)
                self.send(
                    moved(
                        self.series,
                        moving,
                        self.edition(uid),
                        whole_object=self.whole_object,
                    )
                )
            case "cancel" | "replace":
                gone = replace(meeting, state=MeetingState.CANCELLED)
                self.series = changed(self.series, gone)
                self.send(
                    taken_out(
                        self.series,
                        gone,
                        self.edition(uid),
                        whole_object=self.whole_object,
                    )
                )
                if act == "replace" and meeting.span:
                    self.replace(meeting, timedelta(minutes=15 * (by or 1)))

    def replace(self, meeting: Meeting, shift: timedelta) -> None:
        assert meeting.span
        key = replace(meeting.key, n=meeting.key.n + 1)
        uid = Uid(f"{key.original_start:%Y%m%d}-{key.n}@troth.test")
        span = Span(meeting.span.start + shift, meeting.span.end + shift)
        new = Meeting(key, meeting.period, span, uid=uid)
        self.series = changed(self.series, new)
        self.send(single(self.series, new, self.edition(uid)))

    def expected(self) -> set[tuple[str, datetime, datetime]]:
        return {
            (m.uid or self.series.uid, m.span.start, m.span.end)
            for m in self.series.live()
            if m.span
        }


@settings(max_examples=80, deadline=None)
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


def a_reply(answer: Answer, sequence: int, *, certain: bool = True) -> Reply:
    return Reply(
        "u@troth.test", "leyla@hafen.test", answer, sequence, NOW, certain=certain
    )


@pytest.mark.parametrize(
    ("answer", "sequence", "certain", "expected"),
    [
        (Answer.ACCEPTED, 3, True, Worth.ACT),
        (Answer.ACCEPTED, 2, True, Worth.IGNORE),
        (Answer.ACCEPTED, 3, False, Worth.ASK),
        (Answer.TENTATIVE, 2, True, Worth.IGNORE),
        (Answer.DECLINED, 3, True, Worth.ACT),
        (Answer.DECLINED, 2, True, Worth.ASK),
        (Answer.DECLINED, 9, False, Worth.ASK),
        (Answer.COUNTER, 3, True, Worth.ACT),
        (Answer.COUNTER, 2, True, Worth.IGNORE),
    ],
)
def test_what_an_answer_is_worth(
    answer: Answer, sequence: int, certain: bool, expected: Worth
) -> None:
    assert worth(a_reply(answer, sequence), told=3, certain=certain) is expected


def test_a_change_to_one_instance_makes_only_its_own_answers_stale() -> None:
    booking = Booking(a_series(), whole_object=False)
    first, second = (m.key.original_start for m in booking.series.meetings[:2])
    booking.do("cancel", 3, 0)
    booking.do("move", 1, 8)
    uid = booking.series.uid
    assert time_sequence(booking.sent, uid, None) == 0
    assert time_sequence(booking.sent, uid, first) == 0
    assert time_sequence(booking.sent, uid, second) == 2


def test_a_whole_object_that_moves_one_date_leaves_the_others_alone() -> None:
    booking = Booking(a_series(), whole_object=True)
    first, second = (m.key.original_start for m in booking.series.meetings[:2])
    booking.do("move", 1, 8)
    booking.do("cancel", 0, 0)
    uid = booking.series.uid
    assert time_sequence(booking.sent, uid, None) == 0
    assert time_sequence(booking.sent, uid, second) == 1
    assert time_sequence(booking.sent, "another@troth.test", first) == 0


def test_refusing_a_counter_changes_nothing_but_says_so() -> None:
    series = a_series()
    meeting = series.meetings[2]
    reply = a_reply(Answer.COUNTER, 4)
    edition = Edition(Revision(9, NOW), WORDS, GUESTS)
    invite = counter_refused(series, meeting, reply, edition)
    assert invite.method is Method.DECLINECOUNTER
    assert invite.sequence == 4
    assert invite.recurrence_id == meeting.key.original_start


@pytest.mark.parametrize(
    ("prodid", "breaks"),
    [
        ("-//Xandikos//xandikos 0.4//EN", True),
        ("-//Nextcloud Mail", True),
        ("-//Google Inc//Google Calendar 70.9054//EN", False),
        ("", False),
    ],
)
def test_programs_that_need_whole_objects(prodid: str, breaks: bool) -> None:
    assert breaks_on_instances(prodid) is breaks


OURS = ["Ida@acme.test", "leyla@hafen.test"]


@pytest.mark.parametrize(
    ("attendee", "others", "expected"),
    [
        ("leyla@hafen.test", (), "leyla@hafen.test"),
        ("LEYLA@hafen.test", (), "LEYLA@hafen.test"),
        (
            "l@alias.test",
            (Claim("leyla@hafen.test", certain=False),),
            "leyla@hafen.test",
        ),
        ("bob@else.test", (Claim("bob2@else.test", certain=True),), None),
        ("ida@acme.test", (Claim("leyla@hafen.test", certain=True),), "ida@acme.test"),
    ],
)
def test_who_answered(
    attendee: str, others: tuple[Claim, ...], expected: str | None
) -> None:
    reply = replace(a_reply(Answer.ACCEPTED, 0), attendee=attendee, others=others)
    found = author(reply, OURS)
    assert (found.address if found else None) == expected


def test_another_address_is_as_certain_as_it_was_vouched_for() -> None:
    reply = replace(
        a_reply(Answer.ACCEPTED, 0),
        attendee="l@alias.test",
        others=(Claim("leyla@hafen.test", certain=False),),
    )
    assert author(reply, OURS) == Claim("leyla@hafen.test", certain=False)


def test_which_meeting_was_answered() -> None:
    series = a_series()
    third = series.meetings[2]
    start = third.key.original_start
    wall = start.astimezone(zone(series.zone)).replace(tzinfo=None)
    reply = a_reply(Answer.DECLINED, 0)
    for named in (
        replace(reply, recurrence_id=start),
        replace(reply, recurrence_wall=wall),
        replace(reply, recurrence_wall=datetime.combine(wall.date(), time.min)),
        replace(reply, recurrence_id=start.replace(hour=0)),
    ):
        assert answered(named, series) == third
    assert answered(reply, series) is None
    elsewhere = replace(reply, recurrence_id=start + timedelta(days=3))
    assert answered(elsewhere, series) is None
    assert answered(replace(reply, uid="other@troth.test"), series) is None


def test_an_answer_to_a_replacement_is_about_it() -> None:
    booking = Booking(a_series(), whole_object=False)
    booking.do("replace", 2, 8)
    (new,) = (m for m in booking.series.meetings if m.uid)
    reply = replace(a_reply(Answer.DECLINED, 0), uid=str(new.uid))
    assert answered(reply, booking.series) == new
