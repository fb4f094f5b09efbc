"""What coordinators are shown: weekly counts, consents, and names to search by.

Every programme is counted from now on: its work is due at once, and comes back by
itself (scheduler/usecases/count_programme.py).
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

PROGRAMME = sa.table("programme", sa.column("id", sa.Text))
PERSON = sa.table(
    "person",
    sa.column("id", sa.Text),
    sa.column("name", sa.Text),
    sa.column("name_key", sa.Text),
)
WORK = sa.table(
    "work",
    sa.column("id", sa.Text),
    sa.column("kind", sa.Text),
    sa.column("subject", sa.Text),
    sa.column("due_at", INSTANT),
    sa.column("open_at", INSTANT),
    sa.column("in_hand", sa.Boolean),
    sa.column("attempts", sa.Integer),
    sa.column("lease_no", sa.Integer),
)
#: Before any programme was: the work is due at once.
LONG_AGO = datetime(2026, 1, 1)  # noqa: DTZ001 - SQLite keeps no zone
#: People are read and written so many at a time.
PAGE = 1000


def upgrade() -> None:
    """Make the tables, fold the names, and have every programme counted."""
    op.create_table(
        "snapshot",
        sa.Column("programme", NAME, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("bands", JSON, nullable=False),
        sa.Column("groups", JSON, nullable=False),
        sa.Column("after", NAME),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("programme", "as_of", name="pk_snapshot"),
    )
    op.create_table(
        "consent",
        sa.Column("pair", NAME, nullable=False),
        sa.Column("person", NAME, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("pair", "person", name="pk_consent"),
    )
    op.create_index("ix_consent_person", "consent", ["person"])
    op.add_column(
        "person", sa.Column("name_key", NAME, nullable=False, server_default="")
    )
    _fold_names()
    _count_programmes()


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError


def _fold_names() -> None:
    """Write every name without its case, as those that are put from now on."""
    connection, after = op.get_bind(), ""
    fold = sa.update(PERSON).where(PERSON.c.id == sa.bindparam("whose"))
    fold = fold.values(name_key=sa.bindparam("folded"))
    while True:
        page = sa.select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id > after)
        rows = connection.execute(page.order_by(PERSON.c.id).limit(PAGE)).all()
        if not rows:
            return
        folded = [{"whose": row.id, "folded": row.name.casefold()} for row in rows]
        connection.execute(fold, folded)
        after = rows[-1].id


def _count_programmes() -> None:
    """Make the count of every programme due."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    due = LONG_AGO if is_sqlite else LONG_AGO.replace(tzinfo=UTC)
    rows = [
        {
            "id": f"count-{row.id}",
            "kind": "snapshot",
            "subject": row.id,
            "due_at": due,
            "open_at": due,
            "in_hand": False,
            "attempts": 0,
            "lease_no": 0,
        }
        for row in connection.execute(sa.select(PROGRAMME.c.id))
    ]
    if rows:
        connection.execute(sa.insert(WORK), rows)
