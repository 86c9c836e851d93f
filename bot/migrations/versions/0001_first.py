"""The first schema.

Until the first release this revision makes what `bot/schema.py` says; later each change gets one of its own.
"""

from alembic import op

from bot.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
