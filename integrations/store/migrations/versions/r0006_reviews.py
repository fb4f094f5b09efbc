"""Looks at the relationship itself, pauses and endings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of what the two answer, each for themselves."""
    op.create_table(
        "review",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("share", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
    )
    op.create_index("ix_review_by", "review", ["by"])
    op.create_index("ix_review_pair", "review", ["pair"])


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
