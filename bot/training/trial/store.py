"""What became of conversations since a trial began, in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, and_, cast, distinct, select

from bot.database import Database
from bot.schema import conversations, handoffs, inbox_sentences
from bot.training.inbox.model import Reason
from bot.training.trial.model import Outcome

_REFUSED = f'%"{Reason.refused.value}"%'


class OutcomeStore:
    """Reads only: conversations, hand-overs, and what the trainers' inbox holds of refusals."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def since(self, at: datetime) -> list[Outcome]:
        """Every conversation opened since in which the customer said something."""
        opened = select([conversations.c.id, conversations.c.created_at]).where(
            and_(conversations.c.created_at >= at, conversations.c.customer_seq > 0)
        )
        handed = select([distinct(handoffs.c.conversation_id)]).where(handoffs.c.requested_at >= at)
        refused = select([distinct(inbox_sentences.c.conversation_id)]).where(
            and_(inbox_sentences.c.at >= at, cast(inbox_sentences.c.reasons, Text).like(_REFUSED))
        )
        async with self._db.read() as connection:
            with_handover = set((await connection.execute(handed)).scalars())
            with_refusal = set((await connection.execute(refused)).scalars())
            return [
                Outcome(row.id, row.created_at, row.id in with_refusal, row.id in with_handover)
                for row in (await connection.execute(opened)).all()
            ]
