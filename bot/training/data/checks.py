"""What language data must keep before it may be published, checked on files alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.training.causes import Cause, Refusal
from bot.training.data.files import load, nlu_files, read_examples, read_text
from bot.training.data.model import DataFileWrong, Example, are_marks_whole, language_of, same_words
from bot.training.data.policies import read_policies
from bot.training.data.texts import read_articles, read_responses

_DOMAIN = "domain.yml"
_HELD_OUT = "tests/understanding"
#: at most so many of one kind are told
_TOLD = 20


def refusals_of(root: Path) -> list[Refusal]:
    """Everything that keeps the data of a working copy from being published; empty when nothing does."""
    found: list[Refusal] = []
    examples: list[Example] = []
    for path in nlu_files(root):
        try:
            examples += read_examples(root, path)
        except DataFileWrong as exc:
            found.append(_unread(exc))
    for folder in ("data/responses", "data/knowledge", "data/policies", "data/rules", "data/flows"):
        for file in sorted((root / folder).glob("*.yml")):
            name = file.relative_to(root).as_posix()
            try:
                load(read_text(root, name), name)
            except DataFileWrong as exc:
                found.append(_unread(exc))
    found += _unmarked(examples)
    if found:
        return found
    try:
        known = domain_intents(root)
        read_responses(root)
        if (root / "data/knowledge").is_dir():
            read_articles(root)
        if (root / "data/policies").is_dir():
            read_policies(root)
    except DataFileWrong as exc:
        return [_unread(exc)]
    found += _names(examples, known)
    found += _contradictions(examples)
    found += _held_out(root, examples)
    return found


def _unread(wrong: DataFileWrong) -> Refusal:
    return Refusal("files_read", wrong.message, "Mend the file.", wrong.cause)


def _unmarked(examples: Iterable[Example]) -> list[Refusal]:
    """Marks of entities that somebody wrote by hand and that cannot be read."""
    return [
        _unread(
            DataFileWrong(
                item.path,
                item.line,
                Cause("file_marks", {"text": item.text}),
                f"marks of entities overlap or are not closed: “{item.text}”.",
            )
        )
        for item in examples
        if not are_marks_whole(item.text)
    ][:_TOLD]


def domain_intents(root: Path) -> set[str]:
    """The intents that `domain.yml` names, without articles' parts.

    Raises:
        DataFileWrong: it cannot be read.
    """
    body = load(read_text(root, _DOMAIN), _DOMAIN)
    intents = body.get("intents") if isinstance(body, dict) else None
    if not isinstance(intents, list):
        raise DataFileWrong(_DOMAIN, None, Cause("file_intents"), "it has no list of intents.")
    return {str(next(iter(item)) if isinstance(item, dict) else item) for item in intents}


def _names(examples: Iterable[Example], known: set[str]) -> list[Refusal]:
    first: dict[str, Example] = {}
    languages: dict[str, set[str]] = {}
    for item in examples:
        first.setdefault(item.intent, item)
        languages.setdefault(item.intent, set()).add(item.language)
    found = [
        Refusal(
            "intent_known",
            f"{item.path}, line {item.line}: {_DOMAIN} has no intent {item.intent.split('/')[0]}.",
            "Add the intent through the workbench, or correct the name.",
            Cause("intent_known", {"path": item.path, "line": item.line, "intent": item.intent.split("/")[0]}),
        )
        for item in first.values()
        if item.intent.split("/")[0] not in known
    ]
    found += [
        Refusal(
            "both_languages",
            f"{item.path}: {item.intent} has examples in {language_of(item.path)} only.",
            "Add examples in the other language.",
            Cause("both_languages", {"intent": item.intent, "language": language_of(item.path)}),
        )
        for item in first.values()
        if len(languages[item.intent]) < 2
    ]
    return found[:_TOLD]


def _contradictions(examples: Iterable[Example]) -> list[Refusal]:
    seen: dict[str, Example] = {}
    found: list[Refusal] = []
    for item in examples:
        other = seen.setdefault(same_words(item.text), item)
        if other.intent != item.intent:
            found.append(
                Refusal(
                    "one_intent",
                    f"{item.path}, line {item.line}: “{item.text}” stands for {item.intent}, and in {other.path}, "
                    f"line {other.line}, for {other.intent}.",
                    "Delete one of the two.",
                    Cause(
                        "one_intent",
                        {
                            "text": item.text,
                            "path": item.path,
                            "line": item.line,
                            "intent": item.intent,
                            "other_path": other.path,
                            "other_line": other.line,
                            "other": other.intent,
                        },
                    ),
                )
            )
    return found[:_TOLD]


def _held_out(root: Path, examples: Iterable[Example]) -> list[Refusal]:
    tests: dict[str, str] = {}
    for file in sorted((root / _HELD_OUT).glob("*.tsv")):
        if not file.stem.startswith(("entities", "times")):
            for row in file.read_text("utf-8").splitlines():
                if "\t" in row:
                    tests[same_words(row.split("\t", 1)[1])] = file.name
    return [
        Refusal(
            "tests_unseen",
            f"{item.path}, line {item.line}: “{item.text}” is a test sentence ({_HELD_OUT}/{tests[words]}).",
            "Delete the example: a test that is also trained on measures nothing.",
            Cause(
                "tests_unseen",
                {"path": item.path, "line": item.line, "text": item.text, "test": f"{_HELD_OUT}/{tests[words]}"},
            ),
        )
        for item in examples
        if (words := same_words(item.text)) in tests
    ][:_TOLD]
