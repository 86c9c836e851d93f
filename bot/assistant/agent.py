"""Rasa's Agent, embedded: our tracker store without the fail-safe wrapper, actions in process, no schema checks."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import rasa.core.actions.action as rasa_actions
import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphComponentException, GraphSchemaException
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa_sdk import Action

from bot.assistant.graph_runner import SequentialGraphRunner
from bot.assistant.in_process_actions import InProcessAction, InProcessActions
from bot.assistant.lock_store import WaitingLockStore
from bot.assistant.nlg import BilingualResponses
from bot.assistant.tracker_store import SqlTrackerStore
from bot.errors import BotError, ModelMissing

log = structlog.get_logger(__name__)
#: a flow may walk through several actions in one turn
_MAX_PREDICTIONS = 25


class FrontlineProcessor(MessageProcessor):
    """Rasa's processor with custom actions answered in process, and without the copies that only its logs read."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, SequentialGraphRunner]:
        with TemporaryDirectory() as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, SequentialGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[rasa_actions.Action, PolicyPrediction]:
        """Rasa's prediction; a custom action is answered in process."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is rasa_actions.RemoteAction:
            action = InProcessAction(action.name(), self.action_endpoint)
        return action, prediction

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Nothing: every slot's mapping is `custom`, the flow policy fills them."""
        return tracker

    async def _run_action(
        self,
        action: rasa_actions.Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run one action on the tracker itself; returns whether another action follows.

        Rasa runs it on a copy, since a form may refuse to run and what the policy wanted is then undone. There are no
        forms here. An action that fails leaves no events, as in Rasa.
        """
        tracker.update_with_events(prediction.events, self.domain)
        try:
            events: list[Event] = await action.run(output_channel, nlg, tracker, self.domain)
        except Exception as exc:
            log.error("action.failed", action=action.name(), cause=type(exc).__name__)
            events = []
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())


#: what comes of reading an archive in which another version of the program, or of Rasa, left other things
_UNFIT = (
    BotError,
    GraphComponentException,
    GraphSchemaException,
    RasaException,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)


class FrontlineAgent(Agent):
    """An Agent for one process; models are changed by building a new one beside it, never in place."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load the archive and build our processor on it."""
        self.processor = FrontlineProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            max_number_of_predictions=_MAX_PREDICTIONS,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses


def load_agent(
    model: Path, tracker_store: SqlTrackerStore, actions: Sequence[Action], action_timeout_s: float
) -> Agent:
    """Load a model archive.

    Raises:
        ModelMissing: the file is not there or cannot be read as a model of this version.
    """
    if not model.is_file():
        raise ModelMissing(f"The model {model.name} is not there. Run `make train`, or unset FRONTLINE_MODEL.")
    agent = FrontlineAgent(
        generator=BilingualResponses({}),
        tracker_store=tracker_store,
        lock_store=WaitingLockStore(),
        action_endpoint=InProcessActions(actions, action_timeout_s),
    )
    agent.tracker_store = tracker_store  # the constructor wraps it so that a failed read becomes an empty conversation
    try:
        agent.load_model(model)
    except (EOFError, OSError, tarfile.TarError, zlib.error) as exc:
        raise ModelMissing(
            f"The model {model.name} is no whole archive ({exc}). Restore it, or train again: python -m bot train."
        ) from exc
    except _UNFIT as exc:
        raise ModelMissing(
            f"The model {model.name} does not fit this version of the program ({type(exc).__name__}). "
            "Train again: python -m bot train."
        ) from exc
    return agent
