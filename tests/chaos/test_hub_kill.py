"""A listener hears of every change even when the service is killed while it tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tests.service import Service, wait_until

_TICKETS = "/tmf-api/troubleTicket/v4"
_CALL_S = 30


class Listener:
    """Answers nothing while `silent`, else 204; remembers what it was sent."""

    def __init__(self) -> None:
        self.silent = threading.Event()
        self.heard: list[tuple[str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((self.headers["X-Frontline-Delivery"], body))
                if not outer.silent.is_set():
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_what_was_being_told_when_the_service_died_is_told_again_under_the_same_id(
    tmp_path: Path, listener: Listener
) -> None:
    service = Service(tmp_path, {"FRONTLINE_HOOK_TARGETS": "127.0.0.1"})
    service.seed()
    service.start()
    try:
        headers = {"Authorization": f"Bearer {(tmp_path / 'demo_api_key').read_text().strip()}"}

        def call(path: str, body: dict[str, str]) -> requests.Response:
            return requests.post(service.base + _TICKETS + path, json=body, headers=headers, timeout=_CALL_S)

        assert call("/hub", {"callback": listener.url}).status_code == 201
        listener.silent.set()
        ticket = {"description": "no light", "severity": "Major", "ticketType": "fault"}
        made = call("/troubleTicket", ticket)
        assert made.status_code == 201
        assert wait_until(lambda: bool(listener.heard), 10), "the event is on its way"
        service.kill()
        listener.silent.clear()
        service.start()
        assert wait_until(lambda: len(listener.heard) > 1, 40), "and comes again"
        assert {body for _, body in listener.heard} == {listener.heard[0][1]}
        assert len({delivery_id for delivery_id, _ in listener.heard}) == 1
        assert made.json()["id"].encode() in listener.heard[0][1]
        delivered = "SELECT count(*) AS n FROM deliveries WHERE delivered_at IS NOT NULL"
        assert wait_until(lambda: service.sql(delivered)[0]["n"] == 1, 10)
    finally:
        service.stop()
