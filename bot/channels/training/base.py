"""What all calls of trainers share."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import DeskSessions
from bot.handoff.model import User
from bot.training.workbench import Workbench

BASE = "/api/v1/training"
ROLE = "trainer"


class TrainingChannel:
    """Knows who asks."""

    def __init__(self, sessions: DeskSessions, workbench: Workbench) -> None:
        self._sessions = sessions
        self._workbench = workbench

    async def _trainer(self, request: web.Request) -> User:
        """Raises Unauthorized or Forbidden unless a trainer asks."""
        return (await self._sessions.of(request, ROLE)).user
