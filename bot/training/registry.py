"""Which models there are and which one serves: `models/registry.json`, shared by all processes of an installation.

A model archive is code that is loaded. Each record names the archive's digest and is signed with a key of this
installation, `var/models.secret` beside `models/`; nothing else is loaded. Where there is no key yet, what the registry
names is signed with a new one: a registry from before there were signatures, and one that came with an image.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from bot.errors import Conflict, ModelMissing, ModelNotTrusted, ModelsReadOnly, NoSuchModel
from bot.secret_files import kept_secret
from bot.training.records import ModelRecord, Registry, Trial, is_signed, registry_from, signed

log = structlog.get_logger(__name__)

_REGISTRY = "registry.json"
_LOCK = "registry.lock"
_KEY_FOLDER, _KEY = "var", "models.secret"
#: archives of ours; others in the folder, such as those of `rasa train`, are left alone
_OURS = "frontline-*.tar.gz"
#: an archive that nobody registered is of a training that died, unless it is as young as this
_UNREGISTERED_S = 3600
#: what a model depends on, besides the libraries
_SOURCES = ("config.yml", "domain.yml", "requirements.txt", "data", "bot/assistant/nlu", "bot/assistant/flows")
_NOT_SOURCES = ("data/demo", "data/desk", "data/policies", "bot/assistant/nlu/words")
_CHUNK_BYTES = 1 << 20
_DIGESTS_KEPT = 64
_RETRAIN = "Run `make train` to make one that can be."


def fingerprint(root: Path) -> str:
    """Digest of everything that a model is made from."""
    digest = hashlib.sha256()
    for source in _SOURCES:
        path = root / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(root).as_posix()
            if file.is_file() and file.suffix != ".pyc" and not name.startswith(_NOT_SOURCES):
                digest.update(f"{name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def read_registry(models: Path) -> Registry:
    """What the registry says, not yet verified; empty when there is none.

    Raises:
        ModelNotTrusted: it cannot be read; the message names the place.
    """
    path = models / _REGISTRY
    try:
        return registry_from(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Registry()
    except json.JSONDecodeError as exc:
        raise ModelNotTrusted(f"models/{_REGISTRY}, line {exc.lineno}: {exc.msg}. {_RETRAIN}") from exc
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise ModelNotTrusted(f"models/{_REGISTRY} is no registry of models ({exc}). {_RETRAIN}") from exc


def stamp(models: Path) -> tuple[int, int]:
    """Changes whenever the registry does."""
    try:
        found = (models / _REGISTRY).stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


def serving(models: Path) -> ModelRecord | None:
    """The record of the model that serves, or None when none has been trained.

    Raises:
        ModelNotTrusted: the registry cannot be read.
    """
    registry = read_registry(models)
    return registry.records[registry.serving] if registry.serving else None


def verified_model(models: Path, file: str | None = None) -> Path:
    """The archive that serves, or another one, after comparing it with its signed digest.

    Raises:
        ModelMissing: there is none.
        ModelNotTrusted: it is cut short, changed or not signed here.
    """
    registry = _adopted(models)
    wanted = file or registry.serving
    record = registry.records.get(wanted) if wanted else None
    if record is None:
        raise ModelMissing() if file is None else ModelMissing(f"There is no model {file}.")
    if not (models / record.file).is_file():
        raise ModelMissing(f"models/{record.file} is not there. {_RETRAIN}")
    distrust = _distrust(models, record)
    if distrust:
        raise ModelNotTrusted(distrust)
    return models / record.file


def model_to_start(models: Path) -> Path:
    """What a service begins with: the model that serves or, when that cannot be trusted, the one before it.

    Raises:
        ModelMissing, ModelNotTrusted: neither can be loaded; the message is about the one that should serve.
    """
    try:
        return verified_model(models)
    except (ModelMissing, ModelNotTrusted) as exc:
        previous = read_registry(models).previous
        try:
            found = verified_model(models, previous) if previous else None
        except (ModelMissing, ModelNotTrusted):
            found = None
        if found is None:
            raise
        log.error("models.started_with_the_one_before", cause=exc.message, serving=found.name)
        return found


def is_trusted(models: Path, record: ModelRecord) -> bool:
    """Whether this model would be loaded; the digest of a file that has not changed is not taken again."""
    return (models / record.file).is_file() and not _distrust(models, record, _known_digest)


def add_candidate(models: Path, record: ModelRecord) -> ModelRecord:
    """Register a model that does not serve yet; returns it as signed. The oldest that are not needed go."""
    with _changing(models) as change:
        kept = change.put(record)
    return kept


def note_gate(models: Path, file: str, *, scores: Mapping[str, Any], ms: float, gate: Mapping[str, Any]) -> ModelRecord:
    """Keep what the gate said about a model.

    Raises:
        NoSuchModel: the registry has none of this name.
        ModelNotTrusted: its record is not ours.
    """
    with _changing(models) as change:
        kept = change.put(replace(change.trusted(file), scores=scores, ms=ms, gate=gate))
    return kept


def register(models: Path, record: ModelRecord) -> None:
    """Let a model serve that somebody trained on the command line, whatever the gate would say of it."""
    with _changing(models, anew=True) as change:
        change.put(record)
        change.serve(record.file)


def promote(models: Path, file: str) -> tuple[str, str | None]:
    """Let a model serve that passed the gate; running services change over by themselves.

    Returns:
        What serves, and what did before.

    Raises:
        NoSuchModel: the registry has none of this name.
        ModelNotTrusted: its archive is cut short, changed or not signed.
        Conflict: it has not passed the gate.
    """
    with _changing(models) as change:
        if not change.trusted(file).passed:
            raise Conflict(f"{file} has not passed the gate. Run the gate over it first.")
        return change.serve(file)


def rollback(models: Path) -> tuple[str, str | None]:
    """Let the model serve again that did before.

    Returns:
        What serves, and what did before.

    Raises:
        Conflict: there is none.
        ModelNotTrusted: its archive is cut short, changed or not signed.
    """
    with _changing(models) as change:
        if change.registry.previous is None:
            raise Conflict("No model served before this one.")
        change.trusted(change.registry.previous)
        return change.serve(change.registry.previous)


@contextmanager
def trial_changed(models: Path) -> Iterator["Change"]:
    """Change what is on trial while no other process does."""
    with _changing(models) as change:
        yield change


class Change:
    """The registry while this process alone may change it."""

    def __init__(self, models: Path, registry: Registry, key: bytes) -> None:
        self.registry = registry
        self._models = models
        self._key = key

    def put(self, record: ModelRecord) -> ModelRecord:
        """Keep a record, signed."""
        kept = signed(record, self._key)
        self.registry = self.registry.with_record(kept)
        return kept

    def trusted(self, file: str) -> ModelRecord:
        """The record of a model that may be loaded; raises NoSuchModel or ModelNotTrusted."""
        record = self.registry.records.get(file)
        if record is None or not (self._models / file).is_file():
            raise NoSuchModel()
        distrust = _distrust(self._models, record)
        if distrust:
            raise ModelNotTrusted(distrust)
        return record

    def serve(self, file: str) -> tuple[str, str | None]:
        """Let a model serve; whatever is on trial ends with it."""
        before = self.registry.serving
        if file != before:
            self.put(replace(self.registry.records[file], served=True))
            self.registry = replace(self.registry, serving=file, previous=before, trial=None)
        return file, before

    def try_out(self, trial: Trial | None) -> None:
        """Put a model on trial, or change what is known of the trial."""
        self.registry = replace(self.registry, trial=trial)


def _distrust(models: Path, record: ModelRecord, digest: Callable[[Path], str] = digest_of) -> str | None:
    """Why an archive is not to be loaded, and what to do; None when it may be."""
    key = _key(models)
    if key is not None and not is_signed(record, key):
        return f"The record of {record.file} is not signed by this installation. {_RETRAIN}"
    if digest(models / record.file) != record.sha256:
        return f"{record.file} is not the file that was registered: it was cut short or changed. {_RETRAIN}"
    return None


def _known_digest(file: Path) -> str:
    found = file.stat()
    return _digest_at(file, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@lru_cache(_DIGESTS_KEPT)
def _digest_at(file: Path, *_shape: int) -> str:
    return digest_of(file)


def _key(models: Path) -> bytes | None:
    """The key of this installation, if it has signed anything yet."""
    folder = models.parent / _KEY_FOLDER
    try:
        return kept_secret(folder, _KEY) if (folder / _KEY).is_file() else None
    except PermissionError as exc:
        raise ModelNotTrusted(
            f"{_KEY_FOLDER}/{_KEY} belongs to another user. Train and serve as the same one."
        ) from exc


def _adopted(models: Path) -> Registry:
    """The registry; signed with a new key where there is none."""
    if _key(models) is None and (models / _REGISTRY).is_file():
        try:
            with _changing(models):
                log.info("models.signed", note="what the registry named is signed from now on")
        except ModelsReadOnly as exc:  # an image that cannot be written to: digests alone count
            log.warning("models.unsigned", cause=exc.message)
    return read_registry(models)


@contextmanager
def _changing(models: Path, *, anew: bool = False) -> Iterator[Change]:
    """Hold the registry's lock; what has changed is written when the block ends well.

    Args:
        anew: put a registry aside that cannot be read, and begin another.
    """
    with _locked(models):
        known = _key(models)
        before = _readable(models) if anew else read_registry(models)
        change = Change(models, before, known or kept_secret(models.parent / _KEY_FOLDER, _KEY))
        if known is None:
            for record in before.records.values():
                change.put(record)
        yield change
        after = change.registry.bounded()
        _write(models, after)
        _delete_archives(models, before, after)


@contextmanager
def _locked(models: Path) -> Iterator[None]:
    try:
        for folder in (models, models.parent / _KEY_FOLDER):
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise PermissionError(f"{folder.name}/ cannot be written")
        lock = (models / _LOCK).open("w")
    except OSError as exc:
        raise ModelsReadOnly() from exc
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _readable(models: Path) -> Registry:
    try:
        return read_registry(models)
    except ModelNotTrusted as exc:
        aside = models / f"{_REGISTRY}.broken"
        os.replace(models / _REGISTRY, aside)
        log.error("models.registry_broken", cause=exc.message, kept_as=aside.name)
        return Registry()


def _write(models: Path, registry: Registry) -> None:
    handle, temporary = tempfile.mkstemp(dir=models, prefix=_REGISTRY)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(registry.as_json(), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, models / _REGISTRY)


def _delete_archives(models: Path, before: Registry, after: Registry) -> None:
    """Delete the archives that nothing names any more."""
    for archive in models.glob(_OURS):
        old = archive.name in before.records or time.time() - archive.stat().st_mtime > _UNREGISTERED_S
        if old and archive.name not in after.records:
            archive.unlink(missing_ok=True)
