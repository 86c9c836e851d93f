"""The real service as a process of its own, and a customer who talks to it. Nothing here is a stand-in."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jwt
import requests

ROOT = Path(__file__).resolve().parent.parent
_START_S = 120
_CALL_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`python -m bot serve` on a free port with its own data directory."""

    def __init__(self, data_dir: Path, env: dict[str, str] | None = None, root: Path = ROOT) -> None:
        self.data_dir = data_dir
        #: the installation that it runs from
        self.root = root
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "service.log"
        self._env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None
        #: username → the cookies and the CSRF token of a log-in
        self.sessions: dict[str, tuple[dict[str, str], str]] = {}

    def seed(self) -> dict[str, Any]:
        """Make the demo operator afresh; returns the needs."""
        needs = self.data_dir / "needs.json"
        command = [sys.executable, "-m", "bot", "seed-demo", "--data-dir", str(self.data_dir), "--needs", str(needs)]
        subprocess.run(command, cwd=self.root, env=self._env, check=True, stdout=subprocess.DEVNULL)
        return dict(json.loads(needs.read_text("utf-8")))

    def start(self) -> "Service":
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self.port), "--data-dir", str(self.data_dir)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.root, env=self._env, stdout=log, stderr=subprocess.STDOUT)
        ends = time.monotonic() + _START_S
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                break
            try:
                if requests.get(self.base + "/readyz", timeout=2).status_code == 200:
                    return self
            except (requests.ConnectionError, requests.Timeout):
                self._wait_for_port()
        self.stop()
        raise AssertionError(f"the service did not start:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")

    def _wait_for_port(self) -> None:
        """Block until the port changes or the process ends, a quarter of a second at most."""
        assert self.process is not None
        try:
            self.process.wait(0.25)
        except subprocess.TimeoutExpired:
            return

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def sql(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the service's own database."""
        with sqlite3.connect(self.data_dir / "frontline.sqlite3", timeout=10) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def logins(self) -> dict[str, str]:
        return dict(json.loads((self.data_dir / "demo_logins.json").read_text()))


@dataclass
class Customer:
    """Talks to the service over its public API."""

    service: Service
    language: str | None = None
    identity_token: str | None = None
    id: str = ""
    token: str = ""
    replies: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    def open(self) -> "Customer":
        body = {
            key: value for key, value in (("language", self.language), ("identity_token", self.identity_token)) if value
        }
        answer = requests.post(self.service.base + "/api/v1/conversations", json=body, timeout=_CALL_S)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self.id, self.token = opened["conversation_id"], opened["token"]
        self.messages = list(opened["messages"])
        return self

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        url = f"{self.service.base}/api/v1/conversations/{self.id}{path}"
        return requests.request(method, url, headers=headers, timeout=_CALL_S, **kwargs)

    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a message and wait for the bot; returns the replies."""
        answer = self.call("POST", "/messages?wait=reply", json={"client_msg_id": str(uuid.uuid4()), **body})
        if answer.status_code == 429:
            time_to_wait = float(answer.headers["Retry-After"])
            wait_until(lambda: False, time_to_wait)
            return self.post(body)
        assert answer.status_code in (200, 202), answer.text
        said = answer.json()
        self.replies, self.state = said["replies"], said["state"]
        self.messages += [said["message"], *self.replies]
        return self.replies

    def say(self, text: str) -> list[dict[str, Any]]:
        return self.post({"text": text})

    def press(self, which: int | str) -> list[dict[str, Any]]:
        """Press the n-th button (1 is the first) or the one so labelled, of the newest message that has any."""
        buttons = next(message["buttons"] for message in reversed(self.messages) if message.get("buttons"))
        if isinstance(which, int):
            button = buttons[which - 1]
        else:
            button = next((item for item in buttons if which in item["label"]), None)
            assert button is not None, f"no button {which!r} among {[item['label'] for item in buttons]}"
        return self.post({"button_id": button["id"]})

    def thread(self) -> list[dict[str, Any]]:
        """The whole conversation as the service has it."""
        return list(self.call("GET", "/messages?after=0").json()["messages"])

    def text(self) -> str:
        """All replies of the last turn."""
        return "\n".join(reply["text"] for reply in self.replies)


def children(name: str) -> list[int]:
    """Processes that this one has started and whose command line has that name in it."""
    found = [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in found if name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


def wait_until(done: Any, seconds: float) -> bool:
    """Look until `done()` or the time is up."""
    import threading

    ends, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < ends:
        if done():
            return True
        pause.wait(0.05)
    return bool(done())


def identity_token(needs: dict[str, Any], sub: str, **claims: Any) -> str:
    """A token as the operator's site signs it."""
    identity = needs["identity"]
    body = {"sub": sub, "exp": datetime.now(timezone.utc) + timedelta(hours=1)}
    body |= {key: identity[key] for key in ("iss", "aud") if identity.get(key)}
    return jwt.encode({**body, **claims}, identity["secret"], algorithm=identity["alg"])


class Desk:
    """An agent at the console's API. Everybody logs in once a service, unless a session of their own is wanted."""

    def __init__(self, service: Service, username: str, *, own_session: bool = False) -> None:
        self.service = service
        self.http = requests.Session()
        if own_session or username not in service.sessions:
            answer = self.call("POST", "/login", json={"username": username, "password": service.logins()[username]})
            assert answer.status_code == 200, answer.text
            token = answer.json()["csrf_token"]
            if not own_session:
                service.sessions[username] = {name: str(value) for name, value in self.http.cookies.items()}, token
        else:
            cookies, token = service.sessions[username]
            self.http.cookies.update(cookies)
        self.http.headers["X-CSRF-Token"] = token

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        return self.http.request(method, f"{self.service.base}/api/v1/desk{path}", timeout=_CALL_S, **kwargs)

    def go(self, status: str) -> None:
        assert self.call("PUT", "/presence", json={"status": status}).status_code == 200

    def offer(self, conversation_id: str, seconds: float = 10) -> dict[str, Any]:
        """Wait for the offer of a conversation."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            offers = self.call("GET", "/offers").json()
            found[:] = [item for item in offers if item["conversation_id"] == conversation_id]
            return bool(found)

        assert wait_until(look, seconds), "no offer came"
        return found[0]

    def accept(self, conversation_id: str) -> None:
        answer = self.call("POST", f"/offers/{self.offer(conversation_id)['offer_id']}/accept")
        assert answer.status_code == 200, answer.text
