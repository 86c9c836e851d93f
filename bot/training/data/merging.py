"""Merging in a working copy: git first, and what it leaves by meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.training.data.git import Git, GitFailed, Identity
from bot.training.data.merge import Keep, resolved, without_marks
from bot.training.data.model import MergeConflict

#: git's numbers for what clashes
_BASE, _OURS, _THEIRS = "1", "2", "3"

#: which side is kept where two people changed the same lines: by path, the lines here, and the lines there
Settled = Mapping[tuple[str, tuple[str, ...], tuple[str, ...]], Keep]


@dataclass(frozen=True)
class Merged:
    """What became of a merge; with conflicts nothing was changed."""

    commit: str | None
    conflicts: tuple[MergeConflict, ...] = ()

    def from_the_other_side(self) -> Merged:
        """The same, of a merge whose other commit is what is published."""
        return Merged(self.commit, tuple(replace(item, mine=item.theirs, theirs=item.mine) for item in self.conflicts))


async def head_of(git: Git) -> str:
    """The commit that a copy is at."""
    return (await git.run("rev-parse", "HEAD")).strip()


async def merge(
    git: Git,
    commit: str,
    message: str,
    who: Identity | None,
    *,
    only_if_needed: bool = False,
    settled: Settled | None = None,
) -> Merged:
    """Merge a commit into where a copy is.

    Args:
        only_if_needed: no commit of its own where what is here holds nothing else.
        settled: what to keep where the two clash.
    """
    how = "--ff" if only_if_needed else "--no-ff"
    code, out, err = await git.call("merge", "-q", how, "-m", message, commit, who=who)
    if code != 0:
        unmerged = await _unmerged(git)
        conflicts = [one for name in unmerged for one in await _settle(git, name, settled or {})]
        if conflicts or not unmerged:
            await git.call("merge", "--abort")
            if not conflicts:
                raise GitFailed(f"git merge failed: {err.strip() or out.strip()}")
            return Merged(None, tuple(conflicts))
        await git.run("commit", "-q", "--no-edit", who=who)
    return Merged(await head_of(git))


async def alone(git: Git, commit: str, base: str, who: Identity) -> str | None:
    """What a commit changes, done to `base` alone; the copy is at what came of it.

    Returns:
        The new commit; None where it builds on what `base` does not have, and then the copy is at `base`.
    """
    await git.run("checkout", "-q", "--detach", base)
    code, _, _ = await git.call("cherry-pick", commit, who=who)
    if code != 0:
        unmerged = await _unmerged(git)
        clashes = [one for name in unmerged for one in await _settle(git, name, {}, only_additions=True)]
        if not unmerged or clashes or (await git.call("diff", "--cached", "--quiet", "HEAD"))[0] == 0:
            await git.run("cherry-pick", "--abort")
            return None
        await git.run("commit", "-q", "--no-edit", who=who)
    return await head_of(git)


async def _unmerged(git: Git) -> list[str]:
    names = (await git.run("diff", "--name-only", "--diff-filter=U", "-z")).split("\0")
    return [name for name in names if name]


async def _settle(git: Git, name: str, settled: Settled, *, only_additions: bool = False) -> list[MergeConflict]:
    """Merge one file by meaning; what cannot be."""
    sides: list[str] = []
    for stage in (_OURS, _BASE, _THEIRS):
        code, text, _ = await git.call("show", f":{stage}:{name}")
        if code != 0:
            return [MergeConflict(name, 1, None, ("the file was deleted or made anew",), ())]
        if stage == _BASE:
            text = without_marks(text)
        side = git.folder / ".git" / f"merge-{stage}"
        await asyncio.to_thread(side.write_bytes, text.encode("utf-8"))
        sides.append(str(side))
    # its exit code is the number of conflicts
    _, marked, _ = await git.call("merge-file", "-p", "--diff3", *sides)
    keep = {(ours, theirs): side for (path, ours, theirs), side in settled.items() if path == name}
    examples = name.startswith("data/nlu/")
    text, clashes = resolved(marked, examples=examples, keep=keep, only_additions=only_additions)
    if clashes:
        return [MergeConflict(name, one.line, one.intent, one.theirs, one.ours) for one in clashes]
    await asyncio.to_thread((git.folder / name).write_bytes, text.encode("utf-8"))
    await git.run("add", "--", name)
    return []
