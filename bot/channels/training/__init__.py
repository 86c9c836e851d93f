"""The trainers' workbench, `/api/v1/training` (docs/training_api.md): the desk's session, then a service call each."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import DeskSessions
from bot.channels.training.copies import CopiesChannel
from bot.channels.training.entities import EntitiesChannel
from bot.channels.training.findings import FindingsChannel
from bot.channels.training.inbox import InboxChannel
from bot.channels.training.intents import IntentsChannel
from bot.channels.training.jobs import JobsChannel
from bot.channels.training.models import ModelsChannel
from bot.channels.training.policies import PoliciesChannel
from bot.channels.training.teach import TeachChannel
from bot.channels.training.tests import TestsChannel
from bot.channels.training.texts import TextsChannel
from bot.training.workbench import Workbench


def add_training_routes(router: web.UrlDispatcher, sessions: DeskSessions, workbench: Workbench) -> None:
    """Everything that the trainers' pages ask for."""
    CopiesChannel(sessions, workbench).add_routes(router)
    EntitiesChannel(sessions, workbench).add_routes(router)
    FindingsChannel(sessions, workbench).add_routes(router)
    InboxChannel(sessions, workbench).add_routes(router)
    IntentsChannel(sessions, workbench).add_routes(router)
    JobsChannel(sessions, workbench).add_routes(router)
    ModelsChannel(sessions, workbench).add_routes(router)
    PoliciesChannel(sessions, workbench).add_routes(router)
    TeachChannel(sessions, workbench).add_routes(router)
    TestsChannel(sessions, workbench).add_routes(router)
    TextsChannel(sessions, workbench).add_routes(router)
