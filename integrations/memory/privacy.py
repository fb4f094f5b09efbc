"""The audit with its seals, retention and erasing, in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from integrations.memory.shelves import Shelf, Transaction
from scheduler.access import Audited
from scheduler.auditing import Sealed
from scheduler.effects import OutboxState, Outgoing
from scheduler.erasing import GAP, Erasure, called, shell, speaks_of, without
from scheduler.ids import PersonId, ProgrammeId
from scheduler.people import Role
from scheduler.retention import Kept, emptied, without_past


class MemoryAudit:
    """Append-only: who did what, by ids."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, row: Audited) -> None:
        """Add a row."""
        shelf = self._transaction.write.audit
        last = max((no for no, _ in shelf), default=0)
        shelf.put(last + 1, (last + 1, row))

    async def about(self, about: str) -> tuple[Audited, ...]:
        """Oldest first."""
        rows = self._transaction.read.audit.where(lambda one: one[1].about == about)
        return tuple(row for _, row in sorted(rows, key=lambda one: one[1].at))

    async def by(self, actor: str) -> tuple[Audited, ...]:
        """What this one did, oldest first."""
        rows = self._transaction.read.audit.where(lambda one: one[1].actor == actor)
        return tuple(row for _, row in sorted(rows, key=lambda one: one[1].at))

    async def of_programme(
        self, programme: ProgrammeId, *, before: int | None = None, most: int = 100
    ) -> tuple[tuple[int, Audited], ...]:
        """One page with its numbers, newest first: those with a number below."""
        rows = self._transaction.read.audit.where(
            lambda one: (
                one[1].programme == programme and (before is None or one[0] < before)
            )
        )
        return rows[::-1][:most]

    async def of_day(
        self, day: date, *, after: int = 0, most: int = 1000
    ) -> tuple[tuple[int, Audited], ...]:
        """One page of a day in UTC, in order of their numbers, those behind `after`."""
        rows = self._transaction.read.audit.where(
            lambda one: one[1].at.astimezone(UTC).date() == day and one[0] > after
        )
        return rows[:most]

    async def first_at(self) -> datetime | None:
        """When the oldest row was written."""
        return min((row.at for _, row in self._transaction.read.audit), default=None)

    async def seals(self) -> tuple[Sealed, ...]:
        """The seal of every day that has one, oldest first."""
        return self._transaction.read.seals.where(lambda _: True)

    async def put_seal(self, sealed: Sealed) -> None:
        """Add the seal of a day, or close the same day with another key."""
        self._transaction.write.seals.put(sealed.day, sealed)


#: Where it lies, and from when its age counts.
_SINCE: dict[Kept, tuple[str, Callable[[Any], datetime]]] = {
    Kept.AUDIT: ("audit", lambda one: one[1].at),
    Kept.INBOX: ("inbox", lambda one: one[1]),
    Kept.REPEATS: ("repeats", lambda one: one[3]),
    Kept.LINKS: ("links", lambda one: one.expires_at),
    Kept.SESSIONS: ("sessions", lambda one: one.seen_at),
    Kept.TOKENS: ("tokens", lambda one: one.expires_at),
    Kept.CHANNELS: ("channels", lambda one: one.expires),
}


