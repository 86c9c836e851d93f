"""What customers say instead of pressing a button."""

from __future__ import annotations

import pytest

from actions.own_words import (
    Progress,
    Refusal,
    Wanted,
    cannot_tell,
    corrects,
    denies_red,
    end_wanted,
    is_only,
    last_digits,
    ordinal,
    progress,
    refusal,
    refuses_all,
    wants_nothing,
    wants_visit,
)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("第二个", 1),
        ("第二个吧", 1),
        ("就第 3 个", 2),
        ("选1", 0),
        ("2", 1),
        ("二", 1),
        ("the second one please", 1),
        ("1st", 0),
        ("option 3", 2),
        ("#2", 1),
        ("最后那个", 3),
        ("the last one", 3),
        ("头一个", 0),
        ("周二下午", None),
        ("一会儿再说", None),
        ("第九个", None),
        ("fifth", None),
        ("Tuesday", None),
        ("", None),
    ],
)
def test_a_place_in_a_list_of_four_is_read(words: str, place: int | None) -> None:
    assert ordinal(words, 4) == place


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("早一点的", Wanted.first),
        ("最早的那个", Wanted.first),
        ("越快越好", Wanted.first),
        ("随便哪个都行", Wanted.first),
        ("the earlier one", Wanted.first),
        ("any of them", Wanted.first),
        ("晚一点的吧", Wanted.last),
        ("the later one", Wanted.last),
        ("周三", None),
        ("what does it cost", None),
    ],
)
def test_the_earlier_or_later_end_is_read(words: str, wanted: Wanted | None) -> None:
    assert end_wanted(words) is wanted


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("不用上门了", Refusal.nothing),
        ("不用了", Refusal.nothing),
        ("No visit needed", Refusal.nothing),
        ("no thanks, don't need it", Refusal.nothing),
        ("都不行", Refusal.others),
        ("换个时间", Refusal.others),
        ("Another time", Refusal.others),
        ("none of those work", Refusal.others),
        ("不行", Refusal.others),
        ("no", Refusal.others),
    ],
)
def test_a_no_means_other_offers_unless_the_whole_thing_is_declined(words: str, meaning: Refusal) -> None:
    assert refusal(words) is meaning


def test_a_bare_answer_neither_refuses_all_nor_wants_nothing() -> None:
    for words in ("周四下午", "ok", "好的", "Thursday"):
        assert not refuses_all(words)
        assert not wants_nothing(words)


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("好了可以上网了", Progress.solved),
        ("恢复了，谢谢", Progress.solved),
        ("it works now", Progress.solved),
        ("yep all good", Progress.solved),
        ("还是不行", Progress.unsolved),
        ("还是没网", Progress.unsolved),
        ("试了，没用", Progress.unsolved),
        ("still nothing", Progress.unsolved),
        ("not working", Progress.unsolved),
        ("it didn't help", Progress.unsolved),
        ("稍等我去试一下", Progress.busy),
        ("hang on, restarting it", Progress.busy),
        ("多少钱", None),
        ("what's my bill", None),
    ],
)
def test_how_a_step_went_is_read(words: str, result: Progress | None) -> None:
    assert progress(words) is result


def test_not_knowing_and_denying_red_are_read() -> None:
    assert cannot_tell("看不懂是啥灯")
    assert cannot_tell("no idea, I'm not home")
    assert not cannot_tell("红灯亮着")
    assert denies_red("没有红灯")
    assert denies_red("there's no red light")
    assert not denies_red("有个红灯")
    assert not denies_red("the red one is on")


def test_wanting_a_technician_is_read() -> None:
    assert wants_visit("师傅能来吗")
    assert wants_visit("just send somebody")
    assert not wants_visit("还是不行")


def test_a_correction_is_told_from_a_mention() -> None:
    assert corrects("不对，是电视")
    assert corrects("no, the TV")
    assert not corrects("电视也看不了")
    assert not corrects("tv is down too")


def test_a_name_alone_is_told_from_one_among_other_words() -> None:
    assert is_only("座机", "座机")
    assert is_only("是家里的座机。", "座机")
    assert is_only("It's the landline", "landline")
    assert not is_only("座机也打不出去", "座机")
    assert not is_only("the landline is fine", "landline")
    assert not is_only("yes", "landline")


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("no I meant the mobile number ending 22", "22"),
        ("the one that ends in 4471", "4471"),
        ("尾号22的那个", "22"),
        ("不对，尾号是4471", "4471"),
        ("22那个", "22"),
        ("I paid 22", None),
        ("13800138022", None),
    ],
)
def test_the_last_digits_name_a_number(words: str, digits: str | None) -> None:
    assert last_digits(words) == digits
