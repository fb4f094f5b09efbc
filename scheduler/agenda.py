"""The agenda of a pair: what the next meeting is to be about.

In an event it is a marked block of lines; the text around it is the people's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from scheduler.dates_said import asked_promise
from scheduler.evidence import Evidence, EvidenceKind
from scheduler.localtime import zone
from scheduler.standing import LINES, OURS, STARTS, WORDS, Standing, Words, words_of
from scheduler.timespan import Span

BEGIN = "-- Troth agenda (refreshed by Troth; write above or below) --"
END = "-- end of Troth agenda --"

#: How a line about a promise ends, in any language: `, by Monday 2 March`.
_BY = re.compile(
    "(?:{})[^ ]+ [^ ]+ [^ ]+$".format(
        "|".join(re.escape(words.by) for words in WORDS.values())
    )
)
#: As long as a topic may be.
MOST_CHARACTERS = 300
_TOPIC = frozenset({"topic", "thema"})


class Item(NamedTuple):
    """Something to talk about or to read, and who brought it."""

    text: str
    who: str
    #: The day it was first to be talked about, if it is carried over from there.
    since: date | None = None


class Promised(NamedTuple):
    """A promise as the agenda names it: who, what, and the last day agreed for it."""

    who: str
    text: str
    by: date
    #: It has been over for 72 hours: the two decide what becomes of it.
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the next meeting is about, as facts.

    `owed` are the first and last day of each period whose meeting fell out and is
    still to be had; `turn` picks the question. Without `in_event` the event holds the
    link alone. Nothing private is ever in here: both people get the same one.
    """

    topics: tuple[Item, ...] = ()
    owed: tuple[tuple[date, date], ...] = ()
    #: Nobody of the pair has met before: ask what a first meeting is for.
    first: bool = False
    turn: int = 0
    link: str = ""
    in_event: bool = True
    promises: tuple[Promised, ...] = ()
    #: Links that one of them put on the agenda: what each is called, and its address.
    to_read: tuple[Item, ...] = ()
    #: Whether this is one of the meetings at which the two look at how this is.
    look: bool = False
    #: What the programme asks instead of the questions of ours.
    standing: Standing = OURS


class PartKind(Enum):
    """The standing parts of a meeting, in their order."""

    FIRST = "first"
    WELL = "well"
    QUESTION = "question"
    LOOK = "look"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Part:
    """One standing part, and what is asked in it, each in a sentence."""

    kind: PartKind
    said: tuple[str, ...]
    #: A BCP 47 tag; empty where the programme asks in a language of its own.
    language: str


def block(agenda: Agenda, language: str = "en") -> tuple[str, ...]:
    """The lines between the markers, in the language of the copy's owner."""
    words = words_of(language)
    link = (words.link + agenda.link,) if agenda.link else ()
    if not agenda.in_event:
        return link
    return (*_above(agenda, words, add=True), *_together(agenda, words), *link)


def whole(agenda: Agenda, language: str = "en") -> tuple[tuple[str, bool], ...]:
    """All of it in lines for a document, each with whether it is a heading.

    It holds all of it, as `markdown` does, and says first where people may write.
    """
    words = words_of(language)
    link = (words.link + agenda.link,) if agenda.link else ()
    above = _above(agenda, words, add=False)
    lines = (words.typing, *above, *_together(agenda, words), *link)
    return tuple((line, line in words.headings) for line in lines)


def markdown(agenda: Agenda, title: str = "", language: str = "en") -> str:
    """The same as a document, `agenda.md`; it holds all of it, wherever it is sent."""
    words = words_of(language)
    lines = (*_above(agenda, words, add=False), *_together(agenda, words))
    body = "\n".join(f"\n## {x}\n" if x in words.headings else x for x in lines)
    foot = f"\n\n[{agenda.link}]({agenda.link})" if agenda.link else ""
    return f"# {title or words.agenda}\n{body}{foot}\n"


def _above(agenda: Agenda, words: Words, *, add: bool) -> Iterator[str]:
    """What this one meeting is about; with `add` also how to put something there."""
    leading = sorted(agenda.promises, key=lambda one: not one.leads)
    promises = [_promise(one, words) for one in leading]
    owed = [
        f"{words.owed_line}{words.day(first)}{words.until}{words.day(last)}"
        for first, last in agenda.owed
    ]
    topics = [_item(one, words) for one in agenda.topics]
    to_read = [_item(one, words) for one in agenda.to_read]
    sections = (
        (words.promises, promises),
        (words.owed, owed),
        (words.topics, topics + [words.add] * add),
        (words.to_read, to_read),
    )
    for heading, lines in sections:
        if lines:
            yield heading
            yield from lines


