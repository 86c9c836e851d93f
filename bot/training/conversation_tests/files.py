"""Reads `tests/conversations/test_<topic>.yml`. What is wrong in one is told with its file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.operator.demo.needs import ADDRESSES
from bot.operator.demo.people import NEEDS
from bot.schema import metadata
from bot.training.causes import Cause
from bot.training.conversation_tests.model import CASE_KEYS, REPLY_KEYS, TURN_KEYS, Case, Responses, Turn
from bot.training.data.files import load, read_text
from bot.training.data.model import LANGUAGES, DataFileWrong

FOLDER = "tests/conversations"
_TERMS = "terms.yml"
_OWNERS = ("bot", "queued", "agent", "closed")
_PEOPLE = (*NEEDS, ADDRESSES)
_VARIABLE = re.compile(r"\\\{\w+\\\}")


def paths(root: Path) -> list[str]:
    """The files of a checkout, by name."""
    return [file.relative_to(root).as_posix() for file in sorted((root / FOLDER).glob("test_*.yml"))]


def read_cases(root: Path) -> list[Case]:
    """Every conversation of a checkout, in the order of files and lines.

    Raises:
        DataFileWrong: one says something that cannot be checked; the message names file, line and what is wrong.
    """
    slots, responses = slot_names(root), response_patterns(root)
    return [case for path in paths(root) for case in cases_of(read_text(root, path), path, slots, responses)]


def slot_names(root: Path) -> frozenset[str]:
    """Slots of the domain."""
    return frozenset(load(read_text(root, "domain.yml"), "domain.yml").get("slots") or ())


def response_patterns(root: Path) -> Responses:
    """For each response what its variations look like with anything in place of their variables."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for file in sorted((root / "data" / "responses").glob("*.yml")):
        path = file.relative_to(root).as_posix()
        if file.name == _TERMS:
            continue
        for name, variations in (load(read_text(root, path), path).get("responses") or {}).items():
            texts = [str(item.get("text") or "").strip() for item in variations]
            found[name] = [re.compile(_VARIABLE.sub("(?s:.*)", re.escape(text))) for text in texts if text]
    return found


def cases_of(text: str, path: str, slots: Collection[str], responses: Collection[str]) -> list[Case]:
    """The conversations of a file.

    Args:
        slots: names that the domain has.
        responses: names that `data/responses` has.
    """
    return _Reader(path, slots, responses).read(text)


