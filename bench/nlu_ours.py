"""Our side of `bench.nlu`: the components that `config.yml` names, trained and asked as the product does it."""

from __future__ import annotations

import hashlib
import resource
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bench.nlu_data import Rows
from bench.nlu_score import Answer, Score, score
from bot.assistant.nlu.classifier import FULL_INTENT, HybridIntentClassifier
from bot.assistant.nlu.encoder import SentenceEncoderFeaturizer
from bot.assistant.nlu.fallback import OutOfScopeFallback
from bot.assistant.nlu.meaning import ENCODER_VERSION, shared_encoder
from bot.assistant.nlu.tokenizer import SpacyMixedTokenizer

_TIMED = 500
_WARM_UP = 20
_MS = 1000.0
_KIB_IN_MB = 1024.0


def run_ours(config: Path, cache: Path, train: Rows, test: Rows) -> Score:
    """Train on `train`, ask `test`, and return the figures.

    Args:
        config: the product's configuration; its tokenizer, featurizer, classifier and fallback are taken.
        cache: folder for sentence vectors of texts seen before.
    """
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(config, Path(folder), cache)
        train_s = pipeline.train(train)
        answers = pipeline.answers(test)
        message_ms = pipeline.message_ms(test)
    return score(test, answers, train_s, message_ms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MB)


class Pipeline:
    """Tokenizer, sentence vectors, classifier and fallback of a configuration file, without Rasa's graph."""

    def __init__(self, config: Path, storage: Path, cache: Path) -> None:
        settings = _settings(config)
        context = ExecutionContext(GraphSchema({}))
        store, name = LocalModelStorage(storage), Resource("classifier")
        self._cache = cache
        tokenizer = {**SpacyMixedTokenizer.get_default_config(), **settings[SpacyMixedTokenizer.__name__]}
        self._tokenizer = SpacyMixedTokenizer.create(tokenizer, store, Resource("tokenizer"), context)
        self._featurizer = SentenceEncoderFeaturizer.create({}, store, Resource("featurizer"), context)
        classifier = {**HybridIntentClassifier.get_default_config(), **settings[HybridIntentClassifier.__name__]}
        self._classifier = HybridIntentClassifier.create(classifier, store, name, context)
        self._fallback = OutOfScopeFallback.create({}, store, Resource("fallback"), context)

    def train(self, rows: Rows) -> float:
        """Train the classifier and return the seconds it took, with those that the vectors took when first made."""
        messages = [Message({TEXT: text, INTENT: label}) for text, label in zip(rows.texts, rows.labels, strict=True)]
        vectors_s = self._featurize(messages)
        began = time.perf_counter()
        self._classifier.train(TrainingData(messages))
        return vectors_s + time.perf_counter() - began

    def answers(self, rows: Rows) -> list[Answer]:
        """Return the pipeline's answer to each row."""
        messages = [Message({TEXT: text}) for text in rows.texts]
        self._featurize(messages)
        self._classifier.process(messages)
        likeliest = [message.get("intent_ranking")[0] for message in messages]
        self._fallback.process(messages)
        return [
            Answer(str(best[FULL_INTENT]), float(best["confidence"]), message.get(INTENT)["name"] != best["name"])
            for best, message in zip(likeliest, messages, strict=True)
        ]

    def message_ms(self, rows: Rows) -> float:
        """Return the median milliseconds from a text to its intent, one message after the other."""
        shared_encoder().forget()
        times = []
        for text in rows.texts[: _WARM_UP + _TIMED]:
            began = time.perf_counter()
            messages = [Message({TEXT: text})]
            self._tokenize(messages)
            self._featurizer.process(messages)
            self._classifier.process(messages)
            self._fallback.process(messages)
            times.append(_MS * (time.perf_counter() - began))
        return statistics.median(times[_WARM_UP:] or times)

    def _tokenize(self, messages: list[Message]) -> None:
        self._tokenizer.process(messages)

    def _featurize(self, messages: list[Message]) -> float:
        self._tokenize(messages)
        texts = self._featurizer.texts(messages)
        file = self._cache / f"{_digest([ENCODER_VERSION, *texts])}.npz"
        if not file.is_file():
            began = time.perf_counter()
            vectors = shared_encoder().meanings(texts)
            self._cache.mkdir(parents=True, exist_ok=True)
            np.savez(file, vectors=vectors, seconds=time.perf_counter() - began)
        with np.load(file) as kept:
            vectors_of: NDArray[np.float32] = kept["vectors"]
            seconds = float(kept["seconds"])
        self._featurizer.leave(messages, vectors_of)
        return seconds


def _settings(config: Path) -> Mapping[str, dict[str, Any]]:
    body = yaml.safe_load(config.read_text("utf-8"))
    settings: dict[str, dict[str, Any]] = {}
    for entry in body["pipeline"]:
        values = dict(entry)
        settings[str(values.pop("name")).rpartition(".")[2]] = values
    return settings


def _digest(parts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:32]
