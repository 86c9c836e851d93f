"""git as a program, without its questions, hooks and personal settings."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Unavailable

_LONGEST_S = 120.0
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.autocrlf=false",
    "commit.gpgSign=false",
    "merge.renames=false",
    "gc.auto=0",
    "advice.detachedHead=false",
)


class GitFailed(Unavailable):
    """git could not do what was asked; the message has its own words."""

    code = "git_failed"


@dataclass(frozen=True)
class Identity:
    """Whose name stands on a commit."""

    name: str
    email: str


def is_installed() -> bool:
    """Whether there is a git to call."""
    return shutil.which("git") is not None


class Git:
    """git in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def run(self, *arguments: str, fine: Sequence[int] = (0,), who: Identity | None = None) -> str:
        """What a command prints.

        Args:
            fine: exit codes that are no failure.
            who: author and committer of what it makes.

        Raises:
            GitFailed: it ended with another code, or took too long.
        """
        code, out, err = await self.call(*arguments, who=who)
        if code not in fine:
            raise GitFailed(f"git {arguments[0]} failed: {_last_line(err) or _last_line(out) or code}")
        return out

    async def call(self, *arguments: str, who: Identity | None = None) -> tuple[int, str, str]:
        """Exit code, output and errors of a command.

        Raises:
            GitFailed: it took too long.
        """
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        process = await asyncio.create_subprocess_exec(
            "git",
            *options,
            *arguments,
            cwd=self.folder,
            env=_environment(who),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), _LONGEST_S)
        except asyncio.TimeoutError:
            raise GitFailed(f"git {arguments[0]} took longer than {_LONGEST_S:.0f} s.") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _environment(who: Identity | None) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    person = who or Identity("Frontline", "frontline@localhost")
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": person.name,
        "GIT_AUTHOR_EMAIL": person.email,
        "GIT_COMMITTER_NAME": person.name,
        "GIT_COMMITTER_EMAIL": person.email,
    }


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else ""
