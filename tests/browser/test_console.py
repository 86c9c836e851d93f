"""A customer in the widget and an agent in the console, in two browsers: offer, chat both ways, close, rating."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Enter, Opener
from tests.browser.desk import Console
from tests.conftest import Pool
from tests.service import Service

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def console(enter: Enter) -> Page:
    """agent2, available, without open chats; the console speaks English."""
    return enter("agent2").page


def _accept(console: Page, words: str) -> None:
    """Take the offer whose summary holds these words; others are left to somebody else."""
    offer = console.locator("article.offer").filter(has_text=words)
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="Accept").click()
    expect(console.get_by_role("button", name="Close", exact=True)).to_be_visible()


def test_a_wrong_password_is_told_and_the_right_one_opens_the_desk(new_context: Contexts, service: Service) -> None:
    page = new_context(locale="en-GB").new_page()
    console = Console(page, service, "agent1")
    page.goto(service.base + "/console")
    page.get_by_label("User name").fill("agent1")
    page.get_by_label("Password", exact=True).fill("not-it")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(page.get_by_role("navigation", name="Views and pages")).to_be_hidden()
    console.fill_in().go("Available").go("Offline")


def test_a_customer_reaches_a_person_who_sees_everything_talks_and_closes_and_then_rates(
    new_context: Contexts, open_page: Opener, pool: Pool, service: Service, console: Page
) -> None:
    facts = pool.take("customer_line_fault")
    chat = Chat(open_page(new_context(), "zh", facts["sub"])).open()
    chat.say("我家宽带断了，快帮我看看")
    chat.panel.locator("button.person").click()
    _accept(console, "我家宽带断了")
    chat.expect_said("陈浩已加入对话", "system")
    expect(chat.panel.locator(".state-line")).to_contain_text("陈浩")

    shown = console.locator(".message .bubble")
    expect(shown.filter(has_text="我家宽带断了").first).to_be_visible()
    packet = console.locator("#context-panel")
    expect(packet).to_contain_text("我家宽带断了")
    expect(packet).to_contain_text("verified")
    expect(packet).to_contain_text(re.compile("Line test"))

    console.get_by_label("Write to the customer").fill("您好，我来帮您看线路。")
    console.get_by_label("Write to the customer").press("Enter")
    chat.expect_said("您好，我来帮您看线路。", "agent")
    chat.write("谢谢，什么时候能好？")
    expect(shown.filter(has_text="谢谢，什么时候能好？")).to_be_visible()
    bots = chat.panel.locator(".log .row.bot").count()

    console.get_by_role("button", name="Close", exact=True).click()
    dialog = console.get_by_role("dialog")
    dialog.get_by_role("button", name="Close chat").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say whether it was solved")
    dialog.get_by_text("Solved", exact=True).click()
    dialog.get_by_label("What it was about").select_option("report_broadband_fault")
    dialog.get_by_label("How it ended").select_option("fixed")
    dialog.get_by_role("button", name="Close chat").click()
    expect(dialog).to_be_hidden()

    rating = chat.panel.locator("form.rating")
    expect(rating).to_be_visible()
    assert chat.panel.locator(".log .row.bot").count() <= bots + 1, "the bot said nothing in between"
    for stars in ("5 星", "4 星"):  # the person, then the assistant
        expect(rating.get_by_role("radio", name="5 星")).not_to_be_checked()
        rating.get_by_role("radio", name=stars).check(force=True)
        rating.get_by_text("已解决").click()
        rating.get_by_role("button", name="提交评价").click()
    expect(chat.panel.locator(".ending")).to_contain_text("感谢")
    newest = "SELECT score, solved FROM ratings WHERE subject = ? ORDER BY created_at DESC LIMIT 1"
    assert service.sql(newest, "bot") == [{"score": 4, "solved": 1}]
    credited = newest.replace("score, solved", "score, agent_id")
    assert service.sql(credited, "agent") == [{"score": 5, "agent_id": "agent2"}]


def test_a_chat_given_back_to_the_bot_goes_on_with_the_bot(
    new_context: Contexts, open_page: Opener, console: Page
) -> None:
    chat = Chat(open_page(new_context(locale="en-GB"), "en")).open().say("my wifi at the cabin is acting strange")
    chat.panel.locator("button.person").click()
    _accept(console, "at the cabin")
    chat.expect_said("Hao Chen has joined the chat", "system")
    console.get_by_role("button", name="Return to bot").click()
    dialog = console.get_by_role("dialog")
    dialog.get_by_label("What was done").fill("Port reset, all green.")
    dialog.get_by_role("button", name="Return to bot").click()
    chat.expect_said("Port reset, all green.", "bot")
    chat.say("hello")


def test_a_note_stays_at_the_desk(new_context: Contexts, open_page: Opener, console: Page) -> None:
    chat = Chat(open_page(new_context())).open().say("帮我看看电视机顶盒怎么连不上")
    chat.panel.locator("button.person").click()
    _accept(console, "电视机顶盒")
    console.get_by_role("button", name="Note", exact=True).click()
    console.get_by_label("Write a note for colleagues").fill("asks politely")
    console.get_by_role("button", name="Save note").click()
    expect(console.locator(".thread .note")).to_contain_text("asks politely")
    console.get_by_role("tab", name=re.compile("Notes")).click()
    expect(console.locator("#context-panel")).to_contain_text("asks politely")
    assert "asks politely" not in " ".join(chat.texts())


def test_axe_finds_nothing_serious_at_the_desk(
    new_context: Contexts, open_page: Opener, console: Page, serious: Callable[[Page], list[str]]
) -> None:
    chat = Chat(open_page(new_context())).open().say("我想问一下漫游套餐的事情")
    chat.panel.locator("button.person").click()
    _accept(console, "漫游套餐")
    assert serious(console) == []
