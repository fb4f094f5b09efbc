"""What a report of a mail that came back may do, and what it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.bands import Band, band
from scheduler.bounces import (
    RETURNED,
    bounced_rows,
    came_back,
    may_be_mailed,
    returned,
    unreachable,
)
from scheduler.consistency import Record
from scheduler.delivery import Case, Verdict
from scheduler.effects import OutboxState, Outgoing, RemoveCopy, SendLetter
from scheduler.ids import CalendarId, OutboxId, PairId, PersonId, ProgrammeId, Uid
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import message_id
from scheduler.people import Person

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR, DOMAIN = PairId("p"), "programme.example"
LEYLA = Person(
    PersonId("leyla"), ProgrammeId("hafen"), "Leyla", "Leyla@B.example", "UTC"
)


def a_row(
    key: str = "k", to: str = "leyla", kind: LetterKind = LetterKind.OWED
) -> Outgoing:
    letter = Letter(kind, PersonId(to), PAIR, Facts())
    programme, effect = ProgrammeId("hafen"), SendLetter(letter)
    return Outgoing(
        OutboxId(key), key, programme, PAIR, effect, NOW, state=OutboxState.DONE
    )


def a_bounce(key: str = "k", address: str = "leyla@b.example") -> tuple[str, str]:
    return address, message_id(key, DOMAIN)


def test_a_report_is_believed_of_a_mail_that_went_to_that_very_address() -> None:
    rows = [a_row("other"), a_row("k", to="ida"), a_row("k")]
    assert returned(*a_bounce(), LEYLA, rows, DOMAIN) == a_row("k")


@pytest.mark.parametrize(
    ("bounce", "domain"),
    [
        (a_bounce("never sent"), DOMAIN),
        (a_bounce(), "elsewhere.example"),
        (a_bounce(address="ida@a.example"), DOMAIN),
        (("leyla@b.example", "k@programme.example"), DOMAIN),
    ],
)
def test_a_forged_report_finds_nothing(bounce: tuple[str, str], domain: str) -> None:
    rows = [a_row("k"), a_row("other", to="ida")]
    assert returned(*bounce, LEYLA, rows, domain) is None


def test_what_came_back_is_dead_with_words_for_the_coordinator() -> None:
    row = came_back(a_row())
    assert (row.state, row.trouble) == (OutboxState.DEAD, RETURNED)
    assert came_back(row) == row


def test_the_first_report_counts() -> None:
    gone = unreachable(LEYLA, NOW)
    assert unreachable(gone, NOW + timedelta(days=1)) == gone
    once = bounced_rows(gone, [PAIR])
    assert bounced_rows(unreachable(gone, NOW + timedelta(days=1)), [PAIR]) == once
    assert bounced_rows(LEYLA, [PAIR]) == ()


def test_nothing_is_mailed_to_an_address_that_does_not_exist() -> None:
    gone = unreachable(LEYLA, NOW)
    waiting = replace(a_row(), state=OutboxState.WAITING)
    assert Case(waiting, person=LEYLA).verdict(NOW) is Verdict.GO
    assert Case(waiting, person=gone).verdict(NOW) is Verdict.DROP


def test_their_calendar_is_written_and_a_link_that_is_asked_for_is_sent() -> None:
    gone = unreachable(LEYLA, NOW)
    assert may_be_mailed(RemoveCopy(gone.id, CalendarId("c"), Uid("u")), gone)
    assert may_be_mailed(a_row(kind=LetterKind.SIGN_IN).effect, gone)


def test_mail_that_comes_back_does_not_hide_that_nothing_is_agreed() -> None:
    record = Record(PAIR, (), ())
    assert band((), record, (), NOW, bounces=True) is Band.WAITING
