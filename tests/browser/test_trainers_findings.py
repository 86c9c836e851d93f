"""What keeps the bot from learning, found on the trainers' pages and put right there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.service import Desk, Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
#: a search through all examples, on a machine that does much else
_JOB_MS = 240_000
_CALL_S = 60
_KINDS = ("Contradiction", "Odd one", "Nearly the same", "Twice", "Too few", "Lopsided", "Misspelt")


def _visit(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Trainers' pages").get_by_role("button", name=name).click()


def test_findings_of_every_kind_are_shown_and_put_right(small: Service, enter_bench: Callable[..., Page]) -> None:
    http, bench = Desk(small, "admin").http, f"{small.base}/api/v1/training"
    assert http.post(f"{bench}/copy/refresh", json={}, timeout=_CALL_S).status_code == 200
    emergencies = http.get(f"{bench}/intents/emergency", timeout=_CALL_S).json()["examples"]["en"]
    added = {
        "check_bill": ["show me the bill of may", "read me this one"],
        "check_balance": [
            "show me my bill of may",  # nearly the same
            "read me this one",  # a contradiction
            *(f"{item['text']} right now" for item in emergencies[:6]),  # in the wrong place
            "blance of march",
            *(f"balance of day {number}" for number in range(12)),
        ],
    }
    for intent, texts in added.items():
        for text in texts:
            body = {"language": "en", "text": text}
            status = http.post(f"{bench}/intents/{intent}/examples", json=body, timeout=_CALL_S).status_code
            assert status in (201, 409)  # they may stand there already, when this is tried once more
    folder = small.data_dir / "training" / "copies" / "admin" / "data" / "nlu"
    for language, count in (("en", 20), ("zh", 50)):
        rows = "".join(f"    - star {number}\n" for number in [*range(count), count - 1])  # one stands twice
        text = f'version: "3.1"\nnlu:\n- intent: ask_stars\n  examples: |\n{rows}'
        (folder / f"stars.{language}.yml").write_text(text, "utf-8")

    page = enter_bench("admin")
    _visit(page, "Findings")
    kinds = page.get_by_role("group", name="Kinds of findings").get_by_role("button")
    expect(kinds.filter(has_text="Twice")).to_be_visible(timeout=_CALL_S * 1000)
    expect(kinds.filter(has_text="Misspelt")).to_have_count(0)
    page.get_by_role("button", name="Look closer").click()
    begun = page.get_by_role("progressbar", name="Looking for doubtful examples")
    expect(begun).to_be_visible(timeout=_CALL_S * 1000)
    expect(page.get_by_role("button", name="Look again")).to_be_enabled(timeout=_JOB_MS)
    expect(kinds).to_contain_text(["All", *_KINDS])

    kinds.filter(has_text="Misspelt").click()
    slip = page.locator("li.finding").filter(has_text="blance of march")
    slip.get_by_role("button", name="Write “balance”").click()
    expect(page.get_by_role("status").filter(has_text="balance of march")).to_be_visible(timeout=_CALL_S * 1000)
    expect(slip).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(slip).to_be_visible(timeout=_CALL_S * 1000)
    kinds.filter(has_text="Odd one").click()
    odd = page.locator("li.finding").filter(has_text="right now").filter(has_text="Move to “Emergency”")
    text = odd.first.locator("p.text").inner_text()
    odd.first.get_by_role("button", name="Move to “Emergency”").click()
    expect(page.get_by_role("status").filter(has_text=f"Moved: “{text}”")).to_be_visible(timeout=_CALL_S * 1000)
    expect(odd.filter(has=page.get_by_text(text, exact=True))).to_have_count(0)
