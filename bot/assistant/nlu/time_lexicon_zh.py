"""Chinese words for times, as patterns that yield atoms. Text is simplified and half-width already."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.assistant.nlu import time_days as days
from bot.assistant.nlu import time_holidays as holidays
from bot.assistant.nlu.time_model import Atom, Clock, Days, Kind, Part, Range, Reference, Relation

Build = Callable[[re.Match[str], Reference], list[Atom]]
Rule = tuple[re.Pattern[str], Build]

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2, "仨": 3, "日": 7, "天": 7}
MAX_AHEAD = {"hour": 24 * 60, "day": 400, "week": 60, "month": 24}
HALF_MONTH_DAYS = 15
NUM = r"(?:[0-9]{1,3}|[一二两俩三仨四五六七八九十廿]{1,3})"
NUM2 = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})"
HOUR = r"(?:2[0-4]|1[0-9]|0?[0-9]|二十[一二三四]?|廿[一二三四]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
WEEK = r"(?:周|星期|礼拜)"


def zh_number(text: str) -> int | None:
    """Return the value of a numeral up to 999 in digits or below a hundred in characters; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        return None
    if not ten:
        return DIGITS.get(ones)
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


EARLY, MORNING, NOON = Part(360, 540, "am"), Part(480, 720, "am"), Part(660, 780, "noon", 720)
AFTERNOON, EVENING = Part(780, 1080, "pm"), Part(1080, 1320, "evening")
PARTS = {
    "early": EARLY,
    "morning": MORNING,
    "noon": NOON,
    "afternoon": AFTERNOON,
    "evening": EVENING,
    "small_hours": Part(0, 360, "am"),
    "late_night": Part(1320, 1440, "night"),
    "dusk": Part(1020, 1140, "pm"),
    "daytime": Part(480, 1080),
    "late_morning": Part(600, 720, "am"),
    "late_afternoon": Part(960, 1080, "pm"),
    "early_afternoon": Part(780, 900, "pm"),
    "after_work": Part(1080, 1320, "evening", 1080),
    "before_work": Part(420, 540, "am", 540),
    "close": Part(1020, 1080, "pm", 1080),
}
PART_WORDS = (
    (r"(?:一大?早上?|大?清早|清晨|大早上|一清早|清早上|凌晨一早|早晨(?=[五六七5-7]点)|晨间)", "early"),
    (r"上午(?:的)?(?:晚些时候|晚一?点儿?(?!到|来))", "late_morning"),
    (r"下午(?:的)?(?:早些时候|早一?点儿?|一上班)", "early_afternoon"),
    (r"下午(?:的)?(?:晚些时候|晚一?点儿?|晚些|靠后|快下班)", "late_afternoon"),
    (r"(?:上午头|上午|上昼|早上|早晨|午前|头午|上半天|朝早|早间|早浪向?|上半日)", "morning"),
    (r"(?:正午|中午|晌午)", "noon"),
    (r"(?:下午|午后|后晌|下半天|下半日|下昼|晏昼|午饭后|午休后)", "afternoon"),
    (r"(?:傍晚|黄昏|(?:(?<![今明后昨前])天)?擦黑|傍黑|挨黑|麻麻黑)", "dusk"),
    (r"(?:晚上|晚间|夜晚(?!上)|夜间|晚黑|夜头|夜到|夜里向|夜快头|晚饭后|吃完晚饭)", "evening"),
    (r"(?:凌晨|后半夜)", "small_hours"),
    (r"(?:深夜|半夜|夜里)", "late_night"),
    (r"(?:白天|日间)", "daytime"),
    (r"(?:下班|收工|打烊)(?=(?:之|以)?前)", "close"),
    (r"上班(?=(?:之|以)?前)", "before_work"),
    (r"(?:下了?班(?:以后|之后|后)|放工后|收工后)", "after_work"),
)
HALVES = {"早": "morning", "朝": "morning", "晨": "early", "午": "noon", "晚": "evening", "夜": "evening"}
DAY_SHIFT = {"今": 0, "明": 1, "名": 1, "后": 2, "听": 1}
UNITS = {
    "小时": "hour", "钟头": "hour", "钟": "hour", "分钟": "minute", "刻钟": "quarter", "天": "day", "日": "day", "周": "week",
    "星期": "week", "礼拜": "week", "月": "month",
}  # fmt: skip
HOLIDAYS = (
    ("元旦", "new_year"), ("大年三十|除夕夜?|年三十|年夜饭那天", "spring_eve"),
    ("大年初一|正月初一|春节|过年|农历新年|新春", "spring"),
    ("元宵节?|正月十五", "lantern"), ("情人节", "valentine"), ("三八(?:妇女)?节|妇女节", "women"),
    ("清明节?", "qingming"),
    ("五一(?:劳动节|节)?|劳动节", "labour"), ("六一(?:儿童节|节)?|儿童节", "children"), ("端午节?", "dragon_boat"),
    ("中秋节?", "mid_autumn"), ("十一黄金周|国庆节?|(?<!双)十一(?=长假|假期|放假|期间|(?:过|之|以)?[前后]|当天|那天|黄金周)", "national"),
    ("双十一|双11", "singles"), ("双十二|双12", "double_twelve"), ("腊八节?", "laba"), ("(?<!大)小年夜?(?=$|那|前|后|之|[,.!?上下])", "little_new_year"),
    ("重阳节?", "double_ninth"), ("七夕节?", "qixi"), ("冬至", "winter_solstice"),
    ("平安夜", "christmas_eve"), ("圣诞节?", "christmas"), ("跨年夜?|跨年那天", "new_year_eve"),
)  # fmt: skip
BILL = r"(?:份)?的?(?:账单|话费|费用|流量|账|消费|发票|月租|套餐费|扣费|详单|明细|欠费|余额|优惠|通话|用量|资费)"


