"""Who answered, about which meeting, and what the answer is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from scheduler.invite import Method
from scheduler.itip import (
    Edition,
    Revision,
    Worth,
    answered,
    author,
    breaks_on_instances,
    counter_refused,
    time_sequence,
    worth,
)
from scheduler.localtime import zone
from scheduler.ports.mail import Answer, Claim, Reply
from tests.scheduler.invited import GUESTS, NOW, WORDS, Booking, a_series


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
