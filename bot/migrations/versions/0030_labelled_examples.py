"""What customers meant where the model could not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0012_ticket_lists"


def upgrade() -> None:
    op.create_table(
        "labelled_examples",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_labelled_examples_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_labelled_examples")),
    )
    op.create_index("ix_labelled_examples_at", "labelled_examples", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("labelled_examples")
