"""What binds the operator is edited, read by a second person, published, and told from then on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.database import Database
from bot.policies.rules import PolicyNotFound, load_policies
from tests.integration.training_repository import git, installation_in
from tests.integration.workbench_setup import Pages, served, workbench_in

PATH = "data/policies/repairs.yml"
RULES = """# What a late repair is worth.
policies:
  - id: repair_fixed
    value: {number: 48, unit: hour}  # of the calendar
    text:
      zh: "{number}小时内修好。"
      en: "We mend it within {number} hours."
    source: "the regulator's own page"
    source_kind: official
    effective_date: 2019-12-01
    region: CN
    enabled: true
  # somebody remembered it
  - id: repair_free
    value: {number: 1, unit: condition}
    text: {zh: "修理不收费。", en: "Repairs are free."}
    source: "remembered"
    source_kind: memory
    effective_date: null
    region: operator
    enabled: false
"""


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    root = installation_in(tmp_path / "installation")
    (root / PATH).parent.mkdir()
    (root / PATH).write_text(RULES, "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Rules")
    return root


@pytest_asyncio.fixture
async def pages(database: Database, redis: Redis, installation: Path, tmp_path: Path) -> AsyncIterator[Pages]:
    async with served(workbench_in(tmp_path, database), database, redis) as running:
        yield running


async def test_a_rule_is_changed_in_its_lines_alone_and_published_after_a_second_person_has_read_it(
    pages: Pages, installation: Path
) -> None:
    first, _ = (await pages.xue.get("/policies"))["policies"]
    assert (first["id"], first["number"], first["unit"], first["effective_date"]) == (
        "repair_fixed",
        48,
        "hour",
        "2019-12-01",
    )
    body = {"number": 36, "text": {"en": "It is mended within {number} hours."}, "effective_date": "2027-01-01"}
    status, changed = await pages.xue.call("PUT", "/policies/CN/repair_fixed", json=body)
    assert (status, changed["number"], changed["text"]["zh"]) == (200, 36, "{number}小时内修好。")
    [file] = (await pages.xue.get("/diff"))["files"]
    assert (file["path"], file["added"], file["removed"]) == (PATH, 3, 3)

    proposal = await pages.xue.post("/proposals", {"title": "Faster repairs"})
    refused = await pages.lei.post(f"/proposals/{proposal['id']}/publish")
    assert [item["rule"] for item in refused["gate"]["refusals"]] == ["second_person"]
    await pages.lei.post(f"/proposals/{proposal['id']}/approve")
    assert (await pages.lei.post(f"/proposals/{proposal['id']}/publish"))["published"]

    text = (installation / PATH).read_text("utf-8")
    assert "# of the calendar" in text and "# somebody remembered it" in text
    serving = load_policies(Path(installation / "data/policies"))
    assert serving.text("repair_fixed", "en") == "It is mended within 36 hours."


@pytest.mark.parametrize(
    ("rule", "body", "status", "case"),
    [
        ("CN/repair_fixed", {"text": {"zh": "很快修好。"}}, 422, "rule_number_missing"),
        ("operator/repair_free", {"text": {"en": "Repairs cost {number}."}}, 422, "rule_no_number"),
        ("operator/repair_free", {"enabled": True}, 422, "rule_memory"),
        ("CN/repair_fixed", {"number": 0}, 400, None),
        ("CN/repair_fixed", {"number": True}, 400, None),
        ("CN/repair_fixed", {"source_kind": "hearsay"}, 400, None),
        ("CN/repair_fixed", {"effective_date": "soon"}, 400, None),
        ("CN/repair_fixed", {"source": " "}, 400, None),
        ("CN/repair_fixed", {"enabled": "yes"}, 400, None),
        ("CN/repair_fixed", {"region": "GB"}, 400, None),
        ("GB/repair_fixed", {"number": 3}, 404, None),
    ],
)
async def test_what_cannot_be_a_rule_changes_nothing(
    pages: Pages, rule: str, body: dict[str, object], status: int, case: str | None
) -> None:
    got, answer = await pages.xue.call("PUT", f"/policies/{rule}", json=body)
    assert (got, answer["error"].get("cause", {}).get("case")) == (status, case)
    assert (await pages.xue.get("/diff"))["files"] == []


async def test_a_rule_is_put_in_force_once_somebody_has_read_a_source(pages: Pages) -> None:
    body = {"enabled": True, "source_kind": "operator", "source": "decided on 3 March"}
    status, changed = await pages.xue.call("PUT", "/policies/operator/repair_free", json=body)
    assert (status, changed["enabled"], changed["source"]) == (200, True, "decided on 3 March")


async def test_a_rule_that_was_broken_by_hand_is_named_and_not_published(pages: Pages, tmp_path: Path) -> None:
    copy = tmp_path / "var" / "training" / "copies" / "xue" / PATH
    await pages.xue.get("/policies")
    copy.write_text(RULES.replace("region: CN", "region: Mars"), "utf-8")
    status, answer = await pages.xue.call("GET", "/policies")
    assert (status, answer["error"]["cause"]["case"]) == (422, "file_rule")
    assert answer["error"]["message"].startswith(f"{PATH}: repairs.yml row 1 (repair_fixed)")
    proposal = await pages.xue.post("/proposals", {"title": "Mars"})
    await pages.lei.post(f"/proposals/{proposal['id']}/approve")
    [refusal] = (await pages.lei.post(f"/proposals/{proposal['id']}/publish"))["gate"]["refusals"]
    assert (refusal["rule"], refusal["case"]) == ("files_read", "file_rule")


def test_rules_that_were_read_again_are_told_by_whoever_holds_the_old_ones(installation: Path) -> None:
    folder = installation / "data/policies"
    held = load_policies(folder)
    (folder / "repairs.yml").write_text(RULES.replace("number: 48", "number: 24"), "utf-8")
    held.become(load_policies(folder))
    assert held.text("repair_fixed", "en") == "We mend it within 24 hours."
    with pytest.raises(PolicyNotFound):
        held.get("repair_free", "operator")
