"""Searching transcripts, customers and tickets.

SQLite finds three characters and more through a trigram index (FTS5) that triggers keep; shorter words, as most Chinese
ones are, are looked for in the newest messages of the index. PostgreSQL uses `pg_trgm` where it is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select, text

from bot.database import Database
from bot.schema import customer_cards, messages, tickets

#: conversations that a search looks at, most recently written first
MOST_FOUND = 1_000
#: from so many characters on the index of SQLite knows a word
_TRIGRAM = 3
#: messages that are read for a shorter word
_READ_FOR_SHORT = 200_000

_BY_INDEX = text(
    "SELECT i.conversation_id, max(i.id) AS newest FROM search_messages s JOIN search_index i ON i.id = s.rowid"
    " WHERE s.text MATCH :words GROUP BY i.conversation_id ORDER BY newest DESC LIMIT :most"
)
_BY_READING = text(
    "SELECT i.conversation_id, max(i.id) AS newest FROM search_index i JOIN messages m"
    " ON m.conversation_id = i.conversation_id AND m.seq = i.seq"
    " WHERE i.id > (SELECT coalesce(max(id), 0) FROM search_index) - :read AND m.text LIKE :like ESCAPE '\\'"
    " GROUP BY i.conversation_id ORDER BY newest DESC LIMIT :most"
)
_IN_POSTGRES = text(
    "SELECT conversation_id, max(at) AS newest FROM messages WHERE text ILIKE :like ESCAPE '\\'"
    " GROUP BY conversation_id ORDER BY newest DESC LIMIT :most"
)


class SearchStore:
    """Finds conversations by what was written and by whom."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def conversations(self, words: str) -> tuple[str, ...]:
        """Conversations in whose transcript the words stand, written to last first, `MOST_FOUND` at most."""
        values: dict[str, object] = {"like": _like(words), "most": MOST_FOUND}
        if not self._db.is_sqlite:
            statement = _IN_POSTGRES
        elif len(words) >= _TRIGRAM:
            statement, values = _BY_INDEX, {"words": '"' + words.replace('"', '""') + '"', "most": MOST_FOUND}
        else:
            statement, values = _BY_READING, {**values, "read": _READ_FOR_SHORT}
        async with self._db.read() as connection:
            return tuple(row[0] for row in (await connection.execute(statement, values)).all())

    async def messages(
        self, conversation_ids: Sequence[str], words: str, each: int
    ) -> dict[str, list[tuple[int, str]]]:
        """Messages with the words, `(seq, text)`, newest first, at most `each` a conversation."""
        query = (
            select([messages.c.conversation_id, messages.c.seq, messages.c.text])
            .where(
                and_(
                    messages.c.conversation_id.in_(list(conversation_ids)),
                    messages.c.text.ilike(_like(words), escape="\\"),
                )
            )
            .order_by(messages.c.conversation_id, messages.c.seq.desc())
        )
        found: dict[str, list[tuple[int, str]]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).all():
                hits = found.setdefault(row.conversation_id, [])
                if len(hits) < each:
                    hits.append((row.seq, row.text))
        return found

    async def customers(self, words: str) -> tuple[str, ...]:
        """Ids of customers whose name, number or account holds the words."""
        like, card = _like(words), customer_cards.c
        columns = (card.name_zh, card.name_en, card.phone, card.account_number, card.customer_id)
        query = select([card.customer_id]).where(or_(*(column.ilike(like, escape="\\") for column in columns)))
        async with self._db.read() as connection:
            return tuple(row[0] for row in (await connection.execute(query.limit(MOST_FOUND))).all())

    async def ticket_conversations(self, ticket_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Conversations and customers of the tickets whose number begins so."""
        query = select([tickets.c.conversation_id, tickets.c.customer_id]).where(
            and_(tickets.c.id >= ticket_id, tickets.c.id < ticket_id + "~")
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query.limit(MOST_FOUND))).all()
        return tuple({row[0] for row in rows if row[0]}), tuple({row[1] for row in rows if row[1]})


def _like(words: str) -> str:
    """A pattern that finds the words anywhere, with the pattern's own signs taken as they are."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, "\\" + sign)
    return f"%{words}%"
