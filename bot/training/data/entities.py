"""The words that entities are found by, on a trainer's copy: `data/entities/<entity>.jsonl`, one pattern a line."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, Conflict, NotFound, Refused
from bot.handoff.model import User
from bot.training.causes import Cause
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import load, read_text, write_text
from bot.training.data.intents import read_all
from bot.training.data.model import DataFileWrong, read_marks

_FOLDER = "data/entities"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VALUE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_LONGEST = 100
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_MEND = "Mend the line, or discard your edits of this file."


class PatternKnown(Conflict):
    """These words are a pattern of this entity already; the message says where and for what."""

    code = "pattern_known"


class ValueUnknown(Refused):
    """No words stand for this value yet. Check how it is written, or say that it is a new one."""

    code = "value_unknown"


@dataclass(frozen=True)
class Pattern:
    """One line: words, or a condition for each token, and what they stand for."""

    line: int
    pattern: str | list[dict[str, Any]]
    id: str

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


class EntityData:
    """Reads and edits the patterns of a copy."""

    def __init__(self, copies: WorkingCopies) -> None:
        self._copies = copies

    async def all(self, user: User) -> list[dict[str, Any]]:
        """Every entity of the domain with its patterns in the order of their file, and the words that marks in examples
        give a value.

        Raises:
            DataFileWrong: a line cannot be read; the message names it.
        """
        async with self._copies.of(user) as root:
            return await asyncio.to_thread(_entities, root)

    async def add(self, user: User, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add words (`pattern`) that stand for a value (`id`), behind the others of that value.

        Args:
            body: `{pattern, id, new_value?}`; a value that has no words yet needs `new_value`.

        Raises:
            NotFound: no such entity.
            PatternKnown: the entity has these words already.
            ValueUnknown: nothing else stands for this value.
        """
        words, value = _words(body.get("pattern")), _value(body.get("id"))

        def do(root: Path) -> dict[str, Any]:
            path, patterns = _patterns(root, entity)
            _refuse_known(path, patterns, words)
            own = [item for item in patterns if item.id == value]
            if not own and body.get("new_value") is not True:
                raise ValueUnknown()
            lines = read_text(root, path).splitlines()
            place = own[-1].line if own else len(lines)
            lines.insert(place, _row(entity, words, value))
            write_text(root, path, "\n".join(lines) + "\n")
            return {"path": path, "line": place + 1, "entity": entity, "pattern": words, "id": value}

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)

    async def change(self, user: User, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Put other words, or another value, in place of a pattern of words: `{pattern, id, new_pattern?, new_id?}`.

        Raises:
            NotFound: no such entity or pattern.
            PatternKnown: the entity has the new words already.
            ValueUnknown: nothing stands for the new value.
        """
        words, value = _words(body.get("pattern")), _value(body.get("id"))
        new_words, new_value = _words(body.get("new_pattern", words)), _value(body.get("new_id", value))

        def do(root: Path) -> dict[str, Any]:
            path, patterns = _patterns(root, entity)
            found = _found(patterns, words, value)
            _refuse_known(path, [item for item in patterns if item is not found], new_words)
            if not any(item.id == new_value for item in patterns):
                raise ValueUnknown()
            lines = read_text(root, path).splitlines()
            lines[found.line - 1] = _row(entity, new_words, new_value)
            write_text(root, path, "\n".join(lines) + "\n")
            return {"path": path, "line": found.line, "entity": entity, "pattern": new_words, "id": new_value}

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)

    async def remove(self, user: User, entity: str, body: Mapping[str, Any]) -> str:
        """Take a pattern of words out: `{pattern, id}`; which file it was in.

        Raises:
            NotFound: no such entity or pattern.
            Refused: it is the last one that stands for its value.
        """
        words, value = _words(body.get("pattern")), _value(body.get("id"))

        def do(root: Path) -> str:
            path, patterns = _patterns(root, entity)
            found = _found(patterns, words, value)
            if sum(item.id == value for item in patterns) == 1:
                raise Refused(f"These are the last words that stand for {value}. Add others first.")
            lines = read_text(root, path).splitlines()
            del lines[found.line - 1]
            write_text(root, path, "\n".join(lines) + "\n")
            return path

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)


def _entities(root: Path) -> list[dict[str, Any]]:
    domain = load(read_text(root, "domain.yml"), "domain.yml")
    named = [str(name) for name in domain.get("entities") or ()]
    files = sorted(file.stem for file in (root / _FOLDER).glob("*.jsonl"))
    synonyms: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in read_all(root):
        if "[" not in example.text:
            continue
        plain, marks = read_marks(example.text)
        for mark in marks:
            if mark.value is not None and plain[mark.start : mark.end] not in synonyms[mark.entity][mark.value]:
                synonyms[mark.entity][mark.value].append(plain[mark.start : mark.end])
    found = []
    for name in dict.fromkeys([*files, *named]):
        path, patterns = _patterns(root, name) if name in files else (None, [])
        found.append(
            {
                "entity": name,
                "path": path,
                "patterns": [item.as_json() for item in patterns],
                "synonyms": {value: list(words) for value, words in synonyms[name].items()},
            }
        )
    return found


def _patterns(root: Path, entity: str) -> tuple[str, list[Pattern]]:
    path = f"{_FOLDER}/{entity}.jsonl"
    if not _NAME.fullmatch(entity) or not (root / path).is_file():
        raise NotFound("No entity of this name is found by patterns.")
    found = []
    for number, row in enumerate(read_text(root, path).splitlines(), start=1):
        if not row.strip():
            continue
        try:
            entry = json.loads(row)
            pattern, value = entry["pattern"], entry["id"]
        except (ValueError, KeyError, TypeError):
            raise DataFileWrong(
                path, number, Cause("file_pattern"), f"a pattern is JSON with label, pattern and id. {_MEND}"
            ) from None
        if entry.get("label") != entity or not isinstance(pattern, (str, list)) or not isinstance(value, str):
            raise DataFileWrong(
                path,
                number,
                Cause("file_label", {"entity": entity}),
                f"a pattern here has the label {entity}, and a text as id. {_MEND}",
            )
        found.append(Pattern(number, pattern, value))
    return path, found


def _found(patterns: list[Pattern], words: str, value: str) -> Pattern:
    for item in patterns:
        if item.pattern == words and item.id == value:
            return item
    raise NotFound("The entity has no such words for this value any more. Read it again.")


def _refuse_known(path: str, patterns: list[Pattern], words: str) -> None:
    for item in patterns:
        if isinstance(item.pattern, str) and item.pattern.casefold() == words.casefold():
            raise PatternKnown(f"{path}, line {item.line}: these words stand for {item.id} already.")


def _row(entity: str, words: str, value: str) -> str:
    return json.dumps({"label": entity, "pattern": words, "id": value}, ensure_ascii=False)


def _words(value: object) -> str:
    words = " ".join(value.split()) if isinstance(value, str) else ""
    if not words or len(words) > _LONGEST or _UNPRINTABLE.search(words):
        raise BadRequest(f"pattern is words of at most {_LONGEST} characters.")
    return words


def _value(value: object) -> str:
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise BadRequest("id is what the words stand for, such as broadband: letters, digits, _ . -")
    return value
