"""Deliveries decided: bounded patience, nothing late, nothing twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.connections import CalendarKind, Connection
from scheduler.delivery import GIVE_UP, Case, Verdict, failed, landed, mailed
from scheduler.effects import (
    OutboxState,
    Outgoing,
    PutCopy,
    RemoveCopy,
    SendInvite,
    TakeOutOfCopy,
)
from scheduler.ids import CalendarId, OutboxId, PersonId, ProgrammeId, Uid
from scheduler.invite import Invite, Method
from scheduler.secret import Secret
from scheduler.series import Copy, CopyState, Route
from scheduler.timespan import Span

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDA, CALENDAR, UID = PersonId("ida"), CalendarId("c"), Uid("u@troth")
SPAN = Span(NOW, NOW + timedelta(minutes=45))
CONNECTION = Connection(CALENDAR, IDA, CalendarKind.CALDAV, Secret("x"), written=True)


def invite(sequence=0, method=Method.NONE, **more):
    return Invite(UID, sequence, NOW, "UTC", SPAN, "Ida and Leyla", method, **more)


def row(effect, name="1"):
    return Outgoing(OutboxId(name), name, ProgrammeId("g"), None, effect, NOW)


def copy(state, sequence=-1, route=Route.WRITTEN):
    return Copy(IDA, UID, route, state, CALENDAR, sequence=sequence)


PUT = PutCopy(IDA, CALENDAR, invite(1))
OUT = TakeOutOfCopy(IDA, CALENDAR, UID, NOW, 1, NOW)
REMOVE = RemoveCopy(IDA, CALENDAR, UID)
WANTED, THERE, REMOVED, ENDED = (
    CopyState.WANTED,
    CopyState.THERE,
    CopyState.REMOVED_BY_PERSON,
    CopyState.ENDED,
)


@pytest.mark.parametrize(
    ("effect", "state", "sequence", "expected"),
    [
        (PUT, WANTED, -1, Verdict.GO),
        (PUT, ENDED, 0, Verdict.GO),
        (PUT, THERE, 1, Verdict.DONE),
        (PUT, REMOVED, 0, Verdict.DROP),
        (OUT, THERE, 0, Verdict.GO),
        (OUT, THERE, 1, Verdict.DONE),
        (OUT, WANTED, -1, Verdict.DROP),
        (OUT, REMOVED, 0, Verdict.DROP),
        (REMOVE, THERE, 0, Verdict.GO),
        (REMOVE, WANTED, -1, Verdict.GO),
        (REMOVE, ENDED, 0, Verdict.DONE),
        (REMOVE, REMOVED, 0, Verdict.DROP),
    ],
)
def test_what_is_done_to_a_written_copy(effect, state, sequence, expected):
    case = Case(row(effect), copy=copy(state, sequence), connection=CONNECTION)
    assert case.verdict(NOW) is expected
    assert replace(case, connection=None).verdict(NOW) is Verdict.DROP
    assert replace(case, is_behind=True).verdict(NOW) is Verdict.WAIT
    late = replace(case.row, until=NOW)
    assert replace(case, row=late).verdict(NOW) is Verdict.DROP


@pytest.mark.parametrize(
    ("sent", "route", "expected"),
    [
        (-1, Route.IMIP, Verdict.GO),
        (0, Route.IMIP, Verdict.GO),
        (1, Route.IMIP, Verdict.DONE),
        (2, Route.IMIP, Verdict.DROP),
        (0, Route.WRITTEN, Verdict.DROP),
    ],
)
def test_an_invitation_never_follows_a_newer_one_nor_another_route(
    sent, route, expected
):
    effect = SendInvite(IDA, invite(1, Method.REQUEST))
    case = Case(row(effect), copy=copy(THERE, sent, route))
    assert case.verdict(NOW) is expected


@given(st.text("abc123", min_size=1, max_size=8))
def test_patience_grows_and_ends(name):
    effect, now, waits = row(OUT, name), NOW, []
    while effect.state is OutboxState.WAITING:
        effect, again = failed(effect, "asleep", now)
        assert (effect, again) == failed(
            replace(effect, attempts=effect.attempts - 1), "asleep", now
        )
        waits.append(again - now)
        now = again
    assert effect.state is OutboxState.DEAD
    assert GIVE_UP <= now - NOW <= GIVE_UP + timedelta(hours=4)
    assert all(timedelta(seconds=1) <= w <= timedelta(hours=4) for w in waits[:-1])
    assert len(waits) > 18


def test_a_reply_and_a_deletion_that_came_meanwhile_stay():
    known = replace(copy(REMOVED, 0), partstat="DECLINED")
    after = landed(known, replace(copy(THERE, 1), remote_id="/u.ics"))
    assert (after.state, after.partstat, after.sequence) == (REMOVED, "DECLINED", 1)
    assert after.remote_id == "/u.ics"


def test_only_the_cancelling_of_all_ends_a_mailed_copy():
    mine = copy(THERE, 0, Route.IMIP)
    one = invite(1, Method.CANCEL, recurrence_id=NOW)
    assert mailed(mine, one).state is THERE
    assert mailed(mine, invite(2, Method.CANCEL)).state is ENDED
    refused = invite(9, Method.DECLINECOUNTER)
    assert mailed(mine, refused) == mine
