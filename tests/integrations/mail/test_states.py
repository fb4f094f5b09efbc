"""Each letter over 300 states: the figures are the facts, and both shapes say them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from scheduler.effects import Message
from scheduler.letters import Facts, LetterKind
from tests.integrations.mail import lint
from tests.integrations.mail.letters import (
    IDA,
    LEYLA,
    READER,
    UNKIND,
    WORDING,
    letter,
    link,
)
from tests.integrations.mail.read import Blocks, marks, said
from tests.integrations.mail.told import ZONES, a_state

pytestmark = pytest.mark.slow

STATES = 300
#: Kinds whose words depend on whether a move stays on its day, which is a local thing.
_BY_THE_DAY = frozenset({LetterKind.REPAIRED, LetterKind.MOVED})
#: What only one of the two is told, or a coordinator.
_FOR_ONE = frozenset(
    {
        LetterKind.ASK,
        LetterKind.BROKEN,
        LetterKind.KIND_WORD,
        LetterKind.PAIR_CLOSED,
        LetterKind.PROMISE,
        LetterKind.SIGN_IN,
    }
)
_MONTHS = {
    "en": "January February March April May June July August September October "
    "November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober "
    "November Dezember",
}
_WORDS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
#: Numbers that are words of the letter, not figures: 'you two', 'three questions'.
_IDIOMS = {
    LetterKind.REVIEW: {3},
    LetterKind.MILESTONE: {5, 10},
    LetterKind.SIGN_IN: {15},
}
#: Nobody's name stands beside what may have happened to a meeting.
_NAMED = re.compile(
    r"(?:Ida|Leyla)\b[^.\n]{0,24}\b(?:cancel|declin|delet|withdr|skipp|forgot|"
    r"missed|moved|took|abgesagt|abgelehnt|gelöscht|verschob|vergessen|versäumt)",
    re.IGNORECASE,
)


@cache
def states() -> tuple[Facts, ...]:
    return tuple(a_state(seed) for seed in range(STATES))


@dataclass(frozen=True)
class Written:
    """A letter on one state, and what is read of it in both shapes."""

    facts: Facts
    language: str
    zone: str
    message: Message
    html: Blocks
    text: str

    @property
    def shapes(self) -> tuple[str, ...]:
        return self.message.subject, self.text, " ".join(self.html.shown)


@pytest.fixture(scope="module", params=LetterKind)
def kind(request: pytest.FixtureRequest) -> LetterKind:
    found: LetterKind = request.param
    return found


@pytest.fixture(scope="module")
def each(kind: LetterKind) -> list[Written]:
    """A letter on each state, the languages and the readers' zones in turn."""
    found = []
    for number, facts in enumerate(states()):
        language, zone = ("en", "de")[number % 2], ZONES[number % len(ZONES)]
        reader = replace(READER, person=replace(LEYLA, language=language, zone=zone))
        message = WORDING.letter(letter(kind, facts), reader, link)
        html, text = Blocks(message.html), said(message.text)
        found.append(Written(facts, language, zone, message, html, text))
    return found


def test_text_and_html_say_the_same(each: list[Written]) -> None:
    for one in each:
        position = 0
        for block in one.html.shown:
            # In the order of the text, word for word.
            found = one.text.find(block.rstrip("."), position)
            assert found >= 0, (block, one.text)
            position = found
        extra = set(words(one.text)) - set(words(" ".join(one.html.shown)))
        assert not extra
        assert one.html.marks == marks(one.message.text)


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())


def test_every_number_is_one_of_the_facts(
    kind: LetterKind, each: list[Written]
) -> None:
    for one in each:
        known_days = days_of(one.facts, one.zone)
        known = figures_of(one.facts) | _IDIOMS.get(kind, set()) | {1, 2}
        for shape in one.shapes:
            days, numbers = told(shape, one.language)
            assert not days - known_days, shape
            assert not numbers - known, shape


def told(shape: str, language: str) -> tuple[set[tuple[int, int]], set[int]]:
    """The days, as (month, day), and the other numbers; clocks are left out."""
    months = _MONTHS[language].split()
    pattern = rf"\b(\d{{1,2}})\.? ({'|'.join(months)})(?: \d{{4}})?"
    days = {(months.index(m) + 1, int(d)) for d, m in re.findall(pattern, shape)}
    rest = re.sub(r"\d\d:\d\d", "", re.sub(pattern, "", shape))
    names = _WORDS[language].split()
    numbers = {int(figure) for figure in re.findall(r"\d+", rest)}
    numbers |= {names.index(w) + 1 for w in words(rest) if w in names}
    return days, numbers


