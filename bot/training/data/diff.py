"""A unified diff as files, hunks and lines. Pure."""

from __future__ import annotations

import re
from typing import Any

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")
_KINDS = {" ": "same", "+": "added", "-": "removed"}


def parsed_diff(text: str) -> list[dict[str, Any]]:
    """`[{path, added, removed, hunks: [{header, lines: [{kind, old, new, text}]}]}]` of what `git diff` prints.

    `old` and `new` are line numbers from 1, null on the side that does not have the line.
    """
    files: list[dict[str, Any]] = []
    old = new = 0
    in_hunk = False
    # not splitlines: a line may hold signs that Python takes for line ends
    for line in text.split("\n"):
        if line.startswith("diff --git "):
            files.append({"path": line.rsplit(" b/", 1)[-1], "added": 0, "removed": 0, "hunks": []})
            in_hunk = False
            continue
        found = _HUNK.match(line)
        if found:
            old, new, in_hunk = int(found[1]), int(found[2]), True
            files[-1]["hunks"].append({"header": found[3], "lines": []})
            continue
        if not in_hunk or line[:1] not in _KINDS:
            continue
        kind = _KINDS[line[0]]
        files[-1]["hunks"][-1]["lines"].append(
            {
                "kind": kind,
                "old": None if kind == "added" else old,
                "new": None if kind == "removed" else new,
                "text": line[1:],
            }
        )
        old, new = old + (kind != "added"), new + (kind != "removed")
        if kind != "same":
            files[-1][kind] += 1
    return files
