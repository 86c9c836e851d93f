"""Symptoms told with other words between the telling ones ("the bank's codes, not a single one came"). Pure.

Trainers' patterns name a symptom in words that stand side by side; these name it by what must come in which order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assistant.nlu.mentions import Mention

SYMPTOM = "symptom"

_GONE = "no_service"

_NOT_COME = "(?:收不到|没收到|没有收到|接不到|接收不到|发不过来|没来|不来)"
_MOBILE_DATA = "(?:流量|[2345]g|移动数据|移动网络|手机数据)"
_NOTHING = "(?:什么|啥|一点)(?:东西|画面|图像|影)?(?:都|也)(?:没有|没|不显示)"
_NO_SOUND = "(?:没有?(?:任何|一点)?声音?|(?:什么|啥|一点|半点)(?:声音|声儿?)(?:都|也)没有?|没有?拨号音|死静)"
_CUT = "(?:断|掉|没网|不行|没了|没有了)"
_EN_NOT = r"(?:not|never|no|can'?t|cannot|won'?t|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|isn'?t|aren'?t|stopped)"
_EN_NET = r"(?:broadband|internet|wi-?fi|net|connection|fib(?:re|er)|network)"
_EN_WORDS = r"(?: [a-z'’]+){0,%d}"
_EN_TEXTS = r"(?:texts?|sms(?:es)?|codes?|otps?|messages?)"


def _gap(most: int) -> str:
    """Up to so many characters of Chinese, none of which ends the clause or turns it round."""
    return rf"[^,.!?;，。！？；不没别]{{0,{most}}}?"


_TOLD = tuple(
    (symptom, re.compile(pattern, re.IGNORECASE))
    for symptom, pattern in (
        ("sms_fail", rf"(?:短信|验证码|验证信息){_gap(6)}{_NOT_COME}"),
        ("sms_fail", rf"(?:短信|验证码){_gap(3)}(?:一[条个]都|死活|一直|迟迟|总是|老是)(?:{_NOT_COME}|发不出去?|没到)"),
        ("sms_fail", rf"(?:收不到|没收到|没有收到|接不到){_gap(5)}(?:验证码|验证短信)"),
        (
            "data_fails",
            rf"{_MOBILE_DATA}{_gap(10)}(?:打不开|发不出去?|上不了网?|用不了|刷不出来?|加载不(?:出来?|了)|没反应)",
        ),
        (
            "no_picture",
            rf"(?:屏幕|电视|机顶盒|画面){_gap(8)}(?:{_NOTHING}|一片黑|全是?黑的?|黑着|不显示|没有?(?:图像|画面)|不出画面)",
        ),
        (
            "calls_fail",
            rf"(?:电话|打过去|打出去|拨过去|拨出去|通话|接起来){_gap(8)}(?:就(?:自己|自动)?(?:挂|断)|(?:自己|自动)(?:挂|断)|[打接拨]不通)",
        ),
        ("no_dial_tone", rf"(?:[拿拎提]起来|提机|摘机|听筒里?){_gap(4)}{_NO_SOUND}"),
        (
            "intermittent",
            rf"(?:好好的|是好的|正常|有网){_gap(8)}[, ]?{_gap(4)}{_CUT}{_gap(6)}[, ]?{_gap(4)}又(?:好|有|正常|行|能用)了?",
        ),
        (
            "intermittent",
            rf"(?:隔{_gap(5)}(?:分钟|小时|会儿?|阵子?|天)|过{_gap(4)}(?:分钟|会儿?|阵子?|下))就?(?:自动)?(?:断|掉)",
        ),
        ("slow", rf"(?:测速|网速|速度|实测|测下来|测出来){_gap(6)}(?:才|只有|不到|就)[\d一二三四五六七八九十几]"),
        ("slow", r"(?:蜗牛|乌龟|龟)(?:似的|爬|速|一样|一般)|(?:像|跟)(?:蜗牛|乌龟|龟)"),
        (
            "noise",
            rf"(?:电话|座机|固话|通话|话筒|听筒|里面|里头|里边){_gap(6)}(?:杂音|电流[声音]|沙沙|滋滋|滋啦|嗡嗡|刺啦|吱吱|吱啦|咔咔|哗哗|噪[音声]|回[音声])",
        ),
        ("wifi_weak", rf"(?:wi-?fi|无线|信号){_gap(8)}[隔穿]{_gap(4)}墙{_gap(4)}(?:没|弱|差|不行|断)"),
        (
            "frozen_picture",
            rf"(?:画面|电视|直播|节目|屏幕){_gap(8)}(?:定住|定格|卡住|卡死|不动|马赛克|花屏|一卡一卡|一顿一顿)",
        ),
        ("no_service", rf"(?:宽带|网络?|wi-?fi){_gap(4)}(?:死了|挂了|瘫了|瘫痪|(?:彻底|全|整个|完全)断)"),
        (
            "no_service",
            rf"\b{_EN_NET}(?:'s|’s)?(?: (?:is|has|been|was|went|gone|totally|completely|just|all|still|suddenly|stone|looks?|seems)){{0,4}} (?:dead|kaput|conked out|bust(?:ed)?)\b",
        ),
        (
            "sms_fail",
            rf"\b{_EN_NOT}{_EN_WORDS % 4} (?:verification|bank|security|login|confirmation|sms|text) {_EN_TEXTS}",
        ),
        (
            "sms_fail",
            rf"\b{_EN_NOT} (?:get|getting|got|receive|receiving|received|had)(?: any| my| the| a| single)* {_EN_TEXTS}",
        ),
        (
            "sms_fail",
            rf"\b(?:texts|sms|codes){_EN_WORDS % 3} {_EN_NOT}(?: even| ever)? (?:arriv|com[ei]|reach|get(?:ting)? (?:through|here|to)|deliver)",
        ),
        (
            "data_fails",
            rf"\b(?:data|[345]g|lte){_EN_WORDS % 5} (?:nothing (?:loads?|opens?|works)|no (?:pages?|sites?|apps?) (?:opens?|loads?|works?)|{_EN_NOT} (?:load|open|work)(?:ing)?)",
        ),
        (
            "intermittent",
            rf"\b(?:fine|work(?:s|ing|ed)|ok(?:ay)?|good){_EN_WORDS % 3},?{_EN_WORDS % 2} (?:off|down|out|gone|dead|drops?|dropped){_EN_WORDS % 3},?{_EN_WORDS % 2} (?:back|again)\b",
        ),
    )
)
_HINT = re.compile(
    r"短信|验证|流量|\dg|数据|移动网|屏幕|电视|机顶盒|画面|电话|[打拨]过去|[打拨]出去|通话|接起来|起来|机|听筒|好的|正常|有网|[隔过]|测|速|龟|蜗|"
    r"里[面头边]|话|wi-?fi|无线|信号|直播|节目|网|宽带|dead|kaput|conk|bust|text|sms|code|otp|message|data|lte|back|again",
    re.IGNORECASE,
)


def with_told_symptoms(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Return what the patterns found, and a symptom that is told: where they found none, or only a part of its words.

    Args:
        text: normalised.
        found: by the trainers' patterns.
    """
    if not _HINT.search(text):
        return list(found)
    known = [mention for mention in found if mention.entity == SYMPTOM]
    told = max(
        (
            Mention(SYMPTOM, match.start(), _end(text, match.end()), symptom)
            for symptom, pattern in _TOLD
            for match in pattern.finditer(text)
        ),
        key=lambda mention: (mention.end - mention.start, -mention.start),
        default=None,
    )
    if told is None:
        return list(found)
    inside = [mention for mention in known if told.start <= mention.start and mention.end <= told.end]
    if len(inside) < len(known):
        return list(found)
    # "4G is on but nothing loads" holds words of a service that is gone altogether
    if any(mention.value != _GONE for mention in inside):
        return list(found)
    return [mention for mention in found if mention not in inside] + [told]


def _end(text: str, end: int) -> int:
    return end + 1 if text[end : end + 1] in ("了", "着") else end
