"""Compare readers of time expressions on `tests/data/time_expressions.yml`: how many are right, and at what cost.

    python bench/time_libraries.py                      our grammar, in the project's environment
    python bench/time_libraries.py --json > out.json    the same, for a machine
    pip install recognizers-text-suite==1.0.2a2 "emoji<2" dateparser timefhuman ctparse parsedatetime recurrent pyyaml
                                                        in an environment of its own, never in the project's; each that
                                                        can be imported is run

An answer counts as *usable* when the first range a library gives starts where it should and, for a range of days or
hours, ends there too (a minute's grace, as some close a day at 23:59:59; an instant may come with any end). For a
deadline the end must be right, for an exclusion or an ambiguity one of the pieces. That is kinder than our own test,
which wants every candidate exactly. *Day* is kinder still: only the first day named has to be right. The cost of a call
is measured over the whole table, after one pass that warms caches up.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "data" / "time_expressions.yml"
GRACE = timedelta(seconds=61)
Span = tuple[datetime | None, datetime | None]
Reader = Callable[[str, datetime, str], list[Span]]


@dataclass(frozen=True)
class Case:
    """One expression of the table; times are naive, in the table's zone."""

    text: str
    now: datetime
    language: str
    expected: tuple[Span, ...]


@dataclass(frozen=True)
class Score:
    """What one reader did with the table."""

    reader: str
    right_zh: int
    total_zh: int
    right_en: int
    total_en: int
    day_zh: int
    day_en: int
    failures: int
    import_s: float
    p50_ms: float
    p99_ms: float


def read_table(path: Path) -> list[Case]:
    """Return all cases of the table in its order."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    cases = []
    for group in table["groups"]:
        now = datetime.fromisoformat(group["now"])
        for item in group["expressions"]:
            pieces = item.get("candidates", [item])
            expected = tuple((_moment(piece["start"]), _moment(piece["end"])) for piece in pieces)
            cases.append(Case(item["text"], now, group["language"], expected))
    return cases


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def usable(found: list[Span], case: Case) -> bool:
    """Tell whether a first answer could be used to offer a visit; see the module's text for what counts."""
    if not case.expected:
        return not found
    return bool(found) and any(_fits(found[0], wanted, case.now) for wanted in case.expected)


def day_right(found: list[Span], case: Case) -> bool:
    """Tell whether a first answer at least names the right day, the kindest measure there is."""
    if not case.expected or not found:
        return not found and not case.expected
    start, end = found[0]
    day = start or end
    return any(
        day is not None and wanted is not None and day.date() == wanted.date() for wanted in map(_day_of, case.expected)
    )


def _day_of(span: Span) -> datetime | None:
    return span[0] or span[1]


def _fits(found: Span, wanted: Span, now: datetime) -> bool:
    if wanted[0] is None:
        return _near(found[1] or found[0], wanted[1])
    start_fits = _near(found[0], wanted[0]) or (
        wanted[0] == now and found[0] is not None and found[0].date() == now.date()
    )
    return start_fits and (wanted[1] is None or _near(found[1], wanted[1]))


