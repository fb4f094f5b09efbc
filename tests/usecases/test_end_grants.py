"""Who is erased takes back what they allowed elsewhere, as far as anybody answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.links import SignedLinks
from integrations.memory.consent import MemoryConsent
from integrations.memory.system import SeededIds, SetClock
from integrations.memory.traces import NoCopies, NoFiles
from scheduler.accounts import Account
from scheduler.effects import Address, OutboxState
from scheduler.erasing import LOOK, PATIENCE
from scheduler.errors import Unavailable
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.usecases.erase_person import erase_person
from scheduler.usecases.revoke_account import accounts_of
from tests.privacy import NOW, PAIR, WILHELMINA, fill

MAIL = "wilhelmina@google.example"
SENDER = Address("troth@hafen.example", "Troth")
LINKS = SignedLinks("https://troth.test", [Secret("k" * 32)])


class Case:
    def __init__(self, begin: Begin) -> None:
        self.begin, self.clock, self.ids = begin, SetClock(NOW), SeededIds(7)
        self.provider = MemoryConsent(self.clock, self.ids)

    async def settle(self) -> None:
        """They asked, and everything of their pairs is done."""
        await fill(self.begin)
        (account,) = await self.accounts()
        self.provider.account(MAIL).tokens.add(account.refresh.reveal)
        await ask_erasure(WILHELMINA.id, "operator", begin=self.begin, clock=self.clock)
        await self.go_on()
        async with self.begin() as uow:
            for row in await uow.outbox.of_pair(PAIR.id):
                if row.state is OutboxState.WAITING:
                    await uow.outbox.put(replace(row, state=OutboxState.DONE))
            await uow.commit()

    async def go_on(self) -> object:
        return await erase_person(
            WILHELMINA.id,
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            links=LINKS,
            sender=SENDER,
            copies=NoCopies(),
            files=NoFiles(),
            consent=self.provider,
        )

    async def accounts(self) -> tuple[Account, ...]:
        return await accounts_of(WILHELMINA.id, begin=self.begin)


@pytest.fixture
async def case(any_begin: Begin) -> Case:
    return Case(any_begin)


async def test_the_grant_ends_before_its_key_is_forgotten(case: Case) -> None:
    await case.settle()
    assert case.provider.revoked == []
    assert await case.go_on() is None
    assert case.provider.revoked == [MAIL]
    assert await case.accounts() == ()
    assert await case.go_on() is None and len(case.provider.revoked) == 1


async def test_a_provider_that_is_silent_is_waited_for(case: Case) -> None:
    await case.settle()
    case.provider.trouble = Unavailable("asleep")
    assert await case.go_on() == NOW + LOOK
    assert await case.accounts()
    case.provider.trouble = None
    assert await case.go_on() is None
    assert len(case.provider.revoked) == 1 and await case.accounts() == ()


async def test_it_is_waited_for_no_longer_than_for_anything_else(case: Case) -> None:
    await case.settle()
    case.provider.trouble = Unavailable("asleep")
    case.clock.set(NOW + PATIENCE)
    assert await case.go_on() is None
    assert await case.accounts() == ()
