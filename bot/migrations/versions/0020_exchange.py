"""Events and their listeners, records of other systems, technicians, the life of an outage."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0001"

_TIME = sa.String(length=32)


def upgrade() -> None:
    op.drop_table("outbox")  # nothing was ever written to the first one
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("api", sa.String(length=32), nullable=False),
        sa.Column("event_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("routed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_routed", "outbox", ["routed_at", "id"])
    op.create_table(
        "hubs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("api", sa.String(length=32), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hubs")),
    )
    op.create_index("ix_hubs_api", "hubs", ["api"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("event_id", sa.String(length=48), nullable=False),
        sa.Column("hub_id", sa.String(length=40), nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.Column("dead_at", _TIME, nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("event_id", "hub_id", name=op.f("uq_deliveries_event_id_hub_id")),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["due_at"])
    op.create_index("ix_deliveries_dead", "deliveries", ["dead_at"])
    op.create_table(
        "tmf_records",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("key_id", sa.String(length=80), nullable=False),
        sa.Column("idempotency_key", sa.String(length=160), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmf_records")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_tmf_records_idempotency_key")),
    )
    op.create_index("ix_tmf_records_resource", "tmf_records", ["resource", "updated_at"])
    op.create_index("ix_tmf_records_customer", "tmf_records", ["customer_id", "updated_at"])
    op.create_table(
        "technicians",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technicians")),
    )
    op.create_table(
        "technician_areas",
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("technician_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technicians.id"], name=op.f("fk_technician_areas_technician_id_technicians")
        ),
        sa.PrimaryKeyConstraint("area", "technician_id", name=op.f("pk_technician_areas")),
    )
    for column in (
        sa.Column("technician_id", sa.String(length=40), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("extras", sa.JSON(), nullable=True),
        sa.Column("reminded_day_at", _TIME, nullable=True),
        sa.Column("reminded_soon_at", _TIME, nullable=True),
    ):
        op.add_column("appointments", column)
    op.create_index("ix_appointments_status_start", "appointments", ["status", "start"])
    op.create_index("ix_appointments_technician", "appointments", ["technician_id", "start"])
    op.create_index("ix_appointments_conversation", "appointments", ["conversation_id"])
    for column in (
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.Column("restored_at", _TIME, nullable=True),
        sa.Column("updated_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("extras", sa.JSON(), nullable=True),
    ):
        op.add_column("outages", column)
    op.create_index("ix_outages_area", "outages", ["area", "status"])
    op.create_index("ix_outages_parent", "outages", ["parent_id"])
    op.create_table(
        "outage_updates",
        sa.Column("outage_id", sa.String(length=16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_outage_updates_outage_id_outages")),
        sa.PrimaryKeyConstraint("outage_id", "n", name=op.f("pk_outage_updates")),
    )
    op.create_table(
        "outage_notices",
        sa.Column("outage_id", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("outage_id", "member", "kind", name=op.f("pk_outage_notices")),
    )


def downgrade() -> None:
    for name in ("outage_notices", "outage_updates"):
        op.drop_table(name)
    with op.batch_alter_table("outages") as table:
        table.drop_index("ix_outages_parent")
        table.drop_index("ix_outages_area")
        for name in ("extras", "version", "updated_at", "restored_at", "parent_id"):
            table.drop_column(name)
    with op.batch_alter_table("appointments") as table:
        for name in ("conversation", "technician", "status_start"):
            table.drop_index(f"ix_appointments_{name}")
        for name in ("reminded_soon_at", "reminded_day_at", "extras", "minutes", "technician_id"):
            table.drop_column(name)
    for name in ("technician_areas", "technicians", "tmf_records", "deliveries", "hubs", "outbox"):
        op.drop_table(name)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
