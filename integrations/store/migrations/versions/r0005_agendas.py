"""Notes, lines and links beside the topics; topics that can be taken back."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and widen the one of topics."""
    op.add_column("topic", sa.Column("taken_back_at", INSTANT))
    op.add_column(
        "topic", sa.Column("earlier", JSON, nullable=False, server_default="[]")
    )
    _written(
        "note",
        sa.Column("about", JSON, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("before", NAME),
    )
    _written(
        "line",
        sa.Column("about", JSON, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT),
    )
    _written(
        "enclosure",
        sa.Column("by", NAME, nullable=False),
        sa.Column("url", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("taken_off_at", INSTANT),
    )


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _written(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_by", name, ["by"])
    op.create_index(f"ix_{name}_pair", name, ["pair"])
