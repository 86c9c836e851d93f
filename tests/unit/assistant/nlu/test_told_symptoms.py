"""Symptoms with other words between the telling ones, and sentences that only look like them."""

from __future__ import annotations

import pytest

from bot.assistant.nlu.mentions import Mention
from bot.assistant.nlu.told_symptoms import SYMPTOM, SYMPTOMS


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("银行发的验证码一条都没收到", "sms_fail"),
        ("机顶盒开机以后屏幕上什么都没有", "no_picture"),
        ("打电话过去老是嘟嘟两声就挂了", "calls_fail"),
        ("固话拿起来啥声音也没有", "no_dial_tone"),
        ("宽带早上好好的 下午断 晚上又好了", "intermittent"),
        ("千兆的宽带测速才八十", "slow"),
        ("座机打过来里面滋啦滋啦的", "noise"),
        ("画面看着看着就定住了", "frozen_picture"),
        ("my broadband has been dead since this morning", "no_service"),
        ("not getting any verification texts from my bank", "sms_fail"),
        ("mobile data is switched on but no page opens", "data_fails"),
        ("internet was fine at breakfast, off at lunch, back at dinner", "intermittent"),
        ("跟我妈通话说两句就断", "calls_fail"),
        ("sim卡显示no service", "no_signal"),
        ("卧室wifi信号就一格", "wifi_weak"),
        ("app登完又弹回登录页", "login_fails"),
        ("网一会儿有一会儿没", "intermittent"),
        ("信号四格 微信还是转圈发不出去", "data_fails"),
        ("wifi is great in the kitchen but useless upstairs", "wifi_weak"),
        ("every call I make cuts off after ten seconds", "calls_fail"),
        ("it slows to a crawl at nine", "slow"),
        ("the set top box keeps buffering on every channel", "frozen_picture"),
        ("your app throws me straight back out", "login_fails"),
        ("our broadband hasn't come back since the storm", "no_service"),
    ],
)
def test_a_symptom_is_told(text: str, symptom: str) -> None:
    assert [(mention.entity, mention.value) for mention in SYMPTOMS.add(text, [])] == [(SYMPTOM, symptom)]


@pytest.mark.parametrize(
    "text",
    [
        "没有收到账单短信可以重发吗",
        "短信费怎么这么贵",
        "my tv works fine",
        "超过48小时没修好怎么办",
        "网速不慢 就是电视没交费",
        "没收到这个月的账单短信",
        "where has my data gone",
        "国内流量在香港能不能用",
        "do I unplug the white box or the black one",
        "别人打我说停机了",
    ],
)
def test_none_is_told(text: str) -> None:
    assert SYMPTOMS.add(text, []) == []


def test_what_the_patterns_found_stays_unless_it_is_a_part_of_more() -> None:
    text = "4g is on but nothing loads"
    part = Mention(SYMPTOM, 13, 26, "no_service")
    assert [mention.value for mention in SYMPTOMS.add(text, [part])] == ["data_fails"]
    other = Mention(SYMPTOM, 13, 26, "sms_fail")
    assert SYMPTOMS.add(text, [other]) == [other]


def test_what_is_weaker_gives_way_in_the_same_sentence_only() -> None:
    text = "data's switched on but I can't use the internet"
    weaker = Mention(SYMPTOM, 25, 47, "no_service")
    assert [mention.value for mention in SYMPTOMS.add(text, [weaker])] == ["data_fails"]
    text = "no internet at home. my data's switched on but nothing loads"
    apart = Mention(SYMPTOM, 0, 11, "no_service")
    assert [mention.value for mention in SYMPTOMS.add(text, [apart])] == ["no_service", "data_fails"]


def test_two_faults_of_different_lines_are_both_told() -> None:
    text = "the landline has no tone and the telly is black"
    first = Mention(SYMPTOM, 17, 24, "no_dial_tone")
    assert [mention.value for mention in SYMPTOMS.add(text, [first])] == ["no_dial_tone", "no_picture"]
