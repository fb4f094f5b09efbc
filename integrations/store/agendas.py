"""What a pair writes for and after its meetings: tables, and the SQL for them."""

from __future__ import annotations

from typing import Generic, TypeVar

import sqlalchemy as sa

from integrations.store.columns import column, key, maybe, metadata, text
from integrations.store.rows import Rows
from integrations.store.transaction import Transaction
from integrations.store.types import Choice, Document, Instant
from scheduler.enclosures import Enclosure
from scheduler.ids import PairId, PersonId
from scheduler.parting import Line, LineKind, Note
from scheduler.series import MeetingKey
from scheduler.topics import Topic

topic = sa.Table(
    "topic",
    metadata,
    key("id"),
    text("pair", index=True),
    text("by"),
    text("text"),
    column("added_at", Instant),
    column("shared", sa.Boolean),
    maybe("done_at", Instant),
    maybe("taken_back_at", Instant),
    sa.Column(
        "earlier", Document(tuple[str, ...]), nullable=False, server_default="[]"
    ),
)

note = sa.Table(
    "note",
    metadata,
    key("id"),
    text("pair", index=True),
    column("about", Document(MeetingKey)),
    text("text"),
    text("by", index=True),
    column("at", Instant),
    maybe("before"),
)

line = sa.Table(
    "line",
    metadata,
    key("id"),
    text("pair", index=True),
    column("about", Document(MeetingKey)),
    text("by", index=True),
    column("kind", Choice(LineKind)),
    text("text"),
    column("at", Instant),
    maybe("told_at", Instant),
)

enclosure = sa.Table(
    "enclosure",
    metadata,
    key("id"),
    text("pair", index=True),
    text("by", index=True),
    text("url"),
    text("title"),
    column("added_at", Instant),
    maybe("taken_off_at", Instant),
)

Written = TypeVar("Written", Topic, Note, Line, Enclosure)


class _Written(Generic[Written]):
    """Rows of a pair, each by somebody; `_order` is how they are sorted."""

    _rows: Rows[Written]

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def put(self, one: Written) -> None:
        """Add or change one."""
        await self._transaction.put(self._rows, one)

    async def forget(self, person: PersonId) -> None:
        """Take out all that this person wrote."""
        table = self._rows.table
        await self._transaction.write(sa.delete(table).where(table.c.by == person))

    async def _of_pair(self, pair: PairId) -> tuple[Written, ...]:
        return await self._transaction.every(
            self._rows, self._rows.table.c.pair == pair
        )


class SqlTopics(_Written[Topic]):
    """What pairs want to talk about."""

    _rows: Rows[Topic] = Rows(topic, Topic)

    async def of_pair(self, pair: PairId) -> tuple[Topic, ...]:
        """Sorted by when they were added."""
        found = await self._of_pair(pair)
        return tuple(sorted(found, key=lambda one: (one.added_at, one.id)))


class SqlNotes(_Written[Note]):
    """Notes of the two on their meetings."""

    _rows: Rows[Note] = Rows(note, Note)

    async def of_pair(self, pair: PairId) -> tuple[Note, ...]:
        """Sorted by meeting."""
        return tuple(sorted(await self._of_pair(pair), key=lambda one: one.about))


class SqlLines(_Written[Line]):
    """'What I heard today', and words of thanks."""

    _rows: Rows[Line] = Rows(line, Line)

    async def of_pair(self, pair: PairId) -> tuple[Line, ...]:
        """Sorted by meeting, then by when they were written."""
        found = await self._of_pair(pair)
        return tuple(sorted(found, key=lambda one: (one.about, one.at, one.id)))


class SqlEnclosures(_Written[Enclosure]):
    """Links beside an agenda."""

    _rows: Rows[Enclosure] = Rows(enclosure, Enclosure)

    async def of_pair(self, pair: PairId) -> tuple[Enclosure, ...]:
        """Sorted by when they were added."""
        found = await self._of_pair(pair)
        return tuple(sorted(found, key=lambda one: (one.added_at, one.id)))
