"""What customers thought, for supervisors; and whether the packet helped."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, words
from bot.desk.inbox.service import limit_of
from bot.desk.parts import DeskTools
from bot.desk.ratings.model import Subject
from bot.errors import BadRequest

_NOTE_LIMIT = 4_000


class RatingsChannel:
    """Low scores, their review, and the rating of packets."""

    def __init__(self, sessions: DeskSessions, tools: DeskTools) -> None:
        self._sessions = sessions
        self._tools = tools

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/ratings", self.list)
        router.add_post(BASE + "/ratings/{id}/review", self.review)
        router.add_post(BASE + "/conversations/{id}/packet_rating", self.rate_packet)

    async def list(self, request: web.Request) -> web.Response:
        """Ratings, newest first; `low=1` those of 1 or 2, `reviewed=0` those that nobody has looked at."""
        await self._sessions.of(request, "supervisor")
        asked = request.query
        reviewed = {"0": False, "1": True}.get(asked.get("reviewed", ""))
        limit = limit_of(asked.get("limit"))
        found = await self._tools.rating_store.conversations(
            low=asked.get("low") == "1", reviewed=reviewed, before=_moment(asked.get("after")), limit=limit + 1
        )
        shown = found[:limit]
        rated = await self._tools.rating_store.of([id_ for id_, _at in shown])
        served = {rating.agent_id for both in rated.values() for rating in both.values() if rating.agent_id}
        names = await self._tools.inbox.names(sorted(served))
        rows = []
        for id_, at in shown:
            both = rated[id_]
            agent, bot = both.get(Subject.agent), both.get(Subject.bot)
            rows.append(
                {
                    "conversation_id": id_,
                    "bot": bot.as_json() if bot else None,
                    "agent": agent.as_json() if agent else None,
                    "comment": next((item.comment for item in (agent, bot) if item and item.comment), None),
                    "at": at.isoformat(),
                    "agent_name": names.get(agent.agent_id or "") if agent else None,
                    "reviewed_at": next(
                        (item.reviewed_at.isoformat() for item in both.values() if item.reviewed_at), None
                    ),
                }
            )
        return web.json_response({"ratings": rows, "next": shown[-1][1].isoformat() if len(found) > limit else None})

    async def review(self, request: web.Request) -> web.Response:
        """I have looked at a rating, and this is what comes of it."""
        session = await self._sessions.of(request, "supervisor")
        note = words((await json_object(request)).get("note"), "note", _NOTE_LIMIT)
        await self._tools.ratings.review(request.match_info["id"], session.user, note or "")
        return web.json_response({"note": note})

    async def rate_packet(self, request: web.Request) -> web.Response:
        """Say whether the packet helped, and what it lacked."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        if not isinstance(body.get("useful"), bool):
            raise BadRequest("useful is true or false.")
        missing = words(body.get("missing"), "missing", _NOTE_LIMIT)
        rated = await self._tools.ratings.rate_packet(request.match_info["id"], session.user, body["useful"], missing)
        return web.json_response({"packet_rating": rated})


def _moment(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError as exc:
        raise BadRequest("after is the next of the page before.") from exc
    if moment.tzinfo is None:
        raise BadRequest("after is the next of the page before.")
    return moment
