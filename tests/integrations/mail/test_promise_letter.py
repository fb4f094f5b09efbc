"""The reminder of promises: their words in both shapes, a link to each choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.access import Purpose
from scheduler.letters import Facts, LetterKind
from scheduler.promises import Promise
from scheduler.promising import Said, promised
from tests.integrations.mail.letters import (
    LEYLA,
    READER,
    UNKIND,
    WORDING,
    Shown,
    hostile,
    letter,
    link,
    reading,
)

MADE = datetime(2027, 1, 5, 14, tzinfo=UTC)


def promise(text: str, day: date = date(2027, 1, 18)) -> Promise:
    assert READER.pair
    said = Said(text, day)
    return promised((), said, pair=READER.pair.id, owner=LEYLA, now=MADE)


def message(*promises: Promise, language: str = "en"):
    reader = replace(reading(language), promises=promises)
    names = tuple(one.id for one in promises)
    told = letter(LetterKind.PROMISE, Facts(promises=names))
    return WORDING.letter(told, reader, link)


@pytest.mark.parametrize(
    ("language", "until"),
    [("en", ", by Monday 18 January"), ("de", ", bis Montag, 18. Januar")],
)
def test_it_quotes_what_was_promised_and_until_when(language: str, until: str):
    one = promise("send the second draft")
    mail = message(one, language=language)
    for shown in (" ".join(mail.text.split()), Shown(mail.html).text):
        assert f"send the second draft{until}" in shown.replace("\xa0", " ")
        assert not UNKIND.search(shown)
    assert link(Purpose.PROMISE, one.id) in mail.text
    assert link(Purpose.PROMISE, one.id) in Shown(mail.html).links
    assert "draft" not in mail.subject


def test_several_stand_in_one_and_lead_to_all_of_them():
    mail = message(promise("read the paper"), promise("call Tess"))
    assert "read the paper" in mail.text and "call Tess" in mail.text
    assert mail.subject == "Promises whose day has come"
    assert link(Purpose.PROMISE) in mail.text


@settings(deadline=None, max_examples=40)
@given(hostile.filter(lambda text: bool(text.split())), st.sampled_from(["en", "de"]))
def test_words_of_people_are_words(text: str, language: str):
    mail = message(promise(text), language=language)
    calm = message(promise("calm"), language=language)
    assert mail.subject == calm.subject
    assert Shown(mail.html).tags == Shown(calm.html).tags
    assert len(Shown(mail.html).links) == len(Shown(calm.html).links)
