"""Several wishes in one message, and wishes that are named only to be ruled out: which parts of a message count.

`clauses.py` says where a message may fall apart; here it is decided, from what each part is understood as. Single wishes
must never be broken apart, so two parts count only when both are confidently wishes, and different ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bot.assistant.nlu.clauses import Cut, Span, TakenBack, Turn, trimmed

ParseData = dict[str, Any]

WISHES = "wishes"
"""Key of parse data: one entry a wish, in the order they stand; absent from messages of one wish."""

_DENY = "deny"
_MOST_CUTS_TRIED = 2
_CERTAIN = 1.0
_FLOOR = 0.02
"""How likely a wish that the whole message does not show still is, beside what a part of it says."""


@dataclass(frozen=True)
class WishRules:
    """Limits, set in `config.yml` at `ClauseFinder`.

    Attributes:
        no_wishes: intents that ask for nothing that can be done.
        matters: sets of intents that customers name in one breath and mean as one matter ("it's down, send someone").
        strong_confidence: least confidence of both parts beside words such as "and also", 0 to 1.
        weak_confidence: the same beside a mere comma or "and".
        runner_up: a mere comma is looked at only if the message's second-best wish has this confidence, 0 to 1: each
            look costs the understanding of two more parts.
        against: a message that is a third wish with this confidence stays whole, 0 to 1.
        kept_confidence: what is left of a message after "not that, but" counts from this confidence on, 0 to 1.
        sure_confidence: a message that is surely something else than what it rules out stays as it is, 0 to 1.
    """

    no_wishes: frozenset[str] = frozenset()
    matters: tuple[frozenset[str], ...] = ()
    strong_confidence: float = 0.5
    weak_confidence: float = 0.7
    runner_up: float = 0.05
    against: float = 0.9
    kept_confidence: float = 0.4
    sure_confidence: float = 0.7

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> WishRules:
        """Return the rules of a component's configuration; what it leaves out stays as above."""
        values = {
            key: float(config[key]) for key in cls.__dataclass_fields__ if isinstance(config.get(key), int | float)
        }
        return cls(
            no_wishes=frozenset(config.get("no_wishes") or ()),
            matters=tuple(frozenset(matter) for matter in config.get("matters") or ()),
            **values,
        )

    def is_wish(self, data: ParseData, confidence: float) -> bool:
        """Return whether a part is understood as something that can be done, at least this confidently."""
        intent = data["intent"]
        refused = (data.get("scope") or {}).get("refused")
        return intent["name"] not in self.no_wishes and not refused and float(intent["confidence"]) >= confidence

    # -- several wishes ------------------------------------------------------------------------------------------

    def cuts_to_try(self, whole: ParseData, cuts: Sequence[Cut]) -> tuple[Cut, ...]:
        """Return at most two cuts whose parts are worth understanding; words count before signs."""
        strong = tuple(cut for cut in cuts if cut.strong)
        if strong:
            return strong[:_MOST_CUTS_TRIED]
        ranking = whole.get("intent_ranking") or []
        if len(ranking) < 2 or (whole.get("scope") or {}).get("refused"):
            return ()
        first, second = ranking[:2]
        if second["confidence"] < self.runner_up or {first["name"], second["name"]} & self.no_wishes:
            return ()
        return () if self._one_matter(first, second) else tuple(cuts[:_MOST_CUTS_TRIED])

    def splits(self, text: str, cuts: Sequence[Cut]) -> list[tuple[bool, tuple[Span, ...]]]:
        """Return the ways to cut `text`: whether by words, and the parts; into most parts first."""
        ways = []
        for count in range(len(cuts), 0, -1):
            for chosen in combinations(sorted(cuts, key=lambda cut: cut.start), count):
                starts = [0, *(cut.end for cut in chosen)]
                ends = [*(cut.start for cut in chosen), len(text)]
                parts = tuple(trimmed(text, start, end) for start, end in zip(starts, ends, strict=True))
                ways.append((all(cut.strong for cut in chosen), parts))
        return ways

    def wishes(
        self, whole: ParseData, ways: Sequence[tuple[bool, tuple[Span, ...]]], understood: Mapping[Span, ParseData]
    ) -> list[Span]:
        """Return the parts that are wishes of their own, in order; empty when the message is one wish."""
        best: tuple[float, tuple[Span, ...]] = (0.0, ())
        for strong, parts in ways:
            least = self._least(whole, strong, [understood[part] for part in parts])
            if (least > 0 and len(parts) > len(best[1])) or (len(parts) == len(best[1]) and least > best[0]):
                best = (least, parts)
        return list(best[1])

    def _least(self, whole: ParseData, strong: bool, parts: Sequence[ParseData]) -> float:
        """The least confidence among parts that are all wishes and all different; 0 when they are not."""
        limit = self.strong_confidence if strong else self.weak_confidence
        if not all(self.is_wish(part, limit) for part in parts):
            return 0.0
        names = [_full_name(part["intent"]) for part in parts]
        if len(set(names)) < len(names):
            return 0.0
        known = _full_name(whole["intent"]) in names
        if not known and (not strong or float(whole["intent"]["confidence"]) >= self.against):
            return 0.0
        pairs = combinations([part["intent"] for part in parts], 2)
        if not strong and any(self._one_matter(first, second) for first, second in pairs):
            return 0.0
        return min(float(part["intent"]["confidence"]) for part in parts)

    def _one_matter(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
        pair = {str(first["name"]), str(second["name"])}
        return any(pair <= matter for matter in self.matters)

    # -- what is taken back --------------------------------------------------------------------------------------

    def without_dropped(
        self, whole: ParseData, back: TakenBack, kept: ParseData | None, dropped: ParseData | None
    ) -> ParseData:
        """Return what a message means without what it takes back.

        Args:
            whole: the message as understood.
            kept: what holds of it, understood alone.
            dropped: what is taken back, understood alone.
        """
        if kept is None:
            return self._forbidden(whole) if back.turn is Turn.forbids else whole
        same_kind = dropped is not None and bool(_kinds(kept) & _kinds(dropped))
        ruled_out = dropped is not None and self.is_wish(dropped, self.kept_confidence)
        if back.turn is Turn.contrast and not (same_kind or ruled_out):
            return whole
        start, end = back.dropped
        left = {**whole, "entities": [item for item in whole["entities"] if not start <= item["start"] < end]}
        fooled = dropped is None or whole["full_intent"] == dropped["full_intent"]
        unsure = float(whole["intent"]["confidence"]) < self.sure_confidence or not self.is_wish(whole, 0.0)
        # a guess at what holds is better than what is ruled out; the customer can be asked
        guess = back.turn is not Turn.forbids and (fooled or not self.is_wish(whole, 0.0))
        if self.is_wish(kept, 0.0 if guess else self.kept_confidence):
            return _with_meaning(left, _in_context(kept, whole, dropped)) if fooled or unsure else left
        if bool((kept.get("scope") or {}).get("bare")):
            return _with_meaning(left, kept)
        return self._forbidden(left) if back.turn is Turn.forbids else left

    def _forbidden(self, whole: ParseData) -> ParseData:
        """Something is not to be done: a no, whatever the verb sounds like."""
        ranking = [item for item in whole.get("intent_ranking") or [] if item["name"] != _DENY]
        intent = {"name": _DENY, "confidence": _CERTAIN, "full_intent": _DENY}
        scope = {**(whole.get("scope") or {}), "refused": False}
        return {
            **{key: value for key, value in whole.items() if key != "response_selector"},
            "intent": intent,
            "full_intent": _DENY,
            "intent_ranking": [intent, *ranking],
            "scope": scope,
        }


def _in_context(kept: ParseData, whole: ParseData, dropped: ParseData | None) -> ParseData:
    """The meaning of what is left, by what the whole message makes likely too: "just move it" names nothing."""
    around = {_full_name(item): float(item["confidence"]) for item in whole.get("intent_ranking") or ()}
    if dropped is not None:
        around.pop(dropped["full_intent"], None)
    scored = [
        (float(item["confidence"]) * (around.get(_full_name(item), 0.0) + _FLOOR), item) for item in _ranked(kept)
    ]
    best = max(scored, key=lambda pair: pair[0])[1]
    if best is kept["intent"] or _full_name(best) == kept["full_intent"]:
        return kept
    total = sum(score for score, _ in scored)
    ranking = [{**item, "confidence": score / total} for score, item in sorted(scored, key=lambda pair: -pair[0])]
    left = {key: value for key, value in kept.items() if key != "response_selector"}
    return left | {"intent": ranking[0], "intent_ranking": ranking, "full_intent": _full_name(ranking[0])}


def _ranked(data: ParseData) -> list[dict[str, Any]]:
    return list(data.get("intent_ranking") or [data["intent"]])


def _with_meaning(data: ParseData, meant: ParseData) -> ParseData:
    """The same message with the wish of a part of it."""
    left = {key: value for key, value in data.items() if key not in _MEANING}
    return left | {key: meant[key] for key in _MEANING if key in meant}


_MEANING = ("intent", "intent_ranking", "full_intent", "scope", "response_selector")


def _full_name(intent: Mapping[str, Any]) -> str:
    return str(intent.get("full_intent") or intent["name"])


def _kinds(data: ParseData) -> set[str]:
    return {str(item["entity"]) for item in data["entities"]}
