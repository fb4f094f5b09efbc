"""The agenda of a pair: what the next meeting is to be about.

In an event it is a marked block of lines; the text around it is the people's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.evidence import Evidence, EvidenceKind
from scheduler.ids import PairId, PersonId
from scheduler.localtime import WEEKDAYS, zone
from scheduler.timespan import Span

BEGIN = "-- Troth agenda (refreshed by Troth; write above or below) --"
END = "-- end of Troth agenda --"

MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Topic:
    """Something one of them wants to talk about; `shared` false: still private."""

    id: str
    pair: PairId
    by: PersonId
    text: str
    added_at: datetime
    shared: bool = True
    #: When it was ticked off; until then it is carried over.
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the next meeting is about, as facts.

    `topics` are (text, who brought it), in order; `owed` the first and last day of
    each period whose meeting fell out and is still to be had; `turn` picks the
    question. Without `in_event` the event holds the link alone.
    """

    topics: tuple[tuple[str, str], ...] = ()
    owed: tuple[tuple[date, date], ...] = ()
    #: Nobody of the pair has met before: ask what a first meeting is for.
    first: bool = False
    turn: int = 0
    link: str = ""
    in_event: bool = True


_LINK = "Your agenda: "
_TOPICS = "Topics"
_ADD = "(Add your own: a line here that begins with topic: and says what.)"
_OWED = "Still open"
_OWED_LINE = "- The meeting of "
_TOGETHER = "For both"
_WELL = "- One thing that went well; small ones count."
_PART = "- Before you part, one line each: what I heard today."
_FIRST = (
    "- What would make these meetings worth your time?",
    "- How do you like to be asked, and how to be told?",
    "- What stays between the two of you?",
)
_QUESTIONS = (
    "- Tell of a time when something went wrong for you. What did you do next?",
    "- What would you try if it could not fail?",
    "- What is harder than it looks from outside?",
    "- Who else should you be talking to?",
)
_STANDING = frozenset(
    {_TOPICS, _ADD, _OWED, _TOGETHER, _WELL, _PART, *_FIRST, *_QUESTIONS}
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def block(agenda: Agenda) -> tuple[str, ...]:
    """The lines between the markers."""
    link = (_LINK + agenda.link,) if agenda.link else ()
    if not agenda.in_event:
        return link
    return (*_owed(agenda), *_topics(agenda), *_together(agenda), *link)


def markdown(agenda: Agenda, title: str = "Agenda") -> str:
    """The same as a document, `agenda.md`; it holds all of it, wherever it is sent."""
    headings = {_TOPICS, _OWED, _TOGETHER}
    lines = (*_owed(agenda), *_topics(agenda, add=False), *_together(agenda))
    body = "\n".join(f"\n## {x}\n" if x in headings else x for x in lines)
    foot = f"\n\n[{agenda.link}]({agenda.link})" if agenda.link else ""
    return f"# {title}\n{body}{foot}\n"


def _owed(agenda: Agenda) -> tuple[str, ...]:
    if not agenda.owed:
        return ()
    return _OWED, *(
        f"{_OWED_LINE}{_day(first)} to {_day(last)}" for first, last in agenda.owed
    )


def _topics(agenda: Agenda, *, add: bool = True) -> tuple[str, ...]:
    lines = tuple(f"- {text} ({who})" for text, who in agenda.topics)
    if not lines and not add:
        return ()
    return (_TOPICS, *lines, *((_ADD,) if add else ()))


def _together(agenda: Agenda) -> tuple[str, ...]:
    if agenda.first:
        return _TOGETHER, *_FIRST, _PART
    question = _QUESTIONS[agenda.turn % len(_QUESTIONS)]
    return _TOGETHER, _WELL, question, _PART


def questions(agenda: Agenda) -> tuple[str, ...]:
    """What the two are asked at this meeting, each in a sentence."""
    return tuple(line.removeprefix("- ") for line in _together(agenda)[1:])


def titled(names: Iterable[str], span: Span, zone_name: str) -> str:
    """What a document on one meeting is called, on the clock of whoever reads it."""
    where = zone(zone_name)
    start, end = span.start.astimezone(where), span.end.astimezone(where)
    place = zone_name.rpartition("/")[2].replace("_", " ")
    day = f"{WEEKDAYS[start.weekday()]} {_day(start.date())} {start.year}"
    return f"{' and '.join(names)}, {day}, {start:%H:%M} to {end:%H:%M} in {place}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def marked(lines: Sequence[str]) -> str:
    """A block with its markers, as it stands in a new event."""
    return "\n".join((BEGIN, *lines, END))


@dataclass(frozen=True, slots=True)
class Merged:
    """A text with its block renewed, and what was found in the old one.

    `text` is None when a marker is missing or double: Troth does not write there.
    """

    text: str | None
    #: What people asked to talk about inside the block, without `topic:`.
    topics: tuple[str, ...] = ()


def merge(text: str, lines: Sequence[str], topics_ever: Iterable[str]) -> Merged:
    """Renew the block in a description; everything outside stays as it is.

    Of the old block, `topic: …` is taken out and handed back, what Troth wrote goes
    (`topics_ever` are the texts of all topics the pair ever had), and every other
    line moves below the end marker.
    """
    found = _find(text)
    if found is None:
        return Merged(None)
    above, inside, below = found
    ours = frozenset(topics_ever)
    topics: list[str] = []
    theirs: list[str] = []
    for line in inside.replace("\r\n", "\n").split("\n"):
        asked = asked_topic(line)
        if asked:
            topics.append(asked)
        elif not _is_ours(line.strip(), ours):
            theirs.append(line)
    moved = "".join(f"\n{line}" for line in theirs)
    return Merged(f"{above}{marked(lines)}{moved}{below}", tuple(topics))


def asked_topic(line: str) -> str:
    """What a line `topic: …` asks for; empty for any other line, or one too long."""
    word, colon, rest = line.strip().lstrip("-* ").partition(":")
    asked = " ".join(rest.split())
    if not colon or word.strip().lower() != "topic" or len(asked) > MOST_CHARACTERS:
        return ""
    return asked


def _find(text: str) -> tuple[str, str, str] | None:
    """What stands above, between and below the markers, if each is there once."""
    places: list[tuple[str, int, int]] = []
    at = 0
    for line in text.split("\n"):
        if line.strip() in {BEGIN, END}:
            # What surrounds the words on their line, such as CR, is not touched.
            start = at + len(line) - len(line.lstrip())
            places.append((line.strip(), start, start + len(line.strip())))
        at += len(line) + 1
    if [marker for marker, _, _ in places] != [BEGIN, END]:
        return None
    (_, start, opened), (_, closing, end) = places
    return text[:start], text[opened:closing], text[end:]


def _is_ours(line: str, topics_ever: frozenset[str]) -> bool:
    """Whether Troth may have written this line, in this release, at any time."""
    if not line or line in _STANDING or line.startswith((_LINK, _OWED_LINE)):
        return True
    said = line.removeprefix("- ")
    return line.startswith("- ") and (
        said in topics_ever or said.rpartition(" (")[0] in topics_ever
    )


def next_topics(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """What stands on the next agenda: shared and not yet ticked off, oldest first."""
    return tuple(t for t in topics if t.shared and t.done_at is None)


def has_met(evidence: Iterable[Evidence]) -> bool:
    """Whether a meeting of the pair was held, as far as they have said."""
    said: dict[str, set[EvidenceKind]] = {}
    for row in evidence:
        said.setdefault(row.about, set()).add(row.kind)
    return any(
        EvidenceKind.SAID_MET in kinds and EvidenceKind.SAID_NOT_MET not in kinds
        for kinds in said.values()
    )
