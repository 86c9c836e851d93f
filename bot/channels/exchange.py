"""Putting together what other systems meet: API keys, events with their listeners and deliveries, dead letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.channels.tmf import keys
from bot.channels.tmf.attributes import EVENTS
from bot.channels.tmf.events import TmfEvents
from bot.channels.tmf.keys import ApiKeys
from bot.channels.tmf.references import Links
from bot.channels.tmf.store import HistoryTails, Surroundings
from bot.database import Database
from bot.errors import BadRequest
from bot.outbox.deliverer import Deliverer
from bot.outbox.service import HubService
from bot.outbox.store import OutboxStore
from bot.outbox.targets import Targets
from bot.secret_files import kept_secret
from bot.settings import Settings
from bot.tickets.links.store import LinkStore

_LIMIT_DEFAULT, _LIMIT_MOST = 50, 500


@dataclass(frozen=True)
class Exchange:
    """What the wiring needs of it."""

    api_keys: ApiKeys
    tails: HistoryTails
    events: TmfEvents
    hubs: HubService
    outbox: OutboxStore
    deliverer: Deliverer


def build_exchange(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Exchange:
    """Everything by which other systems hear of our records.

    Raises:
        SettingsError: FRONTLINE_HOOK_TARGETS cannot be read.
    """
    store, targets = OutboxStore(database), Targets.parse(settings.hook_targets)
    secret = kept_secret(settings.data_dir, "hooks.secret")
    tails = HistoryTails(database, settings.zone)
    hubs = HubService(store, targets, secret, EVENTS, clock)
    return Exchange(
        api_keys=ApiKeys(settings.data_dir),
        tails=tails,
        events=TmfEvents(
            database,
            store,
            tails,
            LinkStore(database, settings.zone),
            Surroundings(database, settings.zone),
            Links(settings.seen_at),
            clock,
        ),
        hubs=hubs,
        outbox=store,
        deliverer=Deliverer(store, targets, secret, hubs.parse, clock),
    )


class DeliveryChannel:
    """`/api/v1/operations/deliveries`: what listeners never took."""

    def __init__(self, hubs: HubService, api_keys: ApiKeys) -> None:
        self._hubs = hubs
        self._keys = api_keys

    def add_routes(self, router: web.UrlDispatcher) -> None:
        base = "/api/v1/operations/deliveries"
        router.add_get(base, self.dead)
        router.add_post(base + "/replay", self.replay_all)
        router.add_post(base + "/{delivery_id}/replay", self.replay)

    async def dead(self, request: web.Request) -> web.Response:
        """Dead letters, newest first: `{deliveries, total}`."""
        self._keys.check(request.headers.get("Authorization"), keys.OPERATIONS)
        offset, limit = _number(request, "offset", 0, 1_000_000), _number(request, "limit", _LIMIT_DEFAULT, _LIMIT_MOST)
        rows, total = await self._hubs.dead_letters(offset, limit)
        return web.json_response(
            {
                "deliveries": [
                    {
                        "delivery_id": row["id"],
                        "event_id": row["event_id"],
                        "event_type": row["event_type"],
                        "subject_id": row["subject_id"],
                        "hub_id": row["hub_id"],
                        "callback": row["callback"],
                        "attempts": row["attempts"],
                        "dead_at": row["dead_at"].isoformat(),
                        "error": row["error"],
                    }
                    for row in rows
                ],
                "total": total,
            }
        )

    async def replay(self, request: web.Request) -> web.Response:
        """Send a dead letter again."""
        self._keys.check(request.headers.get("Authorization"), keys.OPERATIONS)
        return web.json_response({"replayed": await self._hubs.replay(request.match_info["delivery_id"])}, status=202)

    async def replay_all(self, request: web.Request) -> web.Response:
        """Send every dead letter again."""
        self._keys.check(request.headers.get("Authorization"), keys.OPERATIONS)
        return web.json_response({"replayed": await self._hubs.replay(None)}, status=202)


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    given = request.query.get(name, str(default))
    if not given.isascii() or not given.isdigit() or len(given) > len(str(most)) or int(given) > most:
        raise BadRequest(f"{name} is a whole number from 0 to {most}.")
    return int(given)
