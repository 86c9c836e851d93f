"""What an agent reaches for: macros, knowledge, mentions, customers, their own settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object
from bot.desk.inbox.service import limit_of
from bot.desk.notes.model import Mention
from bot.desk.parts import DeskTools
from bot.errors import BadRequest
from bot.handoff.model import User
from bot.knowledge.model import LANGUAGES, Hit
from bot.knowledge.service import MAX_HITS, KnowledgeService


class ToolsChannel:
    """Tools beside a conversation."""

    def __init__(
        self, sessions: DeskSessions, tools: DeskTools, knowledge: KnowledgeService, clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._tools = tools
        self._knowledge = knowledge
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_put(BASE + "/me/settings", self.set_settings)
        router.add_get(BASE + "/macros", self.macros)
        router.add_post(BASE + "/macros", self.add_macro)
        router.add_put(BASE + "/macros/{macro_id}", self.change_macro)
        router.add_delete(BASE + "/macros/{macro_id}", self.remove_macro)
        router.add_post(BASE + "/macros/{macro_id}/render", self.render_macro)
        router.add_get(BASE + "/knowledge", self.knowledge)
        router.add_get(BASE + "/conversations/{id}/suggestions", self.suggestions)
        router.add_get(BASE + "/customers/{customer_id}", self.customer)
        router.add_get(BASE + "/mentions", self.mentions)
        router.add_post(BASE + "/mentions/{mention_id}/read", self.read_mention)

    async def set_settings(self, request: web.Request) -> web.Response:
        """Set how my console looks and sounds."""
        session = await self._sessions.of(request)
        settings = await self._tools.settings.change(session.user, await json_object(request))
        return web.json_response({"settings": settings})

    async def macros(self, request: web.Request) -> web.Response:
        """Macros that I may use."""
        session = await self._sessions.of(request, *SERVING)
        found = await self._tools.macros.visible(session.user, _groups(session.user))
        return web.json_response({"macros": [macro.as_json() for macro in found]})

    async def add_macro(self, request: web.Request) -> web.Response:
        """Keep a macro of mine, or as a supervisor one for a group or for all."""
        session = await self._sessions.of(request, *SERVING)
        macro = await self._tools.macros.add(session.user, await json_object(request))
        return web.json_response(macro.as_json(), status=201)

    async def change_macro(self, request: web.Request) -> web.Response:
        """Put other words into a macro."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        macro = await self._tools.macros.change(session.user, request.match_info["macro_id"], body)
        return web.json_response(macro.as_json())

    async def remove_macro(self, request: web.Request) -> web.Response:
        """Drop a macro."""
        session = await self._sessions.of(request, *SERVING)
        await self._tools.macros.remove(session.user, request.match_info["macro_id"])
        return web.json_response({"removed": True})

    async def render_macro(self, request: web.Request) -> web.Response:
        """A macro filled for a conversation, and the variables that nobody knew."""
        session = await self._sessions.of(request, *SERVING)
        conversation_id = (await json_object(request)).get("conversation_id")
        if not isinstance(conversation_id, str):
            raise BadRequest("conversation_id says what to fill the macro from.")
        text, missing = await self._tools.macros.render(
            session.user, _groups(session.user), request.match_info["macro_id"], conversation_id
        )
        return web.json_response({"text": text, "missing": missing})

    async def knowledge(self, request: web.Request) -> web.Response:
        """Articles nearest in meaning to a question, best first."""
        await self._sessions.of(request, *SERVING)
        language = request.query.get("language", "zh")
        if language not in LANGUAGES:
            raise BadRequest('language is "zh" or "en".')
        limit = min(limit_of(request.query.get("limit", "5")), MAX_HITS)
        hits = self._knowledge.search(request.query.get("q", ""), language, limit)
        return web.json_response({"articles": [article_json(hit, language) for hit in hits]})

    async def suggestions(self, request: web.Request) -> web.Response:
        """Articles and macros that fit the customer's newest message."""
        session = await self._sessions.of(request, *SERVING)
        user = session.user
        found = await self._tools.suggestions.of(request.match_info["id"], user, _groups(user))
        language = found.language
        return web.json_response(
            {
                "seq": found.seq,
                "articles": [article_json(hit, language) for hit in found.articles],
                "macros": [
                    {"id": macro.id, "title": dict(macro.title), "text": macro.text[language]} for macro in found.macros
                ],
            }
        )

    async def customer(self, request: web.Request) -> web.Response:
        """All that is known of a customer; what the operator's system does not give is named."""
        session = await self._sessions.of(request, *SERVING)
        customer_id = request.match_info["customer_id"]
        profile = await self._tools.profiles.profile(customer_id)
        username = session.user.username
        await self._tools.audit.record(username, "customer_viewed", self._clock(), None, {}, subject_id=customer_id)
        return web.json_response(profile)

    async def mentions(self, request: web.Request) -> web.Response:
        """Notes that name me, newest first."""
        session = await self._sessions.of(request, *SERVING)
        limit, unread = limit_of(request.query.get("limit")), request.query.get("unread") == "1"
        found = await self._tools.notes.mentions(session.user, limit=limit, unread_only=unread)
        names = await self._tools.inbox.names(sorted({item.note.author_id for item in found}))
        return web.json_response(
            {"mentions": [{**_mention_json(item), "author": names.get(item.note.author_id)} for item in found]}
        )

    async def read_mention(self, request: web.Request) -> web.Response:
        """I have seen it."""
        session = await self._sessions.of(request, *SERVING)
        found = await self._tools.notes.mark_read(request.match_info["mention_id"], session.user)
        return web.json_response({"mention": _mention_json(found)})


def article_json(hit: Hit, language: str) -> dict[str, object]:
    """An article as the desk sees it: with where it is from and who keeps it."""
    article = hit.article
    return {
        "id": article.id,
        "title": article.title[language],
        "text": article.answer[language],
        "source": article.source,
        "review_date": article.review_date.isoformat(),
        "owner": article.owner,
        "score": round(hit.score, 3),
    }


def _mention_json(item: Mention) -> dict[str, object]:
    return {
        "id": item.id,
        "conversation_id": item.note.conversation_id,
        "note_id": item.note.id,
        "author_id": item.note.author_id,
        "text": item.note.text,
        "at": item.note.at.isoformat(),
        "read_at": item.read_at.isoformat() if item.read_at else None,
    }


def _groups(user: User) -> tuple[str, ...]:
    return user.groups
