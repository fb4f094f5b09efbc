"""Accounts at Google: which calendars they open, and where guests are invited."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Let a calendar say which account opens it, and whether it invites."""
    op.add_column(
        "calendar",
        sa.Column("invites", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("calendar", sa.Column("account", NAME))
    op.create_index("ix_calendar_account", "calendar", ["account"])


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
