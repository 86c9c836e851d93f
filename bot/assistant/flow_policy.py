"""The policy that keeps a stack of flows. Its rules are data (`data/flows/*.yml`); RulePolicy has one-turn answers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.flows.engine import Engine
from bot.assistant.flows.frames import Frame, Heard, Move
from bot.assistant.flows.model import FlowBook, parse_flows
from bot.assistant.flows.patterns import FlowError

STACK_SLOT = "flow_stack"
_FILE = "flows.json"
_FOLDER = "data/flows"
_CERTAIN = 1.0
_INFORM = "inform"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class FlowPolicy(Policy):
    """Predicts the next action of the flow on top of the stack, and says nothing when no flow is concerned.

    The stack is kept in the slot `flow_stack`; the policy changes it, and the slots that a message fills, by events
    that go with its prediction. It therefore needs no more of the history than the events since the last message.
    """

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        documents: Optional[Dict[Text, Text]] = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context)
        self._documents = documents or {}
        self._engine = Engine(parse_flows(documents)) if documents else None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`flows` is the folder that training reads; `priority` stands above RulePolicy's 6."""
        return {"flows": _FOLDER, "priority": 10, "max_history": 1}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """A digest of the flow files, so that a change of them trains this policy again."""
        digest = hashlib.sha256()
        for name, text in sorted(_read(config).items()):
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()

    def train(self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Check the flows against the domain and put them into the model.

        Raises:
            FlowError: a flow runs an action or uses a slot that the domain does not have.
        """
        self._documents = _read(self.config)
        book = parse_flows(self._documents)
        missing = sorted(name for name in book.actions() if name not in domain.action_names_or_texts)
        if missing:
            raise FlowError(f"Flows use actions or responses that the domain does not have: {', '.join(missing)}.")
        slots = {slot.name for slot in domain.slots}
        used = {slot for flow in book.flows.values() for slot in (*flow.slots, *flow.entities.values())}
        used |= {name for flow in book.flows.values() for step in flow.steps for name in step.condition.names()}
        if used - slots:
            raise FlowError(f"Flows use slots that the domain does not have: {', '.join(sorted(used - slots))}.")
        self._engine = Engine(book)
        with self._model_storage.write_to(self._resource) as folder:
            (Path(folder) / _FILE).write_text(json.dumps(self._documents, ensure_ascii=False), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "FlowPolicy":
        """Load the flows that were trained into the model."""
        with model_storage.read_from(resource) as folder:
            documents = json.loads((Path(folder) / _FILE).read_text("utf-8"))
        return cls(config, model_storage, resource, execution_context, documents=documents)

    @property
    def book(self) -> FlowBook:
        """The flows that were trained into the model."""
        return self._trained.book

    @property
    def _trained(self) -> Engine:
        if self._engine is None:
            raise FlowError("The model holds no flows. Train it again: python -m bot train.")
        return self._engine

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Certain of one action, or silent (all zero) so that rules may answer."""
        move = self._move(tracker)
        events: List[Event] = [SlotSet(name, value) for name, value in move.sets.items()]
        stack = [frame.as_json() for frame in move.stack]
        if stack != (tracker.get_slot(STACK_SLOT) or []):
            events.append(SlotSet(STACK_SLOT, stack))
        probabilities = self._default_predictions(domain)
        if move.action is not None:
            probabilities[domain.index_for_action(move.action)] = _CERTAIN
        return self._prediction(probabilities, events=events)

    def _move(self, tracker: DialogueStateTracker) -> Move:
        engine = self._trained
        stack = tuple(Frame.from_json(item) for item in tracker.get_slot(STACK_SLOT) or [])
        slots = tracker.current_slot_values()
        heard = _heard(tracker.latest_message, bool(stack)) if tracker.latest_message is not None else None
        if tracker.latest_action_name in (ACTION_LISTEN_NAME, None) and heard is not None:
            return engine.hear(stack, slots, heard)
        return engine.proceed(stack, slots, tracker.latest_action_name or "", chosen_by_flows(tracker), heard)


def _heard(message: UserUttered, asked: bool) -> Heard:
    # a message of entities alone answers the open question; what it might wish means little
    return Heard(
        text=message.text or "",
        intent=_INFORM if asked and _is_bare(message) else message.intent.get("name") or "",
        confidence=float(message.intent.get("confidence") or 0.0),
        entities={item["entity"]: item["value"] for item in message.entities},
        ranking=_ranking(message),
    )


def _ranking(message: UserUttered) -> tuple[tuple[str, float], ...]:
    ranking = (message.parse_data or {}).get("intent_ranking") or ()
    return tuple((str(item.get("full_intent") or item["name"]), float(item["confidence"])) for item in ranking)


def chosen_by_flows(tracker: DialogueStateTracker) -> bool:
    """Whether a flow, and not a rule, chose the latest action."""
    last = next((event for event in reversed(tracker.events) if isinstance(event, ActionExecuted)), None)
    return last is not None and (last.policy or "").endswith(FlowPolicy.__name__)


def _is_bare(message: UserUttered) -> bool:
    return bool(((message.parse_data or {}).get("scope") or {}).get("bare"))


def _read(config: Dict[Text, Any]) -> Dict[Text, Text]:
    return {path.name: path.read_text("utf-8") for path in sorted(Path(config.get("flows") or _FOLDER).glob("*.yml"))}
