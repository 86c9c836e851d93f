"""Sentence vectors that an earlier training made: a job of the workbench, or `python -m bot train`."""

from __future__ import annotations

from pathlib import Path

from bot.assistant.nlu.english_encoder import english_encoder
from bot.assistant.nlu.meaning import SentenceEncoder, shared_encoder
from bot.training.jobs.order import Folders


def meanings_file(folders: Folders) -> Path:
    """Where they are kept."""
    return folders.cache / "meanings.npy"


def keep_meanings(folders: Folders) -> SentenceEncoder:
    """The process's encoder; both have what the training before it encoded and leave what they encode to the next."""
    encoder = shared_encoder()
    encoder.keep_in(meanings_file(folders))
    english_encoder().keep_in(folders.cache / "english.npy")
    return encoder
