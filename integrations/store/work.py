"""Due work: what may be taken, who has it, and what was asked meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from integrations.store.rows import inserting
from integrations.store.tables import work
from integrations.store.transaction import Transaction
from scheduler.errors import LeaseLost
from scheduler.ids import WorkId
from scheduler.ports.system import Ids
from scheduler.work import Lease, Work, WorkKind


class SqlWork:
    """Rows of due work.

    Each row has an id of its own life: once it is done and forgotten, the next one
    for the same subject is another row, so that an old lease never fits a new row.
    """

    def __init__(self, transaction: Transaction, ids: Ids) -> None:
        self._transaction = transaction
        self._ids = ids
        self._settled: set[tuple[str, int]] = set()

    async def add(self, kind: WorkKind, subject: str, due_at: datetime) -> None:
        """Make it due then, or earlier if it was; also while it is in hand."""
        adding = inserting(self._transaction.dialect, work).values(
            id=self._ids.new(),
            kind=kind,
            subject=subject,
            due_at=due_at,
            open_at=due_at,
            in_hand=False,
            attempts=0,
            lease_no=0,
        )
        asked = adding.excluded.due_at
        free, busy = sa.not_(work.c.in_hand), work.c.in_hand
        sooner = sa.and_(free, asked < work.c.due_at)
        first = sa.or_(work.c.asked_at.is_(None), asked < work.c.asked_at)
        await self._transaction.write(
            adding.on_conflict_do_update(
                index_elements=[work.c.kind, work.c.subject],
                set_={
                    "due_at": sa.case((sooner, asked), else_=work.c.due_at),
                    "open_at": sa.case((sooner, asked), else_=work.c.open_at),
                    "asked_at": sa.case(
                        (sa.and_(busy, first), asked), else_=work.c.asked_at
                    ),
                },
            )
        )

    async def due(self, now: datetime, *, most: int) -> tuple[str, ...]:
        """Ids of rows that somebody could take now, the longest due first."""
        rows = await self._transaction.rows(_open(now, most, [work.c.id]))
        return tuple(row.id for row in rows)

    async def take(
        self,
        now: datetime,
        *,
        until: datetime,
        most: int,
        among: Collection[str] | None = None,
    ) -> tuple[Lease, ...]:
        """Lease rows that are due or whose lease ran out; each attempt is counted."""
        wanted = _open(now, most, list(work.c))
        if among is not None:
            wanted = wanted.where(work.c.id.in_(sorted(among)))
        # Without effect on SQLite, where we have the only write lock already.
        rows = await self._transaction.rows(wanted.with_for_update(skip_locked=True))
        if not rows:
            return ()
        await self._transaction.write(
            sa.update(work)
            .where(work.c.id.in_([row.id for row in rows]))
            .values(
                in_hand=True,
                open_at=until,
                attempts=work.c.attempts + 1,
                lease_no=work.c.lease_no + 1,
            )
        )
        return tuple(_lease(row, until) for row in rows)

    async def extend(self, lease: Lease, until: datetime) -> Lease:
        """Keep it longer; `LeaseLost` when somebody else has it."""
        await self._change(lease, open_at=until)
        return replace(lease, until=until)

    async def finish(self, lease: Lease, *, again_at: datetime | None) -> None:
        """Done: forget the row, or make it due again, then or as asked meanwhile."""
        due_at = await self._next(lease, again_at)
        if due_at is None:
            await self._transaction.write(sa.delete(work).where(_held(lease)))
        else:
            await self._let_go(lease, due_at, attempts=0)
        self._settled.add((lease.work.id, lease.no))

    async def release(self, lease: Lease, *, due_at: datetime) -> None:
        """Not done: attempts stay counted. `LeaseLost` when somebody else has it."""
        asked = await self._next(lease, due_at)
        await self._let_go(lease, asked or due_at)
        self._settled.add((lease.work.id, lease.no))

    async def next_due(self) -> datetime | None:
        """When the next row becomes due, or its lease runs out."""
        first = sa.select(work.c.open_at).order_by(work.c.open_at, work.c.id).limit(1)
        row = await self._transaction.row(first)
        return None if row is None else row.open_at

    async def check(self, fence: Lease) -> None:
        """Hold the fence's row until the commit; `LeaseLost` when it has fallen.

        What this very transaction finished or released it held when it did so.
        """
        if (fence.work.id, fence.no) not in self._settled:
            await self._asked(fence)

    async def holds(self, lease: Lease) -> bool:
        """Whether the lease is still good."""
        held = sa.select(work.c.id).where(_held(lease))
        return await self._transaction.row(held) is not None

    async def _asked(self, lease: Lease) -> datetime | None:
        held = sa.select(work.c.asked_at).where(_held(lease)).with_for_update()
        row = await self._transaction.row(held)
        if row is None:
            raise LeaseLost(f"work {lease.work.id} is in other hands")
        asked: datetime | None = row.asked_at
        return asked

    async def _next(self, lease: Lease, at: datetime | None) -> datetime | None:
        wishes = [when for when in (at, await self._asked(lease)) if when is not None]
        return min(wishes, default=None)

    async def _let_go(self, lease: Lease, due_at: datetime, **more: Any) -> None:
        await self._change(
            lease, due_at=due_at, open_at=due_at, in_hand=False, asked_at=None, **more
        )

    async def _change(self, lease: Lease, **columns: Any) -> None:
        change = sa.update(work).where(_held(lease)).values(**columns)
        if not await self._transaction.write(change):
            raise LeaseLost(f"work {lease.work.id} is in other hands")


def _open(now: datetime, most: int, columns: Sequence[Any]) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .where(work.c.open_at <= now)
        .order_by(work.c.open_at, work.c.id)
        .limit(most)
    )


def _held(lease: Lease) -> sa.ColumnElement[bool]:
    return sa.and_(
        work.c.id == lease.work.id, work.c.lease_no == lease.no, work.c.in_hand
    )


def _lease(row: sa.Row[Any], until: datetime) -> Lease:
    taken = Work(
        WorkId(row.id), row.kind, row.subject, row.due_at, attempts=row.attempts + 1
    )
    return Lease(taken, row.lease_no + 1, until)
