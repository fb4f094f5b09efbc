"""What agreements say beyond the calendar.

Terms are one document, so that no table changes. A version that somebody has accepted
said nothing of a review: it goes on saying nothing, and no review is asked for.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AGREEMENT = sa.table(
    "agreement",
    sa.column("id", sa.Text),
    sa.column("terms", JSON),
    sa.column("accepted_by", JSON),
)


def upgrade() -> None:
    """Write `review_weeks: null` into every version that somebody has accepted."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(AGREEMENT)).all()
    for row in rows:
        terms: dict[str, Any] = row.terms
        if row.accepted_by and "review_weeks" not in terms:
            kept = terms | {"review_weeks": None}
            where = AGREEMENT.c.id == row.id
            connection.execute(sa.update(AGREEMENT).where(where).values(terms=kept))


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
