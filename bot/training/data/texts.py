"""Responses on a trainer's working copy, and what stands in its files of articles."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, NotFound, Refused
from bot.handoff.model import User
from bot.knowledge.model import KnowledgeDataInvalid
from bot.knowledge.store import load_articles
from bot.training.causes import Cause
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import edited, load, read_text, styled, write_text
from bot.training.data.model import LANGUAGES, DataFileWrong

ARTICLES = "data/knowledge"
_VARIABLE = re.compile(r"\{(\w+)\}")
_LONGEST = 4_000
#: words that are put into sentences; not a file of responses (bot/wording.py)
_TERMS = "terms.yml"


class TextData:
    """What the bot says."""

    def __init__(self, copies: WorkingCopies) -> None:
        self._copies = copies

    async def responses(self, user: User) -> list[dict[str, Any]]:
        """Every response with its variables and how many variations it has in each language."""
        async with self._copies.of(user) as root:
            found = await asyncio.to_thread(read_responses, root)
        return [
            {
                "name": name,
                "topic": path.rsplit("/", 1)[-1].split(".")[0],
                "variables": variables_of(variations),
                "variations": {
                    language: sum(item["language"] == language for item in variations) for language in LANGUAGES
                },
            }
            for name, (path, variations) in found.items()
        ]

    async def response(self, user: User, name: str) -> dict[str, Any]:
        """A response with its variations in the order of the file.

        Raises:
            NotFound: there is none.
        """
        async with self._copies.of(user) as root:
            path, variations = await asyncio.to_thread(_response, root, name)
        return {"name": name, "path": path, "variables": variables_of(variations), "variations": variations}

    async def change_response(self, user: User, name: str, variation: object, text: object) -> dict[str, Any]:
        """Put other words into one variation.

        Raises:
            NotFound: no such response or variation.
            BadRequest: no text, or too long a one.
            Refused: it names a variable that the response does not have.
        """
        words = checked_words(text, "text")

        def do(root: Path) -> None:
            path, variations = _response(root, name)
            place = next((n for n, item in enumerate(variations) if item["id"] == variation), None)
            if place is None:
                raise NotFound(f"{name} has no variation of that id.")
            known = set(variables_of(variations))
            unknown = sorted(set(_VARIABLE.findall(words)) - known)
            if unknown:
                has = ", ".join(f"{{{item}}}" for item in sorted(known)) or "none"
                raise Refused(f"Nobody fills {{{unknown[0]}}} in {name}. Its variables: {has}.")

            def change(document: Any) -> None:
                row = document["responses"][name][place]
                row["text"] = styled(row["text"], words)

            write_text(root, path, edited(read_text(root, path), path, change))

        async with self._copies.of(user) as root:
            await asyncio.to_thread(do, root)
        return await self.response(user, name)

    async def preview(self, user: User, name: str, values: object) -> dict[str, Any]:
        """Every variation by language with values in place of its variables, as a customer would get it.

        Args:
            values: variable → text; one that is not given stays in its braces.

        Raises:
            NotFound: there is no such response.
            BadRequest: `values` gives something else than texts and numbers.
            Refused: it gives a variable that the response does not have.
        """
        given = _values(values)
        found = await self.response(user, name)
        unknown = sorted(given.keys() - set(found["variables"]))
        if unknown:
            raise Refused(f"{name} has no variable {{{unknown[0]}}}. Its variables: {', '.join(found['variables'])}.")
        shown: dict[str, Any] = {language: [] for language in LANGUAGES}
        for item in found["variations"]:
            labels = [{"label": _filled(str(button["title"]), given)} for button in item["buttons"]]
            shown[item["language"]].append({"id": item["id"], "text": _filled(item["text"], given), "buttons": labels})
        return {**shown, "missing": sorted(set(found["variables"]) - given.keys())}


def variables_of(variations: list[dict[str, Any]]) -> list[str]:
    """Names in braces, sorted."""
    return sorted({name for item in variations for name in _VARIABLE.findall(item["text"])})


def read_responses(root: Path) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Every response of a copy by name: its file and its variations.

    Raises:
        DataFileWrong: a file cannot be read.
    """
    found: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    for file in sorted((root / "data" / "responses").glob("*.yml")):
        if file.name == _TERMS:
            continue
        path = file.relative_to(root).as_posix()
        body = load(read_text(root, path), path)
        responses = body.get("responses") if isinstance(body, dict) else None
        if not isinstance(responses, dict):
            raise DataFileWrong(path, 1, Cause("file_responses"), "a file of responses has the key responses.")
        for name, rows in responses.items():
            if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
                raise DataFileWrong(
                    path, None, Cause("file_response", {"name": str(name)}), f"{name} is a list of variations."
                )
            found[name] = (path, [_variation(row) for row in rows])
    return found


def _variation(row: Mapping[str, Any]) -> dict[str, Any]:
    languages = [item.get("value") for item in row.get("condition") or () if item.get("name") == "language"]
    buttons = [{"title": item.get("title"), "payload": item.get("payload")} for item in row.get("buttons") or ()]
    return {
        "id": row.get("id"),
        "language": languages[0] if languages else "zh",
        "text": str(row.get("text") or ""),
        "buttons": buttons,
    }


def _response(root: Path, name: str) -> tuple[str, list[dict[str, Any]]]:
    found = read_responses(root).get(name)
    if found is None:
        raise NotFound(f"No response is called {name}.")
    return found


def read_articles(root: Path) -> dict[str, Any]:
    """Every article of a copy by id.

    Raises:
        DataFileWrong: one cannot be used; the message names the file and, where it is no YAML, the line.
    """
    folder = root / ARTICLES
    try:
        return load_articles(folder)
    except KnowledgeDataInvalid as exc:
        for file in sorted(folder.glob("*.yml")):
            path = file.relative_to(root).as_posix()
            load(read_text(root, path), path)  # says where it is no YAML
        # the message begins with the file's name
        name, _, problem = exc.message.partition(" ")
        raise DataFileWrong(f"{ARTICLES}/{name}", None, Cause("file_article"), problem) from exc


def _values(values: object) -> dict[str, str]:
    if not isinstance(values, dict) or not all(isinstance(item, (str, int, float)) for item in values.values()):
        raise BadRequest("values gives a text or a number for each variable.")
    return {name: str(item)[:_LONGEST] for name, item in values.items()}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def checked_words(value: object, name: str) -> str:
    words = value.strip() if isinstance(value, str) else ""
    if not words or len(words) > _LONGEST:
        raise BadRequest(f"{name} has 1 to {_LONGEST:,} characters.")
    return words
