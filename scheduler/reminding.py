"""When the owner of promises whose day has passed is reminded, and of which.

product.md, Promises: one reminder for each agreed date, to the owner alone, on the
morning after it passed, several in one mail, never two mails within 72 hours. None
after it was kept or let go, nor while the pair pauses: then on the first morning on
which they go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.ids import PersonId
from scheduler.localtime import instant, zone
from scheduler.people import Person
from scheduler.promises import Promise
from scheduler.quiet import OPENS, open_from
from scheduler.timespan import Span

#: From one reminder of a person to the next, in whichever pair.
APART = timedelta(hours=72)
_NEVER = date.max.year


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail to the owner of these promises, due at an instant."""

    to: PersonId
    at: datetime
    promises: tuple[Promise, ...]


def reminders(
    people: Iterable[Person],
    promises: Iterable[Promise],
    pauses: Iterable[Span],
    last: Mapping[PersonId, datetime],
    now: datetime,
) -> tuple[Reminder, ...]:
    """The next reminder of each of the two, if there is one to come.

    `last` is when each was last reminded of anything. What is due already is due at
    once, unless it is quiet for them: then in the morning.
    """
    every, rests = tuple(promises), tuple(pauses)
    found = (_next(person, every, rests, last.get(person.id), now) for person in people)
    return tuple(reminder for reminder in found if reminder)


def _next(
    owner: Person,
    promises: tuple[Promise, ...],
    pauses: tuple[Span, ...],
    last: datetime | None,
    now: datetime,
) -> Reminder | None:
    ready = {
        promise.id: _morning_after(promise, owner)
        for promise in promises
        if promise.by == owner.id and promise.is_open and not promise.was_reminded()
    }
    if not ready:
        return None
    earliest = max(min(ready.values()), now, last + APART if last else now)
    at = _allowed(earliest, owner, pauses)
    if at is None:
        return None
    told = tuple(p for p in promises if p.id in ready and ready[p.id] <= at)
    return Reminder(owner.id, at, told)


def _morning_after(promise: Promise, owner: Person) -> datetime:
    where = zone(owner.zone)
    return instant(promise.due + timedelta(days=1), OPENS, where)


def _allowed(at: datetime, owner: Person, pauses: tuple[Span, ...]) -> datetime | None:
    """The first instant from `at` on that is neither quiet nor in a pause.

    None when the pause has no end.
    """
    while at.year < _NEVER:
        at = open_from(at, owner.zone, owner.quiet_days)
        pause = next((p for p in pauses if p.start <= at < p.end), None)
        if pause is None:
            return at
        at = pause.end
    return None
