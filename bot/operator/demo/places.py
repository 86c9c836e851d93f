"""Find the area that an address in free words lies in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from opencc import OpenCC

from bot.operator.demo.files import DemoFiles
from bot.operator.ports import Area


@dataclass(frozen=True)
class _Name:
    """One way to write a place; `street` is the street's Chinese name, None for the area itself."""

    pattern: re.Pattern[str]
    area: Area
    street: str | None
    #: the whole name, not a short form
    full: bool = True


class Gazetteer:
    """Areas and streets of the demo's city, in both languages, whatever the case or script."""

    def __init__(self, files: DemoFiles) -> None:
        self._simplify = OpenCC("t2s")
        self._not_covered = files.not_covered
        self._streets = {item.area.id: tuple(street.zh for street in item.streets) for item in files.areas}
        self._areas: list[_Name] = []
        self._named_streets: list[_Name] = []
        for item in files.areas:
            area = item.area
            whole = (area.name.zh, _plain_case(area.name.en))
            self._areas += [_Name(_pattern(name), area, None) for name in whole]
            self._areas += [_Name(_pattern(name), area, None, full=False) for name in _short_names(area, files)]
            for street in item.streets:
                for name in (street.zh, *_street_names(street.en, files.street_short)):
                    self._named_streets.append(_Name(_pattern(name), area, street.zh))

    def area_of(self, address: str) -> Area | None:
        """The area whose name, or one of whose streets, stands in the text; None when none does.

        A full area name counts before a street, a street before the short name of an area.
        """
        text = self._plain(address)
        named = [name for name in self._areas if name.pattern.search(text)]
        full = [name for name in named if name.full]
        street = self._street(text)
        best = _longest(full) or street or _longest(named)
        return best.area if best else None

    def covered(self, address: str) -> bool | None:
        """Whether the fibre reaches the address.

        Returns:
            None when the text names no place we know, or an area where it depends on the street.
        """
        text = self._plain(address)
        street = self._street(text)
        if street is not None:
            return street.street not in self._not_covered
        area = self.area_of(address)
        if area is None or any(street in self._not_covered for street in self._streets[area.id]):
            return None
        return True

    def _street(self, text: str) -> _Name | None:
        return _longest([name for name in self._named_streets if name.pattern.search(text)])

    def _plain(self, text: str) -> str:
        return _plain_case(self._simplify.convert(text))


def _plain_case(text: str) -> str:
    return " ".join(text.replace("-", " ").lower().split())


def _short_names(area: Area, files: DemoFiles) -> list[str]:
    zh, en = area.name.zh, _plain_case(area.name.en)
    names = [area.id]
    names += [zh.removesuffix(ending) for ending in files.area_endings["zh"] if zh.endswith(ending)][:1]
    names += [en.removesuffix(ending) for ending in files.area_endings["en"] if en.endswith(ending)]
    return names


def _street_names(english: str, short: Mapping[str, str]) -> list[str]:
    name = _plain_case(english)
    first, _, kind = name.rpartition(" ")
    return [name, f"{first} {short[kind]}"] if kind in short else [name]


def _longest(names: list[_Name]) -> _Name | None:
    return max(names, key=lambda name: len(name.pattern.pattern), default=None)


def _pattern(name: str) -> re.Pattern[str]:
    # English names end at a word's border and may be written in one word
    if name.isascii():
        return re.compile(r"(?<![a-z])" + r"\s?".join(re.escape(part) for part in name.split()) + r"(?![a-z])")
    return re.compile(re.escape(name))
