"""`python -m bot tickets …`: export, repeated causes of complaints, holds on archived tickets, and the log."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.database import Database
from bot.errors import BadRequest
from bot.migrations import upgrade
from bot.policies.rules import load_policies
from bot.settings import Settings
from bot.tickets.archive.model import Search
from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.complaints.service import ComplaintService
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from bot.tickets.tables import POLICIES

_LOG_LINES = 1000


@dataclass(frozen=True)
class _Desk:
    complaints: ComplaintService
    archive: ArchiveService


async def tickets_command(settings: Settings, given: argparse.Namespace) -> None:
    """Run one action.

    Raises:
        BotError: what was asked for cannot be done; the message says why.
    """
    actor = getpass.getuser()
    async with _opened(settings) as desk:
        if given.action == "export":
            await _export(desk, given, settings.zone, actor)
        elif given.action == "causes":
            for item in await desk.complaints.repeated():
                keys = (item.product or "-", item.category or "-", item.root_cause or "-")
                print(f"{item.count:>6}  {'  '.join(keys)}  {item.last_at.isoformat()}")
        elif given.action == "log":
            for line in await desk.archive.log_lines(given.ticket, limit=_LOG_LINES):
                words = (line.at.isoformat(), line.action.value, line.ticket_id or "-", line.retention_id or "-")
                print("  ".join((*words, line.sha256 or "-", line.actor, str(dict(line.detail)))))
        elif given.action == "hold":
            await desk.archive.hold(given.ticket, reason=given.reason, actor=actor)
        else:
            await desk.archive.release(given.ticket, actor=actor)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_Desk]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await asyncio.get_running_loop().run_in_executor(None, upgrade, settings.sql_url)
    database = Database(settings.sql_url)
    try:
        store = TicketStore(database, settings.zone)
        tickets = TicketService(store, load_policies(POLICIES), clock=_now)
        yield _Desk(ComplaintService(tickets, store, _now), ArchiveService(tickets, ArchiveStore(store), _now))
    finally:
        await database.close()


async def _export(desk: _Desk, given: argparse.Namespace, zone: ZoneInfo, actor: str) -> None:
    before = _day(given.created_to, zone)
    search = Search(
        customer_id=given.customer,
        ticket_type=given.type,
        created_from=_day(given.created_from, zone),
        created_before=before + timedelta(days=1) if before else None,
    )
    if given.out is None:
        await _write(desk, search, given.format, actor, sys.stdout)
        return
    with given.out.open("w", encoding="utf-8", newline="") as stream:
        await _write(desk, search, given.format, actor, stream)


async def _write(desk: _Desk, search: Search, form: str, actor: str, stream: TextIO) -> None:
    async for piece in desk.archive.export(search, form, actor=actor):
        stream.write(piece)


def _day(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError as exc:
        raise BadRequest(f"{text!r} is no day. Write it like 2026-11-21.") from exc


def _now() -> datetime:
    return datetime.now(timezone.utc)
