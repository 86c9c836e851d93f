"""The featurizer that leaves a sentence vector on every message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.nlu.meaning import MEANING_SIZE, Vectors, meaning_text, shared_encoder
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.tokenizer import normalised_text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(GraphComponent):
    """Adds the sentence vector to each message, and behind it what the classifier trains the last layers on with."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The tokenizer comes first; it leaves the normalised text."""
        return [Tokenizer]

    def __init__(self, name: str) -> None:
        self._name = name
        self._encoder = shared_encoder()
        self._normalise = Normaliser()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Return a featurizer that shares the process's encoder."""
        return cls(execution_context.node_name or cls.__name__)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors of all messages, encoded as one batch."""
        texts = self.texts(messages)
        self.leave(messages, [self._encoder.meaning_of(texts[0])] if len(texts) == 1 else self._encoder.meanings(texts))
        return messages

    def texts(self, messages: Sequence[Message]) -> list[str]:
        """Return what of each message is encoded."""
        return [meaning_text(normalised_text(message, self._normalise)) for message in messages]

    def leave(self, messages: Sequence[Message], vectors: Iterable[Vectors]) -> None:
        """Leave one vector on each message, in order."""
        for message, vector in zip(messages, vectors, strict=True):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._name))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all examples that have a text."""
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data


def meanings_of(messages: Sequence[Message]) -> Vectors:
    """Return the rows that the featurizer left on `messages`, in order; zeros where there is none."""
    rows = np.zeros((len(messages), MEANING_SIZE), dtype=np.float32)
    for row, message in zip(rows, messages, strict=True):
        _, sentence = message.get_dense_features(TEXT, [])
        if sentence is not None:
            row[:] = sentence.features[-1]
    return rows
