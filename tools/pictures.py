"""Saves the README's pictures: a real service in a folder of its own, real browsers, real conversations.

python -m tools.pictures [NAME …]      all of them, or those that are named
python -m tools.pictures --service URL --data-dir DIR [NAME …]
                                       those of trainers who have worked for a while: of a service where they did
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chat import Chat
from tests.service import ROOT, Customer, Desk, Service
from tools import pictures_trainers

PICTURES = ROOT / "docs" / "pictures"
_LARGEST_BYTES = 300_000
#: fewer colours, until a picture is small enough
_COLOURS = (256, 128, 64, 32)
_DESKTOP = {"width": 1280, "height": 860}
_WIDE = {"width": 1440, "height": 900}
_PHONE = {"width": 390, "height": 844}
_WAIT_MS = 20_000


@dataclass(frozen=True)
class Studio:
    """A running service and a browser."""

    service: Service
    browser: Browser

    @contextmanager
    def page(
        self, language: str, dark: bool = False, size: dict[str, int] | None = None, **more: Any
    ) -> Iterator[Page]:
        """A page of somebody new."""
        context: BrowserContext = self.browser.new_context(
            locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme="dark" if dark else "light",
            viewport=size or _DESKTOP,  # type: ignore[arg-type]
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
            **more,
        )
        context.set_default_timeout(_WAIT_MS)
        try:
            yield context.new_page()
        finally:
            context.close()

    def chat_as(self, page: Page, need: str) -> Chat:
        """Sign in on the demo site as somebody good for `need`; the chat opens by itself."""
        page.goto(self.service.base + "/")
        page.locator("#sign-in").click()
        page.locator(f'#people button[data-need="{need}"]').first.click()
        chat = Chat(page)
        expect(chat.field).to_be_visible()
        return chat

    def log_in(self, page: Page, username: str) -> None:
        """Log in at the console, in English, and go on duty."""
        page.goto(self.service.base + "/console")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password", exact=True).fill(self.service.logins()[username])
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name=re.compile("Your presence")).click()
        page.get_by_role("menuitem", name=re.compile("^Available")).click()
        expect(page.get_by_role("button", name="Your presence: Available")).to_be_visible()


def site(studio: Studio) -> bytes:
    """The demo operator's site."""
    with studio.page("en") as page:
        page.goto(studio.service.base + "/")
        expect(page.locator("#topics li").first).to_be_visible()
        return _shot(page)


def chat_en(studio: Studio) -> bytes:
    """A bill and a question, in English."""
    with studio.page("en") as page:
        chat = studio.chat_as(page, "customer_with_bill_increase")
        chat.say("how much data do I have left")
        chat.say("why is my bill higher this month?")
        return _shot(page)


def chat_zh_dark(studio: Studio) -> bytes:
    """A fault that ends with a visit, in Chinese, dark."""
    with studio.page("zh", dark=True) as page:
        chat = studio.chat_as(page, "customer_line_fault")
        chat.say("我家宽带上不了网了")
        chat.say("第二个吧")
        return _shot(page)


def chat_phone(studio: Studio) -> bytes:
    """A visit is moved on a phone."""
    with studio.page("zh", size=_PHONE, has_touch=True, is_mobile=True, device_scale_factor=2) as page:
        chat = studio.chat_as(page, "customer_with_visit")
        chat.say("师傅什么时候上门")
        chat.say("改到周五下午四点以后")
        return _shot(page)


def console(studio: Studio) -> bytes:
    """A person with the conversation and its facts."""
    return _console(studio, dark=False)


def console_dark(studio: Studio) -> bytes:
    """The same, dark."""
    return _console(studio, dark=True)


def _console(studio: Studio, dark: bool) -> bytes:
    desk = Desk(studio.service, "agent1")
    for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
        desk.call("POST", f"/conversations/{row['conversation_id']}/return", json={})
    with studio.page("en") as shop, studio.page("en", dark=dark, size=_WIDE) as page:
        studio.log_in(page, "agent1")
        chat = studio.chat_as(shop, "customer_line_fault" if not dark else "customer_mobile_fault")
        chat.say("my internet is down since this morning" if not dark else "no signal on my phone all day")
        chat.say("just give me a human")
        page.locator("article.offer").get_by_role("button", name="Accept").first.click()
        field = page.get_by_label("Write to the customer")
        field.fill("Hello, I can see the line test. Let me check what is going on outside.")
        field.press("Enter")
        chat.expect_said("I can see the line test", "agent")
        chat.write("thank you, I work from home, so it is urgent")
        expect(page.locator(".message .bubble").filter(has_text="it is urgent")).to_be_visible()
        picture = _shot(page)
    desk.go("offline")
    return picture


