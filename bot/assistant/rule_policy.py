"""Rasa's RulePolicy for one-turn answers, kept from working where a flow has already decided."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, TEXT

from bot.assistant.flow_policy import chosen_by_flows


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OneTurnRulePolicy(RulePolicy):
    """Rules answer the customer's message, and end their own answer; in the middle of a flow's turn they have no say.

    RulePolicy featurizes the whole tracker at each prediction, once for each earlier turn, which costs more than all
    flows together. One-turn rules see the last message and the last action, so these two states are all there is to
    featurize. After an action that a flow chose, the next one is a flow's too (`FlowPolicy` is certain of it).
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

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[Text], Optional[Text], bool]:
        if use_text_for_last_user_input:
            return None, None, False  # our rules name intents, none a customer's words
        return super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: Optional[Dict[Text, Any]] = None,
    ) -> List[State]:
        now = domain.get_active_state(tracker)
        now.get(USER, {}).pop(TEXT, None)
        if tracker.latest_action_name in (ACTION_LISTEN_NAME, None):
            return [now]
        return [{**now, PREVIOUS_ACTION: {ACTION_NAME: ACTION_LISTEN_NAME}}, now]
