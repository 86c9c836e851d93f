"""The trainers' pages on an installation of their own: from a sentence nobody understood to a proposal."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.desk import to_the_bench
from tests.service import ROOT, Customer, Service, wait_until

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
_BUILT = ("bot/web/console/dist", "bot/web/widget/dist")
_SENTENCE = "紫色的袜子会自己跳舞吗"
#: reading all data on a busy machine
_READ_MS = 60_000
_CANARY = "my canary refuses to whistle the anthem"


def _git(folder: Path, *arguments: str) -> None:
    name = ("-c", "user.name=Tests", "-c", "user.email=tests@localhost")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this checkout in a repository of their own, so that proposals go there."""
    if not (ROOT / "bot" / "web" / "console" / "dist" / "index.html").is_file():
        pytest.skip("the console is not built (make web)")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = Path(tmp_path_factory.mktemp("installation"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode("utf-8").split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith("docs/pictures/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "The installation")
    for name in _BUILT:
        os.symlink(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def service(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that runs from that installation; two customers have said what it does not understand."""
    running = Service(
        Path(tmp_path_factory.mktemp("service")),
        env={"FRONTLINE_HOUSEKEEPING_S": "1", "FRONTLINE_MODELS_DIR": str(ROOT / "models")},
        root=installation,
    )
    running.seed()
    running.start()
    try:
        for language, text in (("zh", _SENTENCE), ("en", _CANARY)):
            Customer(running, language).open().say(text)
        found = wait_until(lambda: len(running.sql("SELECT id FROM inbox_groups")) >= 2, 30)
        assert found, "the inbox was not grouped"
        yield running
    finally:
        running.stop()


@pytest.fixture
def trainer(new_context: Contexts, service: Service) -> Callable[..., Page]:
    """Logs somebody in at the trainers' pages."""

    def enter(username: str = "trainer", **options: object) -> Page:
        page = new_context(**{"locale": "en-GB", **options}).new_page()
        to_the_bench(page, service, username, "inbox")
        return page

    return enter


def _open(page: Page, words: str) -> None:
    page.locator("button.group").filter(has_text=words).click()
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def _visit(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Trainers' pages").get_by_role("button", name=name).click()


def test_a_sentence_becomes_an_edit_and_a_proposal(trainer: Callable[..., Page], installation: Path) -> None:
    page = trainer()
    _open(page, _SENTENCE)
    # another intent, found by its name; all by keyboard
    page.keyboard.press("i")
    page.get_by_role("combobox", name="What did the customer want?").fill("chitchat")
    expect(page.get_by_role("dialog").get_by_role("option", name="chitchat")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 sentence")).to_be_visible()
    expect(page.locator("button.group").filter(has_text=_SENTENCE)).to_have_count(0)
    # taken back, and decided again
    page.keyboard.press("u")
    expect(page.locator("button.group").filter(has_text=_SENTENCE)).to_be_visible()
    _open(page, _SENTENCE)
    page.get_by_role("button", name="Other intent").click()
    page.get_by_role("combobox", name="What did the customer want?").fill("chitchat")
    page.get_by_role("dialog").get_by_role("option", name="chitchat").click()
    expect(page.get_by_role("status").filter(has_text="1 sentence")).to_be_visible()

    _visit(page, "Changes")
    expect(page.locator("ins").filter(has_text=_SENTENCE)).to_be_visible()
    expect(page.get_by_text("data/nlu/general.zh.yml")).to_be_visible()
    page.get_by_role("button", name="Propose…").click()
    page.get_by_label("What was changed").fill("Second SIM")
    page.get_by_role("dialog").get_by_role("button", name="Propose").click()
    expect(page.get_by_text("No edits")).to_be_visible()
    card = page.locator("li.proposal").filter(has_text="Second SIM")
    card.get_by_role("button", name="Read").click()
    expect(card.locator("ins").filter(has_text=_SENTENCE)).to_be_visible()
    proposed = ["git", "show", "training/trainer/1:data/nlu/general.zh.yml"]
    assert _SENTENCE in subprocess.run(proposed, cwd=installation, check=True, capture_output=True).stdout.decode(
        "utf-8"
    )
    assert _SENTENCE not in (installation / "data" / "nlu" / "general.zh.yml").read_text("utf-8"), (
        "nothing is published"
    )
    card.get_by_role("button", name="Take back").click()
    expect(card.get_by_text("Taken back", exact=True)).to_be_visible(timeout=_READ_MS)
    mine = page.locator("section").filter(has=page.get_by_role("heading", name="My edits"))
    expect(mine.locator("ins").filter(has_text=_SENTENCE)).to_be_visible()


def test_a_policy_is_changed_and_waits_for_a_second_person(trainer: Callable[..., Page]) -> None:
    page = trainer("admin")
    _visit(page, "Policies")
    page.get_by_role("searchbox").fill("compensation_late_install")
    page.locator("button").filter(has_text="you're owed 1% of its fee").click()
    page.get_by_label("Value", exact=True).fill("3")
    expect(page.get_by_role("img", name="As customers see it").last).to_contain_text("you're owed 3% of its fee")
    words = page.get_by_label("What customers are told, with {number} for the value").last
    told = words.input_value()
    words.fill("You get something.")
    expect(page.get_by_role("alert")).to_contain_text("Both languages have {number}")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    words.fill(told)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("button").filter(has_text="you're owed 3% of its fee")).to_be_visible(timeout=_READ_MS)
    _visit(page, "Changes")
    expect(page.get_by_text("Policies: compensation")).to_be_visible(timeout=_READ_MS)
    page.get_by_role("button", name="Propose…").click()
    expect(page.get_by_role("dialog")).to_contain_text("somebody else has to approve it")


def test_an_article_is_contributed(trainer: Callable[..., Page], serious: Callable[[Page], list[str]]) -> None:
    page = trainer()
    _visit(page, "Articles")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="New article").click()
    dialog = page.get_by_role("dialog", name="New article")
    expect(dialog.get_by_role("button", name="Contribute it")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 860})
    expect(dialog.get_by_role("button", name="Contribute it")).to_be_in_viewport()
    dialog.get_by_label("Name in files").fill("moving_home")
    dialog.get_by_role("button", name="Contribute it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("both languages")
    for side, title, answer, question in (
        ("Chinese", "搬家前要做什么", "先告诉我们新地址。", "搬家前要做什么准备"),
        ("English", "Before you move home", "Tell us the new address first.", "what should i do before moving home"),
    ):
        texts = dialog.get_by_role("group", name=side)
        texts.get_by_label("Title").fill(title)
        texts.get_by_label("Answer").fill(answer)
        texts.get_by_label("How customers ask").fill(question)
    dialog.get_by_label("Owner").fill("field-service")
    dialog.get_by_label("Where its facts come from").fill("operator handbook")
    assert serious(page) == []
    dialog.get_by_role("button", name="Contribute it").click()
    expect(page.get_by_text("data/knowledge/moving_home.yml")).to_be_visible(timeout=_READ_MS)
    expect(page.get_by_role("button", name="Before you move home")).to_be_visible()
    _visit(page, "Changes")
    expect(page.get_by_text("moving_home").first).to_be_visible(timeout=_READ_MS)


def test_marks_that_overlap_are_refused_and_nothing_is_lost(trainer: Callable[..., Page]) -> None:
    page = trainer()
    _open(page, _CANARY)
    # dragged over with the mouse
    words = page.locator("li.sentence [data-start]").first.bounding_box()
    assert words is not None
    line = words["y"] + words["height"] / 2
    page.mouse.move(words["x"] + 1, line)
    page.mouse.down()
    page.mouse.move(words["x"] + words["width"] / 3, line, steps=5)
    page.mouse.up()
    chosen = page.get_by_role("dialog").get_by_text("Marked:")
    expect(chosen).to_contain_text(_CANARY[:5])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for steps, entity in ((9, "product"), (6, "area")):
        page.keyboard.press("t")
        expect(page.locator("#mark-words")).to_be_focused()
        page.keyboard.press("Home")
        for _ in range(steps):
            page.keyboard.press("Shift+ArrowRight")
        page.get_by_label("Entity").fill(entity)
        page.get_by_role("button", name="Mark", exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("o")
    refused = page.get_by_role("alert").filter(has_text="Two marks overlap. Take one of them off.")
    expect(refused).to_be_visible()
    expect(page.locator("button.group").filter(has_text=_CANARY)).to_be_visible()
    # the mark that is in the way goes, and the decision is taken
    page.get_by_role("button", name="Take the mark").first.click()
    page.keyboard.press("o")
    expect(page.get_by_role("status").filter(has_text="out of scope")).to_be_visible()


_PLACES = (
    "inbox",
    "intents/faq%2Fwifi_password",
    "responses",
    "articles/wifi_password",
    "policies/CN.compensation_late_install",
    "entities",
    "findings",
    "changes",
)
_RUNS_OVER = """document.documentElement.scrollWidth > innerWidth
    || document.querySelector('#page').scrollWidth > innerWidth"""


def test_every_page_fits_and_is_accessible(trainer: Callable[..., Page], serious: Callable[[Page], list[str]]) -> None:
    page = trainer()
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 860})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for place in _PLACES:
            page.evaluate("place => { location.hash = `#/training/${place}` }", place)
            expect(page.locator("#page").get_by_role("heading").first).to_be_visible(timeout=_READ_MS)
            expect(page.locator(".bones")).to_have_count(0, timeout=_READ_MS)
            assert not page.evaluate(_RUNS_OVER), (place, width)
            assert width < 1280 or place in ("responses", "findings") or serious(page) == [], place
        assert serious(page) == [], scheme


def test_a_service_that_is_gone_is_said_and_asked_again(trainer: Callable[..., Page]) -> None:
    page = trainer()
    page.route("**/api/v1/training/intents*", lambda route: route.abort())
    _visit(page, "Intents")
    expect(page.get_by_text("The service can't be reached.").first).to_be_visible()
    page.unroute("**/api/v1/training/intents*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="check_bill")).to_be_visible()
