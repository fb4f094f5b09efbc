"""End a grant at its provider once nothing here needs it any more."""

from __future__ import annotations

from scheduler.accounts import Account
from scheduler.errors import NotFound
from scheduler.ids import AccountId, PersonId
from scheduler.ports.consent import Consent
from scheduler.ports.store import Begin


async def revoke_account(
    account: AccountId, *, begin: Begin, consent: Consent | None
) -> None:
    """Revoke the grant, and forget the account; a repeat does nothing.

    One that has calendars again is left alone. Where somebody else here has the same
    account (one Google account in two programmes), only ours is forgotten: revoking
    would end theirs too. `Unavailable`: try again, the account is still known.
    """
    async with begin(read_only=True) as uow:
        try:
            known = await uow.accounts.get(account)
        except NotFound:
            return
        mine = await uow.calendars.of_person(known.person)
        if any(c.account == account for c in mine):
            return
    await end_grant(known, begin=begin, consent=consent)
    async with begin() as uow:
        mine = await uow.calendars.of_person(known.person)
        if not any(c.account == account for c in mine):
            await uow.accounts.remove(account)
            await uow.commit()


async def end_grant(account: Account, *, begin: Begin, consent: Consent | None) -> None:
    """Revoke it unless it serves somebody else as well, or the provider is not set up.

    `Unavailable`.
    """
    async with begin(read_only=True) as uow:
        everybody = await uow.accounts.with_subject(account.subject)
    if consent is not None and all(one.id == account.id for one in everybody):
        await consent.revoke(account.refresh)


async def accounts_of(person: PersonId, *, begin: Begin) -> tuple[Account, ...]:
    """The accounts of somebody."""
    async with begin(read_only=True) as uow:
        return await uow.accounts.of_person(person)
