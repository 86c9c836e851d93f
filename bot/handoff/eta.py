"""How long somebody will wait: a range from what was measured, and how far such ranges were off. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

#: fewer measured chats say little
_ENOUGH = 5
#: what a chat is taken to last until then, seconds
_PRIOR_S = 480.0
#: how long an offer usually rings, seconds
_PRIOR_ANSWER_S = 15.0
#: z of the tenth and ninetieth percentile
_Z = 1.2816
_LEAST_S = 60
#: past errors move a new promise by so much at most
_CORRECTION = (0.5, 2.0)


@dataclass(frozen=True)
class Measured:
    """What a group's newest chats and promises say. Seconds."""

    handling_s: Sequence[float] = ()
    #: from the offer to its acceptance
    answer_s: Sequence[float] = ()
    #: (low, high, actual) of promises that came true or not
    promises: Sequence[tuple[float, float, float]] = ()


def wait_range_s(position: int, slots: int, free: int, measured: Measured) -> tuple[int, int]:
    """The range in which four of five waits of this kind should end, seconds, low and high.

    With a free slot for everybody up to this place, only the ringing takes time. Otherwise the place's turn comes
    with the `position - free`th chat that ends. Chats of `slots` slots that last m on average end at a rate of
    slots/m; when they end independently of each other, the k-th end is gamma distributed with mean k*m/slots. Its
    percentiles are taken by Wilson and Hilferty's approximation (Proc. Natl. Acad. Sci. 17, 1931, 684). Where few
    chats were measured the range is doubled at its upper end. Past promises correct the new one by the median of
    actual to promised.

    Args:
        position: 1 is next.
        slots: chats that the people on duty can have at once; at least 1 is assumed.
        free: of these, how many nobody uses now.
    """
    answers = sorted(measured.answer_s)
    answer_s = answers[int(len(answers) * 0.9)] if len(answers) >= _ENOUGH else _PRIOR_ANSWER_S
    if position <= free:
        return 0, max(_LEAST_S, math.ceil(answer_s * 2))
    known = len(measured.handling_s) >= _ENOUGH
    mean_s = fmean(measured.handling_s) if known else _PRIOR_S
    shape, scale = position - max(free, 0), mean_s / max(slots, 1)
    low, high = _gamma(shape, scale, -_Z), _gamma(shape, scale, _Z) * (1 if known else 2)
    factor = correction(measured.promises)
    low_s = int(low * factor)
    return low_s, max(low_s + _LEAST_S, math.ceil(high * factor + answer_s))


def correction(promises: Sequence[tuple[float, float, float]]) -> float:
    """Median of actual to promised wait, within bounds; 1 where too few are known."""
    ratios = [actual / ((low + high) / 2) for low, high, actual in promises if high > 0]
    if len(ratios) < _ENOUGH:
        return 1.0
    return min(_CORRECTION[1], max(_CORRECTION[0], median(ratios)))


def past_error(promises: Sequence[tuple[float, float, float]]) -> tuple[float | None, float | None, int]:
    """How far promises were off: median seconds outside of the range's middle, share inside the range, how many."""
    if not promises:
        return None, None, 0
    errors = [abs(actual - (low + high) / 2) for low, high, actual in promises]
    inside = sum(low <= actual <= high for low, high, actual in promises)
    return round(median(errors), 1), round(inside / len(promises), 3), len(promises)


def _gamma(shape: float, scale: float, z: float) -> float:
    part = 1 / (9 * shape)
    return float(shape * scale * max(0.0, 1 - part + z * math.sqrt(part)) ** 3)
