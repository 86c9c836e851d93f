"""Which guided step comes next for a fault, and what a light on the modem means. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

#: lights that tell of a break on the way to the home
_OUTSIDE = frozenset({"los_red", "los_blinking", "pon_blinking", "pon_off"})
_POWER = "power_off"
#: with these something comes through, so that nobody needs to look at lights
_PARTLY = frozenset({"slow", "intermittent", "wifi_weak"})


class Verdict(str, Enum):
    """Where a light says that the fault is."""

    outside = "outside"
    power = "power"
    inside = "inside"


class GuidedStep(str, Enum):
    """What the customer is asked to do or watch; the texts are `utter_faults_try_<step>`."""

    #: tell which lights are on
    lights = "lights"
    #: we restarted the device from the network
    restarted = "restarted"
    #: take the power off for half a minute
    unplug = "unplug"
    #: try close to the router or with a cable
    nearby = "nearby"
    #: the device has no power
    power = "power"
    flight_mode = "flight_mode"
    tv_box = "tv_box"
    handset = "handset"


def judge(device_light: str | None, denied: bool) -> Verdict:
    """Where the fault is, by the light.

    Args:
        denied: the customer mentioned a red light only to say that there is none.
    """
    if denied:
        return Verdict.inside
    if device_light in _OUTSIDE:
        return Verdict.outside
    return Verdict.power if device_light == _POWER else Verdict.inside


def next_step(
    *, product: str, symptom: str | None, test_result: str | None, verdict: str | None, tried: Sequence[str], limit: int
) -> GuidedStep | None:
    """The next guided step; None when enough were tried or nothing suits.

    Args:
        product: mobile, broadband, tv or landline.
        test_result: of the line test.
        verdict: of the lights, None when nobody has looked.
        tried: steps so far.
        limit: most steps that a customer may be asked to take.
    """
    if len(tried) >= limit:
        return None
    return next((step for step in _plan(product, symptom, test_result, verdict) if step.value not in tried), None)


def _plan(product: str, symptom: str | None, test_result: str | None, verdict: str | None) -> tuple[GuidedStep, ...]:
    step = GuidedStep
    if product == "mobile":
        return (step.flight_mode,)
    if product == "tv":
        return (step.tv_box, step.restarted) if test_result == "device_restart" else (step.tv_box,)
    if product == "landline":
        return (step.handset, step.restarted) if test_result == "device_restart" else (step.handset,)
    if verdict == Verdict.power.value:
        return (step.power,)
    if symptom == "wifi_weak":
        return (step.nearby, step.restarted)
    if symptom in _PARTLY:
        return (step.restarted, step.nearby)
    if test_result == "device_restart":
        return (step.restarted, step.unplug)
    return (step.lights, step.restarted) if verdict is None else (step.restarted, step.unplug)
