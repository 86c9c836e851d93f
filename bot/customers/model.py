"""How a customer proves who they are: results of one-time codes, and what can go wrong. No I/O."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum

from bot.errors import TooManyRequests, Unauthorized

#: a code counts so long, for so many tries
CODE_LIFE_S = 300
CODE_TRIES = 3
CODE_DIGITS = 6

#: at most so many codes in so many seconds: to one number, and from one conversation
SENDS_PER_NUMBER, NUMBER_SPAN_S = 3, 600
SENDS_PER_CONVERSATION, CONVERSATION_SPAN_S = 5, 1800


class InvalidIdentityToken(Unauthorized):
    """The identity token is expired, forged or not for this service. Sign in on the operator's site again."""

    code = "invalid_identity_token"


class CodeRateLimited(TooManyRequests):
    """Too many codes were asked for. Wait the seconds in Retry-After, then ask again."""

    code = "code_rate_limited"


class CodeOutcome(str, Enum):
    """What came of a code that a customer typed."""

    ok = "ok"
    #: another try is left
    wrong = "wrong"
    #: there is no code any more: too old, used, or never sent
    expired = "expired"
    #: no try is left; only a new code helps
    exhausted = "exhausted"


@dataclass(frozen=True)
class CodeResult:
    outcome: CodeOutcome
    #: for this code; 0 unless the outcome is `wrong`
    tries_left: int = 0

    @property
    def ok(self) -> bool:
        return self.outcome is CodeOutcome.ok


@dataclass(frozen=True)
class CodeScope:
    """What a code is bound to; it opens nothing else."""

    #: E.164
    phone: str
    purpose: str
    conversation_id: str


def code_digest(secret: str, scope: CodeScope, code: str) -> str:
    """A keyed digest of a code within its scope, so that no code is stored."""
    text = "\x1f".join((code, scope.phone, scope.purpose, scope.conversation_id))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def same_digest(left: str, right: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def plain_code(typed: str) -> str:
    """The digits of what a customer typed, full-width ones included ("１２３ 456" → "123456")."""
    return "".join(str(int(char)) for char in typed if char.isdecimal())
