"""Rating: after the end, once, bot and person apart, credited to the person who served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.contracts import Conversation, Owner
from bot.conversations.masking import mask
from bot.conversations.store import ConversationStore
from bot.desk.ratings.model import AlreadyRated, NotOver, Rating, Subject, checked
from bot.desk.ratings.store import RatingStore
from bot.errors import BadRequest, NotFound
from bot.handoff.model import User
from bot.handoff.service import HandoffService


class RatingService:
    """Takes customers' ratings, and what supervisors make of low ones."""

    def __init__(
        self,
        store: RatingStore,
        conversations: ConversationStore,
        handoffs: HandoffService,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._handoffs = handoffs
        self._clock = clock

    async def rate(self, conversation_id: str, body: Mapping[str, Any]) -> None:
        """Keep a customer's rating `{score, solved, comment?, of?}`; the same again changes nothing.

        Args:
            body: without `of` the person is meant if one served, else the bot.

        Raises:
            BadRequest: a value is missing or of the wrong kind, or nobody served who could be rated.
            NotOver: a person has the chat, or is awaited.
            AlreadyRated: it was rated before, differently.
        """
        score, solved, comment, subject = checked(body)
        head = await self._conversations.head(conversation_id)
        if head.owner in (Owner.agent, Owner.queued):
            raise NotOver()
        person = await self._served_by(head)
        if subject is Subject.agent and person is None:
            raise BadRequest("No person has served this conversation.")
        if subject is None:
            subject = Subject.agent if person else Subject.bot
        rating = Rating(
            conversation_id,
            subject,
            score,
            solved,
            mask(comment) if comment else None,
            person if subject is Subject.agent else None,
            self._clock(),
        )
        if await self._store.add(rating):
            return
        known = (await self._store.of([conversation_id]))[conversation_id][subject]
        if not known.says_the_same(rating):
            raise AlreadyRated()

    async def wanted(self, head: Conversation) -> tuple[Subject, ...]:
        """Who is still to be rated once the chat is over: the person first, then the bot if it has answered."""
        if head.owner is not Owner.closed:
            return ()
        subjects = [Subject.agent] if await self._served_by(head) else []
        if head.turns or not subjects:
            subjects.append(Subject.bot)
        return await self._store.unrated(head.id, subjects)

    async def review(self, conversation_id: str, user: User, words: str) -> None:
        """A supervisor has looked at a low rating.

        Raises:
            NotFound: it has no rating.
        """
        if not await self._store.review(conversation_id, user.id, words, self._clock()):
            raise NotFound("This conversation has not been rated.")

    async def rate_packet(
        self, conversation_id: str, user: User, useful: bool, missing: str | None
    ) -> dict[str, Any] | None:
        """Say whether the packet of the newest hand-over helped.

        Raises:
            NotFound: there was no hand-over.
        """
        handoff = await self._handoffs.newest(conversation_id)
        if handoff is None:
            raise NotFound("This conversation has no hand-over, so it has no packet.")
        await self._store.rate_packet(handoff.id, conversation_id, user.id, useful, missing, self._clock())
        return await self._store.packet_rating(handoff.id)

    async def _served_by(self, head: Conversation) -> str | None:
        """Who closed it, else who had it last; the head keeps the former when it is closed."""
        return head.agent_id or await self._handoffs.last_agent(head.id)
