"""Chinese words for times, as patterns that yield atoms. Text is simplified and half-width already."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.assistant.nlu import time_days as days
from bot.assistant.nlu import time_holidays as holidays
from bot.assistant.nlu.time_model import Atom, Clock, Days, Kind, Part, Range, Reference, Relation

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Reference], list[Atom]]]

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2, "仨": 3, "日": 7, "天": 7}
MAX_AHEAD = {"hour": 24 * 60, "day": 400, "week": 60, "month": 24}
NUM = r"(?:[0-9]{1,3}|[一二两俩三仨四五六七八九十廿]{1,3})"
NUM2 = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})"
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
    "after_work": Part(1080, 1320, "evening", 1080),
    "before_work": Part(420, 540, "am", 540),
}
PART_WORDS = (
    (r"(?:一大?早上?|大?清早|清晨|大早上|一清早|清早上|凌晨一早|早晨(?=[五六七5-7]点)|晨间)", "early"),
    (r"(?:上午头|上午|早上|早晨|午前|头午|上半天|朝早|早间)", "morning"),
    (r"(?:正午|中午|晌午|晏昼)", "noon"),
    (r"(?:下午|午后|后晌|下半天|下昼|午饭后|午休后)", "afternoon"),
    (r"(?:傍晚|黄昏)", "dusk"),
    (r"(?:晚上|晚间|夜晚|夜间|晚黑|夜头|晚饭后|吃完晚饭)", "evening"),
    (r"(?:凌晨|后半夜)", "small_hours"),
    (r"(?:深夜|半夜|夜里)", "late_night"),
    (r"(?:白天|日间)", "daytime"),
    (r"(?:下了?班(?:以后|之后|后)|放工后|收工后)", "after_work"),
)
HALVES = {"早": "morning", "晨": "early", "午": "noon", "晚": "evening", "夜": "evening"}
DAY_SHIFT = {"今": 0, "明": 1, "后": 2, "听": 1}
UNITS = {
    "小时": "hour", "钟头": "hour", "分钟": "minute", "刻钟": "quarter", "天": "day", "日": "day", "周": "week",
    "星期": "week", "礼拜": "week", "月": "month",
}  # fmt: skip
HOLIDAYS = (
    ("元旦", "new_year"), ("大年三十|除夕夜?|年三十|年夜饭那天", "spring_eve"), ("大年初一|正月初一|春节|过年|农历新年|新春", "spring"),
    ("元宵节?|正月十五", "lantern"), ("情人节", "valentine"), ("三八(?:妇女)?节|妇女节", "women"), ("清明节?", "qingming"),
    ("五一(?:劳动节|节)?|劳动节", "labour"), ("六一(?:儿童节|节)?|儿童节", "children"), ("端午节?", "dragon_boat"),
    ("中秋节?", "mid_autumn"), ("十一黄金周|国庆节?|十一(?=长假|假期|期间|后|黄金周)", "national"), ("双十一|双11", "singles"),
    ("平安夜", "christmas_eve"), ("圣诞节?", "christmas"), ("跨年夜?|跨年那天", "new_year_eve"),
)  # fmt: skip
BILL = r"(?:份)?的?(?:账单|话费|费用|流量|账|消费|发票|月租|套餐费|扣费|详单|明细|欠费|余额|优惠|通话|用量|资费)"


def one(kind: Kind, match: re.Match[str], payload: object, group: int | str = 0) -> list[Atom]:
    return [Atom(kind, match.start(group), match.end(group), payload)]  # type: ignore[arg-type]


def said(match: re.Match[str], name: str) -> str:
    """Return what a named group took, "" when it took nothing or its pattern has no such group."""
    return match.groupdict().get(name) or ""


def _relative_day(match: re.Match[str], ref: Reference) -> list[Atom]:
    word = match[0]
    shift = 3 if word.startswith("大后") else DAY_SHIFT[word[0]]
    return one(Kind.DAY, match, days.relative_day(ref, shift))


def _day_and_half(match: re.Match[str], ref: Reference) -> list[Atom]:
    day = days.relative_day(ref, DAY_SHIFT[match[1]] if match[1] != "大后" else 3)
    return one(Kind.DAY, match, day, 1) + one(Kind.PART, match, PARTS[HALVES[match[2][0]]], 2)


def _weekday(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, which = match["lead"] or "", match["day"]
    weekday = (zh_number(which) or 1) - 1 if which != "末" else -1
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    weeks = lead.count("下")
    if weekday < 0:
        return one(Kind.DAY, match, days.weekend(ref, weeks))
    if weeks or lead:
        return one(Kind.DAY, match, days.weekday_of_week(ref, weekday, weeks))
    return one(Kind.DAY, match, days.coming_weekday(ref, weekday))


def _whole_week(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, part = match["lead"], match["part"] or ""
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    first, last = {"初": (0, 2), "中": (2, 3), "底": (3, 4)}.get(part, (0, 6))
    return one(Kind.DAY, match, days.week(ref, lead.count("下"), first, last))


def _working_days(match: re.Match[str], ref: Reference) -> list[Atom]:
    if match["first"]:
        return one(Kind.DAY, match, holidays.next_working_days(ref, 1, tomorrow=True))
    return one(Kind.DAY, match, holidays.next_working_days(ref, 5))


def _date(match: re.Match[str], ref: Reference) -> list[Atom]:
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
    "初": (1, 5), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20), "下旬": (21, None), "底": (-3, None), "末": (-3, None),
    "尾": (-3, None), "头": (1, 5), "月底": (-3, None), "月末": (-3, None), "月初": (1, 5), "月中": (11, 20),
}  # fmt: skip


def _month(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, part = said(match, "lead"), said(match, "part")
    if "上" in lead:
        return one(Kind.DAY, match, days.NOTHING)
    months = lead.count("下")
    if part:
        first, last = PART_OF_MONTH[part]
        known = months if lead else (0 if first < 0 else None)
        return one(Kind.DAY, match, days.part_of_month(ref, known, first, last))
    return one(Kind.DAY, match, days.month(ref, months))


def _named_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    number = zh_number(match["month"])
    if number is None:
        return []
    found = days.named_month(ref, number, _year(said(match, "year"), ref))
    if match["part"]:
        found = days.part_of_days(found, *PART_OF_MONTH[match["part"]])
    return one(Kind.DAY, match, found)


def _day_of_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    day = zh_number(match["day"])
    return one(Kind.DAY, match, days.day_of_month(ref, day)) if day and day <= 31 else []


def _edge_of_year(match: re.Match[str], ref: Reference) -> list[Atom]:
    year = ref.today.year + ("明" in match[0])
    first = (1, 1) if "初" in match[0] else (12, 25)
    found = days.date_in_year(ref, *first, year)
    if found.past:
        found = days.date_in_year(ref, *first)
    begin = found.alternatives[0][0][0] if not found.past else ref.today
    end = days.month_start(begin.replace(day=1), 1) if "初" not in match[0] else begin + timedelta(days=10)
    return one(Kind.DAY, match, Days((((begin, end),),), explicit=True, deadline_at_end="初" not in match[0]))


def _holiday(match: re.Match[str], ref: Reference) -> list[Atom]:
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


def _clock(match: re.Match[str], ref: Reference) -> list[Atom]:
    hour = zh_number(match["hour"])
    if hour is None or hour > 24:
        return []
    a_bit = match[0] == "一点"  # "快一点" is no hour; beside a day or a day part it is
    return one(Kind.CLOCK, match, Clock(hour, _minute(match["minute"]), fixed=hour > 12 or hour == 0, weak=a_bit))


def _minute(text: str | None) -> int:
    if not text:
        return 0
    words = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
    if text in words:
        return words[text]
    value = zh_number(text.strip("零过分"))
    return value if value is not None and value < 60 else 0


def _short_range(match: re.Match[str], ref: Reference) -> list[Atom]:
    first, last = zh_number(match["a"]), zh_number(match["b"])
    if first is None or last is None or first > 24 or last > 24:
        return []
    return one(Kind.CLOCK, match, Clock(first, fixed=first > 12), "a")


def _offset(match: re.Match[str], ref: Reference) -> list[Atom]:
    unit = UNITS[match["unit"]]
    amount = _amount(match, unit)
    if amount is None:
        return []
    within = match["end"] is not None and "内" in match["end"]
    if not within and unit in ("day", "week", "month") and amount == int(amount):
        return one(Kind.DAY, match, shifted_days(ref, unit, int(amount)))
    moment = ref.after(elapsed(unit, amount))
    ready: Range = (ref.now, moment) if within else (moment, None)
    return one(Kind.READY, match, (ready,))


def _amount(match: re.Match[str], unit: str) -> float | None:
    if match["half"]:
        whole = 0.0
    else:
        number = zh_number(match["n"])
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
    if unit != "month":
        return days.relative_day(ref, amount * (7 if unit == "week" else 1))
    first = days.month_start(ref.today, amount)
    last = days.month_start(first, 1) - timedelta(days=1)
    exact = first.replace(day=min(ref.today.day, last.day))
    return Days(((days.one_day(exact),),), explicit=True)


def _anytime(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.READY, match, ((ref.now, None),))


def _past(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.NOTHING)


def _block(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.BLOCK, match, None)


def _bound(kind: Kind, relation: Relation) -> Callable[[re.Match[str], Reference], list[Atom]]:
    return lambda match, ref: one(kind, match, relation)


def _part(name: str) -> Callable[[re.Match[str], Reference], list[Atom]]:
    return lambda match, ref: one(Kind.PART, match, PARTS[name])


def _now_plus(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.relative_day(ref, 2))


def _next_days(match: re.Match[str], ref: Reference) -> list[Atom]:
    count = 2 if "两" in match[0] else 3
    span = (ref.today, ref.today + timedelta(days=count + 1))
    return one(Kind.DAY, match, Days(((span,),)))


_HOLIDAY_NAMES = "|".join(f"(?P<h{index}>{words})" for index, (words, _) in enumerate(HOLIDAYS))
_RULES: tuple[tuple[str, Callable[[re.Match[str], Reference], list[Atom]]], ...] = (
    # What looks like a time and is none.
    (rf"(?:[0-9一二两三四五六七八九十]+个?(?:小时|钟头)制?|7[x*×]24|24/7|早上好|上午好|中午好|下午好|晚上好|早安|晚安|第二天|隔天就|前几天|"
     rf"(?:这个?|本|当|上+个?|下个?)月{BILL}|(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})月{BILL}|(?:明|后)天系列|"
     rf"每(?:天|日|周|星期|礼拜|个?月)?(?:的)?(?:{NUM2}[号日点]|{WEEK}?[一二三四五六日天末]|早上|上午|中午|下午|晚上|晚|早)?)", _block),
    (r"(?:大前天|前天|昨天|昨日|昨儿个?|昨晚|昨夜|昨早|前晚|前日|寻日|琴日|上(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])|"
     r"上+个?月(?:(?:初|底|中|末)|[0-9]{1,2}[号日])?|去年|前年|刚才|刚刚|方才|前两天|前阵子|[0-9一二两三四五六七八九十几半]+个?"
     r"(?:多?小时|钟头|分钟|天|周|星期|礼拜|月|年)(?:之|以)?前)", _past),
    # Days.
    (r"(?:大后[天日]|今[天日儿朝]个?|明[天日儿朝]个?|后[天日儿]个?|听日)", _relative_day),
    (r"(?P<d>大后|今|明|后|听)(?P<h>[早晚夜晨午](?:上(?!网))?)(?!年|餐|饭)", _day_and_half),
    (rf"(?P<lead>(?:下+|上+|这一?|本|那)个?)?{WEEK}(?P<day>[一二三四五六日天末1-7])(?!次)(?!百|千|万|块|元|[0-9]|个|天|杰|生|后(?!面)(?=的)|年)",
     _weekday),
    (rf"(?P<lead>(?:下+|上+|这一?|本)个?){WEEK}(?P<part>[初中底](?!文))?(?![一二三四五六日天末1-7]|年|期)", _whole_week),
    (r"(?P<first>(?:下一?|第一)个?工作日)|工作日|平日(?!里)", _working_days),
    (rf"(?:(?P<year>[0-9]{{4}}年|[0-9]{{2}}年|今年|明年|后年)的?)?(?P<month>{NUM2})月(?:份的?)?(?P<day>{NUM2})"
     r"(?:[号日](?!线|楼)|(?![0-9.个块元天%兆GMgm]))", _date),
    (rf"(?:(?P<year>今年|明年|后年|[0-9]{{4}}年)的?)(?P<month>{NUM2})月(?:份)?(?P<part>[初底末中头]|[上中下]旬)?", _named_month),
    (rf"(?<![0-9一二三四五六七八九十个])(?P<month>{NUM2})月(?:份)?(?P<part>[初底末头]|[上中下]旬)?(?!租|{NUM2}[号日]|费|卡|包)",
     _named_month),
    (r"(?P<lead>(?:下+|上+|这一?|本|当)个?)(?=月)(?:月(?P<part>初|底|末|尾|头|中(?!国|午|秋)|[上中下]旬)?)(?!租|卡|费)", _month),
    (r"(?<![0-9一二三四五六七八九十个])(?P<part>月底|月末|月初|月中(?!国)|(?<=[本])[上中下]旬)", _month),
    (rf"(?<![0-9a-z第工单门座卡#一二三四五六七八九十.\-])(?P<day>{NUM2})(?:号|日(?!内|租|包|流|游|志|子|常|本|均|后|前))"
     r"(?!楼|线|门|院|店|机|栋|码|卡|室|房|段|库|厅|口|桌|套|客|坐|单元|路|弄|巷|球|位|工|师|座|铺|棟|幢|键|电池|信)", _day_of_month),
    (r"(?:今年|明年|年)(?:年)?(?:底|末|尾)|明年(?:年)?初|年初(?!一)", _edge_of_year),
    (rf"(?:{_HOLIDAY_NAMES})(?:(?P<tail>(?:节|假期|长假|放假)?(?:过|完)?(?:之|以)?后的?第一(?:天|个?工作日|个?上班日)|期间|假期|长假|黄金周|放假"
     r"(?:期间|的?时候))|(?:节|假期|长假)?(?P<after>(?:过)?(?:之|以)?后(?!天|台|面)))?", _holiday),
    (r"过(?:两|2|俩)天(?!就|后)", _now_plus),
    (r"(?:这|未来|接下来|近)(?:两|几|三|2|3)天(?:之内|以内|内)?(?=.{0,3}(?:能|可以|来|上门|有空|都|方便|行|安排|在家|哪))", _next_days),
    # Parts of the day.
    *((pattern, _part(name)) for pattern, name in PART_WORDS),
    # Clock times.
    (rf"(?<![0-9.第一二三四五六七八九十差快有这下])(?P<hour>{NUM2}|两)(?:点钟?|时(?!间|候|长|段|不时|效))(?:整)?"
     r"(?P<minute>半|[一三13]刻|过?零?[一二三四五六七八九五]分|[二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]|[0-5][0-9]分?)?"
     r"(?!问题|意见|建议|要求|[0-9]*(?:元|块|折|倍|G|g|M|兆|%))(?:钟|整)?", _clock),
    (rf"(?<![0-9.:/第一二三四五六七八九十两\-])(?P<a>{NUM2}|两)(?=(?:点)?(?:到|至|-|~|—)(?P<b>{NUM2}|两)(?:点|时(?!间|候)))", _short_range),
    # Counted from now.
    (rf"(?:再?过)?(?:(?P<half>半)个?|(?P<n>{NUM})(?:个(?P<and_half>半)?)?)(?P<unit>小时|钟头|分钟|刻钟|天|日|周|星期|礼拜|月)"
     r"(?P<end>(?:之|以)?后(?!天|台|面)|(?:之|以)?内)", _offset),
    (rf"(?:再?过)(?:(?P<half>半)个?|(?P<n>{NUM})(?:个(?P<and_half>半)?)?)(?P<unit>小时|钟头|分钟|刻钟|天|周|星期|礼拜|月)(?P<end>后)?",
     _offset),
    (r"(?:随时|任何时[候间]|(?:什么|啥)时[候间]|哪天|几点|全天|整天|时间)(?:我)?(?:都|均)?(?:可以|行|成|方便|有空|在家|有人|OK|ok|能来|没问题)"
     r"|都有空|(?<=^)(?:随时|都可以|都行|随便|任何时间|任意时间|尽快|越快越好|马上|现在)(?=[。!.,]?$)|时间不限|现在(?:就|马上)?"
     r"(?:可以|能|派人|请)?(?:来|过来|上门)(?=修|吧|吗|$)", _anytime),
    # Bounds.
    (r"(?:不要?早于|不能?早于|最早(?:要)?|从|自|打从)(?!来|动|己|然|助)", _bound(Kind.PREFIX, Relation.SINCE)),
    (r"(?:晚于|过了)", _bound(Kind.PREFIX, Relation.AFTER)),
    (r"(?<!不)(?<!要)早于", _bound(Kind.PREFIX, Relation.BEFORE)),
    (r"(?:不要?晚于|不能?晚于|最晚|最迟|赶在|不超过|截止到?)", _bound(Kind.PREFIX, Relation.BY)),
    (r"(?:除了?(?!夕)|除开|避开|避免|(?<![特分个])别(?:约|安排|定)?在?(?!的|墅|人|名|说)|不要(?:约|安排|定)?在?|不想(?:要|在)?"
     r"|不能是|不是|(?<!可)(?<!是)不在)", _bound(Kind.PREFIX, Relation.EXCEPT)),
    (r"(?:之|以)?前(?!天|台|面|几|晚|日|两|阵|年|期|端)", _bound(Kind.SUFFIX, Relation.BEFORE)),
    (r"(?:过后|(?:之|以)?后|往后)(?!天|台|面|来|续|期|儿|日|付|晌|半|晚|年)", _bound(Kind.SUFFIX, Relation.AFTER)),
    (r"(?:的?时候)?(?:开始|起(?!来|码|床|步|诉))", _bound(Kind.SUFFIX, Relation.SINCE)),
    (r"(?:(?:之|以)内|内(?!蒙|存|网|部|容|线))", _bound(Kind.SUFFIX, Relation.WITHIN)),
    (r"(?:为止|截止)", _bound(Kind.SUFFIX, Relation.BY)),
    (r"(?:(?:以|之)外|除外|(?<=[一二三四五六日天末午上])外(?=[,都的]|其))", _bound(Kind.SUFFIX, Relation.EXCEPT)),
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple((re.compile(pattern), build) for pattern, build in _RULES)
