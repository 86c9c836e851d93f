"""Turns a second, latency, memory, start and the cost of a late turn: this service against stock Rasa.

    python -m bench.turn                         both, one after the other
    python -m bench.turn --only frontline        this service alone
    python -m bench.turn --stock-epochs 20 --stock-share 0.3    a stock model that trains sooner; it says what of

The same twenty dialogues (`bench/dialogues.yml`) go to both over HTTP from one client process. The servers of a side
are pinned to one core, the client to the others. Latency is what the client sees. `docs/bench.md` says what
stock means.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bench.processes import DidNotStart, split_cores
from bench.sides import ROOT, Frontline, Side, StockRasa
from bench.stock import PYTHON as STOCK_PYTHON
from bench.stock import StockModel, StockTrainingFailed, trained_stock

DIALOGUES = Path(__file__).with_name("dialogues.yml")
CACHE = ROOT / ".cache" / "bench"
CLIENTS = (1, 8)
#: the turns of a long conversation that are looked at; each is the middle of a window that holds every sentence once
TURNS = (4, 10, 100, 400)
_TURN_LIMIT_S = 120.0
_MS = 1000.0


@dataclass(frozen=True)
class Load:
    """One run of the dialogues with so many clients at once; times in milliseconds."""

    clients: int
    turns: int
    unanswered: int
    turns_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    #: processor time of all server processes for one turn
    cpu_ms: float


@dataclass(frozen=True)
class Result:
    """Everything measured of one side."""

    name: str
    start_s: float
    loads: tuple[Load, ...]
    #: turn number → p50 in milliseconds over its window
    turn_cost_ms: Mapping[int, float]
    memory_start_mb: float
    memory_end_mb: float


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when a side did not start."""
    given = _parser().parse_args(arguments)
    book = yaml.safe_load(DIALOGUES.read_text("utf-8"))
    server_cores, client_cores = split_cores()
    stock: StockModel | None = None
    if given.only != "frontline":
        try:
            stock = trained_stock(
                CACHE, given.stock_epochs, given.stock_share, lambda line: print(line, file=sys.stderr, flush=True)
            )
        except StockTrainingFailed as exc:
            print(f"bench: {exc}", file=sys.stderr)
            return 1
        if given.train_only:
            return 0
    os.sched_setaffinity(0, client_cores)
    results = []
    try:
        for name in ("frontline", "stock"):
            if given.only in (None, name):
                with tempfile.TemporaryDirectory(prefix="frontline-bench-") as folder:
                    side: Side
                    if name == "frontline":
                        side = Frontline(Path(folder), server_cores)
                    else:
                        assert stock is not None
                        side = StockRasa(STOCK_PYTHON, stock.project, stock.model, Path(folder), server_cores)
                    results.append(asyncio.run(_measure(side, book, given)))
    except DidNotStart as exc:
        print(f"bench: {exc}", file=sys.stderr)
        return 1
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "last.json").write_text(json.dumps([asdict(result) for result in results], indent=2), "utf-8")
    print(_report(results, stock, server_cores, given.rounds))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.turn", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=("frontline", "stock"), help="measure one side")
    parser.add_argument(
        "--rounds", type=int, default=5, help="times that the twenty dialogues are held for each load (5)"
    )
    parser.add_argument(
        "--long",
        type=int,
        default=3,
        help="long conversations that the turn costs are pooled from (3); 0 leaves them out",
    )
    parser.add_argument("--stock-epochs", type=int, default=100, help="epochs of DIET, ResponseSelector and TED (100)")
    parser.add_argument(
        "--stock-share", type=float, default=1.0, help="share of the examples that stock is trained on (1.0)"
    )
    parser.add_argument("--train-only", action="store_true", help="train the stock model into the cache and stop")
    parser.add_argument("--show", action="store_true", help="print what was said in the first round")
    return parser


