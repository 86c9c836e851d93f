"""Customers who would rather be called. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.customers.numbers import masked


class CallState(str, Enum):
    open = "open"
    #: somebody is calling
    taken = "taken"
    #: the customer was reached
    done = "done"
    #: tried often enough
    missed = "missed"


@dataclass(frozen=True)
class Callback:
    id: str
    conversation_id: str
    handoff_id: str
    customer_id: str | None
    #: E.164
    phone: str
    language: str
    group_id: str
    requested_at: datetime
    #: None: as soon as somebody can
    wanted_at: datetime | None
    state: CallState
    agent_id: str | None = None
    tries: int = 0
    note: str | None = None
    ended_at: datetime | None = None

    def as_json(self, viewer_id: str | None = None) -> dict[str, Any]:
        """For the desk; the number is shown in full to who has taken the call."""
        shown = self.phone if viewer_id is not None and viewer_id == self.agent_id else masked(self.phone)
        return {
            "id": self.id,
            "conversation_id": self.conversation_id,
            "phone": shown,
            "wanted_at": self.wanted_at.isoformat() if self.wanted_at else None,
            "requested_at": self.requested_at.isoformat(),
            "group": self.group_id,
            "language": self.language,
            "state": self.state.value,
            "agent": self.agent_id,
            "tries": self.tries,
            "note": self.note,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }
