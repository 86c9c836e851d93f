"""Which model serves: `models/registry.json` names the archive, its digest and what it was trained from."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import ModelMissing

_REGISTRY = "registry.json"
#: what a model depends on, besides the libraries
_SOURCES = ("config.yml", "domain.yml", "requirements.txt", "data", "bot/assistant/nlu", "bot/assistant/flows")
_NOT_SOURCES = ("data/demo", "data/desk", "data/policies", "bot/assistant/nlu/words")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelRecord:
    """One trained model. `file` lies beside the registry."""

    file: str
    sha256: str
    #: digest of the data, configuration and code that it was trained from
    fingerprint: str
    trained_at: str
    seconds: float


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
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def serving(models: Path) -> ModelRecord | None:
    """The record of the model that serves, or None when none has been trained."""
    path = models / _REGISTRY
    if not path.is_file():
        return None
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    record = body.get("serving")
    return ModelRecord(**record) if record else None


def register(models: Path, record: ModelRecord) -> None:
    """Let `record` serve from the next start on; the one before is kept as `previous`."""
    before = serving(models)
    body = {"serving": asdict(record), "previous": asdict(before) if before else None}
    handle, temporary = tempfile.mkstemp(dir=models, prefix=_REGISTRY)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(body, stream, indent=2)
    os.replace(temporary, models / _REGISTRY)
    kept = {record.file, before.file if before else record.file}
    for archive in models.glob("*.tar.gz"):
        if archive.name not in kept:
            archive.unlink()


def verified_model(models: Path) -> Path:
    """The archive that serves, after comparing it with its digest. A model archive is code: nothing else is loaded.

    Raises:
        ModelMissing: there is none, or it is not the file that was registered.
    """
    record = serving(models)
    if record is None or not (models / record.file).is_file():
        raise ModelMissing()
    file = models / record.file
    if digest_of(file) != record.sha256:
        raise ModelMissing(f"{record.file} is not the file that was registered. Run `make train` to make it anew.")
    return file
