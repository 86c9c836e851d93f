"""What a customer thought of the bot, and of the person. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.contracts import TEXT_LIMIT
from bot.errors import BadRequest, Conflict

#: scores up to this one go to the supervisors
LOW_SCORE = 2
_SCORES = range(1, 6)


class AlreadyRated(Conflict):
    """This has been rated already, and differently. A rating is given once."""

    code = "already_rated"


class NotOver(Conflict):
    """A person has this chat or is on the way. Rate it once it is over."""

    code = "not_over"


class Subject(str, Enum):
    """Who is rated."""

    bot = "bot"
    #: the person who served
    agent = "agent"


@dataclass(frozen=True)
class Rating:
    conversation_id: str
    subject: Subject
    #: 1 to 5
    score: int
    solved: bool
    comment: str | None
    #: the person rated; None for the bot
    agent_id: str | None
    at: datetime
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    review: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "solved": self.solved,
            "comment": self.comment,
            "agent_id": self.agent_id,
            "at": self.at.isoformat(),
            "reviewed_at": self.reviewed_at.isoformat() if self.reviewed_at else None,
            "review": self.review,
        }

    def says_the_same(self, other: "Rating") -> bool:
        return (self.score, self.solved, self.comment) == (other.score, other.solved, other.comment)


def checked(body: Mapping[str, Any]) -> tuple[int, bool, str | None, Subject | None]:
    """Score, whether it is solved, comment and who is meant, from what a customer sent.

    Raises:
        BadRequest: a value is missing or of the wrong kind.
    """
    score, solved, comment, subject = (body.get(name) for name in ("score", "solved", "comment", "of"))
    if isinstance(score, bool) or not isinstance(score, int) or score not in _SCORES:
        raise BadRequest("score is a whole number from 1 to 5.")
    if not isinstance(solved, bool):
        raise BadRequest("solved is true or false.")
    if comment is not None and (not isinstance(comment, str) or len(comment) > TEXT_LIMIT):
        raise BadRequest(f"comment is a text of at most {TEXT_LIMIT} characters.")
    if subject not in (None, *(item.value for item in Subject)):
        raise BadRequest("of is bot or agent.")
    return score, solved, comment, Subject(subject) if subject else None