def _near(a: datetime | None, b: datetime | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= GRACE


def ours() -> Reader:
    """The grammar of this repository."""
    sys.path.insert(0, str(ROOT))
    parser = importlib.import_module("bot.assistant.nlu.time_parser")
    zone = ZoneInfo("Asia/Shanghai")

    def read(text: str, now: datetime, language: str) -> list[Span]:
        mentions = parser.parse_times(text, now, zone, language)
        return [(_naive(a), _naive(b)) for mention in mentions for a, b in mention.candidates]

    return read


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment is not None else None


def recognizers() -> Reader:
    """Microsoft Recognizers-Text; of its candidates the first that is not over (it gives past ones as well)."""
    module = importlib.import_module("recognizers_date_time")
    cultures = {"zh": "zh-cn", "en": "en-us"}

    def read(text: str, now: datetime, language: str) -> list[Span]:
        spans = []
        for result in module.recognize_datetime(text, cultures[language], reference=now):
            for value in result.resolution["values"]:
                span = _recognized(value, now)
                if span is not None and (span[1] or span[0] or now) >= now:
                    spans.append(span)
        return spans

    return read


def _recognized(value: dict[str, str], now: datetime) -> Span | None:
    kind = value.get("type", "")
    if kind in ("daterange", "datetimerange", "timerange"):
        start, end = value.get("start"), value.get("end")
        return (_stamp(start, now) if start else None, _stamp(end, now) if end else None)
    if kind == "date" and "value" in value:
        start_day = _stamp(value["value"], now)
        return (start_day, start_day + timedelta(days=1)) if start_day else None
    if kind in ("datetime", "time") and "value" in value:
        return (_stamp(value["value"], now), None)
    return None


def _stamp(text: str, now: datetime) -> datetime | None:
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%H:%M:%S"):
        try:
            moment = datetime.strptime(text, pattern)
        except ValueError:
            continue
        if pattern != "%H:%M:%S":
            return moment
        today = datetime.combine(now.date(), moment.time())
        return today if today >= now else today + timedelta(days=1)
    return None


def dateparser_search() -> Reader:
    """dateparser's search, asked for future dates."""
    search = importlib.import_module("dateparser.search")

    def read(text: str, now: datetime, language: str) -> list[Span]:
        settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future", "RETURN_TIME_AS_PERIOD": True}
        found = search.search_dates(text, languages=[language], settings=settings) or []
        return [_day_or_instant(moment, now) for _, moment in found]

    return read


def _day_or_instant(moment: datetime, now: datetime | None) -> Span:
    """Read a bare datetime as a day when it carries no clock time of its own: midnight's, or that of `now`."""
    if moment.time() == datetime.min.time() or (now is not None and moment.time() == now.time()):
        start = datetime.combine(moment.date(), datetime.min.time())
        return start, start + timedelta(days=1)
    return moment, None


def timefhuman() -> Reader:
    """timefhuman: English ranges and lists."""
    module = importlib.import_module("timefhuman")

    def flat(value: Any) -> list[Span]:
        if isinstance(value, datetime):
            return [_day_or_instant(value, None)]
        if isinstance(value, date):
            start = datetime.combine(value, datetime.min.time())
            return [(start, start + timedelta(days=1))]
        if isinstance(value, tuple) and len(value) == 2:
            first, last = flat(value[0]), flat(value[1])
            return [(first[0][0], last[0][1] or last[0][0])] if first and last else []
        return [span for item in value for span in flat(item)] if isinstance(value, list) else []

    def read(text: str, now: datetime, language: str) -> list[Span]:
        return flat(module.timefhuman(text, config=module.tfhConfig(now=now)))

    return read


def ctparse() -> Reader:
    """ctparse: English and German appointments."""
    module = importlib.import_module("ctparse")

    def read(text: str, now: datetime, language: str) -> list[Span]:
        answer = module.ctparse(text, ts=now, timeout=2)
        found = answer.resolution if answer is not None else None
        if found is None:
            return []
        if hasattr(found, "t_from"):
            start = found.t_from.start.dt if found.t_from else None
            return [(start, found.t_to.end.dt if found.t_to else None)]
        if hasattr(found, "dt"):
            whole_day = found.hour is None and found.POD is None
            last = found.end.dt
            return [(found.start.dt, last + timedelta(minutes=1) if whole_day or found.POD else None)]
        return []

    return read


def parsedatetime() -> Reader:
    """parsedatetime: English, one moment at a time."""
    module = importlib.import_module("parsedatetime")
    calendar = module.Calendar(version=module.VERSION_CONTEXT_STYLE)

    def read(text: str, now: datetime, language: str) -> list[Span]:
        found = calendar.nlp(text, sourceTime=now) or ()
        return [(item[0], None) if item[1].hasTime else _day_or_instant(item[0], now) for item in found]

    return read


def recurrent() -> Reader:
    """recurrent: parsedatetime with recurring events on top."""
    module = importlib.import_module("recurrent.event_parser")

    def read(text: str, now: datetime, language: str) -> list[Span]:
        found = module.RecurringEvent(now_date=now).parse(text)
        return [_day_or_instant(found, now)] if isinstance(found, datetime) else []

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "our grammar": ours,
    "Recognizers-Text 1.0.2a2": recognizers,
    "dateparser": dateparser_search,
    "timefhuman": timefhuman,
    "ctparse": ctparse,
    "parsedatetime": parsedatetime,
    "recurrent": recurrent,
}


def measure(name: str, cases: list[Case]) -> Score | None:
    """Run one reader over the table; None when it is not installed here."""
    began = time.perf_counter()
    try:
        read = READERS[name]()
    except ImportError:
        return None
    import_s = time.perf_counter() - began
    right = {"zh": 0, "en": 0}
    total = {"zh": 0, "en": 0}
    day = {"zh": 0, "en": 0}
    failures = 0
    for case in cases:
        total[case.language] += 1
        try:
            found = read(case.text, case.now, case.language)
            right[case.language] += usable(found, case)
            day[case.language] += day_right(found, case)
        except Exception:  # a library's own slip is one of the figures
            failures += 1
    took_ms = []
    gc.disable()
    for case in cases:
        start = time.perf_counter()
        with contextlib.suppress(Exception):  # counted above
            read(case.text, case.now, case.language)
        took_ms.append((time.perf_counter() - start) * 1000)
    gc.enable()
    took_ms.sort()
    p99 = took_ms[int(len(took_ms) * 0.99)]
    median = statistics.median(took_ms)
    return Score(
        name, right["zh"], total["zh"], right["en"], total["en"], day["zh"], day["en"], failures, import_s, median, p99
    )


def main() -> None:
    """Print one line a reader, ours first."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options.add_argument("--only", choices=sorted(READERS), help="run one reader")
    arguments = options.parse_args()
    cases = read_table(TABLE)
    names = [arguments.only] if arguments.only else list(READERS)
    scores = [score for name in names if (score := measure(name, cases)) is not None]
    if arguments.json:
        print(json.dumps([asdict(score) for score in scores], indent=2))
        return
    print(
        "| reader | zh usable | en usable | zh day | en day | raises | import (s) | p50 (ms) | p99 (ms) |\n"
        + "|---" * 9
        + "|"
    )
    for score in scores:
        print(
            f"| {score.reader} | {score.right_zh}/{score.total_zh} | {score.right_en}/{score.total_en} | "
            f"{score.day_zh} | {score.day_en} | {score.failures} | "
            f"{score.import_s:.2f} | {score.p50_ms:.2f} | {score.p99_ms:.2f} |"
        )


if __name__ == "__main__":
    main()
