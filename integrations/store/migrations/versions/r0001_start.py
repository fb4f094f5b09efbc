"""The first schema: people, their calendars, and their meetings.

It says its columns itself rather than ask tables.py, which goes on changing: a
released schema stays what it was.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KNOWN = sa.text("email_key <> ''")


def upgrade() -> None:
    """Make every table, and the rule that nobody is booked twice at once."""
    _people()
    _calendars()
    _series()
    if op.get_bind().dialect.name == "postgresql":
        _exclude()
    else:
        _refuse()


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _exclude() -> None:
    """PostgreSQL: no two times of one person overlap when Troth chose both."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE meeting_time ADD CONSTRAINT ex_meeting_time_overlap "
        "EXCLUDE USING gist (person WITH =, tstzrange(starts, ends) WITH &&) "
        "WHERE (placed_by = 'troth')"
    )


def _refuse() -> None:
    """SQLite: the same, by triggers. They are safe since writers follow each other."""
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_meeting_time_overlap_{event.lower()} "  # noqa: S608
            f"BEFORE {event} ON meeting_time WHEN NEW.placed_by = 'troth' AND EXISTS ("
            "SELECT 1 FROM meeting_time WHERE person = NEW.person "
            "AND placed_by = 'troth' AND starts < NEW.ends AND ends > NEW.starts "
            "AND (series, original_start, n) <> "
            "(NEW.series, NEW.original_start, NEW.n)) "
            "BEGIN SELECT RAISE(ABORT, 'ex_meeting_time_overlap'); END"
        )


def _people() -> None:
    """Programmes, people, pairs, agreements, choices."""
    op.create_table(
        "programme",
        sa.Column("id", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("coordinator", NAME, nullable=False),
        sa.Column("zone", NAME, nullable=False),
        sa.Column("template", JSON, nullable=False),
        sa.Column("language", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
    )

    op.create_table(
        "person",
        sa.Column("id", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("email", NAME, nullable=False),
        sa.Column("email_key", NAME, nullable=False),
        sa.Column("zone", NAME, nullable=False),
        sa.Column("hours", JSON, nullable=False),
        sa.Column("language", NAME, nullable=False),
        sa.Column("country", NAME, nullable=False),
        sa.Column("quiet_days", JSON, nullable=False),
        sa.Column("bounced_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_email_key", "person", ["email_key"])
    op.create_index(
        "uq_person_programme_email_key",
        "person",
        ["programme", "email_key"],
        unique=True,
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )

    op.create_table(
        "pair",
        sa.Column("id", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("mentor", NAME, nullable=False),
        sa.Column("mentee", NAME, nullable=False),
        sa.Column("closed", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_pair"),
    )
    op.create_index("ix_pair_mentee", "pair", ["mentee"])
    op.create_index("ix_pair_mentor", "pair", ["mentor"])
    op.create_index("ix_pair_programme_id", "pair", ["programme", "id"])

    op.create_table(
        "agreement",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("author", NAME),
        sa.Column("accepted_by", JSON, nullable=False),
        sa.Column("in_force_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.UniqueConstraint("pair", "version", name="uq_agreement_pair_version"),
    )

    op.create_table(
        "choice",
        sa.Column("person", NAME, nullable=False),
        sa.Column("fewer", JSON, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_choice"),
    )


def _calendars() -> None:
    """Connections, and what they last said."""
    op.create_table(
        "calendar",
        sa.Column("id", NAME, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("sealed", NAME, nullable=False),
        sa.Column("label", NAME, nullable=False),
        sa.Column("written", sa.Boolean, nullable=False),
        sa.Column("health", NAME, nullable=False),
        sa.Column("trouble", NAME, nullable=False),
        sa.Column("cursor", JSON),
        sa.Column("read_at", INSTANT),
        sa.Column("failing_since", INSTANT),
        sa.Column("horizon", INSTANT),
        sa.Column("doubted_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_calendar"),
    )
    op.create_index("ix_calendar_person", "calendar", ["person"])

    op.create_table(
        "calendar_object",
        sa.Column("calendar", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("uid", NAME, nullable=False),
        sa.Column("occurrences", JSON, nullable=False),
        sa.Column("etag", NAME),
        sa.Column("changed_at", INSTANT),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("calendar", "id", name="pk_calendar_object"),
        sa.ForeignKeyConstraint(
            ["calendar"],
            ["calendar.id"],
            ondelete="CASCADE",
            name="fk_calendar_object_calendar_calendar",
        ),
    )


def _series() -> None:
    """Series, meetings, and the time these take."""
    op.create_table(
        "series",
        sa.Column("id", NAME, nullable=False),
        sa.Column("pair", NAME, nullable=False),
        sa.Column("agreement", NAME, nullable=False),
        sa.Column("uid", NAME, nullable=False),
        sa.Column("zone", NAME, nullable=False),
        sa.Column("anchor", NAME, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("cadence", JSON, nullable=False),
        sa.Column("rrule", NAME, nullable=False),
        sa.Column("first", INSTANT, nullable=False),
        sa.Column("periods", JSON, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    op.create_index("ix_series_pair", "series", ["pair"])
    op.create_index("ix_series_uid", "series", ["uid"])

    op.create_table(
        "meeting",
        sa.Column("series", NAME, nullable=False),
        sa.Column("original_start", INSTANT, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("starts", INSTANT),
        sa.Column("ends", INSTANT),
        sa.Column("state", NAME, nullable=False),
        sa.Column("placed_by", NAME, nullable=False),
        sa.Column("uid", NAME),
        sa.Column("checked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("series", "original_start", "n", name="pk_meeting"),
        sa.ForeignKeyConstraint(
            ["series"],
            ["series.id"],
            ondelete="CASCADE",
            name="fk_meeting_series_series",
        ),
    )
    op.create_index("ix_meeting_uid", "meeting", ["uid"])

    op.create_table(
        "meeting_time",
        sa.Column("person", NAME, nullable=False),
        sa.Column("series", NAME, nullable=False),
        sa.Column("original_start", INSTANT, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.Column("placed_by", NAME, nullable=False),
        sa.PrimaryKeyConstraint(
            "person", "series", "original_start", "n", name="pk_meeting_time"
        ),
        sa.ForeignKeyConstraint(
            ["series"],
            ["series.id"],
            ondelete="CASCADE",
            name="fk_meeting_time_series_series",
        ),
    )
    op.create_index(
        "ix_meeting_time_person_starts", "meeting_time", ["person", "starts"]
    )
    op.create_index("ix_meeting_time_series", "meeting_time", ["series"])
