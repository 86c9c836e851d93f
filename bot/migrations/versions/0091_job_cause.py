"""Why a job failed, by name and with what it names, so that pages say it in either language."""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.add_column("training_jobs", sa.Column("cause", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("training_jobs", "cause")
