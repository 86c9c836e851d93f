"""What is logged of an exception: its type and frames, never what it says, which may quote a customer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.errors import BackOfficeDown
from bot.logs import configure_logs

_SECRET = "我的身份证号是 110101199003070000"


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    before, level = list(logging.root.handlers), logging.root.level
    configure_logs("INFO")
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = before
    logging.root.setLevel(level)


def test_what_an_exception_and_its_cause_say_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger("bot.somewhere")
    try:
        try:
            raise ValueError(f"invalid literal: {_SECRET!r}")
        except ValueError as exc:
            raise KeyError(_SECRET) from exc
    except KeyError as exc:
        log.error("a.failed", exc_info=True)
        log.error("b.failed", exc_info=exc)
    said = capsys.readouterr().err
    assert _SECRET not in said and "110101" not in said
    for line in said.splitlines():
        (trace,) = json.loads(line)["exception"]
        assert trace["exc_value"] == "KeyError"
        assert trace["frames"][-1]["name"] == "test_what_an_exception_and_its_cause_say_is_not_logged"


def test_what_our_own_errors_say_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("bot.somewhere").error("a.failed", exc_info=BackOfficeDown())
    (trace,) = json.loads(capsys.readouterr().err)["exception"]
    assert trace["exc_value"] == f"BackOfficeDown: {BackOfficeDown().message}"
