"""Hypothesis looks for a course of events in which SQL and memory differ.

And for one in which an `add` is lost: each must be followed by a take.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds
from integrations.store.engine import open_engine
from integrations.store.tables import work
from scheduler.errors import LeaseLost
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import LEASE, Lease, WorkKind
from tests.stores import sql_store

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOR_EVER = timedelta(days=3650)

kinds = st.sampled_from([WorkKind.SYNC, WorkKind.TEND])
subjects = st.just("a")
#: Against the length of a lease: shorter, as long, longer; the past as well.
spans = st.integers(-60, 120).map(lambda seconds: timedelta(seconds=seconds))

Act = Callable[[UnitOfWork], Awaitable[Any]]


class SameAsMemory(RuleBasedStateMachine):
    leases = Bundle("leases")
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(self.url)
        self.now = START
        #: Asked for, and not taken since.
        self.waiting: set[tuple[WorkKind, str]] = set()
        self.runner.run(self.empty())
        self.stores: tuple[Begin, Begin] = (
            MemoryStore(ids=SeededIds()),
            sql_store(self.engine),
        )

    async def empty(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(work))

    def teardown(self) -> None:
        try:
            self.everything_is_taken_in_the_end()
        finally:
            self.runner.run(self.engine.dispose())
            self.runner.close()

    def same(self, act: Act) -> Any:
        """Do it in both, and give what both gave."""

        async def once(begin: Begin) -> Any:
            try:
                async with begin() as uow:
                    answer = await act(uow)
                    await uow.commit()
            except LeaseLost:
                return LeaseLost
            return answer

        memory, sql = [self.runner.run(once(begin)) for begin in self.stores]
        assert sql == memory
        return sql

    @rule(kind=kinds, subject=subjects, after=spans)
    def add(self, kind: WorkKind, subject: str, after: timedelta) -> None:
        due_at = self.now + after
        self.same(lambda uow: uow.work.add(kind, subject, due_at))
        self.waiting.add((kind, subject))

    @rule(by=spans)
    def time_passes(self, by: timedelta) -> None:
        self.now += max(by, timedelta())

    @rule(target=leases, most=st.integers(1, 3), data=st.data())
    def take(self, most: int, data: st.DataObject) -> Any:
        due = self.same(lambda uow: uow.work.due(self.now, most=10))
        among = data.draw(st.none() | st.sets(st.sampled_from(due or ("",))))
        taken: tuple[Lease, ...] = self.same(
            lambda uow: uow.work.take(
                self.now, until=self.now + LEASE, most=most, among=among
            )
        )
        for lease in taken:
            self.waiting.discard((lease.work.kind, lease.work.subject))
        return multiple(*taken)

    @rule(target=leases, lease=consumes(leases), by=spans)
    def extend(self, lease: Lease, by: timedelta) -> Any:
        answer = self.same(lambda uow: uow.work.extend(lease, self.now + by))
        return lease if answer is LeaseLost else answer

    @rule(lease=leases, again=st.none() | spans)
    def finish(self, lease: Lease, again: timedelta | None) -> None:
        again_at = None if again is None else self.now + again
        self.same(lambda uow: uow.work.finish(lease, again_at=again_at))

    @rule(lease=leases, after=spans)
    def release(self, lease: Lease, after: timedelta) -> None:
        self.same(lambda uow: uow.work.release(lease, due_at=self.now + after))

    @invariant()
    def both_say_the_same(self) -> None:
        self.same(lambda uow: uow.work.due(self.now, most=10))
        self.same(lambda uow: uow.work.next_due())

    def everything_is_taken_in_the_end(self) -> None:
        for _ in range(3):  # once, and as asked meanwhile
            self.now += FOR_EVER
            for lease in self.same(
                lambda uow: uow.work.take(self.now, until=self.now + LEASE, most=10)
            ):
                self.waiting.discard((lease.work.kind, lease.work.subject))
                self.finish(lease, None)
        assert self.waiting == set()
        assert self.same(lambda uow: uow.work.next_due()) is None


def search(at: str, examples: int) -> None:
    machine = type("Search", (SameAsMemory,), {"url": at})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=20, deadline=None),
    )


def test_every_database_does_as_memory_does(any_engine: AsyncEngine):
    search(any_engine.url.render_as_string(hide_password=False), 25)
