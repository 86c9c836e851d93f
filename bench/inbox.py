"""The trainers' inbox with 100,000 sentences: `python -m bench.inbox [--sentences N]`.

The vectors are made: 20,000 meanings at random, met as often as Zipf's law says, with noise. What is measured is
putting sentences that came in together (numpy and SQL, without their vectors, which are encoded as they come in) and
opening the list, on SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.contracts import Assurance, Conversation, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.migrations import upgrade
from bot.training.beside import Beside
from bot.training.data.copies import WorkingCopies
from bot.training.inbox.model import Reason, Sentence
from bot.training.inbox.service import InboxService
from bot.training.inbox.store import InboxStore

Vectors = NDArray[np.float32]
_START = datetime(2027, 3, 1, tzinfo=timezone.utc)
_MEANINGS, _SIZE, _NOISE, _SEED = 20_000, 512, 0.5, 7
_OPENED = 20


def made_vectors(count: int) -> Vectors:
    """Unit vectors, one row a sentence."""
    rng = np.random.default_rng(_SEED)
    middles = rng.normal(size=(_MEANINGS, _SIZE)).astype(np.float32)
    often = 1 / np.arange(1, _MEANINGS + 1)
    rows = middles[rng.choice(_MEANINGS, size=count, p=often / often.sum())]
    rows += _NOISE * rng.normal(size=rows.shape).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


async def measure(count: int, folder: Path) -> None:
    """Print the seconds of grouping and the milliseconds of opening the list."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}", shared=False)
    head = Conversation("c", "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, _START, _START)
    await ConversationStore(database).create(head, (), _START)
    store = InboxStore(database)
    reasons = list(Reason)
    sentences = [
        Sentence(
            conversation_id="c",
            seq=number,
            at=_START + timedelta(seconds=number),
            language="zh" if number % 2 else "en",
            text=f"sentence {number}",
            reasons=(reasons[number % len(reasons)],),
            intent="check_bill",
            confidence=0.4,
            second=None,
            suggested=None,
            model="bench",
        )
        for number in range(1, count + 1)
    ]
    await store.add_many(sentences)
    inbox = InboxService(store, WorkingCopies(folder, folder), Beside(), _no_encoder, lambda: _START)
    vectors = made_vectors(count)
    began, worked = time.perf_counter(), time.process_time()
    await inbox.put_together(await store.ungrouped(count), vectors)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    print(f"{count:,} sentences grouped in {took:.1f} s, {worked:.1f} s of it processor time")
    times = []
    for _ in range(_OPENED):
        began = time.perf_counter()
        _, total, _ = await inbox.groups()
        times.append(1_000 * (time.perf_counter() - began))
    print(f"{total:,} groups, list opened in {statistics.median(times):.1f} ms (worst {max(times):.1f})")
    await database.close()


def _no_encoder() -> Any:
    raise AssertionError("vectors are given")


def main() -> None:
    """Run it in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        upgrade(f"sqlite+aiosqlite:///{Path(name) / 'bench.sqlite3'}")
        asyncio.run(measure(given.sentences, Path(name)))


if __name__ == "__main__":
    main()
