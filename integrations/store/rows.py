"""Frozen values as rows, one column for each field, and the SQL that keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from scheduler.timespan import Span

Value = TypeVar("Value")


class Rows(Generic[Value]):
    """How values of one kind are kept in one table.

    A column is called as its field; the field `span` has two, `starts` and `ends`.
    `beside` are the fields that their repository keeps in some other way: a field
    that nobody keeps would be lost in silence, so it is refused at once.
    """

    def __init__(
        self, table: sa.Table, kind: type[Any], *, beside: frozenset[str] = frozenset()
    ) -> None:
        self.table = table
        self.kind = kind
        self._fields = tuple(field.name for field in fields(kind))
        columns = set(table.columns.keys())
        self._plain = tuple(name for name in self._fields if name in columns)
        self._has_span = "span" in self._fields
        if lost := set(self._fields) - columns - beside - {"span"}:
            raise TypeError(f"table {table.name} has no column for {sorted(lost)}")

    def dump(self, value: Value) -> dict[str, Any]:
        """The columns of a value."""
        row = {name: getattr(value, name) for name in self._plain}
        if self._has_span:
            span: Span | None = value.span  # type: ignore[attr-defined]
            row["starts"] = span and span.start
            row["ends"] = span and span.end
        return row

    def load(self, row: sa.Row[Any], **more: Any) -> Value:
        """The value of a row; `more` are fields that it does not hold."""
        columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
        made = {name: columns[name] for name in self._plain}
        if self._has_span:
            starts, ends = columns["starts"], columns["ends"]
            made["span"] = Span(starts, ends) if starts is not None else None
        value: Value = self.kind(**made, **more)
        return value

    def all(self, rows: Iterable[sa.Row[Any]]) -> tuple[Value, ...]:
        """The values of rows."""
        return tuple(map(self.load, rows))

    def select(self, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """Rows where all of this is so, by primary key."""
        return sa.select(self.table).where(*where).order_by(*self.table.primary_key)


def upsert(dialect: str, table: sa.Table, row: dict[str, Any]) -> sa.Insert:
    """Add a row, or put it in the place of the one with its primary key."""
    keys = {column.name for column in table.primary_key}
    rest = {name: value for name, value in row.items() if name not in keys}
    add = inserting(dialect, table).values(row)
    return add.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


def inserting(dialect: str, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may have an ON CONFLICT: both databases have it, each its own."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
