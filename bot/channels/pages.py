"""Pages and built files: the widget's script, the console, the demo operator's site."""

from __future__ import annotations

import os
from pathlib import Path

from aiohttp import web

from bot.errors import NotFound, Unavailable

_WEB = Path(__file__).resolve().parent.parent / "web"
_WIDGET = _WEB / "widget" / "dist" / "widget.js"
_CONSOLE = _WEB / "console" / "dist"
_SITE = _WEB / "site"
_PRIVATE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:"
)


def add_page_routes(router: web.UrlDispatcher, *, demo: bool) -> None:
    """`/widget.js`, `/console`, `/docs`, and with the demo operator `/`."""
    router.add_get("/widget.js", _widget)
    router.add_get("/console", _console)
    router.add_get("/console/{path:.*}", _console)
    router.add_get("/docs", _docs)
    if demo:
        router.add_get("/", _site)
        router.add_get("/site/{path:.*}", _site)


async def _widget(request: web.Request) -> web.StreamResponse:
    if not _WIDGET.is_file():
        raise Unavailable("The widget is not built. Run `make web`.")
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return web.FileResponse(_WIDGET, headers=headers)


async def _console(request: web.Request) -> web.StreamResponse:
    if not (_CONSOLE / "index.html").is_file():
        raise Unavailable("The console is not built. Run `make web`.")
    return _file(_CONSOLE, request.match_info.get("path") or "index.html", fallback="index.html")


async def _site(request: web.Request) -> web.StreamResponse:
    return _file(_SITE, request.match_info.get("path") or "index.html")


async def _docs(request: web.Request) -> web.StreamResponse:
    return _file(_SITE, "docs.html")


def _file(folder: Path, name: str, fallback: str | None = None) -> web.FileResponse:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not os.path.isfile(path):  # Path raises for a name that is too long
        if fallback is None or "." in Path(name).name:
            raise NotFound()
        path = folder / fallback
    cache = "public, max-age=31536000, immutable" if "/assets/" in path.as_posix() else "no-cache"
    return web.FileResponse(
        path,
        headers={
            "Cache-Control": cache,
            "Content-Security-Policy": _PRIVATE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
        },
    )
