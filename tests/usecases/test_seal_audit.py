"""The audit is sealed day by day, and says which day somebody changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.audited import audit_seal
from integrations.store.stamping import Stamps
from integrations.store.tables import audit
from scheduler.access import Audited
from scheduler.auditing import Fault, Wrong
from scheduler.ids import ProgrammeId
from scheduler.ports.store import Begin
from scheduler.retention import Kept
from scheduler.usecases.renew_seals import renew_seals
from scheduler.usecases.retain import retain
from scheduler.usecases.seal_audit import seal_audit
from scheduler.usecases.verify_audit import verify_audit
from tests.stores import sql_store

STAMP = Stamps(["the newest key", "the one before"])
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def on(day: int) -> date:
    """The day, counted from the first row's."""
    return FIRST.date() + day * DAY


async def write(begin: Begin, *days: float) -> None:
    async with begin() as uow:
        for day in days:
            row = Audited(FIRST + day * DAY, ProgrammeId("p"), "troth", "did", "x")
            await uow.audit.add(row)
        await uow.commit()


async def seal(begin: Begin, now: datetime) -> None:
    await seal_audit(begin=begin, now=now, stamp=STAMP)


async def verify(
    begin: Begin, now: datetime, stamp: Stamps = STAMP
) -> tuple[int, tuple[Fault, ...]]:
    return await verify_audit(begin=begin, now=now, stamp=stamp, audit_age=YEAR)


async def sealed_days(begin: Begin) -> list[date]:
    async with begin(read_only=True) as uow:
        return [one.day for one in await uow.audit.seals()]


class TestSealing:
    async def test_closes_every_day_that_is_over(self, any_begin: Begin):
        await write(any_begin, 0, 0.1, 2, 3)
        await seal(any_begin, FIRST + 3 * DAY)
        assert await sealed_days(any_begin) == [on(0), on(1), on(2)]
        assert await verify(any_begin, FIRST + 3 * DAY) == (3, ())

    async def test_waits_until_what_was_begun_is_kept(self, any_begin: Begin):
        await write(any_begin, 0)
        midnight = FIRST.replace(hour=0) + DAY
        await seal(any_begin, midnight + timedelta(minutes=59))
        assert await sealed_days(any_begin) == []
        await seal(any_begin, midnight + timedelta(minutes=60))
        assert await sealed_days(any_begin) == [on(0)]

    async def test_goes_on_where_it_stopped(self, any_begin: Begin):
        await write(any_begin, 0)
        for day in (1, 1, 4, 5):
            await seal(any_begin, FIRST + day * DAY)
        assert await sealed_days(any_begin) == [on(n) for n in range(5)]
        assert await verify(any_begin, FIRST + 5 * DAY) == (5, ())

    async def test_has_nothing_to_close_in_the_beginning(self, any_begin: Begin):
        await seal(any_begin, FIRST)
        assert await sealed_days(any_begin) == []
        assert await verify(any_begin, FIRST) == (0, ())

    async def test_is_missed_when_nobody_does_it(self, any_begin: Begin):
        await write(any_begin, 0)
        _, faults = await verify(any_begin, FIRST + 3 * DAY)
        assert faults == (Fault(on(0), Wrong.MISSING),)


async def change(engine: AsyncEngine, statement: sa.Executable) -> None:
    async with engine.begin() as connection:
        await connection.execute(statement)


OF_DAY_1 = (audit.c.at >= FIRST + DAY, audit.c.at < FIRST + 2 * DAY)
ROW = {"at": FIRST + DAY, "programme": "p", "actor": "a", "about": "b", "cause": ""}
TAMPERING = {
    "a row is changed": (
        sa.update(audit).where(*OF_DAY_1).values(actor="person:other"),
        Fault(on(1), Wrong.ROWS),
    ),
    "a row is taken out": (
        sa.delete(audit).where(*OF_DAY_1),
        Fault(on(1), Wrong.ROWS),
    ),
    "a row is put in": (
        sa.insert(audit).values(ROW | {"act": "forged"}),
        Fault(on(1), Wrong.ROWS),
    ),
    "a row is moved to another day": (
        sa.update(audit).where(*OF_DAY_1).values(at=FIRST + 9 * DAY),
        Fault(on(1), Wrong.ROWS),
    ),
    "the count is made to fit": (
        sa.update(audit_seal).where(audit_seal.c.day == on(1)).values(rows=7),
        Fault(on(1), Wrong.SEAL),
    ),
    "a seal is forged": (
        sa.update(audit_seal).where(audit_seal.c.day == on(1)).values(seal="0" * 64),
        Fault(on(1), Wrong.SEAL),
    ),
    "a seal is taken out": (
        sa.delete(audit_seal).where(audit_seal.c.day == on(1)),
        Fault(on(1), Wrong.MISSING),
    ),
}


