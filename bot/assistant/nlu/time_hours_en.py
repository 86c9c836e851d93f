"""English words for hours and parts of the day, as patterns that yield atoms."""

from __future__ import annotations

import re

from bot.assistant.nlu import time_days as days
from bot.assistant.nlu.time_lexicon_en import NUMBER_WORDS, en_number
from bot.assistant.nlu.time_lexicon_zh import PARTS, Build, one, said
from bot.assistant.nlu.time_model import Atom, Clock, Kind, Part, Reference

EN_PARTS: dict[str, Part] = {
    **PARTS,
    "late_morning": Part(600, 720, "am"),
    "early_afternoon": Part(780, 900, "pm"),
    "late_afternoon": Part(960, 1080, "pm"),
    "early_evening": Part(1080, 1200, "evening"),
    "late_evening": Part(1200, 1320, "evening"),
    "after_lunch": Part(780, 1080, "pm"),
    "before_lunch": Part(480, 720, "am"),
    "close": Part(1020, 1080, "pm", 1080),
}


def half_day(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.PART, match, PARTS["morning" if match["word"] == "am" else "afternoon"])


def hour_of(word: str) -> int:
    return int(word) if word.isdigit() else int(NUMBER_WORDS[word])


def half_of(text: str) -> str:
    return "" if not text else "am" if "a" in text else "pm"


def clock(match: re.Match[str], ref: Reference) -> list[Atom]:
    hour, minute, half = hour_of(match["hour"]), int(said(match, "minute") or 0), half_of(said(match, "half"))
    if hour > 24 or minute > 59:
        return []
    fixed = hour > 12 or hour == 0 or (len(match["hour"]) == 2 and match["hour"].startswith("0"))
    clock = Clock(hour, minute, half, fixed=fixed, weak=match.groupdict().get("bare") is not None)
    return one(Kind.CLOCK, match, clock, "all")


def spoken(match: re.Match[str], ref: Reference) -> list[Atom]:
    hour, half = hour_of(match["hour"]), half_of(said(match, "half"))
    how = {"half": 30, "quarter": 15, "a quarter": 15}
    word = said(match, "m").split(" min")[0].strip()
    minute = int(how.get(word) or en_number(word) or 0)
    if said(match, "to") in ("to", "til", "before"):
        hour, minute = (hour - 1) or 12, 60 - minute
    return one(Kind.CLOCK, match, Clock(hour, minute, half, fixed=hour > 12))


def worded(match: re.Match[str], ref: Reference) -> list[Atom]:
    minute = int(NUMBER_WORDS[match["minute"]])
    return one(Kind.CLOCK, match, Clock(hour_of(match["hour"]), minute, half_of(said(match, "half"))))


def bare_range(match: re.Match[str], ref: Reference) -> list[Atom]:
    atoms = []
    first_half, last_half = half_of(said(match, "ah")), half_of(said(match, "bh"))
    strong = bool(first_half or last_half or (match["am"] and match["bm"]) or match["clock"] is not None)
    for name, half in (("a", first_half), ("b", last_half)):
        hour, minute = hour_of(match[name]), int(said(match, f"{name}m").strip(":.") or 0)
        if hour > 24 or minute > 59:
            return []
        fixed = hour > 12 or (match[name].startswith("0") and len(match[name]) == 2)
        clock = Clock(hour, minute, half, fixed=fixed, weak=not strong)
        atoms.append(Atom(Kind.CLOCK, match.start(name), match.end(f"{name}all"), clock))
    return atoms


def military_range(match: re.Match[str], ref: Reference) -> list[Atom]:
    """1400-1600: hours as four digits, which count beside a day."""
    return [
        Atom(Kind.CLOCK, match.start(f"{name}all"), match.end(f"{name}all"),
             Clock(int(match[name]), int(match[f"{name}m"]), fixed=True, weak=True))
        for name in ("a", "b")
    ]  # fmt: skip


def lunch(match: re.Match[str], ref: Reference) -> list[Atom]:
    """Noon; not where the customer tells which hours "my lunch break" are."""
    told = match.string[: match.start()].endswith("my ") and re.search("[0-9]", match.string)
    return [] if told else one(Kind.PART, match, EN_PARTS["noon"])


def early_start(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.PART, match, PARTS["early"])


def part(match: re.Match[str], ref: Reference) -> list[Atom]:
    lead, word = said(match, "lead").strip(" -"), match["word"]
    name = {
        "arvo": "afternoon",
        "avo": "afternoon",
        "night": "evening",
        "nite": "evening",
        "eve": "evening",
        "morn": "morning",
        "forenoon": "morning",
        "mornin": "morning",
        "moring": "morning",
        "aft": "afternoon",
        "afternon": "afternoon",
    }.get(word.rstrip("s"), word.rstrip("s"))
    if lead == "early" and name == "morning":
        return one(Kind.PART, match, PARTS["early"])
    return one(Kind.PART, match, EN_PARTS.get(f"{lead}_{name}", EN_PARTS[name]))


def this_part(match: re.Match[str], ref: Reference) -> list[Atom]:
    name = {"arvo": "afternoon", "night": "evening", "avo": "afternoon"}.get(match["part"], match["part"])
    lead = one(Kind.DAY, match, days.relative_day(ref, 0), "lead")
    if said(match, "late"):
        return lead + one(Kind.PART, match, EN_PARTS.get(f"{match['late']}_{name}", EN_PARTS[name]), "partall")
    return lead + one(Kind.PART, match, EN_PARTS[name], "partall")


def tonight(match: re.Match[str], ref: Reference) -> list[Atom]:
    middle = match.start() + 1
    day = Atom(Kind.DAY, match.start(), middle, days.relative_day(ref, 0))
    return [day, Atom(Kind.PART, middle, match.end(), PARTS["evening"])]


def fixed_part(name: str) -> Build:
    return lambda match, ref: one(Kind.PART, match, EN_PARTS[name])


def midnight(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.CLOCK, match, Clock(24, fixed=True))


def same_time(match: re.Match[str], ref: Reference) -> list[Atom]:
    return one(Kind.CLOCK, match, Clock(ref.now.hour, ref.now.minute, fixed=True))
