"""Whether one model may serve in place of another: scores on the same unseen sentences, compared one by one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.training.causes import Cause, Refusal
from bot.training.held_out import OUTSIDE, Case

#: a customer in danger, with a complaint, or who wants a person must never be understood worse
PROTECTED = ("emergency", "file_complaint", "request_human")
#: least share of an intent's sentences, where there are enough of them to tell
FLOOR, _ENOUGH = 0.6, 8
#: how much larger and slower a model may be than the one before
_LARGER, _SLOWER = 1.25, 1.5


@dataclass(frozen=True)
class Measured:
    """What a model scored. `ms` is the median time of one sentence, measured beside the other model."""

    cases: Sequence[Case]
    size_bytes: int
    ms: float


@dataclass(frozen=True)
class Comparison:
    """Two models on the same sentences; pairs are (before, after)."""

    mended: tuple[tuple[Case, Case], ...]
    broken: tuple[tuple[Case, Case], ...]
    both_wrong: int
    #: shares of right answers, 0 to 1
    accuracy_before: float
    accuracy_after: float


def is_right(case: Case) -> bool:
    """Of what lies outside a refusal is right too."""
    return case.right or (case.wanted == OUTSIDE and case.outside)


def compared(before: Sequence[Case], after: Sequence[Case]) -> Comparison:
    """Compare sentence by sentence; both have the same sentences in the same order."""
    pairs = list(zip(before, after, strict=True))
    return Comparison(
        mended=tuple(pair for pair in pairs if is_right(pair[1]) and not is_right(pair[0])),
        broken=tuple(pair for pair in pairs if is_right(pair[0]) and not is_right(pair[1])),
        both_wrong=sum(not is_right(one) and not is_right(other) for one, other in pairs),
        accuracy_before=_share(before),
        accuracy_after=_share(after),
    )


def refusals(before: Measured, after: Measured) -> list[Refusal]:
    """Why the later model may not serve, and what to do; empty when it may."""
    found: list[Refusal] = []
    rights, totals = _by_intent(after.cases)
    earlier, _ = _by_intent(before.cases)
    for intent in sorted(totals):
        right, total, had = rights[intent], totals[intent], earlier[intent]
        counts: dict[str, str | int | float] = {"intent": intent, "right": right, "total": total, "before": had}
        now = f"{intent}: {right} of {total} test sentences are understood, {had} with the serving model."
        if intent in PROTECTED and right < had:
            todo = f"Add examples like the broken ones to {intent}, and train again."
            found.append(Refusal("protected", now, todo, Cause("protected", counts)))
        elif total >= _ENOUGH and right < FLOOR * total and right < had:
            todo = f"At least {FLOOR:.0%} are wanted. See what they are taken for, and tell the two intents apart."
            found.append(Refusal("intent_floor", now, todo, Cause("intent_floor", {**counts, "floor": FLOOR})))
    if after.size_bytes > _LARGER * before.size_bytes:
        why = f"The model has {after.size_bytes / 1e6:.0f} MB, the serving one {before.size_bytes / 1e6:.0f}."
        sizes = {"megabytes": round(after.size_bytes / 1e6), "before": round(before.size_bytes / 1e6)}
        found.append(Refusal("size", why, "Look for examples that were added by mistake.", Cause("size", sizes)))
    if after.ms > _SLOWER * before.ms:
        why = f"A sentence takes {after.ms:.1f} ms, with the serving model {before.ms:.1f}."
        todo = "Measure again on a quieter machine; else look at what config.yml changed."
        times = {"ms": round(after.ms, 1), "before": round(before.ms, 1)}
        found.append(Refusal("speed", why, todo, Cause("speed", times)))
    return found


def _by_intent(cases: Sequence[Case]) -> tuple[dict[str, int], dict[str, int]]:
    rights: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    for case in cases:
        totals[case.wanted] += 1
        rights[case.wanted] += is_right(case)
    return rights, totals


def _share(cases: Sequence[Case]) -> float:
    return sum(map(is_right, cases)) / len(cases) if cases else 0.0
