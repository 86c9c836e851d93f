"""The shapes of the outside contract, as assertions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import requests

_AUTHORS = {"customer", "bot", "agent", "system"}
_OWNERS = {"bot", "queued", "agent", "closed"}
_MESSAGE = {"seq", "id", "at", "author", "text"}
_MESSAGE_MAY = {"client_msg_id", "buttons", "expects", "attachments", "data"}
_STATE_MAY = {"owner", "epoch", "queue", "agent", "typing"}


def assert_error(answer: requests.Response, status: int, code: str | None = None) -> dict[str, str]:
    """The answer is the contract's error: right status, body of that shape and nothing more. Returns the error."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:300]}"
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers["Content-Type"]
    body = answer.json()
    assert set(body) == {"error"}, body
    assert_error_shape(body["error"])
    if code is not None:
        assert body["error"]["code"] == code
    if status == 429 or status == 503:
        assert int(answer.headers["Retry-After"]) >= 1
    return dict(body["error"])


def assert_error_shape(error: Mapping[str, Any]) -> None:
    assert set(error) == {"code", "message", "request_id"}, error
    assert all(isinstance(value, str) and value for value in error.values()), error
    assert error["code"] == error["code"].lower() and " " not in error["code"]


def assert_error_frame(frame: Mapping[str, Any]) -> None:
    """A socket's error: the contract's error with the status that HTTP would have, and when to come back."""
    error = dict(frame["error"])
    assert 400 <= error.pop("status") < 600
    assert error.pop("retry_after_s", 1) >= 1
    assert_error_shape(error)


def assert_message(message: Mapping[str, Any]) -> None:
    """A message has what the contract names, of the right kinds, and nothing that belongs to the server."""
    assert set(message) >= _MESSAGE, message
    assert set(message) <= _MESSAGE | _MESSAGE_MAY, set(message) - _MESSAGE - _MESSAGE_MAY
    assert isinstance(message["seq"], int) and message["seq"] >= 1
    assert datetime.fromisoformat(message["at"]).tzinfo is not None
    assert message["author"]["kind"] in _AUTHORS and set(message["author"]) <= {"kind", "name"}
    assert isinstance(message["text"], str)
    for button in message.get("buttons", ()):
        assert set(button) == {"id", "label"} and button["id"] and button["label"]
    if "expects" in message:
        assert set(message["expects"]) == {"slot"}
    for item in message.get("attachments", ()):
        assert {"id", "url", "name", "mime", "size"} <= set(item)


def assert_state(state: Mapping[str, Any]) -> None:
    assert {"owner", "epoch"} <= set(state) <= _STATE_MAY, state
    assert state["owner"] in _OWNERS and isinstance(state["epoch"], int)
    assert ("queue" in state) == (state["owner"] == "queued"), state
    if "queue" in state:
        low, high = state["queue"]["eta_s"]
        assert state["queue"]["position"] >= 1 and 0 <= low < high
    if state["owner"] == "agent":
        assert state["agent"]["name"]


def assert_thread(messages: Sequence[Mapping[str, Any]]) -> None:
    """A whole thread: every message of the right shape, `seq` 1, 2, 3 … without a gap, times in order, ids unique."""
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    for message in messages:
        assert_message(message)
    assert len({message["id"] for message in messages}) == len(messages)
    times = [datetime.fromisoformat(message["at"]) for message in messages]
    assert times == sorted(times)
