"""Which of several times is the one meant: days go to their hours, what is told gives way to what is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.assistant.nlu.time_model import Days, Range, Relation, TimeMention
from bot.assistant.nlu.time_points import Item, Phrase, Point

FARTHEST_DAY = 24
"""Characters between a day and the hours that belong to it."""
_APART = re.compile(r"也|或|[改换挪移推提]前?(?:到|成|为)|(?<![a-z])(?:or|also|too|as well|to|instead)(?![a-z])")
"""Between two times: both count, each for itself."""
_BUSY = re.compile(r"要|去|有事|没|不|忙|(?<![a-z])(?:busy|not|no|out|working|at work)(?![a-z])|n't|cannot")
_DAY_AFTER = re.compile(r"^(?:the day after|the (?:following|next) day|第二天|次日|后一天)")
_VAGUE = re.compile(
    r"^(?:再?过(?:两|几|俩|三|[23])天|这[两几]天|改天|(?:(?:这个?|下个?|本)?月|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月)[底末初中尾]|"
    r"(?:the )?(?:end|start|beginning|middle) of (?:the|this|next) month)$"
)
_OWN_PLAN_ZH = re.compile(
    r"^的?(?:飞机|火车|航班|高铁|动车|车票|机票)|"
    r"^[^,.。!?]{0,4}?(?:考试|体检|看病|开会|有课|上课|手术|复查|出院|(?:才|就)?回(?:来|家|国)(?!之|以|后)|休息|午休|吃饭|客人|亲戚|停电|停水|面试|家长会|出差|值班|有个?会)"
)
_OWN_PLAN_BEFORE_ZH = re.compile(r"(?:开|忙|上班|上|加班|持续)到$|(?:下班|放学|上班)(?:时间)?是?$")
_OWN_PLAN_EN = re.compile(
    r"(?<![a-z])(?:finish(?:es)?(?: work)?|get off(?: work)?|knock off|clock off|i start(?: work)?|starts work|school run|(?:doctor|dentist|hospital|"
    r"gp|vet|school|work)(?:'?s)?(?: (?:appointment|appt|meeting|visit))?|meeting|exam|interview|class|lesson|flight|train|"
    r"operation|shift (?:ends|finishes|starts)|i(?:'m| am) (?:at work|in|in (?:a )?(?:meetings?|class|lessons)|back(?: from [a-z ]+)?)|guests?(?: staying| coming| over)?|visitors|(?:in|into) (?:a )?meetings?|(?:we|i) move(?: out| in| house)?|we(?:'re| are) moving(?: out| in| house)?)"
    r"(?: is| leaves)?(?: all| the whole| over)?(?: at| on| for| until| till)?(?: the)?\s*$"
)


def without_what_is_told(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """Take back times that tell of the customer's own plans, and vague ones, where another is named.

    "I finish work at 5 so anything after 5.30 on Friday", 周三孩子考试,周四吧. A time that stands alone stays.
    """
    kept = [phrase for phrase in phrases if phrase.excluded or not _told(text, phrase)]
    for index, phrase in enumerate(kept[1:], start=1):
        if _DAY_AFTER.match(text[phrase.start : phrase.end]) and not kept[index - 1].excluded:
            kept = [*kept[: index - 1], *kept[index:]]
            break
    return kept if any(not phrase.excluded for phrase in kept) else phrases


def _told(text: str, phrase: Phrase) -> bool:
    before, after = text[: phrase.start], text[phrase.end :]
    if _VAGUE.match(text[phrase.start : phrase.end]):
        return True
    if _OWN_PLAN_ZH.search(after) or _OWN_PLAN_BEFORE_ZH.search(before):
        return True
    return _OWN_PLAN_EN.search(before) is not None


def without_what_is_said_closer(found: Sequence[tuple[Phrase, TimeMention]], text: str) -> list[TimeMention]:
    """Leave out a time that another one says more closely: 月底吧,30号 and "tomorrow morning, it's Saturday"."""
    kept = []
    for index, (phrase, mention) in enumerate(found):
        closer = (
            other
            for place, (own, other) in enumerate(found)
            if place != index and (place > index or _bare_day(phrase)) and not _apart(text, phrase, own)
        )
        if not any(_holds(mention, phrase, other) for other in closer):
            kept.append(mention)
    return kept


def _apart(text: str, one: Phrase, other: Phrase) -> bool:
    first, second = sorted((one, other), key=lambda phrase: phrase.start)
    return _APART.search(text[first.end : second.start] + text[second.end : second.end + 3]) is not None


def _holds(outer: TimeMention, phrase: Phrase, inner: TimeMention) -> bool:
    """Tell whether each reading of `inner` lies in one of `outer`, which is wider."""
    if set(outer.candidates) == set(inner.candidates):
        return False
    open_ended = any(isinstance(item, Point) and _from_on(item) for item in phrase.items)
    return all(any(_lies_in(one, whole, open_ended) for whole in outer.candidates) for one in inner.candidates)


def _from_on(point: Point) -> bool:
    return point.day_relation in (Relation.AFTER, Relation.SINCE)


def _lies_in(inner: Range, outer: Range, open_ended: bool) -> bool:
    (start, end), (first, last) = inner, outer
    if start is None or first is None or (last is None and not open_ended):
        return False
    return first <= start and (last is None or (end or start) <= last)


def _bare_day(phrase: Phrase) -> bool:
    return all(isinstance(item, Point) and item.day_only for item in phrase.items)


def with_hours_said_before(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """Give a bare day the hours that were named just before without one ("after 7 is best, can you come tomorrow")."""
    found: list[Phrase] = []
    for phrase in phrases:
        before = found[-1] if found else None
        if before is not None and _bare_day(phrase) and _hours_of(before, phrase, text):
            days = [item.day for item in phrase.items if isinstance(item, Point) and item.day is not None]
            items = tuple(_on_day(item, day) for day in days for item in before.items)
            found[-1] = replace(phrase, items=items, start=before.start)
            continue
        found.append(phrase)
    return found


def _hours_of(before: Phrase, phrase: Phrase, text: str) -> bool:
    gap = text[before.end : phrase.start]
    if before.excluded or phrase.excluded or len(gap) > FARTHEST_DAY or "。" in gap or _BUSY.search(gap):
        return False
    relations = any(isinstance(item, Point) and item.day_relation is not None for item in phrase.items)
    return not relations and all(_undated(item) for item in before.items) and not _apart(text, before, phrase)


def _undated(item: Item) -> bool:
    point = item if isinstance(item, Point) else item.first
    return point.day is None and point.timed


def with_days_said_before(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """Give hours without a day the days named just before ("周三可以,下午三点吧"), and take the bare days back."""
    found: list[Phrase] = []
    for phrase in phrases:
        days = _days_to_share(found[-1], phrase, text) if found else []
        if not days:
            found.append(phrase)
            continue
        bare = all(isinstance(item, Point) and item.day_only for item in found[-1].items)
        if bare and not found[-1].excluded and not phrase.excluded:
            found.pop()
        found.append(replace(phrase, items=tuple(_on_day(item, day) for day in days for item in phrase.items)))
    return found


def _on_day(item: Item, day: Days) -> Item:
    return replace(item, day=day) if isinstance(item, Point) else replace(item, first=replace(item.first, day=day))


def _days_to_share(before: Phrase, phrase: Phrase, text: str) -> list[Days]:
    """Return the days of one phrase that the next one's hours belong to, none when they do not belong together."""
    if phrase.start - before.end > FARTHEST_DAY or "。" in text[before.end : phrase.start]:
        return []
    undated = all(_undated(item) for item in phrase.items)
    sources = [item for item in before.items if isinstance(item, Point) and item.day and item.day_relation is None]
    if not undated or len(sources) < len(before.items):
        return []
    if len(sources) > 1 and not all(source.day_only for source in sources):
        return []
    if before.excluded and any(source.day_only for source in sources):
        return []
    return [source.day for source in sources if source.day is not None]