def one(kind: Kind, match: re.Match[str], payload: object, group: int | str = 0) -> list[Atom]:
    return [Atom(kind, match.start(group), match.end(group), payload)]  # type: ignore[arg-type]


def said(match: re.Match[str], name: str) -> str:
    """Return what a named group took, "" when it took nothing or its pattern has no such group."""
    return match.groupdict().get(name) or ""


def relative_day(match: re.Match[str], ref: Reference) -> list[Atom]:
    word = match[0]
    shift = 2 + word.count("大") if word.startswith("大") else DAY_SHIFT[word[0]]
    return one(Kind.DAY, match, days.relative_day(ref, shift))


def day_and_half(match: re.Match[str], ref: Reference) -> list[Atom]:
    day = days.relative_day(ref, DAY_SHIFT[match[1]] if match[1] != "大后" else 3)
    return one(Kind.DAY, match, day, 1) + one(Kind.PART, match, PARTS[HALVES[match[2][0]]], 2)


def weekday(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, which = match["lead"] or "", match["day"]
    weekday = (zh_number(which) or 1) - 1 if which != "末" else -1
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    weeks = lead.count("下") or int(lead.startswith("next"))
    if weekday < 0:
        return one(Kind.DAY, match, days.weekend(ref, weeks))
    if weeks or lead:
        return one(Kind.DAY, match, days.weekday_of_week(ref, weekday, weeks))
    return one(Kind.DAY, match, days.coming_weekday(ref, weekday))


def whole_week(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, part = match["lead"], match["part"] or ""
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    first, last = {"初": (0, 2), "中": (2, 3), "底": (3, 4)}.get(part, (0, 6))
    return one(Kind.DAY, match, days.week(ref, lead.count("下"), first, last))


def several_weekdays(match: re.Match[str], ref: Reference) -> list[Atom]:
    """周六日, 周一三五: a weekday a character."""
    weeks = said(match, "lead").count("下")
    atoms: list[Atom] = []
    for place in range(match.start("first"), match.end()):
        if match.string[place] in "、,":
            continue
        weekday = (zh_number(match.string[place]) or 1) - 1
        day = days.weekday_of_week(ref, weekday, weeks) if said(match, "lead") else days.coming_weekday(ref, weekday)
        atoms.append(Atom(Kind.DAY, match.start() if not atoms else place, place + 1, day))
    return atoms


def two_days(match: re.Match[str], ref: Reference) -> list[Atom]:
    first, last = DAY_SHIFT[match[1]], DAY_SHIFT[match[2]]
    span = (ref.today + timedelta(days=first), ref.today + timedelta(days=last + 1))
    return one(Kind.DAY, match, Days(((span,),), explicit=first > 0))


def about_hour(match: re.Match[str], ref: Reference) -> list[Atom]:
    """两三点: between the two."""
    first, last = zh_number(match["a"]), zh_number(match["b"])
    if first is None or last != first + 1:
        return []
    second = Atom(Kind.CLOCK, match.start("b"), match.end(), Clock(last))
    return [*one(Kind.CLOCK, match, Clock(first), "a"), second]


def dotted(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.date_in_year(ref, int(match["a"]), int(match["b"])))


def before_spring(match: re.Match[str], ref: Reference) -> list[Atom]:
    """腊月二十八: a day of the lunar year's last month."""
    return one(Kind.DAY, match, holidays.last_lunar_month(ref, zh_number(match["day"].strip("初")) or 0))


def around_spring(match: re.Match[str], ref: Reference) -> list[Atom]:
    period, first = holidays.holiday_period(ref, "spring"), match.start() + 1
    relation = Relation.BEFORE if "前" in match[0] else Relation.AFTER
    return [Atom(Kind.DAY, match.start(), first, period), Atom(Kind.SUFFIX, first, match.end(), relation)]


def day_of_spring(match: re.Match[str], ref: Reference) -> list[Atom]:
    """大年初三: the third day of the lunar year."""
    later = timedelta(days=(zh_number(match["day"]) or 1) - 1)
    new_year = holidays.holiday(ref, "spring")
    series = tuple((start + later, end + later) for start, end in new_year.alternatives[0]) if not new_year.past else ()
    return one(Kind.DAY, match, Days((series,)))


def nth_of_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    """这个月最后一天, 12月第一个周六."""
    nth = -1 if match["nth"].startswith(("最后", "底", "末")) else zh_number(match["nth"].strip("第个")) or 1
    weekday_number = (zh_number(match["day"]) or 1) - 1 if said(match, "day") else None
    months = days.month(ref, said(match, "lead").count("下"))
    if said(match, "month"):
        months = days.named_month(ref, zh_number(match["month"]) or 0)
    return one(Kind.DAY, match, days.nth_of_month(ref, nth, weekday_number, months))


def working_days(match: re.Match[str], ref: Reference) -> list[Atom]:
    if match["first"]:
        return one(Kind.DAY, match, holidays.next_working_days(ref, 1, tomorrow=True))
    return one(Kind.DAY, match, holidays.next_working_days(ref, 5))


def date(match: re.Match[str], ref: Reference) -> list[Atom]:
    month_number, day = zh_number(match["month"]), zh_number(match["day"])
    if month_number is None or day is None:
        return []
    return one(Kind.DAY, match, days.date_in_year(ref, month_number, day, _year(match["year"], ref)))


def _year(text: str | None, ref: Reference) -> int | None:
    if not text:
        return None
    relative = {"今": 0, "明": 1, "后": 2}
    if text[0] in relative:
        return ref.today.year + relative[text[0]]
    year = int(re.sub("[^0-9]", "", text))
    return year if year > 99 else 2000 + year


PART_OF_MONTH = {
    "初": (1, 5), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20), "下旬": (21, None),
    "底": (-3, None), "末": (-3, None), "尾": (-3, None), "头": (1, 5),
    "月底": (-3, None), "月末": (-3, None), "月初": (1, 5), "月中": (11, 20),
}  # fmt: skip


def month(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, part = said(match, "lead"), said(match, "part")
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    months = lead.count("下")
    if part:
        first, last = PART_OF_MONTH[part]
        known = months if lead else (0 if first < 0 else None)
        return one(Kind.DAY, match, days.part_of_month(ref, known, first, last))
    return one(Kind.DAY, match, days.month(ref, months))


def named_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    number = zh_number(match["month"])
    if number is None:
        return []
    found = days.named_month(ref, number, _year(said(match, "year"), ref))
    if match["part"]:
        found = days.part_of_days(found, *PART_OF_MONTH[match["part"]])
    return one(Kind.DAY, match, found)


def day_of_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    day = zh_number(match["day"])
    return one(Kind.DAY, match, days.day_of_month(ref, day)) if day and day <= 31 else []


def edge_of_year(match: re.Match[str], ref: Reference) -> list[Atom]:
    year = ref.today.year + ("明" in match[0])
    first = (1, 1) if "初" in match[0] else (12, 25)
    found = days.date_in_year(ref, *first, year)
    if found.past:
        found = days.date_in_year(ref, *first)
    begin = found.alternatives[0][0][0] if not found.past else ref.today
    end = days.month_start(begin.replace(day=1), 1) if "初" not in match[0] else begin + timedelta(days=10)
    return one(Kind.DAY, match, Days((((begin, end),),), explicit=True, deadline_at_end="初" not in match[0]))


def holiday(match: re.Match[str], ref: Reference) -> list[Atom]:
    name = next(name for index, (_, name) in enumerate(HOLIDAYS) if match[f"h{index}"])
    tail = match["tail"] or ""
    if "第一" in tail:
        return one(Kind.DAY, match, holidays.day_after_holiday(ref, name, working="工作" in tail or "班" in tail))
    if tail:
        return one(Kind.DAY, match, holidays.holiday_period(ref, name))
    named = one(Kind.DAY, match, holidays.holiday(ref, name))
    if match["after"]:
        period = holidays.holiday_period(ref, name)
        after = match.start("after")
        return [Atom(Kind.DAY, match.start(), after, period), Atom(Kind.SUFFIX, after, match.end(), Relation.AFTER)]
    return named


def weekday_after_holiday(match: re.Match[str], ref: Reference) -> list[Atom]:
    """国庆后第一个周六: the first one once the days off are over."""
    name = next(name for index, (_, name) in enumerate(HOLIDAYS) if match[f"h{index}"])
    weekday = None if match["day"] == "末" else (zh_number(match["day"]) or 7) - 1
    return one(Kind.DAY, match, holidays.weekday_after_holiday(ref, name, weekday))


def clock(match: re.Match[str], ref: Reference) -> list[Atom]:
    hour = zh_number(match["hour"])
    if hour is None or hour > 24:
        return []
    a_bit = match[0] == "一点"  # "快一点" is no hour; beside a day or a day part it is
    minute = _minute(match["minute"])
    if said(match, "short") and hour > 0:  # 差一刻三点, 三点差五分
        hour, minute = (hour - 1) or 12, 60 - _minute(match["short"])
    return one(Kind.CLOCK, match, Clock(hour, minute, fixed=hour > 12 or hour == 0, weak=a_bit))


def _minute(text: str | None) -> int:
    if not text:
        return 0
    words = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
    if text in words:
        return words[text]
    value = zh_number(text.strip("零过分钟"))
    return value if value is not None and value < 60 else 0


def first_of_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    first = zh_number(match["a"])
    if first is None or first > 31:
        return []
    if said(match, "month"):
        number = zh_number(match["month"])
        return one(Kind.DAY, match, days.date_in_year(ref, number, first)) if number else []
    return one(Kind.DAY, match, days.day_of_month(ref, first))


def short_range(match: re.Match[str], ref: Reference) -> list[Atom]:
    first, last = zh_number(match["a"]), zh_number(match["b"])
    if first is None or last is None or first > 24 or last > 24:
        return []
    return one(Kind.CLOCK, match, Clock(first, fixed=first > 12), "a")


def offset(match: re.Match[str], ref: Reference) -> list[Atom]:
    unit = UNITS[match["unit"]]
    amount = _amount(match, unit)
    if amount is None:
        return []
    within = match["end"] is not None and "内" in match["end"]
    if said(match, "more"):  # 两三天内, 三五天后
        return _about(match, ref, unit, int(amount), within=within)
    if not within and unit == "month" and amount == 0.5:
        return one(Kind.DAY, match, shifted_days(ref, "day", HALF_MONTH_DAYS))
    if not within and unit in ("day", "week", "month") and amount == int(amount):
        return one(Kind.DAY, match, shifted_days(ref, unit, int(amount)))
    moment = ref.after(elapsed(unit, amount))
    ready: Range = (ref.now, moment) if within else (moment, None)
    return one(Kind.READY, match, (ready,))


def _about(match: re.Match[str], ref: Reference, unit: str, least: int, *, within: bool) -> list[Atom]:
    most = zh_number(match["more"])
    if most is None or not least < most <= least + 3:
        return []
    if within or unit not in ("day", "week", "month"):
        start = ref.now if within else ref.after(elapsed(unit, least))
        return one(Kind.READY, match, ((start, ref.after(elapsed(unit, most))),))
    first, last = (shifted_days(ref, unit, amount).alternatives[0][0] for amount in (least, most))
    return one(Kind.DAY, match, Days((((first[0], last[1]),),), explicit=True))


def _amount(match: re.Match[str], unit: str) -> float | None:
    if match["half"]:
        whole = 0.0
    else:
        number = zh_number(said(match, "least") or match["n"])
        if number is None:
            return None
        whole = float(number)
    return whole + (0.5 if match["half"] or match["and_half"] else 0.0)


def elapsed(unit: str, amount: float) -> timedelta:
    """Return a length of time; a month counts as 30 days. `unit` is minute, quarter, hour, day, week or month."""
    minutes = {"minute": 1, "quarter": 15, "hour": 60, "day": 1440, "week": 10080, "month": 43200}[unit]
    return timedelta(minutes=minutes * amount)


def shifted_days(ref: Reference, unit: str, amount: int) -> Days:
    """Return the day that lies some days, weeks or months ahead; a month without that day gives its last one."""
    if unit == "day":
        return days.relative_day(ref, amount)
    if unit == "week":
        landing = days.relative_day(ref, 7 * amount)
        return Days(landing.alternatives, explicit=True, around=(ref.monday(amount), ref.monday(amount + 1)))
    first = days.month_start(ref.today, amount)
    last = days.month_start(first, 1) - timedelta(days=1)
    exact = first.replace(day=min(ref.today.day, last.day))
    return Days(((days.one_day(exact),),), explicit=True)


def anytime(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.READY, match, ((ref.now, None),))


def past(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.NOTHING)


def block(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.BLOCK, match, None)


def bound(kind: Kind, relation: Relation) -> Build:
    return lambda match, ref: one(kind, match, relation)


def part(name: str) -> Build:
    return lambda match, ref: one(Kind.PART, match, PARTS[name])


def same_time(match: re.Match[str], ref: Reference) -> list[Atom]:
    """明天这个时候: the same hour, some days on."""
    return one(Kind.READY, match, ((ref.after(timedelta(days=DAY_SHIFT[match["d"]])), None),))


def now_plus(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.relative_day(ref, 2))


def next_days(match: re.Match[str], ref: Reference) -> list[Atom]:
    """这两天 counts today in, 未来两天 comes after it."""
    count = 2 if re.search("[两俩2]", match[0]) else 3
    count += 0 if match[0][0] in "这近最" else 1
    span = (ref.today, ref.today + timedelta(days=count))
    return one(Kind.DAY, match, Days(((span,),)))
