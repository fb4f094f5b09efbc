"""Due work: nothing asked for is lost, and one at a time has it in hand."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.errors import LeaseLost, Overtaken
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import LEASE, Lease, WorkKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def add(begin: Begin, subject: str, due_at: datetime = NOW) -> None:
    async with begin() as uow:
        await uow.work.add(WorkKind.PLAN, subject, due_at)
        await uow.commit()


async def take(
    begin: Begin, now: datetime = NOW, most: int = 10, among: list[str] | None = None
) -> tuple[Lease, ...]:
    async with begin() as uow:
        leases = await uow.work.take(now, until=now + LEASE, most=most, among=among)
        await uow.commit()
    return leases


async def finish(
    begin: Begin, lease: Lease, again_at: datetime | None = None
) -> datetime | None:
    """Finish it, and say when the next row is due."""
    async with begin() as uow:
        await uow.work.finish(lease, again_at=again_at)
        await uow.commit()
    return await next_due(begin)


async def release(begin: Begin, lease: Lease, due_at: datetime) -> datetime | None:
    async with begin() as uow:
        await uow.work.release(lease, due_at=due_at)
        await uow.commit()
    return await next_due(begin)


async def extend(begin: Begin, lease: Lease, until: datetime) -> Lease:
    async with begin() as uow:
        extended = await uow.work.extend(lease, until)
        await uow.commit()
    return extended


async def next_due(begin: Begin) -> datetime | None:
    async with begin(read_only=True) as uow:
        return await uow.work.next_due()


class TestTaking:
    async def test_gives_what_is_due_and_counts_the_attempt(self, any_begin: Begin):
        await add(any_begin, "due", NOW)
        await add(any_begin, "not yet", NOW + HOUR)
        [lease] = await take(any_begin)
        work = lease.work
        assert (work.kind, work.subject, work.due_at) == (WorkKind.PLAN, "due", NOW)
        assert (work.attempts, lease.no, lease.until) == (1, 1, NOW + LEASE)
        assert work.due_at.tzinfo is lease.until.tzinfo is UTC

    async def test_gives_nothing_that_is_in_hand(self, any_begin: Begin):
        await add(any_begin, "pair")
        assert await take(any_begin)
        assert await take(any_begin, NOW + LEASE - timedelta(microseconds=1)) == ()

    async def test_takes_over_when_a_lease_ran_out(self, any_begin: Begin):
        await add(any_begin, "pair")
        [first] = await take(any_begin)
        [second] = await take(any_begin, NOW + LEASE)
        assert second.no > first.no
        assert second.work.id == first.work.id
        assert second.work.attempts == 2

    async def test_gives_the_longest_due_first(self, any_begin: Begin):
        for hours, subject in enumerate(["new", "older", "oldest"]):
            await add(any_begin, subject, NOW - hours * HOUR)
        leases = await take(any_begin, most=2)
        assert [lease.work.subject for lease in leases] == ["oldest", "older"]
        async with any_begin(read_only=True) as uow:
            assert len(await uow.work.due(NOW, most=10)) == 1

    async def test_among_some_gives_no_others(self, any_begin: Begin):
        await add(any_begin, "a")
        await add(any_begin, "b")
        async with any_begin(read_only=True) as uow:
            ids = await uow.work.due(NOW, most=10)
        [lease] = await take(any_begin, among=[ids[1], "no such row"])
        assert lease.work.id == ids[1]
        assert await take(any_begin, among=[]) == ()

    async def test_by_many_at_once_gives_each_row_once(self, any_begin: Begin):
        async with any_begin() as uow:
            for n in range(40):
                await uow.work.add(WorkKind.SYNC, f"c{n:02}", NOW)
            await uow.commit()
        taken: list[str] = []

        async def worker() -> None:
            while True:
                try:
                    leases = await take(any_begin, most=3)
                except Overtaken:  # two met; nothing was taken
                    continue
                if not leases:
                    return
                taken.extend(lease.work.subject for lease in leases)

        async with asyncio.timeout(30):
            await asyncio.gather(*(worker() for _ in range(8)))
        assert sorted(taken) == [f"c{n:02}" for n in range(40)]


class TestAdding:
    async def test_is_one_row_for_a_kind_and_subject(self, any_begin: Begin):
        await add(any_begin, "pair")
        await add(any_begin, "pair")
        async with any_begin() as uow:
            await uow.work.add(WorkKind.TEND, "pair", NOW)
            await uow.commit()
        assert len(await take(any_begin)) == 2

    @pytest.mark.parametrize("second", [NOW - HOUR, NOW + HOUR])
    async def test_makes_it_due_at_the_earlier_time(
        self, any_begin: Begin, second: datetime
    ):
        await add(any_begin, "pair")
        await add(any_begin, "pair", second)
        assert await next_due(any_begin) == min(NOW, second)

    async def test_while_it_is_in_hand_is_not_lost(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        await add(any_begin, "pair", NOW + HOUR)
        await add(any_begin, "pair", NOW + 2 * HOUR)
        assert await take(any_begin) == ()
        assert await finish(any_begin, lease) == NOW + HOUR
        [again] = await take(any_begin, NOW + HOUR)
        assert again.work.attempts == 1
        assert await finish(any_begin, again) is None

    async def test_while_it_is_in_hand_survives_a_worker_that_dies(
        self, any_begin: Begin
    ):
        await add(any_begin, "pair")
        await take(any_begin)
        await add(any_begin, "pair", NOW + HOUR)
        [second] = await take(any_begin, NOW + LEASE)
        assert await finish(any_begin, second) == NOW + HOUR


class TestFinishing:
    async def test_forgets_the_row(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        assert await finish(any_begin, lease) is None

    @pytest.mark.parametrize("asked", [NOW + HOUR, NOW + 3 * HOUR])
    async def test_comes_back_then_or_as_asked_meanwhile(
        self, any_begin: Begin, asked: datetime
    ):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        await add(any_begin, "pair", asked)
        due = await finish(any_begin, lease, again_at=NOW + 2 * HOUR)
        assert due == min(asked, NOW + 2 * HOUR)

    async def test_begins_the_attempts_anew(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        await release(any_begin, lease, NOW)
        [lease] = await take(any_begin)
        await finish(any_begin, lease, again_at=NOW)
        [lease] = await take(any_begin)
        assert lease.work.attempts == 1
        assert lease.no == 3

    async def test_twice_is_a_lost_lease(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        await finish(any_begin, lease, again_at=NOW)
        with pytest.raises(LeaseLost):
            await finish(any_begin, lease)


class TestReleasing:
    async def test_keeps_the_attempts(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        assert await release(any_begin, lease, NOW + HOUR) == NOW + HOUR
        [lease] = await take(any_begin, NOW + HOUR)
        assert lease.work.attempts == 2

    async def test_keeps_what_was_asked_meanwhile(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        await add(any_begin, "pair", NOW + HOUR)
        assert await release(any_begin, lease, NOW + 2 * HOUR) == NOW + HOUR


class TestALease:
    async def test_can_be_kept_longer(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        longer = await extend(any_begin, lease, NOW + HOUR)
        assert longer.until == NOW + HOUR
        assert longer.no == lease.no
        assert await next_due(any_begin) == NOW + HOUR
        assert await take(any_begin, NOW + LEASE) == ()

    async def test_that_ran_out_unnoticed_is_still_good(self, any_begin: Begin):
        await add(any_begin, "pair")
        [lease] = await take(any_begin)
        assert await finish(any_begin, lease) is None

    @pytest.mark.parametrize("act", [extend, finish, release])
    async def test_that_was_taken_over_is_lost(self, any_begin: Begin, act):
        await add(any_begin, "pair")
        [old] = await take(any_begin)
        [new] = await take(any_begin, NOW + LEASE)
        with pytest.raises(LeaseLost):
            await act(any_begin, old, NOW + HOUR)
        assert await extend(any_begin, new, NOW + HOUR)

    async def test_of_a_row_that_is_gone_does_not_fit_the_next_one(
        self, any_begin: Begin
    ):
        await add(any_begin, "pair")
        [old] = await take(any_begin)
        await finish(any_begin, old)
        await add(any_begin, "pair")
        [new] = await take(any_begin)
        assert (new.work.id, new.no) != (old.work.id, old.no)
        with pytest.raises(LeaseLost):
            await finish(any_begin, old)


async def work_of(uow: UnitOfWork) -> tuple[str, ...]:
    return await uow.work.due(NOW, most=10)


async def test_nothing_of_it_is_kept_without_a_commit(any_begin: Begin):
    await add(any_begin, "pair")
    async with any_begin() as uow:
        [lease] = await uow.work.take(NOW, until=NOW + LEASE, most=1)
    async with any_begin() as uow:
        assert await work_of(uow) == (lease.work.id,)
        await uow.work.add(WorkKind.PLAN, "other", NOW)
    async with any_begin() as uow:
        assert await work_of(uow) == (lease.work.id,)
