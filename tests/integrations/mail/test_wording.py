"""Letters say what the facts say, in both shapes, kindly, to whoever reads them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from scheduler.access import Purpose
from scheduler.effects import Address
from scheduler.ids import Uid
from scheduler.invite import Attendee, Invite, Method, Override
from scheduler.letters import ALWAYS, Facts, Letter, LetterKind
from tests.integrations.mail.letters import (
    FACTS,
    IDA,
    KEY,
    READER,
    UNKIND,
    WORDING,
    Shown,
    at,
    every_kind,
    every_language,
    letter,
    link,
    reading,
    written,
)


@every_language
@every_kind
def test_each_letter_is_whole(kind: LetterKind, language: str) -> None:
    message = written(kind, language)
    assert message.subject and "\n" not in message.subject
    assert message.text.startswith(
        "Dear Leyla," if language == "en" else "Hallo Leyla,"
    )
    assert not message.calendar
    html = Shown(message.html)
    urls = set(re.findall(r"https://\S+[\w/-]", message.text))
    assert urls == set(html.links)
    assert html.tags.isdisjoint({"img", "script", "form", "input", "link"})
    assert not re.search(r"@import|@font-face|url\(|\ssrc=|background=", message.html)
    assert f'lang="{language}"' in message.html
    assert len(html.links) - html.links.count(link(Purpose.PAGES)) <= 5
    assert message.html.count('class="button"') <= 1
    for odd in ("{{", "{%", "\ue000", "[(", "Undefined"):
        assert odd not in message.text + message.html


def test_the_letter_of_a_day_that_fell_through() -> None:
    message = written(LetterKind.FELL_OUT)
    assert message.subject == (
        "Tuesday 2 February fell through: three times to choose from"
    )
    assert (
        message.text
        == """\
Dear Leyla,

These things happen. Here are three other times that suit you both,
inside the same stretch of days. Choose the one you like best.

    Thursday 4 February
    16:00 in Berlin, for you
    10:00 in New York, for Ida
    https://troth.test/p/choose/o1?time=1

    Monday 8 February
    15:00 in Berlin, for you
    09:00 in New York, for Ida
    https://troth.test/p/choose/o1?time=2

    Wednesday 10 February
    15:30 in Berlin, for you
    09:30 in New York, for Ida
    https://troth.test/p/choose/o1?time=3

Nothing is booked until you say yes on the next page. Ida has the same
choice; whoever chooses first chooses for both.

    Sep ● ●  Oct ○ ●  Nov ◎ ●  Dec – ●  Jan ● [○]  Feb ◐ /  Mar ·

    ● kept   ◎ repaired   – skipped by agreement   ○ owed
    ◐ unconfirmed   / not counted   · to come   [ ] next

In your row of periods this one is an open ring for now. It closes
when you have met.

None of them suits you? See what else you can do:
https://troth.test/p/pages/-

--\x20
The times were clear on Monday 1 February, 09:10 in Berlin, and are
checked again when you choose.
Your pages, and what is kept about you: https://troth.test/p/pages/-
"""
    )


def test_the_consistency_letter() -> None:
    message = written(LetterKind.CONSISTENCY)
    assert message.subject == "Nine of ten: February"
    assert (
        "In February nine of your meetings took place: seven on the day planned "
        "and two on a new one. Ten were due; one is still owed."
    ) in " ".join(message.text.split())
    german = written(LetterKind.CONSISTENCY, "de")
    assert german.subject == "Neun von zehn: Februar"
    assert "fanden neun statt: sieben am" in german.text


AGENDA = """\
# Agenda

## Topics

- Leiden or Gdańsk? (Leyla)
- <b>bold</b>

## Together

What went well since the last time?

