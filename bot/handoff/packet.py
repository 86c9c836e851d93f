"""The packet that a person gets with a conversation: typed, versioned, made from what was recorded. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.contracts import AuthorKind, Conversation, Message, ReasonCode
from bot.wording import Wording

PACKET_VERSION = 2

#: wishes of the customer that the assistant has not come to
WAITING_WISHES = "waiting_wishes"
#: slot → [seq of the customer's message that set it, confidence 0 to 1]; kept by the assistant turn by turn
SOURCES = "slot_sources"

#: slots that belong to the dialogue itself and tell a person nothing
INTERNAL = frozenset(
    {"flow_stack", "language", "misses", "anger", "other_language_run", "checks", "promises", "verified", "assurance",
     "customer_id", "requested_slot", "session_started_metadata", "handoff_reason", "action_failed", "desk_summary",
     "wish_now", "subject", "complaint_recorded", SOURCES}
)  # fmt: skip
_PRODUCT_SLOTS = ("fault_product", "product")
_WORDS_SHOWN = 160
_FACTS_SHOWN = 4


def transcript_digest(messages: Sequence[Message]) -> str:
    """sha256 over the lines `seq TAB author.kind TAB text LF`, in order, UTF-8, as stored."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.seq}\t{message.author.kind.value}\t{message.text}\n".encode())
    return digest.hexdigest()


def build_packet(
    conversation: Conversation,
    reason: ReasonCode,
    slots: Mapping[str, Any],
    messages: Sequence[Message],
    customer: Mapping[str, Any] | None,
    topic: str | None,
) -> dict[str, Any]:
    """The hand-over packet of the contract, without its summary.

    Args:
        messages: the whole transcript so far, oldest first.
        topic: the flow that was open, or the wish that was heard.
    """
    sources: Mapping[str, Any] = slots.get(SOURCES) or {}
    return {
        "version": PACKET_VERSION,
        "reason_code": reason.value,
        "language": conversation.language,
        "assurance_level": conversation.assurance.value,
        "customer": dict(customer) if customer else None,
        "topic": topic,
        "opening": _opening(messages),
        "slots": [
            packet_slot(name, _told(name, value), *(sources.get(name) or (None, None)))
            for name, value in sorted(slots.items())
            if name not in INTERNAL and value is not None
        ],
        "checks": list(slots.get("checks") or ()),
        "promises": list(slots.get("promises") or ()),
        "open_question": _open_question(messages),
        "messages": proof(messages),
    }


def proof(messages: Sequence[Message]) -> dict[str, Any]:
    """By what the console can check that it shows the whole transcript."""
    return {
        "count": len(messages),
        "first_seq": messages[0].seq if messages else 0,
        "last_seq": messages[-1].seq if messages else 0,
        "sha256": transcript_digest(messages),
    }


def packet_slot(name: str, value: Any, source_seq: int | None, confidence: float | None) -> dict[str, Any]:
    """One fact of a packet."""
    return {"name": name, "value": value, "source_seq": source_seq, "confidence": confidence}


def summary(packet: Mapping[str, Any], language: str, wording: Wording) -> str:
    """Three lines in `language`: why; what is known and done; what is open. Nothing that the packet does not say."""
    return "\n".join(
        (_why(packet, language, wording), _known(packet, language, wording), _open(packet, language, wording))
    )


def _why(packet: Mapping[str, Any], language: str, wording: Wording) -> str:
    reason = wording.term("handoff_reasons", str(packet["reason_code"]), language)
    opening = packet.get("opening")
    if not opening:
        return reason
    return wording.text("summary_said", language, reason=reason, words=str(opening["text"])[:_WORDS_SHOWN])


def _known(packet: Mapping[str, Any], language: str, wording: Wording) -> str:
    parts = []
    facts = [
        f"{wording.term('slots', slot['name'], language)}: {_value(slot, language, wording)}"
        for slot in packet["slots"]
        if wording.has_term("slots", slot["name"]) and not isinstance(slot["value"], (dict, list))
    ]
    if facts:
        parts.append(wording.joined(facts[:_FACTS_SHOWN], language))
    checks = [_check(check, language, wording) for check in packet["checks"]]
    if checks:
        parts.append(wording.text("summary_checked", language, checks=wording.joined(checks, language)))
    if not parts:
        return wording.text("summary_nothing_known", language)
    return wording.text("summary_known", language, facts=wording.joined(parts, language))


def _open(packet: Mapping[str, Any], language: str, wording: Wording) -> str:
    parts = [_promise(promise, language, wording) for promise in packet["promises"]]
    waiting = next((slot["value"] for slot in packet["slots"] if slot["name"] == WAITING_WISHES), None)
    if waiting:
        parts.append(wording.text("summary_wishes", language, wishes=waiting))
    if packet.get("open_question"):
        parts.append(wording.text("summary_question", language, question=str(packet["open_question"])[:_WORDS_SHOWN]))
    if not parts:
        return wording.text("summary_nothing_open", language)
    return wording.text("summary_open", language, parts=wording.joined(parts, language))


def _value(slot: Mapping[str, Any], language: str, wording: Wording) -> str:
    value = str(slot["value"])
    kind = "products" if slot["name"] in _PRODUCT_SLOTS else "fault_values"
    return wording.term(kind, value, language)


def _check(check: Mapping[str, Any], language: str, wording: Wording) -> str:
    name = wording.term("checks", str(check.get("name")), language)
    return f"{name} ({wording.term('check_results', str(check.get('result')), language)})"


def _promise(promise: Mapping[str, Any], language: str, wording: Wording) -> str:
    """In the words that the customer was told; the time and the ticket are added where these do not say them."""
    told, due, ticket_id = str(promise.get("text")), promise.get("due_at"), str(promise.get("ticket_id") or "")
    when = wording.moment(datetime.fromisoformat(due), language) if due else ""
    name = "summary_promise_said" if when in told else "summary_promise"
    words = wording.text(name, language, promise=told, due=when)
    return words if ticket_id in told else f"{words} {ticket_id}"


def _opening(messages: Sequence[Message]) -> dict[str, Any] | None:
    """The customer's first own words; a pressed button is none."""
    for message in messages:
        if message.author.kind is AuthorKind.customer and not message.payload and message.text:
            return {"seq": message.seq, "text": message.text}
    return None


def _open_question(messages: Sequence[Message]) -> str | None:
    """The bot's newest question, when the customer's next words asked for a person instead of answering."""
    asked = [message for message in messages if message.expects]
    if not asked:
        return None
    later = [message for message in messages if message.seq > asked[-1].seq]
    words = [message for message in later if message.author.kind is AuthorKind.customer]
    return asked[-1].text if len(words) <= 1 else None


def _told(name: str, value: Any) -> Any:
    """A slot's value as a person reads it: wishes that nobody has come to yet, in the customer's words."""
    if name == WAITING_WISHES:
        return "; ".join(str(wish["text"]) for wish in value)
    return value
