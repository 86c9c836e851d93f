"""Tickets whose customers are to be asked whether it is solved, in SQL: found by an index that holds only those."""

from __future__ import annotations

from datetime import datetime

from bot.schema import tickets
from bot.tickets.model import Ticket
from bot.tickets.store import TicketStore, read_ticket


class LoopStore:
    """Reads for `bot/tickets/loop/service.py`."""

    def __init__(self, store: TicketStore) -> None:
        self._db = store.database
        self._zone = store.zone

    async def to_ask(self, now: datetime, limit: int) -> tuple[Ticket, ...]:
        """Those whose moment has come, earliest first."""
        query = tickets.select().where(tickets.c.ask_at <= now).order_by(tickets.c.ask_at).limit(limit)
        async with self._db.read() as connection:
            return tuple(read_ticket(row, self._zone) for row in (await connection.execute(query)).all())
