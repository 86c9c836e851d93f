"""Words for months and stretches of months, as customers ask for bills by them. Pure."""

from __future__ import annotations

import re

CHINESE_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
CHINESE_NUMBERS |= {"十一": 11, "十二": 12, "半": 6}
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENGLISH_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3, "couple of": 2, "twelve": 12}
#: groups of SEVERAL_MONTHS
YEAR = "年"
HALF = "半"
#: year of CHINESE_MONTH → how many years ago it is
YEARS_BACK = {"今": 0, "去": 1, "前": 2}
#: old characters → new ones, for `str.translate`
MEASURE_WORD = str.maketrans("個", "个")
MONTH_BEFORE_LAST = re.compile(r"上上个?月|大上个?月|前个月|month before last|two months ago")
THIS_MONTH = re.compile(r"(?:这|今|本|当)个?月|这一?期|this month|current (?:month|bill)|so far")
LAST_MONTH = re.compile(r"上一?个?月|上一?期|last month|previous month|previous bill|last bill|latest bill")
#: last month is only what the newest bill is measured by
COMPARED_WITH_LAST = re.compile(
    r"[比较跟和].{0,4}(?:上|前)一?个?(?:月|期)|(?:than|to|from|with|as) (?:the )?(?:last|previous)"
    r"|last month'?s? (?:was|it was)"
)
SEVERAL_MONTHS = re.compile(
    r"(?:最近|近|过去|这|前)(半|[一二两三四五六七八九十\d]+)个?(年|月)"
    r"|(?:last|past|previous|recent) (couple of|few|two|three|four|five|six|twelve|\d+) months"
)
HISTORY = re.compile(
    r"历史|往期|以前的账单|历次|每个?月(?:的|都|花)|各月"
    r"|history|every month|each month|past bills|previous bills|older bills|all my bills"
)
YEAR_AND_MONTH = re.compile(r"(20\d\d)[-/.年](1[0-2]|0?[1-9])(?!\d)月?")
CHINESE_RANGE = re.compile(
    r"(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月?份?"
    r"(?:到|至|-|~|—)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
)
CHINESE_MONTH = re.compile(
    r"(?<![\d个一二两三四五六七八九十几半])(?:(去|今|前)年)?(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)"
)
_ENGLISH_MONTH_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|jun(?:e)?|jul(?:y)?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
ENGLISH_MONTH = re.compile(
    rf"\b{_ENGLISH_MONTH_NAME}(?:'s)?\b(?: (20\d\d))?|\b(?:in|for|from|of|my|to) (may)\b"
    r"|\b(may)(?:'s)? (?:bill|statement|invoice)"
)
ENGLISH_RANGE = re.compile(
    rf"\b(?:{_ENGLISH_MONTH_NAME}|(may)) (?:to|until|through|-) (?:{_ENGLISH_MONTH_NAME}|(may))\b"
)
