"""Rasa's RulePolicy for one-turn answers, kept from working where a flow has already decided."""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.flow_policy import chosen_by_flows


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OneTurnRulePolicy(RulePolicy):
    """Rules answer the customer's message, and end their own answer; in the middle of a flow's turn they have no say.

    RulePolicy featurizes the whole tracker at each prediction, which costs more than all flows together. After an
    action that a flow chose, the next one is a flow's too (`FlowPolicy` is certain of it), so nothing is lost.
    """

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Rasa's prediction, or silence (all zero) after an action that a flow chose."""
        if tracker.latest_action_name not in (ACTION_LISTEN_NAME, None) and chosen_by_flows(tracker):
            return self._prediction(self._default_predictions(domain))
        return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