async def _measure(side: Side, book: Mapping[str, Any], given: argparse.Namespace) -> Result:
    timeout = aiohttp.ClientTimeout(total=_TURN_LIMIT_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as http:
        try:
            _note(f"{side.name}: starting")
            start_s = await side.start(http)
            memory_start = side.memory_mb()
            _note(f"{side.name}: {given.rounds} rounds with 1 client and with 8")
            await _load(side, http, book["dialogues"], 1, 1, show=given.show)  # warm, not counted
            loads = [await _load(side, http, book["dialogues"], clients, given.rounds) for clients in CLIENTS]
            costs: dict[int, float] = {}
            if given.long:
                _note(f"{side.name}: {given.long} conversations of {_last_turn(book['long'])} turns")
                await side.fresh_customers()
                costs = await _late_turns(side, http, book["long"], given.long)
            return Result(side.name, start_s, tuple(loads), costs, memory_start, side.memory_mb())
        finally:
            await side.stop()


async def _load(
    side: Side,
    http: aiohttp.ClientSession,
    dialogues: Sequence[Mapping[str, Any]],
    clients: int,
    rounds: int,
    show: bool = False,
) -> Load:
    """Hold every dialogue `rounds` times; between rounds the customers are put back, off the clock."""
    times: list[float] = []
    unanswered, wall_s, cpu_s = 0, 0.0, 0.0

    async def talk_through(waiting: list[Mapping[str, Any]]) -> None:
        nonlocal unanswered
        while waiting:
            dialogue = waiting.pop(0)
            talk = await side.open(http, dialogue["language"], dialogue.get("need"))
            for text in dialogue["says"]:
                began = time.perf_counter()
                replies = await side.say(http, talk, text)
                times.append((time.perf_counter() - began) * _MS)
                unanswered += not replies
                if show:
                    print(f"  {text}\n" + "".join(f"      {reply}\n" for reply in replies), end="")

    for _ in range(rounds):
        await side.fresh_customers()
        waiting, before = list(dialogues), side.cpu_s()
        began = time.perf_counter()
        await asyncio.gather(*(talk_through(waiting) for _ in range(clients)))
        wall_s += time.perf_counter() - began
        cpu_s += side.cpu_s() - before
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    turns = len(times)
    return Load(clients, turns, unanswered, turns / wall_s, cuts[49], cuts[94], cuts[98], cpu_s / turns * _MS)


async def _late_turns(
    side: Side, http: aiohttp.ClientSession, long: Mapping[str, Any], conversations: int
) -> dict[int, float]:
    says, half = long["says"], len(long["says"]) // 2
    found: dict[int, list[float]] = {turn: [] for turn in TURNS}
    for _ in range(conversations):
        talk = await side.open(http, long["language"], long.get("need"))
        for number in range(1, _last_turn(long) + 1):
            await side.before_turn(talk)
            began = time.perf_counter()
            await side.say(http, talk, says[number % len(says)])
            took = (time.perf_counter() - began) * _MS
            for turn, times in found.items():
                if abs(number - turn) <= half:
                    times.append(took)
    return {turn: statistics.median(times) for turn, times in found.items()}


def _last_turn(long: Mapping[str, Any]) -> int:
    return max(TURNS) + len(long["says"]) // 2


def _report(results: Sequence[Result], stock: StockModel | None, cores: set[int], rounds: int) -> str:
    rows: list[tuple[str, list[float], str]] = []
    for index, clients in enumerate(CLIENTS):
        who = f"{clients} client{'s' if clients > 1 else ''}"
        rows.append((f"turns a second, {who}", [item.loads[index].turns_per_s for item in results], "more"))
        for percent in ("p50", "p95", "p99"):
            rows.append(
                (f"{percent}, {who} (ms)", [getattr(item.loads[index], f"{percent}_ms") for item in results], "less")
            )
        rows.append((f"processor time of a turn, {who} (ms)", [item.loads[index].cpu_ms for item in results], "less"))
    for turn in TURNS:
        if all(item.turn_cost_ms for item in results):
            rows.append(
                (f"turn {turn} of one conversation, p50 (ms)", [item.turn_cost_ms[turn] for item in results], "less")
            )
    rows.append(("start until the first answer (s)", [item.start_s for item in results], "less"))
    rows.append(("resident memory after the start (MB)", [item.memory_start_mb for item in results], "less"))
    rows.append(("resident memory at the end (MB)", [item.memory_end_mb for item in results], "less"))
    both = len(results) > 1
    lines = ["", f"| | {' | '.join(item.name for item in results)} |{' ratio |' if both else ''}"]
    lines.append("|---" + "|--:" * (len(results) + both) + "|")
    for label, values, better in rows:
        ratio = (values[0] / values[1] if better == "more" else values[1] / values[0]) if both else 0.0
        lines.append(
            f"| {label} | {' | '.join(_figure(value) for value in values)} |" + (f" {ratio:.1f} × |" if both else "")
        )
    lines.append("")
    for item in results:
        if item.turn_cost_ms:
            times = item.turn_cost_ms[TURNS[-1]] / item.turn_cost_ms[TURNS[0]]
            lines.append(f"{item.name}: turn {TURNS[-1]} costs {times:.2f} × turn {TURNS[0]}.")
        lost = sum(load.unanswered for load in item.loads)
        lines.append(f"{item.name}: {sum(load.turns for load in item.loads)} turns, {lost} without a reply.")
    if stock is not None:
        lines.append(
            f"Stock model: {stock.examples} examples ({stock.share:.0%}), {stock.epochs} epochs, trained in "
            f"{stock.seconds:.0f} s; default pipeline and policies, versions as Rasa declares them."
        )
    lines.append(
        f"{_processor()}, {os.cpu_count()} cores; servers on core {', '.join(map(str, sorted(cores)))}; "
        f"Python {platform.python_version()}; {rounds} rounds; load average {os.getloadavg()[0]:.1f} at the end."
    )
    return "\n".join(lines)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _note(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
