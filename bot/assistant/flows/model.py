"""Flows as data: what `data/flows/*.yml` may say, read into frozen dataclasses and checked. See docs/flows.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from bot.assistant.flows.patterns import FlowError, Patterns, patterns_from
from bot.yaml_files import load_yaml

Slots = Mapping[str, Any]


class StepKind(str, Enum):
    action = "action"
    say = "say"
    ask = "ask"
    flow = "flow"
    handoff = "handoff"
    go = "go"
    end = "end"


class Accept(str, Enum):
    """What counts as an answer to a question."""

    #: the slot is filled by an entity of the message or by a button
    entity = "entity"
    #: yes or no
    confirm = "confirm"
    #: the message itself, whatever it says, unless it is a control intent
    text = "text"
    #: the message itself, read by `resolve`, unless it is another wish without much doubt
    words = "words"


@dataclass(frozen=True)
class Condition:
    """All of `slot: value` hold; a value may be a list (one of), `null`, `set` (not null); `not:` negates a mapping."""

    wanted: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    unwanted: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def holds(self, slots: Slots) -> bool:
        return all(_matches(slots.get(name), values) for name, values in self.wanted) and not any(
            _matches(slots.get(name), values) for name, values in self.unwanted
        )

    def names(self) -> Iterable[str]:
        return [name for name, _ in (*self.wanted, *self.unwanted)]


def _matches(value: Any, values: tuple[Any, ...]) -> bool:
    return any((value is not None) if wanted == "set" else value == wanted for wanted in values)


@dataclass(frozen=True)
class Branch:
    condition: Condition
    go: str


@dataclass(frozen=True)
class Step:
    id: str
    kind: StepKind
    #: action, response, slot, flow or reason, after the kind
    name: str
    condition: Condition
    branches: tuple[Branch, ...] = ()
    # what follows belongs to questions
    accept: Accept = Accept.entity
    question: str = ""
    again: str = ""
    #: an action that reads the customer's words and may set the slot
    resolve: str | None = None
    on_deny: str | None = None
    #: whole messages that mean yes, no or neither here, whatever else they sound like
    means_yes: re.Pattern[str] | None = None
    means_no: re.Pattern[str] | None = None
    means_neither: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Correction:
    go: str
    clears: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    id: str
    topic: str
    #: intent → slots that it sets
    intents: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]
    #: entity → slot, filled whenever this flow is on top
    entities: Mapping[str, str] = field(default_factory=dict)
    #: slots emptied when the flow starts and when it ends
    slots: tuple[str, ...] = ()
    #: slot → where to go on when the customer changes it later
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    #: intent → step, while this flow is on top
    jumps: Mapping[str, str] = field(default_factory=dict)
    #: when this flow has just ended: intent → intent that it stands for
    follows: Mapping[str, str] = field(default_factory=dict)
    #: entities that alone start this flow once more when it has just ended ("and Japan?")
    again_with: frozenset[str] = frozenset()
    #: flows of one group replace each other instead of waiting below
    group: str = ""
    needs_verified: bool = False
    #: taken at once, whatever is going on; what was going on is dropped
    control: bool = False
    #: whether its open question is asked once more after another wish was seen to
    resumed: bool = True

    def step(self, step_id: str) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    def after(self, step_id: str) -> Step | None:
        position = [step.id for step in self.steps].index(step_id) + 1
        return self.steps[position] if position < len(self.steps) else None


@dataclass(frozen=True)
class FlowBook:
    flows: Mapping[str, Flow]
    patterns: Patterns

    def by_intent(self, intent: str) -> Flow | None:
        return next((flow for flow in self.flows.values() if intent in flow.intents), None)

    def has_step(self, flow_id: str, step_id: str) -> bool:
        flow = self.flows.get(flow_id)
        return flow is not None and any(step.id == step_id for step in flow.steps)

    def actions(self) -> set[str]:
        """Every action and response that a flow may run."""
        names = {self.patterns.cancelled, self.patterns.nothing_to_cancel, self.patterns.resumed}
        names |= {self.patterns.waiting.note, self.patterns.waiting.next}
        names |= {text for counter in self.patterns.counters for text in counter.say}
        for flow in self.flows.values():
            for step in flow.steps:
                if step.kind in (StepKind.action, StepKind.say):
                    names.add(step.name)
                if step.kind is StepKind.ask:
                    names |= {step.question, step.again} | ({step.resolve} if step.resolve else set())
        return names


def load_flows(folder: Path) -> FlowBook:
    """Read every file of `data/flows`.

    Raises:
        FlowError: a file does not parse, or names a step, flow or key that does not exist.
    """
    documents = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            documents[path.name] = path.read_text("utf-8")
        except ValueError as exc:
            raise FlowError(f"{path.name} is not in UTF-8: {exc}") from exc
    return parse_flows(documents)


def parse_flows(documents: Mapping[str, str]) -> FlowBook:
    """As `load_flows`, from texts by file name."""
    flows: dict[str, Flow] = {}
    read: dict[str, Mapping[str, Any]] = {}
    for name, text in documents.items():
        try:
            document = load_yaml(text) or {}
        except yaml.YAMLError as exc:
            raise FlowError(f"{name} is not YAML: {exc}") from exc
        if not isinstance(document, dict) or not isinstance(document.get("flows") or {}, dict):
            raise FlowError(f"{name} is a mapping with the keys flows and patterns, each a mapping too.")
        read[name] = document
    found = [(name, document["patterns"]) for name, document in read.items() if "patterns" in document]
    if not found:
        raise FlowError("data/flows/patterns.yml is missing.")
    patterns = patterns_from(*found[-1])
    for name, document in read.items():
        for flow_id, body in (document.get("flows") or {}).items():
            if flow_id in flows:
                raise FlowError(f"{name}: flow {flow_id} is defined twice.")
            try:
                flows[flow_id] = _flow(name, flow_id, body, patterns.answer_words)
            except (AttributeError, KeyError, TypeError, ValueError) as exc:
                raise FlowError(f"{name}: flow {flow_id} is not of the form of docs/flows.md ({exc}).") from exc
    book = FlowBook(flows, patterns)
    _check(book)
    return book


_FLOW_KEYS = {
    "follows",
    "again_with",
    "topic",
    "intents",
    "steps",
    "entities",
    "slots",
    "corrections",
    "jumps",
    "group",
    "needs",
    "control",
    "resumed",
}
_STEP_KEYS = {
    "id",
    "if",
    "then",
    "accept",
    "question",
    "again",
    "resolve",
    "on_deny",
    "yes",
    "no",
    "neither",
    *(kind.value for kind in StepKind),
}


def _flow(name: str, flow_id: str, body: Mapping[str, Any], answers: tuple[str, str]) -> Flow:
    where = f"{name}: flow {flow_id}"
    _known(where, body, _FLOW_KEYS)
    intents = body.get("intents") or {}
    if isinstance(intents, list):
        intents = {intent: {} for intent in intents}
    corrections = {
        slot: Correction(rule, ()) if isinstance(rule, str) else Correction(rule["go"], tuple(rule.get("clears", ())))
        for slot, rule in (body.get("corrections") or {}).items()
    }
    steps = tuple(_step(where, position, item, answers) for position, item in enumerate(body.get("steps") or (), 1))
    if not steps:
        raise FlowError(f"{where} has no steps.")
    return Flow(
        id=flow_id,
        topic=body.get("topic", Path(name).stem),
        intents={intent: dict(slots or {}) for intent, slots in intents.items()},
        steps=steps,
        entities=dict(body.get("entities") or {}),
        slots=tuple(body.get("slots") or ()),
        corrections=corrections,
        jumps=dict(body.get("jumps") or {}),
        follows=dict(body.get("follows") or {}),
        again_with=frozenset(body.get("again_with") or ()),
        group=body.get("group", ""),
        needs_verified=body.get("needs") == "verified",
        control=bool(body.get("control", False)),
        resumed=bool(body.get("resumed", True)),
    )


def _step(where: str, position: int, body: Mapping[str, Any], answers: tuple[str, str]) -> Step:
    _known(f"{where}, step {position}", body, _STEP_KEYS)
    kinds = [kind for kind in StepKind if kind.value in body]
    if len(kinds) != 1:
        raise FlowError(
            f"{where}, step {position} must have exactly one of {', '.join(kind.value for kind in StepKind)}."
        )
    kind = kinds[0]
    name = str(body[kind.value])
    branches = body.get("then", body["go"] if kind is StepKind.go else ())
    if isinstance(branches, str):
        branches = [{"go": branches}]
    return Step(
        id=str(body.get("id") or f"{kind.value}_{position}"),
        kind=kind,
        name="" if kind is StepKind.go else name,
        condition=_condition(body.get("if")),
        branches=tuple(Branch(_condition(item.get("if")), item["go"]) for item in branches),
        accept=Accept(body.get("accept", "entity")),
        question=body.get("question", f"utter_ask_{name}" if kind is StepKind.ask else ""),
        again=body.get("again", f"{body.get('question', f'utter_ask_{name}')}_again" if kind is StepKind.ask else ""),
        resolve=body.get("resolve"),
        on_deny=body.get("on_deny"),
        means_yes=_whole(answers, body.get("yes")),
        means_no=_whole(answers, body.get("no")),
        means_neither=_whole(answers, body.get("neither")),
    )


def _whole(answers: tuple[str, str], verbs: str | None) -> re.Pattern[str] | None:
    """A pattern of whole messages: these verbs, with the words that people put round a yes or no."""
    lead, tail = answers
    return re.compile(f"(?:{lead})*(?:{verbs})(?:{tail})*", re.IGNORECASE) if verbs else None


def _condition(body: Mapping[str, Any] | None) -> Condition:
    if not body:
        return Condition()
    wanted = {name: value for name, value in body.items() if name != "not"}
    return Condition(_pairs(wanted), _pairs(body.get("not") or {}))


def _pairs(body: Mapping[str, Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else (value,)) for name, value in body.items())


def _known(where: str, body: Mapping[str, Any], keys: set[str]) -> None:
    # YAML 1.1 reads an unquoted `on` or `yes` as a boolean; say so rather than pass it over
    strange = [str(key) for key in body if key not in keys]
    if strange:
        raise FlowError(f"{where} has unknown keys {', '.join(strange)}; known are {', '.join(sorted(keys))}.")


def _check(book: FlowBook) -> None:
    seen: dict[str, str] = {}
    for flow in book.flows.values():
        ids = [step.id for step in flow.steps]
        if len(ids) != len(set(ids)):
            raise FlowError(f"flow {flow.id} uses a step id twice.")
        targets = [branch.go for step in flow.steps for branch in step.branches]
        targets += [step.on_deny for step in flow.steps if step.on_deny]
        targets += [rule.go for rule in flow.corrections.values()] + list(flow.jumps.values())
        for target in targets:
            if target not in ids and target != "end":
                raise FlowError(f"flow {flow.id} goes to step {target}, which it does not have.")
        for step in flow.steps:
            if step.kind is StepKind.flow and step.name not in book.flows:
                raise FlowError(f"flow {flow.id}, step {step.id} calls flow {step.name}, which does not exist.")
        for intent in flow.intents:
            if intent in seen:
                raise FlowError(f"intent {intent} starts both {seen[intent]} and {flow.id}.")
            seen[intent] = flow.id
    for name in (book.patterns.identify_flow, book.patterns.close_calls.flow):
        if name not in book.flows:
            raise FlowError(f"patterns name the flow {name}, which does not exist.")
