"""Promises: what one of them said they would do, until which day (product.md).

A promise is what was done with it, turn by turn: made, given a new date, kept,
released. Each turn is one row of evidence, and an undo is a turn of its own, so
nothing that was said is ever taken out of the record. The text of a promise belongs
to the pair: it stands here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from scheduler.errors import Refused
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId, PersonId, PromiseId
from scheduler.localtime import midnight, zone
from scheduler.outbox import digest
from scheduler.people import Person
from scheduler.series import MeetingKey

#: A promise is a sentence, not a letter.
MOST_CHARACTERS = 300
#: A date further away than this is a slip of the pen.
FURTHEST = timedelta(days=731)
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


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says they will do, until when, and where they said it."""

    text: str
    day: date
    about: MeetingKey | None = None
    source: SourceKind = SourceKind.PAGE


def promised(
    known: Iterable[Promise], said: Said, *, pair: PairId, owner: Person, now: datetime
) -> Promise:
    """The owner's promise, or the open one of these words among the known ones.

    `known` are all of the pair. `Refused` E_PROMISE when it is empty or too long,
    E_PROMISE_DATE when the day is over or out of reach, E_PROMISED when these words
    are promised already until another day.
    """
    text = words(said.text)
    same = [p for p in known if p.by == owner.id and _alike(p.text, text)]
    for promise in same:
        if promise.is_open:
            if promise.due != said.day:
                raise Refused(
                    "E_PROMISED",
                    "You have promised that already; choose a new date for it where "
                    "it stands.",
                    field="by",
                )
            return promise
    _check_day(said.day, now, owner.zone)
    turn = Turn(EvidenceKind.PROMISED, now, owner.id, said.day, said.source)
    name = PromiseId(digest("promise", pair, owner.id, text.casefold(), len(same)))
    return Promise(name, pair, owner.id, text, (turn,), about=said.about)


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def words(text: str) -> str:
    """The text of a promise on one line; `Refused` E_PROMISE when it is none."""
    said = " ".join(text.split())
    if not 0 < len(said) <= MOST_CHARACTERS:
        raise Refused(
            "E_PROMISE",
            f"A promise has 1 to {MOST_CHARACTERS} characters; say what you will do.",
            field="promise",
        )
    return said


def keep(
    promise: Promise,
    who: Person,
    now: datetime,
    source: SourceKind = SourceKind.PAGE,
) -> Promise:
    """Its owner says that it is done; late is done too, and twice is once.

    `Refused` E_PROMISE_OWNER for anybody else, E_PROMISE_OVER when it was released.
    """
    _owner(promise, who.id)
    if promise.state is PromiseState.KEPT:
        return promise
    _still_open(promise)
    kept = Turn(EvidenceKind.PROMISE_KEPT, now, who.id, promise.due, source)
    return _turned(promise, kept)


def move(
    promise: Promise,
    owner: Person,
    day: date,
    now: datetime,
    source: SourceKind = SourceKind.PAGE,
) -> Promise:
    """Its owner sets a new date: it is open again, until then.

    `Refused` E_PROMISE_OWNER for anybody else, E_PROMISE_OVER when it has ended,
    E_PROMISE_DATE when the day is over or out of reach.
    """
    _owner(promise, owner.id)
    _still_open(promise)
    _check_day(day, now, owner.zone)
    if day == promise.due:
        return promise
    moved = Turn(EvidenceKind.PROMISE_MOVED, now, owner.id, day, source)
    return _turned(promise, moved)


def release(
    promise: Promise,
    who: Person,
    now: datetime,
    source: SourceKind = SourceKind.PAGE,
) -> Promise:
    """The partner lets it go; twice is once.

    `who` is one of the pair. `Refused` E_PROMISE_PARTNER for its owner, E_PROMISE_OVER
    when it was kept.
    """
    if who.id == promise.by:
        raise Refused(
            "E_PROMISE_PARTNER",
            "Only the other one of you can let it go; you can choose a new date.",
            field="promise",
        )
    if promise.state is PromiseState.RELEASED:
        return promise
    _still_open(promise)
    released = Turn(EvidenceKind.PROMISE_RELEASED, now, who.id, promise.due, source)
    return _turned(promise, released)


def undo(promise: Promise, who: Person, now: datetime) -> Promise:
    """Take back the last turn: it stands as it stood before; twice is once.

    One that was only just made is let go, by its owner. `Refused` E_UNDO when
    somebody else did something with it since, or a day has passed.
    """
    last = promise.turns[-1]
    if last.undoes and last.by == who.id:
        return promise
    if not promise.can_undo(who.id, now):
        raise Refused(
            "E_UNDO",
            "This can no longer be undone; say how it stands now.",
            field="promise",
        )
    if len(promise.turns) == 1:
        kind, day = EvidenceKind.PROMISE_RELEASED, promise.due
    else:
        kind, day = EvidenceKind.PROMISE_MOVED, promise.turns[-2].day
    return _turned(promise, Turn(kind, now, who.id, day, undoes=True))


def remind(promise: Promise, at: datetime) -> Promise:
    """Note that its owner is reminded, by a letter due at `at`; once for each date."""
    if promise.was_reminded():
        return promise
    return replace(promise, reminded=(*promise.reminded, Reminded(promise.due, at)))


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
    promises: Iterable[Promise], now: datetime, zones: dict[PersonId, str]
) -> tuple[Promise, ...]:
    """Those that lead the next agenda, 'done, new date, or let go?', oldest date first.

    They have been overdue for 72 hours; `zones` are those of the two.
    """
    found = [
        p for p in promises if p.is_open and now >= p.over_at(zones[p.by]) + LEADS_AFTER
    ]
    return tuple(sorted(found, key=lambda p: (p.due, p.id)))


def _turned(promise: Promise, turn: Turn) -> Promise:
    # A clock that is set back must not put a turn before the one it follows.
    at = max(turn.at, promise.turns[-1].at)
    return replace(promise, turns=(*promise.turns, replace(turn, at=at)))


def _owner(promise: Promise, who: PersonId) -> None:
    if who != promise.by:
        raise Refused(
            "E_PROMISE_OWNER",
            "Only who promised it can say so; you can let it go.",
            field="promise",
        )


def _still_open(promise: Promise) -> None:
    if not promise.is_open:
        raise Refused(
            "E_PROMISE_OVER",
            f"This promise is already {promise.state.value}; make a new one if there "
            "is more to do.",
            field="promise",
        )


def _check_day(day: date, now: datetime, zone_name: str) -> None:
    today = now.astimezone(zone(zone_name)).date()
    if not today <= day <= today + FURTHEST:
        raise Refused(
            "E_PROMISE_DATE",
            "Choose a day from today on, at most two years ahead.",
            field="by",
        )
