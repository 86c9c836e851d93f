"""The console at every width, dark and light, in both languages: nothing runs over, axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat import BOTH_COLOURS, Chat
from tests.browser.conftest import Enter, Opener

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
_HEIGHT = 800
_LONG = "这是一段很长的话" * 30 + "https://example.org/" + "a" * 200


def _runs_over(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("width", [1440, 1280, 820, 390])
def test_every_pane_fits_and_is_accessible_light_and_dark(
    new_context: Contexts, open_page: Opener, enter: Enter, serious: Callable[..., list[str]], width: int
) -> None:
    console = enter("agent1", viewport={"width": width, "height": _HEIGHT}, reduced_motion="reduce")
    page = console.page

    def assert_fine(what: str) -> None:
        for scheme, rules in BOTH_COLOURS:
            page.emulate_media(color_scheme=scheme)
            dark = expect(page.locator("html.dark"))
            dark.to_be_attached() if scheme == "dark" else dark.not_to_be_attached()
            assert serious(page, rules) == [], (what, scheme)
            assert not _runs_over(page), (what, scheme)

    assert_fine("the list")
    chat = Chat(open_page(new_context())).open()
    chat.write(_LONG)
    chat.panel.locator("button.person").click()
    page.locator("article.offer").first.get_by_role("button", name="Accept").click()
    expect(console.said("这是一段很长的话")).to_be_visible()
    assert_fine("the chat")
    if width < 1280:
        page.get_by_role("button", name="Details", exact=True).click()
    for tab in ("Customer", "Tickets", "Notes", "Answers", "Brief"):
        console.tab(tab)
        assert_fine(tab)
    if width < 1280:
        page.get_by_role("button", name="Close details", exact=True).last.click()
        expect(page.locator(".desk")).to_have_attribute("data-pane", "chat")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(console.dialog()).to_be_visible()
    assert_fine("a dialog")


def test_the_console_speaks_chinese_and_remembers_it(enter: Enter) -> None:
    console = enter("agent1", None)
    with console.page.expect_response("**/me/settings"):
        console.page.get_by_role("button", name="中文").click()
    expect(console.page.get_by_role("button", name="我的会话")).to_be_visible()
    expect(console.page.locator("html")).to_have_attribute("lang", "zh-CN")
    console.page.evaluate("localStorage.clear()")
    console.page.reload()
    expect(console.page.get_by_role("button", name="我的会话")).to_be_visible()
    console.page.get_by_role("button", name="English").click()
    expect(console.page.get_by_role("button", name="My chats")).to_be_visible()
