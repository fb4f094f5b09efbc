"""Programmes, people, pairs, agreements and choices in memory."""

from __future__ import annotations

from itertools import islice

from integrations.memory.shelves import Transaction
from scheduler.agreement import Agreement, Programme
from scheduler.errors import NotFound, Taken
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Pair, Person


class MemoryProgrammes:
    """Programmes, with their settings and template."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, programme: ProgrammeId) -> Programme:
        """One programme."""
        found = self._transaction.read.programmes.get(programme)
        if found is None:
            raise NotFound("programme")
        return found

    async def put(self, programme: Programme) -> None:
        """Add or change one."""
        self._transaction.write.programmes.put(programme.id, programme)

    async def all(self) -> tuple[Programme, ...]:
        """Every programme."""
        return self._transaction.read.programmes.where(lambda _: True)


class MemoryPeople:
    """Mentors and mentees."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, person: PersonId) -> Person:
        """One person."""
        found = self._transaction.read.people.get(person)
        if found is None:
            raise NotFound("person")
        return found

    async def put(self, person: Person) -> None:
        """Add or change one; `Taken` when another has this address."""
        other = await self.by_email(person.programme, person.email)
        if person.email and other is not None and other.id != person.id:
            raise self._transaction.refuse(
                Taken(
                    "E_EMAIL_TAKEN",
                    "Somebody in this programme has this address already.",
                    field="email",
                )
            )
        self._transaction.write.people.put(person.id, person)

    async def by_email(self, programme: ProgrammeId, email: str) -> Person | None:
        """Find by address, whatever its case."""
        with_it = await self.with_email(email)
        return next((one for one in with_it if one.programme == programme), None)

    async def with_email(self, email: str) -> tuple[Person, ...]:
        """Everybody with this address, in any programme."""
        return self._transaction.read.people.where(
            lambda one: one.email.casefold() == email.casefold()
        )


class MemoryPairs:
    """Pairs of a programme."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, pair: PairId) -> Pair:
        """One pair."""
        found = self._transaction.read.pairs.get(pair)
        if found is None:
            raise NotFound("pair")
        return found

    async def put(self, pair: Pair) -> None:
        """Add or change one."""
        self._transaction.write.pairs.put(pair.id, pair)

    async def of_person(self, person: PersonId) -> tuple[Pair, ...]:
        """Every pair that this person is one of."""
        return self._transaction.read.pairs.where(lambda one: person in one.both())

    async def of_programme(
        self,
        programme: ProgrammeId,
        *,
        after: PairId | None = None,
        most: int = 100,
        named: str = "",
    ) -> tuple[Pair, ...]:
        """One page of the pairs, those behind `after`, with `named` in a name."""
        theirs = self._transaction.read.pairs.where(
            lambda one: one.programme == programme and (after is None or one.id > after)
        )
        wanted = named.casefold()
        found = (one for one in theirs if not wanted or self._has(one, wanted))
        return tuple(islice(found, most))

    def _has(self, pair: Pair, wanted: str) -> bool:
        people = map(self._transaction.read.people.get, pair.both())
        return any(wanted in one.name.casefold() for one in people if one)


class MemoryAgreements:
    """All versions of what pairs agreed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Agreement, ...]:
        """Every version, oldest first."""
        theirs = self._transaction.read.agreements.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: one.version))

    async def put(self, agreement: Agreement) -> None:
        """Add or change; a version number taken by another id is `Taken`."""
        name = agreement.pair, agreement.version
        for other in self._transaction.read.agreements:
            if (other.pair, other.version) == name and other.id != agreement.id:
                raise self._transaction.refuse(
                    Taken(
                        "E_AGREEMENT_CHANGED",
                        "Your partner has just proposed something else; "
                        "here is the new text.",
                        field="agreement",
                    )
                )
        self._transaction.write.agreements.put(agreement.id, agreement)


class MemorySettings:
    """Choices of people that are no part of any agreement."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def fewer(self, person: PersonId) -> frozenset[str]:
        """The kinds of letters this person does not want."""
        return self._transaction.read.fewer.get(person) or frozenset()

    async def set_fewer(self, person: PersonId, kinds: frozenset[str]) -> None:
        """Choose anew."""
        self._transaction.write.fewer.put(person, kinds)
