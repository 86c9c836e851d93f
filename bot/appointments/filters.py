"""What lists of visits can be filtered by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_

from bot.appointments.model import DEFAULT_CATEGORY
from bot.errors import BadRequest
from bot.filters import compare, holds, split_sign
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
#: filters on whatever belongs to a visit: the list that a client named it in, and our columns
_NAMED = {
    "entity_id": ("relatedEntity", ("ticket_id", "conversation_id", "line_id")),
    "party_id": ("relatedParty", ("customer_id", "technician_id")),
}
#: filters on what a TM Forum client stored with the visit
_EXTRAS = ("category", "externalId", "description", "@baseType", "@schemaLocation")


def condition_of(name: str, value: str, *, is_sqlite: bool) -> Any:
    """The condition of one filter.

    Args:
        name: a column, `entity_id` (a ticket, conversation, line or what a client named), `party_id` (a customer,
            technician or whom a client named) or an attribute of a TM Forum client; it may end in a sign, as `start>=`.

    Raises:
        BadRequest: a filter that is not known here, or a time that does not parse.
    """
    plain, sign = split_sign(name)
    if plain in _NAMED:
        kept, columns = _NAMED[plain]
        either = [compare(appointments.c[column], plain, value) for column in columns]
        either.append(holds(appointments.c.extras[kept], plain, value, is_sqlite=is_sqlite))
        # what is not there is none of them, where SQL would not know
        found = or_(*(func.coalesce(one, False) for one in either))
        return ~found if sign == "!=" else found
    if plain in _EXTRAS:
        said = appointments.c.extras[plain].as_string()
        return compare(func.coalesce(said, DEFAULT_CATEGORY) if plain == "category" else said, name, value)
    if plain in _FILTERED:
        return compare(appointments.c[plain], name, value)
    raise BadRequest(f"Visits cannot be filtered by {name!r}.")
