"""Reading and editing the YAML files so that comments, order and every untouched byte stay."""

from __future__ import annotations

import difflib
import io
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from bot.training.causes import Cause
from bot.training.data.model import DataFileWrong, Edit, Example, ExampleKnown, ExampleNotFound, same_words

_NO_WRAPPING = 10**9
#: how far lists stand in from their key in our files
_LIST_INDENTS = ((2, 0), (4, 2))
_MEND = "Mend the line, or discard your edits of this file."
#: what the parsers say of mistakes that people make, by words of theirs
_NO_YAML = (
    ("mapping values are not allowed", Cause("file_yaml_colon")),
    ("expected ':'", Cause("file_yaml_no_colon")),
    ("did not find expected", Cause("file_yaml_indent")),
    ("expected <block end>", Cause("file_yaml_indent")),
    ("block sequence entries are not allowed", Cause("file_yaml_indent")),
    ("cannot start any token", Cause("file_yaml_sign")),
    ("unexpected end of stream", Cause("file_yaml_quote")),
    ("unknown escape", Cause("file_yaml_escape")),
    ("unexpected document", Cause("file_yaml_quote")),
)


def read_text(root: Path, path: str) -> str:
    """A data file, line ends as they are.

    Raises:
        DataFileWrong: it is gone, or no UTF-8.
    """
    try:
        return (root / path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise DataFileWrong(
            path, None, Cause("file_gone"), "the file is gone. Discard your edits to get it back."
        ) from None
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise DataFileWrong(
            path, line, Cause("file_encoding"), "this is no UTF-8 text. Save the file as UTF-8."
        ) from None


def write_text(root: Path, path: str, text: str) -> None:
    """Put a text in a file's place; whoever reads meanwhile sees the old one or the new one."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".edit-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(text.encode("utf-8"))
    os.chmod(temporary, 0o644)
    os.replace(temporary, target)


def nlu_files(root: Path) -> list[str]:
    """Paths of the files with examples, in order."""
    return [file.relative_to(root).as_posix() for file in sorted((root / "data" / "nlu").glob("*.*.yml"))]


def read_examples(root: Path, path: str) -> list[Example]:
    """All examples of a file in its order, with their lines.

    Raises:
        DataFileWrong: it cannot be read; the message names the line.
    """
    return examples_of(read_text(root, path), path)


def examples_of(text: str, path: str) -> list[Example]:
    """As `read_examples`, of a text."""
    node = _composed(text, path)
    blocks = dict(_pairs(node, path)).get("nlu")
    if not isinstance(blocks, yaml.SequenceNode):
        raise DataFileWrong(path, 1, Cause("file_examples"), f"a file of examples begins with version and nlu. {_MEND}")
    found: list[Example] = []
    for block in blocks.value:
        keys = dict(_pairs(block, path))
        line = block.start_mark.line + 1
        intent, examples = keys.get("intent"), keys.get("examples")
        if not isinstance(intent, yaml.ScalarNode) or not isinstance(examples, yaml.ScalarNode):
            raise DataFileWrong(
                path,
                line,
                Cause("file_block"),
                f"each block has an intent and its examples below “examples: |”. {_MEND}",
            )
        if examples.style != "|":
            raise DataFileWrong(
                path, line, Cause("file_block"), f"the examples of {intent.value} stand below “examples: |”. {_MEND}"
            )
        for number, row in enumerate(examples.value.splitlines(), start=examples.start_mark.line + 2):
            if not row.strip():
                continue
            if not row.startswith("- "):
                raise DataFileWrong(
                    path, number, Cause("file_dash"), f"an example of {intent.value} begins with “- ”. {_MEND}"
                )
            found.append(Example(intent.value, path, number, row[2:].strip()))
    return found


def load(text: str, path: str) -> Any:
    """What a YAML file says, of plain types.

    Raises:
        DataFileWrong: it is no YAML.
    """
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as exc:
        raise _wrong(path, exc) from None


def add_examples(
    text: str, path: str, intent: str, examples: Iterable[str]
) -> tuple[str, list[Edit], dict[str, Example]]:
    """The file with more examples at the end of an intent.

    Returns:
        The text, what was added, and for each sentence that the intent has already, the example that it is.

    Raises:
        DataFileWrong: the file has no such intent, or cannot be read.
    """
    known = {same_words(item.text): item for item in examples_of(text, path) if item.intent == intent}
    fresh: dict[str, str] = {}
    stands: dict[str, Example] = {}
    for example in examples:
        same = known.get(same_words(example))
        if same is not None:
            stands[example] = same
        else:
            fresh.setdefault(same_words(example), example)
    if not fresh:
        return text, [], stands
    rows = [f"- {example}" for example in fresh.values()]
    changed = _with_examples(text, path, intent, lambda old: [*old, *rows])
    lines = {item.text: item.line for item in examples_of(changed, path) if item.intent == intent}
    return changed, [Edit(path, lines[example], intent, example) for example in fresh.values()], stands


def add_example(text: str, path: str, intent: str, example: str) -> tuple[str, Edit]:
    """The file with one more example at the end of an intent.

    Raises:
        ExampleKnown: the intent has it already.
        DataFileWrong: the file has no such intent, or cannot be read.
    """
    changed, edits, known = add_examples(text, path, intent, [example])
    if known:
        raise ExampleKnown(f"{path}, line {known[example].line}: {intent} has this sentence already.")
    return changed, edits[0]


def change_example(text: str, path: str, intent: str, old: str, new: str) -> tuple[str, Edit]:
    """The file with other words for an example.

    Raises:
        ExampleNotFound: the intent does not have it.
        ExampleKnown: it has the new words already, in another example.
    """
    place = _line_of(text, path, intent, old)
    own = [item for item in examples_of(text, path) if item.intent == intent and item.text != old]
    known = next((item for item in own if same_words(item.text) == same_words(new)), None)
    if known is not None:
        raise ExampleKnown(f"{path}, line {known.line}: {intent} has this sentence already.")
    changed = _with_examples(text, path, intent, lambda rows: [f"- {new}" if _is(row, old) else row for row in rows])
    return changed, Edit(path, place, intent, new)


def remove_example(text: str, path: str, intent: str, old: str) -> str:
    """The file without an example; with its last one the intent goes.

    Raises:
        ExampleNotFound: the intent does not have it.
    """
    _line_of(text, path, intent, old)
    return _with_examples(text, path, intent, lambda rows: [row for row in rows if not _is(row, old)])


def add_intent(text: str, path: str, intent: str, examples: Iterable[str]) -> str:
    """The file with one more intent at its end."""
    rows = "".join(f"- {example}\n" for example in examples)

    def change(document: Any) -> None:
        document["nlu"].append({"intent": intent, "examples": LiteralScalarString(rows)})

    return edited(text or 'version: "3.1"\n\nnlu: []\n', path, change)


def with_item(text: str, path: str, key: str, item: str) -> str:
    """The file with one more item at the head of a top-level list of one item a line."""
    lines = text.splitlines(keepends=True)
    first = _items(text, path, key)[0][1]
    model = lines[first.line]
    lines.insert(first.line, f"{model[: model.index('-')]}- {item}\n")
    return "".join(lines)


def without_item(text: str, path: str, key: str, item: str) -> str:
    """The file without an item of a top-level list; as it was when the list does not have it."""
    lines = text.splitlines(keepends=True)
    for value, mark in _items(text, path, key):
        if value == item:
            del lines[mark.line]
            break
    return "".join(lines)


def _items(text: str, path: str, key: str) -> list[tuple[str, Any]]:
    node = dict(_pairs(_composed(text, path), path)).get(key)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise DataFileWrong(
            path, None, Cause("file_list", {"key": key}), f"{key} is a list with one item a line. {_MEND}"
        )
    return [(str(item.value), item.start_mark) for item in node.value if isinstance(item, yaml.ScalarNode)]


def edited(text: str, path: str, change: Callable[[Any], None]) -> str:
    """The text after `change` was done to its document; lines that say the same stay byte for byte.

    Args:
        change: changes ruamel's round-trip document in place.

    Raises:
        DataFileWrong: the text is no YAML, or the edit would change more than it should.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    parser, document, before = _parser_that_fits(text, path)
    change(document)
    after = _dumped(parser, document)
    result = after if before == text else _carried_over(text, before, after)
    if load(result, path) != load(after, path):
        raise DataFileWrong(
            path,
            None,
            Cause("file_layout"),
            "the file is laid out in a way that cannot be edited here. Edit it by hand.",
        )
    return result if ends == "\n" else result.replace("\n", ends)


def _carried_over(text: str, before: str, after: str) -> str:
    """What changed between two dumps, done to the text as written; its lines are those of the first dump, laid out
    differently."""
    own, first, second = (part.splitlines(keepends=True) for part in (text, before, after))
    if len(own) != len(first):
        return after
    result: list[str] = []
    for kind, low, high, start, end in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            result += own[low:high]
            continue
        for offset, line in enumerate(second[start:end]):
            model = own[min(low + offset, len(own) - 1)]
            model_in_dump = first[min(low + offset, len(first) - 1)]
            moved = len(model) - len(model.lstrip()) - (len(model_in_dump) - len(model_in_dump.lstrip()))
            stripped = line.lstrip()
            result.append(" " * max(0, len(line) - len(stripped) + moved) + stripped if stripped else line)
    return "".join(result)


def _parser_that_fits(text: str, path: str) -> tuple[YAML, Any, str]:
    """A parser whose dump of the text is the text, if there is one; its document and that dump."""
    fits: tuple[YAML, Any, str] | None = None
    for sequence, offset in _LIST_INDENTS:
        parser: Any = YAML(typ="rt")  # its own annotations say that these are None for ever
        parser.preserve_quotes, parser.width = True, _NO_WRAPPING
        parser.indent(mapping=2, sequence=sequence, offset=offset)
        parser.representer.add_representer(type(None), _null)
        try:
            document = parser.load(text)
        except YAMLError as exc:
            raise _wrong(path, exc) from None
        dump = _dumped(parser, document)
        if dump == text:
            return parser, document, dump
        fits = fits or (parser, document, dump)
    assert fits is not None
    return fits


def _null(representer: Any, _value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _dumped(parser: YAML, document: Any) -> str:
    stream = io.StringIO()
    parser.dump(document, stream)
    return stream.getvalue()


def _with_examples(text: str, path: str, intent: str, change: Callable[[list[str]], list[str]]) -> str:
    def do(document: Any) -> None:
        blocks = document["nlu"]
        place = next((n for n, block in enumerate(blocks) if block.get("intent") == intent), None)
        if place is None:
            raise DataFileWrong(
                path, None, Cause("file_intent", {"intent": intent}), f"the file has no intent {intent}."
            )
        old = blocks[place]["examples"]
        rows = change(str(old).splitlines())
        if not any(row.strip() for row in rows):
            del blocks[place]
            return
        new = LiteralScalarString("".join(f"{row}\n" for row in rows))
        if hasattr(old, "comment"):  # what stands between this block and the next
            new.comment = old.comment
        blocks[place]["examples"] = new

    return edited(text, path, do)


def _line_of(text: str, path: str, intent: str, example: str) -> int:
    for item in examples_of(text, path):
        if item.intent == intent and item.text == example:
            return item.line
    raise ExampleNotFound(f"{path} has no such example of {intent} any more. Read the intent again.")


def _is(row: str, example: str) -> bool:
    return row.startswith("- ") and row[2:].strip() == example


def _composed(text: str, path: str) -> yaml.Node:
    try:
        node = yaml.compose(text, yaml.CSafeLoader)
    except yaml.YAMLError as exc:
        raise _wrong(path, exc) from None
    if node is None:
        raise DataFileWrong(path, 1, Cause("file_empty"), f"the file is empty. {_MEND}")
    return node


def _pairs(node: yaml.Node, path: str) -> list[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise DataFileWrong(
            path, node.start_mark.line + 1, Cause("file_keys"), f"keys and values are wanted here. {_MEND}"
        )
    return [(str(key.value), value) for key, value in node.value]


def _wrong(path: str, exc: Any) -> DataFileWrong:
    mark = getattr(exc, "problem_mark", None)
    problem = getattr(exc, "problem", None) or "it cannot be read"
    cause = next((cause for words, cause in _NO_YAML if words in problem), Cause("file_yaml"))
    line = mark.line + 1 if mark is not None else None
    return DataFileWrong(path, line, cause, f"this is no YAML ({problem}). {_MEND}")


def styled(old: Any, words: str) -> Any:
    """The new words written as the old ones were."""
    if isinstance(old, LiteralScalarString) or "\n" in words:
        styled = LiteralScalarString("\n".join(line.rstrip() for line in words.splitlines()) + "\n")
        if hasattr(old, "comment"):
            styled.comment = old.comment
        return styled
    return type(old)(words) if isinstance(old, DoubleQuotedScalarString) else DoubleQuotedScalarString(words)
