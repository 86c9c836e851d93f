"""Guided steps of a fault: which one comes next, what the customer sees on the modem, and whether it helped."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.fault_steps import GuidedStep, judge, next_step
from actions.own_words import Progress, cannot_tell, corrects, denies_red, last_digits, progress, wants_visit
from actions.packet_facts import checked, misses

Events = list[dict[str, Any]]

_REPORT_INTENT = "report_"
_UNKNOWN_LIGHT = "unknown"


class ActionChooseStep(ServiceAction):
    """Decide on the next guided step, and restart the device from the network when that is it.

    Reads fault_product, fault_line, symptom, test_result, device_light, light_verdict, guide_tried. Sets guide_step (a
    `GuidedStep`, `judge` when a light was named unasked, or None), guide_tried, problem_solved, checks.
    """

    def name(self) -> str:
        return "action_choose_step"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        product, verdict = str(tracker.get_slot("fault_product")), tracker.get_slot("light_verdict")
        if product == "broadband" and tracker.get_slot("device_light") and verdict is None:
            return [SlotSet("guide_step", "judge")]
        tried = list(tracker.get_slot("guide_tried") or [])
        step = next_step(
            product=product,
            symptom=tracker.get_slot("symptom"),
            test_result=tracker.get_slot("test_result"),
            verdict=verdict,
            tried=tried,
            limit=int(self.services.policies.get("visit_guided_steps_before", "operator").number),
        )
        events: Events = [SlotSet("problem_solved", None), SlotSet("guide_wait", None)]
        if step is GuidedStep.restarted:
            answered = await self.services.operator.network.restart_device(str(tracker.get_slot("fault_line")))
            events.append(checked(tracker, "restart", "answered" if answered else "no answer", self.now(tracker)))
            if not answered:
                tried.append(GuidedStep.restarted.value)
                step = GuidedStep.unplug if GuidedStep.unplug.value not in tried else None
        if step is not None:
            tried.append(step.value)
        value = step.value if step is not None else None
        return [*events, SlotSet("guide_step", value), SlotSet("guide_tried", tried)]


class ActionReadLight(ServiceAction):
    """Take "I can't tell" for an answer to the question about the lights.

    Reads the message. Sets device_light to `unknown`, or to `all_normal` when there is no red one; problem_solved when
    it has come back meanwhile.
    """

    def name(self) -> str:
        return "action_read_light"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if progress(words) is Progress.solved and not tracker.get_slot("device_light"):
            return [SlotSet("device_light", _UNKNOWN_LIGHT), SlotSet("problem_solved", True)]
        if denies_red(words):
            return [SlotSet("device_light", "all_normal")]
        return [SlotSet("device_light", _UNKNOWN_LIGHT)] if cannot_tell(words) else []


class ActionJudgeLight(ServiceAction):
    """Say what the light means.

    Reads device_light. Sets light_verdict (outside, power, inside), checks. Utters utter_faults_light_outside.
    """

    def name(self) -> str:
        return "action_judge_light"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        light = tracker.get_slot("device_light")
        verdict = judge(light, denies_red(self.customer_text(tracker))).value
        if verdict == "outside":
            dispatcher.utter_message(response="utter_faults_light_outside")
        return [SlotSet("light_verdict", verdict), checked(tracker, "lights", str(light), self.now(tracker))]


class ActionAskProblemSolved(ServiceAction):
    """Describe the guided step and ask whether it helped.

    Reads guide_step, guide_wait. Sets guide_wait. Utters utter_faults_try_<step>, utter_faults_take_your_time or
    utter_ask_problem_solved_again.
    """

    def name(self) -> str:
        return "action_ask_problem_solved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if misses(tracker):
            dispatcher.utter_message(response="utter_ask_problem_solved_again")
        elif tracker.get_slot("guide_wait"):
            dispatcher.utter_message(response="utter_faults_take_your_time")
        else:
            dispatcher.utter_message(response=f"utter_faults_try_{tracker.get_slot('guide_step')}")
        return [SlotSet("guide_wait", None)]


class ActionReadSolved(ServiceAction):
    """Read whether the guided step helped: "works now", "still dead", "wait, I'm trying".

    Reads the message. Sets problem_solved to true, false, `busy`, or `visit` when a technician is wanted at once, or
    `other_line` when it is about another line ("no, the one ending 22").
    """

    def name(self) -> str:
        return "action_read_solved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if last_digits(words) and corrects(words):
            return [SlotSet("problem_solved", "other_line")]
        result = progress(words)
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        if result is None and intent.startswith(_REPORT_INTENT):
            result = Progress.unsolved
        if result is None:
            return [SlotSet("problem_solved", "visit")] if wants_visit(words) else []
        return [SlotSet("problem_solved", "busy" if result is Progress.busy else result is Progress.solved)]


class ActionGiveTime(ServiceAction):
    """Let the customer finish the step. Sets guide_wait, empties problem_solved."""

    def name(self) -> str:
        return "action_give_time"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet("guide_wait", True), SlotSet("problem_solved", None)]


class ActionCloseFault(ServiceAction):
    """The fault is gone: solved by the bot. Reads guide_step. Sets checks. Utters utter_faults_solved."""

    def name(self) -> str:
        return "action_close_fault"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_faults_solved")
        return [checked(tracker, "solved_by_bot", str(tracker.get_slot("guide_step")), self.now(tracker))]
