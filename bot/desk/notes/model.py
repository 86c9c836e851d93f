"""Notes that only the desk sees, and whom they name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

#: a username after @, not inside an e-mail address
_NAMED = re.compile(r"(?<![\w@.])@([A-Za-z0-9][\w.\-]{0,63})", re.ASCII)


@dataclass(frozen=True)
class Note:
    id: str
    conversation_id: str
    author_id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Mention:
    """Somebody was named in a note."""

    id: str
    user_id: str
    note: Note
    read_at: datetime | None = None


def named_in(text: str) -> tuple[str, ...]:
    """Usernames after @ in a note, in order, each once; a full stop at the end belongs to the sentence."""
    return tuple(dict.fromkeys(name.rstrip(".-") for name in _NAMED.findall(text)))
