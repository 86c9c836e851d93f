"""A long list of chats in the console, in a real Chromium: frames while the wheel turns, and rows in the page.

The service is a process of its own with that many open chats; the list is scrolled from its head to its end, page after
page as it asks for them, and back.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.ids import new_id
from tests.browser.desk import Console
from tests.service import Service

_OUT = Path(".cache/bench/console_list.json")
_SIZES = (500, 5_000)
_WHEEL_PX, _WHEEL_MS = 400, 30
_AT_ONCE = 250
_LONGEST_MS = 600_000
#: what one turn of the wheel takes is drawn in the frames after it; a task over 50 ms is a frame that somebody sees
_WATCH = """() => {
  const seen = { frames: [], tasks: [], rows: 0, on: true };
  window.seen = seen;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => seen.tasks.push(entry.duration)))
    .observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    seen.frames.push(now - last);
    last = now;
    seen.rows = Math.max(seen.rows, document.querySelectorAll("#list-panel li").length);
    if (seen.on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
_AT_END = """() => { const el = document.querySelector("#list-panel");
  return el.scrollTop + el.clientHeight >= el.scrollHeight - 2; }"""
_SIZE = """() => Number(document.querySelector("#list-panel li")?.getAttribute("aria-setsize") ?? 0)"""


async def _fill(url: str, count: int) -> None:
    """Open chats, each with a line of its own."""
    database = Database(url)
    store = ConversationStore(database)
    now = datetime.now(timezone.utc)
    for begin in range(0, count, _AT_ONCE):
        async with database.unit():
            for n in range(begin, min(count, begin + _AT_ONCE)):
                at, language = now - timedelta(seconds=n), "en" if n % 3 else "zh"
                new = Conversation(new_id(), language, Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, at, at)
                drafts = (
                    Draft(Author(AuthorKind.bot), "Hello"),
                    Draft(Author(AuthorKind.customer), f"line {n} is down"),
                )
                await store.create(new, drafts, at)
    await database.close()


def _scrolled(page: Page, count: int) -> dict[str, Any]:
    """Turn the wheel to the end and back to the head."""
    page.locator("#list-panel li").first.wait_for()
    page.locator("#list-panel").hover()
    page.evaluate(_WATCH)
    for wheel in (_WHEEL_PX, -_WHEEL_PX):
        while True:
            page.mouse.wheel(0, wheel)
            page.wait_for_timeout(_WHEEL_MS)
            if wheel > 0 and page.evaluate(_AT_END):
                size = page.evaluate(_SIZE)
                if size >= count:
                    break
                page.wait_for_function(f"({_SIZE})() > {size}")
            if wheel < 0 and page.evaluate("() => document.querySelector('#list-panel').scrollTop <= 0"):
                break
    seen = page.evaluate("() => { window.seen.on = false; return window.seen; }")
    frames = sorted(seen["frames"])
    return {
        "chats": page.evaluate(_SIZE),
        "frames": len(frames),
        "over_50_ms": sum(frame > 50 for frame in frames),
        "p50_ms": frames[len(frames) // 2],
        "p99_ms": frames[len(frames) * 99 // 100],
        "long_tasks": len(seen["tasks"]),
        "longest_task_ms": max(seen["tasks"], default=0.0),
        "rows": seen["rows"],
        "load": os.getloadavg()[0],
    }


def measure(count: int) -> dict[str, Any]:
    """Serve `count` open chats and scroll them."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        service.seed()
        asyncio.run(_fill(f"sqlite+aiosqlite:///{folder}/frontline.sqlite3", count))
        service.start()
        try:
            with sync_playwright() as playwright:
                arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
                chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
                context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
                context.set_default_timeout(_LONGEST_MS)
                console = Console(context.new_page(), service, "agent1").enter().view("All open")
                return _scrolled(console.page, count)
        finally:
            service.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=_SIZES, help="how many chats the list has (500 5000)")
    result = [measure(count) for count in parser.parse_args().sizes]
    _OUT.parent.mkdir(parents=True, exist_ok=True)
    _OUT.write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
