"""Questions that lean on what came before, and all those that do not."""

from __future__ import annotations

import pytest

from bot.assistant.nlu.words.leaning import TIME_ALONE, asked, tells


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("多少钱", "price"),
        ("那多少钱一天？", "price"),
        ("要收费吗", "price"),
        ("贵不贵啊", "price"),
        ("how much is it?", "price"),
        ("and what does it cost per day", "price"),
        ("is it free", "price"),
        ("大概要多久", "time"),
        ("到什么时候", "time"),
        ("How long does that take?", "time"),
        ("怎么取消", "undo"),
        ("and how do I turn it off", "undo"),
        ("会过期吗", "expiry"),
        ("do they expire", "expiry"),
        ("需要什么材料", "need"),
        ("what do I need", "need"),
        ("在哪里改", "where"),
        ("where do I find that", "where"),
        ("怎么这么贵", "reason"),
        ("why so much", "reason"),
        ("能换吗", "change"),
        ("can I change it", "change"),
        ("还剩多少", "left"),
        ("how much is left", "left"),
        ("不够用了怎么办", "more"),
        ("what if I run out", "more"),
        ("怎么办理", "order"),
        ("cool how do i get it", "order"),
        ("哪一项多的", "which"),
        ("这笔是什么费用", "which"),
        ("what's that extra charge", "which"),
        ("which one went up?", "which"),
        ("有什么费用吗", "price"),
        ("最便宜的多少钱", "cheapest"),
        ("what's the cheapest one", "cheapest"),
        ("能赔我钱吗", "compensation"),
        ("do I get compensation for this", "compensation"),
        ("那几天都不行", "away"),
        ("那天我刚好不在家", "away"),
        ("I won't be home then", "away"),
        ("not free then", "away"),
        ("that day doesn't work for me", "away"),
        ("能给我换成那个吗", "change"),
        ("anything sooner?", "sooner"),
        ("能不能早一点", "sooner"),
        ("多久给我答复", "time"),
        ("when will I hear back", "time"),
        ("怎么这么慢", "reason"),
        ("why is it taking so long", "reason"),
        ("how do I turn it on", "order"),
        ("流量最多的是哪个", "biggest"),
        ("can I switch to that", "change"),
    ],
)
def test_what_names_no_matter_of_its_own_leans_on_the_one_before(text: str, wanted: str) -> None:
    assert asked(text) == wanted


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("saturday morning", "saturday morning"),
        ("what about the weekend", "the weekend"),
        ("后天可以", "后天"),
        ("那改后天吧", "后天"),
    ],
)
def test_a_time_alone_leans_on_what_is_to_happen_then(text: str, time: str) -> None:
    start = text.index(time)
    assert asked(text, ((start, start + len(time)),)) == TIME_ALONE
    assert asked(text) is None


def test_a_time_beside_a_matter_does_not() -> None:
    assert asked("明天的账单", ((0, 2),)) is None
    assert asked("will my phone work tomorrow in Japan", ((19, 27),)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "取消",
        "cancel",
        "stop",
        "退订",
        "我还有多少钱",
        "师傅什么时候来",
        "流量多少钱",
        "怎么取消预约",
        "how much data have I left",
        "how do I cancel my appointment",
        "when does the shop close",
        "where is the technician",
        "不想取消",
        "I pay for 500 and get 20",
        "how much is it " * 8,
    ],
)
def test_what_names_a_matter_or_asks_nothing_does_not(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("上门检修不收费。", "price"),
        ("A repair usually takes half an hour to an hour.", "time"),
        ("带着证件和授权码办理。", "need"),
        ("Change the card or switch it off on the same page.", "undo"),
        ("积分有有效期，到期自动清零。", "expiry"),
        ("在App的积分页面可以查余额。", "where"),
    ],
)
def test_a_line_tells_what_was_asked(line: str, kind: str) -> None:
    assert tells(line, kind)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("后付费用户在出账后扣款。", "price"),
        ("号码要满120天。", "time"),
        ("发短信 CXXZ#姓名#证件号码。", "need"),
        ("A phone can store several eSIMs; how many run at once depends on the model.", "time"),
    ],
)
def test_a_line_of_something_else_does_not(line: str, kind: str) -> None:
    assert not tells(line, kind)
