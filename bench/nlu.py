"""Accuracy, refusal, speed and memory of the language understanding on public intent sets, beside Rasa's DIET.

    python -m bench.nlu DIR                               the set in DIR, or each set in its sub-folders, all of it
    python -m bench.nlu DIR --shots 10 --seeds 5          ten examples of each intent, drawn five times
    python -m bench.nlu DIR --peer diet                   Rasa's default pipeline on the same split, 100 epochs

A set is a folder with `train.csv` and `test.csv`, columns `text,label`; rows labelled `oos` lie outside and are only
scored. Our side is what `config.yml` says, for every set alike; its threshold is measured in training, by
cross-validation, never on the test. Everything runs on one thread. `docs/understanding.md` has the figures.
"""

from __future__ import annotations

from bot.logs import prepare_environment

prepare_environment()  # before anything imports numpy

import argparse  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from threadpoolctl import threadpool_limits  # noqa: E402

from bench.nlu_data import OUTSIDE, BadDataFolder, IntentSet, Rows, draw_shots, read_sets  # noqa: E402
from bench.nlu_diet import PeerFailed, run_diet  # noqa: E402
from bench.nlu_ours import run_ours  # noqa: E402
from bench.nlu_score import Score, summary  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "nlu"
_EPOCHS = 100

PUBLISHED = {
    ("banking77", False): (
        "accuracy 93.7, fine-tuned BERT",
        "accuracy 93.4, USE with ConveRT",
    ),
    ("banking77", True): (
        "accuracy 85.2, USE with ConveRT",
        "accuracy 89.8, ICDA, with synthetic data",
        "accuracy 66.9, Rasa's default",
    ),
    ("clinc150", False): (
        "accuracy 96.9 without threshold, BERT",
        "accuracy 91.5 without threshold, Rasa in 2019",
        "with threshold 96.2, out of scope caught 52.3, BERT",
        "with threshold 90.9, out of scope caught 31.2, Rasa in 2019",
        "with threshold 90.8, out of scope caught 26.7, Dialogflow",
    ),
}
"""Set and whether few examples an intent are given (ten) → what others report."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when the data or the peer fails."""
    given = _parser().parse_args(arguments)
    try:
        with threadpool_limits(1):
            for one in read_sets(given.data):
                _measure(one, given)
    except (BadDataFolder, PeerFailed) as exc:
        print(f"bench: {exc}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.nlu", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder of a set, or of several")
    parser.add_argument("--shots", type=int, default=0, help="examples of each intent (0: all)")
    parser.add_argument("--seeds", type=int, default=1, help="how many times the examples are drawn (1)")
    parser.add_argument("--peer", choices=("diet",), help="what to measure beside ours")
    parser.add_argument("--peer-epochs", type=int, default=_EPOCHS, help=f"of the peer ({_EPOCHS})")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml", help="our configuration (config.yml)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where sentence vectors are kept (.cache/nlu)")
    return parser


def _measure(one: IntentSet, given: argparse.Namespace) -> None:
    seeds = range(given.seeds) if given.shots else range(1)
    splits = [draw_shots(one.train, given.shots, seed) if given.shots else one.train for seed in seeds]
    served = sum(label != OUTSIDE for label in one.test.labels)
    drawn = f"{given.shots} an intent, {len(splits)} draws" if given.shots else "all"
    print(
        f"\n{one.name}: {len(splits[0])} of {len(one.train)} training rows ({drawn}), {len(set(one.train.labels))} "
        f"intents, {served} test rows inside, {len(one.test) - served} outside",
        flush=True,
    )
    ours = [run_ours(given.config, given.cache, train, one.test) for train in splits]
    _say("frontline", ours)
    if given.peer:
        _say(f"Rasa's default, {given.peer_epochs} epochs", [_peer(train, one.test, given) for train in splits])
    for line in PUBLISHED.get((one.name, bool(given.shots)), ()):
        print(f"  published: {line}", flush=True)


def _peer(train: Rows, test: Rows, given: argparse.Namespace) -> Score:
    with tempfile.TemporaryDirectory() as folder:
        return run_diet(Path(folder), train, test, given.peer_epochs)


def _say(name: str, runs: Sequence[Score]) -> None:
    print(f"  {name}: {summary(runs)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
