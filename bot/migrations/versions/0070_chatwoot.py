"""Threads of a Chatwoot inbox, webhooks that were dealt with, events of one subject in order."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0060_desk"


def upgrade() -> None:
    op.create_table(
        "chatwoot_threads",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("chatwoot_id", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("phase_epoch", sa.Integer(), nullable=False),
        sa.Column("live_epoch", sa.Integer(), nullable=True),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("posted_id", sa.Integer(), nullable=False),
        sa.Column("seen_message_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("heard_at", sa.Float(), nullable=True),
        sa.Column("checked_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_chatwoot_threads_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_chatwoot_threads")),
        sa.UniqueConstraint("chatwoot_id", name=op.f("uq_chatwoot_threads_chatwoot_id")),
    )
    op.create_index("ix_chatwoot_threads_open", "chatwoot_threads", ["is_open", "checked_at"], unique=False)
    op.create_table(
        "chatwoot_webhooks",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chatwoot_webhooks")),
    )
    op.create_index("ix_chatwoot_webhooks_at", "chatwoot_webhooks", ["at"], unique=False)
    op.create_index("ix_outbox_subject", "outbox", ["subject_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_subject", table_name="outbox")
    op.drop_table("chatwoot_webhooks")
    op.drop_table("chatwoot_threads")
