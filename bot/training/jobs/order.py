"""What a worker process is told to do, and where; and what it tells of it, a line of JSON each."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ORDER, LOG = "order.json", "log"
_SCRATCH = "scratch"
_SHORT = 12
#: jobs whose orders and logs are kept
_KEPT = 50


@dataclass(frozen=True)
class Limits:
    """How much of the machine a job may take.

    Attributes:
        memory_mb: most memory of its own; 0: as much as there is.
        nice: 0 to 19, how far it stands back behind everything else.
    """

    memory_mb: int = 0
    nice: int = 19


@dataclass(frozen=True)
class Order:
    """A job as its process gets it."""

    id: str
    kind: str
    by: str
    proposal: str | None
    model: str | None
    #: the checkout that the service runs from, the folder of models, and the service's data directory
    installation: str
    models: str
    data_dir: str
    limits: Limits

    def write(self, folder: Path) -> None:
        """Leave it in the job's folder."""
        folder.mkdir(parents=True, exist_ok=True)
        body = {**self.__dict__, "limits": self.limits.__dict__}
        (folder / _ORDER).write_text(json.dumps(body), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Order:
        """What `write` left."""
        body = json.loads((folder / _ORDER).read_text("utf-8"))
        return cls(**{**body, "limits": Limits(**body["limits"])})


@dataclass(frozen=True)
class Folders:
    """Where what belongs to jobs lies, below the data directory."""

    data_dir: Path

    @property
    def training(self) -> Path:
        return self.data_dir / "training"

    @property
    def copies(self) -> Path:
        return self.training / "copies"

    @property
    def cache(self) -> Path:
        """What later trainings need not do again."""
        return self.training / "cache"

    @property
    def reports(self) -> Path:
        return self.training / "reports"

    @property
    def findings(self) -> Path:
        return self.training / "findings"

    def of(self, job_id: str) -> Path:
        """A job's own: its order, its log."""
        return self.training / "jobs" / job_id

    def log(self, job_id: str) -> Path:
        return self.of(job_id) / LOG

    def scratch(self, job_id: str) -> Path:
        """What is thrown away when the job has ended."""
        return self.of(job_id) / _SCRATCH

    def temporary(self, job_id: str) -> Path:
        """As `scratch`, with a name so short that sockets can lie in it."""
        return Path(tempfile.gettempdir()) / f"frontline-job-{job_id[:_SHORT]}"

    def drop_old(self) -> None:
        """Delete what is left of all jobs but the newest."""
        folders = (self.training / "jobs").glob("*")
        for folder in sorted(folders, key=lambda item: item.stat().st_mtime, reverse=True)[_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)

    def clear(self, job_id: str) -> None:
        """Throw away what is left of a job that has ended; its log stays."""
        for folder in (self.scratch(job_id), self.temporary(job_id)):
            shutil.rmtree(folder, ignore_errors=True)


def line_of(told: Mapping[str, Any]) -> bytes:
    """A line for the pipe."""
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
