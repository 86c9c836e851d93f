"""From atoms to points ("周五 下午 4点 以后") and phrases: lists of points and spans, wanted or ruled out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.assistant.nlu.time_atoms import CLOSE, CONNECT, GLUE, OR
from bot.assistant.nlu.time_days import beside, intersect
from bot.assistant.nlu.time_model import DAYS_PER_WEEK, Atom, Clock, Days, Kind, Part, Range, Relation

_MOVE = re.compile(r"(?<![a-z])(?:move|chang|resched|shift|push|bring|swap|switch|postpone)[a-z]*(?![a-z])[^,.;?!]*$")
_TARGET = re.compile(r"(?<![a-z])(?:to|for|between)\s*$")
UNTIL = ("until", "till", "til", "到")
FARTHEST_BOUND = 48
"""Characters between a time and the words that take it up again as a bound."""
_BACK = re.compile(r"^[^.;?!。]*(?:(?:that|from then(?: on)?(?:wards)?).?|,(?:之后|以后|那之后)[都随哪什])$")
_BESIDE = {Relation.PREVIOUS_DAY: -1, Relation.NEXT_DAY: 1}
_CONTENT = (Kind.DAY, Kind.PART, Kind.CLOCK, Kind.READY)


@dataclass(frozen=True)
class Point:
    """A day, a part of it, a clock time, or several of these together, with the bound that stands at each."""

    start: int
    end: int
    day: Days | None = None
    part: Part | None = None
    clock: Clock | None = None
    ready: tuple[Range, ...] = ()
    day_relation: Relation | None = None
    time_relation: Relation | None = None
    week: Days | None = None
    """The week or weeks said behind the day ("Friday next week"), which days said before it share."""
    open_ended: bool = False
    """The bound was said of the day and the time together ("from Friday noon"): the day does not end it."""

    @property
    def timed(self) -> bool:
        return self.part is not None or self.clock is not None

    @property
    def day_only(self) -> bool:
        return self.day is not None and not self.timed and not self.ready


@dataclass(frozen=True)
class Span:
    """From one point to another; `daily` when the hours of `daily` hold on each day between them."""

    first: Point
    last: Point
    daily: Point | Span | None = None

    @property
    def start(self) -> int:
        return min(self.first.start, self.daily.start if self.daily else self.first.start)

    @property
    def end(self) -> int:
        return max(self.first.end, self.last.end, self.daily.end if self.daily else 0)

    @property
    def day_only(self) -> bool:
        return self.first.day_only and self.last.day_only and self.daily is None


Item = Point | Span


@dataclass(frozen=True)
class Phrase:
    """Alternatives said in one breath; `excluded` when they are what does not suit."""

    items: tuple[Item, ...]
    excluded: bool
    start: int
    end: int


class PhraseReader:
    """Reads the atoms of one text from left to right."""

    def __init__(self, text: str, atoms: list[Atom]) -> None:
        self._text = text
        self._atoms = atoms

    def phrases(self) -> list[Phrase]:
        """Return the phrases in the order of the text."""
        found: list[Phrase] = []
        index = 0
        while index < len(self._atoms):
            phrase, index = self._phrase(index)
            if phrase is not None:
                found.append(phrase)
        return found

    def _gap(self, end: int, index: int) -> str:
        return self._text[end : self._atoms[index].start]

    def _phrase(self, index: int) -> tuple[Phrase | None, int]:
        begin = self._atoms[index]
        excluded = begin.payload is Relation.EXCEPT
        if excluded:
            following = index + 1
            if (
                begin.kind is Kind.SUFFIX
                or following >= len(self._atoms)
                or not GLUE.fullmatch(self._gap(begin.end, following))
            ):
                return None, index + 1
            index = following
        item, after = self._item(index)
        if item is None:
            return None, max(after, index + 1)
        items = [item]
        while after < len(self._atoms) and OR.fullmatch(gap := self._gap(items[-1].end, after)):
            if self._atoms[after].payload is Relation.EXCEPT or (excluded and "," in gap):
                break  # "not Wednesday, Thursday"
            more, behind = self._item(after)
            if more is None or not self._alike(items[-1], more):
                break
            items.append(more)
            after = behind
        end = items[-1].end
        suffix = self._atoms[after] if after < len(self._atoms) else None
        if suffix is not None and suffix.kind is Kind.SUFFIX and suffix.payload is Relation.EXCEPT:
            excluded, end, after = True, suffix.end, after + 1
        return Phrase(_share(items), excluded, begin.start if excluded else items[0].start, end), after

    def _alike(self, left: Item, right: Item) -> bool:
        """Tell whether two items are alternatives of each other; a comma joins only items of one shape."""
        if isinstance(left, Point) and isinstance(right, Point) and (left.ready or right.ready):
            return False
        gap = self._text[left.end : right.start].strip()
        if gap not in (",", ""):
            return True
        same_shape = isinstance(left, Point) and isinstance(right, Point) and (left.day is None) == (right.day is None)
        return same_shape or (gap == "" and isinstance(left, Point) and left.day_only and isinstance(right, Point))

    def _item(self, index: int) -> tuple[Item | None, int]:
        between = self._atoms[index].payload is Relation.BETWEEN
        if between:
            index += 1
            if index >= len(self._atoms) or not GLUE.fullmatch(self._gap(self._atoms[index - 1].end, index)):
                return None, index
        first, after = self._point(index)
        if first is None or after >= len(self._atoms):
            return first, after
        between_next = self._atoms[after].payload is Relation.BETWEEN and GLUE.fullmatch(self._gap(first.end, after))
        if between_next and first.clock is None and not first.ready:
            hours, behind = self._item(after)
            if isinstance(hours, Span) and hours.first.day is None and hours.first.timed:
                whole = replace(hours.first, day=first.day, part=hours.first.part or first.part, start=first.start)
                return replace(hours, first=whole), behind
        if not self._spans(first, after, between):
            return first, after
        until = self._atoms[after].kind is Kind.PREFIX  # "10 am till noon": the word only joins
        if until and after + 1 >= len(self._atoms):
            return first, after
        last, behind = self._point(after + 1 if until else after)
        if last is None or last.ready or first.ready:
            return first, after
        return self._span(first, last, behind)

    def _span(self, first: Point, last: Point, after: int) -> tuple[Item, int]:
        if after < len(self._atoms) and first.day_only and last.clock and self._spans(last, after, False):
            until, behind = self._point(after)
            if until is not None and until.clock and until.day is None:
                hours = Span(replace(last, day=None), until)
                return Span(first, replace(last, clock=None, part=None), daily=hours), behind
        if first.day_only and last.day is not None and last.timed:
            return Span(
                first, replace(last, part=None, clock=None, time_relation=None), daily=replace(last, day=None)
            ), after
        if after < len(self._atoms) and first.clock and last.clock and last.day and self._spans(last, after, False):
            final, behind = self._point(after)  # "9 to 5 Monday to Friday"
            if first.day is None and final is not None and final.day_only:
                days = Point(first.start, last.end, day=last.day)
                return Span(days, final, daily=Span(first, replace(last, day=None))), behind
        span = Span(first, last)
        if after < len(self._atoms) and GLUE.fullmatch(self._gap(span.end, after)):
            more, behind = self._item(after)
            if (
                span.day_only
                and more is not None
                and (
                    (isinstance(more, Point) and more.day is None and more.timed)
                    or (isinstance(more, Span) and more.first.day is None and more.first.timed)
                )
            ):
                return Span(first, last, daily=more), behind
            if isinstance(more, Span) and more.day_only and first.day is None and first.timed:
                return Span(more.first, more.last, daily=span), behind
            trailing, behind = self._point(after)
            if trailing is not None and first.clock and _completes(first, trailing):
                whole = replace(
                    first, day=first.day or trailing.day, part=first.part or trailing.part, end=trailing.end
                )
                return Span(whole, last), behind
        return span, after

    def _spans(self, first: Point, index: int, between: bool) -> bool:
        """Tell whether what stands before atom `index` makes a span of `first` and the point there."""
        gap = self._gap(first.end, index)
        atom = self._atoms[index]
        if atom.kind is Kind.PREFIX and atom.payload is Relation.BY and GLUE.fullmatch(gap):  # "from 9 until 11"
            return self._joins(atom) and index + 1 < len(self._atoms)
        if gap == "" and first.clock and atom.kind is Kind.CLOCK:  # 两三点
            return True
        if not CONNECT.fullmatch(gap):
            return False
        word = gap.strip().split(" ")[0]
        if word in ("and", "和", "&"):
            return between or self._text[self._atoms[index].end :].startswith("之间")
        if word == "to":
            before = self._text[: first.start]
            return not (_MOVE.search(before) and not _TARGET.search(before))
        return True

    def _joins(self, atom: Atom) -> bool:
        """Tell whether a bound may end a span: "from 9 until 11", 从十五号停到二十号."""
        return self._text[atom.start : atom.end].endswith(UNTIL)

    def _points_back(self, end: int, atom: Atom) -> bool:
        """Tell whether a bound takes up what was named before: "home on the 20th, any time after that"."""
        said = self._text[end : atom.end + 1]
        return len(said) <= FARTHEST_BOUND and _BACK.search(said) is not None

    def _point(self, index: int) -> tuple[Point | None, int]:
        atoms = self._atoms
        point: Point | None = None
        pending: Relation | None = None
        end = atoms[index].start
        start = end
        while index < len(atoms):
            atom = atoms[index]
            if atom.kind is Kind.SUFFIX:
                near = CLOSE.fullmatch(self._gap(end, index)) or self._points_back(end, atom)
                if point is None or not near or atom.payload is Relation.EXCEPT:
                    break
                point, end, index = _bounded(point, atom), atom.end, index + 1
                continue
            gap = self._gap(end, index)
            if not GLUE.fullmatch(gap) or (gap.strip() == "-" and point is not None and point.timed):
                break
            if atom.kind is Kind.PREFIX:
                if point is not None and (point.timed or point.day_relation) and self._joins(atom):
                    break  # "10 am till noon" spans
                ahead = index + 1 < len(atoms) and atoms[index + 1].kind in _CONTENT
                if atom.payload in (Relation.EXCEPT, Relation.BETWEEN) or not ahead or pending is not None:
                    break
                if not GLUE.fullmatch(self._gap(atom.end, index + 1)):
                    break
                following = atoms[index + 1]
                if point is not None and (point.time_relation or following.kind is Kind.READY):
                    break
                if point is not None and following.kind is Kind.DAY and point.day is not None:
                    break
                if not isinstance(atom.payload, Relation):
                    break
                pending, end, index = atom.payload, atom.end, index + 1
                continue
            if atom.kind not in _CONTENT:
                break
            grown = _grown(point, atom, pending, start)
            if grown is None:
                break
            point, pending, end, index = grown, None, atom.end, index + 1
            if point.ready:
                break
        if point is None:
            return None, index + 1
        if pending is not None:  # a prefix whose content belongs to something else
            index -= 1
        return point, index


def _completes(first: Point, trailing: Point) -> bool:
    """Tell whether a point adds only the day or the part of the day that a span of hours lacks ("9-11 on Monday")."""
    if trailing.clock is not None or trailing.ready:
        return False
    return (trailing.day is None or first.day is None) and (trailing.part is None or first.part is None)


def _bounded(point: Point, atom: Atom) -> Point:
    relation = atom.payload
    assert isinstance(relation, Relation)
    if relation in _BESIDE and point.day is not None:
        return replace(point, day=beside(point.day, _BESIDE[relation]), end=atom.end)
    if point.timed:
        return replace(point, time_relation=_closer(point.time_relation, relation), end=atom.end)
    return replace(point, day_relation=_closer(point.day_relation, relation), end=atom.end)


def _closer(said: Relation | None, relation: Relation) -> Relation:
    """Return which of two bounds holds: in 赶在圣诞节前 the word behind says more."""
    return relation if said is None or (said is Relation.BY and relation is Relation.BEFORE) else said


def _grown(point: Point | None, atom: Atom, pending: Relation | None, start: int) -> Point | None:
    """Return the point with one more atom, None when it does not fit."""
    base = point or Point(start, atom.end)
    payload = atom.payload
    if isinstance(payload, Days):
        if pending in _BESIDE and base.day is None:
            return replace(base, day=beside(payload, _BESIDE[pending]), end=atom.end)
        if base.day is None:
            return replace(base, day=payload, day_relation=pending, end=atom.end)
        joint = intersect(base.day, payload) if pending is None else None
        if joint is None and base.day.month_only and not base.day.explicit and pending is None:
            joint = payload  # 本月12号, when the twelfth is over: the next one
        week = payload if joint is not None and _weeks(payload) else base.week
        return replace(base, day=joint, week=week, end=atom.end) if joint is not None else None
    if isinstance(payload, Part):
        if base.part is None:
            return _timed(replace(base, part=payload, end=atom.end), pending)
        narrower = min(base.part, payload, key=lambda part: part.end_min - part.start_min)
        overlap = base.part.start_min < payload.end_min and payload.start_min < base.part.end_min
        near = overlap or base.part.half == payload.half == "am"
        return replace(base, part=narrower, end=atom.end) if near and pending is None else None
    if isinstance(payload, Clock):
        return _timed(replace(base, clock=payload, end=atom.end), pending) if base.clock is None else None
    if isinstance(payload, tuple) and point is None:
        return replace(base, ready=payload, day_relation=pending, end=atom.end)
    return None


def _weeks(found: Days) -> bool:
    """Tell whether the days are whole weeks or longer, so that a weekday said before them lies in them."""
    if found.past:
        return False
    start, end = found.alternatives[0][0]
    return end - start >= timedelta(days=DAYS_PER_WEEK)


def _timed(point: Point, pending: Relation | None) -> Point:
    if pending is not None:
        return replace(point, time_relation=pending)
    if point.day_relation is not None and point.time_relation is None:
        open_ended = point.day_relation in (Relation.SINCE, Relation.AFTER)
        return replace(point, time_relation=point.day_relation, day_relation=None, open_ended=open_ended)
    return point


def _share(items: list[Item]) -> tuple[Item, ...]:
    """Give each alternative the day or the hours that were said once for all ("周三或周四下午")."""
    last = items[-1]
    shared: list[Item] = []
    day: Days | None = None
    for item in items:
        if isinstance(item, Point):
            if item.day and not item.day.explicit and isinstance(last, Point) and last.week:
                item = replace(item, day=intersect(item.day, last.week) or item.day)
            if item.day_only and isinstance(last, Point) and last.timed and item is not last:
                item = replace(item, part=last.part, clock=last.clock, time_relation=last.time_relation)
            if item.day_only and isinstance(last, Span) and last.daily is None and last.first.timed:
                shared.append(Span(replace(last.first, day=item.day, start=item.start), replace(last.last, day=None)))
                continue
            if item.day is None and not item.ready and day is not None:
                item = replace(item, day=day)
            item = _in_the_same_month(_in_the_same_week(item, day), day)
            day = item.day or day
        else:
            if item.first.day is None and item.first.timed and day is not None:
                item = replace(item, first=replace(item.first, day=day))
            day = item.first.day or day
        shared.append(item)
    return tuple(shared)


def _in_the_same_week(item: Point, before: Days | None) -> Point:
    """In "next Tuesday or Wednesday" the second weekday is next week's too."""
    if item.day is None or item.day.explicit or before is None or not before.explicit or before.past:
        return item
    start, end = before.alternatives[0][0]
    if end - start > timedelta(days=1):
        return item
    monday = end + timedelta(days=DAYS_PER_WEEK - end.weekday()) if end.weekday() else end
    later = [one for series in item.day.alternatives for one in series if end <= one[0] and one[1] <= monday]
    return replace(item, day=Days(((later[0],),), explicit=True)) if later else item


def _in_the_same_month(item: Point, before: Days | None) -> Point:
    """In 1月18号或20号 the second day lies in the first one's month."""
    if item.day is None or before is None or before.past or not _monthly(item.day) or _monthly(before):
        return item
    start, end = before.alternatives[0][0]
    later = [one for one in item.day.alternatives[0] if end <= one[0]]
    return replace(item, day=Days(((later[0],),))) if end - start == timedelta(days=1) and later else item


def _monthly(days: Days) -> bool:
    """Tell whether the days are one of each month ("the 25th")."""
    series = days.alternatives[0] if days.alternatives else ()
    return len(series) > DAYS_PER_WEEK and series[1][0] - series[0][0] >= timedelta(days=28)
