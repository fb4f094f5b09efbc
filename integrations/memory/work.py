"""Due work and the outbox in memory: what integrations/store says in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from integrations.memory.shelves import Transaction, WorkRow
from scheduler.effects import OutboxState, Outgoing
from scheduler.erasing import speaks_of
from scheduler.errors import LeaseLost, NotFound
from scheduler.ids import OutboxId, PairId, PersonId, ProgrammeId, WorkId
from scheduler.ports.system import Ids
from scheduler.work import Lease, Work, WorkKind


class MemoryWork:
    """Rows of due work; each has an id of its own life."""

    def __init__(self, transaction: Transaction, ids: Ids) -> None:
        self._transaction = transaction
        self._ids = ids
        self._settled: set[tuple[str, int]] = set()

    async def add(self, kind: WorkKind, subject: str, due_at: datetime) -> None:
        """Make it due then, or earlier if it was; also while it is in hand."""
        work, fresh = self._transaction.write.work, self._ids.new()
        row = next((r for r in work if (r.kind, r.subject) == (kind, subject)), None)
        if row is None:
            work.put(fresh, WorkRow(fresh, kind, subject, due_at, due_at))
        elif row.in_hand:
            asked = min(row.asked_at or due_at, due_at)
            work.put(row.id, replace(row, asked_at=asked))
        elif due_at < row.due_at:
            work.put(row.id, replace(row, due_at=due_at, open_at=due_at))

    async def due(self, now: datetime, *, most: int) -> tuple[str, ...]:
        """Ids of rows that somebody could take now, the longest due first."""
        return tuple(row.id for row in self._open(now)[:most])

    async def take(
        self,
        now: datetime,
        *,
        until: datetime,
        most: int,
        among: Collection[str] | None = None,
    ) -> tuple[Lease, ...]:
        """Lease rows that are due or whose lease ran out; each attempt is counted."""
        rows = [row for row in self._open(now) if among is None or row.id in among]
        return tuple(self._take(row, until) for row in rows[:most])

    async def extend(self, lease: Lease, until: datetime) -> Lease:
        """Keep it longer; `LeaseLost` when somebody else has it."""
        row = self._held(lease)
        self._transaction.write.work.put(row.id, replace(row, open_at=until))
        return replace(lease, until=until)

    async def finish(self, lease: Lease, *, again_at: datetime | None) -> None:
        """Done: forget the row, or make it due again, then or as asked meanwhile."""
        row = self._held(lease)
        due_at = _first(again_at, row.asked_at)
        if due_at is None:
            self._transaction.write.work.remove(row.id)
            self._settled.add((row.id, lease.no))
        else:
            self._let_go(replace(row, attempts=0), due_at)

    async def release(self, lease: Lease, *, due_at: datetime) -> None:
        """Not done: attempts stay counted. `LeaseLost` when somebody else has it."""
        row = self._held(lease)
        self._let_go(row, _first(due_at, row.asked_at) or due_at)

    async def next_due(self) -> datetime | None:
        """When the next row becomes due, or its lease runs out."""
        return min((row.open_at for row in self._transaction.read.work), default=None)

    async def check(self, fence: Lease) -> None:
        """`LeaseLost` when the fence has fallen, unless this unit let it go itself."""
        if (fence.work.id, fence.no) not in self._settled:
            self._held(fence)

    def _open(self, now: datetime) -> list[WorkRow]:
        rows = [row for row in self._transaction.read.work if row.open_at <= now]
        return sorted(rows, key=lambda row: (row.open_at, row.id))

    def _take(self, row: WorkRow, until: datetime) -> Lease:
        taken = replace(
            row,
            in_hand=True,
            open_at=until,
            attempts=row.attempts + 1,
            lease_no=row.lease_no + 1,
        )
        self._transaction.write.work.put(row.id, taken)
        work = Work(WorkId(row.id), row.kind, row.subject, row.due_at, taken.attempts)
        return Lease(work, taken.lease_no, until)

    def _held(self, lease: Lease) -> WorkRow:
        row = self._transaction.read.work.get(lease.work.id)
        if row is None or not row.in_hand or row.lease_no != lease.no:
            raise LeaseLost(f"work {lease.work.id} is in other hands")
        return row

    def _let_go(self, row: WorkRow, due_at: datetime) -> None:
        free = replace(row, in_hand=False, due_at=due_at, open_at=due_at, asked_at=None)
        self._transaction.write.work.put(row.id, free)
        self._settled.add((row.id, row.lease_no))


def _first(*wishes: datetime | None) -> datetime | None:
    return min((when for when in wishes if when is not None), default=None)


class MemoryOutbox:
    """Effects that were decided."""

    def __init__(self, transaction: Transaction, work: MemoryWork) -> None:
        self._transaction = transaction
        self._work = work

    async def add(self, row: Outgoing) -> bool:
        """Add it and its SEND work; False when its key is there already."""
        outbox = self._transaction.write.outbox
        if any(other.key == row.key for other in outbox):
            return False
        outbox.put(row.id, row)
        await self._work.add(WorkKind.SEND, row.id, row.due_at)
        return True

    async def get(self, row: OutboxId) -> Outgoing:
        """One row."""
        found = self._transaction.read.outbox.get(row)
        if found is None:
            raise NotFound("effect")
        return found

    async def put(self, row: Outgoing) -> None:
        """Change a row."""
        self._transaction.write.outbox.put(row.id, row)

    async def is_waiting_before(self, row: Outgoing) -> bool:
        """Whether an older row of its chain is still waiting."""
        return bool(row.chain) and any(
            other.chain == row.chain
            and other.id < row.id
            and other.state is OutboxState.WAITING
            for other in self._transaction.read.outbox
        )

    async def of_pair(self, pair: PairId) -> tuple[Outgoing, ...]:
        """Everything that was decided for a pair."""
        return self._transaction.read.outbox.where(lambda row: row.pair == pair)

    async def alone(self, person: PersonId) -> tuple[Outgoing, ...]:
        """Letters to this person that belong to no pair."""
        return self._transaction.read.outbox.where(lambda row: speaks_of(row, person))

    async def dead(self, programme: ProgrammeId) -> tuple[Outgoing, ...]:
        """What could not be done, for the coordinator."""
        return self._transaction.read.outbox.where(
            lambda row: row.programme == programme and row.state is OutboxState.DEAD
        )
