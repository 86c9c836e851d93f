"""JSON for columns and action calls: the `json` module's format without blanks, several times as fast."""

from __future__ import annotations

from typing import Any

import orjson


def to_json(value: Any) -> str:
    """The value as compact JSON text; keys that are no strings become strings, as in `json.dumps`.

    Raises:
        TypeError: the value holds something that JSON has no form for.
    """
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def copied(value: Any) -> Any:
    """What is left of the value after a round trip through JSON: a copy that shares nothing with it."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