[https://troth.test/p/agenda/x](https://troth.test/p/agenda/x)
"""


def test_the_agenda_stands_in_the_letter() -> None:
    message = written(LetterKind.AGENDA, facts=replace(FACTS, agenda=AGENDA))
    assert (
        """\
    Topics
    - Leiden or Gdańsk? (Leyla)
    - <b>bold</b>

    Together
    What went well since the last time?
"""
        in message.text
    )
    shown = Shown(message.html)
    assert "Leiden or Gdańsk? (Leyla)" in shown.text
    assert "<b>bold</b>" in shown.text and "b" not in shown.tags
    assert message.attachments[0][2].decode() == AGENDA


def test_many_that_fell_through_are_told_in_one_letter() -> None:
    facts = replace(FACTS, times=(), counts=(("fallen", 3),), checked_at=None)
    message = written(LetterKind.FELL_OUT, facts=facts)
    assert message.subject == "Three of your meetings fell through"
    assert "the first of them on Tuesday 2 February" in message.text
    assert written(LetterKind.FELL_OUT, "de", facts).subject == (
        "Drei eurer Treffen fallen aus"
    )


@every_language
def test_a_question_leads_to_its_page(language: str) -> None:
    together = Facts(meeting=at(2), counts=(("leave out", 1),))
    for facts in (Facts(meeting=at(2)), Facts(meeting=at(2), next=at(4)), together):
        message = written(LetterKind.ASK, language, facts)
        assert link(Purpose.ASK, str(KEY)) in message.text
    words = {"en": "leave out your meeting", "de": "gemeinsam auslassen"}
    assert words[language] in " ".join(message.text.split())


def test_a_time_is_one_line_where_both_share_a_clock() -> None:
    message = WORDING.letter(
        letter(LetterKind.MET),
        replace(READER, partner=replace(IDA, zone="Europe/Berlin")),
        link,
    )
    assert "    15:00 to 15:45 in Berlin, for you both\n" in message.text


def test_the_partner_s_day_is_said_where_it_is_another() -> None:
    late = replace(FACTS, meeting=at(2, 2))
    message = written(LetterKind.MET, facts=late)
    assert "03:00 to 03:45 in Berlin, for you" in message.text
    assert "Monday 1 February, 21:00 to 21:45 in New York, for Ida" in message.text


@every_language
@every_kind
def test_a_way_out_of_every_letter_that_one_can_do_without(
    kind: LetterKind, language: str
) -> None:
    message = written(kind, language)
    headers = dict(message.headers)
    if kind in ALWAYS:
        assert headers == {}
        assert "/p/fewer/" not in message.text + message.html
        return
    assert headers == {
        "List-Unsubscribe": f"<https://troth.test/p/fewer/{kind.value}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert f"https://troth.test/p/fewer/{kind.value}" in message.text


@every_kind
def test_only_the_agenda_letter_carries_a_file(kind: LetterKind) -> None:
    agenda = FACTS.agenda.encode()
    expected = (("agenda.md", "text/markdown", agenda),)
    assert written(kind).attachments == (expected if kind is LetterKind.AGENDA else ())


def test_a_letter_to_a_coordinator() -> None:
    to = Letter(LetterKind.SIGN_IN, None, None, Facts(), address="kim@hafen.test")
    message = WORDING.letter(to, replace(READER, person=None, partner=None), link)
    assert message.to == Address("kim@hafen.test")
    assert "https://troth.test/p/sign-in/-" in message.text
    assert message.text.startswith("Hello,")


@pytest.mark.parametrize(
    ("tag", "greeting"),
    [
        ("de-AT", "Hallo"),
        ("en_GB", "Dear"),
        ("fr", "Dear"),
        ("", "Dear"),
        ("DE", "Hallo"),
    ],
)
def test_languages(tag: str, greeting: str) -> None:
    assert written(LetterKind.MET, tag).text.startswith(greeting)


INVITE = Invite(
    uid=Uid("u@hafen.test"),
    sequence=0,
    stamp=datetime(2027, 1, 1, tzinfo=UTC),
    zone="Europe/Berlin",
    span=at(2),
    summary="Ida and Leyla",
    method=Method.REQUEST,
    rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=6",
    overrides=(Override(at(16).start, at(18, 15)),),
    organizer=Attendee("meet@hafen.test", "Hafen Mentoring"),
    attendees=(Attendee("leyla@acme.test", "Leyla", rsvp=True),),
)
ONE = replace(INVITE, rrule="", overrides=(), recurrence_id=at(2).start, sequence=1)


@every_language
@pytest.mark.parametrize(
    ("invite", "subject"),
    [
        (INVITE, "Your meetings with Ida"),
        (replace(INVITE, sequence=2), "Your meetings with Ida, as they stand now"),
        (ONE, "Moved to Tuesday 2 February: your meeting with Ida"),
        (replace(ONE, method=Method.CANCEL), "Tuesday 2 February fell through"),
        (
            replace(INVITE, overrides=(), method=Method.CANCEL, sequence=3),
            "Your meetings with Ida leave your calendar",
        ),
        (
            replace(ONE, recurrence_id=None, sequence=0),
            "A meeting with Ida: Tuesday 2 February",
        ),
        (
            replace(ONE, method=Method.DECLINECOUNTER),
            "Tuesday 2 February stays as it is",
        ),
    ],
)
def test_the_words_beside_an_invitation(
    invite: Invite, subject: str, language: str
) -> None:
    message = WORDING.invite(invite, reading(language), link)
    if language == "en":
        assert message.subject == subject
    assert message.method == invite.method.value
    assert f"METHOD:{message.method}\r\n".encode() in message.calendar
    assert not message.attachments and not message.headers
    words = re.sub(r"https://\S+", "", message.subject + message.text)
    assert not UNKIND.search(words)
    assert "\ue000" not in message.text + message.html


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (LetterKind.REPAIRED, "A new time with Ida: Tuesday 2 February, 18:00"),
        (LetterKind.MOVED, "Moved to Tuesday 2 February, 18:00"),
    ],
)
def test_another_time_on_the_same_day_says_the_time(
    kind: LetterKind, subject: str
) -> None:
    facts = Facts(meeting=at(2), next=at(2, 17))
    message = WORDING.letter(letter(kind, facts), READER, link)
    assert message.subject == subject
    assert "Instead of Tuesday" not in message.text and "15:00" in message.text


def test_a_letter_of_an_older_release_is_still_read() -> None:
    """Closings were `ended` once, and said nothing of what the two did."""
    kind = TypeAdapter(LetterKind).validate_json('"ended"')
    assert kind is LetterKind.GOODBYE
    assert written(kind, facts=Facts(row=FACTS.row)).subject.startswith("Goodbye")
    with pytest.raises(ValueError, match="no such letter"):
        LetterKind("no such letter")
