"""Why things are as they are, by name and with what they name: trainers' pages say it in either language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cause:
    """Why something is so, for a page to put into words.

    Attributes:
        case: which sentence.
        values: what the sentence names: intents, files, numbers.
    """

    case: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


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
