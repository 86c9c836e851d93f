"""Telephone numbers as people are shown them. Pure."""

from __future__ import annotations

_HOME = "+86"
_SHOWN_FIRST, _SHOWN_LAST = 3, 4


def masked(phone: str) -> str:
    """A number whose owner knows it again: 138****0001 of +8613800000001.

    Args:
        phone: E.164.
    """
    digits = phone.removeprefix(_HOME).lstrip("+")
    return f"{digits[:_SHOWN_FIRST]}****{digits[-_SHOWN_LAST:]}"
