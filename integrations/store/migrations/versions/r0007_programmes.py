"""What coordinators are shown: snapshots, consents, looks."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back: restore a backup."""
    raise NotImplementedError
