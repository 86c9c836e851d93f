"""The desk's groups and order of service, presence, offers, participants, whispers, calls back."""

import sqlalchemy as sa
from alembic import op

revision = "0050_desk_queue"
down_revision = "0080"


def upgrade() -> None:
    op.create_table(
        "desk_offers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("offered_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_offers")),
    )
    op.create_index("ix_desk_offers_ended", "desk_offers", ["ended_at"], unique=False)
    op.create_table(
        "desk_presence",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("wish", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.Column("served_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_desk_presence")),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("requested_at", sa.String(length=32), nullable=False),
        sa.Column("wanted_at", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_callbacks_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("handoff_id", name=op.f("uq_callbacks_handoff_id")),
    )
    op.create_index("ix_callbacks_state", "callbacks", ["state", "requested_at"], unique=False)
    op.create_table(
        "desk_participants",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.Column("invited_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_desk_participants_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_desk_participants")),
    )
    op.create_index("ix_desk_participants_user", "desk_participants", ["user_id"], unique=False)
    op.create_table(
        "desk_whispers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_desk_whispers_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_whispers")),
    )
    op.create_index("ix_desk_whispers_conversation", "desk_whispers", ["conversation_id", "at"], unique=False)
    op.add_column("handoffs", sa.Column("group_id", sa.String(length=40), server_default="general", nullable=False))
    op.add_column("handoffs", sa.Column("product", sa.String(length=16), nullable=True))
    op.add_column("handoffs", sa.Column("customer_class", sa.String(length=32), nullable=True))
    op.add_column(
        "handoffs",
        sa.Column("rank_at", sa.String(length=32), server_default="1970-01-01T00:00:00.000000+00:00", nullable=False),
    )
    op.add_column("handoffs", sa.Column("direct_to", sa.String(length=40), nullable=True))
    op.add_column("handoffs", sa.Column("last_agent_id", sa.String(length=40), nullable=True))
    op.add_column("handoffs", sa.Column("eta_low_s", sa.Integer(), nullable=True))
    op.add_column("handoffs", sa.Column("eta_high_s", sa.Integer(), nullable=True))
    op.add_column("handoffs", sa.Column("first_response_at", sa.String(length=32), nullable=True))
    op.add_column("handoffs", sa.Column("first_response_due_at", sa.String(length=32), nullable=True))
    op.add_column("handoffs", sa.Column("asking", sa.String(length=64), nullable=True))
    op.create_index("ix_handoffs_group", "handoffs", ["group_id", "status", "ended_at"], unique=False)
    op.create_index("ix_handoffs_rank", "handoffs", ["status", "rank_at"], unique=False)
    op.create_index("ix_handoffs_requested", "handoffs", ["requested_at"], unique=False)
    op.add_column("users", sa.Column("groups", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("users", sa.Column("products", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("users", sa.Column("classes", sa.JSON(), server_default="[]", nullable=False))
    op.execute("UPDATE handoffs SET rank_at = requested_at")


def downgrade() -> None:
    op.drop_column("users", "classes")
    op.drop_column("users", "products")
    op.drop_column("users", "groups")
    op.drop_index("ix_handoffs_requested", table_name="handoffs")
    op.drop_index("ix_handoffs_rank", table_name="handoffs")
    op.drop_index("ix_handoffs_group", table_name="handoffs")
    op.drop_column("handoffs", "asking")
    op.drop_column("handoffs", "first_response_due_at")
    op.drop_column("handoffs", "first_response_at")
    op.drop_column("handoffs", "eta_high_s")
    op.drop_column("handoffs", "eta_low_s")
    op.drop_column("handoffs", "last_agent_id")
    op.drop_column("handoffs", "direct_to")
    op.drop_column("handoffs", "rank_at")
    op.drop_column("handoffs", "customer_class")
    op.drop_column("handoffs", "product")
    op.drop_column("handoffs", "group_id")
    op.drop_index("ix_desk_whispers_conversation", table_name="desk_whispers")
    op.drop_table("desk_whispers")
    op.drop_index("ix_desk_participants_user", table_name="desk_participants")
    op.drop_table("desk_participants")
    op.drop_index("ix_callbacks_state", table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_table("desk_presence")
    op.drop_index("ix_desk_offers_ended", table_name="desk_offers")
    op.drop_table("desk_offers")
