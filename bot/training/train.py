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

from bot.errors import ModelMissing, ModelNotTrusted, SettingsError
from bot.training.causes import Cause
from bot.training.records import ModelRecord
from bot.training.registry import digest_of, fingerprint, read_registry, register, verified_model


class DataUntrainable(SettingsError):
    """The data cannot be trained on; the message says where.

    Attributes:
        cause: the same for a page, where it has words for it.
    """

    status, code = 422, "data_untrainable"

    def __init__(self, message: str, cause: Cause | None = None) -> None:
        super().__init__(message)
        self.cause = cause


def is_current(root: Path, models: Path) -> bool:
    """Whether the serving model can be loaded and was made from the data, configuration and code as they are now."""
    try:
        file = verified_model(models).name
    except (ModelMissing, ModelNotTrusted):
        return False
    return read_registry(models).records[file].fingerprint == fingerprint(root)


def train(root: Path, models: Path, say: Callable[[str], None]) -> ModelRecord:
    """Train on everything in `data/` and let the result serve; running services change over to it.

    Raises:
        DataUntrainable: the message says where the data is wrong.
    """
    record = make_model(root, models, say)
    register(models, record)
    return record


def make_model(
    root: Path, models: Path, say: Callable[[str], None], *, by: str = "", commit: str | None = None
) -> ModelRecord:
    """Train on everything in `data/`; the result is not registered yet.

    Args:
        root: the repository, or a copy of it.
        models: the folder of models, where the archive goes.
        say: shows a line of progress to whoever waits.
        by: username of who asked for it.
        commit: of the data, when `root` is at one without other changes.

    Some components look for their files from the folder that the process works in, which should be `root`.

    Raises:
        DataUntrainable: the message says where the data is wrong.
        MemoryError: there was not enough.
    """
    began = time.monotonic()
    print_of_sources = fingerprint(root)
    models.mkdir(parents=True, exist_ok=True)
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
        cause = _innermost(exc)
        if isinstance(cause, MemoryError):
            raise cause from exc
        raise DataUntrainable(f"The data cannot be trained on: {cause}".replace(f"{root}/", "")) from exc
    if not result.model:
        raise DataUntrainable("Training made no model. Check the data with `make check`.")
    file = Path(result.model)
    seconds = time.monotonic() - began
    say(f"training: done in {seconds:.0f} s, models/{file.name}")
    return ModelRecord(
        file=file.name,
        sha256=digest_of(file),
        fingerprint=print_of_sources,
        trained_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        commit=commit,
        config=digest_of(root / "config.yml"),
        by=by,
        size_bytes=file.stat().st_size,
    )


def _innermost(exc: BaseException) -> BaseException:
    """Rasa wraps what a component raised; that is what the reader needs."""
    while exc.__cause__ is not None:
        exc = exc.__cause__
    return exc


def _quiet() -> None:
    """Rasa's own progress talk goes to nobody; errors still do."""
    warnings.filterwarnings("ignore")
    for name in ("rasa", "tensorflow", "matplotlib"):
        logging.getLogger(name).setLevel(logging.ERROR)
