"""Entity extractors: trainers' patterns, and what has a shape of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.pipeline import SpanRuler

from bot.assistant.nlu.component import StatelessComponent
from bot.assistant.nlu.mentions import Mention, add_mentions
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length
from bot.assistant.nlu.not_meant import meant
from bot.assistant.nlu.numbers import find_numbers
from bot.assistant.nlu.people import find_addresses, find_people
from bot.assistant.nlu.tokenizer import normalised_text
from bot.assistant.nlu.tokens import blank_language, token_spans
from bot.assistant.nlu.told_lights import LIGHTS
from bot.assistant.nlu.told_symptoms import SYMPTOMS
from bot.errors import BotError

Pattern = dict[str, Any]

_STORED = "patterns.json"
_SPANS = "patterns"
#: in an id: one word stands for several, such as 港澳 for `HK+MO`
_AND = "+"
_MAY_LIE_IN_ADDRESS = frozenset({"amount", "otp_code"})


class BadPattern(BotError):
    """A line of the entity patterns cannot be read. Each needs "label", "pattern" and "id"."""

    status, code = 422, "bad_pattern"


def read_patterns(folder: Path) -> list[Pattern]:
    """Return the patterns of all `*.jsonl` files in `folder`, in the order of file names and lines.

    Raises:
        BadPattern: a line is not JSON or lacks a field; the message names file and line.
    """
    patterns: list[Pattern] = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                patterns.append({"label": entry["label"], "pattern": entry["pattern"], "id": entry["id"]})
            except (ValueError, KeyError, TypeError) as error:
                raise BadPattern(f"{file.name} line {number}: needs JSON with label, pattern and id") from error
    return patterns


class PatternMatcher:
    """A spaCy ruler over normalised, lower-case text.

    Within a label the longest pattern wins; patterns of different labels may overlap ("宽带慢" names a product and a
    symptom), which spaCy's entity ruler would not allow, hence its span ruler. The file format is the same.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._normalise = Normaliser()
        self._nlp: Language = blank_language()
        self._ruler = SpanRuler(self._nlp, spans_key=_SPANS, overwrite=True)
        if patterns:
            self._ruler.add_patterns([self._prepared(pattern) for pattern in patterns])

    def find(self, normalised: str) -> list[Mention]:
        """Return what the patterns find in a normalised text; values are the patterns' ids."""
        lowered = lower_keeping_length(normalised)
        places = token_spans(lowered)
        if not places or not len(self._ruler):
            return []
        doc = self._ruler(self._nlp.make_doc(lowered))
        taken: dict[str, set[int]] = {}
        found: list[Mention] = []
        for span in sorted(doc.spans[_SPANS], key=lambda span: (span.start - span.end, span.start, span.id_)):
            own = taken.setdefault(span.label_, set())
            if own.isdisjoint(range(span.start, span.end)):
                own.update(range(span.start, span.end))
                place = places[span.start][0], places[span.end - 1][1]
                found += [Mention(span.label_, *place, value) for value in span.id_.split(_AND)]
        return found

    def _prepared(self, pattern: Pattern) -> Pattern:
        wanted = pattern["pattern"]
        if isinstance(wanted, str):
            wanted = lower_keeping_length(self._normalise(wanted))
        return {"label": pattern["label"], "pattern": wanted, "id": pattern["id"]}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RulerEntityExtractor(GraphComponent):
    """Finds what the trainers' patterns in `data/entities/*.jsonl` describe.

    The patterns go into the model in training, so that an archive works without the folder.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`patterns`: folder of the pattern files, seen from where training runs."""
        return {"patterns": "data/entities"}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, matcher: PatternMatcher
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._matcher = matcher
        self._normalise = Normaliser()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RulerEntityExtractor:
        """Return an extractor that finds nothing until it is trained."""
        return cls(config, model_storage, resource, PatternMatcher(()))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RulerEntityExtractor:
        """Return the extractor with the patterns of the model."""
        with model_storage.read_from(resource) as folder:
            patterns = json.loads((folder / _STORED).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, PatternMatcher(patterns))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of all patterns, so that Rasa's cache notices when they change."""
        folder = Path(config.get("patterns") or cls.get_default_config()["patterns"])
        digest = hashlib.sha256()
        for file in sorted(folder.glob("*.jsonl")):
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Read the patterns and keep them with the model.

        Raises:
            BadPattern: a line cannot be read.
        """
        patterns = read_patterns(Path(self._config["patterns"]))
        self._matcher = PatternMatcher(patterns)
        with self._storage.write_to(self._resource) as folder:
            (folder / _STORED).write_text(json.dumps(patterns, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what the patterns find in each message."""
        for message in messages:
            text = normalised_text(message, self._normalise)
            found = LIGHTS.add(text, SYMPTOMS.add(text, self._matcher.find(text)))
            add_mentions(message, meant(text, found), type(self).__name__)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NumberEntityExtractor(StatelessComponent):
    """Finds phone numbers, references, amounts, one-time codes, names and addresses by their shape."""

    def __init__(self) -> None:
        self._normalise = Normaliser()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message holds; an amount or a code inside an address is part of the address."""
        for message in messages:
            text = normalised_text(message, self._normalise)
            addresses = find_addresses(text)
            numbers = [
                number
                for number in find_numbers(text)
                if number.entity not in _MAY_LIE_IN_ADDRESS
                or not any(a.overlaps(number.start, number.end) for a in addresses)
            ]
            found = meant(text, [*numbers, *find_people(text), *addresses])
            add_mentions(message, found, type(self).__name__)
        return messages
