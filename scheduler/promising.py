"""What the two may do with promises: make one, keep it, move it, let it go, undo that.

Only its owner keeps a promise or gives it a new date, only the partner lets it go
(product.md, Promises). Each decision answers the promise as it is then, or `Refused`
with the mend; doing the same twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.dates_said import read_day
from scheduler.errors import Refused
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.ids import PairId, PersonId, PromiseId
from scheduler.localtime import zone
from scheduler.outbox import digest
from scheduler.people import Person
from scheduler.promises import MOST_CHARACTERS, Promise, PromiseState, Turn
from scheduler.series import MeetingKey

#: A date further away than this is a slip of the pen.
FURTHEST = timedelta(days=731)

#: What becomes of a promise when this person does something with it now.
Turned = Callable[[Promise, Person, datetime], Promise]


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
    if standing := open_alike(same, owner, text):
        if standing.due != said.day:
            raise Refused(
                "E_PROMISED",
                "You have promised that already; choose a new date for it where "
                "it stands.",
                field="by",
            )
        return standing
    _check_day(said.day, now, owner.zone)
    turn = Turn(EvidenceKind.PROMISED, now, owner.id, said.day, said.source)
    name = PromiseId(digest("promise", pair, owner.id, text.casefold(), len(same)))
    return Promise(name, pair, owner.id, text, (turn,), about=said.about)


def open_alike(known: Iterable[Promise], owner: Person, text: str) -> Promise | None:
    """The owner's open promise in these words, whatever their case."""
    said = " ".join(text.split())
    theirs = (p for p in known if p.is_open and p.by == owner.id)
    return next((p for p in theirs if _alike(p.text, said)), None)


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


def move_to(day: date) -> Turned:
    """`move` to this day, as one of the things that may be done with a promise."""
    return lambda promise, owner, now: move(promise, owner, day, now)


def read_due(text: str, owner: Person, now: datetime) -> date:
    """The day that its owner typed, in any way that is understood in an agenda.

    `Refused` E_PROMISE_DATE when it is none.
    """
    today = now.astimezone(zone(owner.zone)).date()
    day = read_day(text, today, owner.language)
    if day is None:
        raise Refused(
            "E_PROMISE_DATE", "Give a day, like 2026-03-06 or Friday.", field="by"
        )
    return day


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
