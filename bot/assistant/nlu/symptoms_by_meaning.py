"""The symptom of a fault that no pattern has words for, by what the whole message means."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.nlu import meaning, ngrams, softmax, told_symptoms
from bot.assistant.nlu.encoder import meanings_of
from bot.assistant.nlu.entities import PatternMatcher, patterns_digest, read_patterns
from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import ENCODER_VERSION, meaning_text
from bot.assistant.nlu.mentions import ENTITIES, Mention, add_mentions
from bot.assistant.nlu.ngrams import NgramTable
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.softmax import Features, SoftmaxWeights, fit_softmax, probabilities
from bot.assistant.nlu.tokenizer import normalised_text
from bot.assistant.nlu.told_symptoms import SYMPTOM, with_told_symptoms

Matrix = NDArray[np.float32]

NONE = ""
"""The class of messages that tell no symptom: "my broadband is broken"."""

_ARRAYS, _TABLES = "arrays.npz", "tables.json"
_DENSE_SCALE = np.float32(2.0)
_STRENGTH = 5.0
_STEPS = 20
_FEWEST = 5
"""Fewer examples of a symptom teach nothing about its like."""


@dataclass(frozen=True)
class SymptomModel:
    """Multinomial logistic regression over sentence vectors and n-grams."""

    labels: tuple[str, ...]
    table: NgramTable
    weights: SoftmaxWeights

    @classmethod
    def train(cls, texts: Sequence[str], vectors: Matrix, symptoms: Sequence[str]) -> SymptomModel | None:
        """Return the model of the examples, None where they tell no two classes apart.

        Args:
            texts: of the examples, as `meaning_text` gives them.
            vectors: their sentence vectors, (examples, 512).
            symptoms: their symptoms, `NONE` for those that tell none.
        """
        counts = {symptom: symptoms.count(symptom) for symptom in set(symptoms)}
        kept = np.array([place for place, symptom in enumerate(symptoms) if counts[symptom] >= _FEWEST], dtype=np.intp)
        labels = tuple(sorted({symptoms[place] for place in kept}))
        if len(labels) < 2:
            return None
        table, grams = NgramTable.fit([texts[place] for place in kept])
        wanted = np.array([labels.index(symptoms[place]) for place in kept], dtype=np.intp)
        features = Features(vectors[kept] * _DENSE_SCALE, grams)
        return cls(labels, table, fit_softmax(features, wanted, len(labels), _STRENGTH, _STEPS))

    def likeliest(self, text: str, vector: Matrix) -> tuple[str, float]:
        """Return the likeliest symptom of one message, perhaps `NONE`, and its probability."""
        scores = self.weights.scores(Features(vector[np.newaxis, :] * _DENSE_SCALE, self.table.matrix([text])))
        chances = probabilities(scores[0], 1.0)
        best = int(chances.argmax())
        return self.labels[best], float(chances[best])

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, which exists; the same bytes each time."""
        np.savez(
            folder / _ARRAYS,
            gram_weights=self.table.weights,
            dense=self.weights.dense,
            grams=self.weights.grams,
            bias=self.weights.bias,
        )
        tables = {"encoder": ENCODER_VERSION, "labels": self.labels, "grams": self.table.grams}
        (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SymptomModel | None:
        """Return what `save` wrote; None when nothing was learned."""
        if not (folder / _TABLES).is_file():
            return None
        tables = json.loads((folder / _TABLES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            table = NgramTable.from_parts(tables["grams"], arrays["gram_weights"])
            return cls(tuple(tables["labels"]), table, SoftmaxWeights(arrays["dense"], arrays["grams"], arrays["bias"]))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SymptomByMeaningExtractor(GraphComponent):
    """Adds a `symptom` to a fault report in which no pattern found one, where its meaning is clear.

    It learns from the fault reports among the examples: those in which the patterns find one symptom show what it is
    like, those in which they find none what is too vague. A trainer who finds it wrong adds a pattern, which always
    goes first. Works behind the classifier and the patterns.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`patterns`: folder of the pattern files; `intents`: which report faults; `least`: probability to say it at."""
        return {"patterns": "data/entities", "intents": [], "least": 0.7}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the patterns and of the code that learns, so that Rasa's cache notices when they change."""
        digest = hashlib.sha256(patterns_digest(config.get("patterns") or "data/entities").encode())
        for module in (meaning, ngrams, softmax, told_symptoms):
            digest.update(inspect.getsource(module).encode())
        digest.update(inspect.getsource(SymptomModel).encode())
        return digest.hexdigest()

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: SymptomModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._normalise = Normaliser()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SymptomByMeaningExtractor:
        """Return an extractor that finds nothing until it is trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SymptomByMeaningExtractor:
        """Return the trained extractor."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, SymptomModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that report a fault."""
        matcher = PatternMatcher(read_patterns(Path(self._config["patterns"])))
        examples, symptoms = [], []
        for example in training_data.intent_examples:
            if not example.get(TEXT) or example.get(INTENT) not in self._config["intents"]:
                continue
            text = normalised_text(example, self._normalise)
            told = {
                mention.value for mention in with_told_symptoms(text, matcher.find(text)) if mention.entity == SYMPTOM
            }
            if len(told) < 2:
                examples.append(example)
                symptoms.append(next(iter(told), NONE))
        vectors = meanings_of(examples)[:, :VECTOR_SIZE]
        self._model = SymptomModel.train([self._text(example) for example in examples], vectors, symptoms)
        with self._storage.write_to(self._resource) as folder:
            if self._model is not None:
                self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the symptom of each message that needs one."""
        for message in messages:
            if self._model is not None and self._is_wanted(message):
                text = self._text(message)
                symptom, chance = self._model.likeliest(text, meanings_of([message])[0, :VECTOR_SIZE])
                if symptom != NONE and chance >= self._config["least"]:
                    whole = Mention(SYMPTOM, 0, len(str(message.get(TEXT))), symptom)
                    add_mentions(message, [whole], type(self).__name__)
        return messages

    def _is_wanted(self, message: Message) -> bool:
        intent = (message.get(INTENT) or {}).get("name")
        known = message.get(ENTITIES) or []
        return intent in self._config["intents"] and not any(entity["entity"] == SYMPTOM for entity in known)

    def _text(self, message: Message) -> str:
        return meaning_text(normalised_text(message, self._normalise))
