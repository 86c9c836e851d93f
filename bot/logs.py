"""Logging: JSON lines with ids only. Set up before Rasa is imported, which otherwise prints customers' words."""

from __future__ import annotations

import logging
import os
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from bot.errors import BotError

#: must stand in the environment before TensorFlow and Rasa are imported
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "LOG_LEVEL": "WARNING",  # Rasa shows progress bars below it
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def prepare_environment() -> None:
    """Quiet and bound the libraries: no telemetry, one thread each. What the operator has set already stays."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"


def configure_logs(level: str) -> None:
    """JSON lines on standard error from `level` on; Rasa's own only from WARNING on, and never at debug."""
    number = getattr(logging, level.upper(), logging.INFO)
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name in ("rasa", "rasa_sdk", "aiohttp.access", "alembic", "asyncio", "sanic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # libraries that we pin warn about themselves by the dozen
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    # it logs the exception's text, which may hold what a customer wrote; our executor reports the failure itself
    logging.getLogger("rasa_sdk.executor").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _only_ours,
            _without_words,
            # frames without their locals, which may hold a customer's words
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_named_stderr,
        cache_logger_on_first_use=False,
    )


def _without_words(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep of an exception its type and its frames: what it says may quote a customer. Ours say nothing of the kind."""
    given = event.get("exc_info")
    exc = sys.exc_info()[1] if given is True else given
    if isinstance(exc, BaseException):
        said = f": {exc.message}" if isinstance(exc, BotError) else ""
        event["exc_info"] = RuntimeError(f"{type(exc).__name__}{said}").with_traceback(exc.__traceback__)
    return event


class _Stderr(structlog.WriteLogger):
    """Writes lines and remembers whose they are."""

    def __init__(self, name: str) -> None:
        super().__init__(sys.stderr)
        self.owner = name


def _named_stderr(*args: object) -> _Stderr:
    return _Stderr(str(args[0]) if args else "")


def _only_ours(logger: _Stderr, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Drop structured events of libraries (Rasa's hold parse data) below a warning."""
    if not logger.owner.startswith(("bot", "actions", "__main__")) and method in ("debug", "info"):
        raise structlog.DropEvent
    event["logger"] = logger.owner
    return event
