"""A letter and its reader, and what of it is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import strategies as st

from integrations.mail.wording.render import Wording
from scheduler.access import Purpose
from scheduler.agreement import Programme, Template
from scheduler.cadence import WEEKLY
from scheduler.effects import Message
from scheduler.ids import OfferId, PairId, PersonId, ProgrammeId, SeriesId
from scheduler.letters import (
    Facts,
    Letter,
    LetterKind,
    Mark,
    Milestone,
    RowMark,
    Strength,
    Suggestion,
    ToDate,
)
from scheduler.people import Pair, Person
from scheduler.ports.mail import Reader
from scheduler.promising import Said, promised
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
    (
        promised(
            (),
            Said("send the second draft of the outline", date(2027, 1, 18)),
            pair=PairId("p"),
            owner=LEYLA,
            now=datetime(2027, 1, 5, 14, tzinfo=UTC),
        ),
    ),
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
        ("meetings", 10),
        ("minutes", 450),
        ("promises kept", 13),
    ),
    to_date=ToDate(
        Span(
            datetime(2026, 9, 13, 22, tzinfo=UTC), datetime(2027, 2, 28, 23, tzinfo=UTC)
        ),
        (
            ("cadence kept", 9, 10),
            ("cancellations repaired", 2, 3),
            ("notice given", 4, 4),
            ("promises kept", 13, 14),
        ),
        unconfirmed=1,
    ),
    strengths=(Strength.NOTICE, Strength.PROMISES),
    suggestion=Suggestion("another day", weekday=3, times=3),
    milestone=Milestone.TENTH,
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


#: Letters never say who, never rank, never press (LOOKS.md, Tone).
UNKIND = re.compile(
    r"cancel(?!lations repaired)|missed|no-show|overdue|fail|blame|shame|"
    r"fault|streak|score|rank|"
    r"behind schedule|at risk|reliab|must|!|%|"
    r"verpasst|versäum|schuld|abgesagt|pünktlich|rangliste|punktzahl|müss",
    re.IGNORECASE,
)


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
