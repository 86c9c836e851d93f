"""What the agents' tools decide without any store: names in notes, macros, places in lists, snippets, codes."""

from __future__ import annotations

import pytest

from bot.customers.numbers import masked
from bot.desk.identity.model import Check, looks_like_a_code
from bot.desk.inbox.model import Sort, read_cursor, write_cursor
from bot.desk.inbox.service import limit_of
from bot.desk.macros.model import VARIABLES, Visibility, macro_of, rendered
from bot.desk.macros.service import load_macros
from bot.desk.notes.model import named_in
from bot.desk.ratings.model import Subject, checked
from bot.desk.search.model import snippet
from bot.errors import BadRequest
from bot.handoff.model import User
from bot.resources import DATA


def _user(id_: str, *roles: str) -> User:
    return User(id_, id_, {"zh": id_, "en": id_}, frozenset(roles or ("agent",)), ("zh",), 4)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@agent2 请看一下", ("agent2",)),
        ("问过@agent2了，再问@wang.fang.", ("agent2", "wang.fang")),
        ("@agent2 and @agent2 again", ("agent2",)),
        ("write to help@example.com", ()),
        ("@ nobody, @@", ()),
    ],
)
def test_names_in_a_note_are_found_and_mail_addresses_are_not(text: str, names: tuple[str, ...]) -> None:
    assert named_in(text) == names


def test_a_macro_is_filled_and_what_nobody_knows_stays_visible_and_is_named_once() -> None:
    text = "{customer_name}您好，{ticket_id}最晚{ticket_due}，{ticket_id}。"
    filled, missing = rendered(text, {"customer_name": "李敏", "ticket_due": None})
    assert filled == "李敏您好，{ticket_id}最晚{ticket_due}，{ticket_id}。"
    assert missing == ["ticket_id", "ticket_due"]


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert rendered("{customer_name}", {"customer_name": "{amount_due}", "amount_due": "5"}) == ("{amount_due}", [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "x"},
        {"title": "", "text": "y"},
        {"title": "x", "text": "  "},
        {"title": "x", "text": "{password}"},
        {"title": "x", "text": {"fr": "y"}},
        {"title": "x", "text": "y", "visibility": "everyone"},
        {"title": "x", "text": "y", "visibility": "group"},
        {"title": "x", "text": "y", "group": "broadband"},
        {"title": "x", "text": "y", "shortcut": "two words"},
        {"title": "x" * 81, "text": "y"},
    ],
)
def test_a_macro_that_cannot_be_used_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        macro_of("m", body, "agent1")


def test_one_language_stands_for_both() -> None:
    macro = macro_of("m", {"title": "Hi", "text": {"zh": "你好"}}, "agent1")
    assert macro.title == {"zh": "Hi", "en": "Hi"} and macro.text == {"zh": "你好", "en": "你好"}


def test_macros_are_seen_and_changed_by_those_whom_they_are_for() -> None:
    mine = macro_of("m", {"title": "a", "text": "b"}, "agent1")
    group = macro_of("g", {"title": "a", "text": "b", "visibility": "group", "group": "billing"}, "boss")
    everybody = macro_of("e", {"title": "a", "text": "b", "visibility": "all"}, None)
    agent, other, boss = _user("agent1"), _user("agent2"), _user("boss", "supervisor")
    assert mine.is_for(agent, ()) and not mine.is_for(other, ()) and not mine.is_for(boss, ())
    assert group.is_for(other, ("billing",)) and not group.is_for(other, ("mobile",))
    assert everybody.is_for(other, ())
    assert mine.may_be_changed_by(agent) and not mine.may_be_changed_by(boss)
    assert everybody.may_be_changed_by(boss) and not everybody.may_be_changed_by(agent)


def test_the_shipped_macros_speak_both_languages_and_name_only_variables_that_can_be_filled() -> None:
    macros = load_macros(DATA / "desk" / "macros.yml")
    assert len(macros) >= 12
    assert len({macro.id for macro in macros}) == len({macro.shortcut for macro in macros}) == len(macros)
    for macro in macros:
        assert macro.visibility is Visibility.all
        assert macro.text["zh"] != macro.text["en"] and macro.title["zh"] != macro.title["en"], macro.id
        for text in macro.text.values():
            assert rendered(text, dict.fromkeys(VARIABLES, "x"))[1] == [], macro.id


def test_a_cursor_is_read_back_and_another_lists_or_a_broken_one_is_refused() -> None:
    values = ("2026-11-21T09:00:00", "abc")
    cursor = write_cursor(Sort.newest, values)
    assert read_cursor(Sort.newest, cursor) == values
    assert read_cursor(Sort.newest, None) is None
    for sort, text in ((Sort.waiting, cursor), (Sort.newest, "x"), (Sort.newest, "é"), (Sort.newest, cursor[:-3])):
        with pytest.raises(BadRequest):
            read_cursor(sort, text)


@pytest.mark.parametrize(
    ("asked", "limit"), [(None, 50), ("x", 50), ("0", 1), ("7", 7), ("9999999999", 500), ("²", 50)]
)
def test_a_page_has_1_to_500_rows(asked: str | None, limit: int) -> None:
    assert limit_of(asked) == limit


def test_a_snippet_shows_the_words_with_their_neighbours_and_masks_numbers() -> None:
    text = "前面" * 40 + "宽带 断了" + "后面" * 60
    shown = snippet(text, "宽带")
    assert "宽带 断了" in shown and shown.startswith("…") and shown.endswith("…") and len(shown) < 90
    assert "11010519900307" not in snippet("身份证 110105199003070011 对吗", "身份证")


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("123456", True),
        (" 123 456 ", True),
        ("１２３４５６", True),
        ("12345", False),
        ("1234567", False),
        ("是123456吗", False),
    ],
)
def test_six_digits_alone_are_a_code(text: str, is_code: bool) -> None:
    assert looks_like_a_code(text) is is_code


def test_a_check_is_read_back_and_a_number_hides_its_middle() -> None:
    check = Check("c1", "+8613800000001", "agent1")
    assert Check.of_text(check.as_text()) == check
    assert masked(check.phone) == "138****0001"


def test_a_rating_says_who_is_meant_or_leaves_it_open() -> None:
    assert checked({"score": 4, "solved": True}) == (4, True, None, None)
    assert checked({"score": 1, "solved": False, "comment": "慢", "of": "bot"}) == (1, False, "慢", Subject.bot)
    with pytest.raises(BadRequest):
        checked({"score": 4, "solved": True, "of": "manager"})
