"""What becomes of a grant is kept in every store, and never over a newer one."""

from dataclasses import replace

import pytest

from integrations.google.grants import StoredGrants
from scheduler.accounts import Account, Need, account_id
from scheduler.errors import NeedsConsent
from scheduler.ids import PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from tests.integrations.google.conftest import NOW

ADA = PersonId("ada")
ACCOUNT = Account(
    account_id(ADA, "1"),
    ADA,
    "1",
    "ada@gmail.test",
    Secret("1//first"),
    frozenset({Need.READ}),
)


async def keep(begin: Begin, account: Account) -> None:
    async with begin() as uow:
        await uow.accounts.put(account)
        await uow.commit()


async def test_what_became_of_it_is_kept(any_begin: Begin) -> None:
    grants = StoredGrants(any_begin)
    await keep(any_begin, ACCOUNT)
    assert await grants.get(ACCOUNT.id) == ACCOUNT
    refused = replace(ACCOUNT, refused_at=NOW)
    await grants.change(ACCOUNT, refused)
    assert await grants.get(ACCOUNT.id) == refused
    rotated = replace(ACCOUNT, refresh=Secret("1//second"), allowed=frozenset())
    await grants.change(refused, rotated)
    assert await grants.get(ACCOUNT.id) == rotated


async def test_a_newer_grant_and_what_else_changed_stay(any_begin: Begin) -> None:
    grants = StoredGrants(any_begin)
    newer = replace(ACCOUNT, refresh=Secret("1//newer"))
    await keep(any_begin, newer)
    await grants.change(ACCOUNT, replace(ACCOUNT, refused_at=NOW))
    assert await grants.get(ACCOUNT.id) == newer
    await keep(any_begin, replace(newer, own_calendar="ours"))
    await grants.change(newer, replace(newer, refused_at=NOW))
    now = await grants.get(ACCOUNT.id)
    assert (now.own_calendar, now.refused_at) == ("ours", NOW)


async def test_one_that_was_disconnected_needs_consent(any_begin: Begin) -> None:
    grants = StoredGrants(any_begin)
    with pytest.raises(NeedsConsent):
        await grants.get(ACCOUNT.id)
    await grants.change(ACCOUNT, replace(ACCOUNT, refused_at=NOW))
    with pytest.raises(NeedsConsent):
        await grants.get(ACCOUNT.id)


async def test_its_calls_stand_in_its_owners_programme(any_begin: Begin) -> None:
    grants = StoredGrants(any_begin)
    assert await grants.programme(ACCOUNT.id) == ""
    await keep(any_begin, ACCOUNT)
    assert await grants.programme(ACCOUNT.id) == ""
    async with any_begin() as uow:
        await uow.people.put(
            Person(ADA, ProgrammeId("one"), "Ada", "ada@gmail.test", "UTC")
        )
        await uow.commit()
    assert await grants.programme(ACCOUNT.id) == "one"
