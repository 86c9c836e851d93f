"""Makes and trains the stock side of `bench.turn`: a plain Rasa project from the same language data.

What it has: our NLU examples and intents, our one-turn responses, the knowledge articles through Rasa's
ResponseSelector, a rule for each intent, two forms (a fault, a visit that is moved) and an action server
(`stock_project/stock_actions.py`).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.sides import ROOT

TEMPLATE = Path(__file__).with_name("stock_project")
MODEL = "stock"
#: Rasa with the versions that its own declarations choose, beside ours: `tools/setup.sh stock`
PYTHON = ROOT / ".cache" / "bench" / "stock-env" / "bin" / "python"
#: fewest examples of an intent that a share may leave
_LEAST_EXAMPLES = 8
_CUSTOMERS = 200
_SEED = 7
#: intent → the form that collects what it needs, slot by slot, from the customer's free words
FORMS: Mapping[str, tuple[str, ...]] = {
    "fault_form": ("fault_symptom", "fault_time", "fault_confirmed"),
    "visit_form": ("visit_day", "visit_confirmed"),
}
FORM_OF: Mapping[str, str] = {
    "report_broadband_fault": "fault_form",
    "report_mobile_fault": "fault_form",
    "report_tv_fault": "fault_form",
    "report_landline_fault": "fault_form",
    "change_appointment": "visit_form",
}
#: said in the middle of a form, these get their own answer, as stock projects do it
INTERRUPTIONS = ("request_human", "thank", "goodbye", "faq", "check_balance", "check_ticket", "nlu_fallback")
#: short conversations for the policies that learn from stories
STORIES = (
    ("greet", "check_balance", "check_usage", "thank"),
    ("greet", "check_bill", "check_plan", "goodbye"),
    ("check_appointment", "thank", "goodbye"),
    ("faq", "faq", "thank"),
    ("check_ticket", "urge_ticket", "thank", "goodbye"),
    ("bot_challenge", "check_balance", "out_of_scope", "request_human"),
)


@dataclass(frozen=True)
class StockModel:
    """A trained stock project, ready to be started."""

    project: Path
    model: Path
    examples: int
    epochs: int
    share: float
    #: how long the training took
    seconds: float


class StockTrainingFailed(Exception):
    """There is no stock Rasa, or `rasa train` ended with an error; the message has the end of its output."""


def trained_stock(cache: Path, epochs: int, share: float, say: Callable[[str], None]) -> StockModel:
    """Write the project and train it, or take the trained one from the cache when nothing has changed.

    Args:
        epochs: of DIET, ResponseSelector, TED and UnexpecTED.
        share: part of each intent's examples that is used, 0 to 1; never fewer than eight an intent.

    Raises:
        StockTrainingFailed: Rasa refused, or is not there.
    """
    if not PYTHON.exists():
        raise StockTrainingFailed("stock Rasa is not installed: run tools/setup.sh stock")
    files = dict(_project(epochs, share))
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(files.items())).encode()).hexdigest()
    project = cache / f"stock-{digest[:12]}"
    model, record = project / "models" / f"{MODEL}.tar.gz", project / "trained.json"
    if model.is_file() and record.is_file():
        say(f"bench: the stock model is in the cache ({project.name})")
        return StockModel(project, model, **json.loads(record.read_text("utf-8")))
    shutil.rmtree(project, ignore_errors=True)
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    _write_customers(project / "customers.sqlite3")
    examples = files["data/nlu.yml"].count("\n    - ")
    say(f"bench: training stock Rasa on {examples} examples, {epochs} epochs (log: {project.name}/train.log) …")
    began = time.monotonic()
    command = [str(PYTHON), "-m", "rasa", "train", "--fixed-model-name", MODEL, "--quiet"]
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
    }
    with (project / "train.log").open("wb") as log:
        code = subprocess.run(command, cwd=project, env=environment, stdout=log, stderr=subprocess.STDOUT).returncode
    if code or not model.is_file():
        raise StockTrainingFailed((project / "train.log").read_text("utf-8", "replace")[-3000:])
    trained = StockModel(project, model, examples, epochs, share, round(time.monotonic() - began, 1))
    kept = {key: value for key, value in asdict(trained).items() if key not in ("project", "model")}
    record.write_text(json.dumps(kept), "utf-8")
    return trained


def _project(epochs: int, share: float) -> Iterator[tuple[str, str]]:
    """Every file of the project: (name, text)."""
    ours = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    rules = _our_rules()
    intents = [
        name
        for name in ours["intents"]
        if name not in ("inform", "report_fault", "show_balance_and_bill", "share_attachment")
    ]
    said = {name: rules[name] for name in intents if rules.get(name, "").startswith("utter_")}
    looked_up = {
        name: f"action_stock_{name}" for name in intents if name not in said and name not in FORM_OF and name != "faq"
    }
    answers = {action: f"{name}: {{name}}, ¥{{balance}}, {{plan}}." for name, action in looked_up.items()}
    answers |= {f"action_stock_{form}": "{name}: " + form + ", {ticket_id}." for form in FORMS}
    replies = {**said, **looked_up, "faq": "utter_faq", "nlu_fallback": "utter_general_rephrase"}

    yield "config.yml", (TEMPLATE / "config.yml").read_text("utf-8").replace("epochs: 100", f"epochs: {epochs}")
    yield "stock_actions.py", (TEMPLATE / "stock_actions.py").read_text("utf-8")
    yield "answers.json", json.dumps(answers, ensure_ascii=False, indent=1)
    yield "credentials.yml", "rest:\n"
    yield "endpoints.yml", 'action_endpoint:\n  url: "http://127.0.0.1:5055/webhook"\n'
    yield "domain.yml", _dump(_domain(intents, answers, set(replies.values()) - set(looked_up.values())))
    yield "data/nlu.yml", _nlu(share)
    yield "data/rules.yml", _dump({"version": "3.1", "rules": list(_rules(replies))})
    stories = [
        {
            "story": " ".join(story),
            "steps": [step for name in story for step in ({"intent": name}, {"action": replies[name]})],
        }
        for story in STORIES
    ]
    yield "data/stories.yml", _dump({"version": "3.1", "stories": stories})


def _rules(replies: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for intent, action in replies.items():
        yield {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}
    for intent, form in FORM_OF.items():
        yield {"rule": f"{intent} starts", "steps": [{"intent": intent}, {"action": form}, {"active_loop": form}]}
    for form in FORMS:
        loop = [{"active_loop": form}]
        yield {
            "rule": f"{form} ends",
            "condition": loop,
            "steps": [
                {"action": form},
                {"active_loop": None},
                {"slot_was_set": [{"requested_slot": None}]},
                {"action": f"action_stock_{form}"},
            ],
        }
        for intent in INTERRUPTIONS:
            yield {
                "rule": f"{intent} within {form}",
                "condition": loop,
                "steps": [{"intent": intent}, {"action": replies[intent]}, {"action": form}, {"active_loop": form}],
            }


def _domain(intents: list[str], answers: Mapping[str, str], responses_used: set[str]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for path in sorted((ROOT / "data" / "responses").glob("*.yml")):
        for name, variations in (yaml.safe_load(path.read_text("utf-8")).get("responses") or {}).items():
            if name in responses_used:
                responses[name] = variations
    for article in sorted((ROOT / "data" / "knowledge").glob("*.yml")):
        body = yaml.safe_load(article.read_text("utf-8"))
        responses[f"utter_faq/{body['id']}"] = [{"text": body["answer"]["zh"]}]
    not_words = {"not_intent": list(INTERRUPTIONS)}
    slots: dict[str, Any] = {
        name: {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}
        for name in ("language", "customer_number")
    }
    for form, wanted in FORMS.items():
        for slot in wanted:
            responses[f"utter_ask_{form}_{slot}"] = [{"text": f"{slot}?"}]
            mapping = {"type": "from_text", "conditions": [{"active_loop": form, "requested_slot": slot}], **not_words}
            slots[slot] = {"type": "text", "influence_conversation": False, "mappings": [mapping]}
    return {
        "version": "3.1",
        "intents": intents,
        "slots": slots,
        "responses": responses,
        "actions": list(answers),
        "forms": {form: {"required_slots": list(wanted)} for form, wanted in FORMS.items()},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _our_rules() -> dict[str, str]:
    """Intent → the response or action of its one-turn rule."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            steps = rule["steps"]
            found[steps[0]["intent"]] = steps[1]["action"]
    return found


