"""The pictures of the trainers' pages: sentences that nobody understood, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.service import Customer, wait_until

if TYPE_CHECKING:
    from tools.pictures import Studio

_SAID = {
    "en": (
        "why do I keep paying for my daughter's sim",
        "text messages don't arrive abroad",
        "does your fibre work with a mesh",
        "who used my points",
        "my number is 13900139000 and I want the list of calls",
        "is it going to rain tomorrow",
    ),
    "zh": (
        "我在国外收不到短信",
        "副卡的费用怎么算到我头上了",
        "我叫李雷，我的卡是不是被盗了",
        "充电桩能用宽带吗",
        "明天北京下雨吗",
    ),
}
_GROUPED_S = 150
_COUNT = "SELECT count(*) AS n FROM inbox_sentences WHERE group_id IS {}NULL"


def inbox(studio: Studio, page: Page) -> None:
    """The inbox with its first group open."""
    _sentences(studio)
    _log_in(studio, page, "inbox")
    page.locator("button.group").first.click()
    expect(page.locator(".sentences li").first).to_be_visible()


def intents(studio: Studio, page: Page) -> None:
    """An intent, both languages side by side."""
    _log_in(studio, page, "intents/check_bill")
    expect(page.locator(".columns li").first).to_be_visible()
    page.locator(".columns input[type=checkbox]").nth(2).check()


def responses(studio: Studio, page: Page) -> None:
    """A response with the bubble that customers see."""
    _log_in(studio, page, "responses/utter_billing_balance_owed")
    expect(page.locator(".card textarea").first).to_be_visible()


def changes(studio: Studio, page: Page) -> None:
    """Edits that wait to be proposed."""
    _sentences(studio)
    _log_in(studio, page, "inbox")
    page.locator("button.group").first.click()
    expect(page.locator(".sentences li").first).to_be_visible()
    with page.expect_response("**/decide", timeout=_GROUPED_S * 1000):
        page.keyboard.press("Enter")
    page.goto(studio.service.base + "/console#/training/changes")
    expect(page.locator("li.file").first).to_be_visible(timeout=_GROUPED_S * 1000)


def models(studio: Studio, page: Page) -> None:
    """What serves, and a model on trial beside it."""
    _log_in(studio, page, "models")
    expect(page.locator("li.model").first).to_be_visible()


def report(studio: Studio, page: Page) -> None:
    """The newest evaluation."""
    _log_in(studio, page, "train")
    page.locator("button:has(.figure)").first.click()
    expect(page.locator(".heads").first).to_be_visible()


def teach(studio: Studio, page: Page) -> None:
    """What the week would teach."""
    _log_in(studio, page, "teach")
    expect(page.locator(".week h2")).to_be_visible()


def _sentences(studio: Studio) -> None:
    """Customers say what the bot does not understand, once."""
    if studio.service.sql(_COUNT.format("NOT "))[0]["n"]:
        return
    for language, said in _SAID.items():
        for text in said:
            Customer(studio.service, language).open().say(text)
    grouped = wait_until(
        lambda: studio.service.sql(_COUNT.format("NOT "))[0]["n"] and not studio.service.sql(_COUNT.format(""))[0]["n"],
        _GROUPED_S,
    )
    assert grouped, "the inbox was not grouped"


def _log_in(studio: Studio, page: Page, place: str) -> None:
    page.goto(f"{studio.service.base}/console#/training/{place}")
    page.locator("#username").fill("trainer")
    page.locator("#password").fill(studio.service.logins()["trainer"])
    page.locator("button[type=submit]").click()
    expect(page.locator(".bench")).to_be_visible()
    expect(page.locator(".bones")).to_have_count(0, timeout=_GROUPED_S * 1000)
