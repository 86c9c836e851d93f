"""English words for times, as patterns that yield atoms. Patterns meet lower-case text, with Chinese around it too."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.assistant.nlu import time_days as days
from bot.assistant.nlu import time_holidays as holidays
from bot.assistant.nlu.time_lexicon_zh import MAX_AHEAD, Build, elapsed, one, said, shifted_days
from bot.assistant.nlu.time_model import Atom, Days, Kind, Range, Reference, Relation

B, E = r"(?<![a-z0-9])", r"(?![a-z0-9])"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
)
FULL = (
    r"(?:mon?nda?y|monday|tues?da?y|tueday|wed?nesda?y|wednsday|wendsday|weds?day|thurs?da?y|thrusday|thusday|"
    r"fri?da?y|"
    r"satur?da?y|saterday|sun?nda?y|sunday|wensday|wednseday|wenesday|thursady|thurday|tusday|teusday|tuesady|firday|fridy|munday)"
)
SHORT = r"(?:mon|tues?|weds?|thurs?|thu|thur|fri|sat|sun)"
AFTER_SHORT = (
    r"(?=$|\s*[,.?!;/&-]|\s+(?:[0-9]|am|pm|morn|afternoon|arvo|even|night|noon|at|after|before|or|and|to|till|"
    r"until|the|next|"
    r"is|works|pls|please|week|instead|if|between|from|lunch|would|suits|for|thru|through|through|around|early|"
    r"late|any|both|fine|only|maybe|ok|okay|good|can|could|when|whenever|whichever|whatever|either|sounds|should|"
    r"might|may|i|i'm|my|we|he|she|they|as|because|cos|but|not|then|also|same|thanks|thx|lah?|ah|uh|um)|"
    r"[^\x00-\x7f])"
)
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
    "couple": 2, "a couple of": 2, "few": 3, "a few": 3, "half": 0.5, "half a": 0.5, "half an": 0.5, "twenty-four": 24,
    "twenty five": 25, "twenty-five": 25, "quarter": 15, "a quarter": 15,
}  # fmt: skip
HOUR_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
HOUR = rf"(?:2[0-4]|1[0-9]|0?[0-9]|{HOUR_WORD})"
AMPM = r"(?:\s?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z]))"
COUNT = (
    r"(?:a couple of|a few|half an?|an?|[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|"
    r"fifteen|twenty|"
    r"thirty|forty-five|forty|twenty[- ]four)"
)
UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?)"
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "thirty-first": 31,
    **{f"twenty-{word}": 20 + value for value, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), start=1)},
}  # fmt: skip
LATE_ORDINAL = "(?:" + "|".join(word for word in ORDINALS if ORDINALS[word] > 12) + ")"
"""Hardly anything but a day is the thirteenth or the thirtieth."""
ORDINAL_WORD = "(?:" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + ")"
DAY_NUMBER = r"(?:3[01]|[12][0-9]|0?[1-9])"
NOT_COUNTED = (  # what may follow a bare number that is an hour or a day
    r"(?=$|\s*[,.?!;:)\-–](?![0-9])|'s |\s*[^\x00-\x7f个次块元天兆度折岁台条张]|\s+(?:on|in|at|this|that|am|pm|tomorrow|"
    r"tmrw?|tmr|today|tonight|next|or|and|"
    r"please|pls|plz|if|would|works?|is|will|suits?|for|thanks|thank|thx|when|because|cos|as|i|i'm|i'll|it|but|"
    r"maybe|though|"
    r"ideally|instead|to|til|till|until|after|before|between|from|of|the|can|could|ok|okay|only|preferably|every|morning|available|free|possible|good|fine|best|at|does|do|should|slot|window|appointment|visit|we|you|he|they|my|also|about|around|since|while|but|with|latest|onwards?|please|lah?|"
    r""
    rf"afternoon|evening|then|so|sharp|ish|onwards?|{FULL}|{SHORT}|{MONTH})(?![a-z]))"
)
HOLIDAYS = (
    (r"new year'?s? eve|nye", "new_year_eve"), (r"new year'?s?(?: day)?", "new_year"), (r"christmas eve|"
    r"xmas eve", "christmas_eve"),
    (r"(?:christmas|xmas)(?: day)?", "christmas"), (r"boxing day", "boxing"), (r"good friday", "good_friday"),
    (r"easter monday", "easter_monday"), (r"easter(?: sunday)?", "easter"), (r"valentine'?s(?: day)?", "valentine"),
    (r"hallowe'?en", "halloween"), (r"(?:chinese|lunar) new year|spring festival|cny", "spring"),
    (r"(?:the )?national day(?: holiday)?|golden week", "national"), (r"mid[- ]autumn(?: festival| day)?", "mid_autumn"),
    (r"dragon boat(?: festival| day)?", "dragon_boat"), (r"lantern festival", "lantern"),
    (r"qing ?ming(?: festival)?|tomb[- ]sweeping(?: day| festival)?", "qingming"), (r"double ninth(?: festival)?", "double_ninth"),
    (r"winter solstice", "winter_solstice"), (r"thanksgiving(?: day)?", "thanksgiving"),
    (r"(?:labou?r|may) day", "labour"),
)  # fmt: skip


def en_number(text: str) -> float | None:
    """Return the value of a number in digits or in words up to forty-five; None for anything else."""
    return float(text) if text.isascii() and text.isdigit() else NUMBER_WORDS.get(text)


def weekday_index(word: str) -> int:
    starts = ("mo", "tu", "we", "th", "fr", "sa", "su")
    word = {"munday": "monday", "teusday": "tuesday", "firday": "friday"}.get(word, word)
    return starts.index(word[:2]) if word[:2] in starts else 0


def day(shift: int) -> Build:
    return lambda match, ref: one(Kind.DAY, match, days.relative_day(ref, shift))


def weekday(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, weekday = " ".join(said(match, "lead").split()), weekday_index(match["day"])
    if said(match, "week"):
        return one(Kind.DAY, match, days.coming_weekday(ref, weekday, weeks_later=1))
    if lead in ("last", "past"):
        return one(Kind.DAY, match, days.NOTHING)
    if lead.endswith((" on", " from")) or lead == "a week next":
        later = 3 if lead.startswith(("3", "three")) else 2 if lead.startswith(("2", "two", "a fort", "fort")) else 1
        found = days.coming_weekday(ref, weekday, weeks_later=later)
    elif lead.endswith("after next") or said(match, "next2"):
        found = days.weekday_of_week(ref, weekday, 2)
    elif lead.endswith("following"):
        found = days.weekday_of_week(ref, weekday, 1)
    elif lead == "next":
        found = days.english_next_weekday(ref, weekday)
    elif lead.startswith("this"):
        found = days.weekday_of_week(ref, weekday, 0)
    elif "coming" in lead or said(match, "coming"):
        found = Days((days.coming_weekday(ref, weekday).alternatives[-1],), explicit=True)
    else:
        found = days.coming_weekday(ref, weekday)
    return one(Kind.DAY, match, found)


def week(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, part, what = said(match, "lead"), said(match, "part").removeprefix("the "), match["what"]
    if lead in ("last", "past"):
        return one(Kind.DAY, match, days.NOTHING)
    weeks = 2 if said(match, "after") else 1 if lead == "next" else 0
    if what == "weekend":
        return one(Kind.DAY, match, days.weekend(ref, weeks))
    if what == "month":
        return one(Kind.DAY, match, month_part(days.month(ref, weeks), part))
    if what == "year":
        return []
    if part.startswith("later") and not weeks:
        tomorrow = ref.today + timedelta(days=1)
        left = (tomorrow, ref.monday(1))
        return one(Kind.DAY, match, Days(((left,),), explicit=True) if left[0] < left[1] else days.NOTHING)
    first, last = 0, 6
    if part.startswith(("early", "beginning", "start")):
        first, last = 0, 2
    elif part.startswith("mid"):
        first, last = 1, 3
    elif part.startswith(("late", "end")):
        first, last = (3, 5) if part.startswith("late") else (4, 6)
    found = days.week(ref, weeks, first, last)
    ends = Days(found.alternatives, explicit=found.explicit, deadline_at_end=part.startswith("end"))
    return one(Kind.DAY, match, ends)


def month_part(found: Days, part: str) -> Days:
    if part.startswith(("early", "beginning", "start")):
        return days.part_of_days(found, 1, 5 if not part.startswith("early") else 10)
    if part.startswith("mid"):
        return days.part_of_days(found, 11, 20)
    if part.startswith("late"):
        return days.part_of_days(found, 21, None)
    if part.startswith("end"):
        return days.part_of_days(found, -3, None)
    return found


def month_number(word: str) -> int:
    return MONTHS.index(word[:3]) + 1


def date(match: re.Match[str], ref: Reference) -> list[Atom]:
    word = match["day"]
    day = ORDINALS.get(word) or int(re.sub("[^0-9]", "", word))
    year = int(match["year"]) if said(match, "year") else None
    return one(Kind.DAY, match, days.date_in_year(ref, month_number(match["month"]), day, year))


def named_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    year = int(match["year"]) if said(match, "year") else None
    found = days.named_month(ref, month_number(match["month"]), year)
    return [
        Atom(
            Kind.DAY,
            match.start("whole"),
            match.end("whole"),
            month_part(found, said(match, "part").removeprefix("the ")),
        )
    ]


def day_of_month(match: re.Match[str], ref: Reference) -> list[Atom]:
    word = match["day"]
    return one(Kind.DAY, match, days.day_of_month(ref, ORDINALS.get(word) or int(re.sub("[^0-9]", "", word))))


def month_end(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.part_of_month(ref, 0, -3, None))


def year_end(match: re.Match[str], ref: Reference) -> list[Atom]:
    end = ref.today.replace(month=12, day=31) + timedelta(days=1)
    return one(Kind.DAY, match, Days((((end - timedelta(days=7), end),),), explicit=True, deadline_at_end=True))


def numeric(match: re.Match[str], ref: Reference) -> list[Atom]:
    if said(match, "year"):
        return one(Kind.DAY, match, days.date_in_year(ref, int(match["a"]), int(match["b"]), int(match["year"])), "all")
    found = days.numeric_date(ref, int(match["a"]), int(match["b"]))
    return one(Kind.DAY, match, found, "all") if not found.past else []


def two_dates(match: re.Match[str], ref: Reference) -> list[Atom]:
    """June 25 or 26, the 5th to the 7th of July: the month is said once for both days."""
    month = month_number(match["month"])
    atoms = []
    for name in ("a", "b"):
        found = days.date_in_year(ref, month, int(re.sub("[^0-9]", "", match[name])))
        atoms.append(Atom(Kind.DAY, match.start(f"{name}all"), match.end(f"{name}all"), found))
    return atoms


def weekend_of(match: re.Match[str], ref: Reference) -> list[Atom]:
    """The weekend of the 23rd: the Saturday and Sunday of the week that the day is in."""
    found = date(match, ref) if said(match, "month") else day_of_month(match, ref)
    first = found[0].payload
    assert isinstance(first, Days)
    if first.past:
        return []
    day = first.alternatives[0][0][0]
    saturday = day + timedelta(days=days.SATURDAY - day.weekday())
    return one(Kind.DAY, match, Days((((saturday, saturday + timedelta(days=2)),),), explicit=True))


def dmy(match: re.Match[str], ref: Reference) -> list[Atom]:
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    options = [days.date_in_year(ref, second, first, year), days.date_in_year(ref, first, second, year)]
    found = [option for option in options if not option.past]
    return one(Kind.DAY, match, found[0] if found else days.NOTHING, "all")


def holiday(match: re.Match[str], ref: Reference) -> list[Atom]:
    name = next(name for index, (_, name) in enumerate(HOLIDAYS) if match[f"h{index}"])
    if said(match, "first"):
        working = "work" in match["first"] or "business" in match["first"]
        return one(Kind.DAY, match, holidays.day_after_holiday(ref, name, working=working))
    if said(match, "period") or re.search(r"(?:after|during|over) (?:the )?$", match.string[: match.start()]):
        return one(Kind.DAY, match, holidays.holiday_period(ref, name))
    return one(Kind.DAY, match, holidays.holiday(ref, name))


def weekday_after_holiday(match: re.Match[str], ref: Reference) -> list[Atom]:
    """First Monday after Easter."""
    name = next(name for index, (_, name) in enumerate(HOLIDAYS) if match[f"h{index}"])
    wanted = weekday_index(match["day"]) if said(match, "day") else None
    return one(Kind.DAY, match, holidays.weekday_after_holiday(ref, name, wanted))


def offset(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, unit = said(match, "lead"), match["unit"]
    amount = en_number(match["n"]) if said(match, "n") else 1.0
    amount = 3.0 if said(match, "few") else amount
    if amount is None or amount > 400:
        return []
    amount += 0.5 if said(match, "half") or said(match, "more") else 0.0
    if unit.startswith("fortnight"):
        unit, amount = "week", amount * 2
    if said(match, "most"):
        return _about(match, ref, amount, unit)
    kind = next(
        name
        for name in ("minute", "hour", "day", "week", "month")
        if name.startswith(unit[:1] if unit[0] != "m" else unit[:2])
    )
    if kind in MAX_AHEAD and amount > MAX_AHEAD[kind]:
        return []
    if re.match(r"within|in(?:side)? the next|over the next|(?:the )?next|in (?:under|less)|inside|no more", lead):
        return one(Kind.READY, match, ((ref.now, ref.after(elapsed(kind, amount))),))
    if kind in ("day", "week", "month") and amount == int(amount):
        return one(Kind.DAY, match, shifted_days(ref, kind, int(amount)))
    ready: Range = (ref.after(elapsed(kind, amount)), None)
    return one(Kind.READY, match, (ready,))


def _about(match: re.Match[str], ref: Reference, least: float, unit: str) -> list[Atom]:
    """In an hour or two."""
    most = en_number(match["most"])
    kind = {"h": "hour", "d": "day", "w": "week"}.get(unit[0], "minute" if unit.startswith("mi") else "month")
    if most is None or most <= least:
        return []
    if kind in ("minute", "hour"):
        return one(Kind.READY, match, ((ref.after(elapsed(kind, least)), ref.after(elapsed(kind, most))),))
    first, last = (shifted_days(ref, kind, int(amount)).alternatives[0][0] for amount in (least, most))
    return one(Kind.DAY, match, Days((((first[0], last[1]),),), explicit=True))


def same_time_later(match: re.Match[str], ref: Reference) -> list[Atom]:
    """This time next week: the same hour, seven days on."""
    ahead = 1 if "tomorrow" in match[0] else 7
    return one(Kind.READY, match, ((ref.after(timedelta(days=ahead)), None),))


def week_of(match: re.Match[str], ref: Reference) -> list[Atom]:
    """The week of the 7th; the first week of December: seven days from then on."""
    found = date(match, ref) if said(match, "month") and said(match, "day") else []
    if not found and said(match, "day"):
        found = day_of_month(match, ref)
    if not found:
        months = days.named_month(ref, month_number(match["month"]))
        return one(Kind.DAY, match, days.part_of_days(months, 1, 7))
    first = found[0].payload
    assert isinstance(first, Days)
    if first.past:
        return []
    begin = first.alternatives[0][0][0]
    return one(Kind.DAY, match, Days((((begin, begin + timedelta(days=7)),),), explicit=True))


def midweek(match: re.Match[str], ref: Reference) -> list[Atom]:
    found = days.week(ref, 0, 1, 3)
    return one(Kind.DAY, match, days.week(ref, 1, 1, 3) if found.past else found)


def new_year_on(match: re.Match[str], ref: Reference) -> list[Atom]:
    first = ref.today.replace(month=1, day=1, year=ref.today.year + 1)
    return one(Kind.READY, match, ((ref.at(first), None),))


def nth(match: re.Match[str], ref: Reference) -> list[Atom]:
    """The last day of the month, the first Monday of December."""
    place = -1 if match["nth"] == "last" else ORDINALS[match["nth"]]
    weekday_number = None if match["day"] in ("day", "") else weekday_index(match["day"])
    if said(match, "month"):
        months = days.named_month(ref, month_number(match["month"]))
    else:
        months = days.month(ref, int(match["rel"] == "next month"))
    return one(Kind.DAY, match, days.nth_of_month(ref, place, weekday_number, months))


def within_one(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.READY, match, ((ref.now, ref.after(elapsed(match["unit"], 1))),))


def working(match: re.Match[str], ref: Reference) -> list[Atom]:
    single = bool(said(match, "next"))
    return one(Kind.DAY, match, holidays.next_working_days(ref, 1 if single else 5, tomorrow=single))


def anytime(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.READY, match, ((ref.now, None),))


def later_today(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.READY, match, ((ref.now, ref.at(ref.today + timedelta(days=1))),))


def past(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.DAY, match, days.NOTHING)


def block(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.BLOCK, match, None)


def bound(kind: Kind, relation: Relation) -> Build:
    return lambda match, ref: one(kind, match, relation)
