"""What the actions of complaints, safety, identity and general read from a customer's own words."""

from __future__ import annotations

import pytest

from actions.complaints import category_of, names_regulator, tells_story, withdraws
from actions.general import wanted_language
from actions.identity import shown_number, without_caller
from actions.safety import danger_of, fraud_of


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("约好周一上午师傅来装宽带，等了一整天没人来", "visit_missed"),
        ("the engineer never came on Monday", "visit_missed"),
        ("你们营业员态度恶劣，还骂人", "staff"),
        ("he shouted at my mother", "staff"),
        ("多扣了我二十块", "billing"),
        ("当初承诺两年不涨", "promise_not_kept"),
        ("宽带修了四次还是断", "fault_repair"),
        ("排了三个小时的队", None),
        ("师傅态度恶劣还乱收费", None),
    ],
)
def test_a_category_is_read_only_when_it_is_plain(words: str, category: str | None) -> None:
    assert category_of(words) == category


@pytest.mark.parametrize(
    "words", ["我要投诉", "怎么投诉", "我要投诉你们公司", "I want to file a complaint", "再不处理我打12300", "投诉"]
)
def test_a_bare_wish_to_complain_is_no_story(words: str) -> None:
    assert not tells_story(words)


@pytest.mark.parametrize(
    "words",
    [
        "我要投诉，约好周一上午师傅来装宽带，等了一整天没人来",
        "I want to complain, your engineer was rude and swore at me on Friday",
        "客服说24小时给我回电，三天了没人理，我要投诉",
    ],
)
def test_a_message_that_tells_what_happened_is_a_story(words: str) -> None:
    assert tells_story(words)


def test_regulators_are_known_by_number_and_name() -> None:
    assert all(
        names_regulator(words) for words in ("我打12381", "去工信部告你们", "I'll go to Ofcom", "the FCC will hear")
    )
    assert not any(names_regulator(words) for words in ("单号TT12300456甲", "officer", "投诉你们"))


def test_a_complaint_is_taken_back_only_by_saying_so() -> None:
    assert withdraws("算了，不投诉了") and withdraws("never mind")
    assert not withdraws("别跟我说不用投诉了这种话，" + "我已经打了无数次电话，" * 6)
    assert not withdraws("退钱")


@pytest.mark.parametrize(
    ("words", "danger"),
    [
        ("我不想活了", "self_harm"),
        ("I want to kill myself", "self_harm"),
        ("活着没啥意思了", "self_harm"),
        ("nobody would miss me if i was gone", "self_harm"),
        ("my telecare alarm is dead", "alarm_line"),
        ("家里的报警器线路断了", "alarm_line"),
        ("your pole fell on a person", "hazard"),
        ("你们的电线杆倒了", "hazard"),
        ("着火了", "emergency"),
        ("my father collapsed", "emergency"),
    ],
)
def test_what_to_dial_fits_the_danger(words: str, danger: str) -> None:
    assert danger_of(words) == danger


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("我被骗了三千块", "money"),
        ("ive been scamed out of 400 pounds", "money"),
        ("我把验证码告诉别人了", "secret"),
        ("gave my one time code to a caller", "secret"),
        ("这个链接能点吗", "link"),
        ("is this text from you", "link"),
        ("有人用我的号码发诈骗短信", "number_misused"),
        ("骚扰电话太多了", "nuisance"),
        ("block spam calls please", "nuisance"),
        ("有个自称公安局的打给我说要冻结账户", "general"),
    ],
)
def test_advice_fits_what_happened(words: str, kind: str) -> None:
    assert fraud_of(words) == kind


def test_the_language_named_last_counts_and_an_unknown_one_is_none() -> None:
    assert wanted_language("不要英文，用中文", "en") == "zh"
    assert wanted_language("speak english", "zh") == "en"
    assert wanted_language("换一种语言", "zh") == "en"
    assert wanted_language("parlez french", "en") is None


def test_a_number_is_shown_by_its_last_digits_only() -> None:
    assert shown_number("+8613812345678") == "*5678"


def test_leaving_takes_the_caller_along_and_leaves_what_waited() -> None:
    waiting = {"flow": "fault", "step": "a", "waiting": True}
    caller = {"flow": "check_bill", "step": "b"}
    assert without_caller([waiting, caller, {"flow": "identify", "step": "send"}]) == [waiting]
    assert without_caller([caller, {"flow": "identify", "step": "send"}]) == []
