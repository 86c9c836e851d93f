"""A real Chromium for the pages; without one the tests here are left out with a line that says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.browser.desk import Console, close_all, to_the_bench
from tests.browser.small_installation import small_installation
from tests.conftest import Pool
from tests.service import ROOT, Desk, Service
from tests.waiting import empty_queue

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_WIDGET = ROOT / "bot" / "web" / "widget" / "dist" / "widget.js"
_AXE = [ROOT / "bot" / "web" / part / "node_modules" / "axe-core" / "axe.min.js" for part in ("widget", "console")]
_WAIT_MS = 15_000
expect.set_options(timeout=_WAIT_MS)

#: a page of somebody who put the widget on it
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"><script src="/widget.js" defer></script></head>
<body><main><h1>A page</h1></main><frontline-chat language="{language}" {more}></frontline-chat></body></html>"""

Opener = Callable[..., Page]
Enter = Callable[..., Console]


@pytest.fixture(scope="module")  # while Playwright runs, no other test can run an event loop
def browser() -> Iterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("no Chromium here: tests in a browser are left out")
    if not _WIDGET.is_file():
        pytest.skip("the widget is not built (make web): tests in a browser are left out")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        # a page that the test itself serves counts as a public one, which may not open sockets to this machine
        arguments.append("--disable-features=LocalNetworkAccessChecks")
        running = playwright.chromium.launch(executable_path=_CHROMIUM, args=arguments)
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser of somebody else each time: cookies and storage of their own."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(_WAIT_MS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def open_page(service: Service, pool: Pool) -> Opener:
    """Opens a page with the widget in a context; `sub` signs the customer in."""

    def open_in(context: BrowserContext, language: str = "zh", sub: str | None = None) -> Page:
        more = f'identity-token="{pool.token(sub)}"' if sub else ""
        body = _PAGE.format(language=language, more=more)

        def answer(route: Route) -> None:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)

        context.route(service.base + "/a-page", answer)
        page = context.new_page()
        page.goto(service.base + "/a-page")
        return page

    return open_in


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], service: Service) -> Iterator[Enter]:
    """Opens the console for somebody, on duty, without chats, in a browser of their own; nobody waits at first."""
    if not (ROOT / "bot" / "web" / "console" / "dist" / "index.html").is_file():
        pytest.skip("the console is not built (make web)")
    empty_queue(service)
    entered: list[str] = []

    def as_(username: str, status: str | None = "Available", **options: Any) -> Console:
        close_all(service, username)
        entered.append(username)
        page = new_context(**{"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options}).new_page()
        desk = Desk(service, username)
        # the service remembers what another test has chosen
        assert desk.call("PUT", "/me/settings", json={"theme": "system", "language": "en"}).status_code == 200
        if status:
            desk.go(status.lower())
        return Console(page, service, username).enter()

    yield as_
    for username in entered:
        close_all(service, username)
        Desk(service, username).go("offline")


@pytest.fixture
def groups(service: Service) -> None:
    """Left out where the desk does not know groups and colleagues."""
    if Desk(service, "agent1").call("GET", "/groups").status_code == 404:
        pytest.skip("this desk has no groups")


#: what fades in, from the next frame on, has no contrast yet, nor has what follows it (a colour that is handed down
#: changes in the child when it has in the parent); what turns for ever is not waited for
_AT_REST = """async () => {
    const end = (one) => one.effect?.getComputedTiming().endTime ?? 0;
    for (let round = 0, ending = [null]; ending.length && round < 8; round++) {
        await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
        ending = document.getAnimations().filter((one) => Number.isFinite(end(one)) && one.playState === "running");
        await Promise.all(ending.map((one) => one.finished.catch(() => undefined)));
    }
}"""


def _seen(node: dict[str, Any]) -> str:
    """What axe says of an element: its markup, and of colours which they are."""
    data: dict[str, Any] = next((check["data"] for check in node["any"] if isinstance(check.get("data"), dict)), {})
    colours = {key: data[key] for key in ("fgColor", "bgColor", "contrastRatio", "messageKey") if data.get(key)}
    return f"{node['html'][:120]} {colours or ''}".strip()


@pytest.fixture
def serious() -> Callable[..., list[str]]:
    """Runs axe-core on a page, all of its rules or those named; returns what it finds that is serious or critical."""
    script = next((path for path in _AXE if path.is_file()), None)
    if script is None:
        pytest.skip("axe-core is not installed (make web): the check of accessibility is left out")
    source = Path(script).read_text("utf-8")

    def run(page: Page, rules: Sequence[str] = ()) -> list[str]:
        page.evaluate(f"() => {{ if (!window.axe) {{ {source} }} }}")
        page.evaluate(_AT_REST)
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = page.evaluate("(options) => axe.run(document, options)", options)
        return [
            f"{item['id']}: {_seen(item['nodes'][0])} in {len(item['nodes'])} places"
            for item in found["violations"]
            if item["impact"] in ("serious", "critical")
        ]

    return run


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of a small installation."""
    folder = tmp_path_factory.mktemp("small")
    # what came in is grouped at once; training stands back behind nothing, since somebody waits for it
    environment = {"FRONTLINE_HOUSEKEEPING_S": "1", "FRONTLINE_TRAINING_NICE": "0"}
    running = Service(folder / "data", environment, small_installation(folder))
    running.data_dir.mkdir()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def enter_bench(small: Service, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens the trainers' pages as somebody."""

    def enter(username: str) -> Page:
        page = new_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
        to_the_bench(page, small, username, "train")
        return page

    return enter
