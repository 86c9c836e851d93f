"""The customers' HTTP calls: parse, one service call, serialise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.channels.reading import bearer, json_object, sequence
from bot.channels.transcript import as_html, as_json, as_text
from bot.channels.uploads import file_headers, uploaded
from bot.contracts import AuthorKind, Message, Owner
from bot.conversations.attachments.service import AttachmentService
from bot.conversations.fanout import Subscription
from bot.conversations.service import ConversationService
from bot.conversations.store import Appended
from bot.desk.ratings.service import RatingService
from bot.errors import BadRequest, Unauthorized

_WAIT_S = 10.0
_METADATA_LIMIT = 50
_METADATA_CHARACTERS = 16_000


@dataclass
class Heard:
    """What was heard while an answer was waited for."""

    replies: list[Mapping[str, Any]] = field(default_factory=list)
    #: the conversation's as the turn left it, if the bot has it still
    state: Mapping[str, Any] | None = None


class RestChannel:
    """`/api/v1/conversations…` of the contract."""

    def __init__(
        self,
        conversations: ConversationService,
        files: AttachmentService,
        ratings: RatingService,
        welcome: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._service = conversations
        self._files = files
        self._ratings = ratings
        self._welcome = welcome

    def add_routes(self, router: web.UrlDispatcher) -> None:
        base = "/api/v1/conversations"
        router.add_post(base, self.open)
        router.add_post(base + "/{id}/messages", self.post_message)
        router.add_get(base + "/{id}/messages", self.get_messages)
        router.add_post(base + "/{id}/attachments", self.upload)
        router.add_get(base + "/{id}/attachments/{attachment_id}", self.download)
        router.add_post(base + "/{id}/handoff", self.ask_for_person)
        router.add_delete(base + "/{id}/handoff", self.leave_queue)
        router.add_post(base + "/{id}/rating", self.rate)
        router.add_get(base + "/{id}/transcript", self.transcript)

    async def open(self, request: web.Request) -> web.Response:
        """Open a conversation."""
        body = await json_object(request)
        language, metadata = body.get("language"), body.get("metadata") or {}
        if language not in (None, "zh", "en"):
            raise BadRequest('language is "zh" or "en".')
        token = body.get("identity_token")
        if token is not None and not isinstance(token, str):
            raise BadRequest("identity_token is a JWT, as a string.")
        if (
            not isinstance(metadata, dict)
            or len(metadata) > _METADATA_LIMIT
            or len(str(metadata)) > _METADATA_CHARACTERS
        ):
            raise BadRequest(
                f"metadata is an object of at most {_METADATA_LIMIT} entries and {_METADATA_CHARACTERS:,} characters."
            )
        opened = await self._service.open(language, token, {"client": metadata}, self._welcome())
        return web.json_response(
            {
                "conversation_id": opened.conversation.id,
                "token": opened.token,
                "language": opened.conversation.language,
                "messages": [message.as_json() for message in opened.messages],
            },
            status=201,
        )

    async def post_message(self, request: web.Request) -> web.Response:
        """Say something, press a button, or share an upload; with `wait=reply`, wait for the answer."""
        conversation_id = await allowed(self._service, request)
        body = await json_object(request)
        wait = request.query.get("wait")
        if wait not in (None, "reply"):
            raise BadRequest('wait is "reply" or left out.')
        with self._service.live(conversation_id) as events:
            taken = await take(self._service, conversation_id, body)
            message = taken.message
            if wait is None:
                return web.json_response({"message": message.as_json()}, status=202)
            heard = Heard()
            answered = await self._answered(conversation_id, taken, events, heard)
        state = heard.state or (await self._service.state(conversation_id)).as_json()
        # what the queue's bot asks meanwhile is no reply to the message
        replies = heard.replies or await self._replies(conversation_id, message) if answered else []
        body = {"message": message.as_json(), "replies": replies, "state": state}
        return web.json_response(body, status=200 if answered else 202)

    async def _answered(self, conversation_id: str, taken: Appended, events: Subscription, heard: Heard) -> bool:
        """Whether the bot answered the message within the time; False at once when it is a person's.

        Args:
            heard: takes what was heard while waiting.
        """
        message, head = taken.message, taken.head or await self._service.head(conversation_id)
        if head.answered_seq >= message.seq:
            # a repeated post finds it answered already; a person's conversation counts it as theirs
            return head.owner not in (Owner.agent, Owner.queued) or await self._was_handed_by(conversation_id, message)
        try:
            answered = await asyncio.wait_for(_until_answered(events, message.seq, heard), _WAIT_S)
        except asyncio.TimeoutError:
            return False
        if answered:
            return True
        heard.replies.clear()  # a hand-over is told before its last words
        return await self._was_handed_by(conversation_id, message)

    async def _replies(self, conversation_id: str, message: Message) -> list[Mapping[str, Any]]:
        later = await self._service.messages(conversation_id, message.seq)
        return [item.as_json() for item in later if item.author.kind is not AuthorKind.customer]

    async def _was_handed_by(self, conversation_id: str, message: Message) -> bool:
        """Whether bot words and the queue's notice follow the message, so that this was the turn that handed over."""
        kinds = [item.author.kind for item in await self._service.messages(conversation_id, message.seq)]
        return kinds[:1] == [AuthorKind.bot] and AuthorKind.system in kinds

    async def get_messages(self, request: web.Request) -> web.Response:
        """Everything after `after`."""
        conversation_id = await allowed(self._service, request)
        after = sequence(request.query.get("after", 0))
        found = await self._service.messages(conversation_id, after)
        state = await self._service.state(conversation_id)
        return web.json_response({"messages": [item.as_json() for item in found], "state": state.as_json()})

    async def upload(self, request: web.Request) -> web.Response:
        """Take one photo or PDF, multipart, at most 10 MB."""
        conversation_id = await allowed(self._service, request)
        name, body = await uploaded(request)
        await self._service.head(conversation_id)
        item = await self._files.upload(conversation_id, name, body)
        return web.json_response({"attachment_id": item.id, **item.as_json()}, status=201)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The uploaded file, for those who may read the conversation."""
        conversation_id = await allowed(self._service, request)
        item, path = await self._files.file(conversation_id, request.match_info["attachment_id"])
        return web.FileResponse(path, headers=file_headers(item.mime))

    async def ask_for_person(self, request: web.Request) -> web.Response:
        """Ask for a person."""
        conversation_id = await allowed(self._service, request)
        state = await self._service.ask_for_person(conversation_id)
        return web.json_response({"state": state.as_json()}, status=202)

    async def leave_queue(self, request: web.Request) -> web.Response:
        """Leave the queue."""
        conversation_id = await allowed(self._service, request)
        state = await self._service.leave_queue(conversation_id)
        return web.json_response({"state": state.as_json()})

    async def rate(self, request: web.Request) -> web.Response:
        """Rate the conversation."""
        conversation_id = await allowed(self._service, request)
        await self._ratings.rate(conversation_id, await json_object(request))
        return web.json_response({"rated": True}, status=201)

    async def transcript(self, request: web.Request) -> web.Response:
        """The whole thread as txt, json or html."""
        conversation_id = await allowed(self._service, request)
        form = request.query.get("format", "txt")
        if form not in ("txt", "json", "html"):
            raise BadRequest("format is txt, json or html.")
        head = await self._service.head(conversation_id)
        found = await self._service.messages(conversation_id, 0)
        name = f"transcript-{head.created_at:%Y%m%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if form == "json":
            return web.json_response(as_json(head, found))
        render, kind = (as_text, "text/plain") if form == "txt" else (as_html, "text/html")
        return web.Response(text=render(head, found), content_type=kind, charset="utf-8", headers=headers)


async def allowed(service: ConversationService, request: web.Request) -> str:
    """The conversation of the path, if the token names it.

    Raises:
        ConversationNotFound: the token is good and the path names nothing.
        Unauthorized: no token, a wrong one, or one of another conversation.
    """
    wanted = request.match_info["id"]
    named = service.conversation_of(bearer(request))
    if named != wanted:
        await service.head(wanted)
        raise Unauthorized("This token belongs to another conversation.")
    return wanted


async def take(service: ConversationService, conversation_id: str, body: Mapping[str, Any]) -> Appended:
    """Hand a message body (text, button or attachment) to the service; HTTP and WebSocket alike.

    Raises:
        BadRequest: none of the three, or two of them.
    """
    client_msg_id = body.get("client_msg_id")
    if "attachment_id" in body:
        return await service.attach(conversation_id, client_msg_id, body["attachment_id"], body.get("text"))
    if ("button_id" in body) == ("text" in body):
        raise BadRequest("Send client_msg_id with exactly one of text, button_id or attachment_id.")
    if "button_id" in body:
        return await service.press(conversation_id, client_msg_id, body["button_id"])
    return await service.say(conversation_id, client_msg_id, body["text"])


async def _until_answered(events: Subscription, seq: int, heard: Heard) -> bool:
    """Wait for the turn that answers `seq`; False when the conversation is not the bot's any more and none will."""
    while True:
        event = await events.get()
        if event["type"] == "message":
            message = event["message"]
            if message["seq"] > seq and message["author"]["kind"] != AuthorKind.customer.value:
                heard.replies.append(message)
        if event["type"] == "answered" and event["seq"] >= seq:
            heard.state = event.get("state")
            return True
        if event["type"] == "owner" and event["owner"] != Owner.bot.value:
            return False
