"""What is kept how long, erasing, and the seal on each day's audit."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
_AT_ONCE = 500


def upgrade() -> None:
    """Make two tables, and note what retention has to know of three others."""
    op.create_table(
        "audit_seal",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("seal", NAME, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_audit_seal"),
    )
    op.create_table(
        "erasure",
        sa.Column("person", NAME, nullable=False),
        sa.Column("programme", NAME, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.PrimaryKeyConstraint("person", name="pk_erasure"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_programme_no", "audit", ["programme", "no"])
    op.add_column(
        "outbox",
        sa.Column("emptied", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_outbox_emptied_due_at", "outbox", ["emptied", "due_at"])
    op.add_column("calendar_object", sa.Column("first_end", INSTANT))
    op.create_index("ix_calendar_object_first_end", "calendar_object", ["first_end"])
    _fill_first_end()


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _fill_first_end() -> None:
    """Say of each object when its first occurrence ends, a page at a time."""
    database = op.get_bind()
    objects = sa.table(
        "calendar_object",
        sa.column("calendar", NAME),
        sa.column("id", NAME),
        sa.column("occurrences", sa.JSON),
        sa.column("first_end", INSTANT),
    )
    name = sa.tuple_(objects.c.calendar, objects.c.id)
    page = sa.select(objects).order_by(objects.c.calendar, objects.c.id)
    page, last = page.limit(_AT_ONCE), ("", "")
    while rows := database.execute(page.where(name > last)).all():
        for row in rows:
            if (end := _first_end(row.occurrences)) is not None:
                database.execute(
                    sa.update(objects)
                    .where(objects.c.calendar == row.calendar, objects.c.id == row.id)
                    .values(first_end=_stored(end, database.dialect.name))
                )
        last = (rows[-1].calendar, rows[-1].id)


def _first_end(occurrences: list[dict[str, str]]) -> datetime | None:
    ends = [datetime.fromisoformat(one["end"]) for one in occurrences]
    return min(ends, default=None)


def _stored(when: datetime, dialect: str) -> datetime:
    there = when.astimezone(UTC)
    return there.replace(tzinfo=None) if dialect == "sqlite" else there
