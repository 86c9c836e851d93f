"""A real conversation as a test: what was said without whose it was, and what the bot answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.contracts import AuthorKind, Message
from bot.errors import Refused
from bot.training.causes import Cause, Failure
from bot.training.conversation_tests.model import Responses
from bot.training.examples import without_persons

#: slots whose values come from lists of ours, and so say what was understood; all others are whose and when
TOLD_SLOTS = ("language", "product", "symptom", "country")
#: where words are hidden; one asterisk alone is somebody's, as in *100#
MASKED = "**"
_OTP, _PHONE = "otp_code", "phone_number"
#: the need whose people have a code, and numbers that belong to nobody
_WITH_CODE, _WRONG_CODE, _NO_PHONE = "customer_otp", "000001", "13900001234"
_NAME_LIMIT = 60
_LEAST_PHRASE = 4
#: what differs from one customer and day to the next
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PASSING = re.compile(rf"[\d*¥$%:/@#]+|\b(?:{_MONTHS}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*\b|[，。；！？,.;!?\n]+")


class TestWrong(Refused):
    """This conversation cannot be a test. The message says which turn, and what is wrong."""

    code = "test_wrong"
    __test__ = False

    def __init__(self, message: str, cause: Cause) -> None:
        super().__init__(message)
        self.cause = cause
        self.more = {"cause": cause.as_json()}


@dataclass(frozen=True)
class Heard:
    """What the bot made of one message of the customer."""

    intent: str | None = None
    entities: Sequence[Mapping[str, Any]] = ()
    #: what the turn set, as it stood at its end
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RealConversation:
    """A conversation as it is stored. `seq` numbers its messages."""

    messages: Sequence[Message]
    #: seq of a customer's message → what was made of it
    heard: Mapping[int, Heard]
    #: at which message it went into the queue
    handed_over: frozenset[int]
    #: assurance at its end: anonymous, signed_in or otp
    assurance: str
    #: what the customer is good for, where they are one of the demo's
    need: str | None
    #: name of a fact of the demo's people → what it was of this customer
    facts: Mapping[str, str]


@dataclass(frozen=True)
class TestDraft:
    """A conversation test that is not written yet."""

    __test__ = False

    name: str
    intent: str | None
    #: as the file has it, see `model.CASE_KEYS`
    body: Mapping[str, Any]
    #: turns, from 1, whose words hold asterisks: somebody puts others there before they are played
    masked: tuple[int, ...]
    #: why it ends where it does, when that is before the conversation's end
    cut: Failure | None


def drafted(real: RealConversation, responses: Responses) -> TestDraft:
    """Make a test of a conversation, as far as the bot led it.

    Raises:
        TestWrong: the bot answered nothing in it.
    """
    turns, cut = _turns(real.messages)
    if not turns:
        nothing = cut or Failure("The customer has said nothing in this conversation yet.", Cause("test_unsaid"))
        raise TestWrong(nothing.error, nothing.cause)
    codes = [said.seq for said, _ in turns if _OTP in _kinds(real, said)]
    rows, masked = [], []
    for number, (said, answers) in enumerate(turns, 1):
        shown = [message for message in real.messages if message.seq < said.seq]
        row = _said(real, said, shown, codes)
        if MASKED in str(row.get("customer", "")):
            masked.append(number)
        rows.append({**row, **_expected(real, said, answers, responses)})
    first = next((said for said, _ in turns if not said.payload), turns[0][0])
    words = _without_whose(real, first, codes)
    body: dict[str, Any] = {"language": "zh" if re.search(r"[\u3400-\u9fff]", words) else "en"}
    if real.assurance == "signed_in":
        body["customer"] = real.need or "customer_basic"
    elif real.assurance == "otp":
        body["facts_of"] = _WITH_CODE
    intents = (real.heard[said.seq].intent for said, _ in turns if said.seq in real.heard)
    name = words if len(words) <= _NAME_LIMIT else words[: _NAME_LIMIT - 1] + "…"
    return TestDraft(name, next(filter(None, intents), None), {**body, "turns": rows}, tuple(masked), cut)


def _turns(messages: Sequence[Message]) -> tuple[list[tuple[Message, list[Message]]], Failure | None]:
    """Each message of the customer with what was answered, up to where it is the bot's no more, and why there."""
    turns: list[tuple[Message, list[Message]]] = []
    for message in messages:
        kind = message.author.kind
        if kind is AuthorKind.agent:
            return turns, Failure("From here on a person answered.", Cause("cut_agent"))
        if kind is AuthorKind.customer:
            if message.attachments:
                return turns, Failure("Here the customer sent a file, which a test cannot.", Cause("cut_file"))
            if turns and not turns[-1][1]:
                return turns[:-1], Failure("Here the customer wrote on before the bot answered.", Cause("cut_hurried"))
            turns.append((message, []))
        elif turns:
            turns[-1][1].append(message)
    if turns and not turns[-1][1]:
        return turns[:-1], Failure("The last message has no answer yet.", Cause("cut_waiting"))
    return turns, None


