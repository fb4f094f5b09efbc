"""How values become columns, and come back as exactly what they were."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator, core_schema
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from integrations.text import kept

Chosen = TypeVar("Chosen", bound=Enum)

_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Name(sa.types.TypeDecorator[str]):
    """Text, sorted by code point on every database, whatever its locale."""

    impl = _BY_CODE_POINT
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what not every database keeps."""
        del dialect
        return None if value is None else kept(value)


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant to the microsecond; its `tzinfo` comes back as `datetime.UTC` itself.

    SQLite keeps text of one width, so that comparing text compares instants.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse what has no zone; else give UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"no zone: {value!r}")
        there = value.astimezone(UTC)
        return there.replace(tzinfo=None) if dialect.name == "sqlite" else there

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Read it back."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Choice(sa.types.TypeDecorator[Chosen], Generic[Chosen]):
    """A member of an enum, by its value."""

    impl = _BY_CODE_POINT
    cache_ok = True

    def __init__(self, kind: type[Chosen]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Chosen | None, dialect: Dialect) -> Any:
        """Keep its value."""
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Chosen | None:
        """Read it back."""
        del dialect
        return None if value is None else self.kind(value)


class Document(sa.types.TypeDecorator[Any]):
    """A nested frozen value as JSON; read back, it has passed its own checks again."""

    impl = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._codec: Codec | None = None

    @property
    def codec(self) -> Codec:
        """Built at first use: importing the tables builds nothing."""
        if self._codec is None:
            self._codec = Codec(self.kind)
        return self._codec

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write it as plain JSON."""
        del dialect
        return None if value is None else self.codec.dump(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read it back."""
        del dialect
        return None if value is None else self.codec.load(value)


class Codec:
    """Writes values of one type as JSON and reads them back, equal in every part."""

    def __init__(self, kind: Any) -> None:
        schema: Any = _in_utc(TypeAdapter(kind).core_schema)
        self._load = SchemaValidator(schema)
        self._dump = SchemaSerializer(schema)

    def dump(self, value: Any) -> Any:
        """Plain JSON: dicts, lists, strings, numbers."""
        return self._dump.to_python(value, mode="json")

    def load(self, document: Any) -> Any:
        """The value again."""
        return self._load.validate_python(document)


def _in_utc(schema: Any) -> Any:
    """Give every datetime of a schema the zone `datetime.UTC`.

    pydantic gives a zone object of its own, equal to that one but not the same, which
    our values refuse; nor has it a setting for it.
    """
    if isinstance(schema, dict):
        copy = {key: _in_utc(part) for key, part in schema.items()}
        if schema.get("type") == "datetime":
            return core_schema.no_info_after_validator_function(_utc, copy)
        return copy
    if isinstance(schema, list):
        return [_in_utc(part) for part in schema]
    if isinstance(schema, tuple):
        return tuple(_in_utc(part) for part in schema)
    return schema


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(f"no zone: {when!r}")
    return when.astimezone(UTC)