def console_dashboard(studio: Studio) -> bytes:
    """The supervisors' figures after a little work."""
    desk = Desk(studio.service, "agent1")
    desk.go("available")
    for words in ("my internet keeps dropping", "why is my bill higher", "no signal at all"):
        waiting = Customer(studio.service, "en").open()
        waiting.say(words)
        waiting.call("POST", "/handoff")
        offer = desk.offer(waiting.id)
        desk.call("POST", f"/offers/{offer['offer_id']}/accept")
        body = {"client_msg_id": f"picture-{waiting.id}", "text": "Hello, I am looking into it."}
        desk.call("POST", f"/conversations/{waiting.id}/messages", json=body)
    with studio.page("en", size=_WIDE) as page:
        page.goto(studio.service.base + "/console")
        page.get_by_label("User name").fill("supervisor")
        page.get_by_label("Password", exact=True).fill(studio.service.logins()["supervisor"])
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Dashboard").click()
        expect(page.locator(".team li").first).to_be_visible()
        picture = _shot(page)
    desk.go("offline")
    return picture


def _trainers(scene: Callable[[Studio, Page], None], language: str, dark: bool = False) -> Callable[[Studio], bytes]:
    def take(studio: Studio) -> bytes:
        with studio.page(language, dark=dark) as page:
            scene(studio, page)
            return _shot(page)

    return take


SCENES: dict[str, Callable[[Studio], bytes]] = {
    "site": site,
    "chat-en": chat_en,
    "chat-zh-dark": chat_zh_dark,
    "chat-phone": chat_phone,
    "console": console,
    "console-dark": console_dark,
    "console-dashboard": console_dashboard,
    "trainers-inbox": _trainers(pictures_trainers.inbox, "en"),
    "trainers-intents": _trainers(pictures_trainers.intents, "zh", dark=True),
    "trainers-responses": _trainers(pictures_trainers.responses, "en"),
    "trainers-changes": _trainers(pictures_trainers.changes, "en"),
}


#: models on trial and reports take hours to come about, so these are of a service that somebody runs
AFTER_WORK: dict[str, Callable[[Studio], bytes]] = {
    "trainers-models": _trainers(pictures_trainers.models, "en"),
    "trainers-report": _trainers(pictures_trainers.report, "en"),
    "trainers-teach": _trainers(pictures_trainers.teach, "en"),
}


def main(arguments: list[str]) -> int:
    """Save the pictures; 1 when there is no browser or a name is unknown."""
    parser = argparse.ArgumentParser("python -m tools.pictures")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--service", help="address of a service that runs")
    parser.add_argument("--data-dir", type=Path, help="its data directory, which has the logins")
    asked = parser.parse_args(arguments)
    scenes = AFTER_WORK if asked.service else SCENES
    unknown = sorted(set(asked.names) - set(scenes))
    if unknown:
        print(f"pictures: there is no {', '.join(unknown)}; there are {', '.join(scenes)}.", file=sys.stderr)
        return 1
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print(
            "pictures: Chromium is missing: install it (apt install chromium fonts-noto-cjk), then run make again.",
            file=sys.stderr,
        )
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="frontline-pictures-") as folder, sync_playwright() as playwright:
        service = Service(asked.data_dir or Path(folder), env={"FRONTLINE_HOUSEKEEPING_S": "2"})
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            if asked.service:
                service.base = asked.service
            else:
                service.start()
            for name in asked.names or scenes:
                if not asked.service:
                    service.seed()  # everybody as on the first day
                picture = _small(scenes[name](Studio(service, browser)))
                (PICTURES / f"{name}.png").write_bytes(picture)
                print(f"pictures: docs/pictures/{name}.png, {len(picture) // 1000} kB", flush=True)
        finally:
            browser.close()
            service.stop()
    return 0


def _shot(page: Page) -> bytes:
    """What is on the screen once nothing moves any more."""
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled", caret="hide")


def _small(picture: bytes) -> bytes:
    """The picture with no more colours than fit into 300 kB.

    Raises:
        ValueError: it stays larger even with 32 colours.
    """
    if len(picture) <= _LARGEST_BYTES:
        return picture
    with Image.open(io.BytesIO(picture)) as opened:
        for colours in _COLOURS:
            target = io.BytesIO()
            opened.convert("RGB").quantize(colours).save(target, "PNG", optimize=True)
            if target.tell() <= _LARGEST_BYTES:
                return target.getvalue()
    raise ValueError(f"a picture stays above {_LARGEST_BYTES} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
