"""What the next meeting of a pair is about, from what the store knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.agenda import (
    MOST_CHARACTERS,
    Agenda,
    Topic,
    has_met,
    markdown,
    next_topics,
    titled,
)
from scheduler.errors import Refused
from scheduler.evidence import Evidence
from scheduler.ids import PairId, PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import digest
from scheduler.people import Pair, Person
from scheduler.series import (
    Copy,
    CopyState,
    LedgerRow,
    LedgerState,
    Meeting,
    Route,
    Series,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preparation:
    """The next meeting of a pair, and everything its agenda is made of."""

    pair: Pair
    people: tuple[Person, Person]
    series: Series
    meeting: Meeting
    topics: tuple[Topic, ...]
    owed: tuple[LedgerRow, ...]
    evidence: tuple[Evidence, ...]
    #: Both people's copies of the object that holds the meeting.
    copies: tuple[Copy, ...]
    link: str
    in_event: bool = True

    @property
    def agenda(self) -> Agenda:
        """The agenda as it stands now."""
        names = {person.id: person.name for person in self.people}
        standing = next_topics(self.topics)
        return Agenda(
            topics=tuple((t.text, names.get(t.by, "")) for t in standing),
            owed=tuple(
                (period.first, period.until - _DAY)
                for row in self.owed
                if row.state is LedgerState.OPEN and row.series == self.series.id
                for period in (self.series.periods[row.period],)
            ),
            first=not has_met(self.evidence),
            turn=self.meeting.period,
            link=self.link,
            in_event=self.in_event,
        )

    @property
    def occurrence(self) -> datetime:
        """The original start that the object knows the meeting by."""
        if self.meeting.uid and self.meeting.span:
            return self.meeting.span.start
        return self.meeting.key.original_start

    @property
    def topics_ever(self) -> tuple[str, ...]:
        """The texts of all topics the pair ever had: what Troth may have written."""
        return tuple(t.text for t in self.topics)

    @property
    def written(self) -> tuple[Copy, ...]:
        """The copies that hold the agenda: written ones that are there."""
        return tuple(
            c
            for c in self.copies
            if c.route is Route.WRITTEN and c.state is CopyState.THERE
        )


def next_meeting(
    series: Iterable[Series], now: datetime
) -> tuple[Series, Meeting] | None:
    """The first meeting that has not begun, of any series of a pair."""
    ahead = [
        (m.span, s, m)
        for s in series
        for m in s.live()
        if m.span and m.span.start > now
    ]
    if not ahead:
        return None
    _, its, meeting = min(ahead, key=lambda found: found[0])
    return its, meeting


def topic_of(
    pair: PairId, by: PersonId, text: str, about: Meeting | None, now: datetime
) -> Topic:
    """A topic for the next meeting; the same words twice are the same topic.

    `Refused` E_TOPIC when it is empty or too long.
    """
    said = " ".join(text.split())
    if not 0 < len(said) <= MOST_CHARACTERS:
        raise Refused(
            "E_TOPIC",
            f"A topic has 1 to {MOST_CHARACTERS} characters; put longer notes into "
            "the event itself.",
            field="topic",
        )
    key = about.key if about else ""
    return Topic(digest("topic", pair, by, said.casefold(), key), pair, by, said, now)


def agenda_letter(preparation: Preparation, to: PersonId) -> Letter:
    """The preparation letter, for whoever has no written copy: agenda.md goes along."""
    span = preparation.meeting.span
    zones = {person.id: person.zone for person in preparation.people}
    names = (person.name for person in preparation.people)
    title = titled(names, span, zones[to]) if span else "Agenda"
    facts = Facts(meeting=span, agenda=markdown(preparation.agenda, title))
    return Letter(
        LetterKind.AGENDA, to, preparation.pair.id, facts, about=preparation.meeting.key
    )
