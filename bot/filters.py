"""Filters of lists as SQL conditions: `status`, `created_at>=`. Names come from the caller's own table of filters."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, column, func, literal, or_, select

from bot.errors import BadRequest

_SIGNS = ("!=", ">=", "<=", ">", "<")
#: parts of a second, of which other systems write one to nine digits
_PARTS = re.compile(r"\.(\d{1,9})(?!\d)")


def split_sign(name: str) -> tuple[str, str]:
    """A filter's column and its operator, `=` when it has none."""
    for sign in _SIGNS:
        if name.endswith(sign):
            return name[: -len(sign)], sign
    return name, "="


def compare(given: Any, name: str, value: str) -> Any:
    """The condition of one filter; several values are parted by commas.

    Raises:
        BadRequest: a column of times is compared with something else.
    """
    plain, sign = split_sign(name)
    values: list[Any] = value.split(",")
    if plain.endswith(("_at", "_by")) or plain in ("start", "end"):
        values = [moment_of(part, plain) for part in values]
    if sign == "=":
        return given.in_(values) if len(values) > 1 else given == values[0]
    if sign == "!=":  # what has no value has none of these
        other = given.notin_(values)
        return or_(given.is_(None), other) if getattr(given, "nullable", True) else other
    if len(values) > 1:
        raise BadRequest("A comparison by before or after takes one value.")
    compared = {">": given > values[0], ">=": given >= values[0], "<": given < values[0], "<=": given <= values[0]}
    return compared[sign]


def holds(items: Any, name: str, value: str, *, of: str = "id", is_sqlite: bool) -> Any:
    """The condition that a list of objects, as JSON, holds one with this value.

    Args:
        name: the filter's, which may end in `!=`.
        value: several are parted by commas.
        of: which attribute of the objects.
    """
    if is_sqlite:
        item = func.json_each(items).table_valued("value").alias("item")
        given = func.json_extract(item.c.value, f"$.{of}")
    else:
        item = func.json_array_elements(items).table_valued(column("value", JSON)).alias("item")
        given = item.c.value[of].as_string()
    found = select([literal(1)]).select_from(item).where(given.in_(value.split(","))).exists()
    return ~found if split_sign(name)[1] == "!=" else found


def moment_of(value: object, name: str) -> datetime:
    """A time with an offset.

    Raises:
        BadRequest: something else.
    """
    if isinstance(value, str):
        try:
            text = value.strip().upper().replace("Z", "+00:00").replace(" ", "+")
            moment = datetime.fromisoformat(_PARTS.sub(lambda found: f".{found[1]:0<6}"[:7], text))
            if moment.tzinfo is not None:
                return moment
        except ValueError:
            pass
    raise BadRequest(f"{name} is a time with an offset, such as 2026-11-21T09:00:00+08:00.")
