"""Reads which months' bills a customer asks for. Bills look back, unlike the times that visits are booked by. Pure."""

from __future__ import annotations

import re
from datetime import date

from bot.assistant.nlu.words.bill_periods import (
    CHINESE_MONTH,
    CHINESE_NUMBERS,
    CHINESE_RANGE,
    COMPARED_WITH_LAST,
    ENGLISH_MONTH,
    ENGLISH_MONTHS,
    ENGLISH_NUMBERS,
    ENGLISH_RANGE,
    HALF,
    HISTORY,
    LAST_MONTH,
    MEASURE_WORD,
    MONTH_BEFORE_LAST,
    SEVERAL_MONTHS,
    THIS_MONTH,
    YEAR,
    YEAR_AND_MONTH,
    YEARS_BACK,
)

_MONTHS_A_YEAR = 12
_MOST = 6


def read_periods(text: str, today: date) -> tuple[str, ...]:
    """The months that a text names.

    Args:
        today: the day in the operator's zone; a month without a year is the latest one that has begun.

    Returns:
        `YYYY-MM`, newest first; empty when the text names none, or compares two bills. This month comes as itself,
        though its bill is not out.
    """
    said = text.lower().translate(MEASURE_WORD)
    found = YEAR_AND_MONTH.search(said)
    if found:
        return (f"{found[1]}-{int(found[2]):02d}",)
    several = SEVERAL_MONTHS.search(said)
    if several:
        return _last(today, _count(several))
    if HISTORY.search(said):
        return _last(today, _MOST)
    span = _span(said)
    if span:
        return _between(span[0], span[1], today)
    named = _named(said, today)
    if named:
        return tuple(sorted(named, reverse=True))
    if MONTH_BEFORE_LAST.search(said):
        return (back(today, 2),)
    if COMPARED_WITH_LAST.search(said):
        return ()  # "more than last month" is about the newest bill, whatever the customer calls its month
    if THIS_MONTH.search(said):
        return (back(today, 0),)
    if LAST_MONTH.search(said):
        return (back(today, 1),)
    return ()


def back(today: date, months: int) -> str:
    """The month so many months before today's, as `YYYY-MM`."""
    index = today.year * _MONTHS_A_YEAR + today.month - 1 - months
    return f"{index // _MONTHS_A_YEAR:04d}-{index % _MONTHS_A_YEAR + 1:02d}"


def _last(today: date, count: int) -> tuple[str, ...]:
    return tuple(back(today, months) for months in range(1, count + 1))


def _count(found: re.Match[str]) -> int:
    if found[3]:
        return ENGLISH_NUMBERS.get(found[3]) or int(found[3])
    number = _number(found[1])
    if found[2] == YEAR:
        return _MONTHS_A_YEAR if found[1] != HALF else CHINESE_NUMBERS[HALF]
    return max(1, min(number, _MONTHS_A_YEAR))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else CHINESE_NUMBERS.get(text, 1)


def _span(said: str) -> tuple[int, int] | None:
    found = CHINESE_RANGE.search(said)
    if found:
        return _number(found[1]), _number(found[2])
    found = ENGLISH_RANGE.search(said)
    if found:
        first, second = found[1] or found[2], found[3] or found[4]
        return _en_month(first), _en_month(second)
    return None


def _between(first: int, last: int, today: date) -> tuple[str, ...]:
    end = _latest(last, today)
    count = (last - first) % _MONTHS_A_YEAR + 1
    year, month = (int(part) for part in end.split("-"))
    return tuple(back(date(year, month, 1), months) for months in range(count))


def _named(said: str, today: date) -> set[str]:
    named: set[str] = set()
    for found in CHINESE_MONTH.finditer(said):
        month = _number(found[2])
        years = YEARS_BACK.get(found[1] or "")
        named.add(_latest(month, today) if years is None else f"{today.year - years:04d}-{month:02d}")
    for found in ENGLISH_MONTH.finditer(said):
        month = _en_month(found[1] or found[3] or found[4])
        named.add(f"{found[2]}-{month:02d}" if found[2] else _latest(month, today))
    return named


def _en_month(name: str) -> int:
    return ENGLISH_MONTHS.index(name[:3]) + 1


def _latest(month: int, today: date) -> str:
    return f"{today.year if month <= today.month else today.year - 1:04d}-{month:02d}"
