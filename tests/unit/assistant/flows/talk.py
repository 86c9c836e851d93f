"""Plays messages against the engine of flows, with a small book of flows."""

from __future__ import annotations

from typing import Any

from bot.assistant.flows.engine import LISTEN, Engine
from bot.assistant.flows.frames import Frame, Heard, Move
from bot.assistant.flows.model import parse_flows

PATTERNS = """
patterns:
  cancel:
    {intents: [cancel_flow], say: utter_cancelled, say_when_idle: utter_nothing, unless: 'rather|\\d', all: 'all of it'}
  waiting: {slot: waiting, now: now, note: action_note, next: action_next, unless: handoff_reason}
  close_calls: {flow: which, margin: 0.3, below: 0.6, talk: [affirm, deny, goodbye], outside: [chitchat, out_of_scope]}
  resume: {say: utter_resumed}
  confirm: {affirm: [affirm], deny: [deny], agreed: 'ok thanks', before: 'yes|please|[ ,]', after: 'it|please|[ .]'}
  unclear: {intents: [nlu_fallback, chitchat, affirm, deny], misses_before_person: 3, handoff: misunderstood}
  never_text: [request_human, cancel_flow]
  counters:
    misses: {intents: [nlu_fallback], say: [utter_once, utter_twice], handoff: misunderstood}
    anger: {intents: [express_anger], say: [utter_sorry], handoff: anger}
  interrupt_confidence: 0.5
  control_confidence: 0.4
  idle_confidence: 0.9
  mood_confidence: 0.6
  talk_confidence: 0.4
  short_answer: {confidence: 0.95, characters: 4, words: 2}
  phrases: {intents: [greet, goodbye], characters: 8, words: 3}
  last_flow: last_flow
  words_confidence: 0.75
  deny_confidence: 0.7
  yes_confidence: 0.8
  small_talk: [chitchat]
  aside: {intents: [check_balance], words: '[?]$'}
  asked_in_full_after: [action_change_language]
  identify: identify
  failure: {slot: action_failed, handoff: {back_office: backend_failure, other: bot_error}}
"""

FLOWS = """
flows:
  identify:
    slots: [otp_code]
    entities: {phone_number: phone_number, otp_code: otp_code}
    steps:
    - ask: phone_number
    - ask: otp_code
    - action: action_check_code
  which:
    slots: [chosen]
    steps:
    - ask: chosen
      question: action_ask_which
      again: action_ask_which
      resolve: action_read_which
    - action: action_keep
  balance:
    intents: [check_balance]
    needs: verified
    steps:
    - action: action_balance
  bill:
    intents: [check_bill]
    needs: verified
    steps:
    - action: action_bill
  human:
    control: true
    intents: [request_human]
    steps:
    - handoff: customer_request
  outage:
    intents: [check_outage]
    again_with: [area]
    slots: [area]
    entities: {area: area}
    steps:
    - ask: area
    - action: action_outage
  move:
    intents: {change_appointment: {product: broadband}}
    group: visit
    slots: [visit_time, window_id, confirmed]
    entities: {time: visit_time}
    corrections:
      visit_time: {go: offer, clears: [window_id, confirmed]}
    jumps: {cancel_appointment: stop}
    steps:
    - ask: visit_time
    - id: offer
      action: action_offer
    - ask: window_id
      resolve: action_choose
      on_deny: offer
    - ask: confirmed
      accept: confirm
      'yes': 'move|do'
      'no': 'keep'
      neither: 'done'
      then:
      - {if: {confirmed: false}, go: offer}
    - action: action_move
      then: end
    - id: stop
      say: utter_stopped
  check:
    intents: [check_appointment]
    follows: {cancel_flow: change_appointment}
    group: visit
    steps:
    - say: utter_check
  complain:
    intents: [file_complaint]
    slots: [words]
    steps:
    - ask: words
      accept: text
    - action: action_complain
  visit:
    intents: [book_appointment]
    slots: [reason]
    steps:
    - ask: reason
      accept: words
      resolve: action_read_reason
    - action: action_request
"""


class Talk:
    """Plays messages against the engine as the policy would, with actions that set what the test says."""

    def __init__(self, acts: dict[str, dict[str, Any]] | None = None, slots: dict[str, Any] | None = None) -> None:
        self.engine = Engine(parse_flows({"patterns.yml": PATTERNS, "flows.yml": FLOWS}))
        self.stack: tuple[Frame, ...] = ()
        self.slots: dict[str, Any] = {"verified": True, **(slots or {})}
        self.acts = acts or {}

    def say(
        self, intent: str, text: str = "some words of a customer", confidence: float = 0.9, **entities: Any
    ) -> list[str]:
        """Say something; returns the actions of the turn without the last listen. A rule answers as `rule`."""
        heard = Heard(text, intent, confidence, entities)
        move = self._keep(self.engine.hear(self.stack, self.slots, heard))
        done: list[str] = []
        own = True
        for _ in range(20):
            name = move.action
            if name == LISTEN:
                return done
            if name is None:
                if not own:
                    return done
                name, own = "rule", False
            else:
                own = True
            done.append(name)
            self.slots.update(self.acts.get(name, {}))
            move = self._keep(self.engine.proceed(self.stack, self.slots, name, own, heard))
        raise AssertionError(f"the turn does not end: {done}")

    def _keep(self, move: Move) -> Move:
        self.stack = move.stack
        self.slots.update(move.sets)
        return move
