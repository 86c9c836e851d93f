"""Plays the conversations of `test_<topic>.yml` on the real service; compares what customers see and what is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import Pool
from tests.service import Customer, Service

FOLDER = Path(__file__).parent
_TURN_KEYS = {"customer", "press", "replies", "expects", "data", "owner", "slots", "not_contains"}


@dataclass(frozen=True)
class Case:
    topic: str
    name: str
    body: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.topic}: {self.name}"


def load_cases() -> list[Case]:
    cases = []
    for path in sorted(FOLDER.glob("test_*.yml")):
        for body in yaml.safe_load(path.read_text("utf-8"))["conversations"]:
            cases.append(Case(path.stem.removeprefix("test_"), body["name"], body))
    return cases


def play(case: Case, service: Service, pool: Pool) -> None:
    """Play one conversation; raises AssertionError with the transcript when it does not go as written."""
    customer, facts = pool.customer(case.body.get("customer"), case.body.get("language"))
    if case.body.get("facts_of"):
        facts = pool.take(case.body["facts_of"])
    try:
        for number, turn in enumerate(case.body["turns"], 1):
            unknown = set(turn) - _TURN_KEYS
            assert not unknown, f"turn {number} has unknown keys {unknown}"
            if "press" in turn:
                which = turn["press"]
                customer.press(which if isinstance(which, int) else _filled(which, facts))
            else:
                customer.say(_filled(str(turn["customer"]), facts))
            _check_turn(service, customer, turn, facts, number)
        _check_stored(service, customer, case.body.get("stored") or {})
        _check_packet(service, customer, case.body.get("packet") or ())
    except AssertionError as exc:
        raise AssertionError(f"{case}\n{exc}\n--- what was said ---\n{_script(customer)}") from None


def _check_turn(
    service: Service, customer: Customer, turn: Mapping[str, Any], facts: Mapping[str, Any], number: int
) -> None:
    texts = [reply["text"] for reply in customer.replies]
    position = 0
    for wanted in turn.get("replies") or ():
        while position < len(texts) and not _fits(texts[position], wanted, facts):
            position += 1
        assert position < len(texts), f"turn {number}: no reply fits {wanted}"
        position += 1
    for word in turn.get("not_contains") or ():
        assert not any(_filled(word, facts) in text for text in texts), f"turn {number}: a reply contains {word!r}"
    if "expects" in turn:
        found = (customer.replies[-1].get("expects") or {}).get("slot") if customer.replies else None
        assert found == turn["expects"], f"turn {number}: expects {found}, not {turn['expects']}"
    if "data" in turn:
        cards = [reply["data"] for reply in customer.replies if reply.get("data")]
        assert any(_includes(card, turn["data"], facts) for card in cards), (
            f"turn {number}: no card {turn['data']} in {cards}"
        )
    if "owner" in turn:
        assert customer.state["owner"] == turn["owner"], f"turn {number}: owner is {customer.state['owner']}"
    if "slots" in turn:
        row = service.sql("SELECT slots FROM conversations WHERE id = ?", customer.id)[0]
        slots = json.loads(row["slots"])
        for name, value in turn["slots"].items():
            value = _filled(value, facts) if isinstance(value, str) else value
            assert slots.get(name) == value, f"turn {number}: slot {name} is {slots.get(name)!r}, not {value!r}"


def _check_stored(service: Service, customer: Customer, stored: Mapping[str, Any]) -> None:
    for table, wanted in stored.items():
        rows = service.sql(f"SELECT * FROM {table} WHERE conversation_id = ?", customer.id)
        fields = {name: value for name, value in wanted.items() if name != "count"}
        fitting = [row for row in rows if all(row[name] == value for name, value in fields.items())]
        if "count" in wanted:
            assert len(fitting) == wanted["count"], f"{table}: {len(fitting)} rows fit {wanted}; stored are {rows}"
        else:
            assert fitting, f"{table}: no row fits {wanted}; stored are {rows}"


def _check_packet(service: Service, customer: Customer, words: Sequence[str]) -> None:
    """The hand-over packet tells the person this."""
    if not words:
        return
    rows = service.sql("SELECT packet FROM handoffs WHERE conversation_id = ?", customer.id)
    packet = json.loads(rows[-1]["packet"]) if rows else {}
    told = [str(slot["value"]) for slot in packet.get("slots", ())] + [str(packet.get("summary"))]
    for word in words:
        assert any(word in text for text in told), f"the packet does not tell {word!r}: {told}"


def _fits(text: str, wanted: Any, facts: Mapping[str, Any]) -> bool:
    if isinstance(wanted, str):
        return _filled(wanted, facts) in text
    if "contains" in wanted:
        words = wanted["contains"] if isinstance(wanted["contains"], list) else [wanted["contains"]]
        return all(_filled(str(word), facts) in text for word in words)
    return re.search(_filled(wanted["matches"], facts), text) is not None


def _includes(card: Mapping[str, Any], wanted: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(
        card.get(name) == (_filled(value, facts) if isinstance(value, str) else value) for name, value in wanted.items()
    )


def _filled(text: str, facts: Mapping[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(facts.get(found.group(1), found.group())), text)


def _script(customer: Customer) -> str:
    lines = []
    for message in customer.messages:
        extra = f"  [{' | '.join(item['label'] for item in message['buttons'])}]" if message.get("buttons") else ""
        card = f"  {json.dumps(message['data'], ensure_ascii=False)}" if message.get("data") else ""
        lines.append(f"{message['author']['kind']:>9}: {message['text']}{extra}{card}")
    return "\n".join(lines)
