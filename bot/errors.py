"""One tree of errors. The middleware in `bot/channels/errors.py` turns each into the contract's body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class BotError(Exception):
    """What went wrong and what to do about it, in words that a caller may see.

    Attributes:
        status: HTTP status of the answer.
        code: stable snake_case name that callers may branch on.
        retry_after_s: seconds until a new try makes sense, or None.
        more: what else stands in the answer's `error`.
    """

    status: int = 500
    code: str = "internal_error"
    retry_after_s: int | None = None
    more: Mapping[str, Any] = {}

    def __init__(self, message: str | None = None, *, retry_after_s: int | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        if retry_after_s is not None:
            self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[Any, ...]:
        """It reaches another process whole, whatever its kind is made from."""
        return _restored, (type(self), self.args, self.__dict__)

    @property
    def message(self) -> str:
        return str(self)


def _restored(kind: type[BotError], arguments: tuple[Any, ...], state: Mapping[str, Any]) -> BotError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class BadRequest(BotError):
    """The request cannot be read. Compare it with /docs."""

    status, code = 400, "bad_request"


class InvalidText(BotError):
    """A text holds 1 to 4,000 characters after trimming. Send a shorter or non-blank one."""

    status, code = 400, "invalid_text"


class Unauthorized(BotError):
    """No valid token. Open a conversation, or log in, and send its token."""

    status, code = 401, "unauthorized"


class Forbidden(BotError):
    """This account may not do that. Ask a supervisor for the role."""

    status, code = 403, "forbidden"


class NotFound(BotError):
    """Nothing here by that name. Check the address."""

    status, code = 404, "not_found"


class MethodNotAllowed(BotError):
    """That method is not served here. See /docs for the ones that are."""

    status, code = 405, "method_not_allowed"


class ConversationNotFound(NotFound):
    """No such conversation. Open a new one."""

    code = "conversation_not_found"


class Conflict(BotError):
    """Somebody else changed this first. Read it again, then decide."""

    status, code = 409, "conflict"


class ConversationClosed(Conflict):
    """This conversation is closed. Open a new one to go on."""

    code = "conversation_closed"


class PayloadTooLarge(BotError):
    """Files may be 10 MB at most. Send a smaller one."""

    status, code = 413, "payload_too_large"


class UnsupportedFile(BotError):
    """Only photos (JPEG, PNG, WebP, GIF, HEIC) and PDF files can be sent."""

    status, code = 422, "unsupported_file"


class Refused(BotError):
    """The request was understood but cannot be done."""

    status, code = 422, "refused"


class TooManyRequests(BotError):
    """Too many messages at once. Wait the seconds in Retry-After, then send again."""

    status, code = 429, "too_many_requests"


class Unavailable(BotError):
    """A part of the service is down. Try again shortly."""

    status, code = 503, "unavailable"
    retry_after_s = 5


class BackOfficeDown(Unavailable):
    """The operator's system did not answer in time."""

    code = "back_office_down"


class SettingsError(BotError):
    """A setting is missing or wrong; the message names it and what to write."""

    code = "settings_error"


class NoSuchModel(NotFound):
    """No model has this name. Choose one of GET /models."""

    code = "model_not_found"


class ModelMissing(BotError):
    """No trained model serves. Run `make train`, then start again."""

    status, code = 503, "model_missing"


class ModelNotTrusted(BotError):
    """This model was cut short, changed or is not signed here. What serves goes on; train another."""

    status, code = 422, "model_not_trusted"


class ModelUnfit(BotError):
    """This model was made for another version of the program and cannot be loaded. What serves goes on."""

    status, code = 422, "model_unfit"


class ModelsReadOnly(BotError):
    """The folder of models, or `var/` beside it, cannot be written to. Name another with FRONTLINE_MODELS_DIR."""

    status, code = 409, "models_read_only"
