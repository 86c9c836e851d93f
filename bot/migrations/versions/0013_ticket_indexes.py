"""Indexes of two filters are narrower than those of one, so that PostgreSQL prefers them."""

from alembic import op

revision = "0013_ticket_indexes"
down_revision = "0030"

_WIDE = ["created_at", "id", "severity", "priority", "group_id"]
_BEFORE = {
    "ix_tickets_type_created": ["ticket_type", *_WIDE],
    "ix_tickets_type_status": ["ticket_type", "status", *_WIDE],
    "ix_tickets_group_status": ["group_id", "status", "created_at", "id", "severity", "priority", "ticket_type"],
}
_AFTER = {
    "ix_tickets_type_created": ["ticket_type", *_WIDE, "status"],
    "ix_tickets_type_status": ["ticket_type", "status", "created_at", "id"],
    "ix_tickets_group_status": ["group_id", "status", "created_at", "id"],
}


def upgrade() -> None:
    _replace(_AFTER)


def downgrade() -> None:
    _replace(_BEFORE)


def _replace(indexes: dict[str, list[str]]) -> None:
    for name, columns in indexes.items():
        op.drop_index(name, table_name="tickets")
        op.create_index(name, "tickets", columns, unique=False)
