"""What a leaning question stands for: by the wish before it, for a while, and never in place of an answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.assistant.flows.follow_ups import FollowUps
from bot.assistant.flows.model import load_flows
from bot.assistant.nlu.words.leaning import KINDS, TIME_ALONE, asked, has_lines

ROOT = Path(__file__).parents[4]
_NOW = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
_BODY = {
    "slot": "subject",
    "minutes": 30,
    "leads": {
        "book_appointment": {"price": "faq/visit_duration_cost", "time": "check_appointment"},
        "ask_roaming": {"price": "ask_roaming"},
    },
}
_RULES = FollowUps.from_body(_BODY)


def _heard(text: str, intent: str = "check_balance", **entities: str) -> dict[str, Any]:
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    return {"text": text, "intent": {"name": intent, "confidence": 0.8}, "entities": found, "intent_ranking": []}


def _after(
    intent: str, text: str, minutes: float = 1, asking: str | None = None, **entities: str
) -> tuple[str, dict[str, str]]:
    subject = _RULES.subject(_heard("", intent, **entities), _NOW, None, ("country",))
    kind = asked(text)
    assert kind is not None
    at = _NOW + timedelta(minutes=minutes)
    told = has_lines(kind)
    got = _RULES.resolved(_heard(text), kind, subject, at, told=told, asking=asking, jumps=("ask_roaming",))
    return got["intent"]["name"], {item["entity"]: item["value"] for item in got["entities"]}


def test_a_wish_leads_to_what_answers() -> None:
    assert _after("book_appointment", "要钱吗") == ("faq", {"article": "visit_duration_cost", "asked": "price"})
    assert _after("book_appointment", "when?") == ("check_appointment", {"asked": "time"})


def test_an_article_answers_for_itself() -> None:
    assert _after("faq", "how much?", article="esim_setup") == ("faq", {"article": "esim_setup", "asked": "price"})


def test_a_wish_keeps_what_it_was_about() -> None:
    assert _after("ask_roaming", "how much", country="JP") == ("ask_roaming", {"country": "JP", "asked": "price"})
    subject = _RULES.subject(_heard("", "ask_roaming"), _NOW, None, ("country",))
    subject = _RULES.subject(_heard("Japan", "inform", country="JP", amount="5"), _NOW, subject, ("country",))
    assert subject["entities"] == {"country": "JP"} and subject["intent"] == "ask_roaming"


@pytest.mark.parametrize(
    ("before", "text", "minutes", "asking"),
    [
        ("check_ticket", "多少钱", 1, None),
        ("book_appointment", "多少钱", 31, None),
        ("book_appointment", "什么时候都行", 1, "time"),
        ("book_appointment", "什么时候", 1, "visit_for"),
    ],
)
def test_all_else_stays_as_it_was_heard(before: str, text: str, minutes: float, asking: str | None) -> None:
    assert _after(before, text, minutes, asking) == ("check_balance", {})


def test_while_a_flow_asks_only_an_article_or_its_own_wish_comes_between() -> None:
    assert _after("book_appointment", "多少钱", asking="visit_for")[0] == "faq"
    assert _after("ask_roaming", "多少钱", asking="roaming_country")[0] == "ask_roaming"


def test_the_product_asks_only_for_what_there_are_words_for() -> None:
    leads = load_flows(ROOT / "data" / "flows").patterns.follow_ups.leads
    assert leads and {kind for rows in leads.values() for kind in rows} <= {*KINDS, TIME_ALONE}


def test_without_rules_nothing_leans_on_anything() -> None:
    assert not FollowUps.from_body({}).leads


def test_what_its_words_alone_seemed_to_mean_counts_no_more() -> None:
    subject = _RULES.subject(_heard("", "book_appointment"), _NOW, None, ())
    heard = {**_heard("多少钱，多久"), "wishes": [{}], "full_intent": "check_balance", "language": "zh"}
    got = _RULES.resolved(heard, "price", subject, _NOW, told=True)
    assert got.keys() == {"text", "language", "intent", "intent_ranking", "entities"}
