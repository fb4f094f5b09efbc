"""What the next meeting of a pair is about, from what the store knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.agenda import Agenda, Item, Promised, has_met, markdown, titled
from scheduler.consistency import Record
from scheduler.documents import AgendaDocument
from scheduler.enclosures import Enclosure, on_agenda
from scheduler.endings import Ending
from scheduler.evidence import Evidence
from scheduler.ids import PersonId
from scheduler.letters import Facts, Letter, LetterKind, Question
from scheduler.localtime import zone
from scheduler.people import Pair, Person
from scheduler.promises import Promise, leading, next_change
from scheduler.series import (
    Copy,
    CopyState,
    LedgerRow,
    LedgerState,
    Meeting,
    Route,
    Series,
)
from scheduler.standing import LOOK_EVERY, OURS, Standing
from scheduler.topics import Topic, next_topics

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
    #: The instant at which all this was read.
    now: datetime
    in_event: bool = True
    #: The starts of the meetings before it that took place, as far as one knows.
    past: tuple[datetime, ...] = ()
    #: What the programme asks.
    standing: Standing = OURS
    #: What the two promised each other, in the order it was made.
    promises: tuple[Promise, ...] = ()
    #: What they put beside the agenda to read.
    enclosures: tuple[Enclosure, ...] = ()
    #: Whether they agreed to look at the relationship at all, now and then.
    looks: bool = True
    #: Where they meet, and what the event may say of it from earlier agreements.
    where: str = ""
    was_where: frozenset[str] = frozenset()
    #: The agenda as a document, where both can open it.
    document: AgendaDocument | None = None

    @property
    def agenda(self) -> Agenda:
        """The agenda as it stands now."""
        names = {person.id: person.name for person in self.people}
        turn, first = len(self.past), not has_met(self.evidence)
        return Agenda(
            topics=tuple(
                Item(t.text, names.get(t.by, ""), self._since(t))
                for t in next_topics(self.topics)
            ),
            owed=tuple(
                (period.first, period.until - _DAY)
                for row in self.owed
                if row.state is LedgerState.OPEN and row.series == self.series.id
                for period in (self.series.periods[row.period],)
            ),
            first=first,
            turn=turn,
            link=self.link,
            in_event=self.in_event,
            promises=self._promised(names),
            look=self.looks and not first and (turn + 1) % LOOK_EVERY == 0,
            standing=self.standing,
            to_read=tuple(
                Item(one.text, names.get(one.by, ""))
                for one in on_agenda(self.enclosures)
            ),
        )

    def _promised(self, names: dict[PersonId, str]) -> tuple[Promised, ...]:
        """What is open, the nearest date first."""
        zones = {person.id: person.zone for person in self.people}
        lead = leading(self.promises, self.now, zones)
        still = sorted((p for p in self.promises if p.is_open), key=lambda p: p.due)
        return tuple(
            Promised(names.get(p.by, ""), p.text, p.due, p in lead) for p in still
        )

    @property
    def since(self) -> dict[str, date]:
        """By topic, the day of the meeting it was first for, if that is over."""
        days = {topic.id: self._since(topic) for topic in next_topics(self.topics)}
        return {name: day for name, day in days.items() if day}

    def _since(self, topic: Topic) -> date | None:
        """The day of the meeting that a topic was first for, if that is over."""
        over = next((at for at in self.past if at > topic.added_at), None)
        return over.astimezone(zone(self.series.zone)).date() if over else None

    @property
    def changes_at(self) -> datetime | None:
        """When time alone next changes what is said of a promise."""
        zones = {person.id: person.zone for person in self.people}
        return next_change(self.promises, self.now, zones)

    @property
    def occurrence(self) -> datetime:
        """The original start that the object knows the meeting by."""
        if self.meeting.uid and self.meeting.span:
            return self.meeting.span.start
        return self.meeting.key.original_start

    @property
    def texts_ever(self) -> tuple[str, ...]:
        """All that ever stood on an agenda of the pair: what Troth may have written."""
        topics = (text for topic in self.topics for text in topic.texts_ever)
        return (
            *topics,
            *(promise.text for promise in self.promises),
            *(one.text for one in self.enclosures),
            *self.standing.texts,
        )

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


def took_place(
    series: tuple[Series, ...], evidence: tuple[Evidence, ...], now: datetime
) -> tuple[datetime, ...]:
    """When the meetings of a pair began that took place, for all that one knows.

    A meeting that nobody said anything about counts here: the next question of the
    rotating set, and the look at the relationship, do not wait for an answer.
    """
    seen = Record(series[0].pair, series, evidence).seen() if series else {}
    held = {Ending.HELD, Ending.ASKED, Ending.UNCONFIRMED}
    return tuple(
        sorted(
            one.meeting.span.start
            for one in seen.values()
            if one.meeting.span
            and one.meeting.span.end <= now
            and one.ending(now) in held
        )
    )


def agenda_letter(
    preparation: Preparation, to: PersonId, asked: Iterable[Meeting] = ()
) -> Letter:
    """The preparation letter, for whoever has no written copy: agenda.md goes along.

    It asks about the meetings before it that this person has not answered for yet.
    """
    span = preparation.meeting.span
    reader = next(person for person in preparation.people if person.id == to)
    names = tuple(person.name for person in preparation.people)
    title = titled(names, span, reader.zone, reader.language) if span else ""
    agenda = markdown(preparation.agenda, title, reader.language)
    return Letter(
        LetterKind.AGENDA,
        to,
        preparation.pair.id,
        Facts(
            meeting=span,
            agenda=agenda,
            where=preparation.where,
            asked=tuple(Question(m.span, m.key) for m in asked if m.span),
        ),
        about=preparation.meeting.key,
    )
