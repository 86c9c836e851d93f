"""Rows of the ledger's tables as the contracts' objects, and back."""

from __future__ import annotations

from typing import Any

from bot.contracts import Assurance, Author, AuthorKind, Button, Conversation, Message, Owner
from bot.schema import messages

_MESSAGE_COLUMNS = tuple(column.name for column in messages.c)


def conversation_of(row: Any) -> Conversation:
    """The head of a conversation, from a row with `statements.HEAD_COLUMNS`."""
    return Conversation(
        id=row.id,
        language=row.language,
        owner=Owner(row.owner),
        epoch=row.epoch,
        last_seq=row.last_seq,
        answered_seq=row.answered_seq,
        assurance=Assurance(row.assurance),
        customer_id=row.customer_id,
        agent_id=row.agent_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        metadata=row.metadata or {},
        turns=row.turns,
    )


def message_of(row: Any, prefix: str = "") -> Message:
    """A message, from a row with all columns of its table under names that begin with `prefix`."""
    found = {name: row._mapping[prefix + name] for name in _MESSAGE_COLUMNS}
    return Message(
        conversation_id=found["conversation_id"],
        seq=found["seq"],
        id=found["id"],
        at=found["at"],
        author=Author(AuthorKind(found["author_kind"]), found["author_name"]),
        text=found["text"],
        client_msg_id=found["client_msg_id"],
        buttons=tuple(Button(**button) for button in found["buttons"] or ()),
        expects=found["expects"],
        attachments=tuple(found["attachments"] or ()),
        data=found["data"],
        payload=found["payload"],
    )


def row_of(message: Message) -> dict[str, Any]:
    """What to insert for a message."""
    return {
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "id": message.id,
        "client_msg_id": message.client_msg_id,
        "at": message.at,
        "author_kind": message.author.kind.value,
        "author_name": message.author.name,
        "text": message.text,
        "buttons": [button.__dict__ for button in message.buttons] or None,
        "expects": message.expects,
        "attachments": [dict(part) for part in message.attachments] or None,
        "data": dict(message.data) if message.data else None,
        "payload": message.payload,
    }
