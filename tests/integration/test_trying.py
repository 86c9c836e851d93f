"""Trying a sentence and a whole chat with real models, in real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.errors import BadRequest, InvalidText, ModelNotTrusted, NoSuchModel
from bot.settings import ROOT, Settings
from bot.training.jobs.processes import ProcessId
from bot.training.records import ModelRecord
from bot.training.registry import add_candidate, digest_of, register, verified_model
from bot.training.sandbox.customer import NotTaken
from bot.training.trying.chats import ChatOver, Chats, ChatTaken, chat_key
from bot.training.trying.models import TriedModels
from bot.training.trying.sentences import Sentences
from tests.integration.training_repository import LEI, XUE
from tests.service import Service

_START_S = 180.0


def _now() -> datetime:
    return datetime.now(timezone.utc)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with one that serves, a candidate, and a candidate that was cut short afterwards."""
    settings = Settings.from_env()
    archive = Path(settings.model) if settings.model else verified_model(settings.models_dir)
    folder = tmp_path_factory.mktemp("models")
    for name in ("serving", "candidate"):
        os.link(archive, folder / f"{name}.tar.gz")
    (folder / "cut.tar.gz").write_bytes(archive.read_bytes()[:100_000])
    for name in ("serving", "candidate", "cut"):
        file = folder / f"{name}.tar.gz"
        record = ModelRecord(file.name, digest_of(file), "fingerprint", _now().isoformat(), 1.0)
        (register if name == "serving" else add_candidate)(folder, record)
    with (folder / "cut.tar.gz").open("ab") as stream:
        stream.write(b"more")
    return folder


@pytest.fixture(scope="module")
def sentences(models: Path) -> Any:
    trying = Sentences(TriedModels(models, None), _now)
    yield trying
    trying.close()


async def test_a_sentence_is_understood_and_explained(sentences: Sentences) -> None:
    found = await sentences.understood("my internet is very slow since 2 days", None)
    assert (found["model"], found["intent"], found["refused"]) == ("serving.tar.gz", "report_broadband_fault", False)
    assert found["ranking"][0]["intent"] == "report_broadband_fault" and len(found["ranking"]) == 5
    assert {"entity": "symptom", "value": "slow"}.items() <= found["entities"][0].items() or any(
        item["value"] == "slow" for item in found["entities"]
    )
    assert len(found["nearest"]) == 5 and 0 < found["nearest"][0]["likeness"] <= 1
    assert {item["text"] for item in found["tokens"]} & {"internet", "slow"}
    assert found["serving"] is None


async def test_a_candidate_is_compared_with_what_serves(sentences: Sentences) -> None:
    found = await sentences.understood("帮我查话费", "candidate.tar.gz")
    assert (found["model"], found["language"]) == ("candidate.tar.gz", "zh")
    assert found["serving"] == {key: found[key] for key in ("intent", "confidence", "refused")} | {
        "model": "serving.tar.gz"
    }


async def test_what_nobody_can_understand_is_refused(sentences: Sentences) -> None:
    found = await sentences.understood("qwe zxcvb rtyu", None)
    assert (found["intent"], found["refused"]) == ("out_of_scope", True)
    for text in ("", "   ", "a" * 4_001, None, 7):
        with pytest.raises(InvalidText):
            await sentences.understood(text, None)


async def test_a_model_that_is_not_there_or_was_changed_is_not_loaded(sentences: Sentences) -> None:
    with pytest.raises(NoSuchModel):
        await sentences.understood("hello", "../../etc/passwd")
    with pytest.raises(ModelNotTrusted, match=r"cut\.tar\.gz"):
        await sentences.understood("hello", "cut.tar.gz")
    assert (await sentences.understood("hello", None))["intent"] == "greet"


def test_a_model_is_loaded_once_until_its_memory_is_given_back(models: Path) -> None:
    tried = TriedModels(models, None)
    first = tried.opened(None)
    assert tried.opened("serving.tar.gz") is first
    tried.forget()
    assert tried.opened(None) is not first


@pytest.fixture
async def chats(models: Path, redis: Redis, service: Service, tmp_path: Path) -> AsyncIterator[Chats]:
    cache = service.data_dir / "cache"
    trying = Chats(tmp_path / "chat", TriedModels(models, None), redis, ROOT / "data", cache, _now)
    yield trying
    await trying.close()


async def _until(done: Callable[[], Awaitable[bool]], seconds: float = _START_S) -> None:
    ends = asyncio.get_running_loop().time() + seconds
    while not await done():
        assert asyncio.get_running_loop().time() < ends, "it did not happen in time"
        await asyncio.sleep(0.05)


