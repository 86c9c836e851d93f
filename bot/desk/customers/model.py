"""What a list and the search know of a customer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Card:
    customer_id: str
    name_zh: str
    name_en: str
    #: E.164
    phone: str
    account_number: str
    #: such as vip; None when the operator does not say
    customer_class: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As a row of a list shows it."""
        return {
            "id": self.customer_id,
            "name": {"zh": self.name_zh, "en": self.name_en},
            "customer_class": self.customer_class,
        }


@dataclass(frozen=True)
class Past:
    """An earlier conversation of a customer."""

    conversation_id: str
    at: datetime
    owner: str
    #: of its newest hand-over; None when the bot had it alone
    reason_code: str | None
    summary: str | None
    solved: bool | None
    #: what the customer wrote first
    first_words: str | None
