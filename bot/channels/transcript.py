"""A conversation written out: text, JSON, HTML. Rendered from the ledger on demand, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from bot.contracts import Conversation, Message


def as_json(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
    """`{conversation_id, language, started_at, messages}`"""
    return {
        "conversation_id": conversation.id,
        "language": conversation.language,
        "started_at": conversation.created_at.isoformat(),
        "messages": [message.as_json() for message in messages],
    }


def as_text(conversation: Conversation, messages: Sequence[Message]) -> str:
    """One block a message: time in UTC, author, words, names of files."""
    blocks = [f"{conversation.id}\n{conversation.created_at.isoformat()}\n"]
    for message in messages:
        lines = [f"[{message.at:%Y-%m-%d %H:%M:%S} UTC] {_author(message)}:", message.text]
        lines += [f"  + {item['name']}" for item in message.attachments]
        blocks.append("\n".join(line for line in lines if line))
    return "\n\n".join(blocks) + "\n"


_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{id}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-left: 3px solid #8884; margin: 0 0 1rem; padding: .1rem 0 .1rem 1rem }}
.customer {{ border-color: #2f6feb }} .agent {{ border-color: #1a7f37 }}
header {{ font-size: .85rem; opacity: .75 }} p {{ margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere }}
</style></head><body><h1>{started}</h1>
{body}
</body></html>
"""


def as_html(conversation: Conversation, messages: Sequence[Message]) -> str:
    """A page of its own, with nothing loaded from elsewhere; all words escaped."""
    parts = []
    for message in messages:
        files = "".join(f"<p>📎 {escape(str(item['name']))}</p>" for item in message.attachments)
        parts.append(
            f'<article class="{message.author.kind.value}"><header>{escape(_author(message))} · '
            f"<time>{message.at:%Y-%m-%d %H:%M:%S} UTC</time></header><p>{escape(message.text)}</p>{files}</article>"
        )
    return _PAGE.format(
        language=escape(conversation.language),
        id=escape(conversation.id),
        started=f"{conversation.created_at:%Y-%m-%d %H:%M} UTC",
        body="\n".join(parts),
    )


def _author(message: Message) -> str:
    return f"{message.author.kind.value} {message.author.name or ''}".strip()
