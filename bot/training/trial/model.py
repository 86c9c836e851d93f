"""A canary: which conversations go to the candidate, and whether it does worse than chance explains. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.training.records import Trial

_WHOLE = 1 << 64


def takes(trial: Trial, conversation_id: str, opened_at: datetime) -> bool:
    """Whether a conversation belongs to the candidate: a share of those opened since, the same on every process."""
    if opened_at < datetime.fromisoformat(trial.since):
        return False
    digest = hashlib.sha256(f"{trial.file} {trial.since} {conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < trial.share * _WHOLE
