"""One chat at the console: drafts, macros, photos, notes, read marks, knowledge; after reloads and log-outs too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Enter, Opener
from tests.browser.desk import Console
from tests.conftest import Pool

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
Served = tuple[Chat, Console]


@pytest.fixture
def served(new_context: Contexts, open_page: Opener, pool: Pool, enter: Enter) -> Served:
    """A signed-in customer with a fault, whom agent1 has just taken."""
    chat = Chat(open_page(new_context(), "zh", pool.take("customer_line_fault")["sub"])).open()
    chat.say("我家宽带断了，快帮我看看")
    console = enter("agent1")
    chat.panel.locator("button.person").click()
    return chat, console.accept("我家宽带断了")


def test_a_draft_outlives_the_reload_and_another_machine_has_it_too(served: Served, enter: Enter) -> None:
    _chat, console = served
    console.field.fill("正在查您的线路")
    expect(console.page.get_by_text("Draft saved")).to_be_visible()
    console.page.reload()
    expect(console.field).to_have_value("正在查您的线路")
    console.page.evaluate("localStorage.clear()")
    console.page.reload()
    expect(console.field).to_have_value("正在查您的线路")
    console.field.press("Enter")
    expect(console.said("正在查您的线路")).to_be_visible()
    console.page.reload()
    expect(console.said("正在查您的线路")).to_be_visible()
    expect(console.field).to_have_value("")


def test_an_ended_session_keeps_the_words_and_the_chat(served: Served) -> None:
    _chat, console = served
    console.field.fill("马上给您答复")
    expect(console.page.get_by_text("Draft saved")).to_be_visible()
    console.page.context.clear_cookies()
    console.field.press("Enter")
    expect(console.page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    console.fill_in()
    expect(console.page.get_by_text("Not sent.")).to_be_visible()
    console.page.get_by_role("button", name="Send again").click()
    expect(console.said("马上给您答复")).to_be_visible()
    expect(console.page.get_by_text("Not sent.")).to_be_hidden()


def test_a_slash_offers_macros_and_fills_them_in(served: Served) -> None:
    _chat, console = served
    console.field.press_sequentially("/sorry")
    choices = console.page.get_by_role("listbox", name="Macros")
    expect(choices.get_by_role("option")).to_have_count(1)
    console.field.press("Enter")
    expect(choices).to_be_hidden()
    expect(console.field).not_to_have_value("/sorry")
    assert "{" not in console.field.input_value()
    console.field.fill("看 https://example.org/a 这里 1/2")
    expect(choices).to_be_hidden()


def test_photos_go_both_ways(served: Served, tmp_path: Path) -> None:
    chat, console = served
    photo = tmp_path / "modem.png"
    Image.new("RGB", (40, 30), "navy").save(photo)
    console.page.locator("input[type=file]").set_input_files(photo)
    expect(console.page.locator(".agent .photo img")).to_be_visible()
    expect(chat.panel.locator(".log .row.agent img")).to_be_visible()
    chat.panel.locator("input[type=file]").first.set_input_files(photo)
    expect(chat.panel.locator(".tray li.uploaded")).to_have_count(1)
    chat.panel.locator("button.send").click()
    expect(console.page.locator(".customer .photo img")).to_be_visible()


def test_the_agent_sees_that_the_customer_has_read(served: Served) -> None:
    chat, console = served
    console.write("您好，我是陈工")
    chat.expect_said("您好，我是陈工", "agent")
    expect(console.page.locator(".thread .read")).to_be_visible()


def test_typing_is_seen_on_both_sides(served: Served) -> None:
    chat, console = served
    chat.field.press_sequentially("我想")
    expect(console.page.locator(".typing")).to_contain_text("is typing")
    console.field.press_sequentially("好的")
    expect(chat.panel.locator(".typing, .row.typing").first).to_be_visible()


def test_a_fact_leads_to_the_words_it_is_from(served: Served) -> None:
    _chat, console = served
    source = console.context.locator("button.source").first
    seq = (source.inner_text()).removeprefix("#")
    source.click()
    expect(console.page.locator(f'.thread [data-seq="{seq}"]')).to_be_focused()
    expect(console.context.locator("[data-test=proof]")).to_have_attribute("data-state", "verified")


def test_one_click_says_whether_the_hand_over_helped(served: Served) -> None:
    _chat, console = served
    console.context.get_by_role("button", name="Something was missing").click()
    console.context.get_by_label("What was missing?").fill("which lights are on")
    console.context.get_by_role("button", name="Send").click()
    expect(console.page.get_by_text("The trainers will see it")).to_be_visible()
    console.page.reload()
    pressed = console.context.get_by_role("button", name="Something was missing")
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_the_customer_is_known_in_full(served: Served) -> None:
    _chat, console = served
    console.tab("Customer")
    expect(console.context.get_by_role("heading", name=re.compile("^Bills"))).to_be_visible()
    expect(console.context.locator(".bars li")).to_have_count(6)
    expect(console.context.get_by_role("heading", name=re.compile("^Lines"))).to_be_visible()


def test_an_article_becomes_the_reply_with_its_source_in_view(served: Served) -> None:
    _chat, console = served
    console.tab("Answers")
    console.context.get_by_label("Search the knowledge base").fill("roaming")
    article = console.context.get_by_role("article").first
    expect(article).to_contain_text("Source:")
    article.get_by_role("button", name="Use as reply").click()
    expect(console.field).not_to_have_value("")


@pytest.mark.usefixtures("groups")
def test_a_colleague_named_in_a_note_is_told_and_finds_it(served: Served, enter: Enter) -> None:
    _chat, console = served
    colleague = enter("agent2", None)
    console.mode("Note")
    console.field.press_sequentially("@agent2")
    expect(console.page.get_by_role("listbox", name="Colleagues")).to_be_visible()
    console.field.press("Enter")
    console.field.press_sequentially("which port?")
    console.field.press("Enter")
    expect(console.page.locator(".thread .note")).to_contain_text("@agent2 which port?")
    expect(colleague.page.get_by_role("button", name="Mentions 1")).to_be_visible()
    colleague.view("Mentions")
    colleague.page.locator(".mention").first.click()
    expect(colleague.context).to_contain_text("which port?")
    expect(colleague.page.get_by_role("button", name="Mentions 1")).to_be_hidden()


def test_two_at_one_chat_see_each_other_and_the_draft(served: Served, enter: Enter) -> None:
    _chat, console = served
    colleague = enter("agent2", None)
    colleague.page.goto(console.page.url)
    expect(console.page.locator(".head .lookers .face")).to_have_count(1)
    console.field.fill("稍等")
    expect(colleague.page.locator(".head .lookers .drafting")).to_be_visible()
    expect(colleague.page.get_by_text(re.compile("has this chat"))).to_be_visible()
    expect(colleague.page.get_by_role("button", name="Reply", exact=True)).to_be_hidden()


def test_the_keyboard_does_the_whole_chat(served: Served) -> None:
    chat, console = served
    page: Page = console.page
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(console.dialog()).to_contain_text("Close the chat")
    page.keyboard.press("Escape")
    expect(console.dialog()).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.type("您好")
    page.keyboard.press("Enter")
    chat.expect_said("您好", "agent")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.get_by_role("tab", name=re.compile("Tickets"))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html.dark")).to_be_attached()
    page.keyboard.press("e")
    expect(console.dialog()).to_contain_text("Was it solved?")
