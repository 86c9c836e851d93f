"""Patterns of entities, previews of responses and the counts beside intents, over HTTP on real git."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest_asyncio
from redis.asyncio import Redis

from bot.assistant.nlu.entities import read_patterns
from bot.database import Database
from bot.schema import inbox_groups
from tests.integration.training_repository import git, installation_in
from tests.integration.workbench_setup import Pages, served, workbench_in

NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)
_PATH = "data/entities/product.jsonl"
_LINES = (
    '{"label": "product", "pattern": "宽带", "id": "broadband"}\n'
    '{"label": "product", "pattern": "fibre", "id": "broadband"}\n'
    '{"label": "product", "pattern": [{"LOWER": "tv"}, {"LOWER": "box"}], "id": "tv"}\n'
)


@pytest_asyncio.fixture
async def pages(database: Database, redis: Redis, tmp_path: Path) -> AsyncIterator[Pages]:
    installation = installation_in(tmp_path / "installation")
    (installation / "data" / "entities").mkdir()
    (installation / _PATH).write_text(_LINES, "utf-8")
    domain = installation / "domain.yml"
    domain.write_text(domain.read_text("utf-8") + "\nentities:\n- product\n- amount\n", "utf-8")
    git(installation, "add", "-A")
    git(installation, "commit", "-q", "-m", "Entities")
    workbench = workbench_in(tmp_path, database, lambda: NOW)
    async with served(workbench, database, redis) as running:
        yield running


def _copy(tmp_path: Path) -> Path:
    return tmp_path / "var" / "training" / "copies" / "xue"


async def _call(pages: Pages, method: str, body: dict[str, Any], entity: str = "product") -> tuple[int, dict[str, Any]]:
    return await pages.xue.call(method, f"/entities/{entity}/patterns", json=body)


async def test_patterns_are_listed_added_changed_and_removed(pages: Pages, tmp_path: Path) -> None:
    marks = [{"entity": "product", "start": 0, "end": 3, "value": "mobile"}]
    await pages.xue.post("/intents/check_bill/examples", {"language": "en", "text": "sim bill", "entities": marks})
    product, amount = (await pages.xue.get("/entities"))["entities"]
    assert (product["entity"], product["path"], len(product["patterns"])) == ("product", _PATH, 3)
    assert product["patterns"][0] == {"line": 1, "pattern": "宽带", "id": "broadband"}
    assert product["synonyms"] == {"mobile": ["sim"]}
    assert amount == {"entity": "amount", "path": None, "patterns": [], "synonyms": {}}

    status, added = await _call(pages, "POST", {"pattern": " the  cable ", "id": "broadband"})
    assert (status, added["line"], added["pattern"]) == (201, 3, "the cable")
    status, added = await _call(pages, "POST", {"pattern": "手机", "id": "mobile", "new_value": True})
    assert (status, added["line"]) == (201, 5)
    assert (await _call(pages, "PUT", {"pattern": "fibre", "id": "broadband", "new_pattern": "fiber"}))[0] == 200
    assert await _call(pages, "DELETE", {"pattern": "the cable", "id": "broadband"}) == (200, {"path": _PATH})
    changed = _LINES.replace("fibre", "fiber") + '{"label": "product", "pattern": "手机", "id": "mobile"}\n'
    assert (_copy(tmp_path) / _PATH).read_text("utf-8") == changed
    assert len(read_patterns(_copy(tmp_path) / "data" / "entities")) == 4
    [diff] = (await pages.xue.get(f"/diff?path={_PATH}"))["files"]
    assert (diff["added"], diff["removed"]) == (2, 1)


async def test_what_cannot_be_a_pattern_changes_nothing(pages: Pages, tmp_path: Path) -> None:
    for method, body, entity, status, code in (
        ("POST", {"pattern": "", "id": "broadband"}, "product", 400, "bad_request"),
        ("POST", {"pattern": "x" * 101, "id": "broadband"}, "product", 400, "bad_request"),
        ("POST", {"pattern": "wire", "id": "broad band"}, "product", 400, "bad_request"),
        ("POST", {"pattern": "wire"}, "product", 400, "bad_request"),
        ("POST", {"pattern": "Fibre", "id": "tv"}, "product", 409, "pattern_known"),
        ("POST", {"pattern": "wire", "id": "broadbnad"}, "product", 422, "value_unknown"),
        ("POST", {"pattern": "wire", "id": "broadband"}, "shoe", 404, "not_found"),
        ("POST", {"pattern": "wire", "id": "broadband"}, "..%2F..%2Fdomain", 404, "not_found"),
        ("PUT", {"pattern": "wire", "id": "broadband", "new_pattern": "w"}, "product", 404, "not_found"),
        ("PUT", {"pattern": "fibre", "id": "broadband", "new_pattern": "宽带"}, "product", 409, "pattern_known"),
        ("DELETE", {"pattern": "fibre", "id": "tv"}, "product", 404, "not_found"),
    ):
        got, answer = await _call(pages, method, body, entity)
        assert (got, answer["error"]["code"]) == (status, code), (method, body)
    assert "line 2" in (await _call(pages, "POST", {"pattern": "fibre", "id": "tv"}))[1]["error"]["message"]
    assert (_copy(tmp_path) / _PATH).read_text("utf-8") == _LINES


async def test_a_broken_line_is_named_and_the_last_words_of_a_value_stay(pages: Pages, tmp_path: Path) -> None:
    await pages.xue.get("/entities")
    file = _copy(tmp_path) / _PATH
    file.write_text(_LINES.replace('{"label": "product", "pattern": "fibre", "id": "broadband"}\n', ""), "utf-8")
    status, answer = await _call(pages, "DELETE", {"pattern": "宽带", "id": "broadband"})
    assert (status, "last words" in answer["error"]["message"]) == (422, True)
    file.write_text(_LINES + "{broken\n", "utf-8")
    status, answer = await pages.xue.call("GET", "/entities")
    assert (status, answer["error"]["code"]) == (422, "data_file_wrong")
    assert answer["error"]["message"].startswith(f"{_PATH}, line 4:")


async def test_a_response_is_shown_with_its_values(pages: Pages) -> None:
    assert await pages.xue.post("/responses/utter_billing_due/preview", {"values": {"amount": 12}}) == {
        "zh": [{"id": "due_zh", "text": "应缴12。", "buttons": []}],
        "en": [{"id": "due_en", "text": "You owe 12.", "buttons": []}],
        "missing": [],
    }
    bare = await pages.xue.post("/responses/utter_billing_due/preview")
    assert (bare["en"][0]["text"], bare["missing"]) == ("You owe {amount}.", ["amount"])
    for path, body, status in (
        ("utter_none", {"values": {}}, 404),
        ("utter_billing_due", {"values": {"price": "1"}}, 422),
        ("utter_billing_due", {"values": ["amount"]}, 400),
        ("utter_billing_due", {"values": {"amount": {}}}, 400),
    ):
        assert (await pages.xue.call("POST", f"/responses/{path}/preview", json=body))[0] == status


async def test_intents_say_what_is_to_be_mended_and_what_waits(pages: Pages, database: Database) -> None:
    row = {
        "id": "g",
        "status": "open",
        "size": 7,
        "weight": 9,
        "text": "left?",
        "languages": {"en": 7},
        "reasons": {"low_confidence": 7},
        "tags": "|low_confidence|en|",
        "intent": "check_balance",
        "confidence": 0.3,
        "first_at": NOW,
        "last_at": NOW,
        "centre": b"",
    }
    async with database.write() as connection:
        await connection.execute(inbox_groups.insert().values(**row))
        await connection.execute(inbox_groups.insert().values(**{**row, "id": "done", "status": "decided"}))
    await pages.xue.post("/intents/check_bill/examples", {"language": "en", "text": "balance"})
    rows = {item["intent"]: item for item in (await pages.xue.get("/intents"))["intents"]}
    # too few examples in both languages, and one sentence that stands in both intents
    assert (rows["check_balance"]["waiting"], rows["check_balance"]["findings"]) == (7, 3)
    assert (rows["check_bill"]["waiting"], rows["check_bill"]["findings"]) == (0, 3)
