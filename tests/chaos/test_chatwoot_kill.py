"""Our process is killed between the ledger and Chatwoot: each line arrives there once, each reply here once."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.channels.chatwoot import PATH
from bot.conversations.crash_points import VARIABLE
from tests.chatwoot import ACCOUNT, INBOX, SECRET, TOKEN, Chatwoot, Talk
from tests.service import Customer, Service, wait_until

_WANG = 11


class Beside:
    """A Chatwoot server in a thread of its own."""

    def __init__(self) -> None:
        self.server = Chatwoot()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._wait(self.server.start())

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def do(self, act: Callable[..., Any], *values: Any) -> Any:
        """Call a method of the server in its loop, and wait for the webhooks that it sends."""

        async def run() -> Any:
            result = act(*values)
            await self.server.settled()
            return result

        return self._wait(run())

    def stop(self) -> None:
        self._wait(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@pytest.fixture
def chatwoot() -> Iterator[Beside]:
    beside = Beside()
    yield beside
    beside.stop()


def test_a_kill_between_the_ledger_and_chatwoot_loses_and_doubles_nothing(chatwoot: Beside, tmp_path: Path) -> None:
    server, crash = chatwoot.server, tmp_path / "crash"
    env = {
        VARIABLE: str(crash),
        "FRONTLINE_DESK": "chatwoot",
        "FRONTLINE_CHATWOOT_URL": server.url,
        "FRONTLINE_CHATWOOT_ACCOUNT_ID": str(ACCOUNT),
        "FRONTLINE_CHATWOOT_INBOX_IDENTIFIER": INBOX,
        "FRONTLINE_CHATWOOT_API_TOKEN": TOKEN,
        "FRONTLINE_CHATWOOT_WEBHOOK_SECRET": SECRET,
    }
    service = Service(tmp_path, env)
    server.webhook_url = service.base + PATH
    service.seed()
    try:
        service.start()
        assert requests.get(service.base + "/readyz", timeout=10).json()["desk"] == "chatwoot"
        customer = Customer(service, "zh").open()
        # killed when the hand-over is committed and nobody has been told
        crash.write_text("owner_committed")
        with pytest.raises(requests.ConnectionError):
            customer.call("POST", "/handoff")
        service.kill()
        service.start()
        assert wait_until(lambda: bool(server.talks), 60)
        (talk,) = server.talks.values()
        assert wait_until(lambda: len(talk.texts("note")) == 2, 60)
        chatwoot.do(server.assigns, talk, _WANG)
        assert wait_until(lambda: _state(customer)["owner"] == "agent", 30)

        _say(customer, "一")
        assert wait_until(lambda: talk.texts("incoming") == ["一"], 60)
        # killed when a line is in the ledger and nowhere else
        crash.write_text("append_committed")
        with pytest.raises(requests.ConnectionError):
            _say(customer, "二")
        service.kill()
        chatwoot.do(server.says, talk, _WANG, "停机时说的")
        assert server.sent[-1] == ("message_created", 0)
        service.start()
        _say(customer, "三")
        assert wait_until(lambda: len(talk.texts("incoming")) == 3, 60)
        assert wait_until(lambda: bool(_replies(customer)), 60)
        chatwoot.do(server.says, talk, _WANG, "现在说的")
        assert wait_until(lambda: len(_replies(customer)) == 2, 60)
        assert talk.texts("incoming") == ["一", "二", "三"]
        assert _replies(customer) == [("王芳", "停机时说的"), ("王芳", "现在说的")]
        assert _is_whole(talk)
    finally:
        service.stop()


def _say(customer: Customer, text: str) -> None:
    answer = customer.call("POST", "/messages", json={"client_msg_id": str(uuid.uuid4()), "text": text})
    assert answer.status_code == 202, answer.text


def _state(customer: Customer) -> dict[str, Any]:
    return dict(customer.call("GET", "/messages?after=0").json()["state"])


def _replies(customer: Customer) -> list[tuple[str, str]]:
    """What people have written to the customer, oldest first."""
    messages = customer.call("GET", "/messages?after=0").json()["messages"]
    return [(item["author"]["name"], item["text"]) for item in messages if item["author"]["kind"] == "agent"]


def _is_whole(talk: Talk) -> bool:
    """The packet and the transcript, once each."""
    return len(talk.texts("note")) == 2 and talk.status == "open"
