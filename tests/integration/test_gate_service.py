"""The gate over models of a registry, with the real model on a handful of sentences."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import Conflict, ModelMissing, ModelNotTrusted
from bot.settings import ROOT, Settings
from bot.training import registry
from bot.training.gate.conversations import Player
from bot.training.gate.results import NotMeasured, Results, keep_results, kept_results, results_of_both
from bot.training.gate.service import GateResult, run_gate
from bot.training.records import ModelRecord
from tests.service import children, wait_until

CONVERSATIONS = """conversations:
- name: a greeting is answered
  language: en
  turns:
  - customer: hello
    owner: bot
- name: what is never said
  language: en
  turns:
  - customer: hello
    replies: [{contains: ["the moon is made of cheese"]}]
"""
FIRST, SECOND = "frontline-1.tar.gz", "frontline-2.tar.gz"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a few test sentences."""
    folder = tmp_path / "tests" / "understanding"
    folder.mkdir(parents=True)
    (folder / "first.en.tsv").write_text("greet\thello there\nemergency\tthere is a fire, help\n")
    (folder / "first.zh.tsv").write_text("check_balance\t帮我查一下话费余额\nout_of_scope\t明天股票会涨吗\n")
    return tmp_path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A registry with the serving model of this checkout, and once more as a candidate."""
    folder = tmp_path / "models"
    folder.mkdir()
    real = registry.verified_model(Settings.from_env().models_dir)
    for number, file in enumerate((FIRST, SECOND)):
        os.link(real, folder / file)
        record = ModelRecord(file, registry.digest_of(real), "data", f"2027-03-0{number + 1}", 60.0)
        (registry.add_candidate if number else registry.register)(folder, record)
    return folder


def judged(root: Path, models: Path, file: str, say: Callable[[str], None] = lambda line: None) -> GateResult:
    with Player(root, say) as player:
        return run_gate(root, models, file, say, player)


def test_a_model_goes_through_the_gate_and_is_compared(root: Path, models: Path) -> None:
    said: list[str] = []
    with pytest.raises(NotMeasured):
        results_of_both(models, FIRST, SECOND)
    result = judged(root, models, SECOND, said.append)
    assert result.passed and result.refusals == ()
    assert result.scores["total"] == 4 and result.scores["protected"] == {"emergency": {"right": 1, "total": 1}}
    kept = registry.read_registry(models).records[SECOND]
    assert (kept.gate, kept.scores, kept.ms) == (result.as_json(), result.scores, result.ms)
    assert any("not known" in line for line in said), "the serving model had to be measured"
    before, after = results_of_both(models, FIRST, SECOND)
    assert before.cases == after.cases
    assert registry.promote(models, SECOND) == (SECOND, FIRST)

    _, said[:] = registry.rollback(models), []
    (root / "tests" / "understanding" / "second.en.tsv").write_text("thank\tthanks a lot\n")
    assert judged(root, models, SECOND, said.append).scores["total"] == 5
    assert any("not known" in line for line in said), "the sentences are others"


def test_a_model_that_understands_an_emergency_worse_is_refused_and_cannot_be_promoted(
    root: Path, models: Path
) -> None:
    folder = root / "tests" / "understanding"
    (folder / "third.en.tsv").write_text("emergency\twhat does my bill say\n")
    judged(root, models, SECOND)
    known = kept_results(models, FIRST)
    assert known is not None
    better = [replace(case, got=case.wanted, right=True) for case in known.cases]
    keep_results(models, FIRST, Results(known.sentences, better))
    said: list[str] = []
    result = judged(root, models, SECOND, said.append)
    assert not any("not known" in line for line in said), "what the serving one made of these sentences is known"
    assert [item.rule for item in result.refusals] == ["protected"]
    assert "1 of 2" in result.refusals[0].why and "train again" in result.refusals[0].todo
    with pytest.raises(Conflict, match="gate"):
        registry.promote(models, SECOND)
    assert registry.verified_model(models).name == FIRST


def test_a_conversation_that_goes_another_way_is_named_with_its_place(root: Path, models: Path) -> None:
    for name in ("data", "domain.yml"):
        (root / name).symlink_to(ROOT / name)
    (root / "tests" / "conversations").mkdir()
    (root / "tests" / "conversations" / "test_general.yml").write_text(CONVERSATIONS)
    result = judged(root, models, SECOND)
    assert result.scores["conversations"] == {"passed": 1, "total": 2}
    [refusal] = result.refusals
    assert refusal.rule == "conversations"
    assert refusal.why.startswith("tests/conversations/test_general.yml, line 10, what is never said")
    (root / "tests" / "conversations" / "test_general.yml").write_text("conversations: [")
    [refusal] = [item for item in judged(root, models, SECOND).refusals if item.rule == "conversations"]
    assert refusal.rule == "conversations" and "test_general.yml, line 2" in refusal.why


@pytest.mark.parametrize("harm", [lambda content: content[:-100], lambda content: content[:500] + b"x" + content[501:]])
def test_a_damaged_model_does_not_come_to_the_gate(root: Path, models: Path, harm: Callable[[bytes], bytes]) -> None:
    content = (models / SECOND).read_bytes()
    (models / SECOND).unlink()
    (models / SECOND).write_bytes(harm(content))
    with pytest.raises(ModelNotTrusted, match=SECOND):
        judged(root, models, SECOND)
    with pytest.raises(ModelMissing):
        judged(root, models, "frontline-3.tar.gz")


def test_a_service_that_was_made_ready_for_nothing_is_gone_with_the_player(root: Path) -> None:
    for name in ("data", "domain.yml"):
        (root / name).symlink_to(ROOT / name)
    (root / "tests" / "conversations").mkdir()
    (root / "tests" / "conversations" / "test_general.yml").write_text(CONVERSATIONS)
    with Player(root, lambda line: None) as player:
        assert wait_until(lambda: bool(children("bot.training.sandbox")), 60)
    assert children("bot.training.sandbox") == []
    [refusal] = player.played().refusals
    assert "no model" in refusal.why
