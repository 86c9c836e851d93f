"""Intents, and which knowledge article a question asks for, by one classifier over all of them."""

from __future__ import annotations

import hashlib
import inspect
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.nlu import (
    calibration,
    english_encoder,
    folds,
    intent_model,
    layers,
    meaning,
    ngrams,
    scope,
    second_opinion,
    softmax,
    tuned,
    typicality,
)
from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.encoder import meanings_of
from bot.assistant.nlu.intent_model import IntentModel, Understood, save_examples, with_label_names
from bot.assistant.nlu.meaning import KNOWN_TEXTS, meaning_text, shared_encoder
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.tokenizer import normalised_text

FULL_INTENT = "full_intent"
"""Message property: the likeliest intent with its article, such as `faq/wifi_password`."""

SCOPE = "scope"
"""Message property: `{"nearness": float, "refused": bool}`, for the component that refuses."""

_ARTICLE_SEPARATOR = "/"

_TRAINING = (
    calibration,
    english_encoder,
    folds,
    intent_model,
    layers,
    meaning,
    ngrams,
    scope,
    second_opinion,
    softmax,
    tuned,
    typicality,
)
"""What of the code decides what is learned."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(GraphComponent, IntentClassifier):
    """Multinomial logistic regression over sentence vectors and n-grams, the encoder's last layers trained on, and a vote
    of the nearest examples; for an English message that leaves doubt, a second encoder.

    Sets `intent`, `intent_ranking`, `full_intent` and `scope`; for a question that an article answers also
    `response_selector` in Rasa's form. Confidence is calibrated on examples the model had not seen.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs what `SentenceEncoderFeaturizer` leaves, but not by class."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See `TrainingChoices`; `ranking_length` is the number of intents handed on."""
        standard = TrainingChoices()
        return {
            "ranking_length": 10,
            "dense_scale": standard.dense_scale,
            "strength": standard.strength,
            "neighbour_share": standard.neighbour_share,
            "iterations": standard.iterations,
            "folds": standard.folds,
            "fold_iterations": standard.fold_iterations,
            "tuned_share": standard.tuned_share,
            "tuning_steps": standard.tuning_steps,
            "second_share": standard.second_share,
            "second_below": standard.second_below,
            "tuning_epochs": standard.tuning_epochs,
            "refused_share": standard.refused_share,
            "given_up_share": standard.given_up_share,
            "outside": list(standard.outside),
            "random_seed": standard.seed,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a digest of the code that trains, so that Rasa's cache never brings back what other code learned."""
        digest = hashlib.sha256()
        for module in _TRAINING:
            digest.update(inspect.getsource(module).encode())
        return digest.hexdigest()

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._normalise = Normaliser()
        #: what was made of the newest texts that came alone, by the text
        self._known: dict[str, Understood] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HybridIntentClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HybridIntentClassifier:
        """Return the trained classifier.

        Raises:
            ModelDoesNotFit: the archive was written by another version.
            ValueError: the archive holds no intent model.
        """
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have a text and an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        names = [_full_name(example) for example in examples]
        if len(set(names)) > 1:
            seen = [self._text(example) for example in examples]
            texts, meanings, labels = with_label_names(seen, meanings_of(examples), names, shared_encoder().meanings)
            english = english_encoder.english_encoder().vectors
            self._model = IntentModel.train(texts, meanings, labels, self._choices(), english)
            with self._storage.write_to(self._resource) as folder:
                self._model.save(folder)
                typed = [str(example.get(TEXT)) for example in examples]
                save_examples(folder, [*typed, *texts[len(typed) :]])
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what the model makes of each message."""
        if self._model is None:
            for message in messages:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
            return messages
        for message, understood in zip(messages, self._understood(self._model, messages), strict=True):
            _write_intents(message, understood.ranking)
            figures = {"nearness": round(understood.nearness, 4), "refused": understood.refused}
            message.set(SCOPE, figures, add_to_output=True)
        return messages

    def _understood(self, model: IntentModel, messages: list[Message]) -> list[Understood]:
        """What the model makes of messages; of one that comes alone the same as last time, which a third of them are."""
        texts = [self._text(message) for message in messages]
        known = self._known.get(texts[0]) if len(texts) == 1 else None
        if known is not None:
            return [known]
        understood = model.understand(texts, meanings_of(messages), self._config["ranking_length"])
        if len(texts) == 1:
            self._known[texts[0]] = understood[0]
            if len(self._known) > KNOWN_TEXTS:
                del self._known[next(iter(self._known))]
        return understood

    def _text(self, message: Message) -> str:
        return meaning_text(normalised_text(message, self._normalise))

    def _choices(self) -> TrainingChoices:
        return TrainingChoices(
            dense_scale=float(self._config["dense_scale"]),
            strength=float(self._config["strength"]),
            neighbour_share=float(self._config["neighbour_share"]),
            iterations=int(self._config["iterations"]),
            folds=int(self._config["folds"]),
            fold_iterations=int(self._config["fold_iterations"]),
            tuned_share=float(self._config["tuned_share"]),
            tuning_steps=int(self._config["tuning_steps"]),
            tuning_epochs=int(self._config["tuning_epochs"]),
            second_share=float(self._config["second_share"]),
            second_below=float(self._config["second_below"]),
            refused_share=float(self._config["refused_share"]),
            given_up_share=float(self._config["given_up_share"]),
            outside=tuple(self._config["outside"]),
            seed=int(self._config["random_seed"]),
        )


def base_intent(full_name: str) -> str:
    """Return the intent of a full name: `faq` of `faq/wifi_password`, anything else unchanged."""
    return full_name.split(_ARTICLE_SEPARATOR, 1)[0]


def intent_entry(full_name: str, confidence: float) -> dict[str, Any]:
    """Return Rasa's form of one intent; `full_intent` always, `full_retrieval_intent_name` for articles only."""
    entry: dict[str, Any] = {"name": base_intent(full_name), "confidence": confidence, FULL_INTENT: full_name}
    if _ARTICLE_SEPARATOR in full_name:
        entry["full_retrieval_intent_name"] = full_name
    return entry


def _full_name(example: Message) -> str:
    return str(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT))


def _write_intents(message: Message, ranking: tuple[tuple[str, float], ...]) -> None:
    entries = [intent_entry(name, confidence) for name, confidence in ranking]
    message.set(INTENT, dict(entries[0]), add_to_output=True)
    message.set("intent_ranking", entries, add_to_output=True)
    message.set(FULL_INTENT, ranking[0][0], add_to_output=True)
    articles = [_article(name, confidence) for name, confidence in ranking if _ARTICLE_SEPARATOR in name]
    if _ARTICLE_SEPARATOR in ranking[0][0]:
        selected = {"response": articles[0], "ranking": articles}
        retrieval = base_intent(ranking[0][0])
        answers = {"all_retrieval_intents": [retrieval], "default": selected, retrieval: selected}
        message.set("response_selector", answers, add_to_output=True)


def _article(full_name: str, confidence: float) -> dict[str, Any]:
    return {INTENT_RESPONSE_KEY: full_name, "confidence": confidence, "utter_action": f"utter_{full_name}"}
