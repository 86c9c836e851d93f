"""Trains a model from the repository's data and registers it."""

from __future__ import annotations

import contextlib
import io
import logging
import time
import warnings
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from bot.errors import SettingsError
from bot.training.registry import ModelRecord, digest_of, fingerprint, register, serving


def is_current(root: Path) -> bool:
    """Whether the serving model was made from the data, configuration and code as they are now."""
    record = serving(root / "models")
    return record is not None and (root / "models" / record.file).is_file() and record.fingerprint == fingerprint(root)


def train(root: Path, say: Callable[[str], None]) -> ModelRecord:
    """Train on everything in `data/` and let the result serve from the next start on.

    Args:
        root: the repository.
        say: shows a line of progress to whoever waits.

    Raises:
        SettingsError: the data cannot be trained on; the message says where.
    """
    began = time.monotonic()
    print_of_sources = fingerprint(root)
    models = root / "models"
    say("training: loading Rasa …")
    _quiet()
    from rasa.engine.exceptions import GraphComponentException
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException, YamlException

    say("training: language understanding, rules and flows (about a minute) …")
    name = f"frontline-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            result = rasa_train(
                domain=str(root / "domain.yml"),
                config=str(root / "config.yml"),
                training_files=[str(root / "data" / part) for part in ("nlu", "rules", "stories", "responses")],
                output=str(models),
                fixed_model_name=name,
            )
    except (GraphComponentException, RasaException, YamlException) as exc:
        raise SettingsError(f"The data cannot be trained on: {_innermost(exc)}") from exc
    if not result.model:
        raise SettingsError("Training made no model. Check the data with `make check`.")
    file = Path(result.model)
    seconds = time.monotonic() - began
    record = ModelRecord(
        file.name,
        digest_of(file),
        print_of_sources,
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
        round(seconds, 1),
    )
    register(models, record)
    say(f"training: done in {seconds:.0f} s, models/{file.name}")
    return record


def _innermost(exc: BaseException) -> BaseException:
    """Rasa wraps what a component raised; that is what the reader needs."""
    while exc.__cause__ is not None:
        exc = exc.__cause__
    return exc


def _quiet() -> None:
    """Rasa's own progress talk goes to nobody; errors still do."""
    warnings.filterwarnings("ignore")
    for name in ("rasa", "tensorflow", "matplotlib", "rasa.engine.training.hooks"):
        logging.getLogger(name).setLevel(logging.ERROR)
