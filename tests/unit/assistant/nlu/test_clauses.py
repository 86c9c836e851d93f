"""Where messages may fall apart, and what they take back, by their words alone."""

from __future__ import annotations

import pytest

from bot.assistant.nlu.clauses import Clauses, Turn, find_cuts, find_taken_back
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length

_normalise = Normaliser()


def _plain(text: str) -> str:
    return lower_keeping_length(_normalise(text))


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("查下话费，顺便把明天的师傅改到后天", "查下话费", "把明天的师傅改到后天"),
        ("查话费再帮我开个发票", "查话费", "开个发票"),
        ("what's my balance and also move my visit", "what's my balance", "move my visit"),
        ("my wifi is down, oh and send me a bill", "my wifi is down", "send me a bill"),
    ],
)
def test_words_between_two_wishes_are_found_first(text: str, left: str, right: str) -> None:
    cut = find_cuts(_plain(text))[0]
    assert cut.strong
    assert (_plain(text)[: cut.start], _plain(text)[cut.end :]) == (left, right)


@pytest.mark.parametrize(
    "text", ["我还有多少流量", "师傅还有多久到", "开热点另外收费吗", "能同时上网吗", "also", "3.5g left"]
)
def test_the_same_words_inside_a_wish_are_no_cut(text: str) -> None:
    assert not [cut for cut in find_cuts(_plain(text)) if cut.strong]


def test_signs_count_less_than_words_and_never_inside_a_number() -> None:
    assert [cut.strong for cut in find_cuts("check my bill, and also pay 1,200.50 please")] == [True]
    assert not find_cuts("about 1,200.50 yuan")


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        ("不是宽带，是电视", "是电视", "不是宽带"),
        ("not cancel, just move it", "just move it", "not cancel"),
        ("我不要查话费，我要报修", "我要报修", "不要查话费"),
        ("it's the tv, not the broadband", "it's the tv", "not the broadband"),
        ("是电视不是宽带", "是电视", "不是宽带"),
    ],
)
def test_what_is_ruled_out_is_told_from_what_holds(text: str, kept: str, dropped: str) -> None:
    plain = _plain(text)
    back = find_taken_back(plain)
    assert back is not None
    assert (plain[slice(*back.kept)], plain[slice(*back.dropped)]) == (kept, dropped)


def test_a_correction_names_only_what_holds() -> None:
    text = "no, i meant the bill"
    back = find_taken_back(text)
    assert back is not None
    assert (back.turn, text[slice(*back.kept)], back.dropped) == (Turn.correction, "the bill", (0, 0))


@pytest.mark.parametrize("text", ["别取消我的预约", "don't cancel my visit", "please do not move it", "不要停机"])
def test_a_message_that_only_forbids_is_told(text: str) -> None:
    back = find_taken_back(_plain(text))
    assert back is not None
    assert (back.turn, back.kept) == (Turn.forbids, (0, 0))


@pytest.mark.parametrize(
    "text",
    [
        "是不是断网了",
        "要不要关路由器",
        "特别慢，修一下",
        "转到别人名下",
        "手机不识别卡",
        "不是没信号，就是断断续续",
        "有没有别的套餐，我想换",
        "this is not working and i need help",
        "i don't have internet",
        "why can't i cancel?",
        "师傅不用来了",
    ],
)
def test_a_negation_that_rules_no_wish_out_is_left_alone(text: str) -> None:
    assert find_taken_back(_plain(text)) is None


def test_clauses_survive_their_way_through_a_message_property() -> None:
    text = "not cancel, just move it"
    clauses = Clauses(find_cuts(text), find_taken_back(text))
    assert Clauses.from_json(clauses.as_json()) == clauses
    assert Clauses.from_json(None) is None
