"""A customer, two agents and a supervisor at once: transfer, invite, watch, whisper, join, take over."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Enter, Opener
from tests.browser.desk import Console

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("groups")]
Contexts = Callable[..., BrowserContext]
Served = tuple[Chat, Console]


@pytest.fixture
def served(new_context: Contexts, open_page: Opener, enter: Enter) -> Served:
    """A customer whom agent1 has just taken."""
    chat = Chat(open_page(new_context())).open().say("请问漫游怎么开通")
    console = enter("agent1")
    chat.panel.locator("button.person").click()
    return chat, console.accept("漫游怎么开通")


def test_a_transfer_shows_who_is_there_and_rings_at_that_colleague_alone(served: Served, enter: Enter) -> None:
    chat, console = served
    colleague = enter("agent2")
    console.page.get_by_role("button", name="Transfer", exact=True).click()
    dialog = console.dialog()
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose a colleague")
    dialog.get_by_text("Hao Chen").click()
    dialog.get_by_label("Note for the colleague").fill("wants it for Japan")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_be_hidden()
    colleague.accept("漫游怎么开通")
    expect(colleague.page.locator(".thread .note")).to_contain_text("wants it for Japan")
    colleague.write("您好，我来帮您开通")
    chat.expect_said("您好，我来帮您开通", "agent")
    expect(console.page.get_by_text(re.compile("Hao Chen has this chat"))).to_be_visible()


def test_an_invited_colleague_joins_and_speaks_beside_the_owner(served: Served, enter: Enter) -> None:
    chat, console = served
    colleague = enter("agent2")
    console.page.get_by_role("button", name="More actions").click()
    console.page.get_by_role("menuitem", name="Invite a colleague").click()
    console.dialog().get_by_text("Hao Chen").click()
    console.dialog().get_by_role("button", name="Invite", exact=True).click()
    colleague.page.get_by_text("asks you into a chat").click()
    colleague.page.get_by_role("button", name="Join").click()
    colleague.mode("Reply").write("我补充一下资费")
    chat.expect_said("我补充一下资费", "agent")
    expect(console.said("我补充一下资费")).to_be_visible()
    expect(console.page.get_by_role("button", name="Close", exact=True)).to_be_visible()


def test_a_supervisor_watches_whispers_joins_and_takes_over(served: Served, enter: Enter) -> None:
    chat, console = served
    lead = enter("supervisor", None).view("All open")
    lead.page.goto(console.page.url)
    lead.page.get_by_role("button", name="Watch", exact=True).click()
    expect(lead.page.get_by_text("You watch unseen")).to_be_visible()
    lead.write("offer the day pass")
    expect(console.page.locator(".thread .whisper")).to_contain_text("offer the day pass")
    assert "offer the day pass" not in " ".join(chat.texts())
    chat.write("多少钱一天？")
    expect(lead.said("多少钱一天？")).to_be_visible()
    lead.page.get_by_role("button", name="Join", exact=True).click()
    expect(lead.page.get_by_text("You speak beside")).to_be_visible()
    lead.mode("Reply").write("一天三十元")
    chat.expect_said("一天三十元", "agent")
    lead.page.get_by_role("button", name="Take over").click()
    expect(lead.page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    expect(console.page.get_by_role("button", name="Close", exact=True)).to_be_hidden()


def test_of_two_agents_at_one_chat_one_gets_it_and_the_other_is_told(
    new_context: Contexts, open_page: Opener, enter: Enter
) -> None:
    chat = Chat(open_page(new_context())).open().say("家里电视没有画面")
    chat.panel.locator("button.person").click()
    first, second = (enter(name, None).view("Queue").open("电视没有画面") for name in ("agent1", "agent2"))
    for console in (first, second):
        console.page.get_by_role("button", name="Take this chat").first.click()
    expect(first.page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    expect(second.page.get_by_text(re.compile("Min Li has this chat"))).to_be_visible()


def test_a_supervisor_sees_the_desk_in_figures(served: Served, enter: Enter) -> None:
    lead = enter("supervisor", None).view("Dashboard")
    page = lead.page.locator("#page")
    expect(page.get_by_text("Chats nobody sees")).to_be_visible()
    expect(page.locator(".tile").filter(has_text="Chats nobody sees").locator(".value")).to_have_text("0")
    expect(page.locator(".team li").filter(has_text="Min Li")).to_contain_text("Available")
    page.get_by_role("button", name="Seven days").click()
    expect(page.get_by_text("Promised waits that were kept")).to_be_visible()
