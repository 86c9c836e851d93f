"""Rasa's RulePolicy for one-turn answers, kept from working where a flow has already decided."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, InvalidRule, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State, SubState
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, INTENT_NAME_KEY

from bot.assistant.flow_policy import chosen_by_flows


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OneTurnRulePolicy(RulePolicy):
    """Rules answer the customer's message, and end their own answer; in the middle of a flow's turn they have no say.

    RulePolicy featurizes the whole tracker at each prediction and holds every rule against it, which costs more than
    all flows together. A one-turn rule is found by its intent and the last action alone. After an action that a flow
    chose, the next one is a flow's too (`FlowPolicy` is certain of it).
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

    def _analyze_rules(
        self,
        rule_trackers: List[TrackerWithCachedStates],
        all_trackers: List[TrackerWithCachedStates],
        domain: Domain,
    ) -> List[Text]:
        """Rasa's check for contradictions, and that every rule is one that this policy can find again.

        Raises:
            InvalidRule: a rule depends on more than an intent.
        """
        for key in self.lookup[RULES]:
            for state in self._rule_key_to_state(key):
                if set(state) - {PREVIOUS_ACTION, USER} or set(state.get(USER, {})) - {INTENT}:
                    raise InvalidRule(
                        "A rule in data/rules depends on more than one intent: "
                        f"{key}. Answers that depend on slots or on what was said before are flows (data/flows)."
                    )
        return list(super()._analyze_rules(rule_trackers, all_trackers, domain))

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[Text], Optional[Text], bool]:
        if use_text_for_last_user_input or tracker.latest_message is None:
            return None, None, False  # our rules name intents, none a customer's words
        user: SubState = {INTENT: tracker.latest_message.intent.get(INTENT_NAME_KEY)}
        states: List[State] = [{PREVIOUS_ACTION: {ACTION_NAME: ACTION_LISTEN_NAME}, USER: user}]
        if tracker.latest_action_name not in (ACTION_LISTEN_NAME, None):
            states.append({PREVIOUS_ACTION: {ACTION_NAME: tracker.latest_action_name}, USER: user})
        key = self._create_feature_key(states)
        return self.lookup[RULES].get(key), key, False
