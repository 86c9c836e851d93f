"""Tickets whose clocks other tables have set are found by an index; those that are over never count."""

from alembic import op

revision = "0011_ticket_rules"
down_revision = "0010_tickets"


def upgrade() -> None:
    op.create_index("ix_tickets_rules", "tickets", ["rules_digest"], unique=False)
    op.execute("UPDATE tickets SET rules_digest = '' WHERE status IN ('closed', 'cancelled', 'rejected')")
    op.execute("UPDATE tickets SET ended_at = updated_at WHERE status IN ('closed', 'cancelled', 'rejected')")


def downgrade() -> None:
    op.drop_index("ix_tickets_rules", table_name="tickets")
