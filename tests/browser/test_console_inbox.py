"""The list of chats: search with its hits, filters, hundreds of rows, keys, and what is said when nothing is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import Enter
from tests.service import Customer, Service

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
_MANY = 300


def _waiting(service: Service, words: str, language: str = "zh") -> Customer:
    customer = Customer(service, language).open()
    customer.say(words)
    customer.call("POST", "/handoff")
    return customer


def test_a_search_finds_words_in_transcripts_and_leads_to_them(service: Service, enter: Enter) -> None:
    _waiting(service, "my cordless kettle speaks to the router", "en")
    _waiting(service, "something else entirely", "en")
    console = enter("agent1", None).view("Queue")
    console.page.get_by_label("Search words, names, numbers").fill("kettle")
    hit = console.page.locator(".hits mark")
    expect(hit.first).to_have_text("kettle")
    expect(console.page.locator(".item")).to_have_count(1)
    console.page.locator(".hits button").first.click()
    expect(console.said("cordless kettle")).to_be_in_viewport()
    console.page.get_by_label("Search words, names, numbers").fill("zzz-nobody-said-this")
    expect(console.page.get_by_text("Nothing found")).to_be_visible()


def test_a_search_goes_beyond_the_view_when_asked(service: Service, enter: Enter) -> None:
    customer = Customer(service, "en").open()
    customer.say("the marmalade modem hums")
    console = enter("agent1", None).view("Queue")
    console.page.get_by_label("Search words, names, numbers").fill("marmalade")
    expect(console.page.get_by_text("Nothing found")).to_be_visible()
    console.page.get_by_role("button", name="Search all chats").click()
    expect(console.page.locator(".item")).to_have_count(1)
    expect(console.row("marmalade").locator(".chip.bot")).to_have_text("Bot")
    console.page.get_by_role("group", name="Where to search").get_by_role("button", name="Queue").click()
    expect(console.page.get_by_text("Nothing found")).to_be_visible()


def test_filters_leave_only_what_fits_and_can_be_cleared(service: Service, enter: Enter) -> None:
    _waiting(service, "请帮我看一下")
    _waiting(service, "please have a look", "en")
    console = enter("agent1", None).view("Queue")
    expect(console.page.locator(".item")).to_have_count(2)
    console.page.get_by_role("button", name="Filter and sort").click()
    console.page.get_by_label("Any language").select_option("en")
    expect(console.page.locator(".item")).to_have_count(1)
    console.page.get_by_label("Any reason").select_option("emergency")
    expect(console.page.get_by_text("No chat fits the filters")).to_be_visible()
    console.page.get_by_role("button", name="Clear the filters").first.click()
    expect(console.page.locator(".item")).to_have_count(2)


def test_an_accept_that_the_service_did_not_hear_can_be_pressed_again(service: Service, enter: Enter) -> None:
    console = enter("agent1")
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.abort()

    console.page.route("**/offers/*/accept", lose, times=1)
    _waiting(service, "the line for this press is cut", "en")
    accept = console.page.locator("article.offer").get_by_role("button", name="Accept")
    accept.click()
    expect(console.page.get_by_role("alert").first).to_be_visible()
    assert len(lost) == 1
    accept.click()
    expect(console.page.get_by_role("button", name="Close", exact=True)).to_be_visible()


def test_hundreds_of_chats_scroll_with_few_of_them_drawn(service: Service, enter: Enter) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Customer(service, "zh").open(), range(_MANY)))
    console = enter("agent1", None).view("All open")
    rows = console.page.locator("#list-panel li")
    expect(rows.first).to_be_visible()
    total = int(rows.first.get_attribute("aria-setsize") or 0)
    assert total >= 100
    assert rows.count() < 40
    panel = console.page.locator("#list-panel")
    first = rows.first.inner_text()
    while (size := int(rows.last.get_attribute("aria-setsize") or 0)) < _MANY:  # the end asks for the next page
        panel.evaluate("el => el.scrollTo(0, el.scrollHeight)")
        expect(rows.last).not_to_have_attribute("aria-setsize", str(size))
    assert int(rows.last.get_attribute("aria-setsize") or 0) >= _MANY
    assert rows.count() < 40
    panel.evaluate("el => el.scrollTo(0, 0)")
    expect(rows.first).to_have_attribute("aria-posinset", "1")
    assert rows.first.inner_text().splitlines()[0] == first.splitlines()[0]


def test_keys_walk_the_list_and_the_views(service: Service, enter: Enter) -> None:
    _waiting(service, "第一位客户在等")
    _waiting(service, "第二位客户在等")
    console = enter("agent1", None)
    page = console.page
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    expect(page.locator("#list-panel").get_by_text("第二位客户在等")).to_be_visible()
    page.keyboard.press("j")
    expect(console.said("第一位客户在等")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(console.said("第二位客户在等")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(console.said("第一位客户在等")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search words, names, numbers")).to_be_focused()


@pytest.mark.usefixtures("groups")
def test_the_first_message_takes_a_chat_that_nobody_has(service: Service, enter: Enter) -> None:
    _waiting(service, "有人吗，等了好久")
    console = enter("agent1", None).view("Queue").open("有人吗")
    expect(console.page.get_by_text("Your first message takes the chat")).to_be_visible()
    console.write("您好，我在")
    expect(console.page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    console.view("My chats")
    expect(console.page.locator(".item")).to_have_count(1)


@pytest.mark.usefixtures("groups")
def test_an_offer_that_nobody_answers_is_said_with_a_way_back(service: Service, enter: Enter) -> None:
    console = enter("agent1")
    _waiting(service, "这条没人接")
    expect(console.offer("这条没人接")).to_be_visible()
    expect(console.page.get_by_text("you were set away")).to_be_visible(timeout=60_000)
    console.page.get_by_role("button", name="I'm back").click()
    expect(console.page.get_by_role("button", name="Your presence: Available")).to_be_visible()
    expect(console.page.get_by_text("you were set away")).to_be_hidden()


def test_an_empty_view_says_what_will_stand_there(enter: Enter) -> None:
    console = enter("agent1", None).view("My chats")
    expect(console.page.get_by_text("No chats of your own")).to_be_visible()
    console.view("Queue")
    expect(console.page.get_by_text("Nobody is waiting")).to_be_visible()
    expect(console.page.get_by_role("button", name=re.compile("^Queue"))).to_have_attribute("aria-current", "page")
