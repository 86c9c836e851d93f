"""Intents and their examples on a trainer's working copy."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, Conflict
from bot.handoff.model import User
from bot.training.data.checks import domain_intents
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import (
    add_example,
    add_examples,
    add_intent,
    change_example,
    examples_of,
    nlu_files,
    read_examples,
    read_text,
    remove_example,
    with_item,
    without_item,
    write_text,
)
from bot.training.data.model import (
    LANGUAGES,
    OTHER,
    Edit,
    Example,
    ExampleKnown,
    IntentUnknown,
    Mark,
    checked_intent,
    checked_text,
    checked_topic,
    language_of,
    topic_of,
    with_marks,
)

_DOMAIN = "domain.yml"
_MOST_AT_ONCE = 500


class IntentData:
    """Reads the examples of a copy, and edits them."""

    def __init__(self, copies: WorkingCopies) -> None:
        self._copies = copies

    async def all(self, user: User, words: str | None = None, topic: str | None = None) -> list[dict[str, Any]]:
        """Every intent with how many examples it has in each language, in the order of the files.

        Args:
            words: only intents whose name or examples hold these letters.
            topic: only those of one topic's files.
        """
        async with self._copies.of(user) as root:
            examples = await asyncio.to_thread(read_all, root)
        sought = (words or "").casefold()
        found: dict[str, dict[str, Any]] = {}
        hits: set[str] = set()
        for item in examples:
            row = found.setdefault(
                item.intent,
                {"intent": item.intent, "topic": topic_of(item.path), "examples": dict.fromkeys(LANGUAGES, 0)},
            )
            row["examples"][item.language] += 1
            if sought in item.intent or sought in item.text.casefold():
                hits.add(item.intent)
        return [row for name, row in found.items() if name in hits and topic in (None, row["topic"])]

    async def one(self, user: User, intent: str) -> dict[str, Any]:
        """An intent with the examples of both languages side by side.

        Raises:
            IntentUnknown: no file has it.
        """
        async with self._copies.of(user) as root:
            examples = [item for item in await asyncio.to_thread(read_all, root) if item.intent == intent]
        if not examples:
            raise IntentUnknown(f"No file has examples of {intent}. Add it first.")
        sides = {name: [item for item in examples if item.language == name] for name in LANGUAGES}
        return {
            "intent": intent,
            "topic": topic_of(examples[0].path),
            "examples": {name: [item.as_json() for item in side] for name, side in sides.items()},
            "files": {name: side[0].path if side else None for name, side in sides.items()},
        }

    async def add(self, user: User, intent: str, language: str, text: str, marks: Sequence[Mark]) -> Edit:
        """Add one example.

        Raises:
            IntentUnknown: no file has the intent.
            ExampleKnown: it has the sentence already.
            MarksOverlap: two marks share characters.
        """
        example = with_marks(checked_text(text), marks)
        async with self._copies.of(user) as root:
            edits, known = await asyncio.to_thread(put_examples, root, intent, language, [example])
        if known:
            raise ExampleKnown(
                f"{known[example].path}, line {known[example].line}: {intent} has this sentence already."
            )
        return edits[0]

    async def change(
        self, user: User, intent: str, language: str, old: str, new: str, marks: Sequence[Mark] | None
    ) -> Edit:
        """Put other words into an example.

        Args:
            old: as the file has it.
            new: as the file shall have it, or without its marks when `marks` are given.

        Raises:
            ExampleNotFound: it is not there any more.
            ExampleKnown: the intent has the new words already.
        """
        example = checked_text(new) if marks is None else with_marks(checked_text(new), marks)

        def do(root: Path) -> Edit:
            path = file_of(root, intent, language)
            text, edit = change_example(read_text(root, path), path, intent, old, example)
            write_text(root, path, text)
            return edit

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)

    async def remove(self, user: User, intent: str, language: str, text: str) -> str:
        """Take an example out; returns the file.

        Raises:
            ExampleNotFound: it is not there any more.
        """
        async with self._copies.of(user) as root:
            return await asyncio.to_thread(take_example, root, intent, language, text)

    async def move(self, user: User, intent: str, language: str, texts: Sequence[str], to: str) -> list[Edit]:
        """Give examples to another intent, all of them or none.

        Raises:
            ExampleNotFound, ExampleKnown, IntentUnknown: as with taking out and adding.
        """
        if not texts or len(texts) > _MOST_AT_ONCE or to == intent:
            raise BadRequest(f"texts names 1 to {_MOST_AT_ONCE} examples, and to another intent.")

        def do(root: Path) -> list[Edit]:
            source, target = file_of(root, intent, language), file_of(root, to, language)
            contents = {path: read_text(root, path) for path in (source, target)}
            edits = []
            for text in texts:
                contents[source] = remove_example(contents[source], source, intent, text)
                contents[target], edit = add_example(contents[target], target, to, text)
                edits.append(edit)
            for path, content in contents.items():
                write_text(root, path, content)
            return edits

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(do, root)

    async def create(self, user: User, intent: object, topic: object, examples: object) -> list[Edit]:
        """Make an intent with its first examples in both languages; `domain.yml` gets its name.

        Raises:
            BadRequest: a name is no name, or a language has no example.
            Conflict: there is one of that name.
        """
        name, file, sides = checked_intent(intent), checked_topic(topic), checked_sides(examples, "examples")

        async with self._copies.of(user) as root:
            return await asyncio.to_thread(make_intent, root, name, file, sides)


def checked_sides(examples: object, key: str) -> dict[str, list[str]]:
    """Sentences by language, each once. Raises BadRequest, naming `key`, unless both languages have some."""
    body: Mapping[str, Any] = examples if isinstance(examples, dict) else {}
    sides: dict[str, list[str]] = {}
    for language in LANGUAGES:
        given = body.get(language)
        if not isinstance(given, list) or not 1 <= len(given) <= _MOST_AT_ONCE:
            raise BadRequest(f"{key} gives at least one sentence in zh and one in en.")
        sides[language] = list(dict.fromkeys(checked_text(text) for text in given))
    return sides


def read_all(root: Path) -> list[Example]:
    """Every example of a copy, file by file.

    Raises:
        DataFileWrong: a file cannot be read.
    """
    return [item for path in nlu_files(root) for item in read_examples(root, path)]


def file_of(root: Path, intent: str, language: str) -> str:
    """The file with the intent's examples in a language; where there are none yet, the one beside the other language's.

    Raises:
        IntentUnknown: no file has the intent.
    """
    beside: str | None = None
    for path in nlu_files(root):
        if any(item.intent == intent for item in read_examples(root, path)):
            if language_of(path) == language:
                return path
            beside = beside or path
    if beside is None:
        raise IntentUnknown(f"No file has examples of {intent}. Add it first.")
    return beside[: -len(f"{OTHER[language]}.yml")] + f"{language}.yml"


def put_examples(
    root: Path, intent: str, language: str, examples: Sequence[str]
) -> tuple[list[Edit], dict[str, Example]]:
    """Add examples to the files below `root`.

    Returns:
        What was added, and for each sentence that the intent has already, the example that it is.

    Raises:
        IntentUnknown: no file has the intent.
    """
    path = file_of(root, intent, language)
    text = read_text(root, path) if (root / path).is_file() else ""
    known: dict[str, Example] = {}
    if text and any(item.intent == intent for item in examples_of(text, path)):
        changed, edits, known = add_examples(text, path, intent, examples)
        write_text(root, path, changed)
        return edits, known
    write_text(root, path, add_intent(text, path, intent, examples))
    added = [item for item in read_examples(root, path) if item.intent == intent]
    return [Edit(path, item.line, intent, item.text) for item in added], known


def take_example(root: Path, intent: str, language: str, text: str) -> str:
    """Take an example out of the files below `root`; errors as `IntentData.remove`."""
    path = file_of(root, intent, language)
    left = remove_example(read_text(root, path), path, intent, text)
    if examples_of(left, path):
        write_text(root, path, left)
    else:
        (root / path).unlink()
    return path


def make_intent(root: Path, intent: str, topic: str, examples: Mapping[str, Sequence[str]]) -> list[Edit]:
    """Make an intent in the files below `root`; errors as `IntentData.create`."""
    if any(item.intent == intent for item in read_all(root)):
        raise Conflict(f"There is an intent {intent}. Add examples to it, or choose another name.")
    head = intent.split("/")[0]
    known = head in domain_intents(root)
    if known and head == intent:
        raise Conflict(f"{_DOMAIN} has {intent} already, for buttons or without examples. Choose another name.")
    if not known:
        write_text(root, _DOMAIN, with_item(read_text(root, _DOMAIN), _DOMAIN, "intents", head))
    edits: list[Edit] = []
    for language, texts in examples.items():
        path = f"data/nlu/{topic}.{language}.yml"
        text = read_text(root, path) if (root / path).is_file() else ""
        write_text(root, path, add_intent(text, path, intent, texts))
        edits += [
            Edit(path, item.line, intent, item.text) for item in read_examples(root, path) if item.intent == intent
        ]
    return edits


def drop_intent(root: Path, intent: str) -> None:
    """Take a name out of `domain.yml` of which no file has examples any more."""
    head = intent.split("/")[0]
    if any(item.intent.split("/")[0] == head for item in read_all(root)) or head not in domain_intents(root):
        return
    write_text(root, _DOMAIN, without_item(read_text(root, _DOMAIN), _DOMAIN, "intents", head))
