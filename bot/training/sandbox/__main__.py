"""The process of a sandbox: `python -m bot.training.sandbox FOLDER MODEL FILES`; see `process.py`, which starts it."""

from __future__ import annotations

from bot.logs import configure_logs, prepare_environment

prepare_environment()

import asyncio  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import uvloop  # noqa: E402

from bot.errors import BotError  # noqa: E402
from bot.migrations import upgrade  # noqa: E402
from bot.redis_server import EmbeddedRedis  # noqa: E402
from bot.serving import running  # noqa: E402
from bot.settings import Settings  # noqa: E402

_LOWEST = 19


def main() -> int:
    """Serve until standard input is closed; the first line of standard output is `{"port": n}`."""
    os.nice(_LOWEST)
    uvloop.install()
    folder, model, files = map(Path, sys.argv[1:4])
    configure_logs("WARNING")
    settings = Settings(port=0, data_dir=folder, model=str(model), data_files=files)
    try:
        upgrade(settings.sql_url)
        asyncio.run(_serve(settings))
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    closed = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), closed.set)  # nobody writes: it is readable at its end
    redis = EmbeddedRedis(settings.data_dir)
    await redis.start()
    try:
        async with running(settings, redis.url) as port:
            print(json.dumps({"port": port}), flush=True)
            await closed.wait()
    finally:
        await redis.stop()


if __name__ == "__main__":
    sys.exit(main())
