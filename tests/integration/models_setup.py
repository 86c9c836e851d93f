"""A folder of models for a service of one's own: the model of this checkout, and one that is told from it."""

from __future__ import annotations

import json
import os
import tarfile
from io import BytesIO
from pathlib import Path

from bot.settings import Settings
from bot.training import registry
from bot.training.records import ModelRecord

FIRST, SECOND = "frontline-1.tar.gz", "frontline-2.tar.gz"
WELCOME, OTHER_WELCOME = "utter_general_welcome", "Welcome by the second model."
PASSED = {"passed": True, "refusals": [], "at": "2027-03-01T10:00:00+00:00"}
SCORES = {"right": 9, "total": 10, "accuracy": {"zh": 0.9, "en": 0.9}, "protected": {}, "conversations": None}


def models_in(folder: Path, *, refusing: bool = False) -> Path:
    """The first serves; the second is a candidate that passed the gate and welcomes in other words.

    Args:
        refusing: whether the second takes no message for anything that it knows.
    """
    models = folder / "models"
    models.mkdir(parents=True)
    real = registry.verified_model(Settings.from_env().models_dir)
    os.link(real, models / FIRST)
    _altered(real, models / SECOND, refusing)
    registry.register(models, record_of(models, FIRST, "2027-03-01T10:00:00+00:00"))
    registry.add_candidate(models, record_of(models, SECOND, "2027-03-01T11:00:00+00:00"))
    registry.note_gate(models, SECOND, scores=SCORES, ms=3.0, gate=PASSED)
    return models


def record_of(models: Path, file: str, trained_at: str) -> ModelRecord:
    path = models / file
    return ModelRecord(file, registry.digest_of(path), file, trained_at, 60.0, size_bytes=path.stat().st_size)


def _altered(source: Path, target: Path, refusing: bool) -> None:
    with tarfile.open(source) as read, tarfile.open(target, "w:gz", compresslevel=1) as write:
        for member in read:
            stream = read.extractfile(member)
            content = stream.read() if stream else b""
            if member.name.endswith("metadata.json"):
                metadata = json.loads(content)
                for variation in metadata["domain"]["responses"][WELCOME]:
                    variation["text"] = OTHER_WELCOME
                content = json.dumps(metadata).encode()
            if refusing and member.name.endswith("/tables.json"):
                tables = json.loads(content)
                tables["limits"]["least"] = 1e9  # nothing is as familiar as that
                content = json.dumps(tables).encode()
            member.size = len(content)
            write.addfile(member, BytesIO(content) if member.isfile() else None)
