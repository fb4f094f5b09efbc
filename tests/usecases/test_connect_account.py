"""Accounts at a provider: one transaction, one calendar of our own, one letter."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from datetime import timedelta

import pytest

from scheduler.accounts import Need
from scheduler.connections import Health
from scheduler.effects import OutboxState, Outgoing
from scheduler.errors import Unavailable
from scheduler.evidence import EvidenceKind
from scheduler.people import Pair
from scheduler.ports.consent import PRIMARY
from scheduler.usecases.connect_account import Books
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.consenting import MAIL, ConsentWorld

READ, CHOOSE, WRITE, INVITE = Need.READ, Need.CHOOSE, Need.WRITE, Need.INVITE
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def opened() -> ConsentWorld:
    world = ConsentWorld()
    await world.open()
    return world


async def broken_letters(world: ConsentWorld) -> int:
    return sum(m.subject == "broken" for m in world.post.read().values())


async def test_without_choosing_only_the_main_calendar_is_read() -> None:
    world = await opened()
    world.theirs("work", "choir")
    pair = await world.pair()
    await world.allow(pair.mentor, READ)
    (only,) = await world.connections(pair.mentor)
    assert only.url.reveal == PRIMARY and only.label == MAIL
    assert not only.written and not only.invites
    assert world.due(WorkKind.SYNC) == {only.id}


async def test_a_calendar_of_our_own_is_made_once_and_is_the_written_one() -> None:
    world = await opened()
    pair = await world.pair()
    for _ in range(3):
        account = await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    (own,) = world.theirs().calendars
    assert account.own_calendar == own.url and own.name == "Hafen (Troth)"
    found = {c.url.reveal: c for c in await world.connections(pair.mentor)}
    assert found.keys() == {PRIMARY, own.url}
    assert found[own.url].written and not found[PRIMARY].written


async def test_one_that_its_owner_deleted_is_made_anew_when_they_ask_again() -> None:
    world = await opened()
    pair = await world.pair()
    first = await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    world.theirs().calendars.clear()
    again = await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    assert again.own_calendar != first.own_calendar
    written = [c for c in await world.connections(pair.mentor) if c.written]
    assert [c.url.reveal for c in written] == [again.own_calendar]


async def test_what_was_not_allowed_is_not_chosen() -> None:
    world = await opened()
    pair = await world.pair()
    account = await world.allow(pair.mentor, READ, books=Books.OWN)
    assert account.own_calendar == "" and not world.theirs().calendars
    await world.allow(pair.mentor, READ, books=Books.MAIN)
    (only,) = await world.connections(pair.mentor)
    assert not only.written and not only.invites


async def test_guests_are_invited_from_the_main_calendar_alone() -> None:
    world = await opened()
    world.theirs("work")
    pair = await world.pair()
    granted = await world.grant(READ, CHOOSE, INVITE)
    offered = await world.provider.calendars(granted)
    await world.keep(pair.mentor, granted, Books.MAIN, offered[1:])
    found = {c.url.reveal: c for c in await world.connections(pair.mentor)}
    assert found.keys() == {PRIMARY, "work"}
    assert found[PRIMARY].invites and found[PRIMARY].written
    assert not found["work"].invites and not found["work"].written


async def test_who_books_elsewhere_goes_on_doing_it_there() -> None:
    world = await opened()
    pair = await world.pair()
    await world.connect(pair.mentor)
    await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    written = [c for c in await world.connections(pair.mentor) if c.written]
    assert [c.account for c in written] == [None]


async def test_two_accounts_of_one_person_do_not_mix() -> None:
    world = await opened()
    pair = await world.pair()
    await world.allow(pair.mentor, READ, INVITE, books=Books.MAIN)
    other = await world.grant(READ, INVITE, mail="ida@school.test")
    await world.keep(pair.mentor, other, Books.MAIN)
    found = await world.connections(pair.mentor)
    assert len(found) == 2 == len({c.id for c in found})
    assert sum(c.written for c in found) == 1 == sum(c.invites for c in found)


async def test_less_that_is_allowed_takes_away_what_it_bore() -> None:
    world = await opened()
    pair = await world.pair()
    await world.allow(pair.mentor, READ, INVITE, books=Books.MAIN)
    world.provider.person_withdraws(MAIL)
    account = await world.allow(pair.mentor, READ, books=Books.MAIN)
    (only,) = await world.connections(pair.mentor)
    assert account.allowed == {READ} and not only.written and not only.invites


async def test_a_crash_anywhere_and_a_repeat_are_one_connection() -> None:
    world = await opened()
    pair = await world.pair()
    granted = await world.grant(READ, WRITE, INVITE)
    world.fuse.steps, steps = 0, 0
    unbroken = deepcopy(world)
    await unbroken.keep(pair.mentor, granted, Books.OWN)
    steps = unbroken.fuse.steps
    assert steps > 5
    for at in range(1, steps + 1):
        broken = deepcopy(world)
        broken.fuse.at = at
        with pytest.raises(Crash):
            await broken.keep(pair.mentor, granted, Books.OWN)
        await broken.keep(pair.mentor, granted, Books.OWN)
        (account,) = await broken.accounts(pair.mentor)
        found = await broken.connections(pair.mentor)
        assert len(found) == 2 and sum(c.written for c in found) == 1
        assert account.own_calendar in {c.url.reveal for c in found}


async def test_a_form_that_is_sent_twice_at_once_is_one_account() -> None:
    world = await opened()
    pair = await world.pair()
    granted = await world.grant(READ, WRITE)
    first, second = await asyncio.gather(
        *(world.keep(pair.mentor, granted, Books.OWN) for _ in range(2))
    )
    assert first.own_calendar == second.own_calendar
    found = await world.connections(pair.mentor)
    assert {c.url.reveal for c in found} == {PRIMARY, first.own_calendar}


# The life of a grant -----------------------------------------------------------------


async def test_a_grant_that_ended_is_told_once_however_many_calendars_it_opens() -> (
    None
):
    """F27 and O1: thirty days revoked are one mail; the other side goes on."""
    world = await opened()
    world.theirs("work", "choir")
    pair = await world.pair()
    await world.connect(pair.mentee)
    granted = await world.grant(READ, CHOOSE, WRITE)
    offered = await world.provider.calendars(granted)
    await world.keep(pair.mentor, granted, Books.OWN, offered)
    await world.work()
    assert len(await world.connections(pair.mentor)) == 4
    world.provider.person_withdraws(MAIL)
    tried = [c.id for c in await world.connections(pair.mentor)]
    await world.live_through(30 * DAY, 6 * HOUR)
    assert await broken_letters(world) == 1
    mine = await world.connections(pair.mentor)
    assert {c.health for c in mine} == {Health.NEEDS_CONSENT}
    calls = sum(
        paper.calls.get("changes", 0)
        for url, paper in world.calendars.items()
        if "dav.example" not in url
    )
    assert calls <= len(tried) * 33
    (theirs,) = await world.connections(pair.mentee)
    assert theirs.is_fresh(world.clock.now(), DAY)
    async with world.store(read_only=True) as uow:
        rows = await uow.evidence.of_pair(pair.id)
    told = [r.about for r in rows if r.kind is EvidenceKind.CONNECTION_BROKEN]
    assert sorted(told) == sorted(tried)


async def test_an_outage_of_the_provider_is_told_once_for_all_its_calendars() -> None:
    world = await opened()
    world.theirs("work", "choir")
    pair = await world.pair()
    granted = await world.grant(READ, CHOOSE)
    offered = await world.provider.calendars(granted)
    await world.keep(pair.mentor, granted, read=offered)
    await world.work()
    world.trouble = Unavailable("Google does not answer now")
    await world.live_through(4 * DAY, HOUR)
    assert await broken_letters(world) == 1
    world.trouble = None
    await world.live_through(DAY, HOUR)
    world.trouble = Unavailable("Google does not answer now")
    await world.live_through(4 * DAY, HOUR)
    assert await broken_letters(world) == 2


async def test_renewed_consent_mends_every_calendar_and_sends_what_waited() -> None:
    world = await opened()
    pair = await world.pair()
    await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    await world.work()
    for person in pair.both():
        await world.accept(pair, person)
    await world.do(WorkKind.PLAN, pair.id)
    world.provider.person_withdraws(MAIL)
    await world.live_through(2 * DAY, 6 * HOUR)
    before = await world.connections(pair.mentor)
    assert {c.health for c in before} == {Health.NEEDS_CONSENT}
    assert await waiting(world, pair)
    await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    assert {c.id for c in before} <= world.due(WorkKind.SYNC)
    await world.work()
    after = await world.connections(pair.mentor)
    assert {c.id for c in after} == {c.id for c in before}
    assert {c.health for c in after} == {Health.GOOD}
    assert not await waiting(world, pair)
    # And a second time is a second letter: something new to mend.
    world.provider.person_withdraws(MAIL)
    await world.live_through(2 * DAY, 6 * HOUR)
    assert await broken_letters(world) == 2


async def waiting(world: ConsentWorld, pair: Pair) -> list[Outgoing]:
    rows = await world.outbox(pair)
    return [row for row in rows if row.state is OutboxState.WAITING]


async def test_more_that_is_allowed_has_everything_read_anew() -> None:
    """What is shown of events may differ by scope: no cursor outlives that."""
    world = await opened()
    pair = await world.pair()
    await world.allow(pair.mentor, READ)
    await world.work()
    (only,) = await world.connections(pair.mentor)
    assert only.cursor
    await world.allow(pair.mentor, READ)
    assert (await world.connections(pair.mentor))[0].cursor == only.cursor
    await world.allow(pair.mentor, READ, INVITE, books=Books.MAIN)
    assert (await world.connections(pair.mentor))[0].cursor is None


# Its end -----------------------------------------------------------------------------


async def test_with_the_last_calendar_the_grant_ends_too() -> None:
    world = await opened()
    pair = await world.pair()
    await world.allow(pair.mentor, READ, WRITE, books=Books.OWN)
    first, last = await world.connections(pair.mentor)
    await world.disconnect(pair.mentor, first.id)
    await world.work()
    assert world.provider.revoked == [] and await world.accounts(pair.mentor)
    for _ in range(2):
        await world.disconnect(pair.mentor, last.id)
        await world.work()
    assert world.provider.revoked == [MAIL]
    assert await world.accounts(pair.mentor) == ()


async def test_a_provider_that_is_silent_is_asked_to_revoke_later() -> None:
    world = await opened()
    pair = await world.pair()
    account = await world.allow(pair.mentor, READ)
    await world.disconnect_all(pair.mentor, account.id)
    assert await world.connections(pair.mentor) == ()
    world.provider.trouble = Unavailable("silent")
    with pytest.raises(Unavailable):
        await world.do(WorkKind.REVOKE, account.id)
    assert await world.accounts(pair.mentor)
    world.provider.trouble = None
    for _ in range(2):
        await world.do(WorkKind.REVOKE, account.id)
    assert world.provider.revoked == [MAIL]
    assert await world.accounts(pair.mentor) == ()


async def test_who_connects_again_meanwhile_keeps_the_grant() -> None:
    world = await opened()
    pair = await world.pair()
    account = await world.allow(pair.mentor, READ)
    await world.disconnect_all(pair.mentor, account.id)
    await world.allow(pair.mentor, READ)
    await world.do(WorkKind.REVOKE, account.id)
    assert world.provider.revoked == [] and await world.accounts(pair.mentor)


async def test_a_grant_that_serves_somebody_else_too_is_only_forgotten() -> None:
    """One Google account in two programmes: revoking would end both."""
    world = await opened()
    pair = await world.pair()
    for person in pair.both():
        account = await world.allow(person, READ)
    await world.disconnect_all(pair.mentee, account.id)
    await world.work()
    assert world.provider.revoked == []
    assert await world.accounts(pair.mentee) == ()
    assert await world.accounts(pair.mentor)


async def test_somebody_elses_account_is_not_disconnected() -> None:
    world = await opened()
    pair = await world.pair()
    account = await world.allow(pair.mentor, READ)
    await world.disconnect_all(pair.mentee, account.id)
    await world.work()
    assert len(await world.connections(pair.mentor)) == 1


async def test_a_crash_while_disconnecting_leaves_no_grant_behind() -> None:
    world = await opened()
    pair = await world.pair()
    account = await world.allow(pair.mentor, READ, INVITE, books=Books.MAIN)
    await world.work()
    world.fuse.steps = 0
    unbroken = deepcopy(world)
    await unbroken.disconnect_all(pair.mentor, account.id)
    await unbroken.work()
    for at in range(1, unbroken.fuse.steps + 1):
        broken = deepcopy(world)
        broken.fuse.at = at
        try:
            await broken.disconnect_all(pair.mentor, account.id)
        except Crash:
            await broken.disconnect_all(pair.mentor, account.id)
        await broken.work()
        assert broken.provider.revoked == [MAIL], at
        assert await broken.accounts(pair.mentor) == ()
