"""The widget in Chromium: both languages, reload, a second tab, a photo, a person; nobody is shut out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat import BOTH_COLOURS, Chat
from tests.browser.conftest import Opener
from tests.conftest import Pool
from tests.integration.test_attachments import EXE, PNG
from tests.service import Desk, Service

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


def test_a_customer_talks_in_chinese_and_in_english(
    new_context: Contexts, open_page: Opener, service: Service, pool: Pool
) -> None:
    facts = pool.take("customer_basic")
    chat = Chat(open_page(new_context(), "zh", facts["sub"])).open()
    expect(chat.rows.first).to_be_visible()
    assert re.search("[\u4e00-\u9fff]", chat.texts("bot")[0])
    chat.say("查一下话费余额")
    chat.expect_said(facts["balance"], "bot")
    facts = pool.take("customer_basic")
    chat = Chat(open_page(new_context(locale="en-GB"), "en", facts["sub"])).open()
    expect(chat.rows.first).to_be_visible()
    assert not re.search("[\u4e00-\u9fff]", chat.texts("bot")[0])
    chat.say("what's my balance?")
    chat.expect_said(facts["balance"], "bot")
    assert not re.search("[\u4e00-\u9fff]", chat.texts("bot")[-1])


def test_without_sockets_everything_goes_over_http(new_context: Contexts, open_page: Opener, service: Service) -> None:
    context = new_context()
    context.route_web_socket(re.compile("/api/v1/ws"), lambda socket: socket.close())
    chat = Chat(open_page(context)).open().say("你好")
    chat.panel.locator("button.person").click()
    expect(chat.panel.locator(".queue")).to_be_visible()
    desk = Desk(service, "agent1")
    (row,) = [row for row in desk.call("GET", "/queue").json()["waiting"] if "你好" in row["summary"]][-1:]
    assert desk.call("POST", f"/conversations/{row['conversation_id']}/take").status_code == 200
    desk.call("POST", f"/conversations/{row['conversation_id']}/messages", json={"text": "您好，我看到了。"})
    chat.expect_said("您好，我看到了。", "agent")
    closing = {"solved": True, "intent": "faq", "reason": "answered"}
    assert desk.call("POST", f"/conversations/{row['conversation_id']}/close", json=closing).status_code == 200


def test_with_sockets_answers_come_live_and_nothing_is_polled(new_context: Contexts, open_page: Opener) -> None:
    page = open_page(new_context())
    opened: list[str] = []
    asked: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    chat = Chat(page).open().say("你好")
    page.on("request", lambda request: asked.append(request.url) if "/messages" in request.url else None)
    chat.say("在吗")
    assert len(opened) == 1 and asked == []


def test_buttons_are_pressed_and_show_their_label(new_context: Contexts, open_page: Opener) -> None:
    chat = Chat(open_page(new_context())).open()
    button = chat.panel.locator(".replies button").first
    label = button.inner_text()
    button.click()
    chat.expect_said(label, "customer")
    expect(chat.panel.locator(".log .row.bot").nth(1)).to_be_visible()


def test_the_thread_stays_after_a_reload_and_shows_in_a_second_tab(new_context: Contexts, open_page: Opener) -> None:
    context = new_context()
    page = open_page(context)
    chat = Chat(page).open().say("你好")
    _answered(chat, 1)
    before = chat.texts()
    page.reload()
    again = Chat(page).open()
    _answered(again, 1)
    assert again.texts() == before
    again.say("谢谢")
    _answered(again, 2)
    second = Chat(open_page(context)).open()
    _answered(second, 2)
    assert second.texts() == again.texts()
    second.say("在吗")
    _answered(second, 3)
    _answered(again, 3)
    assert again.texts() == second.texts()


def _answered(chat: Chat, times: int) -> None:
    """Wait until the bot has answered so often; its welcome comes before."""
    expect(chat.panel.locator(".log .row.bot").nth(times)).to_be_visible()


def test_what_is_written_without_a_connection_is_sent_when_it_is_back(new_context: Contexts, open_page: Opener) -> None:
    context = new_context()
    chat = Chat(open_page(context)).open().say("你好")
    context.set_offline(True)
    chat.field.fill("查一下余额")
    chat.field.press("Enter")
    chat.expect_said("查一下余额", "customer")
    bots = chat.panel.locator(".log .row.bot").count()
    context.set_offline(False)
    expect(chat.panel.locator(".log .row.bot").nth(bots)).to_be_visible(timeout=30_000)
    assert sum("查一下余额" in text for text in chat.texts("customer")) == 1


def test_a_photo_is_shown_before_and_after_it_is_sent_and_a_program_is_refused(
    new_context: Contexts, open_page: Opener, tmp_path: Path
) -> None:
    photo, program = tmp_path / "router.png", tmp_path / "setup.exe"
    photo.write_bytes(PNG)
    program.write_bytes(EXE)
    chat = Chat(open_page(new_context())).open()
    picker = chat.panel.locator("input[type=file]")
    picker.set_input_files(program)
    expect(chat.panel.locator(".composer-problem")).to_contain_text("setup.exe")
    picker.set_input_files(photo)
    expect(chat.panel.locator(".tray img")).to_be_visible()
    expect(chat.panel.locator(".tray li.uploaded")).to_have_count(1)
    chat.panel.locator("button.send").click()
    shown = chat.panel.locator(".log .row.customer .photo img")
    expect(shown).to_have_js_property("naturalWidth", 1)
    expect(chat.panel.locator(".log .row.bot").nth(1)).to_be_visible()


def test_words_are_words_and_never_markup(new_context: Contexts, open_page: Opener) -> None:
    page = open_page(new_context())
    chat = Chat(page).open()
    chat.say("<img src=x onerror=\"document.title='hacked'\"> <b>bold</b>")
    chat.expect_said("<b>bold</b>", "customer")
    assert page.title() == "A page" and chat.panel.locator(".log b").count() == 0


def test_a_person_is_asked_for_and_the_queue_can_be_left(new_context: Contexts, open_page: Opener) -> None:
    chat = Chat(open_page(new_context())).open()
    chat.panel.locator("button.person").click()
    queue = chat.panel.locator(".queue")
    expect(queue).to_be_visible()
    expect(queue).to_contain_text(re.compile("第|下一位"))
    queue.get_by_role("button", name="不等了").click()
    expect(queue).to_be_hidden()
    chat.say("你好")


def test_a_bill_is_shown_as_a_card(new_context: Contexts, open_page: Opener, pool: Pool) -> None:
    facts = pool.take("customer_with_bill_increase")
    chat = Chat(open_page(new_context(), "zh", facts["sub"])).open()
    chat.write("查一下账单")
    card = chat.panel.get_by_role("group", name="账单")
    expect(card).to_contain_text(facts["bill_total"])
    expect(card).to_contain_text("比上月多")


def test_the_keyboard_is_enough(new_context: Contexts, open_page: Opener) -> None:
    page = open_page(new_context())
    chat = Chat(page)
    launcher = chat.panel.locator("button.launcher")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    page.keyboard.type("你好")
    page.keyboard.press("Enter")
    expect(chat.panel.locator(".log .row.bot").nth(1)).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    assert launcher.get_attribute("aria-expanded") == "false"


def test_axe_finds_nothing_serious(
    new_context: Contexts, open_page: Opener, pool: Pool, serious: Callable[..., list[str]]
) -> None:
    facts = pool.take("customer_with_bill_increase")
    page = open_page(new_context(reduced_motion="reduce"), "zh", facts["sub"])

    def assert_fine(what: str) -> None:
        for scheme, rules in BOTH_COLOURS:
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("frontline-chat .root.dark")).to_have_count(1 if scheme == "dark" else 0)
            assert serious(page, rules) == [], (what, scheme)

    assert_fine("closed")
    chat = Chat(page).open().say("查一下账单")
    chat.say("我家宽带断了")
    assert_fine("open")
    chat.panel.locator("button.person").click()
    expect(chat.panel.locator(".queue")).to_be_visible()
    assert_fine("in the queue")


def test_on_a_phone_the_chat_fills_the_screen_and_nothing_sticks_out(new_context: Contexts, open_page: Opener) -> None:
    page = open_page(new_context(viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True))
    chat = Chat(page).open().say("查一下话费余额")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = chat.field.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["y"] + box["height"] <= 640


def test_on_the_demo_page_a_visitor_signs_in_as_somebody_and_is_known(
    new_context: Contexts, service: Service, pool: Pool, serious: Callable[[Page], list[str]]
) -> None:
    page = new_context().new_page()
    page.goto(service.base + "/")
    assert serious(page) == []
    page.locator("#sign-in").click()
    page.locator("button.person[data-need=customer_basic]").click()
    expect(page.locator("#me")).to_be_visible()
    chat = Chat(page).open().say("查一下话费余额")
    chat.expect_said("¥", "bot")


def test_on_the_demo_page_the_code_shows_up_as_a_text_message_would(
    new_context: Contexts, service: Service, pool: Pool
) -> None:
    page = new_context().new_page()
    page.goto(service.base + "/")
    chat = Chat(page).open()
    facts = pool.take("customer_otp")
    chat.say("查一下话费余额")
    chat.say(facts["phone"])
    expect(page.locator("body")).to_contain_text(facts["otp"])
    chat.say(facts["otp"])
    chat.expect_said("¥", "bot")