def _nlu(share: float) -> str:
    """The examples of `data/nlu`, the same share of each intent and file."""
    chosen, blocks = random.Random(_SEED), []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            lines = [line for line in block["examples"].splitlines() if line.strip()]
            if share < 1.0:
                lines = chosen.sample(lines, min(len(lines), max(_LEAST_EXAMPLES, round(len(lines) * share))))
            blocks.append(f"- intent: {block['intent']}\n  examples: |\n" + "".join(f"    {line}\n" for line in lines))
    return 'version: "3.1"\n\nnlu:\n' + "".join(blocks)


def _write_customers(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE customers (number INTEGER PRIMARY KEY, facts TEXT NOT NULL)")
        for number in range(_CUSTOMERS):
            facts = {
                "name": f"C{number:03}",
                "balance": f"{number}.50",
                "plan": "Talk 39",
                "ticket_id": f"TT{number:08}",
            }
            database.execute("INSERT INTO customers VALUES (?, ?)", (number, json.dumps(facts)))


def _dump(body: Mapping[str, Any]) -> str:
    return yaml.dump(dict(body), allow_unicode=True, sort_keys=False, width=1000, Dumper=_NoAliases)


class _NoAliases(yaml.SafeDumper):
    """Rasa's reader takes no YAML anchors back."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
