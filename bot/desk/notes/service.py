"""Internal notes: whoever is named in one hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.model import Mention, Note, named_in
from bot.desk.notes.store import NoteStore
from bot.errors import NotFound
from bot.handoff.model import User
from bot.handoff.people.store import PeopleStore


class NoteService:
    """Keeps notes and tells those who are named."""

    def __init__(
        self,
        database: Database,
        store: NoteStore,
        conversations: ConversationStore,
        people: PeopleStore,
        fanout: Fanout,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._store = store
        self._conversations = conversations
        self._people = people
        self._fanout = fanout
        self._clock = clock

    async def add(self, conversation_id: str, author: User, text: str) -> tuple[Note, tuple[str, ...]]:
        """Keep a note.

        Returns:
            The note, and the usernames of the desk that it names; others after @ are words like any.
        """
        head = await self._conversations.head(conversation_id)
        named: dict[str, User] = {}
        for username in named_in(text):
            found = await self._people.credentials(username)
            if found is not None:
                named[found[0].id] = found[0]
        async with self._db.unit():
            note = await self._store.add(head.id, author.id, text, self._clock())
            told = await self._store.mention(note, [user_id for user_id in named if user_id != author.id])
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": head.id})
        for mention in told:
            frame = {"type": "mention", "user_id": mention.user_id, "id": mention.id, "conversation_id": head.id}
            await self._fanout.publish(DESK, frame)
        return note, tuple(user.username for user in named.values())

    async def of(self, conversation_id: str) -> tuple[Note, ...]:
        """A conversation's notes, oldest first."""
        return await self._store.of(conversation_id)

    async def mentions(self, user: User, *, limit: int, unread_only: bool = False) -> tuple[Mention, ...]:
        """Where I am named, newest first."""
        return await self._store.mentions(user.id, limit=limit, unread_only=unread_only)

    async def mark_read(self, mention_id: str, user: User) -> Mention:
        """I have seen it.

        Raises:
            NotFound: no mention of mine has this id.
        """
        found = await self._store.mark_read(mention_id, user.id, self._clock())
        if found is None:
            raise NotFound("You have no such mention.")
        return found
