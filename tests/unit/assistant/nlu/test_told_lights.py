"""Lights with other words between the telling ones, and lights that are none of a modem's."""

from __future__ import annotations

import pytest

from bot.assistant.nlu.mentions import Mention
from bot.assistant.nlu.not_meant import meant
from bot.assistant.nlu.told_lights import LIGHT, LIGHTS


@pytest.mark.parametrize(
    ("text", "light"),
    [
        ("光猫上那颗红的眨个不停", "los_blinking"),
        ("光猫上那个红的los灯又亮起来了", "los_red"),
        ("互联网那个灯不亮 power和pon都亮着", "internet_off"),
        ("新路由器灯一个不亮", "power_off"),
        ("师傅让我看灯 我看了都正常", "all_normal"),
        ("绿色的灯一直在闪", "pon_blinking"),
        ("pon那盏灯灭了", "pon_off"),
        ("the modem's red light won't stop blinking", "los_blinking"),
        ("router sits there with a solid red light", "los_red"),
        ("the PON light's gone out completely", "pon_off"),
        ("green light keeps winking at me", "pon_blinking"),
        ("lights on the modem are all fine", "all_normal"),
        ("no lights at all on the box", "power_off"),
        ("the internet light is off", "internet_off"),
    ],
)
def test_a_light_is_told(text: str, light: str) -> None:
    assert [(mention.entity, mention.value) for mention in LIGHTS.add(text, [])] == [(LIGHT, light)]


@pytest.mark.parametrize(
    "text", ["which lights should be on when all is fine", "is the blinking LAN light normal", "天黑了"]
)
def test_none_is_told(text: str) -> None:
    assert LIGHTS.add(text, []) == []


def test_a_blinking_light_is_no_steady_one() -> None:
    steady = Mention(LIGHT, 4, 13, "los_red")
    assert [mention.value for mention in LIGHTS.add("the red light won't stop blinking", [steady])] == ["los_blinking"]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("路上等红灯等了好久", Mention("device_light", 3, 5, "los_red")),
        ("stuck at a red light", Mention("device_light", 11, 20, "los_red")),
        ("晚上吃韩国烤肉去了", Mention("country", 3, 5, "KR")),
        ("halfway through a turkey sandwich", Mention("country", 18, 24, "TR")),
        ("we live in a mobile home", Mention("product", 13, 19, "mobile")),
        ("你们客服回消息也太慢了", Mention("symptom", 9, 10, "slow")),
        ("put me down for Friday", Mention("symptom", 7, 11, "no_service")),
        ("我买了两块硬盘", Mention("amount", 3, 5, "2.00")),
    ],
)
def test_words_that_mean_something_else_are_left_out(text: str, mention: Mention) -> None:
    assert meant(text, [mention]) == []


def test_other_mentions_of_the_kind_stay() -> None:
    text = "看到韩国烤肉想起来 我要去韩国"
    there = Mention("country", 13, 15, "KR")
    assert meant(text, [Mention("country", 2, 4, "KR"), there]) == [there]
