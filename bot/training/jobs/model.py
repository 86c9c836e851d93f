"""Jobs of the workbench: what runs beside serving, how far it is, how it ended. Pure."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.errors import BadRequest, Conflict, NotFound
from bot.training.causes import Cause, Failure


class Kind(str, Enum):
    """What is done."""

    train = "train"  # a candidate of what is published, or of a proposal, and the gate over it
    evaluate = "evaluate"  # cross-validation of the published data
    conversations = "conversations"  # the conversation tests against a model
    findings = "findings"  # near-duplicates, odd and misspelt examples of somebody's copy
    gate = "gate"  # the gate over a candidate


class State(str, Enum):
    """How a job stands."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class Step(str, Enum):
    """What a running job does."""

    waiting = "waiting"
    copying = "copying"
    training = "training"
    measuring = "measuring"
    conversations = "conversations"
    promoting = "promoting"
    evaluating = "evaluating"
    comparing = "comparing"


ENDED = (State.done, State.failed, State.cancelled)

STOPPED = Failure("The service stopped while this job ran. Start it again.", Cause("job_stopped"))


class JobRunning(Conflict):
    """Another job runs. Wait until it has ended, or cancel it."""

    code = "job_running"


class JobNotFound(NotFound):
    """No job has this id."""

    code = "job_not_found"


@dataclass(frozen=True)
class About:
    """What a job works on.

    Attributes:
        proposal: id of the proposal that is trained; None: what is published.
        model: file name of the model that is tested.
        promote: whether what was trained serves when it passes the gate.
        commit: what was published, where publishing asked for the job.
    """

    proposal: str | None = None
    model: str | None = None
    promote: bool = False
    commit: str | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Job:
    """One row of `training_jobs`."""

    id: str
    kind: Kind
    state: State
    step: Step
    #: 0 to 1
    progress: float
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    #: username
    by: str
    about: About
    result: Mapping[str, Any] | None
    #: a sentence that says why it failed
    error: str | None
    #: the same as {case, values}
    cause: Mapping[str, Any] | None
    #: the process that does it, and the service's process that watches that one; None before and after
    process: str | None
    watcher: str | None
    #: when the watcher last wrote
    heard_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "state": self.state.value,
            "step": self.step.value,
            "progress": round(self.progress, 3),
            "asked_at": self.asked_at.isoformat(),
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "by": self.by,
            "about": self.about.as_json(),
            "result": dict(self.result) if self.result is not None else None,
            "error": self.error,
            "cause": dict(self.cause) if self.cause is not None else None,
        }


def checked_kind(value: object) -> Kind:
    """Raises BadRequest unless it is one."""
    try:
        return Kind(value)
    except ValueError as exc:
        raise BadRequest(f"kind is one of {', '.join(kind.value for kind in Kind)}.") from exc


def out_of_memory(memory_mb: int) -> Failure:
    """Of a job that needed more memory than it may take."""
    return Failure(
        f"It needed more memory than the {memory_mb} MB that FRONTLINE_TRAINING_MEMORY_MB allows. "
        "Raise that setting, or look for examples that were added by mistake.",
        Cause("job_memory", {"mb": memory_mb}),
    )


def why_it_ended(code: int, memory_mb: int) -> Failure:
    """Of a job whose process ended without saying anything.

    Args:
        code: its exit code, negative for the signal that ended it.
        memory_mb: what it was allowed.
    """
    if code == -signal.SIGKILL:
        return Failure(
            "Its process was ended by signal 9. Most likely the machine had no memory left: see its log, try again.",
            Cause("job_killed"),
        )
    if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        return Failure(
            f"Its process broke off with signal {-code}. {out_of_memory(memory_mb).error}",
            Cause("job_broke_off", {"signal": -code, "mb": memory_mb}),
        )
    if code < 0:
        return Failure(
            f"Its process was ended by somebody with signal {-code}. Start it again.",
            Cause("job_ended", {"signal": -code}),
        )
    return Failure(
        f"Its process ended with code {code} before the work was done. Its log says more.",
        Cause("job_code", {"code": code}),
    )
