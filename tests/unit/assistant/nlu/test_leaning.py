"""Questions that lean on what came before, and all those that do not."""

from __future__ import annotations

import pytest

from bot.assistant.nlu.words.leaning import Asked, asked, tells


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("多少钱", Asked.price),
        ("那多少钱一天？", Asked.price),
        ("要收费吗", Asked.price),
        ("贵不贵啊", Asked.price),
        ("how much is it?", Asked.price),
        ("and what does it cost per day", Asked.price),
        ("is it free", Asked.price),
        ("大概要多久", Asked.time),
        ("到什么时候", Asked.time),
        ("How long does that take?", Asked.time),
        ("怎么取消", Asked.undo),
        ("and how do I turn it off", Asked.undo),
        ("会过期吗", Asked.expiry),
        ("do they expire", Asked.expiry),
        ("需要什么材料", Asked.need),
        ("what do I need", Asked.need),
        ("在哪里改", Asked.where),
        ("where do I find that", Asked.where),
        ("怎么这么贵", Asked.reason),
        ("why so much", Asked.reason),
        ("能换吗", Asked.change),
        ("can I change it", Asked.change),
        ("还剩多少", Asked.left),
        ("how much is left", Asked.left),
        ("不够用了怎么办", Asked.more),
        ("what if I run out", Asked.more),
        ("怎么办理", Asked.order),
        ("cool how do i get it", Asked.order),
    ],
)
def test_what_names_no_matter_of_its_own_leans_on_the_one_before(text: str, wanted: Asked) -> None:
    assert asked(text) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "取消",
        "cancel",
        "stop",
        "退订",
        "那几天都不行",
        "我还有多少钱",
        "师傅什么时候来",
        "流量多少钱",
        "怎么取消预约",
        "how much data have I left",
        "how do I cancel my appointment",
        "when does the shop close",
        "where is the technician",
        "what is this charge",
        "not free then",
        "不想取消",
        "I pay for 500 and get 20",
    ],
)
def test_what_names_a_matter_or_asks_nothing_does_not(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("上门检修不收费。", Asked.price),
        ("A repair usually takes half an hour to an hour.", Asked.time),
        ("带着证件和授权码办理。", Asked.need),
        ("Change the card or switch it off on the same page.", Asked.undo),
        ("积分有有效期，到期自动清零。", Asked.expiry),
        ("在App的积分页面可以查余额。", Asked.where),
    ],
)
def test_a_line_tells_what_was_asked(line: str, kind: Asked) -> None:
    assert tells(line, kind)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("后付费用户在出账后扣款。", Asked.price),
        ("号码要满120天。", Asked.time),
        ("发短信 CXXZ#姓名#证件号码。", Asked.need),
        ("A phone can store several eSIMs; how many run at once depends on the model.", Asked.time),
    ],
)
def test_a_line_of_something_else_does_not(line: str, kind: Asked) -> None:
    assert not tells(line, kind)
