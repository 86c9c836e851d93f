"""Jobs of the trainers' workbench."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0083"


def upgrade() -> None:
    op.create_table(
        "training_jobs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("asked_at", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("process", sa.String(length=160), nullable=True),
        sa.Column("watcher", sa.String(length=160), nullable=True),
        sa.Column("heard_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_jobs")),
        sa.UniqueConstraint("slot", name=op.f("uq_training_jobs_slot")),
    )
    op.create_index("ix_training_jobs_asked", "training_jobs", ["asked_at"], unique=False)


def downgrade() -> None:
    op.drop_table("training_jobs")
