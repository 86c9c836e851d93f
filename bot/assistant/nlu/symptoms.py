"""The extractor that finds by its meaning the symptom of a fault that no pattern finds."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.nlu import folds, meaning, ngrams, softmax, symptom_model, told, told_symptoms
from bot.assistant.nlu.bare import BARE
from bot.assistant.nlu.classifier import SCOPE
from bot.assistant.nlu.clauses import find_taken_back
from bot.assistant.nlu.encoder import meanings_of
from bot.assistant.nlu.entities import PatternMatcher, RulerEntityExtractor, read_patterns
from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import meaning_text
from bot.assistant.nlu.mentions import ENTITIES, Mention, add_mentions
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length
from bot.assistant.nlu.symptom_model import NONE, SymptomChoices, SymptomModel, Told
from bot.assistant.nlu.tokenizer import normalised_text
from bot.assistant.nlu.told_symptoms import SYMPTOM, SYMPTOMS

#: what was wrong and is no longer; who says so tells no symptom, whatever the sentence sounds like
_OVER = re.compile(
    r"修好|恢复了|恢复正常|正常了|没事了|解决了|不再|[又都已经]好了|不(?:卡|慢|断|掉|响|闪|吵)了|没有?(?:杂音|噪音)了"
    r"|\b(?:is|are|was|it's|got|been|all|now) (?:now |all )?(?:fixed|solved|sorted|resolved|mended|back)\b"
    r"|\b(?:works|working|fine|ok|okay|normal) (?:again|now)\b"
    r"|\bno longer (?:slow|nois|drop|cut|freez|laggy|buffer|crackl|hiss|spin|keeps)"
    r"|\b(?:isn't|is not|not|doesn't|does not) (?:so |that |too )?(?:slow|noisy|drop|freeze|lag|crackle|buffer)\w* (?:any ?more|now)\b"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SymptomExtractor(GraphComponent):
    """Finds a symptom by its meaning in reports of faults where the patterns found none.

    It learns from the examples of those reports: a symptom that a trainer marked in one, else the one that the patterns
    find; an example with neither teaches that no symptom was told. What it finds has the probability as
    `confidence_entity`. Comes after the classifier, the ruler and what marks bare answers and refuses.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`patterns`: folder of the pattern files; `intents`: the reports; `others`: how many sentences of other intents
        teach what is no symptom; `random_seed` and the rest as in `SymptomChoices`."""
        standard = SymptomChoices()
        return {
            "patterns": RulerEntityExtractor.get_default_config()["patterns"],
            "intents": [],
            "others": 600,
            "precision": standard.precision,
            "iterations": standard.iterations,
            "random_seed": standard.seed,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a digest of the patterns and of the code that trains."""
        digest = hashlib.sha256((RulerEntityExtractor.fingerprint_addon(config) or "").encode())
        for module in (folds, meaning, ngrams, softmax, symptom_model, told, told_symptoms):
            digest.update(inspect.getsource(module).encode())
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
    ) -> SymptomExtractor:
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
    ) -> SymptomExtractor:
        """Return the trained extractor.

        Raises:
            ModelDoesNotFit: the archive was written by another version.
        """
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, SymptomModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the reports and from some sentences of other intents."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        choices = SymptomChoices(
            iterations=int(self._config["iterations"]),
            precision=float(self._config["precision"]),
            seed=int(self._config["random_seed"]),
        )
        told = list(self._told(examples, choices.seed))
        vectors = meanings_of([example for example, _ in told])[:, :VECTOR_SIZE]
        self._model = SymptomModel.train([one for _, one in told], vectors, self._config["intents"], choices)
        with self._storage.write_to(self._resource) as folder:
            if self._model is not None:
                self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the symptom to each report that has none."""
        for message in messages:
            if self._model is not None and self._is_wanting(message):
                self._find(self._model, message)
        return messages

    def _is_wanting(self, message: Message) -> bool:
        if (message.get(INTENT) or {}).get("name") not in self._config["intents"]:
            return False
        if (message.get(SCOPE) or {}).get(BARE):
            return False
        return not any(entity["entity"] == SYMPTOM for entity in message.get(ENTITIES) or [])

    def _find(self, model: SymptomModel, message: Message) -> None:
        text = normalised_text(message, self._normalise)
        lowered = lower_keeping_length(text)
        if _OVER.search(lowered):
            return
        vector = meanings_of([message])[0]
        guess = model.guess(meaning_text(text), vector, message.get(INTENT)["name"])
        if guess.probability < model.limit or find_taken_back(lowered) is not None:
            return
        start, end = model.place(text, guess.label)
        found = Mention(SYMPTOM, start, end, guess.label, round(guess.probability, 4))
        add_mentions(message, [found], type(self).__name__)

    def _told(self, examples: list[Message], seed: int) -> Iterator[tuple[Message, Told]]:
        """The sentences to learn from; of other intents the same few whatever else is added. Several symptoms teach
        nothing."""
        patterns = [item for item in read_patterns(Path(self._config["patterns"])) if item["label"] == SYMPTOM]
        matcher = PatternMatcher(patterns)
        intents = self._config["intents"]
        others = [example for example in examples if example.get(INTENT) not in intents]
        places = folds.lasting_places([str(one.get(TEXT)) for one in others], [NONE] * len(others), seed)
        few = [others[index] for index in np.argsort(places, kind="stable")[: int(self._config["others"])]]
        for example in [*(one for one in examples if one.get(INTENT) in intents), *few]:
            text = normalised_text(example, self._normalise)
            marked = {item["value"] for item in example.get(ENTITIES) or [] if item["entity"] == SYMPTOM}
            found = marked or {mention.value for mention in SYMPTOMS.add(text, matcher.find(text))}
            report = example.get(INTENT) in intents
            if len(found) <= 1 and (report or not found):
                yield example, Told(meaning_text(text), str(example.get(INTENT)), str(min(found, default=NONE)))
