"""Times that a visit could be arranged by, found in Chinese, English or mixed text.

A grammar of small patterns, not a library: `docs/decisions/0003-time-expressions.md` has the comparison. Days, parts
of the day, clock times and bounds are found as atoms, put together into phrases, and resolved to ranges that are never
past.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.assistant.nlu.time_atoms import find_atoms
from bot.assistant.nlu.time_choice import (
    with_days_said_before,
    with_hours_said_before,
    without_what_is_said_closer,
    without_what_is_told,
)
from bot.assistant.nlu.time_context import bookable, refused
from bot.assistant.nlu.time_model import Range, Reference, TimeMention
from bot.assistant.nlu.time_points import Phrase, PhraseReader, Point
from bot.assistant.nlu.time_resolve import resolve

__all__ = ["TimeMention", "parse_times"]

LONGEST_TEXT = 2000
"""Characters that are read for times; what is behind them is not a booking."""
MOST_CANDIDATES = 10
DAY_START_MIN, DAY_END_MIN = 480, 1320
"""Hours offered when a customer only says which part of the day does not suit."""


def parse_times(text: str, now: datetime, timezone: ZoneInfo, language: str) -> list[TimeMention]:
    """Return the bookable times that a customer names, in the order of the text.

    Day parts, unless the customer says more: early morning 06-09, morning 08-12, noon 11-13, afternoon 13-18, evening
    18-22. A whole day ends at the next midnight, an instant and an open end have no end, a deadline has no start. An
    hour from 1 to 6 without more is in the afternoon. Ranges that have begun start now. Times that are told of the past
    ("since Monday", 昨晚) give no mention; what does not suit (除了周三) gives what is left.

    Args:
        text: simplified Chinese or English with half-width signs; spans count its characters.
        now: the moment the text was sent; a naive one is taken to be in `timezone`.
        timezone: the operator's; all results are in it.
        language: "en" reads 3/12 both ways, anything else as the twelfth of March.

    Returns:
        Mentions with at least one candidate each, the likeliest first. Empty when no bookable time is named.
    """
    local = now.replace(tzinfo=timezone) if now.tzinfo is None else now.astimezone(timezone)
    reference = Reference(local, day_first=None if language == "en" else False)
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text[:LONGEST_TEXT])
    try:
        return _parse(lowered, reference)
    except OverflowError:  # a date beyond the calendar is no visit
        return []


def _parse(text: str, reference: Reference) -> list[TimeMention]:
    atoms = find_atoms(text, reference)
    if not atoms:
        return []
    phrases = []
    for phrase in PhraseReader(text, atoms).phrases():
        if bookable(text, phrase):
            phrases.append(replace(phrase, excluded=phrase.excluded or refused(text, phrase)))
    phrases = with_hours_said_before(text, without_what_is_told(text, with_days_said_before(text, phrases)))
    ruled_out = [phrase for phrase in phrases if phrase.excluded]
    wanted = [phrase for phrase in phrases if not phrase.excluded]
    found = [(phrase, mention) for phrase in wanted if (mention := _mention(phrase, reference)) is not None]
    anytime = ((reference.now, None),)
    found = [pair for pair in found if pair[1].candidates != anytime] or found[:1]
    mentions = without_what_is_said_closer(found, text)
    if not ruled_out:
        return mentions
    holes = sorted(_holes(ruled_out, reference))
    if not mentions or (holes and mentions[0].candidates == anytime):
        return _what_is_left(ruled_out, holes, reference)
    return [_without(mention, holes) for mention in mentions]


def _mention(phrase: Phrase, reference: Reference) -> TimeMention | None:
    candidates = tuple(found for item in phrase.items for found in resolve(item, reference))
    return _as_mention(candidates, (phrase.start, phrase.end))


def _as_mention(candidates: tuple[Range, ...], span: tuple[int, int]) -> TimeMention | None:
    if not candidates:
        return None
    kept = tuple(dict.fromkeys(candidates))[:MOST_CANDIDATES]
    return TimeMention(kept[0][0], kept[0][1], span, kept)


def _holes(phrases: list[Phrase], reference: Reference) -> list[tuple[datetime, datetime]]:
    """Return the ranges that are ruled out; one without an end rules out nothing."""
    found = [hole for phrase in phrases for item in phrase.items for hole in resolve(item, reference)]
    return [(start or reference.now, end) for start, end in found if end is not None]


def _what_is_left(
    phrases: list[Phrase], holes: list[tuple[datetime, datetime]], reference: Reference
) -> list[TimeMention]:
    if not holes:
        return []
    points = [item for phrase in phrases for item in phrase.items]
    whole: Range = (reference.now, None)
    if all(isinstance(point, Point) and point.day is None and point.part is not None for point in points):
        day = holes[0][0].date()
        whole = (max(reference.now, reference.at(day, DAY_START_MIN)), reference.at(day, DAY_END_MIN))
    mention = _as_mention(tuple(_minus(whole, holes)), (phrases[0].start, phrases[-1].end))
    return [mention] if mention is not None else []


def _without(mention: TimeMention, holes: list[tuple[datetime, datetime]]) -> TimeMention:
    left = tuple(piece for candidate in mention.candidates for piece in _minus(candidate, holes))
    return _as_mention(left, mention.span) or mention


def _minus(span: Range, holes: list[tuple[datetime, datetime]]) -> list[Range]:
    """Return what is left of a range when the holes, soonest first, are cut out; an instant stays or goes whole."""
    start, end = span
    if start is None:
        return [span]
    pieces: list[Range] = []
    for hole_start, hole_end in holes:
        if hole_end <= start or (end is not None and hole_start >= end):
            continue
        if hole_start > start:
            pieces.append((start, hole_start))
        start = hole_end
    if end is None or start < end:
        pieces.append((start, end))
    return [(a, b) for a, b in pieces if a is None or b is None or b - a >= timedelta(minutes=1)]
