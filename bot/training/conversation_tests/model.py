"""Conversations as tests: what is said, and what is expected. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.training.causes import Cause

#: keys of a conversation, and of a turn, in the order they are written
CASE_KEYS = ("name", "language", "customer", "facts_of", "turns", "stored", "packet")
TURN_KEYS = ("customer", "press", "replies", "not_contains", "data", "expects", "owner", "slots")
#: a reply is told by words in it, by a pattern, or by the response that it comes from
REPLY_KEYS = ("contains", "matches", "response")

Message = Mapping[str, Any]
Facts = Mapping[str, Any]
#: response → a pattern for each of its variations
Responses = Mapping[str, Sequence["re.Pattern[str]"]]

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Turn:
    """What the customer says or presses, and what is checked afterwards. `body` is the turn as the file has it."""

    line: int
    body: Mapping[str, Any]

    @property
    def said(self) -> str:
        """The words, or the button in brackets."""
        return f"[{self.body['press']}]" if "press" in self.body else str(self.body["customer"])


@dataclass(frozen=True)
class Case:
    """One conversation of `tests/conversations/test_<topic>.yml`."""

    path: str
    #: where it begins in the file, from 1
    line: int
    name: str
    turns: tuple[Turn, ...]
    language: str | None = None
    #: what the customer is good for, who is signed in
    customer: str | None = None
    #: what the person is good for whose facts fill the places in braces, without being signed in
    facts_of: str | None = None
    #: table → fields of a row that must be there, or `count` of such rows
    stored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: words that the hand-over packet tells
    packet: Sequence[str] = ()

    @property
    def topic(self) -> str:
        return self.path.rsplit("/", 1)[-1].removeprefix("test_").removesuffix(".yml")

    def __str__(self) -> str:
        return f"{self.topic}: {self.name}"


@dataclass(frozen=True)
class Failure:
    """Where a conversation went another way than written."""

    path: str
    name: str
    #: from 1; 0: what was stored, after the last turn
    turn: int
    said: str
    wanted: str
    got: str
    #: the two for a page
    cause: Cause
    line: int = 0
    #: all that was said, for people who read the failure
    script: str = ""

    def as_json(self) -> dict[str, Any]:
        told = {key: item for key, item in self.__dict__.items() if key not in ("script", "cause")}
        return {**told, **self.cause.as_json()}

    def __str__(self) -> str:
        place = f"turn {self.turn} ({self.said!r})" if self.turn else "at the end"
        return (
            f"{self.path}, line {self.line}, {self.name}, {place}: wanted {self.wanted}, got {self.got}\n{self.script}"
        )


@dataclass(frozen=True)
class ConversationResults:
    """What became of a set of conversations."""

    passed: int
    failed: tuple[Failure, ...]
    #: without starting the service
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "failed": [item.as_json() for item in self.failed],
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True)
class Difference:
    """What was wanted, and what came instead; in English, and for a page by a case and what it names."""

    wanted: str
    got: str
    cause: Cause


def filled(text: str, facts: Facts) -> str:
    """The text with facts in place of their names in braces."""
    return _PLACE.sub(lambda found: str(facts.get(found.group(1), found.group())), text)


def difference(
    turn: Turn, replies: Sequence[Message], owner: object, slots: Mapping[str, Any], facts: Facts, responses: Responses
) -> Difference | None:
    """Compare what came with what a turn expects; None when nothing is amiss.

    Args:
        replies: what was said in answer, in order; those wanted may stand among others.
        owner: who speaks now.
        slots: of the conversation, after the turn.
    """
    body, texts = turn.body, [str(reply["text"]) for reply in replies]
    position = 0
    for wanted in body.get("replies") or ():
        while position < len(texts) and not _fits(texts[position], wanted, facts, responses):
            position += 1
        if position == len(texts):
            what = _written(wanted)
            if not texts:
                return Difference(f"a reply that fits {what}", "no reply", Cause("no_reply", {"what": what}))
            came = " / ".join(texts)
            return Difference(f"a reply that fits {what}", came, Cause("other_reply", {"what": what, "came": came}))
        position += 1
    for word in body.get("not_contains") or ():
        for text in texts:
            if filled(str(word), facts) in text:
                unwanted = Cause("unwanted_words", {"what": str(word), "came": text})
                return Difference(f"no reply with {word!r}", text, unwanted)
    if "expects" in body:
        asked = (replies[-1].get("expects") or {}).get("slot") if replies else None
        if asked != body["expects"]:
            what = str(body["expects"])
            if not asked:
                return Difference(f"a question for {what}", "no question", Cause("no_question", {"what": what}))
            other = Cause("other_question", {"what": what, "came": str(asked)})
            return Difference(f"a question for {what}", f"a question for {asked}", other)
    if "data" in body:
        cards = [reply["data"] for reply in replies if reply.get("data")]
        if not any(_includes(card, body["data"], facts) for card in cards):
            what = _written(body["data"])
            if not cards:
                return Difference(f"a card with {what}", "no card", Cause("no_card", {"what": what}))
            came = _written(cards)
            return Difference(f"a card with {what}", came, Cause("other_card", {"what": what, "came": came}))
    if "owner" in body and owner != body["owner"]:
        speaks = Cause("other_owner", {"what": str(body["owner"]), "came": str(owner)})
        return Difference(f"owner {body['owner']}", f"owner {owner}", speaks)
    for name, value in (body.get("slots") or {}).items():
        value = filled(value, facts) if isinstance(value, str) else value
        if slots.get(name) != value:
            what, came = _written(value), _written(slots.get(name))
            slot = Cause("other_slot", {"slot": name, "what": what, "came": came})
            return Difference(f"{name} is {what}", f"{name} is {came}", slot)
    return None


def packet_difference(wanted: Sequence[str], packet: Mapping[str, Any]) -> Difference | None:
    """Compare what the hand-over packet tells with the words that it should."""
    told = [str(slot["value"]) for slot in packet.get("slots", ())] + [str(packet.get("summary"))]
    missing = next((word for word in wanted if not any(word in text for text in told)), None)
    if missing is None:
        return None
    came = " / ".join(told)
    lacks = Cause("packet_lacks", {"what": missing, "came": came})
    return Difference(f"a packet that tells {missing!r}", came, lacks)


def row_difference(table: str, wanted: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Difference | None:
    """Compare the rows that a conversation left in a table with what should be there."""
    fields = {name: value for name, value in wanted.items() if name != "count"}
    fitting = [row for row in rows if all(row[name] == value for name, value in fields.items())]
    if len(fitting) == wanted["count"] if "count" in wanted else fitting:
        return None
    what, came = _written(wanted), _written([{name: row[name] for name in fields} for row in rows])
    cause = Cause("other_rows", {"table": table, "what": what, "n": len(rows), "came": came})
    return Difference(f"in {table} {what}", f"{len(rows)} rows {came}", cause)


def script(messages: Sequence[Message]) -> str:
    """All that was said, a line a message, with buttons and cards."""
    lines = []
    for message in messages:
        labels = " | ".join(item["label"] for item in message.get("buttons") or ())
        card = f"  {_written(message['data'])}" if message.get("data") else ""
        lines.append(f"{message['author']['kind']:>9}: {message['text']}" + (f"  [{labels}]" if labels else "") + card)
    return "\n".join(lines)


def _fits(text: str, wanted: Any, facts: Facts, responses: Responses) -> bool:
    if isinstance(wanted, str):
        return filled(wanted, facts) in text
    if "response" in wanted and not any(pattern.fullmatch(text) for pattern in responses[wanted["response"]]):
        return False
    if "matches" in wanted and re.search(filled(wanted["matches"], facts), text) is None:
        return False
    words = wanted.get("contains", ())
    return all(filled(str(word), facts) in text for word in (words if isinstance(words, list) else [words]) if word)


def _includes(card: Mapping[str, Any], wanted: Mapping[str, Any], facts: Facts) -> bool:
    return all(
        card.get(name) == (filled(value, facts) if isinstance(value, str) else value) for name, value in wanted.items()
    )


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
