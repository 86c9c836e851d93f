"""The models that this process serves: one for everybody, or two while a candidate is on trial.

A turn asks once which of them answers and keeps to it, so that a change between two turns is all that customers meet.
The old one goes when the last turn that uses it has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rasa_sdk import Action

from bot.assistant.agent import load_agent
from bot.assistant.assistant import Assistant
from bot.assistant.flow_policy import FlowPolicy
from bot.assistant.graph_runner import SequentialGraphRunner
from bot.assistant.tracker_store import SqlTrackerStore
from bot.assistant.understanding import Understanding
from bot.contracts import Conversation, Message
from bot.errors import ModelMissing
from bot.training.records import Trial
from bot.training.trial.model import takes

#: so begin the names of what Rasa itself says, such as the answers of articles
_SAYS = "utter_"


@dataclass(frozen=True)
class OnTrial:
    """A candidate, and which conversations it answers."""

    assistant: Assistant
    trial: Trial


class ServedModels:
    """Which model answers a conversation."""

    def __init__(self, memory: SqlTrackerStore, serving: Assistant) -> None:
        """`memory` is what all models share of what they remember."""
        self._memory = memory
        self._serving = serving
        self._trial: OnTrial | None = None

    @property
    def serving(self) -> Assistant:
        return self._serving

    @property
    def trial(self) -> OnTrial | None:
        return self._trial

    def of(self, conversation: Conversation) -> Assistant:
        """The model that answers this conversation; on all processes the same."""
        tried = self._trial
        if tried is not None and takes(tried.trial, conversation.id, conversation.created_at):
            return tried.assistant
        return self._serving

    def change(self, serving: Assistant, trial: OnTrial | None) -> None:
        """Let others answer from the next turn on."""
        self._serving, self._trial = serving, trial

    def forget(self, conversation_id: str) -> None:
        """Read the conversation from the database next time, after somebody else changed its slots."""
        self._memory.forget(conversation_id)

    async def hears_danger(self, message: Message, now: datetime) -> bool:
        """Whether a message tells of danger to life. Nothing is said, kept or learned."""
        return await self._serving.hears_danger(message, now)


def load_assistant(
    model: Path, memory: SqlTrackerStore, actions: Sequence[Action], action_timeout_s: float
) -> Assistant:
    """Load a model archive; takes a second or more, and may run beside the event loop.

    Args:
        memory: what the models share; this one gets a store of its own beside it.

    Raises:
        ModelMissing: the file is not there, or does not fit this version of the program.
    """
    store = memory.beside()
    agent = load_agent(model, store, actions, action_timeout_s)
    assert agent.processor is not None and isinstance(agent.processor.graph_runner, SequentialGraphRunner)
    known = {action.name() for action in actions} | set(agent.domain.responses)
    missing = sorted(name for name in agent.domain.user_actions if name not in known and not name.startswith(_SAYS))
    if missing:
        raise ModelMissing(
            f"The model {model.name} runs {', '.join(missing)}, which this version of the program does not have. "
            "Start the service again with the program that it was trained with."
        )
    book = agent.processor.graph_runner.component(FlowPolicy).book
    return Assistant(model.name, agent, store, Understanding.from_processor(agent.processor), book)
