"""The output channel of a turn: it only collects. Nothing is sent before the turn's transaction has committed."""

from __future__ import annotations

import secrets
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.contracts import Author, AuthorKind, Button, Draft

_BOT = Author(AuthorKind.bot)


class CollectingChannel(OutputChannel):
    """Gathers what the assistant says as drafts for the ledger."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    @classmethod
    def name(cls) -> str:
        return "frontline"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Turn one bot utterance into one draft: text, buttons and a data card together."""
        text = str(message.get("text") or "")
        data = message.get("custom") or None
        if not text and not data:
            return
        self.drafts.append(
            Draft(
                author=_BOT,
                text=text,
                buttons=tuple(
                    Button(secrets.token_urlsafe(9), str(item["title"]), str(item["payload"]))
                    for item in message.get("buttons") or ()
                ),
                data=data,
            )
        )

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Required by the interface; `send_response` is what Rasa calls."""
        self.drafts.append(Draft(author=_BOT, text=text))
