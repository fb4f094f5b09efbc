"""Accounts at Google, the calendars they open, push channels, and documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make three tables; a calendar says what opens it, and whether it invites."""
    _make_account()
    op.add_column(
        "calendar",
        sa.Column("invites", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("calendar", sa.Column("account", NAME))
    op.create_index("ix_calendar_account", "calendar", ["account"])
    _make_channel()
    _make_document()
    _see_guests()


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _make_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", NAME, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("subject_key", NAME, nullable=False),
        sa.Column("sealed", NAME, nullable=False),
        sa.Column("allowed", JSON, nullable=False),
        sa.Column("refused_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
    )
    op.create_index("ix_account_person", "account", ["person"])
    op.create_index("ix_account_subject_key", "account", ["subject_key"])


def _make_channel() -> None:
    op.create_table(
        "channel",
        sa.Column("id", NAME, nullable=False),
        sa.Column("calendar", NAME, nullable=False),
        sa.Column("sealed", NAME, nullable=False),
        sa.Column("resource", NAME, nullable=False),
        sa.Column("opened", INSTANT, nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sa.ForeignKeyConstraint(
            ["calendar"],
            ["calendar.id"],
            name="fk_channel_calendar_calendar",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_channel_calendar", "channel", ["calendar"])
    op.create_index("ix_channel_expires", "channel", ["expires"])


def _make_document() -> None:
    op.create_table(
        "document",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("owner", NAME, nullable=False),
        sa.Column("account", NAME, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("file", NAME, nullable=False),
        sa.Column("link", NAME, nullable=False),
        sa.Column("runs", JSON, nullable=False),
        sa.Column("attached", JSON, nullable=False),
        sa.Column("is_left_alone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
    )
    op.create_index("ix_document_pair", "document", ["pair"])


def _see_guests() -> None:
    """What guests say to our events, which were deleted, which copies were seen."""
    rsvps = sa.Column("rsvps", JSON, nullable=False, server_default="[]")
    op.add_column("calendar_object", rsvps)
    for table, name in (("calendar_object", "deleted"), ("copy", "seen")):
        flag = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, flag)
