"""Sentence vectors that an earlier training made: a job of the workbench, or `python -m bot train`."""

from __future__ import annotations

from pathlib import Path

from bot.assistant.nlu.meaning import SentenceEncoder, shared_encoder
from bot.training.jobs.order import Folders


def meanings_file(folders: Folders) -> Path:
    """Where they are kept."""
    return folders.cache / "meanings.npy"


def keep_meanings(folders: Folders) -> SentenceEncoder:
    """The process's encoder, which has what the training before it encoded and leaves what it encodes to the next."""
    encoder = shared_encoder()
    encoder.keep_in(meanings_file(folders))
    return encoder
