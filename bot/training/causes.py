"""Why things are as they are, by name and with what they name: trainers' pages say it in either language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.errors import BotError


@dataclass(frozen=True)
class Cause:
    """Why something is so, for a page to put into words.

    Attributes:
        case: which sentence.
        values: what the sentence names: intents, files, numbers.
    """

    case: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def at(self, **place: str | int) -> Cause:
        """The same with where it is so."""
        return Cause(self.case, {**self.values, **place})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """Why something came to no end: in English, and for a page."""

    error: str
    cause: Cause

    @classmethod
    def of(cls, exc: BotError) -> Failure:
        """What an error says; its own cause where it has one, else the name of its kind."""
        cause = getattr(exc, "cause", None)
        return cls(exc.message, cause if isinstance(cause, Cause) else Cause(exc.code, {"said": exc.message}))

    @classmethod
    def told(cls, body: Mapping[str, Any]) -> Failure:
        """What `as_json` gave."""
        return cls(body["error"], Cause(**body["cause"]))

    def as_json(self) -> dict[str, Any]:
        return {"error": self.error, "cause": self.cause.as_json()}


@dataclass(frozen=True)
class Refusal:
    """Why something may not serve, and what to do.

    Attributes:
        rule: what was broken.
        why: in English, for whoever reads the API's answer.
        todo: likewise.
        cause: the same for a page; its case says both why and what to do.
    """

    rule: str
    why: str
    todo: str
    cause: Cause

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Refusal:
        """What `as_json` gave."""
        return cls(body["rule"], body["why"], body["todo"], Cause(body["case"], body["values"]))

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "why": self.why, "todo": self.todo, **self.cause.as_json()}
