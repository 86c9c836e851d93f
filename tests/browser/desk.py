"""The console as somebody at the desk sees it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.service import Desk, Service

DISPOSITION = {"solved": False, "intent": "faq", "reason": "other"}


class Console:
    """Finds things by what is read or heard; the console speaks English."""

    def __init__(self, page: Page, service: Service, username: str) -> None:
        self.page = page
        self.service = service
        self.username = username

    def enter(self) -> "Console":
        """Go in with a session that is open already."""
        cookies = Desk(self.service, self.username).http.cookies.get_dict()
        self.page.context.add_cookies(
            [{"name": name, "value": str(value), "url": self.service.base} for name, value in cookies.items()]
        )
        self.page.goto(self.service.base + "/console")
        expect(self.page.get_by_role("navigation", name="Views and pages")).to_be_visible()
        return self

    def fill_in(self) -> "Console":
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("Password", exact=True).fill(self.service.logins()[self.username])
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("navigation", name="Views and pages")).to_be_visible()
        return self

    def go(self, status: str) -> "Console":
        """Available, Away or Offline."""
        self.page.get_by_role("button", name=re.compile("Your presence")).click()
        self.page.get_by_role("menuitem", name=re.compile(f"^{status}")).click()
        expect(self.page.get_by_role("button", name=f"Your presence: {status}")).to_be_visible()
        return self

    def view(self, name: str) -> "Console":
        self.page.get_by_role("navigation", name="Views and pages").get_by_role("button", name=name).click()
        return self

    def offer(self, words: str) -> Locator:
        return self.page.locator("article.offer").filter(has_text=words)

    def accept(self, words: str) -> "Console":
        """Take the offer whose summary holds these words; others are left to somebody else."""
        expect(self.offer(words)).to_be_visible()
        self.offer(words).get_by_role("button", name="Accept").click()
        expect(self.offer(words)).to_have_count(0)
        expect(self.page.get_by_role("button", name="Close", exact=True)).to_be_visible()
        return self

    def open(self, words: str) -> "Console":
        """Open the chat whose row holds these words."""
        self.row(words).locator("button.row").click()
        expect(self.page.get_by_role("log")).to_be_visible()
        return self

    def row(self, words: str) -> Locator:
        return self.page.locator(".item").filter(has_text=words).first

    @property
    def field(self) -> Locator:
        return self.page.locator(".composer textarea")

    def write(self, text: str) -> "Console":
        self.field.fill(text)
        self.field.press("Enter")
        return self

    def mode(self, name: str) -> "Console":
        """Reply, Note or Whisper."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def said(self, text: str) -> Locator:
        return self.page.locator(".thread .bubble").filter(has_text=text).last

    @property
    def context(self) -> Locator:
        return self.page.locator("#context-panel")

    def tab(self, name: str) -> "Console":
        self.page.get_by_role("tab", name=re.compile(name)).click()
        return self

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")


def close_all(service: Service, username: str) -> None:
    """End the open chats of somebody."""
    desk = Desk(service, username)
    for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
        desk.call("POST", f"/conversations/{row['conversation_id']}/close", json=DISPOSITION)


def to_the_bench(page: Page, service: Service, username: str, place: str) -> None:
    """Log in at one of the trainers' pages."""
    page.goto(f"{service.base}/console#/training/{place}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(service.logins()[username])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation", name="Trainers' pages")).to_be_visible()
