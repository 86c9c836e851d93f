"""The console's calls, `/api/v1/desk`: a cookie session, then one service call each."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.acts import ActsChannel
from bot.channels.desk.callbacks import CallbacksChannel
from bot.channels.desk.conversations import ConversationsChannel
from bot.channels.desk.dashboard import DashboardChannel
from bot.channels.desk.live import LiveChannel
from bot.channels.desk.queue import QueueChannel
from bot.channels.desk.ratings import RatingsChannel
from bot.channels.desk.session import DeskSessions, SessionChannel
from bot.channels.desk.supervision import SupervisionChannel
from bot.channels.desk.tools import ToolsChannel
from bot.conversations.fanout import Fanout
from bot.conversations.service import ConversationService
from bot.conversations.store import ConversationStore
from bot.desk.parts import DeskTools
from bot.handoff.parts import Floor
from bot.handoff.people.accounts import DeskAccounts
from bot.services import Services


def add_desk_routes(
    router: web.UrlDispatcher,
    sessions: DeskSessions,
    accounts: DeskAccounts,
    desk: Floor,
    conversations: ConversationService,
    store: ConversationStore,
    services: Services,
    tools: DeskTools,
    fanout: Fanout,
    open_sockets: set[web.WebSocketResponse],
) -> None:
    """Everything that an agent's console asks for."""
    clock, handoffs = services.clock, desk.handoffs
    SessionChannel(sessions, accounts, handoffs.duty, tools.settings, services.zone.key).add_routes(router)
    QueueChannel(sessions, handoffs, desk.router, clock).add_routes(router)
    CallbacksChannel(sessions, desk.choices, tools.directory).add_routes(router)
    DashboardChannel(sessions, desk.dashboard).add_routes(router)
    SupervisionChannel(sessions, handoffs, desk.supervision).add_routes(router)
    ConversationsChannel(sessions, desk, conversations, store, services, tools).add_routes(router)
    ActsChannel(sessions, handoffs, tools).add_routes(router)
    ToolsChannel(sessions, tools, services.knowledge, clock).add_routes(router)
    RatingsChannel(sessions, tools).add_routes(router)
    LiveChannel(sessions, handoffs, store, tools, fanout, open_sockets).add_routes(router)
