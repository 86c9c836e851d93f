"""Tickets of an earlier release: what other systems hung on them moves into rows of its own, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

import bot.migrations
from bot.database import Database
from bot.migrations import upgrade
from bot.tickets.links.store import LinkStore
from bot.tickets.model import LinkKind
from tests.integration.tickets_setup import ZONE

_BEFORE = "0013_ticket_indexes"
_AT = "2026-11-20T01:00:00.000000+00:00"
_TMF = {
    "name": "line 7",
    "externalId": "CRM-7",
    "@baseType": "TroubleTicket",
    "attachment": [{"url": "https://files.example/1", "attachmentType": "photo"}],
    "relatedParty": [{"id": "landlord-7", "role": "landlord", "@referredType": "Individual"}],
    "troubleTicketRelationship": [{"id": "TT00000009", "relationshipType": "duplicate"}],
}


def _at_earlier_release(path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.migrations.__file__).parent))
    config.set_main_option("sqlalchemy.url", f"sqlite+aiosqlite:///{path}")
    command.upgrade(config, _BEFORE)


def test_what_lay_in_the_facts_stands_in_rows(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    _at_earlier_release(path)
    row: dict[str, Any] = {
        "id": "TT00000007",
        "ticket_type": "fault",
        "status": "acknowledged",
        "severity": "Major",
        "priority": "High",
        "description": "no light",
        "facts": json.dumps({"area": "nanpu", "tmf": _TMF}),
        "channel": "api",
        "created_at": _AT,
        "updated_at": _AT,
        "version": 1,
        "name": "line 7",
        "external_id": "CRM-7",
    }
    with sqlite3.connect(path) as connection:
        names = ", ".join(row)
        connection.execute(f"INSERT INTO tickets ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)
    with sqlite3.connect(path) as connection:
        facts, name, external_id = connection.execute("SELECT facts, name, external_id FROM tickets").fetchone()
    assert json.loads(facts) == {"area": "nanpu", "tmf": {"@baseType": "TroubleTicket"}}
    assert (name, external_id) == ("line 7", "CRM-7")

    async def moved() -> list[tuple[LinkKind, str, str, dict[str, Any]]]:
        database = Database(url)
        links = (await LinkStore(database, ZONE).of(["TT00000007"]))["TT00000007"]
        await database.close()
        return [(link.kind, link.ref_id, link.role, dict(link.body)) for link in links]

    photo, landlord, related = asyncio.run(moved())
    assert (photo[0], photo[2], photo[3]) == (LinkKind.attachment, "photo", {"url": "https://files.example/1"})
    assert photo[1]
    assert landlord == (LinkKind.party, "landlord-7", "landlord", {"@referredType": "Individual"})
    assert related == (LinkKind.relationship, "TT00000009", "duplicate", {})
