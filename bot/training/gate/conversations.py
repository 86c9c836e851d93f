"""The rule that all conversation tests pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BotError
from bot.training.causes import Cause, Refusal
from bot.training.conversation_tests.files import paths, read_cases
from bot.training.conversation_tests.runner import run
from bot.training.data.model import DataFileWrong
from bot.training.sandbox.process import SandboxFailed

_RULE = "conversations"
#: failing conversations that are told, and every how many a line says how far it is
_TOLD, _TOLD_EVERY = 5, 20


@dataclass(frozen=True)
class Played:
    """What became of the conversation tests; `total` 0 where there are none, or none could be played."""

    passed: int
    total: int
    refusals: Sequence[Refusal]

    def as_json(self) -> dict[str, int] | None:
        return {"passed": self.passed, "total": self.total} if self.total else None


class Player:
    """Plays the conversation tests in a thread. Its service gets ready while the model is still being made.

    A context manager: at its end the service is gone, whether anything was played or not.
    """

    def __init__(self, root: Path, say: Callable[[str], None], cache: Path | None = None) -> None:
        """Begin to get ready.

        Args:
            root: the checkout whose tests are played, with its `data` beside the model.
            say: shows a line of progress to whoever waits; called from the thread.
            cache: `cache` of a data directory, which makes the service start sooner.
        """
        self._model: Future[Path] = Future()
        self._pool = ThreadPoolExecutor(1)
        self._playing = self._pool.submit(_play, root, self._model, say, cache)

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_exc: object) -> None:
        if not self._model.done():
            self._model.set_exception(SandboxFailed("There is no model to play them against."))
        self._pool.shutdown()

    def begin(self, model: Path) -> None:
        """Play them against a model that may be loaded."""
        self._model.set_result(model)

    def played(self) -> Played:
        """What became of them, as soon as they are through."""
        return self._playing.result()


def _play(root: Path, model: Future[Path], say: Callable[[str], None], cache: Path | None) -> Played:
    def told(done: int, total: int) -> None:
        if done % _TOLD_EVERY == 0 or done == total:
            say(f"conversations: {done} of {total}")

    try:
        cases = read_cases(root) if paths(root) else []
        if not cases:
            return Played(0, 0, ())
        say(f"conversations: starting a service for {len(cases)} of them")
        results = run(root, model, told, wanted=cases, cache=cache)
    except BotError as exc:
        unplayed = Cause("conversations_unplayed", {"said": exc.message})
        cause = exc.cause if isinstance(exc, DataFileWrong) else unplayed
        return Played(0, 0, (Refusal(_RULE, exc.message, "Mend that, then run the gate again.", cause),))
    found = [
        Refusal(
            _RULE,
            f"{failure.path}, line {failure.line}, {failure.name}: wanted {failure.wanted}, got {failure.got}.",
            "Mend the data. If the conversation should go another way now, change the test.",
            Cause(
                "conversation_failed",
                {
                    "path": failure.path,
                    "line": failure.line,
                    "name": failure.name,
                    "wanted": failure.wanted,
                    "got": failure.got,
                    "difference": failure.cause.case,
                    **failure.cause.values,
                },
            ),
        )
        for failure in results.failed[:_TOLD]
    ]
    if len(results.failed) > _TOLD:
        rest = len(results.failed) - _TOLD
        todo = "Run the conversation tests against this model to see them."
        cause = Cause("conversations_more", {"n": rest})
        found.append(Refusal(_RULE, f"{rest} more conversation tests fail.", todo, cause))
    return Played(results.passed, results.passed + len(results.failed), found)
