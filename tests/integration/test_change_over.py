"""Another model serves from one turn to the next while customers talk; one that cannot be loaded changes nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import requests

from bot.training import registry
from tests.integration.models_setup import FIRST, OTHER_WELCOME, SECOND, models_in, record_of
from tests.service import Customer, Service, wait_until

_CHANGED_S, _CALLS = 60, 12
#: nothing that ends with a person
_SAID = ("hello", "how do I change my wifi password", "thanks", "do you have a shop near the station")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_in(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def serving(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {"FRONTLINE_MODELS_DIR": str(models), "FRONTLINE_MODEL": "", "FRONTLINE_WORKERS": "2"}
    running = Service(tmp_path_factory.mktemp("data"), settings)
    running.seed()
    running.start()
    yield running
    running.stop()


def states(service: Service) -> list[dict[str, object]]:
    """What the processes say: each call is a connection of its own, and the system deals them out to both."""
    return [dict(requests.get(service.base + "/readyz", timeout=30).json()) for _ in range(_CALLS)]


def serves(service: Service, file: str) -> bool:
    """Whether all processes come to serve a model."""
    return wait_until(lambda: {state["model"] for state in states(service)} == {file}, _CHANGED_S)


def warned(service: Service, words: str) -> bool:
    """Whether all processes come to warn of something."""
    return wait_until(lambda: all(words in str(state["warnings"]) for state in states(service)), _CHANGED_S)


def calm(service: Service) -> bool:
    """Whether no process warns of models any more."""
    return wait_until(lambda: "goes on serving" not in str(states(service)), _CHANGED_S)


def memory(service: Service) -> int:
    """Bytes that the workers hold."""
    assert service.process is not None
    return sum(child.memory_info().rss for child in psutil.Process(service.process.pid).children() if _is_worker(child))


def _is_worker(process: psutil.Process) -> bool:
    return "serve" in process.cmdline()


def understood_by(service: Service, conversation_id: str) -> list[str]:
    """The model of each turn of a conversation, as stored with it."""
    rows = service.sql("SELECT events FROM tracker_events WHERE conversation_id = ? ORDER BY turn", conversation_id)
    users = [next(e for e in json.loads(row["events"]) if e["event"] == "user") for row in rows]
    return [event["metadata"]["model"] for event in users]


@dataclass
class Talker(threading.Thread):
    """A customer who goes on talking until told to stop."""

    service: Service
    stop: threading.Event
    seconds: list[float] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.customer = Customer(self.service, "en").open()

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            while not self.stop.wait(0.3):
                began = time.monotonic()
                assert self.customer.say(_SAID[len(self.seconds) % len(_SAID)]), "no answer"
                self.seconds.append(time.monotonic() - began)
        except BaseException as exc:
            self.failed.append(exc)


def test_customers_talk_on_while_the_model_changes_and_changes_back(serving: Service, models: Path) -> None:
    stop = threading.Event()
    talkers = [Talker(serving, stop) for _ in range(3)]
    for talker in talkers:
        talker.start()
    try:
        assert wait_until(lambda: all(len(talker.seconds) > 4 for talker in talkers), 60), talkers
        before = memory(serving)
        quiet = sorted(second for talker in talkers for second in talker.seconds)
        registry.promote(models, SECOND)
        assert serves(serving, SECOND)
        said = [len(talker.seconds) for talker in talkers]
        assert wait_until(lambda: all(len(t.seconds) > n + 2 for t, n in zip(talkers, said, strict=True)), 60), talkers
        assert Customer(serving, "en").open().messages[0]["text"] == OTHER_WELCOME
        registry.rollback(models)
        assert serves(serving, FIRST)
        grown = memory(serving) - before
    finally:
        stop.set()
        for talker in talkers:
            talker.join()
    assert [failed for talker in talkers for failed in talker.failed] == []
    seconds = sorted(second for talker in talkers for second in talker.seconds)
    print(f"turns {len(seconds)}, slowest {seconds[-1]:.2f} s, quiet {quiet[-1]:.2f} s; grown {grown / 1e6:.0f} MB")
    for talker in talkers:
        by = understood_by(serving, talker.customer.id)
        assert len(by) == len(talker.seconds) and set(by) == {FIRST, SECOND}
        assert sorted(set(by), key=by.index) == [FIRST, SECOND], "from one turn to the next, and all after it"
    text = serving.log.read_text("utf-8")
    assert "turn.failed" not in text and "turn.lost" not in text
    assert grown < before / 4, "what served before is freed"
    metrics = requests.get(serving.base + "/metrics", timeout=30).text
    assert f'frontline_model_info{{model="{FIRST}",role="serving"}} 1.0' in metrics
    assert 'frontline_model_changes_total{outcome="changed"} 2.0' in metrics


def test_what_a_customer_is_not_understood_with_names_the_model(serving: Service) -> None:
    customer = Customer(serving, "en").open()
    customer.say("will the shares of the tram company rise next week")
    query = "SELECT model FROM inbox_sentences WHERE conversation_id = ?"
    assert wait_until(lambda: serving.sql(query, customer.id), 20)
    assert serving.sql(query, customer.id) == [{"model": FIRST}]


def test_a_model_that_cannot_be_loaded_changes_nothing_and_is_said(serving: Service, models: Path) -> None:
    assert calm(serving)
    (models / "frontline-3.tar.gz").write_bytes(b"signed, and no model")
    registry.register(models, record_of(models, "frontline-3.tar.gz", "2027-03-01T12:00:00+00:00"))
    assert warned(serving, f"{FIRST} goes on serving")
    assert serves(serving, FIRST)
    assert Customer(serving, "en").open().say("hello")

    registry.rollback(models)
    assert calm(serving)
    body = json.loads((models / "registry.json").read_text())
    (models / SECOND).write_bytes((models / SECOND).read_bytes()[:-100])
    (models / "registry.json").write_text(json.dumps({**body, "serving": SECOND}))
    assert warned(serving, "cut short or changed")
    (models / "registry.json").write_text('{"format": 2,')
    assert warned(serving, "registry.json, line 1")
    assert Customer(serving, "zh").open().say("你好")
    (models / "registry.json").write_text(json.dumps(body))
    assert calm(serving)
