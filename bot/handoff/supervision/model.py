"""People in a chat beside its owner. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Mode(str, Enum):
    #: asked to come
    invited = "invited"
    #: reads along unseen
    watching = "watching"
    #: speaks beside the owner
    joined = "joined"


@dataclass(frozen=True)
class Participant:
    conversation_id: str
    user_id: str
    mode: Mode
    since: datetime
    invited_by: str | None = None


@dataclass(frozen=True)
class Whisper:
    """Words in a chat that only the desk sees."""

    id: str
    conversation_id: str
    author_id: str
    at: datetime
    text: str
