"""The peer of `bench.nlu`: Rasa's default pipeline with DIET, trained and asked in a process of its own.

    python -m bench.nlu_diet ROWS.json RESULT.json

Read from ROWS.json: `{"train": {"texts", "labels"}, "test": {…}, "epochs": 100}`. TensorFlow is kept to one thread.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_INTRA_OP_PARALLELISM_THREADS", "1")
os.environ.setdefault("TF_INTER_OP_PARALLELISM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")

import asyncio  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from dataclasses import asdict  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from bench.nlu_data import Rows  # noqa: E402
from bench.nlu_score import Answer, Score, score  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
_FALLBACK = "nlu_fallback"
_TIMED = 500
_MS = 1000.0
_KIB_IN_MB = 1024.0

DEFAULT_PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 7},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
"""What `rasa init` of Rasa 3.6 writes, without the response selector, which these sets do not use; one seed fixed."""


class PeerFailed(Exception):
    """The peer's process ended with an error; the message has the end of its output."""


def run_diet(folder: Path, train: Rows, test: Rows, epochs: int) -> Score:
    """Train and ask the peer in a process of its own.

    Raises:
        PeerFailed: that process ended with an error.
    """
    rows, result = folder / "rows.json", folder / "result.json"
    rows.write_text(json.dumps({"train": asdict(train), "test": asdict(test), "epochs": epochs}), "utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "bench.nlu_diet", str(rows), str(result)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerFailed(done.stderr[-2000:])
    return Score(**json.loads(result.read_text("utf-8")))


def main(arguments: list[str]) -> int:
    """Train, ask and write the figures."""
    given = json.loads(Path(arguments[0]).read_text("utf-8"))
    train, test = (Rows(tuple(given[part]["texts"]), tuple(given[part]["labels"])) for part in ("train", "test"))
    with tempfile.TemporaryDirectory() as folder:
        measured = _measure(Path(folder), train, test, int(given["epochs"]))
    Path(arguments[1]).write_text(json.dumps(asdict(measured)), "utf-8")
    return 0


def _measure(folder: Path, train: Rows, test: Rows, epochs: int) -> Score:
    warnings.filterwarnings("ignore")
    from rasa.model_training import train_nlu

    from bot.assistant.understanding import Understanding

    pipeline = [
        {**entry, "epochs": epochs} if entry["name"] == "DIETClassifier" else entry for entry in DEFAULT_PIPELINE
    ]
    config = {"recipe": "default.v1", "assistant_id": "peer", "language": "en", "pipeline": pipeline}
    (folder / "config.yml").write_text(json.dumps(config), "utf-8")
    (folder / "nlu.yml").write_text(_training_file(train), "utf-8")
    began = time.perf_counter()
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    train_s = time.perf_counter() - began
    if model is None:
        raise PeerFailed("Rasa made no model.")
    understanding = Understanding.from_archive(Path(model))
    answers, times = [], []
    for text in test.texts:
        asked = time.perf_counter()
        data = asyncio.run(understanding.parse(text))
        times.append(_MS * (time.perf_counter() - asked))
        best = next(entry for entry in data["intent_ranking"] if entry["name"] != _FALLBACK)
        answers.append(Answer(str(best["name"]), float(best["confidence"]), data["intent"]["name"] == _FALLBACK))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MB
    return score(test, answers, train_s, statistics.median(times[:_TIMED]), memory_mb)


def _training_file(rows: Rows) -> str:
    """Rasa's YAML; the intents as JSON, which is a part of it. Rasa looks for a line that begins with `nlu:`."""
    intents = []
    for label in sorted(set(rows.labels)):
        own = [" ".join(t.split()) for t, given in zip(rows.texts, rows.labels, strict=True) if given == label]
        intents.append({"intent": label, "examples": "".join(f"- {text}\n" for text in own)})
    return f'version: "3.1"\nnlu: {json.dumps(intents, ensure_ascii=False)}\n'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
