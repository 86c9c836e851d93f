"""The command line: serve, train, parse, seed-demo, tickets, keys, evaluate."""

from __future__ import annotations

from bot.logs import configure_logs, prepare_environment

prepare_environment()  # before anything imports TensorFlow or numpy

import argparse  # noqa: E402
import asyncio  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from bot.errors import BotError  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors that we know become one sentence and exit code 1."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env(
            host=getattr(given, "host", None),
            port=getattr(given, "port", None),
            workers=getattr(given, "workers", None),
            data_dir=getattr(given, "data_dir", None),
        )
        configure_logs(settings.log_level)
        return int(given.run(settings, given) or 0)
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    from bot.channels.tmf.keys_cli import add_arguments as add_key_arguments
    from bot.tickets.arguments import add_arguments

    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Frontline, the first line of a telecom operator's care."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the service")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (8080)")
    serve.add_argument("--workers", type=int, help="processes that share the port (1)")
    serve.add_argument("--data-dir", type=Path, help="where the database and the embedded Redis live (var)")
    serve.set_defaults(run=_serve)

    train = commands.add_parser("train", help="train a model from data/ and register it")
    train.add_argument("--if-needed", action="store_true", help="do nothing when the serving model is current")
    train.set_defaults(run=_train)

    parse = commands.add_parser("parse", help="understand JSON lines from standard input")
    parse.add_argument("--model", type=Path, help="a model archive (the serving one)")
    parse.add_argument("--explain", action="store_true", help="add the nearest examples and the weightiest tokens")
    parse.set_defaults(run=_parse)

    seed = commands.add_parser("seed-demo", help="make the demo operator afresh, dated from today")
    seed.add_argument("--needs", type=Path, metavar="FILE", help="write who can be used to try what, as JSON")
    seed.add_argument("--data-dir", type=Path, help="where the database lives (var)")
    seed.set_defaults(run=_seed)

    tickets = commands.add_parser("tickets", help="export tickets, list repeated causes, hold archived ones")
    add_arguments(tickets, _tickets)

    keys = commands.add_parser("keys", help="API keys for other systems: add, list, revoke")
    add_key_arguments(keys, _keys)

    evaluate = commands.add_parser("evaluate", help="score the language understanding by cross-validation")
    evaluate.add_argument("--folds", type=int, default=5)
    evaluate.add_argument("--mistakes", type=Path, metavar="FILE", help="write every wrong guess there, tab-separated")
    evaluate.set_defaults(run=_evaluate)
    return parser


def _serve(settings: Settings, _given: Any) -> int:
    from bot.serving import serve

    return serve(settings)


def _train(settings: Settings, given: Any) -> int:
    from bot.training.train import is_current, train

    if given.if_needed and is_current(ROOT, settings.models_dir):
        print("training: the serving model is current", flush=True)
        return 0
    from bot.training.jobs.order import Folders
    from bot.training.jobs.work.meanings import keep_meanings

    keep_meanings(Folders(settings.data_dir))
    train(ROOT, settings.models_dir, lambda line: print(line, flush=True))
    return 0


def _parse(settings: Settings, given: Any) -> int:
    from bot.assistant.parse import parse_lines
    from bot.training.registry import verified_model

    model = given.model or (Path(settings.model) if settings.model else verified_model(settings.models_dir))
    asyncio.run(parse_lines(model, sys.stdin, sys.stdout, given.explain))
    return 0


def _seed(settings: Settings, given: Any) -> int:
    from bot.operator.demo.cli import seed_demo_command

    asyncio.run(seed_demo_command(settings, given.needs))
    return 0


def _tickets(settings: Settings, given: Any) -> int:
    from bot.tickets.cli import tickets_command

    asyncio.run(tickets_command(settings, given))
    return 0


def _keys(settings: Settings, given: Any) -> int:
    from bot.channels.tmf.keys_cli import keys_command

    keys_command(settings, given)
    return 0


def _evaluate(_settings: Settings, given: Any) -> int:
    from bot.training.evaluate import evaluate

    return evaluate(ROOT, given.folds, lambda line: print(line, flush=True), mistakes=given.mistakes)


if __name__ == "__main__":
    sys.exit(main())
