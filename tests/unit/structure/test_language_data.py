"""What trainers edit fits together: both languages, names that exist, nothing left over."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date

import pytest

from actions import build_actions
from bot.assistant.buttons import from_payload
from bot.assistant.flows.model import FlowBook, load_flows
from bot.conversations.service import payload_is_valid
from tests.unit.structure.language_data import (
    DATA,
    LANGUAGES,
    Response,
    articles,
    domain,
    examples,
    flow_words,
    python_names,
    python_texts,
    responses,
    rule_words,
)

#: fewest examples of an intent in a language; an article has them in both together, since it is found by meaning too
_LEAST = 30
TOPICS = frozenset(
    "general billing plans account broadband faults tickets appointments complaints safety knowledge identity handoff"
    " survey".split()
)
#: lines for people at the desk stand with the responses and are no topic of the customers'
_DESK = "desk"
#: what customers are told without having asked just then
_UNASKED = {"desk_notices", "outages", "visits"}
#: what only a button or an upload starts
_NO_EXAMPLES = frozenset(
    ["inform", "report_fault", "show_balance_and_bill", "share_attachment", "outage_back", "ticket_solved"]
)
#: Rasa's own
_BUILT_IN_INTENTS = frozenset(["nlu_fallback"])


@pytest.fixture(scope="module")
def book() -> FlowBook:
    return load_flows(DATA / "flows")


def _names(section: str) -> list[str]:
    return [name if isinstance(name, str) else next(iter(name)) for name in domain()[section]]


def _actions_in_code() -> set[str]:
    return {str(action.name()) for action in build_actions(None)}  # type: ignore[arg-type]  # names need no services


# -- responses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("response", responses(), ids=lambda item: item.name)
def test_a_response_speaks_both_languages_with_the_same_values(response: Response) -> None:
    assert set(response.variations) == set(LANGUAGES)
    assert response.placeholders("zh") == response.placeholders("en")


@pytest.mark.parametrize("response", [item for item in responses() if any(item.buttons())], ids=lambda item: item.name)
def test_buttons_pair_up_and_lead_somewhere(response: Response) -> None:
    sets = {
        language: {
            json.dumps([button["payload"] for button in item["buttons"]]) for item in variations if item.get("buttons")
        }
        for language, variations in response.variations.items()
    }
    assert sets["zh"] == sets["en"]
    intents, slots = set(_names("intents")), set(domain()["slots"]) | set(_names("entities"))
    for button in response.buttons():
        assert button["title"].strip()
        payload = (
            button["payload"].replace("{{", "{").replace("}}", "}")
        )  # doubled, since responses are filled with values
        assert payload_is_valid(payload), button
        parsed = from_payload(payload, "")
        assert parsed["intent"]["name"].partition("/")[0] in intents, button
        assert {item["entity"] for item in parsed["entities"]} <= slots, button


def test_response_names_are_unique_and_carry_their_topic(book: FlowBook) -> None:
    seen: dict[str, str] = {}
    wrong = []
    for response in responses():
        if response.name in seen:
            wrong.append(f"{response.name} stands in {seen[response.name]} and {response.topic}")
        seen[response.name] = response.topic
        if response.topic == _DESK:
            continue
        own = response.name.startswith(f"utter_{response.topic}_")
        # questions are named after the slot that they ask for
        if not own and not response.name.startswith("utter_ask_"):
            wrong.append(f"{response.name} in {response.topic}.yml")
    assert not wrong


def test_variations_have_ids_of_their_own() -> None:
    """The wording that was said last is told from the others by its id."""
    ids: dict[str, list[str]] = defaultdict(list)
    lacking = []
    for response in responses():
        for variations in response.variations.values():
            for item in variations:
                if item.get("id"):
                    ids[item["id"]].append(response.name)
                elif len(variations) > 1:
                    lacking.append(response.name)
    assert not {key: names for key, names in ids.items() if len(names) > 1}
    assert not lacking


def test_every_response_is_used(book: FlowBook) -> None:
    used = python_names()
    idle = [
        response.name
        for response in responses()
        if response.name not in book.actions() | rule_words() | flow_words() and not used.use(response.name)
    ]
    assert not idle


# -- intents and examples ----------------------------------------------------------------------------------------


def test_every_intent_has_examples_enough_in_both_languages() -> None:
    few = []
    for intent, both in examples().items():
        if intent.startswith("faq/"):
            if sum(map(len, both.values())) < _LEAST or set(both) != set(LANGUAGES):
                few.append(f"{intent}: { ({key: len(lines) for key, lines in both.items()}) }")
            continue
        few += [
            f"{intent} {language}: {len(both.get(language, ()))}"
            for language in LANGUAGES
            if len(both.get(language, ())) < _LEAST
        ]
    assert not few


def test_no_example_stands_twice() -> None:
    where: dict[str, list[str]] = defaultdict(list)
    for intent, both in examples().items():
        for lines in both.values():
            for line in lines:
                where[re.sub(r"\s+", " ", line).casefold()].append(intent)
    assert not {line: intents for line, intents in where.items() if len(intents) > 1}


def test_intents_of_domain_and_examples_are_the_same() -> None:
    with_examples = {intent.partition("/")[0] for intent in examples()}
    assert with_examples == set(_names("intents")) - _NO_EXAMPLES


def test_every_intent_leads_somewhere(book: FlowBook) -> None:
    started = {intent for flow in book.flows.values() for intent in (*flow.intents, *flow.jumps)}
    idle = [name for name in _names("intents") if name not in started | rule_words() | flow_words()]
    assert not idle


def test_flows_name_only_intents_that_exist(book: FlowBook) -> None:
    known = set(_names("intents")) | _BUILT_IN_INTENTS
    named = {intent for flow in book.flows.values() for intent in (*flow.intents, *flow.jumps)}
    patterns = book.patterns
    named |= (
        patterns.cancel_intents
        | patterns.affirm_intents
        | patterns.deny_intents
        | patterns.unclear_intents
        | patterns.never_text
    )
    named |= {intent for counter in patterns.counters for intent in counter.intents}
    assert not {name for name in named if name.partition("/")[0] not in known}


# -- actions, slots, entities ------------------------------------------------------------------------------------


def test_actions_of_domain_and_code_are_the_same() -> None:
    assert set(_names("actions")) == _actions_in_code()


def test_every_action_is_used(book: FlowBook) -> None:
    idle = [name for name in _names("actions") if name not in book.actions() | rule_words() and not _called(name)]
    assert not idle


def _called(name: str) -> bool:
    """An action's own `name` is one mention; another place that names it makes two."""
    return sum(text.count(f'"{name}"') for text in python_texts()) > 1


