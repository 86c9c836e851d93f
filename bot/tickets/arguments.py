"""What `python -m bot tickets` takes; apart from what it does, so that other commands need not load that."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bot.settings import Settings
from bot.tickets.model import TicketType


def add_arguments(commands: argparse.ArgumentParser, run: Callable[[Settings, argparse.Namespace], int]) -> None:
    """The actions of the command; `run` is called with the one that was given."""
    actions = commands.add_subparsers(required=True, metavar="ACTION", dest="action")
    export = actions.add_parser("export", help="every ticket that fits, live and archived")
    export.add_argument("--format", choices=("csv", "json"), default="csv")
    export.add_argument("--out", type=Path, metavar="FILE", help="write there (standard output)")
    export.add_argument("--customer", metavar="ID")
    export.add_argument("--type", choices=[item.value for item in TicketType])
    export.add_argument("--from", dest="created_from", metavar="DATE", help="opened on this day or later")
    export.add_argument("--to", dest="created_to", metavar="DATE", help="opened on this day or earlier")
    actions.add_parser("causes", help="causes of complaints that come up again and again")
    log = actions.add_parser("log", help="what was archived, held, exported and destroyed")
    log.add_argument("ticket", nargs="?", metavar="NUMBER")
    hold = actions.add_parser("hold", help="keep an archived ticket beyond its time")
    hold.add_argument("ticket", metavar="NUMBER")
    hold.add_argument("--reason", required=True)
    release = actions.add_parser("release", help="end a hold")
    release.add_argument("ticket", metavar="NUMBER")
    for action in actions.choices.values():
        action.add_argument("--data-dir", type=Path, help="where the database lives (var)")
        action.set_defaults(run=run)
