"""Where a conversation stands in its flows, what was heard, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Frame:
    flow: str
    step: str
    #: the step has been run; its branches are next
    done: bool = False
    #: a question is open
    waiting: bool = False
    #: an action is reading the answer
    resolving: bool = False
    #: the answer that is being read sounds like a no
    denied: bool = False
    #: what is being read as an answer may be another wish instead
    tentative: bool = False
    #: the question has been asked before, and something else has been talked about since
    repeat: bool = False
    misses: int = 0

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if value}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Frame":
        return cls(**body)


@dataclass(frozen=True)
class Heard:
    """A customer's message as understood."""

    text: str
    intent: str
    confidence: float
    #: entity → canonical value; the last mention wins
    entities: Mapping[str, Any]
    #: full intents with their confidence, best first
    ranking: tuple[tuple[str, float], ...] = ()


@dataclass
class Move:
    """What happens next. `action` is None when no flow has anything to do, so that rules may answer."""

    action: str | None
    stack: tuple[Frame, ...]
    sets: dict[str, Any] = field(default_factory=dict)
