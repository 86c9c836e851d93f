"""Reads which months' bills a customer asks for. Bills look back, unlike the times that visits are booked by. Pure."""

from __future__ import annotations

import re
from datetime import date

_ZH_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ZH_NUMBERS |= {"十一": 11, "十二": 12, "半": 6}
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3, "couple of": 2, "twelve": 12}
_MONTHS_A_YEAR = 12
_MOST = 6

_MONTH_BEFORE_LAST = re.compile(r"上上个?月|大上个?月|前个月|month before last|two months ago")
_THIS_MONTH = re.compile(r"(?:这|今|本|当)个?月|这一?期|this month|current (?:month|bill)|so far")
_LAST_MONTH = re.compile(r"上一?个?月|上一?期|last month|previous month|previous bill|last bill|latest bill")
_COMPARED = re.compile(
    r"[比较跟和].{0,4}(?:上|前)一?个?(?:月|期)|(?:than|to|from|with|as) (?:the )?(?:last|previous)"
    r"|last month'?s? (?:was|it was)"
)
_SEVERAL = re.compile(
    r"(?:最近|近|过去|这|前)(半|[一二两三四五六七八九十\d]+)个?(年|月)"
    r"|(?:last|past|previous|recent) (couple of|few|two|three|four|five|six|twelve|\d+) months"
)
_HISTORY = re.compile(
    r"历史|往期|以前的账单|历次|每个?月(?:的|都|花)|各月"
    r"|history|every month|each month|past bills|previous bills|older bills|all my bills"
)
_ISO = re.compile(r"(20\d\d)[-/.年](1[0-2]|0?[1-9])(?!\d)月?")
_ZH_RANGE = re.compile(
    r"(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月?份?"
    r"(?:到|至|-|~|—)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
)
_ZH_MONTH = re.compile(
    r"(?<![\d个一二两三四五六七八九十几半])(?:(去|今|前)年)?(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)"
)
_EN_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|jun(?:e)?|jul(?:y)?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_EN_MONTH = re.compile(
    rf"\b{_EN_NAME}(?:'s)?\b(?: (20\d\d))?|\b(?:in|for|from|of|my|to) (may)\b|\b(may)(?:'s)? (?:bill|statement|invoice)"
)
_EN_RANGE = re.compile(rf"\b(?:{_EN_NAME}|(may)) (?:to|until|through|-) (?:{_EN_NAME}|(may))\b")


def read_periods(text: str, today: date) -> tuple[str, ...]:
    """The months that a text names.

    Args:
        today: the day in the operator's zone; a month without a year is the latest one that has begun.

    Returns:
        `YYYY-MM`, newest first; empty when the text names none, or compares two bills. This month comes as itself,
        though its bill is not out.
    """
    said = text.lower().replace("個", "个")
    found = _ISO.search(said)
    if found:
        return (f"{found[1]}-{int(found[2]):02d}",)
    several = _SEVERAL.search(said)
    if several:
        return _last(today, _count(several))
    if _HISTORY.search(said):
        return _last(today, _MOST)
    span = _span(said)
    if span:
        return _between(span[0], span[1], today)
    named = _named(said, today)
    if named:
        return tuple(sorted(named, reverse=True))
    if _MONTH_BEFORE_LAST.search(said):
        return (back(today, 2),)
    if _COMPARED.search(said):
        return ()  # "more than last month" is about the newest bill, whatever the customer calls its month
    if _THIS_MONTH.search(said):
        return (back(today, 0),)
    if _LAST_MONTH.search(said):
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
        return _EN_NUMBERS.get(found[3]) or int(found[3])
    number = _number(found[1])
    if found[2] == "年":
        return _MONTHS_A_YEAR if found[1] != "半" else _ZH_NUMBERS["半"]
    return max(1, min(number, _MONTHS_A_YEAR))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _ZH_NUMBERS.get(text, 1)


def _span(said: str) -> tuple[int, int] | None:
    found = _ZH_RANGE.search(said)
    if found:
        return _number(found[1]), _number(found[2])
    found = _EN_RANGE.search(said)
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
    for found in _ZH_MONTH.finditer(said):
        month = _number(found[2])
        years = {"去": 1, "前": 2, "今": 0}.get(found[1] or "")
        named.add(_latest(month, today) if years is None else f"{today.year - years:04d}-{month:02d}")
    for found in _EN_MONTH.finditer(said):
        month = _en_month(found[1] or found[3] or found[4])
        named.add(f"{found[2]}-{month:02d}" if found[2] else _latest(month, today))
    return named


def _en_month(name: str) -> int:
    return _EN_MONTHS.index(name[:3]) + 1


def _latest(month: int, today: date) -> str:
    return f"{today.year if month <= today.month else today.year - 1:04d}-{month:02d}"
