"""The stack of flows: pure functions from (stack, slots, message) to the next action and the slots to set.

A frame is where one flow stands. The top frame is the one being talked about; those below wait and are taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.assistant.flows.follow_ups import TIME
from bot.assistant.flows.frames import Frame, Heard, Move
from bot.assistant.flows.model import Accept, Flow, FlowBook, Slots, Step, StepKind

LISTEN = "action_listen"
HANDOFF = "action_handoff"
_MAX_MOVES = 200


class Engine:
    """Advances a stack of flows by the rules of a `FlowBook`."""

    def __init__(self, book: FlowBook) -> None:
        self._book = book

    @property
    def book(self) -> FlowBook:
        return self._book

    # -- a message has come ------------------------------------------------------------------------------------

    def hear(self, stack: tuple[Frame, ...], slots: Slots, heard: Heard, *, read: bool = False) -> Move:
        """Interpret a message and give the first action of the turn.

        Args:
            read: the words have been tried as an answer to the open question, and are none.
        """
        book, patterns = self._book, self._book.patterns
        sets: dict[str, Any] = {}
        guessed, heard = heard, self._in_context(stack, slots, heard)
        near = (
            heard.intent == guessed.intent
            and patterns.close_calls.asks(heard)
            and slots.get(patterns.last_flow_slot) != patterns.close_calls.flow
        )
        if slots.get(patterns.last_flow_slot):
            sets[patterns.last_flow_slot] = None
        for counter in patterns.counters:
            if (
                heard.intent not in counter.intents
                and slots.get(counter.slot)
                and heard.intent not in patterns.unclear_intents
            ):
                sets[counter.slot] = 0
        flow = book.by_intent(heard.intent)

        if flow is not None and flow.control and heard.confidence < patterns.control_confidence:
            # an emergency guessed at low confidence would frighten more than help
            heard, flow = replace(heard, intent=patterns.unclear_intent), None
        if flow is not None and flow.control:
            # what was collected stays in the slots, for the person who takes over
            return self._start(flow, (), slots, sets, heard)
        if not read and self._maybe_answer(stack, heard, flow):
            top = replace(stack[-1], resolving=True, tentative=True)
            return Move(self._step(top).resolve, (*stack[:-1], top), sets)
        sure = heard.confidence >= patterns.interrupt_confidence
        if heard.intent in patterns.cancel_intents and (sure or not stack) and not self._goes_on(stack, slots, heard):
            return self._cancel(stack, slots, sets, heard)
        if stack:
            return self._answer(stack, slots, sets, heard, flow)
        if near:
            return self._start(book.flows[patterns.close_calls.flow], (), slots, sets, heard)
        if flow is not None:
            return self._start(flow, (), slots, sets, heard)
        for counter in patterns.counters:
            if heard.intent in counter.intents:
                return self._count(counter.slot, slots, sets)
        return Move(None, (), sets)

    def _step(self, frame: Frame) -> Step:
        return self._book.flows[frame.flow].step(frame.step)

    def _in_context(self, stack: tuple[Frame, ...], slots: Slots, heard: Heard) -> Heard:
        """What a message means where it is said: words for yes and no, and what follows on the flow just ended."""
        patterns = self._book.patterns
        wished = self._book.by_intent(heard.intent)
        if wished is not None and wished.control and heard.confidence >= patterns.control_confidence:
            return heard
        if stack:
            step = self._step(stack[-1]) if stack[-1].waiting else None
            if heard.intent in patterns.small_talk and heard.confidence >= patterns.idle_confidence:
                # "nice weather today" names no day for a visit
                heard = replace(heard, entities={})
            if step is not None:
                meanings = (
                    (step.means_no, min(patterns.deny_intents)),
                    (step.means_yes, min(patterns.affirm_intents)),
                    (step.means_neither, patterns.unclear_intent),
                )
                for words, intent in meanings:
                    if words is not None and words.fullmatch(heard.text.strip()):
                        return replace(heard, intent=intent, confidence=1.0)
                if step.accept is Accept.confirm and patterns.agreed.fullmatch(heard.text.strip()):
                    return replace(heard, intent=min(patterns.affirm_intents), confidence=1.0)
            return heard
        if heard.confidence < 1.0 and not any(letter.isalpha() for letter in heard.text):
            # a number that nobody asked for
            heard = replace(heard, intent=patterns.unclear_intent)
        before = self._book.flows.get(str(slots.get(patterns.last_flow_slot)))
        if before is not None and heard.intent in before.follows:
            return replace(heard, intent=before.follows[heard.intent])
        if before is not None and heard.intent in patterns.unclear_intents and before.again_with & set(heard.entities):
            return replace(heard, intent=next(iter(before.intents)), confidence=1.0)
        unsure = heard.confidence < patterns.least_confidence(heard.intent)
        if TIME in heard.entities and heard.intent in patterns.close_calls.talk:
            # "saturday morning" greets nobody
            unsure = heard.confidence < patterns.idle_confidence
        if unsure and not patterns.close_calls.asks(heard):
            # words without a wish, which are hardly small talk, anger or a goodbye either
            return replace(heard, intent=patterns.unclear_intent)
        answers = patterns.affirm_intents | patterns.deny_intents
        long = (heard.intent in answers and not patterns.is_short(heard.text)) or (
            heard.intent in patterns.phrases and not patterns.is_phrase(heard.text)
        )
        if long and heard.confidence < patterns.idle_confidence:
            # a long sentence that nobody asked for is hardly a yes, a no or a greeting
            return replace(heard, intent=patterns.unclear_intent)
        return heard

    def _maybe_answer(self, stack: tuple[Frame, ...], heard: Heard, started: Flow | None) -> bool:
        """Whether words that sound like a wish should first be read as an answer to the open question."""
        patterns = self._book.patterns
        if not stack or not stack[-1].waiting or not self._step(stack[-1]).resolve:
            return False
        if stack[-1].flow == patterns.close_calls.flow:
            return self._step(stack[-1]).name not in heard.entities
        own_words = self._step(stack[-1]).accept is Accept.words and heard.confidence < patterns.words_confidence
        if own_words and heard.intent not in patterns.never_text:
            return True
        if heard.entities:
            return False
        if heard.confidence < patterns.interrupt_confidence:
            return False
        unsure = heard.confidence < patterns.short_confidence
        if heard.intent in patterns.cancel_intents:
            return unsure or patterns.goes_on.search(heard.text) is not None
        plain = patterns.affirm_intents | patterns.deny_intents | {patterns.unclear_intent}
        another = heard.intent not in plain and (started is None or started.id not in {frame.flow for frame in stack})
        return another and unsure and patterns.is_short(heard.text)

    def _goes_on(self, stack: tuple[Frame, ...], slots: Slots, heard: Heard) -> bool:
        """Whether what sounds like giving up is a correction ("forget it, rather Thursday"), or a step of this flow."""
        if not stack:
            return False
        flow = self._book.flows[stack[-1].flow]
        changed = self._fill(flow, slots, heard)
        open_slot = {self._step(stack[-1]).name} if stack[-1].waiting else set()
        return heard.intent in flow.jumps or bool((set(flow.corrections) | open_slot) & set(changed))

    def _count(self, slot: str, slots: Slots, sets: dict[str, Any]) -> Move:
        counter = next(item for item in self._book.patterns.counters if item.slot == slot)
        times = int(slots.get(slot) or 0)
        sets[slot] = times + 1
        if times >= len(counter.say):
            return self._handoff(counter.handoff, sets)
        return Move(counter.say[times], (), sets)

    def _cancel(self, stack: tuple[Frame, ...], slots: Slots, sets: dict[str, Any], heard: Heard) -> Move:
        if self._book.patterns.all_of_it.search(heard.text):
            sets |= self._emptied(stack) | {self._book.patterns.waiting.slot: None}
            stack = stack[-1:]
        if not stack:
            return Move(self._book.patterns.nothing_to_cancel, (), sets)
        rest, left = self._without_top(stack)
        return Move(self._book.patterns.cancelled, rest, sets | left)

    def _without_top(self, stack: tuple[Frame, ...]) -> tuple[tuple[Frame, ...], dict[str, Any]]:
        """The stack when the top flow is given up, and the slots that this empties.

        A flow called by another (identify, choosing a time) falls with its caller.
        """
        rest = stack[:-1]
        while rest and not rest[-1].waiting:
            rest = rest[:-1]
        return rest, self._emptied(stack[len(rest) :])

    def _answer(
        self, stack: tuple[Frame, ...], slots: Slots, sets: dict[str, Any], heard: Heard, started: Flow | None
    ) -> Move:
        patterns = self._book.patterns
        frame, flow = stack[-1], self._book.flows[stack[-1].flow]
        step = flow.step(frame.step)
        sure = heard.confidence >= patterns.interrupt_confidence
        changed = self._fill(flow, slots, heard)

        def go_on(new: Frame) -> Move:
            sets.update(changed)
            return self.advance((*stack[:-1], new), {**slots, **sets}, sets)

        if sure and heard.intent in flow.jumps:
            return go_on(Frame(flow.id, flow.jumps[heard.intent]))
        for slot, rule in flow.corrections.items():
            if slot in changed and not (frame.waiting and step.name == slot) and slots.get(slot) is not None:
                changed |= dict.fromkeys(rule.clears)
                return go_on(Frame(flow.id, rule.go))
        if frame.waiting:
            filled = self._filled(step, heard, changed, sure)
            if filled is not None:
                changed[step.name] = filled
                return go_on(Frame(frame.flow, frame.step, done=True))
            if step.on_deny and not step.resolve and heard.intent in patterns.deny_intents:
                return go_on(Frame(flow.id, step.on_deny))
        running = {item.flow for item in stack}
        digress = started is not None and started.id not in running and sure
        if digress and started is not None:
            below = stack
            if started.group and any(self._book.flows[item.flow].group == started.group for item in stack):
                sets |= self._emptied(stack)
                below = ()
            elif not flow.resumed and heard.intent not in patterns.aside_intents:
                below, left = self._without_top(stack)
                sets |= left
            if started.needs_verified and not slots.get("verified") and patterns.identify_flow in running:
                return self._wait_for_identity(started, stack, slots, sets, heard)
            return self._start(started, below, slots, sets, heard)
        if not frame.waiting:
            return go_on(frame)
        if changed:
            # facts that the question did not ask for are kept; the question stays open
            for rule_slot, rule in flow.corrections.items():
                if rule_slot in changed and rule_slot != step.name:
                    changed |= dict.fromkeys(rule.clears)
                    return go_on(Frame(flow.id, rule.go))
        known = started is not None or heard.intent not in patterns.unclear_intents
        ruled = known and sure and started is None
        counted = any(heard.intent in counter.intents for counter in patterns.counters)
        if step.resolve and (counted or not ruled):
            sets.update(changed)
            denied = heard.intent in patterns.deny_intents and heard.confidence >= patterns.deny_confidence
            return Move(step.resolve, (*stack[:-1], replace(frame, resolving=True, denied=denied)), sets)
        if ruled:
            for counter in patterns.counters:
                if heard.intent in counter.intents:
                    move = self._count(counter.slot, slots, sets)
                    return move if move.action == HANDOFF else Move(move.action, stack, move.sets)
            sets.update(changed)
            return Move(None, stack, sets)  # a rule answers, then the question is asked again
        if started is not None or changed:
            return go_on(frame)
        return self._miss(stack, slots, sets)

    def _wait_for_identity(
        self, flow: Flow, stack: tuple[Frame, ...], slots: Slots, sets: dict[str, Any], heard: Heard
    ) -> Move:
        """Another wish that needs a known customer, while one is being identified: it comes first afterwards."""
        place = [frame.flow for frame in stack].index(self._book.patterns.identify_flow)
        sets |= dict.fromkeys(flow.slots)
        sets |= dict(flow.intents.get(heard.intent) or {})
        sets |= self._fill(flow, {**slots, **sets}, heard)
        stack = (*stack[:place], Frame(flow.id, flow.steps[0].id), *stack[place:])
        return self.advance(stack, {**slots, **sets}, sets)

    def _filled(self, step: Step, heard: Heard, changed: Mapping[str, Any], sure: bool) -> Any:
        patterns = self._book.patterns
        if step.name in changed:
            return changed[step.name]
        if step.name in heard.entities:
            return heard.entities[step.name]
        if step.accept is Accept.confirm:
            if heard.intent in patterns.affirm_intents:
                certain = heard.confidence >= patterns.yes_confidence or patterns.is_short(heard.text)
                return True if certain else None
            if heard.intent in patterns.deny_intents:
                return False
        aside = heard.intent in patterns.aside_intents and patterns.aside_words.search(heard.text)
        if step.accept is Accept.text and not (sure and (aside or heard.intent in patterns.never_text)):
            return heard.text
        return None

    def _fill(self, flow: Flow, slots: Slots, heard: Heard) -> dict[str, Any]:
        """Slots of the flow that this message gives a new value to."""
        filled = {slot: heard.entities[entity] for entity, slot in flow.entities.items() if entity in heard.entities}
        # a button may set any slot of the flow by its own name
        filled |= {name: value for name, value in heard.entities.items() if name in flow.slots}
        return {slot: value for slot, value in filled.items() if slots.get(slot) != value}

    def _start(self, flow: Flow, below: tuple[Frame, ...], slots: Slots, sets: dict[str, Any], heard: Heard) -> Move:
        sets |= dict.fromkeys(flow.slots)
        sets |= dict(flow.intents.get(heard.intent) or {})
        heard, left = self._book.patterns.waiting.taken_up(slots, heard)
        sets |= left
        sets |= self._fill(flow, {**slots, **sets}, heard)
        stack = (*below, Frame(flow.id, flow.steps[0].id))
        if flow.needs_verified and not slots.get("verified"):
            stack, sets = self._push(stack, self._book.patterns.identify_flow, slots, sets, heard)
        return self.advance(stack, {**slots, **sets}, sets)

    def _push(
        self, stack: tuple[Frame, ...], flow_id: str, slots: Slots, sets: dict[str, Any], heard: Heard | None = None
    ) -> tuple[tuple[Frame, ...], dict[str, Any]]:
        flow = self._book.flows[flow_id]
        sets |= {slot: None for slot in flow.slots if slot not in sets or sets[slot] is None}
        if heard is not None:
            sets |= self._fill(flow, {**slots, **sets}, heard)
        return (*stack, Frame(flow.id, flow.steps[0].id)), sets

    # -- an action has run -------------------------------------------------------------------------------------

    def proceed(
        self, stack: tuple[Frame, ...], slots: Slots, last_action: str, own: bool, heard: Heard | None = None
    ) -> Move:
        """Give the action after `last_action`.

        Args:
            own: the flows, not a rule, chose it.
            heard: the message that this turn answers.
        """
        patterns = self._book.patterns
        failed = slots.get(patterns.failure_slot)
        if failed:
            sets = {patterns.failure_slot: None}
            return self._handoff(patterns.failure_handoffs.get(failed, patterns.failure_handoffs["other"]), sets)
        if not stack:
            waiting = patterns.waiting.next_action(slots, last_action)
            return Move(waiting or (LISTEN if own else None), ())
        frame = stack[-1]
        step = self._book.flows[frame.flow].step(frame.step)
        if frame.resolving:
            if slots.get(step.name) is not None:
                answered = Frame(frame.flow, frame.step, done=True)
                return self.advance((*stack[:-1], answered), slots, {})
            if frame.tentative and heard is not None:
                unread = replace(frame, resolving=False, tentative=False)
                return self.hear((*stack[:-1], unread), slots, heard, read=True)
            if frame.denied and step.on_deny:
                return self.advance((*stack[:-1], Frame(frame.flow, step.on_deny)), slots, {})
            return self._miss((*stack[:-1], replace(frame, resolving=False, denied=False)), slots, {})
        if frame.waiting:
            if last_action in (step.question, step.again):
                return Move(LISTEN, stack)
            if last_action in patterns.asked_in_full_after:
                return Move(step.question, stack)
            return self._ask_again(stack, {})
        return self.advance(stack, slots, {})

    def _ask_again(self, stack: tuple[Frame, ...], sets: dict[str, Any]) -> Move:
        """Come back to an open question; it was asked before, so in other words."""
        return Move(self._step(stack[-1]).again, (*stack[:-1], replace(stack[-1], repeat=True)), sets)

    def advance(self, stack: tuple[Frame, ...], slots: Slots, sets: dict[str, Any]) -> Move:
        """Walk on until an action must run or the customer must speak."""
        for _ in range(_MAX_MOVES):
            if not stack:
                return Move(self._book.patterns.waiting.next_action({**slots, **sets}) or LISTEN, (), sets)
            frame, flow = stack[-1], self._book.flows[stack[-1].flow]
            if frame.waiting:
                return self._ask_again(stack, sets)
            if frame.step == "end":
                stack, ended = stack[:-1], self._emptied((frame,))
                sets |= ended
                if not stack:
                    sets[self._book.patterns.last_flow_slot] = flow.id
                slots = {**slots, **ended}
                if stack and stack[-1].waiting:
                    return Move(self._book.patterns.resumed, stack, sets)
                continue
            step = flow.step(frame.step)
            if frame.done:
                stack = (*stack[:-1], self._next(flow, step, slots))
                continue
            if not step.condition.holds(slots):
                following = flow.after(step.id)
                stack = (*stack[:-1], Frame(flow.id, following.id if following else "end"))
                continue
            finished = (*stack[:-1], Frame(flow.id, step.id, done=True))
            if step.kind in (StepKind.action, StepKind.say):
                return Move(step.name, finished, sets)
            if step.kind is StepKind.ask:
                if slots.get(step.name) is not None:
                    stack = finished
                    continue
                note = self._book.patterns.waiting.note_action({**slots, **sets})
                if note:
                    return Move(note, stack, sets)
                return Move(step.question, (*stack[:-1], Frame(flow.id, step.id, waiting=True)), sets)
            if step.kind is StepKind.go:
                stack = finished
            elif step.kind is StepKind.flow:
                stack, sets = self._push(finished, step.name, slots, sets)
                slots = {**slots, **sets}
            elif step.kind is StepKind.handoff:
                return self._handoff(step.name, sets)
            else:
                stack = (*stack[:-1], Frame(flow.id, "end"))
        raise RuntimeError(f"flow {stack[-1].flow} never comes to rest")

    def _next(self, flow: Flow, step: Step, slots: Slots) -> Frame:
        for branch in step.branches:
            if branch.condition.holds(slots):
                return Frame(flow.id, branch.go)
        following = flow.after(step.id)
        return Frame(flow.id, following.id if following else "end")

    def _miss(self, stack: tuple[Frame, ...], slots: Slots, sets: dict[str, Any]) -> Move:
        frame = stack[-1]
        step = self._book.flows[frame.flow].step(frame.step)
        misses = frame.misses + 1
        if misses >= self._book.patterns.misses_before_person:
            return self._handoff(self._book.patterns.missed_handoff, sets)
        return Move(step.again, (*stack[:-1], replace(frame, misses=misses)), sets)

    def _handoff(self, reason: str, sets: dict[str, Any]) -> Move:
        """Drop all flows; their slots stay for the packet and are emptied when a flow starts again."""
        return Move(HANDOFF, (), {**sets, "handoff_reason": reason})

    def _emptied(self, stack: tuple[Frame, ...]) -> dict[str, Any]:
        return {slot: None for frame in stack for slot in self._book.flows[frame.flow].slots}
