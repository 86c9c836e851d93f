"""Tickets: two clocks and their agenda, groups, complaints, what belongs to a ticket, archive and its log."""

import sqlalchemy as sa
from alembic import op

revision = "0010_tickets"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "retention_log",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=True),
        sa.Column("retention_id", sa.String(length=40), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_log")),
    )
    op.create_index("ix_retention_log_at", "retention_log", ["at"], unique=False)
    op.create_index("ix_retention_log_ticket", "retention_log", ["ticket_id", "at"], unique=False)
    op.create_table(
        "ticket_archive",
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("ticket_type", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("product", sa.String(length=16), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("root_cause", sa.String(length=64), nullable=True),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=False),
        sa.Column("archived_at", sa.String(length=32), nullable=False),
        sa.Column("retention_id", sa.String(length=40), nullable=False),
        sa.Column("destroy_at", sa.String(length=32), nullable=False),
        sa.Column("hold", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_archive")),
    )
    op.create_index("ix_ticket_archive_conversation", "ticket_archive", ["conversation_id"], unique=False)
    op.create_index("ix_ticket_archive_customer", "ticket_archive", ["customer_id", "created_at"], unique=False)
    op.create_index("ix_ticket_archive_destroy", "ticket_archive", ["destroy_at"], unique=False)
    op.create_index("ix_ticket_archive_type", "ticket_archive", ["ticket_type", "created_at"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("demand", sa.Text(), nullable=True),
        sa.Column("regulator", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.String(length=32), nullable=True),
        sa.Column("callback_by", sa.String(length=32), nullable=True),
        sa.Column("callback_at", sa.String(length=32), nullable=True),
        sa.Column("callback_result", sa.String(length=16), nullable=True),
        sa.Column("callback_tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_complaints_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_complaints")),
    )
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref_id", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_links_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "n", name=op.f("pk_ticket_links")),
    )
    op.create_index("ix_ticket_links_ref", "ticket_links", ["kind", "ref_id"], unique=False)
    op.add_column("ticket_history", sa.Column("data", sa.JSON(), nullable=True))
    op.add_column("tickets", sa.Column("name", sa.String(length=200), nullable=True))
    op.add_column("tickets", sa.Column("external_id", sa.String(length=80), nullable=True))
    op.add_column("tickets", sa.Column("requested_by", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("group_id", sa.String(length=40), nullable=True))
    op.add_column("tickets", sa.Column("assignee_id", sa.String(length=40), nullable=True))
    op.add_column("tickets", sa.Column("rank", sa.Integer(), server_default="3", nullable=False))
    op.add_column("tickets", sa.Column("sla_id", sa.String(length=40), nullable=True))
    op.add_column("tickets", sa.Column("responded_at", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("solve_by", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("paused_at", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("reopened_at", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("reopens", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("ended_at", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("root_cause", sa.String(length=64), nullable=True))
    op.add_column("tickets", sa.Column("escalated_to", sa.String(length=40), nullable=True))
    op.add_column("tickets", sa.Column("escalation_level", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("next_check_at", sa.String(length=32), nullable=True))
    op.add_column("tickets", sa.Column("agenda", sa.JSON(), nullable=True))
    op.add_column("tickets", sa.Column("done", sa.JSON(), nullable=True))
    op.add_column("tickets", sa.Column("rules_digest", sa.String(length=16), nullable=True))
    op.create_index("ix_tickets_created", "tickets", ["created_at", "id"], unique=False)
    op.create_index("ix_tickets_ended", "tickets", ["ended_at"], unique=False)
    op.create_index("ix_tickets_external", "tickets", ["external_id"], unique=False)
    op.create_index("ix_tickets_group", "tickets", ["group_id", "status", "created_at"], unique=False)
    op.create_index("ix_tickets_next_check", "tickets", ["next_check_at"], unique=False)
    op.create_index("ix_tickets_outage", "tickets", ["outage_id"], unique=False)
    op.create_index("ix_tickets_type_status", "tickets", ["ticket_type", "status", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tickets_type_status", table_name="tickets")
    op.drop_index("ix_tickets_outage", table_name="tickets")
    op.drop_index("ix_tickets_next_check", table_name="tickets")
    op.drop_index("ix_tickets_group", table_name="tickets")
    op.drop_index("ix_tickets_external", table_name="tickets")
    op.drop_index("ix_tickets_ended", table_name="tickets")
    op.drop_index("ix_tickets_created", table_name="tickets")
    op.drop_column("tickets", "rules_digest")
    op.drop_column("tickets", "done")
    op.drop_column("tickets", "agenda")
    op.drop_column("tickets", "next_check_at")
    op.drop_column("tickets", "escalation_level")
    op.drop_column("tickets", "escalated_to")
    op.drop_column("tickets", "root_cause")
    op.drop_column("tickets", "ended_at")
    op.drop_column("tickets", "reopens")
    op.drop_column("tickets", "reopened_at")
    op.drop_column("tickets", "paused_at")
    op.drop_column("tickets", "solve_by")
    op.drop_column("tickets", "responded_at")
    op.drop_column("tickets", "sla_id")
    op.drop_column("tickets", "rank")
    op.drop_column("tickets", "assignee_id")
    op.drop_column("tickets", "group_id")
    op.drop_column("tickets", "requested_by")
    op.drop_column("tickets", "external_id")
    op.drop_column("tickets", "name")
    op.drop_column("ticket_history", "data")
    op.drop_table("ticket_links")
    op.drop_table("complaints")
    op.drop_table("ticket_archive")
    op.drop_table("retention_log")
