"""One tokenizer for Chinese, English and both in one sentence."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.tokens import blank_language, token_spans

NORMALISED = "normalised"
"""Message property: the text in one spelling, same offsets as the text."""


def normalised_text(message: Message, normalise: Normaliser) -> str:
    """Return the message's text in one spelling, from the message if an earlier component left it there."""
    known = message.get(NORMALISED)
    if isinstance(known, str):
        return known
    return normalise(str(message.get("text") or ""))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyMixedTokenizer(Tokenizer):
    """Tokenises Chinese, English and mixed messages; sets the property `normalised`.

    Token offsets refer to the text as typed; token texts are the normalised ones.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own keys for splitting intent names; nothing to set for the text itself."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._nlp = blank_language()
        self._normalise = Normaliser()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyMixedTokenizer:
        """Return a new tokenizer; it stores nothing."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of `message`."""
        text = str(message.get(attribute) or "")
        normalised = self._normalise(text)
        if attribute == "text":
            message.set(NORMALISED, normalised)
        doc = self._nlp.tokenizer(normalised)
        spans = token_spans(normalised)
        return [Token(token.text, start, end) for token, (start, end) in zip(doc, spans, strict=True)]
