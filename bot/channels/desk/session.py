"""Who is at the desk: the cookie session, its CSRF token and roles, for every route of the desk."""

from __future__ import annotations

import hmac

from aiohttp import web

from bot.channels.reading import json_object
from bot.desk.settings.service import SettingsService
from bot.errors import BadRequest, Forbidden
from bot.handoff.duty import DutyService
from bot.handoff.model import Presence
from bot.handoff.people.accounts import DeskAccounts, Session

#: where everything of the desk lives
BASE = "/api/v1/desk"
COOKIE = "frontline_desk"
#: who serves customers
SERVING = ("agent", "supervisor")
_COOKIE_S = 12 * 3600


class DeskSessions:
    """Knows who sent a request and whether they may."""

    def __init__(self, accounts: DeskAccounts, duty: DutyService) -> None:
        self._accounts = accounts
        self._duty = duty

    async def of(self, request: web.Request, *roles: str) -> Session:
        """The session of a request; its console counts as heard of.

        Args:
            roles: one of them is needed, `admin` may all; none given: any account.

        Raises:
            Unauthorized: nobody is logged in.
            Forbidden: none of the roles, or a changing request without the session's `X-CSRF-Token`.
        """
        cookie = request.cookies.get(COOKIE, "")
        session = await self._accounts.session(cookie if cookie.isascii() else None)
        if roles and not session.user.may(*roles):
            raise Forbidden()
        if request.method not in ("GET", "HEAD"):
            given = request.headers.get("X-CSRF-Token", "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), session.csrf_token.encode()):
                raise Forbidden("Send the csrf_token of your log-in as X-CSRF-Token.")
        await self._duty.heard_of(session.user)
        return session


class SessionChannel:
    """Logging in and out, who I am, whether I am on duty."""

    def __init__(
        self,
        sessions: DeskSessions,
        accounts: DeskAccounts,
        duty: DutyService,
        settings: SettingsService,
        timezone: str,
    ) -> None:
        self._sessions = sessions
        self._accounts = accounts
        self._duty = duty
        self._settings = settings
        self._timezone = timezone

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(BASE + "/login", self.log_in)
        router.add_post(BASE + "/logout", self.log_out)
        router.add_get(BASE + "/me", self.me)
        router.add_put(BASE + "/presence", self.set_presence)

    async def log_in(self, request: web.Request) -> web.Response:
        """Log in; the session is a cookie that scripts cannot read."""
        body = await json_object(request)
        username, password = body.get("username"), body.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            raise BadRequest("Send username and password.")
        session = await self._accounts.log_in(username, password)
        response = web.json_response({"user": session.user.as_json(), "csrf_token": session.csrf_token})
        response.set_cookie(
            COOKIE, session.token, max_age=_COOKIE_S, httponly=True, samesite="Strict", secure=request.secure, path="/"
        )
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session and go off duty."""
        session = await self._sessions.of(request)
        await self._duty.set_presence(session.user, Presence.offline)
        await self._accounts.log_out(session.token)
        response = web.json_response({"logged_out": True})
        response.del_cookie(COOKIE, path="/")
        return response

    async def me(self, request: web.Request) -> web.Response:
        """Who is logged in, and the zone that the operator's times are read in."""
        session = await self._sessions.of(request)
        wish = await self._duty.wish(session.user)
        return web.json_response(
            {
                "user": session.user.as_json(),
                "csrf_token": session.csrf_token,
                "presence": wish.status.value,
                "presence_reason": wish.reason.value if wish.reason else None,
                "groups": list(session.user.groups),
                "sessions": await self._duty.consoles(session.user),
                "timezone": self._timezone,
                "settings": await self._settings.of(session.user),
            }
        )

    async def set_presence(self, request: web.Request) -> web.Response:
        """Go available, away or offline."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        try:
            presence = Presence(body.get("status"))
        except ValueError as exc:
            raise BadRequest("status is available, away or offline.") from exc
        await self._duty.set_presence(session.user, presence)
        return web.json_response({"status": presence.value})
