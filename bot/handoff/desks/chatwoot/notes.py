"""What people at Chatwoot read of a hand-over: the packet and the transcript as private notes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.contracts import Author, AuthorKind, Message
from bot.handoff.model import Handoff
from bot.wording import Wording

#: most characters of one note; longer transcripts go on in the next
_NOTE_MOST = 20_000


def packet_note(handoff: Handoff, language: str, wording: Wording, link: str, *, is_first: bool) -> str:
    """Why, the summary, what is known with source and confidence, checks, promises, what is open.

    Args:
        is_first: whether it is the conversation's first hand-over to this desk.
    """
    packet = handoff.packet
    reason = wording.term("handoff_reasons", handoff.reason_code.value, language)
    title = wording.text("desk_note_title" if is_first else "desk_note_title_again", language, reason=reason)
    blocks = [f"**{title}**", _words(packet.get("summary"), language)]
    customer = packet.get("customer")
    if isinstance(customer, Mapping):
        blocks.append(
            wording.text(
                "desk_note_customer",
                language,
                customer=_words(customer.get("name"), language) or str(customer.get("id")),
                customer_class=customer.get("customer_class") or "-",
                assurance=wording.term("assurances", str(packet.get("assurance_level")), language),
            )
        )
    blocks.append(
        _list("desk_note_known", (_fact(slot, language, wording) for slot in _rows(packet, "slots")), language, wording)
    )
    blocks.append(
        _list(
            "desk_note_checks", (_check(row, language, wording) for row in _rows(packet, "checks")), language, wording
        )
    )
    blocks.append(_list("desk_note_promises", (_promise(row) for row in _rows(packet, "promises")), language, wording))
    if packet.get("open_question"):
        blocks.append(wording.text("desk_note_question", language, question=packet["open_question"]))
    counted = packet.get("messages")
    if isinstance(counted, Mapping):
        blocks.append(
            wording.text("desk_note_messages", language, count=counted.get("count"), digest=counted.get("sha256"))
        )
    blocks.append(wording.text("desk_note_link", language, link=link))
    return "\n\n".join(block for block in blocks if block)


def transcript_notes(messages: Sequence[Message], language: str, wording: Wording) -> list[str]:
    """The lines of a conversation in as many notes as they need, oldest first; none when there are none."""
    notes: list[str] = []
    title = f"**{wording.text('desk_note_transcript', language)}**"
    lines, length = [title], len(title)
    for message in messages:
        line = f"{message.seq}. {author_name(message.author, language, wording)}: {_shown(message)}"
        if length + len(line) > _NOTE_MOST:
            notes.append("\n".join(lines))
            lines, length = [title], len(title)
        lines.append(line)
        length += len(line) + 1
    return [*notes, "\n".join(lines)] if len(lines) > 1 else notes


def author_name(author: Author, language: str, wording: Wording) -> str:
    kind = wording.term("authors", author.kind.value, language)
    return f"{author.name} ({kind})" if author.kind is AuthorKind.agent and author.name else kind


def _shown(message: Message) -> str:
    files = "".join(f" [{item.get('name')}]" for item in message.attachments)
    return (message.text + files).strip()


def _list(title: str, lines: Iterable[str], language: str, wording: Wording) -> str:
    shown = [f"- {line}" for line in lines if line]
    return "\n".join([wording.text(title, language), *shown]) if shown else ""


def _fact(slot: Mapping[str, Any], language: str, wording: Wording) -> str:
    name, value = str(slot.get("name")), slot.get("value")
    if slot.get("source_seq") is None:
        return wording.text("desk_note_fact_inferred", language, fact=name, value=value)
    percent = round(float(slot.get("confidence") or 0) * 100)
    return wording.text("desk_note_fact", language, fact=name, value=value, seq=slot["source_seq"], percent=percent)


def _check(row: Mapping[str, Any], language: str, wording: Wording) -> str:
    return f"{wording.term('checks', str(row.get('name')), language)}: {row.get('result')}"


def _promise(row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[key]) for key in ("text", "due_at", "ticket_id") if row.get(key))


def _rows(packet: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [row for row in packet.get(name) or () if isinstance(row, Mapping)]


def _words(value: object, language: str) -> str:
    """A text, or one in several languages."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("zh") or "")
    return str(value) if value else ""
