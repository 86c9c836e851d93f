"""The operator's rules on a trainer's working copy: `data/policies/<topic>.yml`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, NotFound, Refused
from bot.handoff.model import User
from bot.policies.rules import LANGUAGES, NUMBER_FIELD, PolicyDataInvalid, SourceKind, Unit, load_policies
from bot.training.causes import Cause
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import edited, load, read_text, styled, write_text
from bot.training.data.model import DataFileWrong

_FOLDER = "data/policies"
_LONGEST = 1_000
_FIELDS = ("number", "text", "source", "source_kind", "effective_date", "enabled")


class PolicyRefused(Refused):
    """This cannot be a rule; the message says why."""

    code = "policy_refused"

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.more = {"cause": cause.as_json()}


class PolicyData:
    """Rules that customers may be told, with their values, sources and dates."""

    def __init__(self, copies: WorkingCopies) -> None:
        self._copies = copies

    async def all(self, user: User) -> list[dict[str, Any]]:
        """Every rule of my copy in the order of files and rows, those switched off included.

        Raises:
            DataFileWrong: one cannot be used.
        """
        async with self._copies.of(user) as root:
            return await asyncio.to_thread(read_policies, root)

    async def change(self, user: User, region: str, rule: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change `number`, `text` by language, `source`, `source_kind`, `effective_date` or `enabled`.

        Raises:
            NotFound: there is no such rule.
            BadRequest: a value cannot be one.
            PolicyRefused: a text does not name the number, or an enabled rule would rest on memory.
        """
        changes = _changes(body)

        def do(root: Path) -> dict[str, Any]:
            before = _found(read_policies(root), region, rule)
            _check({**before, **changes, "text": {**before["text"], **changes.get("text", {})}})
            path = before["path"]
            text = read_text(root, path)

            def change(document: Any) -> None:
                row = next(row for row in document["policies"] if (row["id"], row["region"]) == (rule, region))
                for key, value in changes.items():
                    if key == "number":
                        row["value"]["number"] = value
                    elif key == "text":
                        for language, words in value.items():
                            row["text"][language] = styled(row["text"][language], words)
                    else:
                        row[key] = styled(row[key], value) if key == "source" else value

            write_text(root, path, edited(text, path, change))
            try:
                return _found(read_policies(root), region, rule)
            except DataFileWrong:
                write_text(root, path, text)
                raise

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)


def read_policies(root: Path) -> list[dict[str, Any]]:
    """Every rule below `root`, its text as the file has it.

    Raises:
        DataFileWrong: a file cannot be read, or a row cannot be a rule; the message names it.
    """
    found = []
    for file in sorted((root / _FOLDER).glob("*.yml")):
        path = file.relative_to(root).as_posix()
        body = load(read_text(root, path), path)
        rows = body.get("policies") if isinstance(body, dict) else None
        found += [(path, row) for row in rows or () if isinstance(row, dict)]
    try:
        load_policies(root / _FOLDER)
    except PolicyDataInvalid as exc:
        # the message begins with the file's name, or says which rule stands twice
        name = exc.message.split(" ")[0]
        path = f"{_FOLDER}/{name}" if name.endswith(".yml") else _FOLDER
        raise DataFileWrong(path, None, Cause("file_rule"), exc.message) from exc
    return [_shown(path, row) for path, row in found]


def _shown(path: str, row: Mapping[str, Any]) -> dict[str, Any]:
    date = row["effective_date"]
    return {
        "id": row["id"],
        "region": row["region"],
        "topic": path.rsplit("/", 1)[-1].removesuffix(".yml"),
        "number": row["value"]["number"],
        "unit": row["value"]["unit"],
        "text": dict(row["text"]),
        "source": row["source"],
        "source_kind": row["source_kind"],
        "effective_date": date.isoformat() if date else None,
        "enabled": row["enabled"],
        "path": path,
    }


def _found(rules: list[dict[str, Any]], region: str, rule: str) -> dict[str, Any]:
    for item in rules:
        if (item["region"], item["id"]) == (region, rule):
            return item
    raise NotFound("No rule of this region has this id.")


def _check(rule: Mapping[str, Any]) -> None:
    names_it = [NUMBER_FIELD in words for words in rule["text"].values()]
    if rule["unit"] == Unit.CONDITION.value and any(names_it):
        raise PolicyRefused(
            Cause("rule_no_number"), f"This rule has no number, so its text does not name {NUMBER_FIELD}."
        )
    if rule["unit"] != Unit.CONDITION.value and not all(names_it):
        raise PolicyRefused(
            Cause("rule_number_missing"), f"The text names the value as {NUMBER_FIELD}, in both languages."
        )
    if rule["enabled"] and rule["source_kind"] == SourceKind.MEMORY.value:
        raise PolicyRefused(
            Cause("rule_memory"), "A rule that nobody has read anywhere cannot be in force. Read a source."
        )


def _changes(body: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: body[key] for key in _FIELDS if key in body}
    if not given:
        raise BadRequest(f"Send what to change: {', '.join(_FIELDS)}.")
    if "number" in given and (
        isinstance(given["number"], bool) or not isinstance(given["number"], (int, float)) or not given["number"] > 0
    ):
        raise BadRequest("number is above 0.")
    if "text" in given:
        texts = given["text"]
        if not isinstance(texts, dict) or not texts or set(texts) - set(LANGUAGES):
            raise BadRequest("text gives a sentence for zh, en or both.")
        given["text"] = {language: _words(words, "text") for language, words in texts.items()}
    if "source" in given:
        given["source"] = _words(given["source"], "source")
    if "source_kind" in given and given["source_kind"] not in [kind.value for kind in SourceKind]:
        raise BadRequest(f"source_kind is one of {', '.join(kind.value for kind in SourceKind)}.")
    if "enabled" in given and not isinstance(given["enabled"], bool):
        raise BadRequest("enabled is true or false.")
    if given.get("effective_date") is not None:
        try:
            given["effective_date"] = dt.date.fromisoformat(str(given["effective_date"]))
        except ValueError as exc:
            raise BadRequest("effective_date is a day such as 2027-03-31, or null.") from exc
    return given


def _words(value: object, name: str) -> str:
    words = value.strip() if isinstance(value, str) else ""
    if not words or len(words) > _LONGEST or "\n" in words:
        raise BadRequest(f"{name} is one line of 1 to {_LONGEST:,} characters.")
    return words