def _processes(folder: Path) -> list[int]:
    """The processes that were started for a folder: the service, and its Redis."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(folder).encode() in (entry / "cmdline").read_bytes() or str(folder) == os.readlink(
                    entry / "cwd"
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


async def test_a_chat_is_talked_with_and_is_failed_when_its_service_is_killed(chats: Chats, tmp_path: Path) -> None:
    begun = await chats.begin(XUE, {"language": "en", "model": "candidate.tar.gz"})
    assert (begun["state"], begun["model"]) == ("starting", "candidate.tar.gz")
    with pytest.raises(ChatTaken, match="Xue Zhao"):
        await chats.begin(LEI, {"language": "en"})

    async def ready() -> bool:
        state = await chats.read(XUE, begun["id"])
        assert state["state"] != "failed", state["error"]
        return bool(state["state"] == "ready")

    await _until(ready)
    [welcome] = (await chats.read(XUE, begun["id"]))["messages"]
    assert welcome["buttons"]
    said = await chats.say(XUE, begun["id"], {"text": "how do I top up?"})
    assert said["understood"]["intent"] == "top_up"
    assert [item["author"]["kind"] for item in said["messages"]][:2] == ["customer", "bot"]
    pressed = await chats.say(XUE, begun["id"], {"payload": welcome["buttons"][0]["id"]})
    assert pressed["messages"][0]["text"] == welcome["buttons"][0]["label"]
    assert len((await chats.read(XUE, begun["id"]))["messages"]) >= 5
    with pytest.raises(NotTaken):
        await chats.say(XUE, begun["id"], {"payload": "no such button"})
    with pytest.raises(ChatOver):
        await chats.read(LEI, begun["id"])
    for body in ({}, {"text": "a", "payload": "b"}, {"text": 1}):
        with pytest.raises(BadRequest):
            await chats.say(XUE, begun["id"], body)

    [service] = [
        pid for pid in _processes(tmp_path / "chat") if b"sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    lowest = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 19)
    assert os.getpriority(os.PRIO_PROCESS, service) == lowest
    os.kill(service, signal.SIGKILL)

    assert (await chats.read(XUE, begun["id"]))["state"] == "failed"

    async def known() -> bool:
        return "ended from outside" in (await chats.read(XUE, begun["id"]))["error"]

    await _until(known, 20)

    async def gone() -> bool:
        return not _processes(tmp_path / "chat") and not (tmp_path / "chat").exists()

    await _until(gone, 20)


async def test_a_customer_of_the_demo_chats_until_nobody_writes_any_more(
    chats: Chats, redis: Redis, tmp_path: Path
) -> None:
    first = await chats.begin(LEI, {"language": "zh"})
    await chats.end(LEI, first["id"])  # while it starts
    begun = await chats.begin(LEI, {"language": "zh", "customer": "customer_basic"})

    async def ready() -> bool:
        state = await chats.read(LEI, begun["id"])
        assert state["state"] != "failed", state["error"]
        return bool(state["state"] == "ready")

    await _until(ready)
    said = await chats.say(LEI, begun["id"], {"text": "查话费余额"})
    assert "¥" in said["messages"][1]["text"]
    assert await redis.pttl(chat_key()) > 14 * 60 * 1000

    await redis.pexpire(chat_key(), 50)
    await redis.publish(chat_key(), "look")  # as whoever changes it does

    async def over() -> bool:
        return not _processes(tmp_path / "chat") and not (tmp_path / "chat").exists()

    await _until(over, 30)
    with pytest.raises(ChatOver):
        await chats.say(LEI, begun["id"], {"text": "还在吗"})


async def test_a_chat_of_a_service_that_is_gone_is_over_even_if_its_number_is_in_use_again(
    chats: Chats, redis: Redis
) -> None:
    begun = await chats.begin(XUE, {"language": "zh"})
    kept = json.loads(await redis.get(chat_key()) or "")
    gone = replace(ProcessId.parsed(kept["worker"]), began="1")
    await redis.set(chat_key(), json.dumps({**kept, "worker": str(gone)}))
    with pytest.raises(ChatOver):
        await chats.read(XUE, begun["id"])
    assert (await chats.begin(LEI, {"language": "zh"}))["state"] == "starting"


async def test_what_cannot_be_begun_is_told(chats: Chats) -> None:
    for body in ({"language": "fr"}, {"language": "zh", "customer": "the queen"}, {"language": "zh", "model": 3}):
        with pytest.raises(BadRequest):
            await chats.begin(XUE, body)
    with pytest.raises(NoSuchModel):
        await chats.begin(XUE, {"language": "zh", "model": "unknown.tar.gz"})
    with pytest.raises(ModelNotTrusted):
        await chats.begin(XUE, {"language": "zh", "model": "cut.tar.gz"})
    with pytest.raises(ChatOver):
        await chats.read(XUE, "nothing")
