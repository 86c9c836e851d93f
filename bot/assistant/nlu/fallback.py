"""Says no to messages that nothing in the model fits."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.bare import BARE
from bot.assistant.nlu.classifier import FULL_INTENT, SCOPE
from bot.assistant.nlu.component import StatelessComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class OutOfScopeFallback(StatelessComponent, IntentClassifier):
    """Sets `nlu_fallback` where the classifier found the message outside its limits.

    The limits are measured in training and stored with the classifier's model. The ranking stays as it was, so that
    the dialogue can still offer the likeliest intents as buttons. A bare answer ("13800138000") is never refused.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier that sets `scope` comes before it."""
        return [IntentClassifier]

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the intent of refused messages; its confidence becomes what was missing."""
        for message in messages:
            scope = message.get(SCOPE) or {}
            if not scope.get("refused") or scope.get(BARE):
                continue
            confidence = 1.0 - float((message.get(INTENT) or {}).get("confidence") or 0.0)
            fallback = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": confidence}
            message.set(INTENT, fallback, add_to_output=True)
            message.set(FULL_INTENT, DEFAULT_NLU_FALLBACK_INTENT_NAME, add_to_output=True)
            message.data.pop("response_selector", None)
        return messages
