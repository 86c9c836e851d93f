"""Showing where found words stand. Pure."""

from __future__ import annotations

from bot.conversations.masking import mask

_BEFORE, _BEHIND = 24, 56


def snippet(text: str, words: str) -> str:
    """The words where they stand, with some before and behind in one line; numbers and passwords stay masked."""
    plain = " ".join(mask(text).split())
    at = max(plain.lower().find(" ".join(words.lower().split())), 0)
    begin, end = max(0, at - _BEFORE), min(len(plain), at + len(words) + _BEHIND)
    return f"{'…' if begin else ''}{plain[begin:end]}{'…' if end < len(plain) else ''}"
