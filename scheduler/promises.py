"""Promises: what one of them said they would do, until which day (product.md).

A promise is what was done with it, turn by turn: made, given a new date, kept,
released (scheduler/promising.py decides who may). Each turn is one row of evidence,
and an undo is a turn of its own, so nothing that was said is ever taken out of the
record. The text of a promise belongs to the pair: it stands here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId, PersonId, PromiseId
from scheduler.localtime import midnight, zone
from scheduler.series import MeetingKey

#: A promise is a sentence, not a letter.
MOST_CHARACTERS = 300
#: Every turn can be undone by whoever made it, for this long.
UNDO_FOR = timedelta(hours=24)
#: Overdue for this long, it leads the next agenda.
LEADS_AFTER = timedelta(hours=72)

_DAY = timedelta(days=1)
_KINDS = frozenset(
    {
        EvidenceKind.PROMISED,
        EvidenceKind.PROMISE_KEPT,
        EvidenceKind.PROMISE_MOVED,
        EvidenceKind.PROMISE_RELEASED,
    }
)


class PromiseState(Enum):
    """Open until it is kept by its owner or released by the partner."""

    OPEN = "open"
    KEPT = "kept"
    RELEASED = "released"


_AFTER = {
    EvidenceKind.PROMISED: PromiseState.OPEN,
    EvidenceKind.PROMISE_MOVED: PromiseState.OPEN,
    EvidenceKind.PROMISE_KEPT: PromiseState.KEPT,
    EvidenceKind.PROMISE_RELEASED: PromiseState.RELEASED,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing done with a promise; `day` is the date agreed on as it stands then."""

    kind: EvidenceKind
    at: datetime
    by: PersonId
    day: date
    source: SourceKind = SourceKind.PAGE
    #: It takes back the turn before it, and cannot be taken back itself.
    undoes: bool = False

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ValueError(f"not done with promises: {self.kind}")
        if self.at.tzinfo is not UTC:
            raise ValueError(f"not UTC: {self.at!r}")


@dataclass(frozen=True, slots=True)
class Reminded:
    """For this agreed date its owner was reminded, by a letter due at that instant."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """What its owner `by` said they would do; a due day is one of the owner's zone."""

    id: PromiseId
    pair: PairId
    by: PersonId
    text: str
    turns: tuple[Turn, ...]
    reminded: tuple[Reminded, ...] = ()
    #: The meeting on whose page it was made.
    about: MeetingKey | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.text) <= MOST_CHARACTERS:
            raise ValueError(f"not the length of a promise: {len(self.text)}")
        if not self.turns or self.turns[0].kind is not EvidenceKind.PROMISED:
            raise ValueError("a promise begins with being made")

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return self.turns[0].at

    @property
    def due(self) -> date:
        """The last date agreed on."""
        return self.turns[-1].day

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date that was agreed on, in order: the partner sees the old and new."""
        days = [self.turns[0].day]
        for turn in self.turns[1:]:
            if turn.undoes and len(days) > 1 and turn.day != days[-1]:
                days.pop()
            elif turn.day != days[-1]:
                days.append(turn.day)
        return tuple(days)

    @property
    def state(self) -> PromiseState:
        """What became of it; overdue is a matter of the clock, see `is_overdue`."""
        return _AFTER[self.turns[-1].kind]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be kept."""
        return self.state is PromiseState.OPEN

    @property
    def was_taken_back(self) -> bool:
        """Its owner undid making it: nobody is shown it any more."""
        return self.turns[-1].undoes and self.state is PromiseState.RELEASED

    @property
    def ended_at(self) -> datetime | None:
        """When it was kept or released; None while it is open."""
        return None if self.is_open else self.turns[-1].at

    def over_at(self, zone_name: str) -> datetime:
        """The instant at which its date is over where its owner lives."""
        return midnight(self.due + _DAY, zone(zone_name))

    def is_overdue(self, now: datetime, zone_name: str) -> bool:
        """Whether it is open and its date is over in its owner's zone."""
        return self.is_open and now >= self.over_at(zone_name)

    def was_reminded(self) -> bool:
        """Whether its owner has been reminded of the date that stands."""
        return any(one.day == self.due for one in self.reminded)

    def can_undo(self, who: PersonId, now: datetime) -> bool:
        """Whether this person did the last thing with it, not longer than a day ago."""
        last = self.turns[-1]
        return last.by == who and not last.undoes and now - last.at < UNDO_FOR


def remind(promise: Promise, at: datetime) -> Promise:
    """Note that its owner is reminded, by a letter due at `at`, or sent then."""
    others = tuple(one for one in promise.reminded if one.day != promise.due)
    return replace(promise, reminded=(*others, Reminded(promise.due, at)))


def evidence_of(promise: Promise) -> tuple[Evidence, ...]:
    """One row for each turn: which promise, what, when, until which day.

    Never its text. Ids go up with the turns, so that two of one instant stay in order.
    """
    dated = {EvidenceKind.PROMISED, EvidenceKind.PROMISE_MOVED}
    return tuple(
        Evidence(
            EvidenceId(f"{promise.id}-{n:04}"),
            promise.pair,
            promise.id,
            turn.kind,
            turn.at,
            turn.at,
            turn.source,
            by=turn.by,
            detail=turn.day.isoformat() if turn.kind in dated else "",
        )
        for n, turn in enumerate(promise.turns)
    )


def shown(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Those the two see: open ones by date, then what has ended, the newest first."""
    seen = [p for p in promises if not p.was_taken_back]
    still = sorted((p for p in seen if p.is_open), key=lambda p: (p.due, p.id))
    ended = (p for p in seen if not p.is_open)
    return (*still, *sorted(ended, key=lambda p: p.turns[-1].at, reverse=True))


def leading(
    promises: Iterable[Promise], now: datetime, zones: Mapping[PersonId, str]
) -> tuple[Promise, ...]:
    """Those that lead the next agenda, 'done, new date, or let go?', oldest date first.

    They have been overdue for 72 hours; `zones` are those of the two.
    """
    found = [
        p for p in promises if p.is_open and now >= p.over_at(zones[p.by]) + LEADS_AFTER
    ]
    return tuple(sorted(found, key=lambda p: (p.due, p.id)))


def next_change(
    promises: Iterable[Promise], now: datetime, zones: Mapping[PersonId, str]
) -> datetime | None:
    """When time alone next changes something: one is overdue, or begins to lead."""
    over = [p.over_at(zones[p.by]) for p in promises if p.is_open]
    steps = (at + wait for at in over for wait in (timedelta(0), LEADS_AFTER))
    return min((at for at in steps if at > now), default=None)
