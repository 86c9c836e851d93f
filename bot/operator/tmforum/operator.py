"""An operator whose systems speak TM Forum: one client an API, all behind our ports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import aiohttp

from bot.errors import SettingsError
from bot.operator.ports import OperatorPorts
from bot.operator.tmforum.client import Limits, TmfClient
from bot.operator.tmforum.places import LocalPlaces
from bot.operator.tmforum.ports import NotConnected, TmfCustomers, TmfMessages, TmfNetwork
from bot.operator.tmforum.records import TmfTickets, TmfVisits

#: number of an API → its base path
PATHS = {
    "621": "troubleTicket/v4",
    "629": "customerManagement/v4",
    "646": "appointment/v4",
    "653": "serviceTestManagement/v4",
    "656": "serviceProblemManagement/v4",
    "681": "communicationManagement/v4",
}


class Sessions:
    """One client session for all APIs, made on first use: it belongs to the running loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def __call__(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def api_urls(root: str, others: str) -> dict[str, str]:
    """The base address of each API.

    Args:
        root: such as `https://operator.example/tmf-api`; empty when every API is named.
        others: those that lie elsewhere, such as `653=https://tests.example/st/v4,681=https://sms.example/v4`.

    Raises:
        SettingsError: an API has no address, or an unknown one is named.
    """
    urls = {number: f"{root.rstrip('/')}/{path}" for number, path in PATHS.items()} if root else {}
    for part in (item.strip() for item in others.split(",") if item.strip()):
        number, _, url = part.partition("=")
        if number.strip() not in PATHS or not url.startswith(("http://", "https://")):
            raise SettingsError(f"FRONTLINE_TMF_URLS has {part!r}. Write NUMBER=URL, of {', '.join(sorted(PATHS))}.")
        urls[number.strip()] = url.strip()
    missing = sorted(set(PATHS) - set(urls))
    if missing:
        raise SettingsError(f"No address for TMF{missing[0]}. Set FRONTLINE_TMF_URL, or name it in FRONTLINE_TMF_URLS.")
    return urls


def tmforum_operator(
    urls: dict[str, str],
    token: str,
    sessions: Sessions,
    *,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
) -> OperatorPorts:
    """The operator's systems behind `urls`; bills and plans have no API here and go to a person."""
    clients = {number: TmfClient(f"TMF{number}", url, token, sessions, limits) for number, url in urls.items()}
    return OperatorPorts(
        customers=TmfCustomers(clients["629"]),
        billing=NotConnected(),
        catalogue=NotConnected(),
        network=TmfNetwork(clients["653"], clients["656"], LocalPlaces(), clock),
        messages=TmfMessages(clients["681"]),
        tickets=TmfTickets(clients["621"]),
        visits=TmfVisits(clients["646"]),
        close=sessions.close,
    )