def _item(item: Item, words: Words) -> str:
    if item.since is None:
        return f"- {item.text} ({item.who})"
    carried = words.carried.format(day=words.day(item.since))
    return f"- {item.text} ({item.who}, {carried})"


def _promise(one: Promised, words: Words) -> str:
    lead = words.leads if one.leads else ""
    return f"- {lead}{one.who}: {one.text}{words.by}{words.weekday(one.by)}"


def _together(agenda: Agenda, words: Words) -> tuple[str, ...]:
    said = (f"- {said}" for part in _parts(agenda, words) for said in part.said)
    return words.together, *said


def parts(agenda: Agenda, language: str = "en") -> tuple[Part, ...]:
    """The standing parts of this meeting, in the language of whoever reads."""
    return tuple(_parts(agenda, words_of(language)))


def _parts(agenda: Agenda, words: Words) -> Iterator[Part]:
    own, ours = agenda.standing, words.tag
    if agenda.first:
        first, tag = (own.first, "") if own.first else (words.first, ours)
        yield Part(PartKind.FIRST, first, tag)
    else:
        yield Part(PartKind.WELL, (words.well,), ours)
        asked, tag = (own.questions, "") if own.questions else (words.questions, ours)
        yield Part(PartKind.QUESTION, (asked[agenda.turn % len(asked)],), tag)
    if agenda.look:
        look, tag = (own.look, "") if own.look else (words.look, ours)
        yield Part(PartKind.LOOK, look, tag)
    yield Part(PartKind.LAST, (words.part,), ours)


def titled(
    names: Sequence[str], span: Span, zone_name: str, language: str = "en"
) -> str:
    """What a document on one meeting is called, on the clock of whoever reads it."""
    words, where = words_of(language), zone(zone_name)
    start, end = span.start.astimezone(where), span.end.astimezone(where)
    return words.hours.format(
        names=words.both.format(one=names[0], other=names[1]),
        day=f"{words.weekday(start.date())} {start.year}",
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        place=zone_name.rpartition("/")[2].replace("_", " "),
    )


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
    #: What people promised inside it, without `promise:`, where that is understood.
    promises: tuple[str, ...] = ()
    #: Whether a line there begins with `promise:` and is not understood.
    is_unclear: bool = False


def merge(
    text: str,
    lines: Sequence[str],
    texts_ever: Iterable[str],
    understood: Callable[[str], bool] = lambda _: False,
) -> Merged:
    """Renew the block in a description; everything outside stays as it is.

    Of the old block, `topic: …` and each `promise: …` that is `understood` are taken
    out and handed back, what Troth wrote goes (`texts_ever` are the texts of all that
    ever stood on an agenda of the pair), and every other line moves below the end
    marker.
    """
    found = _find(text)
    if found is None:
        return Merged(None)
    above, inside, below = found
    ours = frozenset(texts_ever)
    topics: list[str] = []
    promises: list[str] = []
    theirs: list[str] = []
    for line in inside.replace("\r\n", "\n").split("\n"):
        if _is_ours(line.strip(), ours):
            continue  # first: people's words after our dash may begin with `topic:`
        if asked := asked_topic(line):
            topics.append(asked)
        elif (said := asked_promise(line)) and understood(said):
            promises.append(said)
        else:
            theirs.append(line)
    moved = "".join(f"\n{line}" for line in theirs)
    return Merged(
        f"{above}{marked(lines)}{moved}{below}",
        tuple(topics),
        tuple(promises),
        is_unclear=any(map(asked_promise, theirs)),
    )


def asked_topic(line: str) -> str:
    """What a line `topic: …` asks for; empty for any other line, or one too long."""
    word, colon, rest = line.strip().lstrip("-* ").partition(":")
    asked = " ".join(rest.split())
    if not colon or word.strip().lower() not in _TOPIC or len(asked) > MOST_CHARACTERS:
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


def _is_ours(line: str, texts_ever: frozenset[str]) -> bool:
    """Whether Troth may have written this line: in any release, language, at any time.

    A text stands there alone, with who brought it, or with who promised it by when.
    """
    if not line or line in LINES or line.startswith(STARTS):
        return True
    said = line.removeprefix("- ")
    if said == line:
        return False
    by = _BY.search(said)
    promised = said[: by.start()] if by else ""
    return any(
        said == text
        or (said.startswith(f"{text} (") and said.endswith(")"))
        or promised.endswith(f": {text}")
        for text in texts_ever
    )


def has_met(evidence: Iterable[Evidence]) -> bool:
    """Whether a meeting of the pair was held, as far as they have said."""
    said: dict[str, set[EvidenceKind]] = {}
    for row in evidence:
        said.setdefault(row.about, set()).add(row.kind)
    return any(
        EvidenceKind.SAID_MET in kinds and EvidenceKind.SAID_NOT_MET not in kinds
        for kinds in said.values()
    )
