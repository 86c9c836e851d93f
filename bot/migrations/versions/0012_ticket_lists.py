"""Lists of tickets and their totals come from indexes."""

from alembic import op

revision = "0012_ticket_lists"
down_revision = "0011_ticket_rules"


def upgrade() -> None:
    op.create_index("ix_tickets_status_created", "tickets", ["status", "created_at", "id"], unique=False)
    facets = ["status", "ticket_type", "severity", "priority", "group_id"]
    op.create_index("ix_tickets_facets", "tickets", facets, unique=False)


def downgrade() -> None:
    op.drop_index("ix_tickets_facets", table_name="tickets")
    op.drop_index("ix_tickets_status_created", table_name="tickets")