def days_of(facts: Facts, zone: str) -> set[tuple[int, int]]:
    """Every day that a letter on these facts may name, on anybody's calendar."""
    spans = [facts.meeting, facts.next, facts.window, *facts.times, *facts.moved]
    spans += [facts.to_date and facts.to_date.window, *(q.span for q in facts.asked)]
    at = [t for span in spans if span for t in (span.start, span.end)]
    at += [facts.checked_at] if facts.checked_at else []
    # A stretch between an anchor's midnights is named by the noons inside it.
    noon = timedelta(hours=12)
    at += [t for one in list(at) for t in (one + noon, one - noon)]
    # The promise of the reader's that stands beside the facts.
    at += [datetime(2027, 1, day, 12, tzinfo=ZoneInfo("UTC")) for day in (5, 18)]
    return {
        (local.month, local.day)
        for where in (zone, IDA.zone)
        for local in (one.astimezone(ZoneInfo(where)) for one in at)
    }


def figures_of(facts: Facts) -> set[int]:
    """Every figure that a letter on these facts may name."""
    counts = dict(facts.counts)
    found = set(counts.values()) | {counts["kept"] + counts["repaired"]}
    found |= set(divmod(counts["minutes"], 60)) | {len(facts.times), len(facts.moved)}
    found |= {facts.unplaced, facts.suggestion.times if facts.suggestion else 0}
    if facts.to_date:
        found |= {facts.to_date.unconfirmed, facts.to_date.left_out}
        found |= {n for _, *rate in facts.to_date.rates for n in rate}
    return found


def test_the_month_is_told_in_full(kind: LetterKind, each: list[Written]) -> None:
    """What was due, met, owed, open and not counted: none of it goes unsaid."""
    for one in each if kind is LetterKind.CONSISTENCY else []:
        counts = dict(one.facts.counts)
        met = counts["kept"] + counts["repaired"]
        _, numbers = told(one.text, one.language)
        for name in ("owed", "unconfirmed", "left out", "skipped", "due"):
            assert counts[name] < 3 or counts[name] in numbers, name
        assert met < 3 or met in numbers


def test_no_word_blames_or_presses_and_nobody_is_named_beside_one(
    each: list[Written],
) -> None:
    for one in each:
        plain = re.sub(r"https://\S+", "", "\n".join((*one.shapes, *one.html.hidden)))
        assert not UNKIND.search(plain), plain
        assert not _NAMED.search("\n".join(one.html.shown))


def test_both_read_the_same_but_for_greeting_and_clocks(kind: LetterKind) -> None:
    for number, facts in enumerate(states() if kind not in _FOR_ONE else ()):
        zone = IDA.zone if kind in _BY_THE_DAY else ZONES[number % len(ZONES)]
        leyla = replace(LEYLA, language="en", zone=zone)
        mine = replace(READER, person=leyla, partner=IDA)
        theirs = replace(READER, person=IDA, partner=leyla)
        one = WORDING.letter(letter(kind, facts), mine, link)
        other = WORDING.letter(letter(kind, facts), theirs, link)
        for shape in ("subject", "text"):
            assert local_free(getattr(one, shape)) == local_free(
                turned(getattr(other, shape))
            )


def turned(text: str) -> str:
    """A letter to Ida as if it were to Leyla."""
    swapped = {"Leyla": "Ida", "Ida": "Leyla"}
    return re.sub("Leyla|Ida", lambda m: swapped[m[0]], text)


def local_free(text: str) -> list[str]:
    """The words without what the reader's place decides: clocks, days, cities."""
    months = _MONTHS["en"].replace(" ", "|")
    lines = [s for s in text.splitlines() if not re.match(r"    .*\d\d:\d\d", s)]
    days = rf"(?:\w+day )?\d{{1,2}} (?:{months})(?: \d{{4}})?"
    cities = "Berlin|New York|Tokyo|Kathmandu|UTC"
    bare = re.sub(rf"{days}|\d\d:\d\d|{cities}", "…", " ".join(" ".join(lines).split()))
    return bare.split()


def test_mail_programs_can_show_it(each: list[Written]) -> None:
    for one in each[:60]:
        assert lint.faults(one.message.html, one.language) == []