class TestVerifying:
    @pytest.mark.parametrize("how", TAMPERING)
    async def test_says_which_day_was_changed(self, any_engine: AsyncEngine, how: str):
        statement, fault = TAMPERING[how]
        begin = sql_store(any_engine)
        await write(begin, 0, 1, 1.1, 2)
        await seal(begin, FIRST + 3 * DAY)
        assert await verify(begin, FIRST + 3 * DAY) == (3, ())
        await change(any_engine, statement)
        _, faults = await verify(begin, FIRST + 3 * DAY)
        assert faults[0] == fault

    async def test_believes_every_key_and_no_other(self, any_begin: Begin):
        await write(any_begin, 0)
        await seal(any_begin, FIRST + DAY)
        now = FIRST + DAY
        rotated = Stamps(["a new one", "the newest key"])
        assert await verify(any_begin, now, rotated) == (1, ())
        _, faults = await verify(any_begin, now, Stamps(["a new one"]))
        assert faults == (Fault(on(0), Wrong.SEAL),)

    async def test_needs_the_old_key_no_more_once_it_is_renewed(self, any_begin: Begin):
        await write(any_begin, 0, 1, 2)
        await seal(any_begin, FIRST + 3 * DAY)
        rotated = Stamps(["a new one", "the newest key"])
        assert await renew_seals(begin=any_begin, stamp=rotated) == 3
        alone = Stamps(["a new one"])
        assert await verify(any_begin, FIRST + 3 * DAY, alone) == (3, ())

    async def test_is_not_fooled_by_renewing(self, any_engine: AsyncEngine):
        begin = sql_store(any_engine)
        await write(begin, 0, 1, 2)
        await seal(begin, FIRST + 3 * DAY)
        forged = sa.update(audit_seal).where(audit_seal.c.day == on(1)).values(rows=9)
        await change(any_engine, forged)
        await renew_seals(begin=begin, stamp=STAMP)
        _, faults = await verify(begin, FIRST + 3 * DAY)
        assert faults[0] == Fault(on(1), Wrong.SEAL)


class TestTheNight:
    async def test_keeps_the_audit_for_its_time(self, any_begin: Begin):
        await write(any_begin, 0, 1, 40, 41)
        now = FIRST + 41 * DAY
        again = await retain(
            begin=any_begin, now=now, stamp=STAMP, audit_age=timedelta(days=40)
        )
        assert again == datetime(2026, 4, 13, 2, 30, tzinfo=UTC)
        async with any_begin(read_only=True) as uow:
            left = await uow.audit.about("x")
        # Of the day in which its time ends all of it is kept.
        assert [row.at - FIRST for row in left] == [DAY, 40 * DAY, 41 * DAY]
        assert await verify_audit(
            begin=any_begin, now=now, stamp=STAMP, audit_age=timedelta(days=40)
        ) == (41, ())

    async def test_sealed_is_what_is_dropped(self, any_begin: Begin):
        """A day that was dropped is no fault; one that was emptied too early is."""
        await write(any_begin, 0, 10)
        now = FIRST + 11 * DAY
        await seal(any_begin, now)
        async with any_begin() as uow:
            await uow.retention.drop(Kept.AUDIT, now - 5 * DAY, most=9)
            await uow.commit()
        _, faults = await verify(any_begin, now)
        assert faults == (Fault(on(0), Wrong.ROWS),)


def test_a_seal_is_of_one_text():
    mark = STAMP.make("text")
    assert STAMP.is_good("text", mark)
    assert not STAMP.is_good("Text", mark)
    assert not STAMP.is_good("text", mark[:-1])
    assert not STAMP.is_good("text", "é")
