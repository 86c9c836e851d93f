"""The widget on a page, as a customer sees it."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

_WAIT_MS = 15_000
#: colours, with the rules of axe-core that are asked of them (none named: all): dark differs from light in nothing else
BOTH_COLOURS: tuple[tuple[Literal["dark", "light"], tuple[str, ...]], ...] = (
    ("dark", ("color-contrast",)),
    ("light", ()),
)


class Chat:
    """Finds things by what a customer sees or hears, in either language."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("frontline-chat")

    def open(self) -> "Chat":
        launcher = self.panel.locator("button.launcher")
        if launcher.get_attribute("aria-expanded") != "true":
            launcher.click()
        expect(self.field).to_be_visible(timeout=_WAIT_MS)
        return self

    @property
    def field(self) -> Locator:
        return self.panel.locator(".composer .input")

    @property
    def rows(self) -> Locator:
        return self.panel.locator(".log .row")

    def texts(self, kind: str = "") -> list[str]:
        """The words in the thread, oldest first; `kind` is customer, bot, agent or system."""
        wanted = f".log .row.{kind}" if kind else ".log .row"
        found = self.panel.locator(f"{wanted} .bubble, {wanted} .note").all_inner_texts()
        return [text.strip() for text in found]

    def say(self, text: str) -> "Chat":
        """Type, send, and wait for an answer of the bot."""
        said = self.panel.locator(".log .row.bot")
        # the welcome comes a moment after the window and is no answer
        expect(said.first).to_be_visible(timeout=_WAIT_MS)
        before = said.count()
        self.write(text)
        expect(self.panel.locator(".log .row.bot").nth(before)).to_be_visible(timeout=_WAIT_MS)
        return self

    def write(self, text: str) -> None:
        """Type and send, and wait until it stands in the thread and is acknowledged."""
        self.field.fill(text)
        self.field.press("Enter")
        mine = self.panel.locator(".log .row.customer").filter(has_text=text).last
        expect(mine).to_be_visible(timeout=_WAIT_MS)
        expect(mine).not_to_have_class(re.compile(r"\bpending\b"), timeout=_WAIT_MS)

    def press(self, label: str) -> None:
        self.panel.get_by_role("button", name=label).click()

    def expect_said(self, text: str, kind: str = "") -> None:
        wanted = f".log .row.{kind}" if kind else ".log .row"
        expect(self.panel.locator(wanted).filter(has_text=text).last).to_be_visible(timeout=_WAIT_MS)
