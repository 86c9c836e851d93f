"""Reads the language data for training in one pass.

Rasa's own importer checks each file with a schema validator in pure Python and copies everything read so far for every
further file; of our data that takes longer than the training. The files and what is read from them are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.entities_parser import find_entities_in_training_example, replace_entities
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.yaml_files import load_rasa_yaml


class FrontlineImporter(RasaFileImporter):
    """Rasa's file importer with a fast reader for `nlu` and `responses`."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All examples and responses of the training files.

        Raises:
            DataFileWrong: a file cannot be read; the message says where.
        """
        examples: list[Message] = []
        responses: dict[str, Any] = {}
        for file in self._nlu_files:
            content = _read(Path(file))
            for block in content.get("nlu") or ():
                examples.extend(_examples(block, file))
            responses.update(content.get("responses") or {})
        return TrainingData(examples, responses=responses)


class Example(Message):
    """A training example that is cheap to copy, compare and digest; Rasa does all three several times with each."""

    _cached_fingerprint: str | None = None
    """Rasa's own; forgotten by `set` and `add_features`."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Example:
        # components replace what stands in a message and change nothing inside
        copied = Example(self.data, set(self.output_properties), self.time, list(self.features))
        copied._cached_fingerprint = self._cached_fingerprint
        memo[id(self)] = copied
        return copied

    def fingerprint(self) -> str:
        """Return a digest of everything on the message."""
        if self._cached_fingerprint is None:
            digest = hashlib.md5(usedforsecurity=False)
            for part in _written(self.data):
                digest.update(part.encode() + b"\0")
            for feature in self.features:
                digest.update(f"{feature.type} {feature.origin} {feature.attribute} ".encode())
                digest.update(feature.features.tobytes() if feature.is_dense() else feature.fingerprint().encode())
            self._cached_fingerprint = digest.hexdigest()
        return self._cached_fingerprint

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Message) and other.data == self.data

    def __hash__(self) -> int:
        return hash((self.data.get(TEXT), self.data.get(INTENT)))


def _written(value: Any) -> Iterator[str]:
    """What stands in a message, a string at a time; the same for the same content, in whatever order it was set."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield f"{{{key}"
            yield from _written(value[key])
    elif isinstance(value, list):
        yield f"[{len(value)}"
        for item in value:
            yield from _written(item)
    elif isinstance(value, Token):
        yield f"{value.start} {value.end} {value.text} {value.lemma} {value.data}"
    else:
        yield f"{value!r}"


class DataFileWrong(YamlException):
    """A file of the language data cannot be read."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(file)
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.filename}: {self.problem}"


def _read(path: Path) -> dict[str, Any]:
    try:
        content = load_rasa_yaml(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise DataFileWrong(str(path), f"this is not YAML ({' '.join(str(exc).split())})") from None
    if not isinstance(content, dict):
        raise DataFileWrong(str(path), "a data file is a mapping with the key nlu or responses.")
    return content


def _examples(block: Any, file: str) -> list[Message]:
    if not isinstance(block, dict) or not block.get("intent") or not isinstance(block.get("examples"), str):
        raise DataFileWrong(file, f"each block of nlu has an intent and examples, one on each line: {str(block)[:80]}")
    found = []
    for line in block["examples"].splitlines():
        if not line.startswith("-"):
            raise DataFileWrong(file, f'an example of {block["intent"]} does not begin with "- ": {line[:80]}')
        text = line[1:].strip()
        found.append(
            Example.build(replace_entities(text), block["intent"], find_entities_in_training_example(text), None, None)
        )
    return found
