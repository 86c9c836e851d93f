"""`python -m bot keys …`: API keys for other systems."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from bot.channels.tmf.keys import SCOPES, key_list, make_api_key, revoke_api_key
from bot.errors import BadRequest
from bot.settings import Settings


def add_arguments(commands: argparse.ArgumentParser, run: Callable[[Settings, argparse.Namespace], int]) -> None:
    """The actions of the command; `run` is called with the one that was given."""
    actions = commands.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="make a key and show it once")
    add.add_argument("id", metavar="NAME", help="whose it is, such as crm; it signs what is done with the key")
    add.add_argument(
        "--scope",
        action="append",
        choices=SCOPES,
        metavar="SCOPE",
        help=f"what it may do; again for more. Of {', '.join(SCOPES)}",
    )
    add.add_argument("--all-scopes", action="store_true", help="it may do everything")
    add.add_argument("--customer", metavar="ID", help="it sees and makes this customer's records only")
    add.add_argument("--replace", action="store_true", help="in place of the key of that name")
    actions.add_parser("list", help="names, scopes and customers; keys themselves are not kept")
    revoke = actions.add_parser("revoke", help="end a key and its subscriptions, at once")
    revoke.add_argument("id", metavar="NAME")
    for action in actions.choices.values():
        action.add_argument("--data-dir", type=Path, help="where the keys' hashes lie (var)")
        action.set_defaults(run=run)


def keys_command(settings: Settings, given: argparse.Namespace) -> None:
    """Run one action.

    Raises:
        BotError: what was asked for cannot be done; the message says why.
    """
    if given.action == "add":
        if bool(given.scope) is given.all_scopes:
            raise BadRequest("Say what the key may do: --scope once or more, or --all-scopes.")
        known = {key.id for key in key_list(settings.data_dir)}
        if given.id in known and not given.replace:
            raise BadRequest(f"There is a key {given.id} already. Add --replace to end it and make a new one.")
        scopes = SCOPES if given.all_scopes else given.scope
        now = datetime.now(timezone.utc)
        print(make_api_key(settings.data_dir, given.id, scopes, customer_id=given.customer, at=now))
    elif given.action == "list":
        for key in key_list(settings.data_dir):
            scopes = "all" if key.scopes == frozenset(SCOPES) else ",".join(sorted(key.scopes))
            made = key.created_at.isoformat(timespec="seconds") if key.created_at else "-"
            print(f"{key.id}  {scopes}  {key.customer_id or '-'}  {made}")
    else:
        revoke_api_key(settings.data_dir, given.id)
        ended = asyncio.run(_end_subscriptions(settings, given.id))
        print(f"{given.id} is revoked; {ended} subscriptions ended")


async def _end_subscriptions(settings: Settings, key_id: str) -> int:
    from bot.database import Database
    from bot.migrations import upgrade
    from bot.outbox.store import OutboxStore

    await asyncio.get_running_loop().run_in_executor(None, upgrade, settings.sql_url)
    database = Database(settings.sql_url)
    try:
        return await OutboxStore(database).remove_hubs_of(key_id)
    finally:
        await database.close()
