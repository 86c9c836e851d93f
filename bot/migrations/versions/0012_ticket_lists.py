"""Lists of tickets and their totals come from indexes."""

from alembic import op

revision = "0012_ticket_lists"
down_revision = "0011_ticket_rules"

_NEW = {
    "ix_tickets_status_created": ["status", "created_at", "id", "severity", "priority", "group_id"],
    "ix_tickets_type_created": ["ticket_type", "created_at", "id", "severity", "priority", "group_id"],
    "ix_tickets_type_status": ["ticket_type", "status", "created_at", "id", "severity", "priority", "group_id"],
    "ix_tickets_group_status": ["group_id", "status", "created_at", "id", "severity", "priority", "ticket_type"],
}
_OLD = {
    "ix_tickets_type_status": ["ticket_type", "status", "created_at"],
    "ix_tickets_group": ["group_id", "status", "created_at"],
}


def upgrade() -> None:
    for name in _OLD:
        op.drop_index(name, table_name="tickets")
    for name, columns in _NEW.items():
        op.create_index(name, "tickets", columns, unique=False)


def downgrade() -> None:
    for name in _NEW:
        op.drop_index(name, table_name="tickets")
    for name, columns in _OLD.items():
        op.create_index(name, "tickets", columns, unique=False)
