"""The three lines of a packet: values in words, each promise once."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.packet import summary
from tests.shipped import wording

_ZONE = ZoneInfo("Asia/Shanghai")
_DUE = "2026-11-24T17:30:00+00:00"


def _packet(**more: Any) -> dict[str, Any]:
    return {"reason_code": "customer_request", "slots": [], "checks": [], "promises": [], **more}


@pytest.mark.parametrize(
    ("language", "known"),
    [("zh", "已知和已做：产品: 宽带、现象: 用不了、指示灯: LOS红灯"),
     ("en", "Known and done: product: broadband; symptom: no service; light: LOS is red")],
)  # fmt: skip
def test_values_are_said_in_words(language: str, known: str) -> None:
    values = (("fault_product", "broadband"), ("symptom", "no_service"), ("device_light", "los_red"))
    packet = _packet(slots=[{"name": name, "value": value} for name, value in values])
    assert summary(packet, language, wording(_ZONE)).splitlines()[1] == known


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ({"text": "TT1 最晚11月25日（周三）01:30前处理好", "due_at": _DUE, "ticket_id": "TT1"},
         "待办：已承诺：TT1 最晚11月25日（周三）01:30前处理好"),
        ({"text": "会有人回电", "due_at": _DUE, "ticket_id": "TT1"},
         "待办：已承诺：会有人回电，期限11月25日（周三）01:30 TT1"),
        ({"text": "会有人回电", "due_at": None}, "待办：已承诺：会有人回电"),
    ],
)  # fmt: skip
def test_a_promise_names_its_time_and_its_ticket_once(promise: dict[str, Any], said: str) -> None:
    assert summary(_packet(promises=[promise]), "zh", wording(_ZONE)).splitlines()[2] == said
