"""Who has handed a waiting chat on, so that it is not offered to them again at once."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0081"


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("spared_id", sa.String(length=40), nullable=True))
    op.add_column("handoffs", sa.Column("spared_until", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("handoffs", "spared_until")
    op.drop_column("handoffs", "spared_id")
