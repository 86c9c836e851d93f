"""People beside the owner of a chat: invited, watching, joined; whispers; taking over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.contracts import Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.fanout import DESK, Fanout, desk_of
from bot.conversations.store import ConversationStore
from bot.errors import Forbidden, NotFound
from bot.handoff.model import User
from bot.handoff.reading import DeskParts
from bot.handoff.service import HandoffService
from bot.handoff.supervision.model import Mode, Participant, Whisper
from bot.wording import Wording

_SYSTEM = Author(AuthorKind.system)


class NotInvited(Forbidden):
    """You were not invited to this chat. Ask its owner or a supervisor."""

    code = "not_invited"


class SupervisionService:
    """What colleagues and supervisors do in a chat that somebody else has."""

    def __init__(
        self,
        parts: DeskParts,
        handoffs: HandoffService,
        conversations: ConversationStore,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self.store = parts.guests
        self._notes = parts.notes
        self._audit = parts.audit
        self._handoffs = handoffs
        self._conversations = conversations
        self._fanout = fanout
        self._wording = wording
        self._clock = clock

    async def invite(self, conversation_id: str, by: User, user_id: str, note: str | None) -> None:
        """Ask a colleague into a chat. They may join it then.

        Raises:
            NotFound: nobody of this id serves customers.
            Forbidden: the chat is not `by`'s, who is no supervisor either.
        """
        head = await self._with_a_person(conversation_id)
        if head.agent_id != by.id and not by.may("supervisor"):
            await self._handoffs.owned(conversation_id, by)
        guest = (await self._handoffs.duty.people()).get(user_id)
        if guest is None or not guest.may("agent", "supervisor"):
            raise NotFound("Nobody of this id serves customers. Choose one of /colleagues.")
        now = self._clock()
        if user_id == head.agent_id or await self.store.joined(conversation_id, user_id):
            return
        await self.store.put(Participant(conversation_id, user_id, Mode.invited, now, by.id))
        if note:
            await self._notes.add(conversation_id, by.id, note, now)
        name = {language: by.shown_name(language) for language in ("zh", "en")}
        frame = {"type": "invited", "conversation_id": conversation_id, "by": {"user_id": by.id, "name": name}}
        await self._fanout.publish(desk_of(user_id), {**frame, "note": note})
        await self._tell_desk(conversation_id)

    async def monitor(self, conversation_id: str, user: User) -> None:
        """A supervisor reads along; the customer and the agent do not see it."""
        if not user.may("supervisor"):
            raise Forbidden("Only supervisors watch. Ask to be invited.")
        await self._conversations.head(conversation_id)
        if not await self.store.joined(conversation_id, user.id):
            await self.store.put(Participant(conversation_id, user.id, Mode.watching, self._clock()))
        await self._audit.record(user.username, "watched", self._clock(), conversation_id, {})
        # whoever saw them look at it sees them no more
        await self._tell_desk(conversation_id)

    async def join(self, conversation_id: str, user: User) -> None:
        """Speak beside the owner; the customer is told who has come.

        Raises:
            NotInvited: neither invited nor a supervisor.
        """
        head = await self._with_a_person(conversation_id)
        found = await self.store.one(conversation_id, user.id)
        if found is None and not user.may("supervisor"):
            raise NotInvited()
        if head.agent_id == user.id or (found is not None and found.mode is Mode.joined):
            return
        await self.store.put(Participant(conversation_id, user.id, Mode.joined, self._clock()))
        await self._say(head, "utter_handoff_colleague_joined", user)
        await self._audit.record(user.username, "joined", self._clock(), conversation_id, {})

    async def leave(self, conversation_id: str, user: User) -> None:
        """Stop watching or speaking; nothing happens to who was not in."""
        found = await self.store.one(conversation_id, user.id)
        if found is None or not await self.store.remove(conversation_id, user.id):
            return
        head = await self._conversations.head(conversation_id)
        if found.mode is Mode.joined and head.owner is Owner.agent:
            await self._say(head, "utter_handoff_colleague_left", user)
        else:
            await self._tell_desk(conversation_id)

    async def take_over(self, conversation_id: str, user: User) -> Conversation:
        """A supervisor becomes the owner."""
        if not user.may("supervisor"):
            raise Forbidden("Only supervisors take over. Ask for a transfer.")
        before = await self._conversations.head(conversation_id)
        head = await self._handoffs.take_over(conversation_id, user)
        await self.store.remove(conversation_id, user.id)
        if before.agent_id and before.agent_id != user.id:
            name = {language: user.shown_name(language) for language in ("zh", "en")}
            frame = {"type": "taken_over", "conversation_id": conversation_id, "by": {"user_id": user.id, "name": name}}
            await self._fanout.publish(desk_of(before.agent_id), frame)
        return head

    async def whisper(self, conversation_id: str, user: User, words: str) -> dict[str, Any]:
        """Say something in a chat that only its people at the desk see.

        Raises:
            NotInvited: the chat is not theirs, they are not in it, and they are no supervisor.
        """
        head = await self._conversations.head(conversation_id)
        inside = await self.store.of([conversation_id])
        ids = {item.user_id for item in inside}
        if user.id not in ids and head.agent_id != user.id and not user.may("supervisor"):
            raise NotInvited()
        whisper = await self.store.whisper(conversation_id, user.id, words, self._clock())
        assert whisper is not None, "a new id"
        return await self._tell_whisper(whisper, ids, head)

    async def whispered_elsewhere(self, conversation_id: str, user: User, words: str, whisper_id: str) -> None:
        """Keep and tell what somebody has said to colleagues at another desk; the same id again changes nothing."""
        whisper = await self.store.whisper(conversation_id, user.id, words, self._clock(), whisper_id)
        if whisper is not None:
            ids = {item.user_id for item in await self.store.of([conversation_id])}
            await self._tell_whisper(whisper, ids, await self._conversations.head(conversation_id))

    async def _tell_whisper(self, whisper: Whisper, inside: set[str], head: Conversation) -> dict[str, Any]:
        said = await self.whisper_json(whisper)
        for user_id in inside | {whisper.author_id} | ({head.agent_id} if head.agent_id else set()):
            frame = {"type": "whisper", "conversation_id": head.id, "whisper": said}
            await self._fanout.publish(desk_of(user_id), frame)
        return said

    async def whispers(self, conversation_id: str) -> list[dict[str, Any]]:
        """What was whispered in a chat, oldest first."""
        return [await self.whisper_json(item) for item in await self.store.whispers(conversation_id)]

    async def participants(self, conversation_ids: Sequence[str], viewer: User) -> dict[str, list[dict[str, Any]]]:
        """Conversation → who is in beside its owner, as `viewer` may know it: watching is seen by supervisors only."""
        found: dict[str, list[dict[str, Any]]] = {}
        for item in await self.store.of(conversation_ids):
            if item.mode is Mode.watching and not viewer.may("supervisor"):
                continue
            name = await self._handoffs.duty.name(item.user_id)
            row = {"user_id": item.user_id, "name": dict(name) if name else None, "mode": item.mode.value}
            found.setdefault(item.conversation_id, []).append(row)
        return found

    async def whisper_json(self, item: Whisper) -> dict[str, Any]:
        name = await self._handoffs.duty.name(item.author_id)
        author = {"user_id": item.author_id, "name": dict(name) if name else None}
        return {"id": item.id, "author": author, "text": item.text, "at": item.at.isoformat()}

    async def _with_a_person(self, conversation_id: str) -> Conversation:
        head = await self._conversations.head(conversation_id)
        if head.owner is not Owner.agent:
            raise NotFound("Nobody has this conversation. Take it instead.")
        return head

    async def _say(self, head: Conversation, name: str, user: User) -> None:
        text = self._wording.text(name, head.language, agent=user.shown_name(head.language))
        message, _new = await self._conversations.append(head.id, Draft(_SYSTEM, text), self._clock(), epoch=head.epoch)
        await self._fanout.publish(head.id, {"type": "message", "message": message.as_json()})
        await self._tell_desk(head.id)

    async def _tell_desk(self, conversation_id: str) -> None:
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": conversation_id})
