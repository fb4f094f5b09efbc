"""What every store promises about a unit of work, whatever is kept in it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.agreement import Programme, Template
from scheduler.cadence import WEEKLY
from scheduler.errors import LeaseLost, NotFound, Overtaken
from scheduler.ids import PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.ports.store import Begin
from scheduler.work import LEASE, Lease, WorkKind
from tests.stores import sql_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROGRAMME = Programme(
    ProgrammeId("P"), "Women in physics", "co@x.example", "UTC", Template(WEEKLY)
)


def person(name: str) -> Person:
    return Person(
        PersonId(name), PROGRAMME.id, name, f"{name}@x.example", "Europe/Berlin"
    )


async def write(begin: Begin, fence: Lease | None = None) -> None:
    async with begin(fence=fence) as uow:
        await uow.people.put(person("ada"))
        await uow.commit()


async def leased(begin: Begin, now: datetime = NOW) -> Lease:
    async with begin() as uow:
        await uow.work.add(WorkKind.PLAN, "pair", now)
        [lease] = await uow.work.take(now, until=now + LEASE, most=1)
        await uow.commit()
    return lease


class TestAUnitOfWork:
    async def test_keeps_everything_that_it_committed(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.programmes.put(PROGRAMME)
            await uow.people.put(person("ada"))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.programmes.get(PROGRAMME.id) == PROGRAMME
            assert await uow.people.get(PersonId("ada")) == person("ada")

    async def test_sees_its_own_changes(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.people.put(person("ada"))
            await uow.people.put(replace(person("ada"), name="Ada"))
            assert (await uow.people.get(PersonId("ada"))).name == "Ada"

    async def test_keeps_nothing_without_a_commit(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.people.put(person("ada"))
        async with any_begin() as uow:
            with pytest.raises(NotFound):
                await uow.people.get(PersonId("ada"))

    async def test_keeps_nothing_when_an_error_ends_it(self, any_begin: Begin):
        async def fail() -> None:
            async with any_begin() as uow:
                await uow.people.put(person("ada"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        async with any_begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.people.get(PersonId("ada"))

    async def test_keeps_nothing_and_holds_no_lock_when_it_is_cancelled(
        self, any_begin: Begin
    ):
        wrote = asyncio.Event()

        async def write() -> None:
            async with any_begin() as uow:
                await uow.people.put(person("ada"))
                wrote.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write())
        await wrote.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5), any_begin() as uow:
            with pytest.raises(NotFound):
                await uow.people.get(PersonId("ada"))
            await uow.people.put(person("ada"))
            await uow.commit()

    async def test_cancelled_at_any_point_holds_no_lock(self, any_begin: Begin):
        async def write(n: int) -> None:
            async with any_begin() as uow:
                await uow.people.put(person("ada"))
                await uow.people.put(person(f"p{n}"))
                await uow.commit()

        for n in range(40):
            task = asyncio.create_task(write(n))
            await asyncio.sleep(n / 10_000)
            task.cancel()
            await asyncio.wait([task])
        async with asyncio.timeout(5), any_begin() as uow:
            await uow.people.put(person("bob"))
            await uow.commit()

    async def test_is_over_after_its_commit(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.people.put(person("ada"))
            await uow.commit()
            with pytest.raises(RuntimeError, match="over"):
                await uow.people.get(PersonId("ada"))
            with pytest.raises(RuntimeError, match="over"):
                await uow.commit()

    async def test_that_only_reads_refuses_to_write(self, any_begin: Begin):
        async with any_begin(read_only=True) as uow:
            with pytest.raises(RuntimeError, match="only reads"):
                await uow.people.put(person("ada"))
            with pytest.raises(RuntimeError, match="only reads"):
                await uow.commit()

    async def test_that_only_reads_waits_for_no_writer(self, any_begin: Begin):
        async with any_begin() as writer:
            await writer.people.put(person("ada"))
            async with asyncio.timeout(5), any_begin(read_only=True) as reader:
                with pytest.raises(NotFound):
                    await reader.people.get(PersonId("ada"))
            await writer.commit()

    async def test_that_only_reads_sees_one_state(self, any_begin: Begin):
        async with any_begin(read_only=True) as reader:
            with pytest.raises(NotFound):
                await reader.people.get(PersonId("ada"))
            async with any_begin() as writer:
                await writer.people.put(person("ada"))
                await writer.commit()
            with pytest.raises(NotFound):
                await reader.people.get(PersonId("ada"))

    async def test_never_overwrites_what_it_did_not_see(self, any_begin: Begin):
        """Each adds one to what it read: nothing that was committed is lost."""
        async with any_begin() as uow:
            await uow.people.put(replace(person("ada"), name="0"))
            await uow.commit()

        async def add_one() -> None:
            async with any_begin() as uow:
                before = await uow.people.get(PersonId("ada"))
                await asyncio.sleep(0)
                await uow.people.put(replace(before, name=str(int(before.name) + 1)))
                await uow.commit()

        ends = await asyncio.gather(
            *(add_one() for _ in range(20)), return_exceptions=True
        )
        refused = [end for end in ends if end is not None]
        assert all(isinstance(end, Overtaken) for end in refused)
        async with any_begin(read_only=True) as uow:
            counted = int((await uow.people.get(PersonId("ada"))).name)
        assert counted == 20 - len(refused) > 0


class TestAFence:
    async def test_lets_through_whoever_holds_the_lease(self, any_begin: Begin):
        lease = await leased(any_begin)
        async with any_begin(fence=lease) as uow:
            await uow.people.put(person("ada"))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.people.get(PersonId("ada"))

    async def test_lets_through_whoever_finishes_the_work(self, any_begin: Begin):
        lease = await leased(any_begin)
        async with any_begin(fence=lease) as uow:
            await uow.people.put(person("ada"))
            await uow.work.finish(lease, again_at=None)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.people.get(PersonId("ada"))
            assert await uow.work.next_due() is None

    async def test_lets_through_whoever_puts_the_work_back(self, any_begin: Begin):
        lease = await leased(any_begin)
        async with any_begin(fence=lease) as uow:
            await uow.work.release(lease, due_at=NOW + LEASE)
            await uow.commit()

    async def test_refuses_what_is_written_after_a_take_over(self, any_begin: Begin):
        lease = await leased(any_begin)
        later = NOW + 2 * LEASE
        async with any_begin() as uow:
            assert await uow.work.take(later, until=later + LEASE, most=1)
            await uow.commit()
        with pytest.raises(LeaseLost):
            await write(any_begin, lease)
        async with any_begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.people.get(PersonId("ada"))

    async def test_refuses_what_is_written_after_somebody_finished(
        self, any_begin: Begin
    ):
        lease = await leased(any_begin)
        async with any_begin() as uow:
            await uow.work.finish(lease, again_at=None)
            await uow.commit()
        await leased(any_begin)  # the same subject, in a new life
        with pytest.raises(LeaseLost):
            await write(any_begin, lease)


@pytest.mark.servers
async def test_a_take_over_in_the_middle_of_a_unit_is_a_lost_lease(
    postgres_engine,
):
    """Only PostgreSQL lets the two overlap; elsewhere the second waits."""

    begin = sql_store(postgres_engine)
    lease = await leased(begin)
    later = NOW + timedelta(minutes=5)

    async def too_late() -> None:
        async with begin(fence=lease) as uow:
            await uow.people.put(person("ada"))
            async with begin() as other:
                assert await other.work.take(later, until=later + LEASE, most=1)
                await other.commit()
            await uow.commit()

    with pytest.raises(LeaseLost):
        await too_late()


async def test_a_unit_inside_a_unit_is_refused_rather_than_waited_for(
    memory_begin: Begin,
):
    async with memory_begin():
        with pytest.raises(RuntimeError, match="open already"):
            async with memory_begin():
                raise AssertionError
