"""A folder of models for a service of one's own: the model of this checkout, and one that is told from it."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.training import registry
from bot.training.records import ModelRecord

FIRST, SECOND, THIRD = "frontline-1.tar.gz", "frontline-2.tar.gz", "frontline-3.tar.gz"
#: changes what a JSON file of an archive says
Alter = Callable[[str, Any], None]
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
    altered(real, models / SECOND, _second(refusing))
    registry.register(models, record_of(models, FIRST, "2027-03-01T10:00:00+00:00"))
    registry.add_candidate(models, record_of(models, SECOND, "2027-03-01T11:00:00+00:00"))
    registry.note_gate(models, SECOND, scores=SCORES, ms=3.0, gate=PASSED)
    return models


def record_of(models: Path, file: str, trained_at: str) -> ModelRecord:
    path = models / file
    return ModelRecord(file, registry.digest_of(path), file, trained_at, 60.0, size_bytes=path.stat().st_size)


def altered(source: Path, target: Path, alter: Alter) -> None:
    """The archive with other contents in its JSON files: `alter` gets the name of each and what it says."""
    with tarfile.open(source) as read, tarfile.open(target, "w:gz", compresslevel=1) as write:
        for member in read:
            stream = read.extractfile(member)
            content = stream.read() if stream else b""
            if member.name.endswith(".json"):
                body = json.loads(content)
                alter(member.name, body)
                content = json.dumps(body).encode()
            member.size = len(content)
            write.addfile(member, BytesIO(content) if member.isfile() else None)


def _second(refusing: bool) -> Alter:
    def alter(name: str, body: Any) -> None:
        if name.endswith("metadata.json"):
            for variation in body["domain"]["responses"][WELCOME]:
                variation["text"] = OTHER_WELCOME
        if refusing and name.endswith("/tables.json"):
            body["limits"]["least"] = body["second"]["limits"]["least"] = 1e9  # nothing is as familiar as that

    return alter


def _other_format(name: str, body: Any) -> None:
    if name.endswith("/tables.json"):
        body["format"] = -1


def _gone_component(name: str, body: Any) -> None:
    if name.endswith("metadata.json"):
        for node in body["predict_schema"]["nodes"].values():
            node["uses"] = node["uses"].replace("HybridIntentClassifier", "AnEarlierClassifier")


def _gone_field(name: str, body: Any) -> None:
    if name.endswith("/tables.json"):
        del body["limits"]


def _other_rasa(name: str, body: Any) -> None:
    if name.endswith("metadata.json"):
        body["rasa_open_source_version"] = "2.8.0"


#: models as other versions of the program left them
OF_ANOTHER_PROGRAM: Mapping[str, Alter] = {
    "another format": _other_format,
    "a component that is gone": _gone_component,
    "a field that is gone": _gone_field,
    "another Rasa": _other_rasa,
}
