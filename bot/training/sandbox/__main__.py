"""The process of a sandbox: `python -m bot.training.sandbox FOLDER FILES`; see `process.py`, which starts it."""

from __future__ import annotations

from bot.logs import configure_logs, prepare_environment

prepare_environment()

import asyncio  # noqa: E402
import gc  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402

import uvloop  # noqa: E402

from bot.assistant.nlu.layers import token_layers  # noqa: E402
from bot.errors import BotError  # noqa: E402
from bot.migrations import upgrade  # noqa: E402
from bot.redis_server import EmbeddedRedis  # noqa: E402
from bot.serving import running  # noqa: E402
from bot.settings import Settings  # noqa: E402

_LOWEST = 19


def main() -> int:
    """Serve the model that the first line of standard input names, until that is closed.

    What needs no model is made ready before that line comes. The first line of standard output is `{"port": n}`.
    """
    os.nice(_LOWEST)
    uvloop.install()
    folder, files = map(Path, sys.argv[1:3])
    configure_logs("WARNING")
    settings = Settings(port=0, data_dir=folder, data_files=files)
    try:
        upgrade(settings.sql_url)
        gc.disable()  # as while starting, which this is part of
        importlib.import_module("bot.app")
        token_layers()
        asyncio.run(_serve(settings))
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    redis = EmbeddedRedis(settings.data_dir)
    await redis.start()
    try:
        model = (await told.readline()).decode().removesuffix("\n")
        if not model:
            return  # whoever started this is gone, or needs it no more
        async with running(replace(settings, model=model), redis.url) as port:
            print(json.dumps({"port": port}), flush=True)
            await told.read()  # nobody writes: this returns at its end
    finally:
        await redis.stop()


if __name__ == "__main__":
    sys.exit(main())