def _said(real: RealConversation, said: Message, before: Sequence[Message], codes: Sequence[int]) -> dict[str, Any]:
    buttons = next((message.buttons for message in reversed(before) if message.buttons), ())
    if said.payload:
        labels = [button.label for button in buttons]
        if said.text in labels:
            # a label with a day or a number in it is another one tomorrow
            first = next(place for place, label in enumerate(labels) if said.text in label)
            is_lasting = not _PASSING.search(said.text) and labels[first] == said.text
            return {"press": said.text if is_lasting else labels.index(said.text) + 1}
    return {"customer": _without_whose(real, said, codes)}


def _without_whose(real: RealConversation, said: Message, codes: Sequence[int]) -> str:
    """The words with the demo's facts, or asterisks, in place of what tells who somebody is."""
    text, heard = said.text, real.heard.get(said.seq, Heard())
    for item in sorted(heard.entities, key=lambda one: -int(one.get("start") or 0)):
        start, end, kind = int(item.get("start") or 0), int(item.get("end") or 0), item.get("entity")
        if kind == _OTP and real.assurance == "otp":
            text = f"{text[:start]}{'{otp}' if said.seq == codes[-1] else _WRONG_CODE}{text[end:]}"
        elif kind == _OTP:
            text = f"{text[:start]}{_WRONG_CODE}{text[end:]}"
        elif kind == _PHONE and real.assurance == "otp":
            text = f"{text[:start]}{{phone}}{text[end:]}"
    # longest first: one fact may be part of another
    for name, value in sorted(real.facts.items(), key=lambda fact: -len(fact[1])):
        text = text.replace(value, f"{{{name}}}")
    return _masked(text, said.text, heard.entities)


def _masked(text: str, original: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """What still stands of whose is hidden; a phone number becomes one of nobody."""
    for item in entities:
        words = original[int(item.get("start") or 0) : int(item.get("end") or 0)]
        place = text.find(words) if words else -1
        if place < 0:
            continue
        if item.get("entity") == _PHONE:
            text = text[:place] + _NO_PHONE + text[place + len(words) :]
        else:
            text = without_persons(text, [{**item, "start": place, "end": place + len(words)}])
    return without_persons(text, ())


def _expected(
    real: RealConversation, said: Message, answers: Sequence[Message], responses: Responses
) -> dict[str, Any]:
    replies = [_reply(answer.text, responses) for answer in answers if answer.author.kind is AuthorKind.bot]
    body: dict[str, Any] = {"replies": [reply for reply in replies if reply]}
    if said.seq in real.handed_over:
        body["owner"] = "queued"  # what is asked from now on is asked for the person
    elif answers and answers[-1].expects:
        body["expects"] = answers[-1].expects
    slots = real.heard.get(said.seq, Heard()).slots
    told = {name: slots[name] for name in TOLD_SLOTS if isinstance(slots.get(name), str)}
    if told:
        body["slots"] = told
    return body


def _reply(text: str, responses: Responses) -> dict[str, Any] | None:
    """The response that says it, else words of it that stay the same; None when nothing does."""
    fitting = [
        (_fixed(pattern.pattern), name)
        for name, patterns in responses.items()
        for pattern in patterns
        if pattern.fullmatch(text)
    ]
    if fitting and max(fitting)[0] >= _LEAST_PHRASE:
        return {"response": max(fitting)[1], "contains": []}
    phrases = sorted((phrase.strip() for phrase in _PASSING.split(text)), key=len, reverse=True)
    return {"contains": [phrases[0]]} if phrases and len(phrases[0]) >= _LEAST_PHRASE else None


def _fixed(pattern: str) -> int:
    """How many characters of a response are no variable."""
    return len(pattern.replace("(?s:.*)", "").replace("\\", ""))


def _kinds(real: RealConversation, said: Message) -> set[Any]:
    return {item.get("entity") for item in real.heard.get(said.seq, Heard()).entities}


def heard_of(turns: Iterable[Sequence[Mapping[str, Any]]]) -> dict[int, Heard]:
    """What was made of each message, from the tracker's events of each turn."""
    found: dict[int, Heard] = {}
    for events in turns:
        first = next((event for event in events if event.get("event") == "user"), None)
        seq = ((first or {}).get("metadata") or {}).get("seq")
        if first is None or not isinstance(seq, int):
            continue
        parsed = first.get("parse_data") or {}
        slots = {str(event.get("name")): event.get("value") for event in events if event.get("event") == "slot"}
        name = parsed.get("full_intent") or (parsed.get("intent") or {}).get("name")
        found[seq] = Heard(name, tuple(parsed.get("entities") or ()), slots)
    return found
