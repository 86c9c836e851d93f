"""From text to atoms: every pattern is tried, overlaps go to the earliest and longest, weak pieces need company."""

from __future__ import annotations

import re

from bot.assistant.nlu.time_days import beside
from bot.assistant.nlu.time_model import Atom, Clock, Days, Kind, Reference, Relation
from bot.assistant.nlu.time_rules_en import RULES as RULES_EN
from bot.assistant.nlu.time_rules_zh import RULES as RULES_ZH

_CHINESE = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z:/-]|[0-9]{4}|[0-9]\.[0-9]")
_ANY_HINT = re.compile(
    "[点钟号日月周天早晚午明今后前随礼星时末节内夜晨旦刻元春双圣诞除五工白庆年秋过快都零朝十腊]|[0-9]|冬至|重阳|七夕|现在|马上|"
    "day|mor|aft|eve|ni[gt]|noon|week|mon|tue|wed|thu|fri|sat|sun|toni|tmr|tmw|tomo|2m|any|when|asap|now|away|"
    "soon|hour|min|"
    "end|eod|cob|work|lunch|thing|fort|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|clock|half|quarter|arvo|"
    "avo|time|"
    "mas|easter|nye|year|cny|festival|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|first|"
    "second|third|eom|hal|giving|qing"
)
GLUE = re.compile(
    r"[\s,()]*(?:(?:的|那天|当天|那日|之间|这个|大概|大约|左右|差不多|随时|任何时间|某个时候|哪天都?|任何一天|"
    r"全天|一整天|整天|别太早|别太晚|不要太早|不要太晚|在|是|吧|上|嗯+|呃+|那个|"
    r"sometime|some time|any ?time|any day|all day|on|at|in|in the|of|the|around|about|@|ish|or so|approx|from|"
    r"for|say|during|"
    r"roughly|slot|window|only|please|pls|maybe|ideally|preferably|during the|sharp|kind of|but|is|u[mh]+|er+m?|like|-)[\s,()]*){0,3}"
)
CLOSE = re.compile(r"\s*(?:的)?\s*")


def find_atoms(text: str, reference: Reference) -> list[Atom]:
    """Return the atoms of `text` (lower case), in order and without overlaps; blocked stretches are left out."""
    if not _ANY_HINT.search(text):
        return []
    matches: list[tuple[int, int, int, list[Atom]]] = []
    rules = (RULES_ZH if _CHINESE.search(text) else ()) + (RULES_EN if _LATIN.search(text) else ())
    for order, (pattern, build) in enumerate(rules):
        for match in pattern.finditer(text):
            atoms = build(match, reference)
            if atoms:
                matches.append((atoms[0].start, -atoms[-1].end, order, atoms))
    chosen: list[Atom] = []
    end = 0
    for start, _, _, atoms in sorted(matches, key=lambda item: item[:3]):
        if start >= end:
            chosen.extend(atoms)
            end = atoms[-1].end
    return _without_lonely(text, _with_days_beside(text, chosen))


def _with_days_beside(text: str, atoms: list[Atom]) -> list[Atom]:
    """Make "the day after" and 第二天 a day where no day stands with them: the one beside the day named before."""
    found: list[Atom] = []
    for index, atom in enumerate(atoms):
        step = {Relation.NEXT_DAY: 1, Relation.PREVIOUS_DAY: -1}.get(atom.payload) if _is_bound(atom) else None  # type: ignore[arg-type]
        day = next((one.payload for one in reversed(found) if isinstance(one.payload, Days)), None)
        if step is not None and day is not None and not _has_its_day(text, atoms, index):
            atom = Atom(Kind.DAY, atom.start, atom.end, beside(day, step))
        found.append(atom)
    return found


def _is_bound(atom: Atom) -> bool:
    return isinstance(atom.payload, Relation)


def _has_its_day(text: str, atoms: list[Atom], index: int) -> bool:
    atom = atoms[index]
    if atom.kind is Kind.SUFFIX:
        return index > 0 and CLOSE.fullmatch(text[atoms[index - 1].end : atom.start]) is not None
    after = atoms[index + 1] if index + 1 < len(atoms) else None
    return after is not None and after.kind is Kind.DAY and GLUE.fullmatch(text[atom.end : after.start]) is not None


def _without_lonely(text: str, atoms: list[Atom]) -> list[Atom]:
    """Drop bare numbers that no day, day part or firm clock time stands beside."""
    kept = []
    for index, atom in enumerate(atoms):
        if isinstance(atom.payload, Clock) and atom.payload.weak and not _in_company(text, atoms, index):
            continue
        kept.append(atom)
    return kept


def _in_company(text: str, atoms: list[Atom], index: int) -> bool:
    between = pair = False
    for step in (-1, 1):
        near = index
        while 0 <= near + step < len(atoms):
            left, right = sorted((near, near + step))
            gap = text[atoms[left].end : atoms[right].start]
            if not (GLUE.fullmatch(gap) or CONNECT.fullmatch(gap) or OR.fullmatch(gap)):
                break
            near += step
            payload = atoms[near].payload
            if atoms[near].kind in (Kind.DAY, Kind.PART) or (isinstance(payload, Clock) and not payload.weak):
                return True
            between = between or payload is Relation.BETWEEN
            pair = pair or isinstance(payload, Clock)
    return between and pair


CONNECT = re.compile(
    r"\s*(?:到|至|直到|-|–|—|~|to|until|till|til|through|thru|and|和|&)\s*(?:the |下|about |around |大概)?"
)
OR = re.compile(
    r"[\s,]*(?:or,? failing that|failing that|if not|或者?是?|要么|(?:要是|如果|实在)?不行(?:的话|就)|还是|or|or else|/|、|和|跟|与|and|,|&|以及|or on|or the|or maybe|"
    r"and on)?[\s,]*(?:是|the|on|maybe)?\s*"
)
