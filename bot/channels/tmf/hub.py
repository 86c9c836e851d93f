"""Listeners of TM Forum events: `POST` and `DELETE` below each API's `/hub`."""

from __future__ import annotations

from aiohttp import web

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import body_of, check_known, text_of
from bot.channels.tmf.references import Address
from bot.errors import BadRequest, Forbidden
from bot.outbox.model import Hub
from bot.outbox.service import HubService

#: the secret that this subscription's deliveries are signed with; told here and nowhere else
SECRET_HEADER = "X-Frontline-Secret"
_TEXT_MOST = 2_000


class HubRoutes:
    """Parse, call the hub service, serialise. A caller sees its own subscriptions only."""

    def __init__(self, api: str, hubs: HubService, address: Address) -> None:
        self._api = api
        self._hubs = hubs
        self._address = address

    async def subscribe(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Listen to events; the answer's X-Frontline-Secret signs what is sent."""
        body = await body_of(request)
        check_known(body, ("callback", "query", "@type", "@baseType", "@schemaLocation"), ours=("id",))
        callback = text_of(body, "callback", _TEXT_MOST)
        if callback is None:
            raise BadRequest("callback is the address that events are sent to.")
        query = body.get("query")
        if query is not None and not isinstance(query, str):
            raise BadRequest("query is a text such as eventType=NAME.")
        if caller.customer_id is not None:
            raise Forbidden("A key of one customer cannot listen to the events of all.")
        hub, secret = await self._hubs.subscribe(self._api, callback, (query or "").strip(), caller.id)
        href = self._address.seen_by(request).to(f"/tmf-api/{self._api}/v4/hub", hub.id)
        return web.json_response(_resource(hub), status=201, headers={"Location": href, SECRET_HEADER: secret})

    async def unsubscribe(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Stop listening; what has not been delivered is dropped."""
        await self._hubs.unsubscribe(self._api, request.match_info["id"], caller.id)
        return web.Response(status=204)


def _resource(hub: Hub) -> dict[str, str]:
    return {"id": hub.id, "callback": hub.callback, "query": hub.query}
