"""Which guided step a fault gets, and what a light means."""

from __future__ import annotations

import pytest

from actions.fault_steps import GuidedStep, Verdict, judge, next_step

LIMIT = 2


@pytest.mark.parametrize(
    ("light", "verdict"),
    [
        ("los_red", Verdict.outside),
        ("pon_blinking", Verdict.outside),
        ("power_off", Verdict.power),
        ("all_normal", Verdict.inside),
        ("unknown", Verdict.inside),
        (None, Verdict.inside),
    ],
)
def test_a_light_tells_where_the_fault_is(light: str | None, verdict: Verdict) -> None:
    assert judge(light, denied=False) is verdict


def test_a_denied_red_light_is_no_red_light() -> None:
    assert judge("los_red", denied=True) is Verdict.inside


@pytest.mark.parametrize(
    ("product", "symptom", "test_result", "verdict", "tried", "step"),
    [
        ("broadband", "no_service", "ok", None, [], GuidedStep.lights),
        ("broadband", "no_service", "ok", "inside", ["lights"], GuidedStep.restarted),
        ("broadband", "no_service", "ok", "power", ["lights"], GuidedStep.power),
        ("broadband", "no_service", "ok", "inside", ["lights", "restarted"], None),
        ("broadband", "no_service", "device_restart", None, [], GuidedStep.restarted),
        ("broadband", "no_service", "device_restart", None, ["restarted"], GuidedStep.unplug),
        ("broadband", "slow", "ok", None, [], GuidedStep.restarted),
        ("broadband", "slow", "ok", None, ["restarted"], GuidedStep.nearby),
        ("broadband", "wifi_weak", "ok", None, [], GuidedStep.nearby),
        ("mobile", "no_signal", "not_testable", None, [], GuidedStep.flight_mode),
        ("mobile", "no_signal", "not_testable", None, ["flight_mode"], None),
        ("tv", "no_picture", "ok", None, [], GuidedStep.tv_box),
        ("landline", None, "ok", None, [], GuidedStep.handset),
    ],
)
def test_the_next_step_suits_the_fault(
    product: str, symptom: str | None, test_result: str, verdict: str | None, tried: list[str], step: GuidedStep | None
) -> None:
    found = next_step(
        product=product, symptom=symptom, test_result=test_result, verdict=verdict, tried=tried, limit=LIMIT
    )
    assert found is step
