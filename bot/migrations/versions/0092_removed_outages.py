"""When a service problem that was over was taken out of sight."""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    op.add_column("outages", sa.Column("removed_at", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("outages", "removed_at")
