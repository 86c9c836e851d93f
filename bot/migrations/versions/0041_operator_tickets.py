"""Which of our tickets stand in the operator's own system."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0070"

_TIME = sa.String(length=32)


def upgrade() -> None:
    op.create_table(
        "operator_tickets",
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("remote_id", sa.String(length=120), nullable=True),
        sa.Column("request_key", sa.String(length=80), nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seen_status", sa.String(length=16), nullable=True),
        sa.Column("sent_n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_operator_tickets")),
    )
    op.create_index("ix_operator_tickets_due", "operator_tickets", ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("operator_tickets")
