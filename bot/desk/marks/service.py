"""How far everybody has read, and what people of the desk have begun to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.contracts import Conversation, Owner
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.desk.marks.model import CUSTOMER, DESK_READER, DRAFT_LIMIT, DraftKind
from bot.desk.marks.store import MarkStore
from bot.errors import BadRequest
from bot.handoff.model import User


class MarkService:
    """Read marks both ways, and drafts that survive the browser."""

    def __init__(
        self, store: MarkStore, conversations: ConversationStore, fanout: Fanout, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._fanout = fanout
        self._clock = clock

    async def customer_read(self, conversation_id: str, seq: int) -> None:
        """The customer's window has shown everything up to `seq`."""
        head = await self._conversations.head(conversation_id)
        seq = min(seq, head.last_seq)
        if await self._store.mark(conversation_id, CUSTOMER, seq, self._clock()):
            frame = {"type": "read", "author": {"kind": "customer"}, "seq": seq}
            await self._fanout.publish(conversation_id, frame)

    async def agent_read(self, conversation_id: str, user: User, seq: int, *, speaks: bool) -> int:
        """Somebody of the desk has read up to `seq`.

        Args:
            speaks: whether they serve the customer, who is told of it then; of others' reading they are not.

        Returns:
            Where the mark stands: never behind where it stood, never past the newest message.
        """
        head = await self._conversations.head(conversation_id)
        seq, now = min(seq, head.last_seq), self._clock()
        if await self._store.mark(conversation_id, user.id, seq, now):
            frame = {"type": "read", "user_id": user.id, "conversation_id": conversation_id, "seq": seq}
            await self._fanout.publish(DESK, frame)
        if speaks and await self._store.mark(conversation_id, DESK_READER, seq, now):
            frame = {"type": "read", "author": {"kind": "agent"}, "seq": seq}
            await self._fanout.publish(conversation_id, frame)
        return (await self._store.marks(conversation_id)).get(user.id, 0)

    async def marks(self, conversation_id: str) -> dict[str, int]:
        """`customer_seq` and `agent_seq`: how far the customer, and who served them, have read."""
        found = await self._store.marks(conversation_id)
        return {"customer_seq": found.get(CUSTOMER, 0), "agent_seq": found.get(DESK_READER, 0)}

    async def read_by_agent(self, head: Conversation) -> int:
        """How far the person who has the chat has read it; 0 when nobody has it."""
        if head.owner is not Owner.agent:
            return 0
        return (await self._store.marks(head.id)).get(DESK_READER, 0)

    async def keep_draft(self, conversation_id: str, user: User, text: object, kind: object) -> None:
        """Keep what somebody has begun to write; blank words remove it.

        Raises:
            BadRequest: no text, too long, or no kind of draft.
        """
        if not isinstance(text, str) or len(text) > DRAFT_LIMIT:
            raise BadRequest(f"text is what was begun, of at most {DRAFT_LIMIT:,} characters; blank removes it.")
        if kind not in (None, *(item.value for item in DraftKind)):
            raise BadRequest("kind is reply or note.")
        await self._conversations.head(conversation_id)
        if not text.strip():
            await self._store.drop_draft(conversation_id, user.id)
            return
        chosen = DraftKind(kind) if kind else DraftKind.reply
        await self._store.keep_draft(conversation_id, user.id, chosen.value, text, self._clock())

    async def drop_draft(self, conversation_id: str, user: User) -> None:
        """It was sent."""
        await self._store.drop_draft(conversation_id, user.id)

    async def draft(self, conversation_id: str, user: User) -> dict[str, str] | None:
        """My draft, `{text, kind}`."""
        found = await self._store.draft(conversation_id, user.id)
        return {"kind": found[0], "text": found[1]} if found else None
