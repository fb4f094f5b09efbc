"""Whatever is told, the words are kind, and the figures are the facts for both."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.message import compose
from scheduler.effects import Address
from scheduler.letters import Facts, LetterKind, Mark, RowMark
from scheduler.timespan import Span
from tests.integrations.mail.letters import (
    FACTS,
    IDA,
    LEYLA,
    READER,
    UNKIND,
    WORDING,
    Shown,
    at,
    every_kind,
    hostile,
    letter,
    link,
    written,
)

spans = st.tuples(st.integers(0, 400), st.integers(0, 95)).map(
    lambda n: at(1, 0, month=1).__class__(
        datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=n[0], minutes=15 * n[1]),
        datetime(2027, 1, 1, 1, tzinfo=UTC) + timedelta(days=n[0], minutes=15 * n[1]),
    )
)
counts = st.fixed_dictionaries(
    {
        name: st.integers(0, 14)
        for name in ("kept", "repaired", "owed", "unconfirmed", "left out", "skipped")
    }
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    told = draw(counts)
    due = told["kept"] + told["repaired"] + told["owed"]
    marks = draw(st.lists(st.sampled_from(Mark), max_size=27))
    return Facts(
        meeting=draw(spans),
        times=tuple(draw(st.lists(spans, max_size=3))),
        row=tuple(
            RowMark(mark, Span(a, a + timedelta(weeks=1)), is_next=n == 3)
            for n, mark in enumerate(marks)
            for a in [datetime(2026, 9, 6, 22, tzinfo=UTC) + timedelta(weeks=n)]
        ),
        next=draw(st.none() | spans),
        counts=(("due", due), *told.items()),
        window=FACTS.window,
        moved=tuple(draw(st.lists(spans, max_size=3))),
        unplaced=draw(st.integers(0, 4)),
        agenda="# x",
        checked_at=draw(st.none() | st.just(FACTS.checked_at)),
    )


zones = st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/New_York", "UTC"])


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
    names = {
        "en": "Due Kept Repaired Still~owed Unconfirmed Not~counted "
        "Skipped~by~agreement",
        "de": "Fällig Gehalten Nachgeholt Noch~offen Unbestätigt Nicht~gezählt "
        "Gemeinsam~ausgelassen",
    }[language].replace("~", "_")
    order = ("due", "kept", "repaired", "owed", "unconfirmed", "left out", "skipped")
    given_counts = dict(told.counts)
    html = dict(
        re.findall(r'scope="row"[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>', message.html)
    )
    for key, name in zip(order, names.replace("_", "\x00").split(" "), strict=True):
        shown = name.replace("\x00", " ")
        text = re.search(rf"^    {shown}  +(\d+)$", message.text, re.MULTILINE)
        if given_counts[key] or key in order[:4]:
            assert text and int(text[1]) == given_counts[key]
            assert int(html[shown]) == given_counts[key]
        else:
            assert text is None and shown not in html


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


@settings(max_examples=60, deadline=None)
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
