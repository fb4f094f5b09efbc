"""What every table is made of: one register, and columns in a line each."""

from typing import Any

import sqlalchemy as sa

from integrations.store.types import Name

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str) -> sa.Column[Any]:
    """A primary key, or a part of one."""
    return sa.Column(name, Name, primary_key=True)


def text(name: str, *, index: bool = False) -> sa.Column[Any]:
    """A text that is never missing."""
    return sa.Column(name, Name, nullable=False, index=index)


def maybe(name: str, kind: Any = Name, *, index: bool = False) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True, index=index)


def column(name: str, kind: Any) -> sa.Column[Any]:
    """A column of this kind that is never missing."""
    return sa.Column(name, kind, nullable=False)
