"""Normalising moves no character, and digits read out become digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.nlu.normalise import Normaliser, digit_view


@pytest.fixture(scope="module")
def normalise() -> Normaliser:
    return Normaliser()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("我家寬頻壞了", "我家宽带坏了"),
        ("帳單怎麼這麼高？", "账单怎么这么高?"),
        ("１３８００１３８０００", "13800138000"),
        ("电话　一三八零零一三八零零零", "电话 13800138000"),
        ("幺三八 零零幺三 八零零零", "138 0013 8000"),
        ("一三八零零一三八零零零一直打不通", "13800138000一直打不通"),
        ("10086 三次都没人接", "10086 三次都没人接"),
        ("一二三四", "一二三四"),
        ("二零二六年五月", "二零二六年五月"),
        ("", ""),
    ],
)
def test_a_text_comes_into_one_spelling(normalise: Normaliser, typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(st.text(max_size=80))
def test_no_character_moves(text: str) -> None:
    assert len(_SHARED(text)) == len(text)


@given(st.text(alphabet="一二三零幺八0138 -,，、寬頻ＡＢdouble oh one", max_size=60))
def test_normalising_twice_changes_no_length_and_the_view_maps_back(text: str) -> None:
    normalised = _SHARED(text)
    view = digit_view(normalised)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))


def test_digits_spelled_out_in_english_map_back_to_their_words() -> None:
    text = "call one three eight double oh one today"
    view = digit_view(text)
    start = view.text.index("138001")
    begin, end = view.source_span(start, start + len("138001"))
    assert text[begin:end] == "one three eight double oh one"


def test_two_number_words_stay_words() -> None:
    assert digit_view("one or two days").text == "one or two days"


_SHARED = Normaliser()