class MemoryRetention:
    """What is kept for a time, and then no longer."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def drop(self, kind: Kept, before: datetime, *, most: int) -> int:
        """Drop up to `most` of what was over before then; how many that were."""
        if kind is Kept.BUSY:
            return self._busy(before, most)
        if kind is Kept.MAIL:
            return self._mail(before, most)
        name, since = _SINCE[kind]
        shelf: Shelf[Any, Any] = getattr(self._transaction.write, name)
        return _drop(shelf, lambda one: since(one) < before, most)

    def _busy(self, before: datetime, most: int) -> int:
        shelf, done = self._transaction.write.objects, 0
        for calendar in shelf.names():
            known = dict(shelf.get(calendar) or {})
            old = [
                one
                for one in known.values()
                if not one.uid and any(o.end < before for o in one.occurrences)
            ]
            for one in old[: most - done]:
                left = without_past(one, before)
                if left:
                    known[one.id] = left
                else:
                    del known[one.id]
                done += 1
            shelf.put(calendar, known)
        return done

    def _mail(self, before: datetime, most: int) -> int:
        outbox, empty = self._transaction.write.outbox, self._transaction.write.emptied
        over = outbox.where(
            lambda row: (
                row.id not in empty
                and row.due_at < before
                and row.state is not OutboxState.WAITING
            )
        )
        for row in over[:most]:
            outbox.put(row.id, emptied(row))
            empty.put(row.id, row.id)
        return len(over[:most])


def _drop(shelf: Shelf[Any, Any], is_old: Callable[[Any], bool], most: int) -> int:
    old = [key for key in shelf.names() if is_old(shelf.get(key))][:most]
    for key in old:
        shelf.remove(key)
    return len(old)


def _says(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


#: Whose values go, by the field that says whose they are.
DELETED = {
    "accounts": "person",
    "calendars": "person",
    "consents": "person",
    "copies": "person",
    "documents": "owner",
    "enclosures": "by",
    "lines": "by",
    "links": "person",
    "notes": "by",
    "promises": "by",
    "reviews": "by",
    "sessions": "person",
    "tokens": "person",
    "topics": "by",
}


#: What the partner wrote: it stays, without the words that name the person.
REWRITTEN = (
    ("enclosures", "title"),
    ("lines", "text"),
    ("notes", "before"),
    ("notes", "text"),
    ("promises", "text"),
    ("topics", "text"),
)


class MemoryErasures:
    """People who asked that everything about them be erased."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, person: PersonId) -> Erasure | None:
        """What was asked for this person."""
        return self._transaction.read.erasures.get(person)

    async def put(self, erasure: Erasure) -> None:
        """Add or change one."""
        self._transaction.write.erasures.put(erasure.person, erasure)

    async def shut_doors(self, person: PersonId) -> None:
        """Forget every link, session and token of a person."""
        for name in ("links", "sessions", "tokens"):
            self._delete(name, "person", person)

    async def mail_keys(self, person: PersonId) -> tuple[str, ...]:
        """The keys of every row of the outbox that may speak of them."""
        return tuple(row.key for row in self._mail(person))

    async def erase(self, person: PersonId) -> None:
        """Forget everything about a person; a repeat finds nothing more to do."""
        shelves = self._transaction.write
        self._forget_answers(person)
        for row in self._mail(person):
            waiting = row.state is OutboxState.WAITING
            state = OutboxState.DROPPED if waiting else row.state
            shelves.outbox.put(row.id, replace(emptied(row), state=state))
            shelves.emptied.put(row.id, row.id)
        mine = {one.id for one in shelves.calendars if one.person == person}
        for calendar in mine:
            shelves.objects.remove(calendar)
        _drop(shelves.channels, lambda one: one.calendar in mine, len(shelves.channels))
        _drop(
            shelves.work,
            lambda row: row.subject in mine,
            len(shelves.work),
        )
        self._forget_terms(person)
        for name, field in DELETED.items():
            self._delete(name, field, person)
        self._rewrite(person)
        shelves.fewer.remove(person)
        for seen in shelves.evidence.where(lambda one: one.by == person):
            shelves.evidence.put(seen.id, replace(seen, by=None))
        if known := shelves.people.get(person):
            shelves.people.put(person, shell(known))

    def _rewrite(self, person: PersonId) -> None:
        pairs = self._transaction.read.pairs.where(lambda one: person in one.both())
        mine, words = {pair.id for pair in pairs}, self._words(person)
        for name, field in REWRITTEN:
            shelf: Shelf[Any, Any] = getattr(self._transaction.write, name)
            for one in shelf.where(lambda x: x.pair in mine):
                said = getattr(one, field)
                for word in words if said else ():
                    said = said.replace(word, GAP)
                if said != getattr(one, field):
                    shelf.put(one.id, replace(one, **{field: said}))

    def _delete(self, name: str, field: str, person: PersonId) -> None:
        shelf: Shelf[Any, Any] = getattr(self._transaction.write, name)
        _drop(shelf, lambda one: getattr(one, field) == person, len(shelf))

    def _mail(self, person: PersonId) -> tuple[Outgoing, ...]:
        pairs = self._transaction.read.pairs.where(lambda one: person in one.both())
        mine, words = {pair.id for pair in pairs}, self._words(person)

        def is_meant(row: Outgoing) -> bool:
            if row.pair is not None:
                return row.pair in mine
            return speaks_of(row, person) or _says(repr(row.effect), words)

        return self._transaction.read.outbox.where(is_meant)

    def _words(self, person: PersonId) -> tuple[str, ...]:
        """What they are called; nothing once they are erased."""
        known = self._transaction.read.people.get(person)
        return called(known) if known else ()

    def _forget_answers(self, person: PersonId) -> None:
        words = (person, *self._words(person))
        shelf = self._transaction.write.repeats
        _drop(shelf, lambda one: _says(one[2], words), len(shelf))

    def _forget_terms(self, person: PersonId) -> None:
        shelves = self._transaction.write
        for pair in shelves.pairs.where(lambda one: person in one.both()):
            role = Role.MENTOR if pair.mentor == person else Role.MENTEE
            theirs = [one for one in shelves.agreements if one.pair == pair.id]
            for version in theirs:
                bare = replace(version, terms=without(version.terms, role))
                shelves.agreements.put(version.id, bare)
