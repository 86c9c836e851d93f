"""Filters of lists as SQL conditions: `status`, `created_at>=`. Names come from the caller's own table of filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.errors import BadRequest

_SIGNS = ("!=", ">=", "<=", ">", "<")


def split_sign(name: str) -> tuple[str, str]:
    """A filter's column and its operator, `=` when it has none."""
    for sign in _SIGNS:
        if name.endswith(sign):
            return name[: -len(sign)], sign
    return name, "="


def compare(column: Any, name: str, value: str) -> Any:
    """The condition of one filter; several values are parted by commas.

    Raises:
        BadRequest: a column of times is compared with something else.
    """
    plain, sign = split_sign(name)
    values: list[Any] = value.split(",")
    if plain.endswith(("_at", "_by")) or plain in ("start", "end"):
        values = [moment_of(part, plain) for part in values]
    if sign == "=":
        return column.in_(values) if len(values) > 1 else column == values[0]
    if sign == "!=":
        return column.notin_(values)
    if len(values) > 1:
        raise BadRequest("A comparison by before or after takes one value.")
    compared = {">": column > values[0], ">=": column >= values[0], "<": column < values[0], "<=": column <= values[0]}
    return compared[sign]


def moment_of(value: object, name: str) -> datetime:
    """A time with an offset.

    Raises:
        BadRequest: something else.
    """
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00").replace(" ", "+"))
            if moment.tzinfo is not None:
                return moment
        except ValueError:
            pass
    raise BadRequest(f"{name} is a time with an offset, such as 2026-11-21T09:00:00+08:00.")
