"""Which parts of a message count as wishes, from what each is understood as."""

from __future__ import annotations

from typing import Any

from bot.assistant.nlu.clauses import Cut, find_cuts, find_taken_back
from bot.assistant.nlu.wishes import WishRules

_RULES = WishRules(
    no_wishes=frozenset({"chitchat", "deny", "greet"}),
    matters=(frozenset({"report_fault", "file_complaint"}),),
)


def _understood(text: str, *ranking: tuple[str, float], entities: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    items = [{"name": name.partition("/")[0], "full_intent": name, "confidence": score} for name, score in ranking]
    return {
        "text": text,
        "intent": items[0],
        "full_intent": ranking[0][0],
        "intent_ranking": items,
        "entities": list(entities),
        "scope": {"refused": False, "bare": False},
    }


def _found(text: str, whole: dict[str, Any], *parts: tuple[str, float]) -> list[str]:
    cuts = _RULES.cuts_to_try(whole, find_cuts(text))
    ways = _RULES.splits(text, cuts)
    spans = sorted({span for _, spans in ways for span in spans})
    understood = {span: _understood(text[slice(*span)], part) for span, part in zip(spans, parts, strict=True)}
    return [text[slice(*span)] for span in _RULES.wishes(whole, ways, understood)]


def test_two_sure_and_different_wishes_are_two() -> None:
    text = "show my bill and also move my visit"
    whole = _understood(text, ("move_visit", 0.8), ("show_bill", 0.1))
    assert _found(text, whole, ("show_bill", 0.9), ("move_visit", 0.9)) == ["show my bill", "move my visit"]


def test_the_same_wish_twice_small_talk_and_unsure_parts_are_one() -> None:
    text = "show my bill and also move my visit"
    whole = _understood(text, ("move_visit", 0.8), ("show_bill", 0.1))
    assert _found(text, whole, ("move_visit", 0.9), ("move_visit", 0.9)) == []
    assert _found(text, whole, ("chitchat", 0.9), ("move_visit", 0.9)) == []
    assert _found(text, whole, ("show_bill", 0.4), ("move_visit", 0.9)) == []


def test_a_message_that_is_surely_a_third_wish_stays_whole() -> None:
    text = "show my bill and also move my visit"
    whole = _understood(text, ("close_account", 0.95), ("show_bill", 0.02))
    assert _found(text, whole, ("show_bill", 0.9), ("move_visit", 0.9)) == []


def test_a_comma_parts_no_single_matter_but_also_does() -> None:
    told, also = "it is down, I want to complain", "it is down, also I want to complain"
    parts = (("report_fault", 0.9), ("file_complaint", 0.9))
    assert _found(also, _understood(also, *parts), *parts) == ["it is down", "I want to complain"]
    assert _RULES.cuts_to_try(_understood(told, *parts), find_cuts(told)) == ()


def test_a_comma_is_looked_at_only_when_a_second_wish_is_in_sight() -> None:
    text = "show my bill, move my visit"
    sure = _understood(text, ("move_visit", 0.99), ("show_bill", 0.001))
    assert _RULES.cuts_to_try(sure, find_cuts(text)) == ()
    torn = _understood(text, ("move_visit", 0.8), ("show_bill", 0.1))
    assert _RULES.cuts_to_try(torn, find_cuts(text)) == (Cut(12, 14, False),)


def test_three_wishes_are_three() -> None:
    text = "show my bill and also move my visit, by the way close my account"
    whole = _understood(text, ("move_visit", 0.6), ("show_bill", 0.2))
    spans = sorted({span for _, parts in _RULES.splits(text, find_cuts(text)) for span in parts})
    names = {"show my bill": "show_bill", "move my visit": "move_visit", "close my account": "close_account"}
    understood = {span: _understood("", (names.get(text[slice(*span)], "chitchat"), 0.9)) for span in spans}
    found = _RULES.wishes(whole, _RULES.splits(text, find_cuts(text)), understood)
    assert [text[slice(*span)] for span in found] == list(names)


def _meant(text: str, whole: dict[str, Any], kept: dict[str, Any], dropped: dict[str, Any]) -> dict[str, Any]:
    back = find_taken_back(text)
    assert back is not None
    return _RULES.without_dropped(whole, back, kept, dropped)


def test_what_is_ruled_out_gives_way_to_what_holds() -> None:
    text = "don't suspend it, i want to change plan"
    kept, dropped = _understood("", ("change_plan", 0.9)), _understood("", ("suspend_service", 0.9))
    fooled = _understood(text, ("suspend_service", 0.9), ("change_plan", 0.05))
    assert _meant(text, fooled, kept, dropped)["full_intent"] == "change_plan"
    sure = _understood(text, ("book_visit", 0.9), ("suspend_service", 0.05))
    assert _meant(text, sure, kept, dropped)["full_intent"] == "book_visit"


def test_entities_that_are_ruled_out_are_gone() -> None:
    text = "it's the tv, not the broadband"
    tv = {"entity": "product", "start": 9, "end": 11, "value": "tv"}
    broadband = {"entity": "product", "start": 21, "end": 30, "value": "broadband"}
    whole = _understood(text, ("report_fault", 0.9), entities=(tv, broadband))
    kept = _understood("", ("report_fault", 0.9), entities=(tv,))
    dropped = _understood("", ("chitchat", 0.9), entities=(broadband,))
    assert _meant(text, whole, kept, dropped)["entities"] == [tv]


def test_what_is_only_forbidden_is_a_no() -> None:
    text = "don't cancel my visit"
    back = find_taken_back(text)
    assert back is not None
    meant = _RULES.without_dropped(_understood(text, ("cancel_visit", 1.0)), back, None, None)
    assert (meant["intent"]["name"], meant["full_intent"]) == ("deny", "deny")


def test_a_negation_that_rules_nothing_out_changes_nothing() -> None:
    text = "it's not the best, i need help with it"
    whole = _understood(text, ("report_fault", 0.9))
    kept, dropped = _understood("", ("ask_help", 0.9)), _understood("", ("chitchat", 0.9))
    assert _meant(text, whole, kept, dropped) == whole
