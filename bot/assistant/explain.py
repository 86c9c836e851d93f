"""Why a message was understood as it was: `python -m bot parse --explain`.

Reads the intent model and the texts of its examples from a model archive. Serving loads neither this nor the texts.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from bot.assistant.nlu.intent_model import EXAMPLES, IntentModel, ModelDoesNotFit, read_examples
from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import meaning_text, shared_encoder
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.tokens import token_spans

NEAREST = 5
"""How many examples are shown."""

WEIGHTIEST = 8
"""How many tokens are shown at most."""


class Explainer:
    """Explains what the intent model of one archive makes of a text."""

    def __init__(self, model: IntentModel, examples: tuple[str, ...]) -> None:
        """Take a trained model, and the texts of its examples as trainers wrote them, in the order of training."""
        self._model = model
        self._examples = examples
        self._encoder = shared_encoder()
        self._normalise = Normaliser()

    @classmethod
    def from_archive(cls, model_file: Path) -> Explainer:
        """Read the intent model and its examples from a model archive.

        Raises:
            ModelDoesNotFit: the archive holds no examples, or was written by another version.
        """
        with tempfile.TemporaryDirectory() as name, tarfile.open(model_file) as archive:
            folder = Path(name)
            for member in archive.getmembers():
                if member.isfile() and "HybridIntentClassifier" in member.name:
                    content = archive.extractfile(member)
                    if content is not None:
                        (folder / PurePosixPath(member.name).name).write_bytes(content.read())
            if not (folder / EXAMPLES).is_file():
                raise ModelDoesNotFit
            return cls(IntentModel.load(folder), read_examples(folder))

    def explain(self, text: str) -> dict[str, Any]:
        """Return the nearest examples and the tokens that weighed most for the likeliest intent.

        Returns:
            `intent`; `nearest`, a list of `{"text", "intent", "similarity"}`; `tokens`, a list of `{"text", "weight",
            "words", "meaning"}`. Similarity is a cosine. The weight of a token is how much of the intent's lead over
            the next one goes when the token is left out, in the n-grams (`words`) and in what the encoder makes of
            the text (`meaning`); tokens that speak against the intent weigh below 0.
        """
        seen = meaning_text(self._normalise(text))
        spans = [span for span in token_spans(seen) if any(sign.isalnum() for sign in seen[slice(*span)])]
        variants = [seen, *(_without(seen, span) for span in spans)]
        meanings = self._encoder.meanings(variants)
        dense, grams = self._model.parts(variants, meanings)
        best = int(np.argmax(dense[0] + grams[0]))
        lead_of_meaning, lead_of_words = (
            _lead(dense, best, dense[0] + grams[0]),
            _lead(grams, best, dense[0] + grams[0]),
        )
        meaning, words = lead_of_meaning[0] - lead_of_meaning[1:], lead_of_words[0] - lead_of_words[1:]
        order = np.argsort(-np.abs(meaning + words), kind="stable")[:WEIGHTIEST]
        tokens = [
            {
                "text": seen[slice(*spans[index])],
                "weight": round(float(meaning[index] + words[index]), 3),
                "words": round(float(words[index]), 3),
                "meaning": round(float(meaning[index]), 3),
            }
            for index in order
        ]
        nearest = [
            {"text": self._examples[number], "intent": self._model.intent_of(number), "similarity": round(cosine, 3)}
            for number, cosine in self._model.space.nearest(meanings[0, :VECTOR_SIZE], NEAREST)
        ]
        return {"intent": self._model.labels[best], "nearest": nearest, "tokens": tokens}


def _without(text: str, span: tuple[int, int]) -> str:
    return " ".join((text[: span[0]] + text[span[1] :]).split())


def _lead(
    scores: np.ndarray[Any, np.dtype[np.float32]], best: int, whole: np.ndarray[Any, np.dtype[np.float32]]
) -> Any:
    """How far the intent leads the one that comes next, in each row."""
    others = np.where(np.arange(len(whole)) == best, -np.inf, whole)
    return scores[:, best] - scores[:, int(np.argmax(others))]
