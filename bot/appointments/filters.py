"""What lists of visits can be filtered by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_

from bot.appointments.model import DEFAULT_CATEGORY
from bot.errors import BadRequest
from bot.filters import compare, split_sign
from bot.schema import appointments

_FILTERED = (
    "id",
    "status",
    "ticket_id",
    "conversation_id",
    "customer_id",
    "line_id",
    "area",
    "product",
    "window_id",
    "technician_id",
    "start",
    "end",
    "created_at",
    "updated_at",
)
#: filters on what a TM Forum client stored with the visit
_EXTRAS = ("category", "externalId", "description")


def condition_of(name: str, value: str) -> Any:
    """The condition of one filter.

    Args:
        name: a column, `entity_id` (a ticket, conversation or line) or an attribute of a TM Forum client; it may end in
            a sign, as `start.gte` does.

    Raises:
        BadRequest: a filter that is not known here, or a time that does not parse.
    """
    plain, _sign = split_sign(name)
    if plain == "entity_id":
        either = [
            compare(appointments.c[column], name, value) for column in ("ticket_id", "conversation_id", "line_id")
        ]
        return or_(*either)
    if plain in _EXTRAS:
        said = appointments.c.extras[plain].as_string()
        return compare(func.coalesce(said, DEFAULT_CATEGORY) if plain == "category" else said, name, value)
    if plain in _FILTERED:
        return compare(appointments.c[plain], name, value)
    raise BadRequest(f"Visits cannot be filtered by {name!r}.")
