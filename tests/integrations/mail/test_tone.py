"""Whatever is told, the words are kind, and the figures are the facts for both."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.message import compose
from scheduler.effects import Address
from scheduler.letters import Facts, LetterKind
from tests.cases import tried
from tests.integrations.mail.letters import (
    FACTS,
    IDA,
    LEYLA,
    READER,
    UNKIND,
    WORDING,
    Shown,
    every_kind,
    hostile,
    letter,
    link,
    written,
)
from tests.integrations.mail.told import facts, zones


@settings(max_examples=40, deadline=None)
@given(facts(), st.sampled_from(LetterKind), st.sampled_from(["en", "de"]), zones)
def test_whatever_the_facts_the_words_are_kind(
    told: Facts, kind: LetterKind, language: str, zone: str
) -> None:
    message = written(kind, language, told, zone=zone)
    shown = Shown(message.html).text
    for said in (message.subject, message.text, shown):
        words = re.sub(r"https://\S+", "", said)
        assert not UNKIND.search(words), UNKIND.search(words)
    for partner in (message.text, shown):
        assert "Ida did" not in partner and "Leyla did" not in partner


@settings(max_examples=40, deadline=None)
@given(facts(), st.sampled_from(["en", "de"]))
def test_the_figures_are_the_facts_in_both_shapes(told: Facts, language: str) -> None:
    message = written(LetterKind.CONSISTENCY, language, told)
    assert told.to_date
    of, few = {"en": ("of", "not enough yet"), "de": ("von", "noch zu wenig")}[language]
    expected = [
        f"{kept} {of} {due}" if due >= 3 else few for _, kept, due in told.to_date.rates
    ]
    beside = (told.to_date.unconfirmed, told.to_date.left_out)
    expected += [str(count) for count in beside if count]
    html = re.findall(
        r'scope="row"[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>', message.html
    )
    assert [figure for _, figure in html] == expected
    for name, figure in html:
        assert re.search(rf"^    {name}  +{figure}$", message.text, re.MULTILINE)


@every_kind
def test_both_read_the_same_facts(kind: LetterKind) -> None:
    to_ida = replace(READER, person=IDA, partner=LEYLA)
    mine = WORDING.letter(letter(kind), READER, link).text
    hers = WORDING.letter(letter(kind), to_ida, link).text
    swapped = {"Leyla": "Ida", "Ida": "Leyla"}
    turned = re.sub("Leyla|Ida", lambda m: swapped[m[0]], hers)
    assert greeting_free(mine) == greeting_free(turned)


def greeting_free(text: str) -> list[str]:
    """The words of a letter without its clocks and line ends."""
    kept = [s for s in text.splitlines() if not re.match(r"    \d\d:\d\d", s)]
    return re.sub(r"\d\d:\d\d|Berlin|New York", "…", " ".join(kept)).split()


@settings(max_examples=tried(60), deadline=None)
@given(hostile, hostile, hostile, st.sampled_from(LetterKind))
def test_names_are_names(name: str, partner: str, words: str, kind: LetterKind) -> None:
    reader = replace(
        READER, person=replace(LEYLA, name=name), partner=replace(IDA, name=partner)
    )
    message = WORDING.letter(letter(kind, replace(FACTS, words=words)), reader, link)
    safe = written(kind)
    shown, expected = Shown(message.html), Shown(safe.html)
    assert shown.links == expected.links
    assert shown.tags == expected.tags
    assert "\n" not in message.subject
    octets = compose(
        message, "k@hafen.test", Address("a@hafen.test"), FACTS.meeting.start
    )
    assert b"\nBcc:" not in octets
