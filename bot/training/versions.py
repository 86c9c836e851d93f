"""All versions of the model: which one serves, promoting, going back, a candidate on trial, comparing two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog

from bot.audit.store import AuditStore
from bot.errors import BadRequest, BotError, Conflict, NoSuchModel
from bot.handoff.model import User
from bot.training.causes import Cause, Refusal
from bot.training.gate.model import compared
from bot.training.gate.results import results_of_both
from bot.training.held_out import Case
from bot.training.records import ModelRecord, Registry, Trial
from bot.training.registry import is_trusted, promote, read_registry, rollback, trial_changed
from bot.training.trial.model import Figures, figures_of, judged
from bot.training.trial.store import OutcomeStore

log = structlog.get_logger(__name__)

_LEAST_SHARE, _MOST_SHARE = 0.01, 0.5
#: a trial begins that much later, so that every process has loaded the candidate by then
_LEAD_S = 10
_BY_ITSELF = "bot"


class GateRefused(BotError):
    """This model has not passed the gate. See the refusals."""

    status, code = 422, "gate_refused"

    def __init__(self, record: ModelRecord) -> None:
        super().__init__()
        unseen = Refusal("gate", "It has not been through the gate.", "Run the gate over it.", Cause("gate"))
        self.more = {"refusals": record.gate["refusals"] if record.gate else [unseen.as_json()]}


class ModelFixed(Conflict):
    """FRONTLINE_MODEL names the model of this service. Unset it to change models from here."""

    code = "model_fixed"


class Servers(Protocol):
    """Those who load the models that the registry names."""

    async def ready(self, file: str) -> None:
        """See to it that a model can be loaded; raises ModelUnfit, ModelNotTrusted."""

    async def tell(self) -> None:
        """The registry has changed. Those who do not hear it look for themselves."""


class ModelVersions:
    """What trainers do with whole models. Changes leave a row in the audit."""

    def __init__(
        self,
        models: Path,
        fixed: Path | None,
        outcomes: OutcomeStore,
        audit: AuditStore,
        servers: Servers,
        clock: Callable[[], datetime],
    ) -> None:
        """Work on the registry in `models`.

        Args:
            fixed: an archive that serves whatever the registry says.
        """
        self._models = models
        self._fixed = fixed
        self._outcomes = outcomes
        self._audit = audit
        self._servers = servers
        self._clock = clock

    async def all(self) -> dict[str, Any]:
        """The contract's `GET /models`; the trial is looked at as it stands now.

        Raises:
            ModelNotTrusted: the registry cannot be read.
        """
        figures = await self._look()
        registry = await asyncio.to_thread(read_registry, self._models)
        records = sorted(registry.records.values(), key=lambda item: item.trained_at, reverse=True)
        trusted = await asyncio.to_thread(lambda: [is_trusted(self._models, item) for item in records])
        trial = registry.trial
        return {
            "models": [_shown(registry, item, ok) for item, ok in zip(records, trusted, strict=True)],
            "serving": self._fixed.name if self._fixed else registry.serving,
            "canary": _canary(trial, figures) if trial else None,
        }

    async def promote(self, user: User, file: str) -> dict[str, Any]:
        """Let a model serve that passed the gate.

        Raises:
            NoSuchModel: the registry has none of this name.
            GateRefused: it has not passed.
            ModelNotTrusted: it is cut short, changed or not signed.
            ModelUnfit: it was made for another version of the program.
            ModelFixed: a setting says what serves.
        """
        self._may_change()
        return await self.let_serve(user.username, file)

    async def let_serve(self, username: str, file: str) -> dict[str, Any]:
        """As `promote`, for what somebody asked for before it was made."""
        await asyncio.to_thread(self._passed, file)
        await self._servers.ready(file)
        serving, before = await asyncio.to_thread(promote, self._models, file)
        log.info("models.promoted", serving=serving, before=before)
        return await self._changed(username, "model_promoted", serving, before)

    async def rollback(self, user: User) -> dict[str, Any]:
        """Let the model serve again that did before.

        Raises:
            Conflict: there is none.
            NoSuchModel, ModelNotTrusted, ModelUnfit, ModelFixed: as `promote`.
        """
        self._may_change()
        previous = (await asyncio.to_thread(read_registry, self._models)).previous
        if previous is not None:
            await asyncio.to_thread(self._there, previous)
            await self._servers.ready(previous)
        serving, before = await asyncio.to_thread(rollback, self._models)
        return await self._changed(user.username, "model_rolled_back", serving, before)

    async def try_out(self, user: User, file: str, share: Any) -> dict[str, Any]:
        """Let a candidate answer a share of the conversations that are opened from now on.

        Raises:
            BadRequest: the share is none from 0.01 to 0.5.
            Conflict: the model serves already.
            NoSuchModel, GateRefused, ModelNotTrusted, ModelUnfit, ModelFixed: as `promote`.
        """
        self._may_change()
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not _LEAST_SHARE <= share <= _MOST_SHARE:
            raise BadRequest(f"share is a number from {_LEAST_SHARE} to {_MOST_SHARE}.")
        since = self._clock() + timedelta(seconds=_LEAD_S)
        trial = Trial(file, float(share), since.isoformat(timespec="seconds"), user.username)

        def begin() -> None:
            with trial_changed(self._models) as change:
                if change.registry.serving == file:
                    raise Conflict("This model serves everybody already.")
                change.trusted(file)
                change.try_out(trial)

        await asyncio.to_thread(self._passed, file)
        await self._servers.ready(file)
        await asyncio.to_thread(begin)
        await self._changed(user.username, "canary_started", file, None)
        return _canary(trial, await self._figures(trial))

    async def end_trial(self, user: User) -> dict[str, Any]:
        """Let the serving model answer all conversations from their next turn on, also those of the candidate.

        Raises:
            Conflict: nothing is on trial.
        """

        def end() -> str:
            with trial_changed(self._models) as change:
                trial = change.registry.trial
                if trial is None:
                    raise Conflict("No model is on trial.")
                change.try_out(None)
                return trial.file

        file = await asyncio.to_thread(end)
        await self._changed(user.username, "canary_ended", file, None)
        return {"canary": None}

    async def compare(self, a: str, b: str) -> dict[str, Any]:
        """Two models, sentence by sentence; `a` is taken for the earlier one.

        Raises:
            NotMeasured: not both went through the gate on the same sentences.
        """
        one, other = await asyncio.to_thread(results_of_both, self._models, a, b)
        result = compared(one.cases, other.cases)
        return {
            "a": a,
            "b": b,
            "mended": [_case(*pair) for pair in result.mended],
            "broken": [_case(*pair) for pair in result.broken],
            "same_wrong": result.both_wrong,
            "accuracy": {"a": result.accuracy_before, "b": result.accuracy_after},
        }

    async def tidy(self) -> None:
        """A round of housekeeping: look at what is on trial."""
        await self._look()

    async def _look(self) -> Figures | None:
        """Judge the trial by the figures of now; the candidate goes back when it does worse."""
        trial = (await asyncio.to_thread(read_registry, self._models)).trial
        if trial is None or trial.returned_at is not None:
            return None
        figures = await self._figures(trial)
        after = judged(trial, figures, self._clock())
        if after == trial:
            return figures

        def note() -> bool:
            with trial_changed(self._models) as change:
                if change.registry.trial != trial:  # another process was first
                    return False
                change.try_out(after)
                return True

        if await asyncio.to_thread(note) and after.returned_at is not None:
            log.warning("models.canary_returned", file=after.file, p_value=after.p_value)
            await self._changed(_BY_ITSELF, "canary_returned", after.file, None, figures=figures.as_json())
        return figures

    async def _figures(self, trial: Trial) -> Figures:
        return figures_of(trial, await self._outcomes.since(datetime.fromisoformat(trial.since)))

    def _may_change(self) -> None:
        if self._fixed is not None:
            raise ModelFixed()

    def _there(self, file: str) -> ModelRecord:
        record = read_registry(self._models).records.get(file)
        if record is None or not (self._models / file).is_file():
            raise NoSuchModel()
        return record

    def _passed(self, file: str) -> None:
        record = self._there(file)
        if is_trusted(self._models, record) and not record.passed:
            raise GateRefused(record)

    async def _changed(
        self, actor: str, action: str, file: str, before: str | None, **detail: Any
    ) -> dict[str, str | None]:
        await self._audit.record(actor, action, self._clock(), None, {"before": before, **detail}, subject_id=file)
        await self._servers.tell()
        return {"serving": file, "before": before}


def _shown(registry: Registry, record: ModelRecord, trusted: bool) -> dict[str, Any]:
    names = ("file", "trained_at", "seconds", "commit", "config", "by", "scores", "size_bytes", "ms", "gate")
    shown = {name: getattr(record, name) for name in names}
    return {**shown, "state": registry.state_of(record.file), "trusted": trusted}


def _canary(trial: Trial, figures: Figures | None) -> dict[str, Any]:
    return {
        "file": trial.file,
        "share": trial.share,
        "since": trial.since,
        "by": trial.by,
        "figures": figures.as_json() if figures else trial.figures,
        "verdict": trial.verdict,
        "p_value": trial.p_value,
        "returned_at": trial.returned_at,
    }


def _case(before: Case, after: Case) -> dict[str, str]:
    set_name, _, language = after.group.rpartition(".")
    return {
        "text": after.text,
        "language": language,
        "group": set_name,
        "wanted": after.wanted,
        "a": before.got,
        "b": after.got,
    }
