"""A database that is gone, locked or broken while the service runs: 503 with Retry-After, in both shapes of errors."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text

from bot.channels.errors import errors_middleware
from bot.channels.tmf.query import tmf_errors
from bot.database import Database


async def _answer(url: str, path: str, statement: str) -> tuple[int, str | None, dict[str, object]]:
    """Status, Retry-After and body of a call that asks this database."""
    database = Database(url)

    async def ask(_request: web.Request) -> web.Response:
        async with database.read() as connection:
            await connection.execute(text(statement))
        return web.json_response({})

    app, below = web.Application(middlewares=[errors_middleware]), web.Application(middlewares=[tmf_errors])
    app.router.add_get("/ask", ask)
    below.router.add_get("/ask", ask)
    app.add_subapp("/tmf-api", below)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as http, http.get(f"http://{host}:{port}{path}") as response:
            return response.status, response.headers.get("Retry-After"), await response.json()
    finally:
        await runner.cleanup()
        await database.close()


@pytest.mark.parametrize("path", ["/ask", "/tmf-api/ask"])
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_database_that_does_not_answer_is_503(tmp_path: Path, kind: str, path: str) -> None:
    urls = {
        "sqlite": f"sqlite+aiosqlite:///{tmp_path}/nowhere/frontline.sqlite3",
        "postgres": "postgresql+asyncpg://someone:secret-word@127.0.0.1:1/care",
    }
    status, retry_after, body = await _answer(urls[kind], path, "SELECT 1")
    assert status == 503 and retry_after
    assert body["error"]["code"] == "unavailable"  # type: ignore[index]  # an object
    assert "secret-word" not in str(body) and str(tmp_path) not in str(body)
