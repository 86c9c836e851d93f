"""Words of visits: days, parts of the day, new times, and faults that want repair. Pure."""

from __future__ import annotations

import re

#: a day, not only a time of day
DAY_WORDS = re.compile(
    r"今[天日晚早儿]|明[天日早晚儿]|后[天日儿]|周|星期|礼拜|[0-9一二三四五六七八九十]\s*[号日天月]|月底|月初|年|节|假"
    r"|mon|tue|wed|thu|fri|sat|sun|today|tonight|tomorrow|tmr|tmrw|tomoz|week|\bday|[0-9]\s*(?:st|nd|rd|th)\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[0-9]\s*[/\-.]\s*[0-9]+\b(?!\s*(?:am|pm|点|:))",
    re.IGNORECASE,
)
#: a time that comes again every week
WEEKLY = re.compile(
    r"周末|双休|休息日|周[六日天]|星期[六日天]|礼拜[六日天]|weekend|saturday|sunday|\bsat\b|\bsun\b", re.IGNORECASE
)
#: a time and all that comes after it
OPEN_END = re.compile(
    r"[以之]?后(?!天|儿|日|面|台)|(?<!一)起(?!来|床|码)|不早于|不要早于|别早于|除了?|除开|以外|之外|不要|都行|都可以|\b(?:but|except|apart from|other than)\b|\bnot on\b|\bafter\b|\bfrom\b|later than|not before|no(?:t)? earlier|\bonwards?\b|\bpast\b|\bsince\b",
    re.IGNORECASE,
)
#: a visit that was to be moved stays where it is
KEEPS = re.compile(
    r"原来|原先|照旧|保持不变|不(?:用)?[改换动]了?|\bkeep (?:it|the (?:old|original|same|current))\b"
    r"|\b(?:old|original) (?:time|one)\b|as it (?:is|was)\b"
    # giving up moving it, not the visit
    r"|^(?!.*(?:取消|退掉|不[用要]来|别来|cancel)).*(?:算了|\bnever ?mind\b|\bforget it\b|\bleave it\b|\bdon'?t bother\b)",
    re.IGNORECASE,
)
#: somebody who should have come did not
NO_SHOW = re.compile(
    r"没(?:有)?(?:人)?来|没见(?:着|到)?(?:人|师傅)|没(?:有)?上门|放(?:我)?鸽子|爽约|白等|等了(?:一|半|大半)个?(?:上午|下午|天|早上|晚上)|人影|\bno[- ]?show"
    r"|\b(?:did ?n[o'’]?t|never|has ?n[o'’]?t|have ?n[o'’]?t) (?:even )?(?:show|come|came|turn|arrive|appear)|\b(?:nobody|no ?one) (?:came|showed|turned|has come|arrived)"
    r"|\bstood (?:me|us) up\b|\bwaited (?:all|in|the whole)\b",
    re.IGNORECASE,
)
#: words → local hours in which a window must start
DAY_PARTS: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"上午|早上|早晨|一早|清早|morning|\ba\.?m\.?\b"), 0, 12),
    (re.compile(r"中午|\bnoon|lunch"), 11, 14),
    (re.compile(r"下午|afternoon|\bp\.?m\.?\b"), 12, 18),
    (re.compile(r"晚上|傍晚|夜里|下班后?|evening|night|after work"), 16, 24),
)
#: what follows is when the visit should be, not which visit it is
NEW_TIME = re.compile(
    r"改到|改成|改为|改在|换到|换成|挪到|推到|推迟到|提前到|延到|调到|定在|约在|约到|\bto\b|\bfor\b|\binto\b|\btill\b|\buntil\b"
)

SOMETHING_WRONG = re.compile(
    r"坏|故障|不能|不行|没[网信画声]|断|慢|卡|不通|修|维修|报修|红灯"
    r"|\bfault|broken|down|not work|doesn'?t work|repair|fix|slow|no (?:internet|signal|picture)"
)
