"""A check of who the customer is, asked for by somebody of the desk. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from bot.errors import Refused

#: names what these codes are for; they open nothing else
PURPOSE = "desk"
#: what a typed code looks like: six digits, spaces between or not
_CODE = re.compile(r"\s*(?:\d[\s\-]?){6}\s*")


class NobodyToAsk(Refused):
    """No customer is known in this chat. Send the phone number that their account is under."""

    code = "customer_unknown"


@dataclass(frozen=True)
class Check:
    """A code has been sent and is awaited."""

    customer_id: str
    #: E.164
    phone: str
    #: username of who asked for it
    asked_by: str

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> "Check":
        return cls(**json.loads(text))


def looks_like_a_code(text: str) -> bool:
    """Whether a message is six digits and nothing else."""
    return _CODE.fullmatch(text) is not None
