"""The audit in SQL. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.sql import Insert

from bot.database import Database
from bot.ids import new_id
from bot.schema import audit


class AuditStore:
    """Leaves rows in the audit, in the ambient unit of work where there is one."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def record(
        self,
        actor: str,
        action: str,
        at: datetime,
        conversation_id: str | None,
        detail: Mapping[str, Any],
        *,
        subject_id: str | None = None,
    ) -> None:
        """Keep who did what.

        Args:
            actor: a username, `customer` or `bot`.
            action: in the past tense, such as `viewed`.
            detail: ids and states; never what somebody wrote.
            subject_id: whom or what it is about beside the conversation.
        """
        row = audit_row(actor, action, at, conversation_id, detail, subject_id=subject_id)
        async with self._db.write() as connection:
            await connection.execute(row)


def audit_row(
    actor: str,
    action: str,
    at: datetime,
    conversation_id: str | None,
    detail: Mapping[str, Any],
    *,
    subject_id: str | None = None,
) -> Insert:
    """The statement that leaves a row, for a transaction that is open already."""
    return audit.insert().values(
        id=new_id(),
        at=at,
        actor=actor,
        action=action,
        conversation_id=conversation_id,
        subject_id=subject_id,
        detail=dict(detail),
    )
