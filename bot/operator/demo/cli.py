"""`seed-demo`: make the demo operator afresh, and say who can be used to try what."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from pathlib import Path

from bot.database import Database
from bot.operator.demo.identity import demo_identity
from bot.operator.demo.needs import write_needs
from bot.operator.demo.seed import seed
from bot.settings import Settings
from bot.startup_checks import bring_up_to_date, make_data_dir


async def seed_demo_command(settings: Settings, needs: Path | None) -> None:
    """Bring the tables up to date, seed afresh from today, write the needs if a file is named, and print a summary.

    Raises:
        BotError: a file or the database cannot be used; the message says what to do.
    """
    make_data_dir(settings.data_dir)
    await asyncio.get_running_loop().run_in_executor(None, bring_up_to_date, settings.sql_url)
    now = datetime.now(timezone.utc).astimezone(settings.zone)
    database = Database(settings.sql_url)
    try:
        made = await seed(database, today=now.date(), zone=settings.zone, now=now)
    finally:
        await database.close()
    identity = demo_identity(
        settings.data_dir,
        issuer=settings.identity_issuer,
        audience=settings.identity_audience,
        secret=settings.identity_secret,
    )
    if needs is not None:
        write_needs(needs, made, timezone=settings.timezone, identity=identity)
    counts = made.counts
    print(f"The demo operator is seeded as of {now.date().isoformat()} ({settings.timezone}).")
    print(f"  {counts['customers']} customers with {counts['lines']} lines and {counts['bills']} bills")
    print(f"  {counts['tickets']} tickets, {counts['visits']} coming visits, {counts['windows']} visit windows")
    print(f"  {counts['outages']} outages and planned works")
    print(f"  needs: {needs if needs else 'not written; name a file with --needs'}")
