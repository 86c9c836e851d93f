"""Follows the registry of models: what serves in this process is changed without a restart, and so in all others.

A new model is built beside the old one in a thread, tried on a sentence, and takes over between two turns. A model that
cannot be loaded changes nothing.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge

from bot.assistant.assistant import Assistant
from bot.assistant.served import OnTrial, ServedModels
from bot.background import end_task, one_at_a_time
from bot.conversations.fanout import Fanout, Subscription
from bot.errors import BotError, ModelMissing, ModelUnfit
from bot.training.records import Trial
from bot.training.registry import read_registry, stamp, verified_model

log = structlog.get_logger(__name__)

Made = TypeVar("Made")

#: topic of what every process hears when the registry has changed
MODELS = "models"
#: how often the registry is looked at for what no message told
_LOOK_S = 2.0
#: while a model is loaded, its thread lets customers' turns in this often; Python's own 5 ms would slow them
_SWITCH_S = 0.0005

SERVED = Gauge("frontline_model_info", "1 for the models that this process serves", ["model", "role"])
CHANGES = Counter("frontline_model_changes", "Changes of the models that serve, by outcome", ["outcome"])


class ChangeOver:
    """Keeps the models of this process at what the registry says."""

    def __init__(
        self,
        models: Path,
        served: ServedModels,
        load: Callable[[Path], Assistant],
        renew: Callable[[], Callable[[], None]],
        fanout: Fanout,
        gate: Path,
        clock: Callable[[], datetime],
    ) -> None:
        """Follow the registry in `models`.

        Args:
            load: builds an assistant from a verified archive; called in a thread.
            renew: reads again what is said beside the model; called in a thread. What it returns puts that in use.
            gate: a file; processes that share it load one after the other.
        """
        self._models = models
        self._served = served
        self._load = load
        self._renew = renew
        self._fanout = fanout
        self._gate = gate
        self._clock = clock
        self._seen = (-1, -1)
        self._wrong = ""
        #: built before the registry names it
        self._ready: Assistant | None = None
        self._task: asyncio.Task[None] | None = None
        self._note()

    @property
    def warnings(self) -> list[str]:
        """What keeps this process from serving what the registry says."""
        return [self._wrong] if self._wrong else []

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)

    async def _run(self) -> None:
        with self._fanout.subscribe(MODELS) as told:
            while True:
                await self.follow()
                await _told_or_later(told)

    async def ready(self, file: str) -> None:
        """Build a model that is to serve, so that the registry never names one that cannot.

        Raises:
            ModelUnfit: it was made for another version of the program.
            ModelNotTrusted: it is cut short, changed or not signed.
        """
        if file == self._served.serving.name:
            return
        try:
            self._ready = await self._loaded(file)
        except ModelMissing as exc:
            raise ModelUnfit(
                f"{file} was made for another version of the program and cannot be loaded; "
                f"{self._served.serving.name} goes on serving."
            ) from exc

    async def tell(self) -> None:
        """Tell all processes that the registry has changed."""
        await self._fanout.publish(MODELS, {"type": MODELS})

    async def follow(self) -> None:
        """Serve what the registry says; does nothing while it has not changed."""
        now = stamp(self._models)
        if now == self._seen:
            return
        self._seen, self._wrong = now, ""
        try:
            registry = await asyncio.to_thread(read_registry, self._models)
            if registry.serving is None:
                return
            trial = registry.trial if registry.trial and registry.trial.returned_at is None else None
            await self._serve(registry.serving, trial)
        except Exception as exc:  # whatever is wrong with a model or the registry, customers are served
            self._not_changed(exc)

    async def _serve(self, wanted: str, trial: Trial | None) -> None:
        before = self._served.serving
        if wanted != before.name:
            assistant, use = await self._loaded(wanted), await self._beside(self._renewed)
            self._served.change(assistant, None if trial is None else self._served.trial)
            if use is not None:
                use()
            CHANGES.labels("changed").inc()
            log.info("models.changed", serving=wanted, before=before.name)
        tried = self._served.trial
        if trial is None:
            self._served.change(self._served.serving, None)
        elif tried is None or tried.trial != trial:
            self._served.change(self._served.serving, OnTrial(await self._loaded(trial.file), trial))
        self._ready = None
        self._note()

    async def _loaded(self, file: str) -> Assistant:
        """A model, built in a thread; what this process has of it already is used as it is."""
        tried = self._served.trial
        if tried is not None and tried.assistant.name == file:
            return tried.assistant
        if self._ready is not None and self._ready.name == file:
            return self._ready

        def load() -> Assistant:
            assistant = self._load(verified_model(self._models, file))
            asyncio.run(assistant.warm_up(self._clock()))
            return assistant

        assistant = await self._beside(load)
        # as at the start: no later collection looks through it again; what nobody refers to goes by itself
        gc.collect()
        gc.freeze()
        return assistant

    async def _beside(self, work: Callable[[], Made]) -> Made:
        """Do something long in a thread; in one process of the installation at a time."""
        async with one_at_a_time(self._gate):
            with _yielding():
                return await asyncio.to_thread(work)

    def _not_changed(self, exc: Exception) -> None:
        serving = self._served.serving.name
        said = exc.message if isinstance(exc, BotError) else "The model cannot be loaded; the log says more."
        self._wrong = f"{said} {serving} goes on serving."
        CHANGES.labels("refused").inc()
        log.error(
            "models.not_changed", cause=type(exc).__name__, serving=serving, exc_info=not isinstance(exc, BotError)
        )

    def _renewed(self) -> Callable[[], None] | None:
        """What is said beside the model, read again; None when it cannot be, and then the old is kept."""
        try:
            return self._renew()
        except BotError as exc:
            self._wrong = f"{exc.message} What was said before is said on."
            log.error("models.files_not_renewed", cause=exc.code)
            return None

    def _note(self) -> None:
        SERVED.clear()
        SERVED.labels(self._served.serving.name, "serving").set(1)
        if self._served.trial is not None:
            SERVED.labels(self._served.trial.assistant.name, "canary").set(1)


async def _told_or_later(told: Subscription) -> None:
    waiting = asyncio.ensure_future(told.get())
    try:
        await asyncio.wait([waiting], timeout=_LOOK_S)
    finally:
        waiting.cancel()


@contextmanager
def _yielding() -> Iterator[None]:
    """Have a thread that computes give way to customers' turns at once, and to no search for rubbish."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(interval)
