"""Who the customer is: identity tokens of the operator's site, and one-time codes by SMS."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import jwt
import phonenumbers
import structlog
from redis.asyncio import Redis

from bot.customers.model import (
    CODE_DIGITS,
    CodeOutcome,
    CodeRateLimited,
    CodeResult,
    CodeScope,
    InvalidIdentityToken,
    code_digest,
    plain_code,
    same_digest,
)
from bot.customers.store import CodeStore
from bot.operator.ports import OperatorPorts

_log = structlog.get_logger(__name__)

_REGION = "CN"
_TOKEN_LIMIT = 4096
_SUB_LIMIT = 128


class IdentityService:
    """Checks tokens, sends codes and checks them."""

    def __init__(
        self,
        redis: Redis,
        operator: OperatorPorts,
        secret: str,
        issuer: str,
        audience: str,
        clock: Callable[[], datetime],
    ) -> None:
        """Wire the service.

        Args:
            secret: the HS256 secret that the operator's site signs with; one-time codes are kept under it too.
            clock: gives an aware datetime.
        """
        self._codes = CodeStore(redis)
        self._operator = operator
        self._secret = secret
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def verify_token(self, identity_token: str) -> str:
        """Check an identity token of the operator's site (HS256; `sub`, `exp`, our `iss` and `aud`).

        Returns:
            The customer's `sub` at the operator.

        Raises:
            InvalidIdentityToken: it is expired, not valid yet, forged, or not for us.
        """
        if not isinstance(identity_token, str) or len(identity_token) > _TOKEN_LIMIT:
            raise InvalidIdentityToken
        try:
            claims = jwt.decode(
                identity_token,
                self._secret,
                algorithms=["HS256"],
                issuer=self._issuer,
                audience=self._audience,
                # times are checked below, against the injected clock
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except (jwt.InvalidTokenError, UnicodeError, ValueError) as exc:
            raise InvalidIdentityToken from exc
        now_s = self._clock().timestamp()
        sub = claims["sub"]
        if not now_s < _seconds(claims["exp"]) or now_s < _seconds(claims.get("nbf", 0)):
            raise InvalidIdentityToken
        if not isinstance(sub, str) or not 0 < len(sub) <= _SUB_LIMIT:
            raise InvalidIdentityToken
        return sub

    async def send_code(self, phone: str, purpose: str, conversation_id: str) -> None:
        """Send a six-digit code by SMS; it replaces an earlier one for the same number, purpose and conversation.

        The caller says the same to the customer whether or not the number is known to the operator.

        Raises:
            CodeRateLimited: more than 3 codes to the number in 10 minutes, or 5 in the conversation in 30.
            BackOfficeDown: the operator's SMS did not take it; no code counts.
        """
        scope = CodeScope(_e164(phone), purpose, conversation_id)
        wait_ms = await self._codes.allow_send(scope, self._clock())
        if wait_ms > 0:
            _log.info("code_rate_limited", conversation_id=conversation_id, purpose=purpose)
            raise CodeRateLimited(retry_after_s=math.ceil(wait_ms / 1000))
        code = await self._operator.messages.chosen_code(scope.phone) or _new_code()
        await self._codes.put(scope, code_digest(self._secret, scope, code), self._clock())
        try:
            await self._operator.messages.send_code(scope.phone, code, purpose, conversation_id)
        except BaseException:
            await self._codes.drop(scope)
            raise
        _log.info("code_sent", conversation_id=conversation_id, purpose=purpose)

    async def check_code(self, phone: str, purpose: str, conversation_id: str, code: str) -> CodeResult:
        """Check what the customer typed: 300 s, three tries, and a right code counts once.

        Args:
            code: as typed; spaces and full-width digits are fine. What is no six digits uses up a try too.
        """
        scope = CodeScope(_e164(phone), purpose, conversation_id)
        tried = await self._codes.take_try(scope, self._clock())
        if tried.state != "open":
            return CodeResult(CodeOutcome(tried.state))
        if same_digest(code_digest(self._secret, scope, plain_code(code)), tried.digest):
            used = await self._codes.use(scope, tried.digest)
            _log.info("code_accepted", conversation_id=conversation_id, purpose=purpose, first=used)
            return CodeResult(CodeOutcome.ok if used else CodeOutcome.expired)
        if tried.tries_left == 0:
            _log.info("code_exhausted", conversation_id=conversation_id, purpose=purpose)
            return CodeResult(CodeOutcome.exhausted)
        return CodeResult(CodeOutcome.wrong, tried.tries_left)


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _seconds(value: Any) -> float:
    """A NumericDate; what is none lies in the past as `exp` and is refused as `nbf`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidIdentityToken
    return float(value)


def _e164(phone: str) -> str:
    """One spelling for a number, so that a code sent to "139 1234 5678" is found under +8613912345678."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone, _REGION), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return phone.strip()
