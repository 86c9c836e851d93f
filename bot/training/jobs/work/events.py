"""What Rasa and our own components say in their logs as they train, as one share of the whole."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.assistant.nlu.calibration import CALIBRATED
from bot.assistant.nlu.meaning import ENCODED
from bot.assistant.nlu.tuned import TUNED

_RASA = "rasa.engine.training.hooks"
_OURS = "bot.assistant.nlu"
#: what part of a training each takes, by the message that tells how far it is
_SHARES = {ENCODED: 0.25, TUNED: 0.40, CALIBRATED: 0.20}
#: reading, the rules and flows, packing
_REST = 1.0 - sum(_SHARES.values())
_CLASSIFIER = "HybridIntentClassifier"


class TrainingEvents(logging.Handler):
    """Hears what components log as they train, and makes one share of it."""

    def __init__(self, say: Callable[[str], None], on_progress: Callable[[float], None]) -> None:
        super().__init__(logging.INFO)
        self._say = say
        self._on_progress = on_progress
        self._parts = dict.fromkeys(_SHARES, 0.0)
        self._rest = 0.0

    def __enter__(self) -> TrainingEvents:
        for name in (_RASA, _OURS):
            logger = logging.getLogger(name)
            logger.addHandler(self)
            logger.setLevel(logging.INFO)
            logger.propagate = False
        return self

    def __exit__(self, *_exc: object) -> None:
        for name in (_RASA, _OURS):
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """One event: a component began or ended, or a part of one is so far."""
        message = record.getMessage()
        self._say(message)
        if record.msg in self._parts and isinstance(record.args, tuple):
            done, total = (float(str(number)) for number in record.args)
            self._parts[record.msg] = done / total if total else 1.0
        elif _CLASSIFIER in message and not message.startswith("Starting"):
            self._parts = dict.fromkeys(_SHARES, 1.0)
            self._rest = 0.5
        else:
            self._rest = max(self._rest, 0.3)
        told = sum(share * self._parts[name] for name, share in _SHARES.items()) + _REST * self._rest
        self._on_progress(told)
