"""Two processes serve the same conversations: whichever a message comes to, one turn at a time, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.shapes import assert_thread
from tests.service import Customer, Service


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(Path(tmp_path_factory.mktemp("workers")), {"FRONTLINE_WORKERS": "2"})
    service.start()
    try:
        yield service
    finally:
        service.stop()


def test_conversations_go_on_whichever_process_is_asked(two_workers: Service) -> None:
    # each call is a connection of its own, and the system deals connections out to both processes
    for language, words in (
        ("zh", ("你好", "宽带上不了网", "转人工")),
        ("en", ("hello", "my internet is down", "agent")),
    ):
        customers = [Customer(two_workers, language).open() for _ in range(4)]
        for text in words:
            for customer in customers:
                assert customer.say(text), f"no answer to {text!r}"
        for customer in customers:
            assert customer.state["owner"] == "queued"
            assert_thread(customer.thread())
    places = [customer.call("GET", "/messages").json()["state"]["queue"]["position"] for customer in customers]
    assert len(set(places)) == len(places), "everybody has a place of their own"
