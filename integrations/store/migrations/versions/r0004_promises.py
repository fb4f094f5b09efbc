"""What the two promise each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table of promises."""
    op.create_table(
        "promise",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("turns", JSON, nullable=False),
        sa.Column("reminded", JSON, nullable=False),
        sa.Column("about", JSON),
        sa.PrimaryKeyConstraint("id", name="pk_promise"),
    )
    op.create_index("ix_promise_by", "promise", ["by"])
    op.create_index("ix_promise_pair", "promise", ["pair"])


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
