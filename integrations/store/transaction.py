"""One transaction, as the repositories use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.store.rows import Rows, inserting, upsert
from integrations.store.trouble import translated
from scheduler.errors import NotFound, Taken

Value = TypeVar("Value")


class Transaction:
    """Statements of one unit of work, all on one connection.

    After a `Taken` nothing of it can be kept: everything else raises the same again.
    """

    def __init__(self, connection: AsyncConnection, *, read_only: bool) -> None:
        self._connection = connection
        self._read_only = read_only
        self._over = False
        self._taken: Taken | None = None
        self.dialect = connection.dialect.name

    async def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Every row that it finds."""
        self._check()
        with translated():
            result = await self._connection.execute(statement)
            rows: Sequence[sa.Row[Any]] = result.all()
            return rows

    async def row(self, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        """The first row that it finds."""
        self._check()
        with translated():
            result = await self._connection.execute(statement)
            row: sa.Row[Any] | None = result.first()
            return row

    async def find(
        self, rows: Rows[Value], *where: sa.ColumnElement[bool]
    ) -> Value | None:
        """The first value where all of this is so."""
        row = await self.row(rows.select(*where))
        return None if row is None else rows.load(row)

    async def get(
        self, what: str, rows: Rows[Value], *where: sa.ColumnElement[bool]
    ) -> Value:
        """The one value where all of this is so; else `NotFound` for such a `what`."""
        found = await self.find(rows, *where)
        if found is None:
            raise NotFound(what)
        return found

    async def every(
        self, rows: Rows[Value], *where: sa.ColumnElement[bool]
    ) -> tuple[Value, ...]:
        """Every value where all of this is so, by primary key."""
        return rows.all(await self.rows(rows.select(*where)))

    async def write(
        self,
        statement: sa.Executable,
        many: Sequence[Mapping[str, Any]] | None = None,
        *,
        taken: Taken | None = None,
    ) -> int:
        """Change something, and say how many rows were changed.

        `taken` is raised when a constraint is in the way.
        """
        self._check(writing=True)
        try:
            with translated():
                result = await self._connection.execute(statement, many)
        except IntegrityError as error:
            if taken is None:
                raise
            self._taken = taken
            raise taken from error
        return result.rowcount

    async def put(
        self,
        rows: Rows[Value],
        value: Value,
        *,
        taken: Taken | None = None,
        **columns: Any,
    ) -> None:
        """Add or change the row of a value; `columns` are what it does not say."""
        row = rows.dump(value) | columns
        await self.write(upsert(self.dialect, rows.table, row), taken=taken)

    async def add(self, table: sa.Table, row: Mapping[str, Any], *unless: str) -> bool:
        """Add a row; False when one with the same `unless` is there already."""
        adding = inserting(self.dialect, table).values(row)
        return bool(
            await self.write(adding.on_conflict_do_nothing(index_elements=unless))
        )

    async def commit(self) -> None:
        """Keep everything. `Unavailable`: it may or may not have been kept."""
        self._check(writing=True)
        self._over = True
        with translated():
            await self._connection.commit()

    def end(self) -> None:
        """Nothing more is read or written; what was not committed is not kept."""
        self._over = True

    def _check(self, *, writing: bool = False) -> None:
        if self._over:
            raise RuntimeError("this unit of work is over")
        if self._taken is not None:
            raise self._taken
        if writing and self._read_only:
            raise RuntimeError("this unit of work only reads")
