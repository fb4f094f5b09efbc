"""The first schema: what pairs leave behind, due work, and who may come in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the other tables."""
    _records()
    _work()
    _doors()
    _repeats()


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _records() -> None:
    """Copies, fallen periods, evidence, offers, topics."""
    op.create_table(
        "copy",
        sa.Column("person", NAME, nullable=False),
        sa.Column("uid", NAME, nullable=False),
        sa.Column("route", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("calendar", NAME),
        sa.Column("remote_id", NAME),
        sa.Column("etag", NAME),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("partstat", NAME, nullable=False),
        sa.Column("missed_at", INSTANT),
        sa.Column("written_at", INSTANT),
        sa.Column("whole_object", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person", "uid", name="pk_copy"),
    )
    op.create_index("ix_copy_uid", "copy", ["uid"])

    op.create_table(
        "ledger",
        sa.Column("series", NAME, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT),
        sa.PrimaryKeyConstraint("series", "period", name="pk_ledger"),
    )
    op.create_index("ix_ledger_pair", "ledger", ["pair"])

    op.create_table(
        "evidence",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("about", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("by", NAME),
        sa.Column("detail", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_by", "evidence", ["by"])
    op.create_index("ix_evidence_pair", "evidence", ["pair"])

    op.create_table(
        "offer",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("times", JSON, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("chosen", JSON),
        sa.Column("chosen_by", NAME),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_pair", "offer", ["pair"])

    op.create_table(
        "topic",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_topic"),
    )
    op.create_index("ix_topic_pair", "topic", ["pair"])


def _work() -> None:
    """Effects, and due work."""
    op.create_table(
        "outbox",
        sa.Column("id", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("pair", NAME),
        sa.Column("effect", JSON, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("chain", NAME, nullable=False),
        sa.Column("until", INSTANT),
        sa.Column("state", NAME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_tried_at", INSTANT),
        sa.Column("trouble", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_chain_id", "outbox", ["chain", "id"])
    op.create_index("ix_outbox_pair", "outbox", ["pair"])
    op.create_index("ix_outbox_programme_state", "outbox", ["programme", "state"])

    op.create_table(
        "work",
        sa.Column("id", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("open_at", INSTANT, nullable=False),
        sa.Column("in_hand", sa.Boolean, nullable=False),
        sa.Column("asked_at", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_no", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
        sa.UniqueConstraint("kind", "subject", name="uq_work_kind_subject"),
    )
    op.create_index("ix_work_open_at_id", "work", ["open_at", "id"])


def _doors() -> None:
    """Links, sessions, tokens."""
    op.create_table(
        "link",
        sa.Column("id", NAME, nullable=False),
        sa.Column("purpose", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("person", NAME),
        sa.Column("about", NAME, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("pair", NAME),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("single", sa.Boolean, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
    )
    op.create_index("ix_link_person", "link", ["person"])

    op.create_table(
        "session",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("scope", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("person", NAME),
        sa.Column("csrf", NAME, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("about", NAME, nullable=False),
        sa.Column("pair", NAME),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_person", "session", ["person"])

    op.create_table(
        "token",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("scope", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("person", NAME),
        sa.Column("label", NAME, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_token"),
    )
    op.create_index("ix_token_person", "token", ["person"])


def _repeats() -> None:
    """What was done, read and answered already."""
    op.create_table(
        "audit",
        sa.Column("no", BIG, nullable=False, autoincrement=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("programme", NAME),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("act", NAME, nullable=False),
        sa.Column("about", NAME, nullable=False),
        sa.Column("cause", NAME, nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_audit"),
    )
    op.create_index("ix_audit_about", "audit", ["about"])

    op.create_table(
        "inbox",
        sa.Column("mail", NAME, nullable=False),
        sa.Column("outcome", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("mail", name="pk_inbox"),
    )

    op.create_table(
        "repeat",
        sa.Column("scope", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", NAME, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_repeat"),
    )
