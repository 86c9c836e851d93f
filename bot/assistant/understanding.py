"""From a customer's text to Rasa's parse data, without any of Rasa's shortcuts.

Rasa reads a message that begins with "/" as a command for itself, and prints messages in debug logs. Here a slash is a
character like any other, and nothing is logged.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.graph_runner import SequentialGraphRunner
from bot.assistant.nlu.clauses import CLAUSES, ClauseFinder, Clauses, Span, TakenBack
from bot.assistant.nlu.wishes import WISHES, ParseData, WishRules
from bot.errors import BotError

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

    def __init__(self, runner: GraphRunner, target: str, rules: WishRules) -> None:
        """Wrap a loaded graph.

        Args:
            runner: runner of a graph that holds `target`.
            target: name of the graph's last language node.
            rules: when parts of a message count as wishes of their own.
        """
        self._runner = runner
        self._target = target
        self._rules = rules

    @classmethod
    def from_processor(cls, processor: MessageProcessor) -> Understanding:
        """Return the understanding of an agent's loaded model (`agent.processor`); nothing is loaded twice.

        Raises:
            NoLanguageModel: the model was trained without language data.
        """
        target = processor.model_metadata.nlu_target
        if not target:
            raise NoLanguageModel
        return cls(processor.graph_runner, target, _rules_of(processor.model_metadata.predict_schema))

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
            return cls(SequentialGraphRunner.create(schema, storage, context), target, _rules_of(schema))

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
            text, extractor}, `full_intent`, `language` ("zh", "en" or absent), `scope` {nearness, refused, bare} and,
            for articles, `response_selector`. A refused message has the intent `nlu_fallback`. What a message takes
            back ("not cancel, just move it") counts no more, neither wish nor entities. A message of several wishes
            also has `wishes`: the same for each, in order, with offsets into its own `text`, and with the `start` of
            that text in the message; its own intent is then that of the first.
        """
        facts = dict(metadata or {})
        if now is not None:
            facts[NOW] = now.isoformat()
        return self._finished(text, *self._run([text.strip()], facts)[0], facts)

    def parse_all(self, texts: Sequence[str]) -> list[ParseData]:
        """Return what `parse` makes of each text, at half the cost; some hundred of them at most."""
        run = self._run([text.strip() for text in texts], {})
        return [self._finished(text, data, clauses, {}) for text, (data, clauses) in zip(texts, run, strict=True)]

    def _finished(self, text: str, data: ParseData, clauses: Clauses | None, facts: Mapping[str, Any]) -> ParseData:
        if clauses is not None and clauses.taken_back is not None:
            data = self._without_dropped(data, clauses.taken_back, facts)
        elif clauses is not None:
            data = self._with_wishes(data, clauses, facts)
        return _moved(data, text)

    def _run(self, texts: Sequence[str], facts: Mapping[str, Any]) -> list[tuple[ParseData, Clauses | None]]:
        """Understand each text by itself, all in one pass."""
        messages = [UserMessage(_without_command(text), metadata=dict(facts)) for text in texts]
        result = self._runner.run(
            inputs={PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: None}, targets=[self._target]
        )
        parsed: list[Message] = result[self._target]
        return [
            (_parse_data(text, message), Clauses.from_json(message.get(CLAUSES)))
            for text, message in zip(texts, parsed, strict=True)
        ]

    def _without_dropped(self, whole: ParseData, back: TakenBack, facts: Mapping[str, Any]) -> ParseData:
        spans = [span for span in (back.kept, back.dropped) if span[0] < span[1]]
        parts = self._parts(whole["text"], spans, facts) if back.kept[0] < back.kept[1] else {}
        return self._rules.without_dropped(whole, back, parts.get(back.kept), parts.get(back.dropped))

    def _with_wishes(self, whole: ParseData, clauses: Clauses, facts: Mapping[str, Any]) -> ParseData:
        cuts = self._rules.cuts_to_try(whole, clauses.cuts)
        if not cuts:
            return whole
        ways = self._rules.splits(whole["text"], cuts)
        parts = self._parts(whole["text"], sorted({span for _, spans in ways for span in spans}), facts)
        wishes = self._rules.wishes(whole, ways, parts)
        if not wishes:
            return whole
        found = [{**parts[span], "start": span[0]} for span in wishes]
        first = {key: found[0].get(key) for key in ("intent", "full_intent", "intent_ranking", "response_selector")}
        return {**whole, **{key: value for key, value in first.items() if value is not None}, WISHES: found}

    def _parts(self, text: str, spans: Sequence[Span], facts: Mapping[str, Any]) -> dict[Span, ParseData]:
        run = self._run([text[start:end] for start, end in spans], facts)
        return {span: data for span, (data, _) in zip(spans, run, strict=True)}


def _rules_of(schema: GraphSchema) -> WishRules:
    config: dict[str, Any] = next((node.config for node in schema.nodes.values() if node.uses is ClauseFinder), {})
    return WishRules.from_config(config)


def _parse_data(text: str, message: Message) -> ParseData:
    data: ParseData = {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": []}
    data.update({key: message.get(key) for key in _KEPT if message.get(key) is not None})
    data["entities"] = [{**item, "text": text[item["start"] : item["end"]]} for item in data["entities"]]
    return data


def _without_command(text: str) -> str:
    stripped = text.lstrip()
    if stripped.startswith(_COMMAND_SIGN):
        return text.replace(_COMMAND_SIGN, _HARMLESS_SIGN, 1)
    return text


def _moved(data: ParseData, text: str) -> ParseData:
    """What was found in the stripped text, with offsets into the text as typed."""
    lead = len(text) - len(text.lstrip())
    data["text"] = text
    if lead:
        places = [*data["entities"], *data.get(WISHES, ())]
        for item in places:
            item.update({key: item[key] + lead for key in ("start", "end") if key in item})
    return data
