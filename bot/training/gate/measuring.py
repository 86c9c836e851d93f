"""Has models understand the test sentences. Loads archives: only those that were verified may come here."""

from __future__ import annotations

import statistics
import tarfile
import time
import zlib
from collections.abc import Callable, Sequence
from itertools import islice, product
from pathlib import Path

from bot.errors import ModelMissing
from bot.training.held_out import Case, Parse, ServingParser, intent_files, rows, score_intents

#: messages that the time of two models is compared on, and every how many sentences one is told
_TIMED, _TOLD_EVERY = 80, 512


def opened(file: Path) -> ServingParser:
    """A model that understands sentences.

    Raises:
        ModelMissing: the file is no model archive.
    """
    try:
        return ServingParser(file)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as exc:
        raise ModelMissing(
            f"{file.name} is cut short or no model archive. Train it again: python -m bot train."
        ) from exc


def answers(folder: Path, parser: ServingParser, say: Callable[[str], None]) -> list[Case]:
    """What a model makes of every sentence in `folder`."""

    def told(done: int, total: int) -> None:
        if done % _TOLD_EVERY == 0 or done == total:
            say(f"measuring: {done} of {total} sentences")

    return score_intents(folder, parser, told)


def times_ms(folder: Path, parses: Sequence[Parse]) -> list[float]:
    """The median processor time of a message for each model, measured in turns, whatever else the machine does.

    What the models share is computed anew for each. No message comes twice, since a model remembers what it made of
    one: where the test set is small, its sentences are joined. The first message, which warms both up, is not counted.
    """
    from bot.assistant.nlu.meaning import shared_encoder

    times: list[list[float]] = [[] for _ in parses]
    for number, text in enumerate(_messages(folder)):
        for parse, own in zip(parses, times, strict=True):
            shared_encoder().forget()
            began = time.thread_time()
            parse(text, None)
            if number:
                own.append(1_000 * (time.thread_time() - began))
    return [statistics.median(own) if own else 0.0 for own in times]


def _messages(folder: Path) -> list[str]:
    """`_TIMED` + 1 different messages: sentences from the whole test set, and joined ones where these are too few."""
    texts = list(dict.fromkeys(text for file in intent_files(folder) for _, text in rows(file)))
    messages = texts[:: max(1, len(texts) // (_TIMED + 1))] if texts else []
    several = 2
    while messages and len(messages) <= _TIMED:
        messages += [" ".join(parts) for parts in islice(product(texts, repeat=several), _TIMED)]
        several += 1
    return messages[: _TIMED + 1]
