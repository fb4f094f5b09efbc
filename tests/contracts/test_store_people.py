"""Programmes, people, pairs, agreements, choices: what comes back is what was put."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scheduler.agreement import (
    Agreement,
    AgreementState,
    Programme,
    Template,
    Terms,
    accept,
)
from scheduler.cadence import MONTHLY, Cadence
from scheduler.errors import NotFound, Overtaken, Refused, Taken
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId
from scheduler.people import Hours, Pair, Person
from scheduler.ports.store import Begin
from scheduler.venue import Venue, VenueKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOURS = Hours.parse("Mon-Wed 09:00-12:30, Sun 22:00-24:00")
PROGRAMME = Programme(
    ProgrammeId("P"),
    "Physique — 物理",
    "co@x.example",
    "Asia/Kathmandu",
    Template(
        MONTHLY,
        60,
        52,
        HOURS,
        48,
        book_without_asking=True,
        quiet_days=frozenset({6}),
        country="DE-BY",
        venue=Venue(VenueKind.CALENDAR),
        off_limits=("Marks — 物理",),
        review_weeks=None,
    ),
    "fr",
)
ADA = Person(
    PersonId("ada"),
    PROGRAMME.id,
    "Ada Łovelace",
    "Ada@X.example",
    "Europe/Berlin",
    HOURS,
    "de",
    "DE-BY",
    frozenset({5, 6}),
    bounced_at=NOW,
)
BOB = Person(PersonId("bob"), PROGRAMME.id, "Bob", "bob@x.example", "America/New_York")
PAIR = Pair(PairId("p1"), PROGRAMME.id, ADA.id, BOB.id)
TERMS = Terms(Cadence("week", 2), 45, date(2026, 3, 1), date(2026, 9, 1), HOURS)
AGREEMENT = Agreement(AgreementId("a1"), PAIR.id, 1, TERMS, AgreementState.PROPOSED)


async def put_person(begin: Begin, person: Person) -> None:
    async with begin() as uow:
        await uow.people.put(person)
        await uow.commit()


async def put_agreement(begin: Begin, agreement: Agreement) -> None:
    async with begin() as uow:
        await uow.agreements.put(agreement)
        await uow.commit()


class TestProgrammes:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.programmes.put(PROGRAMME)
            await uow.programmes.put(replace(PROGRAMME, id=ProgrammeId("A")))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.programmes.get(PROGRAMME.id) == PROGRAMME
            assert [one.id for one in await uow.programmes.all()] == ["A", "P"]
            with pytest.raises(NotFound):
                await uow.programmes.get(ProgrammeId("B"))


class TestPeople:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        await put_person(any_begin, ADA)
        async with any_begin(read_only=True) as uow:
            assert await uow.people.get(ADA.id) == ADA

    @pytest.mark.parametrize("written", ["Ada@X.example", "ADA@x.EXAMPLE"])
    async def test_are_found_by_address_whatever_its_case(
        self, any_begin: Begin, written: str
    ):
        elsewhere = replace(ADA, id=PersonId("ada2"), programme=ProgrammeId("Q"))
        await put_person(any_begin, ADA)
        await put_person(any_begin, elsewhere)
        async with any_begin(read_only=True) as uow:
            assert await uow.people.by_email(PROGRAMME.id, written) == ADA
            assert await uow.people.by_email(ProgrammeId("R"), written) is None
            assert await uow.people.with_email(written) == (ADA, elsewhere)

    async def test_have_each_an_address_of_their_own(self, any_begin: Begin):
        await put_person(any_begin, ADA)
        with pytest.raises(Taken, match="E_EMAIL_TAKEN"):
            await put_person(any_begin, replace(BOB, email=ADA.email.upper()))
        await put_person(any_begin, replace(ADA, name="Ada again"))

    async def test_who_were_erased_have_none(self, any_begin: Begin):
        await put_person(any_begin, replace(ADA, email="", name=""))
        await put_person(any_begin, replace(BOB, email="", name=""))
        async with any_begin(read_only=True) as uow:
            assert (await uow.people.get(ADA.id)).email == ""

    @pytest.mark.parametrize("name", ["A\0da", "Ada \ud83d"])
    async def test_whose_name_no_database_keeps_are_refused(
        self, any_begin: Begin, name: str
    ):
        with pytest.raises(Refused, match="E_TEXT"):
            await put_person(any_begin, replace(ADA, name=name))
        await put_person(any_begin, replace(ADA, name="Ada \U0001f642"))


class TestPairs:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        closed = replace(PAIR, closed=date(2026, 5, 1))
        async with any_begin() as uow:
            await uow.pairs.put(closed)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.pairs.get(PAIR.id) == closed
            assert await uow.pairs.of_person(ADA.id) == (closed,)
            assert await uow.pairs.of_person(BOB.id) == (closed,)
            assert await uow.pairs.of_person(PersonId("cy")) == ()

    async def test_are_paged_by_id_whatever_the_language_of_the_database(
        self, any_begin: Begin
    ):
        ids = sorted(["B", "a", "C", "é", "_", "b1", "b10", "b2"])
        async with any_begin() as uow:
            for name in reversed(ids):
                await uow.pairs.put(replace(PAIR, id=PairId(name)))
            await uow.pairs.put(
                replace(PAIR, id=PairId("bb"), programme=ProgrammeId("Q"))
            )
            await uow.commit()
        seen: list[str] = []
        async with any_begin(read_only=True) as uow:
            while page := await uow.pairs.of_programme(
                PROGRAMME.id, after=PairId(seen[-1]) if seen else None, most=3
            ):
                assert len(page) <= 3
                seen += [pair.id for pair in page]
        assert seen == ids


class TestAgreements:
    async def test_come_back_oldest_first(self, any_begin: Begin):
        second = replace(
            AGREEMENT,
            id=AgreementId("a0"),
            version=2,
            author=ADA.id,
            accepted_by=frozenset({ADA.id, BOB.id}),
            state=AgreementState.IN_FORCE,
            in_force_at=NOW,
        )
        await put_agreement(any_begin, second)
        await put_agreement(any_begin, AGREEMENT)
        async with any_begin(read_only=True) as uow:
            found = await uow.agreements.of_pair(PAIR.id)
        assert found == (AGREEMENT, second)
        assert [one.digest for one in found] == [AGREEMENT.digest, second.digest]

    async def test_keep_every_term(self, any_begin: Begin):
        terms = replace(
            TERMS,
            mentor_quiet=frozenset({5, 6}),
            mentee_quiet=frozenset({0}),
            mentor_country="DE-BY",
            mentee_country="US",
            venue=Venue(VenueKind.LINK, "https://meet.example/ida?a=b#c"),
            off_limits=("Marks", "The people “she” works with"),
            review_weeks=None,
        )
        full = replace(AGREEMENT, terms=terms)
        await put_agreement(any_begin, full)
        async with any_begin(read_only=True) as uow:
            (found,) = await uow.agreements.of_pair(PAIR.id)
        assert (found, found.digest) == (full, full.digest)

    async def test_have_each_a_version_of_their_own(self, any_begin: Begin):
        await put_agreement(any_begin, AGREEMENT)
        with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
            await put_agreement(any_begin, replace(AGREEMENT, id=AgreementId("a2")))
        async with any_begin(read_only=True) as uow:
            assert await uow.agreements.of_pair(PAIR.id) == (AGREEMENT,)

    async def test_a_unit_that_was_refused_keeps_nothing_else(self, any_begin: Begin):
        await put_agreement(any_begin, AGREEMENT)
        async with any_begin() as uow:
            await uow.people.put(ADA)
            with pytest.raises(Taken):
                await uow.agreements.put(replace(AGREEMENT, id=AgreementId("a2")))
            with pytest.raises(Taken):
                await uow.commit()
        async with any_begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.people.get(ADA.id)

    async def test_accepted_by_both_at_once_are_accepted_by_both(
        self, any_begin: Begin
    ):
        await put_agreement(any_begin, AGREEMENT)

        async def say_yes(person: PersonId) -> None:
            while True:
                try:
                    async with any_begin() as uow:
                        [one] = await uow.agreements.of_pair(PAIR.id)
                        await asyncio.sleep(0.01)
                        agreed = accept(
                            one,
                            person,
                            both=PAIR.both(),
                            digest=one.digest,
                            now=NOW,
                        )
                        await uow.agreements.put(agreed)
                        await uow.commit()
                        return
                except Overtaken:
                    continue

        await asyncio.gather(say_yes(ADA.id), say_yes(BOB.id))
        async with any_begin(read_only=True) as uow:
            [one] = await uow.agreements.of_pair(PAIR.id)
        assert one.state is AgreementState.IN_FORCE
        assert one.accepted_by == {ADA.id, BOB.id}


class TestChoices:
    async def test_are_none_before_they_are_made(self, any_begin: Begin):
        async with any_begin() as uow:
            assert await uow.settings.fewer(ADA.id) == frozenset()
            await uow.settings.set_fewer(ADA.id, frozenset({"met", "ask"}))
            await uow.settings.set_fewer(ADA.id, frozenset({"ask"}))
            assert await uow.settings.fewer(ADA.id) == {"ask"}
            assert await uow.settings.fewer(BOB.id) == frozenset()
