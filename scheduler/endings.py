"""How each meeting ended: a fold over what was seen and what the two said.

product.md, 'How things end'. Nothing here looks at who did what, save that each of the
two has one answer, the last one they gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from scheduler.evidence import DAY_OFF, Evidence, EvidenceKind, SourceKind, instant_of
from scheduler.ids import PersonId
from scheduler.series import Meeting, MeetingState
from scheduler.timespan import Span

#: Without an answer for this long a meeting is unconfirmed, and two answers that still
#: differ this long after both were asked again are none.
ANSWER_WITHIN = timedelta(days=7)
#: An answer changes the ending this long after the meeting.
ANSWER_UNTIL = timedelta(days=30)

_FELL = frozenset({EvidenceKind.CANCELLED, EvidenceKind.DECLINED})
_SAID = frozenset({EvidenceKind.SAID_MET, EvidenceKind.SAID_NOT_MET})
_PLACED = frozenset({EvidenceKind.BOOKED, EvidenceKind.MOVED})
#: What comes from here both agreed to in Troth, or Troth did.
_AGREED = frozenset({SourceKind.PAGE, SourceKind.TROTH})


class Ending(Enum):
    """How a meeting ended, or that it did not yet."""

    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    UNCONFIRMED = "unconfirmed"
    AHEAD = "ahead"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one meeting, in order, and when it takes place."""

    meeting: Meeting
    rows: tuple[Evidence, ...]
    #: Stretches in which the pair paused, or after which it was closed.
    pauses: tuple[Span, ...] = ()
    #: The end of the period it belongs to.
    period_end: datetime | None = None

    def placed(self) -> Iterator[tuple[Evidence, datetime]]:
        """Each row with the start that the meeting had just before it."""
        moves = any(row.kind is EvidenceKind.MOVED for row in self.rows)
        span = self.meeting.span
        known = span.start if span and not moves else self.meeting.key.original_start
        for row in self.rows:
            yield row, known
            if row.kind in _PLACED:
                known = instant_of(row.detail) or known

    def ending(self, now: datetime) -> Ending:
        """The one ending it has at this instant."""
        answers = self.answers()
        said = frozenset(row.kind for row in answers.values())
        if said == {EvidenceKind.SAID_MET}:
            return Ending.HELD
        if self.is_skipped():
            return Ending.SKIPPED
        if self.is_cancelled():
            return Ending.CANCELLED
        end = self.meeting.span.end if self.meeting.span else None
        if end is None or now < end:
            return Ending.AHEAD
        if said == {EvidenceKind.SAID_NOT_MET}:
            return Ending.MISSED
        until = self.asked_until(end)
        return Ending.ASKED if now < until else Ending.UNCONFIRMED

    def answers(self) -> dict[PersonId | None, Evidence]:
        """The last answer of each."""
        return {row.by: row for row in self.said()}

    def said(self) -> tuple[Evidence, ...]:
        """What either said of it, in order, within 30 days of its end.

        What was said before it was moved was about another time.
        """
        if self.meeting.span is None:
            return ()
        last = self.meeting.span.end + ANSWER_UNTIL
        found: list[Evidence] = []
        for row in self.rows:
            if row.kind is EvidenceKind.MOVED:
                found = []
            elif row.kind in _SAID and row.at <= last:
                found.append(row)
        return tuple(found)

    def differ_since(self) -> datetime | None:
        """When their answers came to differ, if they do; both are asked again then."""
        words: dict[PersonId | None, EvidenceKind] = {}
        since: datetime | None = None
        for row in self.said():
            words[row.by] = row.kind
            differ = len(frozenset(words.values())) > 1
            since = (since or row.at) if differ else None
        return since

    def asked_until(self, end: datetime) -> datetime:
        """Until when it waits for an answer: at most twice seven days."""
        differ = self.differ_since()
        if differ is None:
            return end + ANSWER_WITHIN
        return min(differ + ANSWER_WITHIN, end + 2 * ANSWER_WITHIN)

    def is_cancelled(self) -> bool:
        """Whether a person took it out, cancelled or declined it before its start.

        A plan that takes the place of the old one may book the same date again.
        """
        gone = False
        for row, start in self.placed():
            booked = row.kind is EvidenceKind.BOOKED
            gone = not booked and (gone or (row.kind in _FELL and row.at < start))
        return gone

    def is_skipped(self) -> bool:
        """Whether both left it out, or a pause or the closing covers it.

        A meeting that fell out can be left out together until its period is over.
        """
        span = self.meeting.span
        fell = span is None or self.is_cancelled()
        agreed = False
        for row, start in self.placed():
            last = max(start, self.period_end or start) if fell else start
            skipped = row.kind is EvidenceKind.SKIPPED and self._holds(row)
            skipped = skipped and row.at < last
            agreed = row.kind is not EvidenceKind.BOOKED and (agreed or skipped)
        at = span.start if span else self.meeting.key.original_start
        return agreed or any(pause.start <= at < pause.end for pause in self.pauses)

    def _holds(self, row: Evidence) -> bool:
        """A day off leaves a meeting out as long as no plan found a time for it."""
        is_unplaced = self.meeting.state is MeetingState.UNPLACED
        return is_unplaced or row.detail != DAY_OFF

    def change(self, notice: timedelta) -> bool | None:
        """Whether its first change by a person came in good time; None without one.

        What both agreed to in Troth is no change in this sense.
        """
        for row, start in self.placed():
            moved = row.kind is EvidenceKind.MOVED and row.source not in _AGREED
            fell = row.kind in _FELL and row.source is not SourceKind.TROTH
            if (moved or fell) and row.at < start:
                return start - row.at >= notice
        return None


def by_meeting(rows: Iterable[Evidence]) -> dict[str, tuple[Evidence, ...]]:
    """The rows about each thing, in the order they came in."""
    about: dict[str, list[Evidence]] = {}
    for row in rows:
        about.setdefault(row.about, []).append(row)
    return {key: tuple(found) for key, found in about.items()}
