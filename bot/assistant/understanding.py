"""From a customer's text to Rasa's parse data, without any of Rasa's shortcuts.

Rasa reads a message that begins with "/" as a command for itself, and prints messages in debug logs. Here a slash is a
character like any other, and nothing is logged.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.graph_runner import SequentialGraphRunner
from bot.errors import BotError

ParseData = dict[str, Any]

NOW = "now"
"""Key of the message metadata that holds the instant the text refers to, ISO 8601."""

_COMMAND_SIGN = "/"
_HARMLESS_SIGN = "\uff0f"
"""The full-width slash: one character too, so no offset moves, and normalising makes it a slash again."""

_KEPT = ("intent", "entities", "intent_ranking", "response_selector", "full_intent", "language", "scope")


class NoLanguageModel(BotError):
    """This model understands no language. Train one: python -m bot train."""

    status, code = 503, "no_language_model"


class Understanding:
    """Runs the language understanding of a trained model, and only that: no policy, no tracker."""

    def __init__(self, runner: GraphRunner, target: str) -> None:
        """Wrap a loaded graph.

        Args:
            runner: runner of a graph that holds `target`.
            target: name of the graph's last language node.
        """
        self._runner = runner
        self._target = target

    @classmethod
    def from_processor(cls, processor: MessageProcessor) -> Understanding:
        """Return the understanding of an agent's loaded model (`agent.processor`); nothing is loaded twice.

        Raises:
            NoLanguageModel: the model was trained without language data.
        """
        target = processor.model_metadata.nlu_target
        if not target:
            raise NoLanguageModel
        return cls(processor.graph_runner, target)

    @classmethod
    def from_archive(cls, model_file: Path) -> Understanding:
        """Load the language part of a model archive; policies stay on disk.

        Raises:
            NoLanguageModel: the file does not exist, or the model was trained without language data.
        """
        if not model_file.is_file():
            raise NoLanguageModel(f"No model at {model_file.name}. Train one: python -m bot train.")
        with tempfile.TemporaryDirectory() as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), model_file)
            target = metadata.nlu_target
            if not target:
                raise NoLanguageModel
            schema = metadata.predict_schema.minimal_graph_schema([target])
            context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
            return cls(SequentialGraphRunner.create(schema, storage, context), target)

    async def parse(
        self, text: str, now: datetime | None = None, metadata: Mapping[str, Any] | None = None
    ) -> ParseData:
        """Return what `UserMessage(parse_data=…)` takes.

        Args:
            text: the message as typed; offsets of entities refer to it.
            now: the instant that "tomorrow" counts from; None for the clock's.
            metadata: further facts for the components.

        Returns:
            `text`, `intent` {name, confidence, full_intent; full_retrieval_intent_name for articles},
            `intent_ranking` (at most 10 of the same, calibrated, best first), `entities` {entity, start, end, value,
            text, extractor}, `full_intent`, `language` ("zh", "en" or absent), `scope` {nearness, refused} and, for
            articles, `response_selector`. A refused message has the intent `nlu_fallback`.
        """
        facts = dict(metadata or {})
        if now is not None:
            facts[NOW] = now.isoformat()
        message = UserMessage(_without_command(text), metadata=facts)
        result = self._runner.run(
            inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: None}, targets=[self._target]
        )
        parsed: Message = result[self._target][0]
        data: ParseData = {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": []}
        data.update({key: parsed.get(key) for key in _KEPT if parsed.get(key) is not None})
        data["entities"] = _moved(data["entities"], text)
        return data


def _without_command(text: str) -> str:
    stripped = text.lstrip()
    if stripped.startswith(_COMMAND_SIGN):
        return text.replace(_COMMAND_SIGN, _HARMLESS_SIGN, 1)
    return text


def _moved(entities: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Rasa strips the text before it parses it; return the entities with offsets into the text as typed."""
    lead = len(text) - len(text.lstrip())
    moved = []
    for entity in entities:
        start, end = entity["start"] + lead, entity["end"] + lead
        moved.append({**entity, "start": start, "end": end, "text": text[start:end]})
    return moved
