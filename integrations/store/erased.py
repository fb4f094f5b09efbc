"""What becomes of each table when somebody is erased.

Every table stands in one of three lists, and a test sees to it that a new one does:
what is deleted, what is changed and how, and what may stay, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from integrations.store.accounts import account, channel
from integrations.store.agendas import enclosure, line, note, topic
from integrations.store.columns import column, key, maybe, metadata, text
from integrations.store.desk import consent
from integrations.store.documents import document
from integrations.store.outbox import load_row
from integrations.store.people import dump_person, load_pair, load_person
from integrations.store.promised import promise
from integrations.store.retained import empty
from integrations.store.reviewed import review
from integrations.store.rows import Rows
from integrations.store.tables import (
    agreement,
    calendar,
    calendar_object,
    choice,
    copy,
    evidence,
    link,
    outbox,
    pair,
    person,
    repeat,
    session,
    token,
    work,
)
from integrations.store.transaction import Transaction
from integrations.store.types import Instant
from scheduler.erasing import GAP, Erasure, called, shell, speaks_of, without
from scheduler.ids import PersonId
from scheduler.people import Role

erasure = sa.Table(
    "erasure",
    metadata,
    key("person"),
    text("programme"),
    column("asked_at", Instant),
    maybe("done_at", Instant),
)

_ERASURES: Rows[Erasure] = Rows(erasure, Erasure)

#: Whose rows go, by the column that says whose they are.
DELETED: tuple[sa.Column[Any], ...] = (
    account.c.person,
    choice.c.person,
    consent.c.person,
    copy.c.person,
    document.c.owner,
    enclosure.c.by,
    line.c.by,
    link.c.person,
    note.c.by,
    promise.c.by,
    review.c.by,
    session.c.person,
    token.c.person,
    topic.c.by,
)
#: What the partner wrote: it stays, without the words that name the person.
REWRITTEN: tuple[sa.Column[Any], ...] = (
    enclosure.c.title,
    line.c.text,
    note.c.before,
    note.c.text,
    promise.c.text,
    topic.c.text,
)
#: What goes by another way, or stays without what it said of the person.
CHANGED = {
    "agreement": "their hours, and what the two wrote in their own words, go",
    "calendar": "goes, with its secrets",
    "calendar_object": "goes with its calendar",
    "channel": "goes with its calendar",
    "evidence": "no longer says whose act it was; what happened stays",
    "outbox": "what rows of their pairs said goes, the keys stay",
    "person": "an empty row stays, since a pair is two people",
    "repeat": "answers go in which they stand",
    "work": "what is due for their calendars goes",
}
#: What holds ids, instants and counts alone; the partner's figures are made of it.
LEFT = {
    "audit": "ids only, append-only; it goes after its own time",
    "audit_seal": "counts and digests of the audit",
    "erasure": "that it was asked for, and when it was done",
    "inbox": "numbers of mails in the mailbox",
    "ledger": "ids and periods of the pair",
    "meeting": "ids and times of the pair",
    "meeting_time": "ids and times; those ahead went when the pair was closed",
    "offer": "ids and times of the pair",
    "pair": "ids, and that it is closed",
    "programme": "it is the coordinator's",
    "series": "ids and times of the pair",
    "snapshot": "counts of a programme",
}


class SqlErasures:
    """People who asked that everything about them be erased."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, person: PersonId) -> Erasure | None:
        """What was asked for this person."""
        return await self._transaction.find(_ERASURES, erasure.c.person == person)

    async def put(self, asked: Erasure) -> None:
        """Add or change one."""
        await self._transaction.put(_ERASURES, asked)

    async def shut_doors(self, whose: PersonId) -> None:
        """Forget every link, session and token of a person."""
        for door in (link.c.person, session.c.person, token.c.person):
            await self._delete(door, whose)

    async def mail_keys(self, whose: PersonId) -> tuple[str, ...]:
        """The keys of every row of the outbox that may speak of them."""
        return tuple(row.key for row in await self._mail(whose))

    async def erase(self, whose: PersonId) -> None:
        """Forget everything about a person; a repeat finds nothing more to do."""
        await self._forget_answers(whose)
        await empty(self._transaction, await self._mail(whose))
        await self._forget_calendars(whose)
        await self._forget_terms(whose)
        for mine in DELETED:
            await self._delete(mine, whose)
        await self._rewrite(whose)
        await self._transaction.write(
            sa.update(evidence).where(evidence.c.by == whose).values(by=None)
        )
        await self._forget_person(whose)

    async def _delete(self, mine: sa.Column[Any], whose: PersonId) -> None:
        await self._transaction.write(sa.delete(mine.table).where(mine == whose))

    async def _mail(self, whose: PersonId) -> Sequence[sa.Row[Any]]:
        """Rows of their pairs, and of no pair but to them (their keys name them)."""
        both = sa.or_(pair.c.mentor == whose, pair.c.mentee == whose)
        paired = sa.select(outbox).where(
            outbox.c.pair.in_(sa.select(pair.c.id).where(both))
        )
        alone = sa.select(outbox).where(outbox.c.pair.is_(None))
        to_them = outbox.c.key.contains(whose, autoescape=True)
        named = await self._transaction.rows(alone.where(to_them))
        found = {row.id: row for row in named if speaks_of(load_row(row), whose)}
        if words := await self._words(whose):
            of_them = _containing(sa.cast(outbox.c.effect, sa.Text), words)
            rows = await self._transaction.rows(alone.where(sa.or_(*of_them)))
            found |= {row.id: row for row in rows}
        return [*await self._transaction.rows(paired), *found.values()]

    async def _words(self, whose: PersonId) -> tuple[str, ...]:
        """What they are called; nothing once they are erased."""
        row = await self._transaction.row(sa.select(person).where(person.c.id == whose))
        return called(load_person(row)) if row else ()

    async def _forget_answers(self, whose: PersonId) -> None:
        """Answers of the API in which their id, name or address stands."""
        words = (whose, *await self._words(whose))
        said = sa.or_(*_containing(repeat.c.body, words))
        await self._transaction.write(sa.delete(repeat).where(said))

    async def _forget_calendars(self, whose: PersonId) -> None:
        mine = sa.select(calendar.c.id).where(calendar.c.person == whose)
        due = sa.delete(work).where(work.c.subject.in_(mine))
        seen = sa.delete(calendar_object).where(calendar_object.c.calendar.in_(mine))
        told = sa.delete(channel).where(channel.c.calendar.in_(mine))
        for gone in (
            due,
            seen,
            told,
            sa.delete(calendar).where(calendar.c.person == whose),
        ):
            await self._transaction.write(gone)

    async def _forget_terms(self, whose: PersonId) -> None:
        both = sa.or_(pair.c.mentor == whose, pair.c.mentee == whose)
        for row in await self._transaction.rows(sa.select(pair).where(both)):
            mentor = load_pair(row).mentor == whose
            role = Role.MENTOR if mentor else Role.MENTEE
            versions = sa.select(agreement.c.id, agreement.c.terms)
            of_pair = versions.where(agreement.c.pair == row.id)
            for version in await self._transaction.rows(of_pair):
                await self._transaction.write(
                    sa.update(agreement)
                    .where(agreement.c.id == version.id)
                    .values(terms=without(version.terms, role))
                )

    async def _rewrite(self, whose: PersonId) -> None:
        both = sa.or_(pair.c.mentor == whose, pair.c.mentee == whose)
        theirs = sa.select(pair.c.id).where(both)
        for word in await self._words(whose):
            for said in REWRITTEN:
                await self._transaction.write(
                    sa.update(said.table)
                    .where(said.table.c.pair.in_(theirs))
                    .where(said.contains(word, autoescape=True))
                    .values({said.name: sa.func.replace(said, word, GAP)})
                )

    async def _forget_person(self, whose: PersonId) -> None:
        row = await self._transaction.row(sa.select(person).where(person.c.id == whose))
        if row is not None:
            values = dump_person(shell(load_person(row)))
            await self._transaction.write(
                sa.update(person).where(person.c.id == whose).values(values)
            )


def _containing(
    text: sa.ColumnElement[Any], words: Sequence[str]
) -> list[sa.ColumnElement[bool]]:
    """That a text has one of these words, written plainly or as JSON writes it."""
    written = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    return [text.contains(form, autoescape=True) for form in sorted(written)]
