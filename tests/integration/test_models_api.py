"""Versions of the model over HTTP on the real service: promoting, going back, comparing, a canary that does worse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.training import registry
from bot.training.gate.results import Results, keep_results
from bot.training.held_out import Case
from bot.training.trial.model import due_at
from tests.integration.models_setup import (
    FIRST,
    OF_ANOTHER_PROGRAM,
    PASSED,
    SCORES,
    SECOND,
    THIRD,
    altered,
    models_in,
    record_of,
)
from tests.service import Customer, Desk, Service, wait_until

_CHANGED_S = 60


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_in(tmp_path_factory.mktemp("installation"), refusing=True)


@pytest.fixture(scope="module")
def serving(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("data"), {"FRONTLINE_MODELS_DIR": str(models), "FRONTLINE_MODEL": ""})
    running.seed()
    running.start()
    yield running
    running.stop()


class Trainer:
    """A trainer's pages."""

    def __init__(self, service: Service, username: str = "trainer") -> None:
        self._base = service.base + "/api/v1/training/models"
        self._http = Desk(service, username).http

    def call(self, method: str, path: str = "", body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        answer = self._http.request(method, self._base + path, json=body, timeout=60)
        return answer.status_code, answer.json()

    def all(self) -> dict[str, Any]:
        status, body = self.call("GET")
        assert status == 200, body
        return body

    def refused(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        status, answer = self.call(method, path, body)
        return status, answer["error"]["code"]


@pytest.fixture(scope="module")
def trainer(serving: Service) -> Trainer:
    return Trainer(serving)


def answered_by(service: Service, customer: Customer) -> str:
    """The model of a conversation's newest turn."""
    query = "SELECT events FROM tracker_events WHERE conversation_id = ? ORDER BY turn DESC LIMIT 1"
    [row] = service.sql(query, customer.id)
    user = next(event for event in json.loads(row["events"]) if event["event"] == "user")
    return str(user["metadata"]["model"])


def audited(service: Service) -> list[tuple[str, str, str]]:
    rows = service.sql("SELECT actor, action, subject_id FROM audit WHERE subject_id LIKE 'frontline-%' ORDER BY at")
    return [(row["actor"], row["action"], row["subject_id"]) for row in rows]


def test_versions_are_listed_for_trainers(serving: Service, trainer: Trainer) -> None:
    assert Trainer(serving, "agent1").refused("GET", "") == (403, "forbidden")
    listed = trainer.all()
    assert (listed["serving"], listed["canary"]) == (FIRST, None)
    second, first = listed["models"]
    assert (first["file"], first["state"], first["trusted"]) == (FIRST, "serving", True)
    assert (second["file"], second["state"], second["gate"], second["scores"]) == (SECOND, "candidate", PASSED, SCORES)
    names = "file trained_at seconds commit config by scores size_bytes ms state gate trusted"
    assert set(second) == set(names.split())


def test_what_did_not_pass_the_gate_is_not_promoted_and_the_reasons_are_told(trainer: Trainer, models: Path) -> None:
    refusal = {"rule": "protected", "why": "emergency: 9 of 10.", "todo": "Add examples."}
    refused = {**PASSED, "passed": False, "refusals": [refusal]}
    registry.note_gate(models, SECOND, scores=SCORES, ms=3.0, gate=refused)
    for path, body in (("/promote", None), ("/canary", {"share": 0.1})):
        status, answer = trainer.call("POST", f"/{SECOND}{path}", body)
        assert (status, answer["error"]["code"], answer["error"]["refusals"]) == (422, "gate_refused", [refusal])
    registry.note_gate(models, SECOND, scores=SCORES, ms=3.0, gate=PASSED)
    assert trainer.refused("POST", "/frontline-9.tar.gz/promote") == (404, "model_not_found")
    assert trainer.refused("POST", "/rollback") == (409, "conflict")
    assert trainer.refused("DELETE", "/canary") == (409, "conflict")


def test_two_models_are_compared_sentence_by_sentence(trainer: Trainer, models: Path) -> None:
    where = f"/compare?a={FIRST}&b={SECOND}"
    assert trainer.refused("GET", where) == (404, "not_measured")
    assert trainer.refused("GET", f"/compare?a={FIRST}") == (400, "bad_request")

    def cases(*got: str) -> Results:
        wanted = (("first.zh", "你好", "greet"), ("first.en", "bye", "goodbye"), ("second.en", "fire", "emergency"))
        return Results("same", [Case(*row, got=one, right=one == row[2]) for row, one in zip(wanted, got, strict=True)])

    keep_results(models, FIRST, cases("greet", "greet", "deny"))
    keep_results(models, SECOND, cases("affirm", "goodbye", "deny"))
    status, body = trainer.call("GET", where)
    assert status == 200
    assert body["mended"] == [
        {"text": "bye", "language": "en", "group": "first", "wanted": "goodbye", "a": "greet", "b": "goodbye"}
    ]
    assert [item["text"] for item in body["broken"]] == ["你好"]
    assert (body["same_wrong"], body["accuracy"]["a"]) == (1, pytest.approx(1 / 3))
    keep_results(models, SECOND, Results("other sentences", []))
    assert trainer.refused("GET", where) == (404, "not_measured")


def test_the_gate_over_a_model_is_a_job(trainer: Trainer) -> None:
    status, job = trainer.call("POST", f"/{SECOND}/gate")
    assert (status, job["kind"], job["about"]["model"], job["by"]) == (202, "gate", SECOND, "trainer")
    status, job = trainer.call("POST", f"/../jobs/{job['id']}/cancel")
    assert (status, job["state"]) == (200, "cancelled")


def test_a_canary_that_does_worse_goes_back_by_itself(serving: Service, trainer: Trainer) -> None:
    for share in (None, 0, 0.6, "0.1", True):
        assert trainer.refused("POST", f"/{SECOND}/canary", {"share": share}) == (400, "bad_request")
    assert trainer.refused("POST", f"/{FIRST}/canary", {"share": 0.1})[0] in (409, 422)
    before = Customer(serving, "en").open()
    status, canary = trainer.call("POST", f"/{SECOND}/canary", {"share": 0.5})
    assert (status, canary["verdict"], canary["p_value"], canary["returned_at"]) == (200, "watching", 1.0, None)
    assert trainer.all()["canary"]["file"] == SECOND
    role = f'frontline_model_info{{model="{SECOND}",role="canary"}} 1.0'
    assert wait_until(lambda: role in requests.get(serving.base + "/metrics", timeout=30).text, _CHANGED_S)
    since = datetime.fromisoformat(canary["since"])
    assert wait_until(lambda: datetime.now(timezone.utc) >= since, _CHANGED_S)

    before.say("how do I change my wifi password")
    assert answered_by(serving, before) == FIRST, "it was opened before"
    tried: list[Customer] = []
    others: list[Customer] = []
    while len(tried) < due_at(0):
        customer = Customer(serving, "en").open()
        customer.say("how do I change my wifi password")
        (tried if answered_by(serving, customer) == SECOND else others).append(customer)
        assert len(tried) + len(others) < 200
    assert len(others) > 5
    tried[0].say("how do I change my wifi password")
    assert answered_by(serving, tried[0]) == SECOND, "a conversation keeps its model"

    assert wait_until(lambda: trainer.all()["canary"]["verdict"] != "watching", 20)
    canary = trainer.all()["canary"]
    assert canary["verdict"] == "worse" and canary["returned_at"] and canary["p_value"] < 0.05
    figures = canary["figures"]
    assert figures["canary"]["refused"] == len(tried) and figures["serving"]["refused"] == 0
    assert ("bot", "canary_returned", SECOND) in audited(serving)

    def back() -> bool:
        tried[1].say("how do I change my wifi password")
        return answered_by(serving, tried[1]) == FIRST

    assert wait_until(back, _CHANGED_S), "all conversations go to the serving model again"
    assert trainer.call("DELETE", "/canary") == (200, {"canary": None})
    assert trainer.all()["canary"] is None


def test_a_model_is_promoted_and_goes_back_in_one_call(serving: Service, trainer: Trainer, models: Path) -> None:
    assert trainer.call("POST", f"/{SECOND}/promote") == (200, {"serving": SECOND, "before": FIRST})
    ready = serving.base + "/readyz"
    assert wait_until(lambda: requests.get(ready, timeout=30).json()["model"] == SECOND, _CHANGED_S)
    customer = Customer(serving, "zh").open()
    customer.say("怎么改WiFi密码")
    assert answered_by(serving, customer) == SECOND
    assert trainer.call("POST", "/rollback") == (200, {"serving": FIRST, "before": SECOND})
    assert wait_until(lambda: requests.get(ready, timeout=30).json()["model"] == FIRST, _CHANGED_S)
    assert audited(serving)[-2:] == [("trainer", "model_promoted", SECOND), ("trainer", "model_rolled_back", FIRST)]

    for name, alter in OF_ANOTHER_PROGRAM.items():
        altered(models / FIRST, models / THIRD, alter)
        registry.add_candidate(models, record_of(models, THIRD, "2027-03-01T12:00:00+00:00"))
        registry.note_gate(models, THIRD, scores=SCORES, ms=3.0, gate=PASSED)
        kept = (models / "registry.json").read_text("utf-8")
        (models / "registry.json").write_text(json.dumps({**json.loads(kept), "previous": THIRD}), "utf-8")
        for act in ("/rollback", f"/{THIRD}/promote"):
            status, body = trainer.call("POST", act)
            assert (status, body["error"]["code"]) == (422, "model_unfit"), (name, body)
            assert body["error"]["message"] == (
                f"{THIRD} was made for another version of the program and cannot be loaded; {FIRST} goes on serving."
            )
        assert trainer.call("POST", f"/{THIRD}/canary", {"share": 0.1})[0] == 422
        state = requests.get(ready, timeout=30).json()
        assert state["model"] == FIRST and "goes on serving" not in str(state["warnings"])
        assert registry.serving(models) == registry.read_registry(models).records[FIRST]
        (models / "registry.json").write_text(kept, "utf-8")

    (models / SECOND).write_bytes((models / SECOND).read_bytes()[:-1])
    assert trainer.refused("POST", f"/{SECOND}/promote") == (422, "model_not_trusted")
    assert trainer.refused("POST", "/rollback") == (422, "model_not_trusted")
    shown = {item["file"]: item["trusted"] for item in trainer.all()["models"]}
    assert shown == {FIRST: True, SECOND: False, THIRD: True}
    assert requests.get(ready, timeout=30).json()["model"] == FIRST
