"""Putting two people's edits of one file together, where lines are a set of examples rather than a text. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

#: whose lines stay
Keep = Literal["ours", "theirs"]

_OURS, _BASE, _SPLIT, _THEIRS = "<" * 7, "|" * 7, "=" * 7, ">" * 7
#: marks of a conflict within the common base are longer
_INNER = re.compile(r"(<{8,}|\|{8,}|>{8,}) Temporary merge branch|={8,}$")
_EXAMPLE = re.compile(r"\s+- \S")
_INTENT = re.compile(r"\s*- intent:\s*(\S+)")


@dataclass(frozen=True)
class Clash:
    """Lines that two sides changed in different ways: where they would stand in the merged text (from 1)."""

    line: int
    intent: str | None
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def resolved(
    marked: str,
    *,
    examples: bool,
    keep: Mapping[tuple[tuple[str, ...], tuple[str, ...]], Keep] | None = None,
    only_additions: bool = False,
) -> tuple[str, list[Clash]]:
    """Put together what `git merge-file --diff3` could not, as far as it is about examples.

    Examples that both sides added are all kept, each once; what one side removed is gone; an example that both sides
    changed in different ways is a clash.

    Args:
        marked: the merged text with git's conflict marks.
        examples: whether lines of it are examples; if not, every conflict is a clash.
        keep: for the lines of our side and of theirs, bare, which of them stay.
        only_additions: an example that one side changed and the other does not have is a clash too.

    Returns:
        The merged text, and the clashes; with clashes the text is not to be used.
    """
    merged: list[str] = []
    clashes: list[Clash] = []
    sides: dict[str, list[str]] | None = None
    into = ""
    for line in marked.splitlines(keepends=True):
        start = line[:7]
        if start == _OURS and line[7:8] in (" ", "\n"):
            sides, into = {"base": [], "ours": [], "theirs": []}, "ours"
        elif sides is not None and start == _BASE:
            into = "base"
        elif sides is not None and start == _SPLIT and into == "base":
            into = "theirs"
        elif sides is not None and start == _THEIRS:
            together = three_way(*sides.values(), only_additions=only_additions) if examples else None
            both = _bare(sides["ours"]), _bare(sides["theirs"])
            if together is None and keep and both in keep:
                together = sides[keep[both]]
            if together is None:
                clashes.append(Clash(len(merged) + 1, _intent_above(merged), *both))
            else:
                merged += together
            sides = None
        elif sides is not None:
            sides[into].append(line)
        else:
            merged.append(line)
    return "".join(merged), clashes


def without_marks(base: str) -> str:
    """What two sides come of, where git had to put it together from several: lines that clash there are all in it."""
    return "".join(line for line in base.splitlines(keepends=True) if not _INNER.match(line))


def three_way(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], *, only_additions: bool = False
) -> list[str] | None:
    """Both sides' edits of a run of examples, or None when they cannot both be done."""
    if not all(_EXAMPLE.match(line) for side in (base, ours, theirs) for line in side):
        return None
    our_gone, our_new = _edits(base, ours)
    their_gone, their_new = _edits(base, theirs)
    for place in our_gone & their_gone:
        one, other = our_new.get(place, []), their_new.get(place, [])
        if one != other and (only_additions or (one and other)):
            return None
    result: list[str] = []
    taken: set[str] = set()
    for place in range(len(base) + 1):
        for line in [*our_new.get(place, []), *their_new.get(place, [])]:
            if line not in taken:
                taken.add(line)
                result.append(line)
        if place < len(base) and place not in our_gone | their_gone:
            result.append(base[place])
    return result


def _edits(base: Sequence[str], side: Sequence[str]) -> tuple[set[int], dict[int, list[str]]]:
    """Which lines of `base` are gone, and what stands before each place instead.

    A line that others replace has them at its own place, so that an edit can be told from an addition.
    """
    gone: set[int] = set()
    new: dict[int, list[str]] = {}
    matcher = difflib.SequenceMatcher(None, base, side, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            continue
        gone |= set(range(low, high))
        fresh = list(side[start:end])
        for place in range(low, high):
            if fresh:
                new.setdefault(place, []).append(fresh.pop(0))
        if fresh:
            new.setdefault(high, []).extend(fresh)
    return gone, new


def _intent_above(lines: Sequence[str]) -> str | None:
    for line in reversed(lines):
        found = _INTENT.match(line)
        if found:
            return found[1]
    return None


def _bare(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines)