class _Reader:
    def __init__(self, path: str, slots: Collection[str], responses: Collection[str]) -> None:
        self._path, self._slots, self._responses = path, slots, responses

    def read(self, text: str) -> list[Case]:
        load(text, self._path)  # says where it is no YAML
        top = self._keys(yaml.compose(text, yaml.CSafeLoader), ("conversations",), "a file of conversations")
        if not isinstance(top.get("conversations"), yaml.SequenceNode):
            raise DataFileWrong(
                self._path, 1, Cause("test_file"), "the file begins with “conversations:” and their list."
            )
        cases: list[Case] = []
        for node in top["conversations"].value:
            case = self._case(node)
            if any(case.name == other.name for other in cases):
                raise self._wrong(
                    node,
                    Cause("test_name_twice", {"name": case.name}),
                    f"two conversations are called {case.name!r}. Name one otherwise.",
                )
            cases.append(case)
        return cases

    def _case(self, node: yaml.Node) -> Case:
        keys = self._keys(node, CASE_KEYS, "a conversation")
        body = {name: _plain(value) for name, value in keys.items() if name != "turns"}
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise self._wrong(node, Cause("test_name"), "a conversation has a name that says what it shows.")
        turns = keys.get("turns")
        if not isinstance(turns, yaml.SequenceNode) or not turns.value:
            raise self._wrong(node, Cause("test_turns", {"name": name}), f"{name!r} has no turns.")
        self._one_of(keys, body, "language", LANGUAGES)
        for key in ("customer", "facts_of"):
            self._one_of(keys, body, key, _PEOPLE)
        for table, wanted in (body.get("stored") or {}).items():
            self._check_stored(keys["stored"], table, wanted)
        packet = body.get("packet") or ()
        if not isinstance(packet, (list, tuple)) or any(not isinstance(word, str) for word in packet):
            raise self._wrong(keys["packet"], Cause("test_list", {"key": "packet"}), "packet is a list of words.")
        return Case(
            path=self._path,
            line=node.start_mark.line + 1,
            name=name,
            turns=tuple(self._turn(item) for item in turns.value),
            language=body.get("language"),
            customer=body.get("customer"),
            facts_of=body.get("facts_of"),
            stored=body.get("stored") or {},
            packet=packet,
        )

    def _turn(self, node: yaml.Node) -> Turn:
        keys = self._keys(node, TURN_KEYS, "a turn")
        body = {name: _plain(value) for name, value in keys.items()}
        if ("customer" in body) == ("press" in body):
            raise self._wrong(node, Cause("test_turn"), "a turn says either what the customer says or what is pressed.")
        said = body.get("customer", body.get("press"))
        if not str(said if said is not None else "").strip():
            raise self._wrong(node, Cause("test_silent"), "the customer says nothing in this turn.")
        for reply in self._list(keys, body, "replies"):
            self._check_reply(keys["replies"], reply)
        self._list(keys, body, "not_contains")
        self._one_of(keys, body, "owner", _OWNERS)
        for key in ("slots", "data"):
            if not isinstance(body.get(key, {}), dict):
                raise self._wrong(keys[key], Cause("test_values", {"key": key}), f"{key} gives a value for each name.")
        asked = [body["expects"]] if body.get("expects") is not None else []
        for key, names in (("expects", asked), ("slots", list(body.get("slots", ())))):
            unknown = next((name for name in names if name not in self._slots), None)
            if unknown is not None:
                raise self._wrong(
                    keys[key], Cause("test_slot", {"slot": str(unknown)}), f"domain.yml has no slot {unknown!r}."
                )
        return Turn(node.start_mark.line + 1, body)

    def _check_reply(self, node: yaml.Node, reply: Any) -> None:
        if isinstance(reply, str) and reply:
            return
        if not isinstance(reply, dict) or not reply:
            raise self._wrong(node, Cause("test_reply"), f"a reply is words, or has {' or '.join(REPLY_KEYS)}.")
        unknown = set(reply) - set(REPLY_KEYS)
        if unknown:
            raise self._wrong(
                node, Cause("test_reply"), f"a reply has {' or '.join(REPLY_KEYS)}, not {min(map(str, unknown))!r}."
            )
        if "response" in reply and reply["response"] not in self._responses:
            raise self._wrong(
                node,
                Cause("test_response", {"name": str(reply["response"])}),
                f"data/responses has no response {reply['response']!r}.",
            )
        if "matches" in reply:
            try:
                re.compile(str(reply["matches"]))
            except re.error as exc:
                raise self._wrong(
                    node,
                    Cause("test_pattern", {"pattern": str(reply["matches"])}),
                    f"{reply['matches']!r} is no pattern: {exc}.",
                ) from None

    def _check_stored(self, node: yaml.Node, name: str, wanted: Any) -> None:
        table = metadata.tables.get(name)
        if table is None or "conversation_id" not in table.c:
            raise self._wrong(
                node, Cause("test_table", {"table": name}), f"conversations leave nothing in a table {name!r}."
            )
        if not isinstance(wanted, dict):
            raise self._wrong(
                node, Cause("test_row", {"table": name}), f"{name} gives fields of a row, or their count."
            )
        unknown = next((field for field in wanted if field != "count" and field not in table.c), None)
        if unknown is not None:
            raise self._wrong(
                node,
                Cause("test_column", {"table": name, "column": str(unknown)}),
                f"the table {name} has no column {unknown!r}.",
            )

    def _list(self, keys: Mapping[str, yaml.Node], body: Mapping[str, Any], name: str) -> Sequence[Any]:
        value = body.get(name) or ()
        if not isinstance(value, (list, tuple)):
            raise self._wrong(keys[name], Cause("test_list", {"key": name}), f"{name} is a list.")
        return value

    def _one_of(
        self, keys: Mapping[str, yaml.Node], body: Mapping[str, Any], name: str, known: Collection[str]
    ) -> None:
        if body.get(name) is not None and body[name] not in known:
            raise self._wrong(
                keys[name],
                Cause("test_choice", {"key": name, "known": ", ".join(known), "got": str(body[name])}),
                f"{name} is one of {', '.join(known)}, not {body[name]!r}.",
            )

    def _keys(self, node: yaml.Node | None, known: Sequence[str], what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(
                node, Cause("test_keys", {"known": ", ".join(known)}), f"{what} has the keys {', '.join(known)}."
            )
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                raise self._wrong(
                    key,
                    Cause("test_key", {"key": name, "known": ", ".join(known)}),
                    f"{what} has no key {name!r}. It may have {', '.join(known)}.",
                )
            if name in found:
                raise self._wrong(key, Cause("test_key_twice", {"key": name}), f"{name} stands here twice.")
            found[name] = value
        return found

    def _wrong(self, node: yaml.Node | None, cause: Cause, problem: str) -> DataFileWrong:
        return DataFileWrong(self._path, node.start_mark.line + 1 if node is not None else 1, cause, problem)


def _plain(node: yaml.Node) -> Any:
    return yaml.constructor.SafeConstructor().construct_object(node, deep=True)
