"""Writes a conversation test into its file and takes one out; every other line stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import BadRequest, NotFound
from bot.training.causes import Cause
from bot.training.conversation_tests.drafts import MASKED, TestWrong
from bot.training.conversation_tests.files import FOLDER, cases_of, response_patterns, slot_names
from bot.training.conversation_tests.model import CASE_KEYS, TURN_KEYS, Case
from bot.training.data.files import read_text, write_text
from bot.training.data.model import DataFileWrong, checked_topic

_TURNS, _CHARACTERS, _NAME = 100, 4_000, 120
_ENDLESS = 10**9
_NOTHING: tuple[Any, ...] = (None, (), [], {})


class TestKnown(BadRequest):
    """A conversation of this name is a test already. Choose another name."""

    code = "test_known"
    __test__ = False


def written(case: Mapping[str, Any]) -> str:
    """A conversation as it stands in a file."""
    turns = [_tidied(turn) for turn in case["turns"]]
    ordered = {key: ({**case, "turns": turns})[key] for key in CASE_KEYS if case.get(key) not in _NOTHING}
    text: str = yaml.dump(
        [ordered],
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=_ENDLESS,
        default_flow_style=None,
    )
    return text


def _tidied(turn: Mapping[str, Any]) -> dict[str, Any]:
    """A turn without what says nothing."""
    rows = turn.get("replies")
    replies = rows
    if isinstance(rows, list):
        tidied = [_filled(row) if isinstance(row, dict) else row for row in rows]
        replies = [row for row in tidied if row]
    ordered = {**{key: turn[key] for key in TURN_KEYS if key in turn}, **turn, "replies": replies}
    return {key: value for key, value in ordered.items() if value not in _NOTHING}


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in _NOTHING}


def add_case(root: Path, topic: object, body: Mapping[str, Any]) -> Case:
    """Put a conversation at the end of `test_<topic>.yml`, which is made if it is not there.

    Raises:
        BadRequest: the topic or name cannot be one.
        TestKnown: the file has a conversation of this name.
        TestWrong: a turn cannot be checked; the message says which and why.
        DataFileWrong: the file cannot be read.
    """
    path = f"{FOLDER}/test_{checked_topic(topic)}.yml"
    slots, responses = slot_names(root), response_patterns(root)
    _check_turns(_checked(body), path, slots, responses)
    block = written(body)
    before = read_text(root, path) if (root / path).is_file() else "conversations:\n"
    if before != "conversations:\n":
        known = cases_of(before, path, slots, responses)
        if any(case.name == body["name"] for case in known):
            raise TestKnown()
        block = _as_indented(before, known, block)
    text = f"{before.rstrip()}\n\n{block}" if before != "conversations:\n" else before + block
    try:
        case = cases_of(text, path, slots, responses)[-1]
    except DataFileWrong as exc:
        raise TestWrong(exc.problem, exc.cause) from exc
    write_text(root, path, text)
    return case


def take_case(root: Path, path: object, name: object) -> str:
    """Take a conversation out of its file; with its last one the file goes.

    Raises:
        NotFound: there is no such file or conversation.
    """
    if not isinstance(path, str) or not isinstance(name, str) or Path(path).parent.as_posix() != FOLDER:
        raise BadRequest("path and name are those of a conversation test.")
    if not (root / path).is_file():
        raise NotFound("There is no such file of conversation tests.")
    text = read_text(root, path)
    cases = cases_of(text, path, slot_names(root), response_patterns(root))
    place = next((number for number, case in enumerate(cases) if case.name == name), None)
    if place is None:
        raise NotFound("The file has no conversation of this name any more.")
    if len(cases) == 1:
        (root / path).unlink()
        return path
    lines = text.splitlines(keepends=True)
    end = cases[place + 1].line - 1 if place + 1 < len(cases) else len(lines)
    while place + 1 < len(cases) and lines[end - 1].lstrip().startswith("#"):
        end -= 1  # what is said of the next one stays with it
    write_text(root, path, ("".join(lines[: cases[place].line - 1]) + "".join(lines[end:])).rstrip() + "\n")
    return path


def _checked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    name, turns = body.get("name"), body.get("turns")
    if not isinstance(name, str) or not name.strip() or len(name) > _NAME or "\n" in name:
        raise BadRequest(f"name says in one line of at most {_NAME} characters what the conversation shows.")
    if not isinstance(turns, list) or not turns:
        raise TestWrong("The conversation has no turns.", Cause("test_empty"))
    if len(turns) > _TURNS:
        many = Cause("test_long", {"count": len(turns), "most": _TURNS})
        raise TestWrong(f"The conversation has {len(turns)} turns; at most {_TURNS} are played.", many)
    return body


def _check_turns(body: Mapping[str, Any], path: str, slots: Any, responses: Any) -> None:
    """Each by itself, so that what is wrong is told with the number of its turn."""
    for number, turn in enumerate(body["turns"], 1):
        if not isinstance(turn, dict):
            raise TestWrong(
                f"Turn {number}: a turn says what the customer says or presses.", Cause("test_turn", {"turn": number})
            )
        if len(str(turn.get("customer", ""))) > _CHARACTERS:
            raise TestWrong(
                f"Turn {number}: a customer's message has at most {_CHARACTERS:,} characters.",
                Cause("test_long_message", {"turn": number, "most": _CHARACTERS}),
            )
        if MASKED in str(turn.get("customer", "")):
            raise TestWrong(
                f"Turn {number}: put other words in place of the asterisks, or a fact such as {{phone}}.",
                Cause("test_masked", {"turn": number}),
            )
        try:
            cases_of("conversations:\n" + written({"name": "one", "turns": [turn]}), path, slots, responses)
        except (DataFileWrong, yaml.YAMLError) as exc:
            cause = exc.cause if isinstance(exc, DataFileWrong) else Cause("file_yaml")
            raise TestWrong(f"Turn {number}: {getattr(exc, 'problem', exc)}", cause.at(turn=number)) from exc


def _as_indented(text: str, known: list[Case], block: str) -> str:
    """The block standing in as far as the conversations that are there."""
    line = text.splitlines()[known[0].line - 1]
    # the mark of a node is where its first key stands, behind the dash
    space = line[: line.index("-")]
    return "".join(f"{space}{row}" for row in block.splitlines(keepends=True))


class _Dumper(yaml.SafeDumper):
    """Long lists of turns a line each, small ones in brackets; what looks like another type in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written once and pointed at: people edit these files."""
        return True
