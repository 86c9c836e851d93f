"""`make bench-nlu` on a small set: the real pipeline is trained, asked and summed up."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.nlu_data import BadDataFolder, Rows, draw_shots, read_sets
from bench.nlu_score import Answer, score, summary

ROOT = Path(__file__).resolve().parents[2]
THINGS = ("card", "account", "transfer", "payment", "phone", "app", "statement", "passport")
TRAIN = {
    "lost": "I lost my {} | my {} is gone | cannot find my {} anywhere",
    "price": "what does the {} cost | how much is the {} | price of a {} please",
    "arrival": "when will the {} arrive | my {} has not come yet | still waiting for the {}",
}
TEST = {
    "lost": "the {} was lost yesterday",
    "price": "tell me how much a {} costs",
    "arrival": "has the {} not arrived",
}
OUTSIDE = (
    "who won the football match",
    "write me a poem about spring",
    "is it going to rain in Paris",
    "recommend a good film for tonight",
    "how tall are giraffes",
    "translate hello into Greek",
    "play some jazz music",
    "best recipe for tomato soup",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "small"
    place.mkdir()
    train = [
        (form.strip().format(t), label) for label, forms in TRAIN.items() for form in forms.split("|") for t in THINGS
    ]
    train.append(("never to be learned from", "oos"))
    _write(place / "train.csv", train)
    inside = [(form.format(thing), label) for label, form in TEST.items() for thing in THINGS]
    _write(place / "test.csv", inside + [(text, "oos") for text in OUTSIDE])
    return place


def _write(file: Path, rows: list[tuple[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *rows])


def test_a_small_set_is_learned_and_every_figure_is_said(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "bench.nlu", str(folder), "--shots", "10", "--seeds", "2"]
    done = subprocess.run(
        [*command, "--cache", str(tmp_path / "cache")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (
        "small: 30 of 72 training rows (10 an intent, 2 draws), 3 intents, 24 test rows inside, 8 outside"
        in done.stdout
    )
    line = next(line for line in done.stdout.splitlines() if "frontline" in line)
    figures = re.search(
        r"accuracy ([\d.]+) ± .*with threshold .*out of scope caught ([\d.]+) ±.*calibration error", line
    )
    assert figures, line
    assert float(figures[1]) > 90
    assert float(figures[2]) > 50
    assert re.search(r"training [\d.]+ s, [\d.]+ ms a message \(p50\), peak \d+ MB", line)
    assert len(list((tmp_path / "cache").iterdir())) == 3, "vectors of two draws and of one test file are kept"


def test_rows_outside_are_never_trained_on(folder: Path) -> None:
    (read,) = read_sets(folder.parent)
    assert "oos" not in read.train.labels
    assert "oos" in read.test.labels


def test_a_draw_takes_as_many_of_each_and_the_same_for_a_seed(folder: Path) -> None:
    rows = read_sets(folder)[0].train
    drawn = draw_shots(rows, 5, 1)
    assert {label: drawn.labels.count(label) for label in set(drawn.labels)} == {"lost": 5, "price": 5, "arrival": 5}
    assert drawn == draw_shots(rows, 5, 1)
    assert drawn != draw_shots(rows, 5, 2)


def test_a_folder_without_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDataFolder, match=r"no train\.csv"):
        read_sets(tmp_path)


def test_figures_are_those_of_the_answers() -> None:
    test = Rows(("a", "b", "c", "d", "e"), ("x", "x", "y", "y", "oos"))
    answers = [
        Answer("x", 1.0, False),
        Answer("y", 1.0, False),
        Answer("y", 0.5, True),
        Answer("y", 0.5, False),
        Answer("x", 0.2, True),
    ]
    got = score(test, answers, 1.0, 2.0, 3.0)
    assert (got.accuracy, got.answered, got.refused, got.outside_caught) == (75.0, 50.0, 25.0, 100.0)
    # at confidence 1 half are right, at 0.5 all are: each bin holds two of four rows and is off by a half
    assert got.calibration_error == pytest.approx(0.5)
    assert "accuracy 75.00 ± 0.00" in summary([got, got])