def test_what_flows_run_exists(book: FlowBook) -> None:
    known = set(_names("actions")) | {response.name for response in responses()}
    assert not book.actions() - known


def test_every_slot_is_used(book: FlowBook) -> None:
    idle = [name for name in domain()["slots"] if name not in flow_words() and not python_names().use(name)]
    assert not idle


def test_slots_of_flows_exist(book: FlowBook) -> None:
    slots = set(domain()["slots"])
    for flow in book.flows.values():
        named = {*flow.slots, *flow.entities.values(), *flow.corrections}
        named |= {name for values in flow.intents.values() for name in values}
        named |= {name for item in flow.corrections.values() for name in item.clears}
        named |= {name for step in flow.steps for name in step.condition.names()}
        named |= {name for step in flow.steps for branch in step.branches for name in branch.condition.names()}
        assert not named - slots, flow.id


def test_entities_have_a_source_and_a_use(book: FlowBook) -> None:
    entities = set(_names("entities"))
    filled = {name for flow in book.flows.values() for name in flow.entities}
    assert filled <= entities
    assert not {name for name in entities if name not in filled and not python_names().use(name)}


def test_entity_patterns_name_entities_and_stand_once() -> None:
    entities = set(_names("entities"))
    seen: dict[tuple[str, str], str] = {}
    wrong = []
    for path in sorted((DATA / "entities").glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            row = json.loads(line)
            place = f"{path.name}:{number}"
            if row["label"] not in entities or not row.get("id"):
                wrong.append(f"{place}: {row}")
            key = (row["label"], json.dumps(row["pattern"], ensure_ascii=False).casefold())
            if seen.setdefault(key, row["id"]) != row["id"]:
                wrong.append(f"{place}: {row['pattern']} is {seen[key]} and {row['id']}")
    assert not wrong


# -- knowledge and topics ----------------------------------------------------------------------------------------


def test_articles_are_complete_and_lead_to_intents_that_exist() -> None:
    wrong = []
    intents = set(_names("intents"))
    for name, body in articles().items():
        if body["id"] != name or f"faq/{name}" not in examples():
            wrong.append(f"{name}: id or examples")
        if not all(body[part].get(language) for part in ("title", "answer") for language in LANGUAGES):
            wrong.append(f"{name}: languages")
        if not (body.get("owner") and body.get("source") and isinstance(body.get("review_date"), date)):
            wrong.append(f"{name}: owner, source or review date")
        wrong += [f"{name} leads to {intent}" for intent in body.get("leads_to") or () if intent not in intents]
    assert not wrong
    assert len(articles()) >= 40
    assert {intent.partition("/")[2] for intent in examples() if "/" in intent} == set(articles())


def test_files_are_named_by_topic_and_language() -> None:
    wrong = [
        path.name
        for path in (DATA / "responses").glob("*.yml")
        if path.stem not in TOPICS | _UNASKED | {_DESK, "terms"}
    ]
    wrong += [path.name for path in (DATA / "rules").glob("*.yml") if path.stem not in TOPICS]
    stems = {language: set() for language in LANGUAGES}  # type: dict[str, set[str]]
    for path in (DATA / "nlu").glob("*.yml"):
        topic, _, language = path.stem.rpartition(".")
        stems[language].add(topic)
        # the articles' examples are many: two files, home and service; shops have one of their own
        if topic.partition("_")[0] not in TOPICS | {"service"}:
            wrong.append(path.name)
    assert not wrong
    assert stems["zh"] == stems["en"]
