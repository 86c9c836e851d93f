"""What all calls of trainers share."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import DeskSessions
from bot.handoff.model import User
from bot.training.workbench import Workbench

BASE = "/api/v1/training"
ROLE = "trainer"


class TrainersOnly:
    """Knows who asks."""

    def __init__(self, sessions: DeskSessions) -> None:
        self._sessions = sessions

    async def _trainer(self, request: web.Request) -> User:
        """Raises Unauthorized or Forbidden unless a trainer asks."""
        return (await self._sessions.of(request, ROLE)).user


class TrainingChannel(TrainersOnly):
    """Has the workbench at hand."""

    def __init__(self, sessions: DeskSessions, workbench: Workbench) -> None:
        super().__init__(sessions)
        self._workbench = workbench
        self._beside = workbench.beside
