"""Letters say what the facts say, in both shapes, kindly, to whoever reads them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.message import compose
from integrations.mail.wording.render import Wording
from scheduler.access import Purpose
from scheduler.agreement import Programme, Template
from scheduler.cadence import WEEKLY
from scheduler.effects import Address, Message
from scheduler.ids import OfferId, PairId, PersonId, ProgrammeId, SeriesId, Uid
from scheduler.invite import Attendee, Invite, Method, Override
from scheduler.letters import ALWAYS, Facts, Letter, LetterKind, Mark, RowMark
from scheduler.people import Pair, Person
from scheduler.ports.mail import Reader
from scheduler.series import MeetingKey
from scheduler.timespan import Span

WORDING = Wording()
HAFEN = ProgrammeId("hafen")
LEYLA = Person(
    PersonId("leyla"), HAFEN, "Leyla Özdemir", "leyla@acme.test", "Europe/Berlin"
)
IDA = Person(PersonId("ida"), HAFEN, "Ida Ek", "ida@acme.test", "America/New_York")
READER = Reader(
    Programme(HAFEN, "Hafen Mentoring", "kim@hafen.test", "UTC", Template(WEEKLY)),
    LEYLA,
    IDA,
    Pair(PairId("p"), HAFEN, IDA.id, LEYLA.id),
)
KEY = MeetingKey(SeriesId("s"), datetime(2027, 2, 2, 14, tzinfo=UTC))


def at(day: int, hour: int = 14, minute: int = 0, *, month: int = 2) -> Span:
    start = datetime(2027, month, day, hour, minute, tzinfo=UTC)
    return Span(start, start + timedelta(minutes=45))


ROW = tuple(
    RowMark(
        mark,
        Span(
            datetime(2026, 9, 13, 22, tzinfo=UTC) + timedelta(weeks=2 * n),
            datetime(2026, 9, 27, 22, tzinfo=UTC) + timedelta(weeks=2 * n),
        ),
        is_next=n == 9,
    )
    for n, mark in enumerate(Mark(sign) for sign in "●●○●◎●–●●○◐/·")
)
FACTS = Facts(
    meeting=at(2),
    times=(at(4, 15), at(8), at(10, 14, 30)),
    row=ROW,
    next=at(16, month=3),
    counts=(
        ("due", 10),
        ("kept", 7),
        ("repaired", 2),
        ("owed", 1),
        ("unconfirmed", 1),
        ("left out", 0),
        ("skipped", 1),
    ),
    window=Span(
        datetime(2027, 1, 31, 23, tzinfo=UTC), datetime(2027, 2, 28, 23, tzinfo=UTC)
    ),
    moved=(at(18, 15),),
    unplaced=2,
    agenda="# Tuesday\n\n- Leiden or Gdańsk?\n",
    checked_at=datetime(2027, 2, 1, 8, 10, tzinfo=UTC),
    words="wolke.example no longer accepts the app password.",
)


def link(purpose: Purpose, about: str = "") -> str:
    return f"https://troth.test/p/{purpose.value}/{about or '-'}"


def letter(kind: LetterKind, facts: Facts = FACTS) -> Letter:
    return Letter(kind, LEYLA.id, PairId("p"), facts, KEY, OfferId("o1"))


def reading(language: str = "en", **changes: str) -> Reader:
    return replace(READER, person=replace(LEYLA, language=language, **changes))


def written(
    kind: LetterKind, language: str = "en", facts: Facts = FACTS, **changes: str
) -> Message:
    return WORDING.letter(letter(kind, facts), reading(language, **changes), link)


class Shown(HTMLParser):
    """What of an HTML letter is read: words, and where links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._silent += tag in {"style", "title", "head"}
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "title", "head"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\xa0", " ").split())


every_kind = pytest.mark.parametrize("kind", LetterKind)
every_language = pytest.mark.parametrize("language", ["en", "de"])


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
    assert f'lang="{language}"' in message.html
    assert len(html.links) - html.links.count(link(Purpose.PAGES)) <= 5
    assert message.html.count('class="button"') <= 1
    for odd in ("{{", "{%", "\ue000", "[(", "Undefined"):
        assert odd not in message.text + message.html


#: Letters never say who, never rank, never press (LOOKS.md, Tone).
UNKIND = re.compile(
    r"cancel|missed|no-show|overdue|fail|blame|shame|fault|streak|score|rank|"
    r"behind schedule|at risk|reliab|must|!|%|"
    r"verpasst|versäum|schuld|abgesagt|pünktlich|rangliste|punktzahl|müss",
    re.IGNORECASE,
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


hostile = st.text(max_size=30) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "\ue0000\ue001 x",
        "x\n\n# y\n\n--\n\n~ z",
        "{{ link('a', 'https://evil.test') }}",
        '" onmouseover="x',
        "Ida\r\nBcc: m@evil.test",
    ]
)


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


def test_every_wording_exists_in_every_language() -> None:
    folder = Path("integrations/mail/wording")
    kinds = {f.name for f in folder.iterdir() if f.is_dir()} - {"__pycache__"}
    assert {kind.value for kind in LetterKind} <= kinds
    for kind in kinds:
        assert {f.stem for f in (folder / kind).glob("*.txt")} == {"en", "de"}
