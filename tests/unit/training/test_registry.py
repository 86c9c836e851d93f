"""The registry of models: who serves, what is trusted, and what happens to a registry that somebody broke."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BotError, Conflict, ModelMissing, ModelNotTrusted, ModelsReadOnly, NoSuchModel
from bot.training import registry
from bot.training.records import KEPT_BESIDE, ModelRecord, Trial

PASSED = {"passed": True, "refusals": [], "at": "2027-03-01T10:00:00+00:00"}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def made(models: Path, number: int) -> ModelRecord:
    """An archive and the record that training makes of it."""
    file = models / f"frontline-{number:02}.tar.gz"
    file.write_bytes(b"model %d " % number * 100)
    return ModelRecord(
        file=file.name,
        sha256=registry.digest_of(file),
        fingerprint=f"data {number}",
        trained_at=f"2027-03-01T10:00:{number:02}+00:00",
        seconds=60.0,
        size_bytes=file.stat().st_size,
    )


def candidate(models: Path, number: int, gate: dict[str, Any] = PASSED) -> str:
    file = registry.add_candidate(models, made(models, number)).file
    registry.note_gate(models, file, scores={"right": 9, "total": 10}, ms=4.0, gate=gate)
    return file


def rewritten(models: Path, change: Callable[[dict[str, Any]], None]) -> None:
    body = json.loads((models / "registry.json").read_text())
    change(body)
    (models / "registry.json").write_text(json.dumps(body))


def states(models: Path) -> dict[str, str]:
    found = registry.read_registry(models)
    return {file: found.state_of(file) for file in found.records}


def test_a_trained_model_serves_a_candidate_when_it_is_promoted_and_back_again(models: Path) -> None:
    with pytest.raises(ModelMissing):
        registry.verified_model(models)
    registry.register(models, made(models, 1))
    second = candidate(models, 2)
    assert registry.verified_model(models).name == "frontline-01.tar.gz"
    assert states(models) == {"frontline-01.tar.gz": "serving", second: "candidate"}

    before = registry.stamp(models)
    assert registry.promote(models, second) == (second, "frontline-01.tar.gz")
    assert registry.stamp(models) != before
    assert registry.verified_model(models).name == second
    assert registry.rollback(models) == ("frontline-01.tar.gz", second)
    assert states(models) == {"frontline-01.tar.gz": "serving", second: "previous"}
    assert registry.serving(models) == registry.read_registry(models).records["frontline-01.tar.gz"]


def test_what_is_on_trial_is_kept_and_its_trial_ends_with_the_next_promotion(models: Path) -> None:
    registry.register(models, made(models, 1))
    tried = candidate(models, 2)
    with registry.trial_changed(models) as change:
        change.try_out(Trial(tried, 0.1, "2027-03-01T10:00:00+00:00", "xue"))
    for number in range(3, 3 + KEPT_BESIDE + 1):
        candidate(models, number)
    assert states(models)[tried] == "candidate", "newer ones do not push it out"
    assert registry.read_registry(models).trial == Trial(tried, 0.1, "2027-03-01T10:00:00+00:00", "xue")
    registry.promote(models, "frontline-05.tar.gz")
    assert registry.read_registry(models).trial is None


def test_only_what_passed_the_gate_is_promoted(models: Path) -> None:
    registry.register(models, made(models, 1))
    with pytest.raises(Conflict):
        registry.rollback(models)
    refused = candidate(models, 2, {**PASSED, "passed": False})
    unseen = registry.add_candidate(models, made(models, 3)).file
    for file in (refused, unseen):
        with pytest.raises(Conflict):
            registry.promote(models, file)
    with pytest.raises(NoSuchModel):
        registry.promote(models, "frontline-99.tar.gz")
    assert registry.verified_model(models).name == "frontline-01.tar.gz"


def cut_short(models: Path, file: str) -> None:
    content = (models / file).read_bytes()
    (models / file).write_bytes(content[:-7])


def one_byte_changed(models: Path, file: str) -> None:
    content = bytearray((models / file).read_bytes())
    content[len(content) // 2] ^= 1
    (models / file).write_bytes(content)


def other_archive_with_its_digest(models: Path, file: str) -> None:
    """Somebody who may write the folder puts in a model of their own, and its digest into the registry."""
    (models / file).write_bytes(b"something else")

    def change(body: dict[str, Any]) -> None:
        record = next(item for item in body["models"] if item["file"] == file)
        record["sha256"] = registry.digest_of(models / file)

    rewritten(models, change)


def gate_passed_by_hand(models: Path, file: str) -> None:
    rewritten(models, lambda body: next(x for x in body["models"] if x["file"] == file)["gate"].update(at="never"))


def other_signature(models: Path, file: str) -> None:
    def change(body: dict[str, Any]) -> None:
        record = next(item for item in body["models"] if item["file"] == file)
        record["signature"] = next(x["signature"] for x in body["models"] if x["file"] != file)

    rewritten(models, change)


def no_signature(models: Path, file: str) -> None:
    rewritten(models, lambda body: next(x for x in body["models"] if x["file"] == file).pop("signature"))


def registry_as_it_was_before_signatures(models: Path, file: str) -> None:
    record = registry.read_registry(models).records[file]
    names = ("file", "sha256", "fingerprint", "trained_at", "seconds")
    body = {"serving": {name: getattr(record, name) for name in names}, "previous": None}
    (models / "registry.json").write_text(json.dumps(body))


@pytest.mark.parametrize(
    "harm",
    [
        cut_short,
        one_byte_changed,
        other_archive_with_its_digest,
        gate_passed_by_hand,
        other_signature,
        no_signature,
        registry_as_it_was_before_signatures,
    ],
)
def test_what_was_cut_short_changed_or_not_signed_is_not_loaded_and_the_serving_one_goes_on(
    models: Path, harm: Callable[[Path, str], None]
) -> None:
    registry.register(models, made(models, 1))
    file = candidate(models, 2)
    harm(models, file)
    with pytest.raises(ModelNotTrusted, match=file):
        registry.verified_model(models, file)
    assert not registry.is_trusted(models, registry.read_registry(models).records[file])
    if harm is not registry_as_it_was_before_signatures:
        with pytest.raises(ModelNotTrusted, match=file):
            registry.promote(models, file)
        assert registry.verified_model(models).name == "frontline-01.tar.gz"


def test_a_service_starts_with_the_model_before_when_the_serving_one_is_damaged(models: Path) -> None:
    registry.register(models, made(models, 1))
    second = candidate(models, 2)
    registry.promote(models, second)
    assert registry.model_to_start(models).name == second
    one_byte_changed(models, second)
    assert registry.model_to_start(models).name == "frontline-01.tar.gz"
    (models / "frontline-01.tar.gz").unlink()
    with pytest.raises(ModelNotTrusted, match=second):
        registry.model_to_start(models)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 2,\n "serving": oops}', "line 2"),
        ("[]", "no registry"),
        ('{"format": 3}', "format 3"),
        ('{"format": 2, "serving": "x.tar.gz", "previous": null, "canary": null, "models": []}', "x.tar.gz"),
        (
            '{"format": 2, "serving": null, "previous": null, "canary": null, "models": [{"file": "../x"}]}',
            "no registry",
        ),
    ],
)
def test_a_broken_registry_is_said_and_stays_until_a_model_is_trained(models: Path, text: str, said: str) -> None:
    registry.register(models, made(models, 1))
    (models / "registry.json").write_text(text)
    attempts: list[Callable[[], object]] = [
        lambda: registry.verified_model(models),
        lambda: registry.promote(models, "frontline-01.tar.gz"),
        lambda: registry.add_candidate(models, made(models, 2)),
    ]
    for attempt in attempts:
        with pytest.raises(ModelNotTrusted, match=said):
            attempt()
    assert (models / "registry.json").read_text() == text
    registry.register(models, made(models, 3))
    assert registry.verified_model(models).name == "frontline-03.tar.gz"
    assert (models / "registry.json.broken").read_text() == text


def test_a_registry_from_before_signatures_is_signed_at_the_first_look(models: Path) -> None:
    records = [made(models, number) for number in (1, 2)]
    names = ("file", "sha256", "fingerprint", "trained_at", "seconds")
    old, new = ({name: getattr(item, name) for name in names} for item in records)
    (models / "registry.json").write_text(json.dumps({"serving": new, "previous": old}))
    assert registry.verified_model(models).name == "frontline-02.tar.gz"
    assert states(models) == {"frontline-01.tar.gz": "previous", "frontline-02.tar.gz": "serving"}
    key = models.parent / "var" / "models.secret"
    assert key.stat().st_mode & 0o077 == 0
    no_signature(models, "frontline-02.tar.gz")
    with pytest.raises(ModelNotTrusted, match="not signed"):
        registry.verified_model(models)


def test_a_registry_that_another_installation_signed_is_not_taken(models: Path) -> None:
    registry.register(models, made(models, 1))
    (models.parent / "var" / "models.secret").write_text("0" * 64)
    with pytest.raises(ModelNotTrusted, match="not signed by this installation"):
        registry.verified_model(models)


def test_where_no_key_can_be_kept_digests_count(models: Path) -> None:
    registry.register(models, made(models, 1))
    folder = models.parent / "var"
    (folder / "models.secret").unlink()
    folder.rmdir()
    folder.write_text("no folder can be made here")
    assert registry.verified_model(models).name == "frontline-01.tar.gz"
    with pytest.raises(ModelsReadOnly):
        registry.rollback(models)
    one_byte_changed(models, "frontline-01.tar.gz")
    with pytest.raises(ModelNotTrusted):
        registry.verified_model(models)


def test_the_oldest_archives_go_but_never_what_serves_or_served_before(models: Path) -> None:
    registry.register(models, made(models, 1))
    registry.promote(models, candidate(models, 2))
    (models / "20270301-101010-other.tar.gz").write_bytes(b"of somebody else")
    for number in range(3, 3 + KEPT_BESIDE + 2):
        candidate(models, number)
    kept = states(models)
    assert list(kept.values()).count("candidate") == KEPT_BESIDE
    assert {"frontline-01.tar.gz", "frontline-02.tar.gz"} < set(kept)
    assert "frontline-03.tar.gz" not in kept
    there = {path.name for path in models.glob("*.tar.gz")}
    assert there == {*kept, "20270301-101010-other.tar.gz"}


def test_an_archive_that_a_dead_training_left_goes_a_running_one_stays(models: Path) -> None:
    left, running = models / "frontline-left.tar.gz", models / "frontline-running.tar.gz"
    for file in (left, running):
        file.write_bytes(b"half a model")
    os.utime(left, (0, 0))
    registry.register(models, made(models, 1))
    assert (left.exists(), running.exists()) == (False, True)


def test_processes_that_register_at_once_lose_nothing(models: Path) -> None:
    registry.register(models, made(models, 0))
    records = [made(models, number) for number in range(1, KEPT_BESIDE + 1)]
    failed: list[BaseException] = []

    def add(record: ModelRecord) -> None:
        try:
            registry.add_candidate(models, record)
        except BotError as exc:
            failed.append(exc)

    threads = [threading.Thread(target=add, args=(record,)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert set(states(models)) == {"frontline-00.tar.gz", *(record.file for record in records)}


def test_a_block_that_fails_changes_nothing(models: Path) -> None:
    registry.register(models, made(models, 1))
    before = (models / "registry.json").read_bytes()
    with pytest.raises(ZeroDivisionError), registry.trial_changed(models) as change:
        change.put(replace(made(models, 2), by="xue"))
        raise ZeroDivisionError
    assert (models / "registry.json").read_bytes() == before
