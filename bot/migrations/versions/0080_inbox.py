"""The trainers' inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "inbox_sentences",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("suggested", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("group_id", sa.String(length=40), nullable=True),
        sa.Column("decision_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_sentences_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_inbox_sentences")),
    )
    op.create_index("ix_inbox_sentences_group", "inbox_sentences", ["group_id", "at"], unique=False)
    op.create_index("ix_inbox_sentences_decision", "inbox_sentences", ["decision_id"], unique=False)
    op.create_table(
        "inbox_groups",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("tags", sa.String(length=200), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("suggested", sa.String(length=64), nullable=True),
        sa.Column("first_at", sa.String(length=32), nullable=False),
        sa.Column("last_at", sa.String(length=32), nullable=False),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_groups")),
    )
    op.create_index("ix_inbox_groups_weight", "inbox_groups", ["status", "weight", "id"], unique=False)
    op.create_table(
        "inbox_decisions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_decisions")),
    )
    op.create_index("ix_inbox_decisions_actor", "inbox_decisions", ["actor_id", "at"], unique=False)
    op.create_table(
        "inbox_progress",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("read_to", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_inbox_progress")),
    )


def downgrade() -> None:
    for table in ("inbox_progress", "inbox_decisions", "inbox_groups", "inbox_sentences"):
        op.drop_table(table)
