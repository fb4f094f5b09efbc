"""What letters say of a pair: the row of periods, the next meeting, other times."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler import rhythm
from scheduler.ids import OfferId, PersonId
from scheduler.letters import Facts, Letter, LetterKind, RowMark
from scheduler.series import Meeting, MeetingKey
from scheduler.situation import Situation, Told
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one kind about one thing; `revision` tells them from earlier ones."""

    kind: LetterKind
    about: MeetingKey
    facts: Facts
    revision: str = ""
    offer: OfferId | None = None

    def to(self, *people: PersonId, case: Situation) -> tuple[Told, ...]:
        """The same facts to each."""
        return tuple(
            Told(
                Letter(
                    self.kind,
                    person,
                    case.pair.id,
                    self.facts,
                    about=self.about,
                    offer=self.offer,
                ),
                self.revision,
            )
            for person in people
        )


def next_meeting(case: Situation) -> Meeting | None:
    """The next live meeting of the pair that has not begun."""
    ahead = [
        m
        for s in case.view.series
        for m in s.live()
        if m.span and m.span.start > case.now
    ]
    return min(ahead, key=lambda m: (m.span, m.key), default=None)


def next_span(case: Situation) -> Span | None:
    """When the two meet next."""
    found = next_meeting(case)
    return found.span if found else None


def row(case: Situation, about: MeetingKey | None = None) -> tuple[RowMark, ...]:
    """The row of the pair, as letters and pages draw it (`scheduler.rhythm`)."""
    return rhythm.row(case.record, case.now, about)


def offered(
    case: Situation, meeting: Span, about: MeetingKey, times: tuple[Span, ...]
) -> Facts:
    """That a meeting fell out or may not suit, and what would suit instead."""
    return Facts(
        meeting=meeting,
        times=times,
        row=row(case, about),
        checked_at=case.now if times else None,
    )


def placed(case: Situation, was: Span | None, now_at: Span, about: MeetingKey) -> Facts:
    """That a meeting has another time, or another meeting takes its place."""
    return Facts(meeting=was, next=now_at, row=row(case, about))
