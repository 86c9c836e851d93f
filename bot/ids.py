"""Ids of what we keep."""

from __future__ import annotations

import secrets


def new_id() -> str:
    """An id that nobody can guess, 128 bits."""
    return secrets.token_urlsafe(16)
