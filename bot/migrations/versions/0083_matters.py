"""What customers' messages were about, for what to teach next."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0050_desk_queue"


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("article", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_matters_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_matters")),
    )
    op.create_index("ix_matters_at", "matters", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("matters")
