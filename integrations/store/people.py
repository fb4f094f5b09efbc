"""Programmes, people, pairs, what they agreed, and what they chose."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from integrations.store.rows import Rows, upsert
from integrations.store.tables import agreement as agreements
from integrations.store.tables import choice as choices
from integrations.store.tables import pair as pairs
from integrations.store.tables import person as people
from integrations.store.tables import programme as programmes
from integrations.store.transaction import Transaction
from scheduler.agreement import Agreement, Programme
from scheduler.errors import Taken
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Pair, Person

_PROGRAMMES: Rows[Programme] = Rows(programmes, Programme)
_PEOPLE: Rows[Person] = Rows(people, Person)
_PAIRS: Rows[Pair] = Rows(pairs, Pair)
_AGREEMENTS: Rows[Agreement] = Rows(agreements, Agreement)


def load_person(row: sa.Row[Any]) -> Person:
    """The person of a row."""
    return _PEOPLE.load(row)


def dump_person(person: Person) -> dict[str, Any]:
    """The columns of a person, those to search by included."""
    return _PEOPLE.dump(person) | _keys(person)


def _keys(person: Person) -> dict[str, str]:
    return {
        "email_key": person.email.casefold(),
        "name_key": person.name.casefold(),
    }


def load_pair(row: sa.Row[Any]) -> Pair:
    """The pair of a row."""
    return _PAIRS.load(row)


class SqlProgrammes:
    """Programmes, with their settings and template."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, programme: ProgrammeId) -> Programme:
        """One programme."""
        return await self._transaction.get(
            "programme", _PROGRAMMES, programmes.c.id == programme
        )

    async def put(self, programme: Programme) -> None:
        """Add or change one."""
        await self._transaction.put(_PROGRAMMES, programme)

    async def all(self) -> tuple[Programme, ...]:
        """Every programme."""
        return await self._transaction.every(_PROGRAMMES)


class SqlPeople:
    """Mentors and mentees."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, person: PersonId) -> Person:
        """One person."""
        return await self._transaction.get("person", _PEOPLE, people.c.id == person)

    async def put(self, person: Person) -> None:
        """Add or change one; `Taken` when another has this address."""
        await self._transaction.put(
            _PEOPLE,
            person,
            taken=Taken(
                "E_EMAIL_TAKEN",
                "Somebody in this programme has this address already.",
                field="email",
            ),
            **_keys(person),
        )

    async def by_email(self, programme: ProgrammeId, email: str) -> Person | None:
        """Find by address, whatever its case."""
        return await self._transaction.find(
            _PEOPLE,
            people.c.programme == programme,
            people.c.email_key == email.casefold(),
        )

    async def with_email(self, email: str) -> tuple[Person, ...]:
        """Everybody with this address, in any programme."""
        return await self._transaction.every(
            _PEOPLE, people.c.email_key == email.casefold()
        )


class SqlPairs:
    """Pairs of a programme."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, pair: PairId) -> Pair:
        """One pair."""
        return await self._transaction.get("pair", _PAIRS, pairs.c.id == pair)

    async def put(self, pair: Pair) -> None:
        """Add or change one."""
        await self._transaction.put(_PAIRS, pair)

    async def of_person(self, person: PersonId) -> tuple[Pair, ...]:
        """Every pair that this person is one of."""
        return await self._transaction.every(
            _PAIRS, sa.or_(pairs.c.mentor == person, pairs.c.mentee == person)
        )

    async def of_programme(
        self,
        programme: ProgrammeId,
        *,
        after: PairId | None = None,
        most: int = 100,
        named: str = "",
    ) -> tuple[Pair, ...]:
        """One page of the pairs, those behind `after`, with `named` in a name."""
        page = _PAIRS.select(pairs.c.programme == programme).limit(most)
        if named:
            page = page.where(_has_name(named.casefold()))
        if after is not None:
            page = page.where(pairs.c.id > after)
        return _PAIRS.all(await self._transaction.rows(page))


def _has_name(wanted: str) -> sa.ColumnElement[bool]:
    """Whether it is a part of the name of either of a pair."""
    either = people.c.id.in_((pairs.c.mentor, pairs.c.mentee))
    has = people.c.name_key.contains(wanted, autoescape=True)
    return sa.exists().where(either, has)


class SqlAgreements:
    """All versions of what pairs agreed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Agreement, ...]:
        """Every version, oldest first."""
        of_pair = sa.select(agreements).where(agreements.c.pair == pair)
        rows = await self._transaction.rows(of_pair.order_by(agreements.c.version))
        return _AGREEMENTS.all(rows)

    async def put(self, agreement: Agreement) -> None:
        """Add or change; a version number taken by another id is `Taken`."""
        await self._transaction.put(
            _AGREEMENTS,
            agreement,
            taken=Taken(
                "E_AGREEMENT_CHANGED",
                "Your partner has just proposed something else; here is the new text.",
                field="agreement",
            ),
        )


class SqlSettings:
    """Choices of people that are no part of any agreement."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def fewer(self, person: PersonId) -> frozenset[str]:
        """The kinds of letters this person does not want."""
        chosen = sa.select(choices.c.fewer).where(choices.c.person == person)
        row = await self._transaction.row(chosen)
        return frozenset() if row is None else row.fewer

    async def set_fewer(self, person: PersonId, kinds: frozenset[str]) -> None:
        """Choose anew."""
        row = {"person": person, "fewer": kinds}
        await self._transaction.write(upsert(self._transaction.dialect, choices, row))
