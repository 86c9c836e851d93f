"""What trainers wait for: a tried sentence when warm, the week's list of 100,000 conversations, the conversation tests.

`python -m bench.trying [sentence] [teach] [tests]`; all three unless named. The list is measured on SQLite, with made
matters of a month: one conversation in five is handed over, customers come back by chance.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.logs import configure_logs, prepare_environment

prepare_environment()

from bot.database import Database  # noqa: E402
from bot.migrations import upgrade  # noqa: E402
from bot.schema import conversations, handoffs, matters, ratings  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402

_NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)
_SEED, _CONVERSATIONS, _CUSTOMERS, _DAYS = 7, 100_000, 60_000, 30
_INTENTS = ("check_bill", "check_balance", "report_broadband_fault", "top_up", "check_plan", "request_invoice")
_SENTENCES = 100
_ROWS = 1_000


def sentence() -> None:
    """Print median and p95 of trying a sentence that was not seen before, in milliseconds."""
    from bot.training.trying.models import TriedModels
    from bot.training.trying.sentences import Sentences

    settings = Settings.from_env()
    fixed = Path(settings.model) if settings.model else None
    trying = Sentences(TriedModels(settings.models_dir, fixed), lambda: datetime.now(timezone.utc))
    files = sorted((ROOT / "tests" / "understanding").glob("first.*.tsv"))
    texts = [line.split("\t")[1] for file in files for line in file.read_text("utf-8").splitlines() if "\t" in line]
    texts = random.Random(_SEED).sample(texts, _SENTENCES)

    async def measure() -> list[tuple[float, float]]:
        began = time.perf_counter()
        await trying.understood("hello", None)
        print(f"first sentence, with loading the model: {time.perf_counter() - began:.1f} s")
        took = []
        for text in texts:
            waited, worked = _clocks()
            await trying.understood(text, None)
            took.append((1_000 * (time.perf_counter() - waited), 1_000 * (time.process_time() - worked)))
        return took

    took = asyncio.run(measure())
    trying.close()
    for name, times in zip(("waited", "worked"), zip(*took, strict=True), strict=True):
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"a sentence, warm, {name}: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")


def teach() -> None:
    """Print how long the list of the week takes of a month of 100,000 conversations."""
    from bot.handoff.model import User
    from bot.training.teach.service import TeachService
    from bot.training.teach.store import MatterStore

    trainer = User("u", "u", {"en": "U"}, frozenset({"trainer"}), ("en",), 0)

    async def measure(url: str) -> None:
        database = Database(url, shared=False)
        for rows in _month():
            async with database.write() as connection:
                for table, values in rows.items():
                    await connection.execute(table.insert(), values)
        long_reads = database.beside()
        service = TeachService(MatterStore(long_reads), ROOT / "data", lambda: _NOW)
        for kind in ("first", "kept"):
            began, worked = time.perf_counter(), time.process_time()
            found = await service.week(trainer)
            wall, work = (1_000 * (now - then) for now, then in zip(_clocks(), (began, worked), strict=True))
            print(f"the week's list, {kind}: {wall:.0f} ms, of them {work:.0f} of work")
        print({name: len(found[name]) for name in ("handed_over", "came_back", "new_topics", "articles")})
        await long_reads.close()
        await database.close()

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.sqlite3"
        upgrade(url)
        asyncio.run(measure(url))


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _month() -> Iterator[dict[Any, list[dict[str, Any]]]]:
    dice = random.Random(_SEED)
    for start in range(0, _CONVERSATIONS, _ROWS):
        rows: dict[Any, list[dict[str, Any]]] = {conversations: [], matters: [], handoffs: [], ratings: []}
        for number in range(start, start + _ROWS):
            at = _NOW - timedelta(days=_DAYS * dice.random())
            key, intent = f"c{number}", dice.choice(_INTENTS)
            rows[conversations].append(_conversation(key, f"p{dice.randrange(_CUSTOMERS)}", at))
            for seq in range(2, 2 + dice.choice((1, 1, 2, 3))):
                article = "late_payment" if dice.random() < 0.2 else None
                told = {"conversation_id": key, "seq": seq, "at": at, "language": "en", "intent": intent}
                rows[matters].append({**told, "text": f"about {intent} {number}", "article": article})
            if dice.random() < 0.2:
                rows[handoffs].append(_handoff(key, intent, at))
            if dice.random() < 0.1:
                rated = {"conversation_id": key, "subject": "bot", "score": 2, "solved": False, "created_at": at}
                rows[ratings].append(rated)
        yield rows


def _conversation(key: str, customer: str, at: datetime) -> dict[str, Any]:
    counts = dict.fromkeys(("epoch", "last_seq", "answered_seq", "customer_seq", "turns"), 1)
    return {
        "id": key,
        "language": "en",
        "owner": "bot",
        "assurance": "signed_in",
        "customer_id": customer,
        "created_at": at,
        "updated_at": at,
        "metadata": {},
        "slots": {},
        **counts,
    }


def _handoff(key: str, intent: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"h{key}",
        "conversation_id": key,
        "status": "closed",
        "reason_code": "misunderstood",
        "language": "en",
        "priority": 1,
        "requested_at": at,
        "packet": {},
        "disposition": {"intent": intent, "solved": True},
    }


def tests() -> None:
    """Print how long all conversation tests take against the serving model."""
    from bot.training.conversation_tests.runner import run
    from bot.training.registry import verified_model

    settings = Settings.from_env()
    began = time.perf_counter()
    model = Path(settings.model) if settings.model else verified_model(settings.models_dir)
    results = run(ROOT, model, cache=settings.data_dir / "cache")
    whole = time.perf_counter() - began
    print(f"{results.passed} of {results.passed + len(results.failed)} conversations pass", end=" ")
    print(f"in {results.seconds:.1f} s, {whole:.1f} s with starting the service")


def main() -> None:
    """Measure what is named, or everything."""
    parts = {"sentence": sentence, "teach": teach, "tests": tests}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help=", ".join(parts))
    given = parser.parse_args()
    configure_logs("WARNING")
    for name in given.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
