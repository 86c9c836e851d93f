"""Rules that hold in every flow: what `data/flows/patterns.yml` may say. See docs/flows.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.assistant.flows.close_calls import CloseCalls
from bot.assistant.flows.follow_ups import FollowUps
from bot.assistant.flows.waiting import Waiting
from bot.errors import SettingsError


class FlowError(SettingsError):
    """A flow file is wrong; the message names file, flow and step."""

    code = "flow_error"


@dataclass(frozen=True)
class Counter:
    """What is said the first, second … time that an intent comes; then a person takes over."""

    slot: str
    intents: frozenset[str]
    say: tuple[str, ...]
    handoff: str


@dataclass(frozen=True)
class Patterns:
    """Rules for every flow, from `data/flows/patterns.yml`."""

    cancel_intents: frozenset[str]
    cancelled: str
    nothing_to_cancel: str
    #: words of giving up everything, what waits included
    all_of_it: re.Pattern[str]
    #: wishes that wait for the one in hand
    waiting: Waiting
    #: when two wishes fit about as well
    close_calls: CloseCalls
    #: questions that lean on the wish before them
    follow_ups: FollowUps
    resumed: str
    affirm_intents: frozenset[str]
    deny_intents: frozenset[str]
    #: patterns of the words that people put before and after a yes or no
    answer_words: tuple[str, str]
    #: a whole message that is a polite yes to a yes-or-no question ("ok thanks")
    agreed: re.Pattern[str]
    #: intents that a question takes as no answer at all
    unclear_intents: frozenset[str]
    #: what a message without a clear wish counts as
    unclear_intent: str
    #: short by nature: a longer sentence that is guessed to be one is not understood
    phrases: frozenset[str]
    phrase_characters: int
    phrase_words: int
    #: answered by a rule even while a free-text answer is awaited
    never_text: frozenset[str]
    counters: tuple[Counter, ...]
    misses_before_person: int
    missed_handoff: str
    #: below this confidence an intent starts nothing while a question is open
    interrupt_confidence: float
    #: below this confidence not even a control flow starts
    control_confidence: float
    #: below this confidence a yes or no that nobody asked for is unclear, unless it is short
    idle_confidence: float
    #: below this confidence small talk and anger that answer nothing are not understood
    mood_confidence: float
    #: below this confidence a greeting, thanks or other talk about the talk is not understood
    talk_confidence: float
    #: below this confidence a short message is first read as an answer to the open question
    short_confidence: float
    #: most characters of a short message, and most words of one in Latin letters
    short_characters: int
    short_words: int
    #: words of a message that sounds like giving up and names something else instead
    goes_on: re.Pattern[str]
    #: below this confidence a wish is first read as an answer where the customer's own words are one
    words_confidence: float
    #: below this confidence a no to what is offered is no answer
    deny_confidence: float
    #: below this confidence a yes agrees to nothing, unless it is short
    yes_confidence: float
    #: intents whose entities count for nothing
    small_talk: frozenset[str]
    #: questions that are answered in between even where any words are an answer, when put with these words
    aside_intents: frozenset[str]
    aside_words: re.Pattern[str]
    #: actions after which the open question is asked in full: it may not have been understood
    asked_in_full_after: frozenset[str]
    #: holds the flow that ended last, until the next message
    last_flow_slot: str
    identify_flow: str
    failure_slot: str
    #: value of the failure slot → reason of the hand-over
    failure_handoffs: Mapping[str, str]

    def least_confidence(self, intent: str) -> float:
        """How sure it must be that a message without a wish means this, with nothing going on; 0 for wishes."""
        if intent in self.small_talk.union(*(counter.intents for counter in self.counters)):
            return self.mood_confidence
        return self.talk_confidence if intent in self.close_calls.talk else 0.0

    def is_talk(self, intent: str) -> bool:
        """Whether this is about the talk itself, or nothing that was understood: what was spoken of before still is."""
        return intent in self.close_calls.talk | self.close_calls.outside | self.unclear_intents

    def is_short(self, text: str) -> bool:
        return _fits(text, self.short_words, self.short_characters)

    def is_phrase(self, text: str) -> bool:
        """Whether it is no longer than people greet and take their leave."""
        return _fits(text, self.phrase_words, self.phrase_characters)


def _fits(text: str, words: int, characters: int) -> bool:
    return len(text.split()) <= words if text.isascii() else len(text.strip()) <= characters


def patterns_from(name: str, body: Mapping[str, Any]) -> Patterns:
    """Read the section `patterns` of the file `name`.

    Raises:
        FlowError: a key is missing or has the wrong form.
    """
    try:
        return Patterns(
            cancel_intents=frozenset(body["cancel"]["intents"]),
            cancelled=body["cancel"]["say"],
            nothing_to_cancel=body["cancel"]["say_when_idle"],
            all_of_it=re.compile(body["cancel"]["all"], re.IGNORECASE),
            waiting=Waiting(**body["waiting"]),
            close_calls=_close_calls(body["close_calls"]),
            follow_ups=FollowUps.from_body(body.get("follow_ups") or {}),
            resumed=body["resume"]["say"],
            affirm_intents=frozenset(body["confirm"]["affirm"]),
            deny_intents=frozenset(body["confirm"]["deny"]),
            answer_words=(str(body["confirm"]["before"]), str(body["confirm"]["after"])),
            agreed=re.compile(str(body["confirm"]["agreed"]), re.IGNORECASE),
            unclear_intents=frozenset(body["unclear"]["intents"]),
            unclear_intent=str(body["unclear"]["intents"][0]),
            phrases=frozenset(body["phrases"]["intents"]),
            phrase_characters=int(body["phrases"]["characters"]),
            phrase_words=int(body["phrases"]["words"]),
            never_text=frozenset(body["never_text"]),
            counters=tuple(
                Counter(slot, frozenset(item["intents"]), tuple(item["say"]), item["handoff"])
                for slot, item in body["counters"].items()
            ),
            misses_before_person=int(body["unclear"]["misses_before_person"]),
            missed_handoff=body["unclear"]["handoff"],
            interrupt_confidence=float(body["interrupt_confidence"]),
            control_confidence=float(body["control_confidence"]),
            idle_confidence=float(body["idle_confidence"]),
            mood_confidence=float(body["mood_confidence"]),
            talk_confidence=float(body["talk_confidence"]),
            short_confidence=float(body["short_answer"]["confidence"]),
            short_characters=int(body["short_answer"]["characters"]),
            short_words=int(body["short_answer"]["words"]),
            goes_on=re.compile(body["cancel"]["unless"], re.IGNORECASE),
            words_confidence=float(body["words_confidence"]),
            deny_confidence=float(body["deny_confidence"]),
            yes_confidence=float(body["yes_confidence"]),
            small_talk=frozenset(body["small_talk"]),
            aside_intents=frozenset(body["aside"]["intents"]),
            aside_words=re.compile(body["aside"]["words"], re.IGNORECASE),
            asked_in_full_after=frozenset(body["asked_in_full_after"]),
            last_flow_slot=body["last_flow"],
            identify_flow=body["identify"],
            failure_slot=body["failure"]["slot"],
            failure_handoffs=dict(body["failure"]["handoff"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise FlowError(f"{name}: patterns lack or misspell {exc}.") from exc


def _close_calls(body: Mapping[str, Any]) -> CloseCalls:
    return CloseCalls(
        flow=body["flow"],
        margin=float(body["margin"]),
        below=float(body["below"]),
        talk=frozenset(body["talk"]),
        outside=frozenset(body["outside"]),
    )
