"""What a week teaches, and what new topics are called."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.training.teach.model import ArticleUse, CameBack, HandedOver, Matter, about, could_have_solved, returned, worst
from bot.training.teach.naming import proposed_names
from tests.integration.inbox_setup import user_event

_AT = datetime(2027, 3, 1, 9, tzinfo=timezone.utc)


def _matter(intent: str | None, text: str = "words", conversation: str = "c", days: float = 0) -> Matter:
    return Matter(conversation, 1, _AT + timedelta(days=days), "en", text, intent, None)


def _handed(reason: str, intent: str | None, *understood: str | None) -> HandedOver:
    matters = [_matter(name, f"about {name}", f"c-{reason}") for name in understood]
    return HandedOver("h", reason, intent, matters)


_CAN = frozenset({"check_bill", "top_up"})


def test_hand_overs_whose_answer_was_there_are_listed_with_why() -> None:
    handed = [
        _handed("misunderstood", "check_bill", None),
        _handed("misunderstood", "check_bill", "top_up"),
        _handed("customer_request", "check_bill", "check_bill"),
        _handed("customer_request", None, "top_up"),
    ]
    bill, money = could_have_solved(handed, _CAN)
    assert (bill["intent"], bill["conversations"], bill["share"]) == ("check_bill", 3, 0.75)
    taken, known = bill["why"]
    assert (taken["case"], taken["values"]["n"], taken["values"]["intent"]) == ("misunderstood", 2, "check_bill")
    assert taken["values"]["other"] in ("top_up", "out_of_scope")
    assert known == {"case": "understood", "values": {"n": 1}}
    assert {item["text"] for item in bill["examples"]} == {"about None", "about top_up", "about check_bill"}
    assert (money["intent"], money["conversations"]) == ("top_up", 1)


@pytest.mark.parametrize(
    "handed",
    [
        _handed("emergency", "check_bill", "check_bill"),
        _handed("policy", "check_bill", "check_bill"),
        _handed("customer_request", "close_account", "check_bill"),
        _handed("customer_request", None),
        _handed("misunderstood", None, None),
    ],
)
def test_what_people_are_there_for_and_what_nobody_knows_is_not(handed: HandedOver) -> None:
    assert could_have_solved([handed], _CAN) == []


def test_a_customer_who_was_back_thrice_counts_once() -> None:
    back = [
        CameBack("anna", _matter("check_bill"), _matter("check_bill", "again", "d", days)) for days in (1.0, 2.0, 3.0)
    ] + [CameBack("ben", _matter("check_bill"), _matter("check_bill", "still", "e", 5.0))]
    [item] = returned(back)
    assert (item["conversations"], item["share"]) == (2, 1.0)
    assert [one["text"] for one in item["examples"]] == ["again", "still"]


def test_the_worst_article_comes_first_and_good_ones_not_at_all() -> None:
    good, rare, bad = ArticleUse("good", 90, 0, 0), ArticleUse("rare", 1, 1, 0), ArticleUse("bad", 40, 20, 10)
    assert [item.id for item in worst([good, rare, bad])] == ["bad", "rare"]


def test_topics_are_called_by_what_sets_them_apart_in_their_language() -> None:
    esim = ["how do I get an esim on my watch", "can my watch have an esim", "esim for a smart watch please"]
    faces = ["我想要人脸识别开门", "人脸识别怎么用不了", "人脸识别能不能关掉"]
    common = ["how do I get my bill", "can I have my bill please", "我想要查话费", "怎么查话费", "话费怎么用的"]
    english, chinese = proposed_names([esim, faces], ["en", "zh"], common)
    assert set(english.split()[:2]) == {"esim", "watch"}
    assert chinese == "人脸识别"


def test_a_group_without_words_of_its_own_is_named_by_a_sentence() -> None:
    assert proposed_names([["???", "?"]], ["en"], []) == ["?"]


@pytest.mark.parametrize(
    ("payload", "events", "found"),
    [
        (None, [user_event(1, "my bill", ("check_bill", 0.9), ("top_up", 0.1))], ("check_bill", None)),
        (None, [user_event(1, "my canary", ("check_bill", 0.2), refused=True)], (None, None)),
        (None, [user_event(1, "yes", ("affirm", 0.9))], None),
        (None, [user_event(1, "blue", ("check_bill", 0.9), bare=True)], None),
        ("/top_up", [], ("top_up", None)),
        ("/affirm", [], None),
        ('/inform{"x": 1}', [], None),
    ],
)
def test_a_turn_is_about_what_was_taken_or_pressed(payload: str | None, events: list[Any], found: Any) -> None:
    assert about(payload, "words", events) == found


def test_the_article_that_was_shown_is_known() -> None:
    card = {"event": "bot", "data": {"custom": {"type": "article", "id": "late_payment"}}}
    asked = user_event(1, "late?", ("faq/late_payment", 0.9))
    assert about(None, "late?", [asked, card]) == ("faq/late_payment", "late_payment")
    assert about('/faq{"article": "late_payment"}', "Paying late", [card]) == (None, "late_payment")
