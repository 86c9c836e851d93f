"""The console's live line: deaf on one side, cut, and open in two windows; nothing that was said is missed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Enter, Opener
from tests.browser.desk import Console
from tests.service import Desk

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
Served = tuple[Chat, Console]
_LINE = re.compile("/api/v1/desk/ws")
_OFFERS = re.compile("/api/v1/desk/offers$")


@pytest.fixture
def served(new_context: Contexts, open_page: Opener, enter: Enter) -> Served:
    """A customer whom agent1 has just taken."""
    chat = Chat(open_page(new_context())).open().say("想问一下宽带提速")
    console = enter("agent1")
    chat.panel.locator("button.person").click()
    return chat, console.accept("想问一下宽带提速")


def test_a_line_that_takes_and_gives_nothing_back_is_noticed_and_replaced(served: Served) -> None:
    chat, console = served
    lines: list[WebSocketRoute] = []
    noticed = False

    def carry(line: WebSocketRoute) -> None:
        if lines and not noticed:
            line.close()  # on a slow machine a new line at once would take the notice away before it was looked for
            return
        lines.append(line)
        deaf = len(lines) == 1
        server = line.connect_to_server()
        pongs = 0

        def back(words: str | bytes) -> None:
            nonlocal pongs
            pongs += "pong" in str(words)
            # one answer comes, so that the page knows that there are answers
            if not deaf or ("pong" in str(words) and pongs == 1):
                line.send(words)

        line.on_message(server.send)
        server.on_message(back)

    console.page.route_web_socket(_LINE, carry)
    console.page.reload()
    expect(console.said("想问一下宽带提速")).to_be_visible()
    chat.write("这句话在断线时说的")
    expect(console.page.get_by_text("No connection. Trying again…")).to_be_visible()
    noticed = True
    expect(console.said("这句话在断线时说的")).to_be_visible()
    expect(console.page.get_by_text("No connection. Trying again…")).to_be_hidden()
    assert len(lines) >= 2


def test_without_a_network_words_wait_and_go_out_once(served: Served) -> None:
    chat, console = served
    console.page.context.set_offline(True)
    console.write("您稍等，我查一下")
    expect(console.page.get_by_text("Not sent.")).to_be_visible()
    console.page.context.set_offline(False)
    console.page.get_by_role("button", name="Send again").click()
    chat.expect_said("您稍等，我查一下", "agent")
    expect(console.page.get_by_text("Not sent.")).to_be_hidden()
    assert [text for text in chat.texts("agent") if "我查一下" in text] == ["您稍等，我查一下"]


def test_two_windows_of_one_agent_show_the_same_words(served: Served) -> None:
    chat, console = served
    second = console.page.context.new_page()
    second.goto(console.page.url)
    other = Console(second, console.service, console.username)
    expect(other.said("想问一下宽带提速")).to_be_visible()
    console.field.fill("写到一半")
    expect(other.field).to_have_value("写到一半")
    other.field.fill("写完了")
    other.field.press("Enter")
    expect(console.said("写完了")).to_be_visible()
    expect(console.field).to_have_value("")
    chat.expect_said("写完了", "agent")


def _answer(page: Page, asked: Route, offers: object) -> None:
    """Answer what the page has asked, and wait until it has drawn what it makes of that."""
    with page.expect_response(_OFFERS) as answer:
        asked.fulfill(json=offers)
    answer.value.body()
    page.evaluate("() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")


def test_answers_that_were_made_before_an_offer_rang_or_was_taken_change_nothing(
    new_context: Contexts, open_page: Opener, enter: Enter
) -> None:
    chat = Chat(open_page(new_context())).open().say("副卡怎么办理")
    console = enter("agent1")
    asked: list[Route] = []
    console.page.route(_OFFERS, lambda route: asked.append(route))
    console.page.reload()  # asks twice: as the page opens, and when its live line is there
    expect(console.page.get_by_role("navigation", name="Views and pages")).to_be_visible()
    chat.panel.locator("button.person").click()
    expect(console.offer("副卡怎么办理")).to_be_visible()
    ringing = Desk(console.service, "agent1").call("GET", "/offers").json()
    assert len(asked) >= 2 and len(ringing) == 1
    _answer(console.page, asked[0], [])
    assert console.offer("副卡怎么办理").is_visible(), "it rang after the question"
    console.accept("副卡怎么办理")
    _answer(console.page, asked[1], ringing)
    assert console.offer("副卡怎么办理").count() == 0, "it was taken after the question"
