"""When a person first took a hand-over: a transfer takes it again, and counts for neither wait nor promise."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0092"


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("first_accepted_at", sa.String(length=32), nullable=True))
    op.execute("UPDATE handoffs SET first_accepted_at = accepted_at")


def downgrade() -> None:
    op.drop_column("handoffs", "first_accepted_at")
