"""What stands in a letter beside what it is for: a question, a word of thanks."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from integrations.mail.wording.render import Wording
from scheduler.effects import Message
from scheduler.letters import LetterKind, Question
from tests.integrations.mail.letters import (
    FACTS,
    KEY,
    WORDING,
    Shown,
    at,
    every_language,
    hostile,
    letter,
    link,
    reading,
    written,
)

ASKS = replace(FACTS, asked=(Question(at(2, month=1), KEY),))
BRINGS = (LetterKind.AGENDA, LetterKind.CONSISTENCY)


def thanking(kind: LetterKind, said: str, language: str = "en") -> Message:
    reader = replace(reading(language), thanks=said)
    return WORDING.letter(letter(kind), reader, link)


@every_language
def test_an_agenda_may_ask_about_the_meeting_before_it(language: str) -> None:
    plainly = written(LetterKind.AGENDA, language)
    asks = written(LetterKind.AGENDA, language, ASKS)
    there = f"https://troth.test/p/met/{KEY}"
    assert there in asks.text and there in Shown(asks.html).links
    assert there not in plainly.text and there not in plainly.html
    assert asks.subject == plainly.subject


@every_language
@pytest.mark.parametrize("kind", BRINGS)
def test_thanks_are_in_the_letter_and_not_in_its_subject(
    language: str, kind: LetterKind
) -> None:
    said = "For asking twice about Leiden"
    message = thanking(kind, said, language)
    assert said in " ".join(message.text.split())
    assert said in Shown(message.html).text
    assert said not in message.subject
    plainly = written(kind, language)
    assert "thanks" not in plainly.text and "Dank" not in plainly.text


@every_language
def test_what_may_be_answered_is_said_only_where_answers_are_read(
    language: str,
) -> None:
    reader, told = reading(language), letter(LetterKind.AGENDA)
    reads = Wording(reads_answers=True).letter(told, reader, link)
    assert "topic:" in reads.text and "topic:" in Shown(reads.html).text
    assert "topic:" not in WORDING.letter(told, reader, link).text


@settings(max_examples=30, deadline=None)
@given(hostile)
def test_thanks_are_words_whatever_stands_in_them(thanks: str) -> None:
    for kind in BRINGS:
        message = thanking(kind, thanks)
        plainly = written(kind)
        assert Shown(message.html).links == Shown(plainly.html).links
        assert "<script" not in message.html
