"""Bring a customer's text into one spelling without moving any character.

Every step maps one character to one character, so an offset in the normalised text is an offset in the text as typed.
The one exception is `digit_view`, which rewrites spelled-out digits ("double oh seven") and therefore carries a map
back to the text it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_FULL_WIDTH_SHIFT = 0xFEE0
_PUNCTUATION = {
    "\u3000": " ",
    "\u00a0": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "\t": " ",
    "。": ".",
    "、": ",",
    "【": "[",
    "】": "]",
    "「": '"',
    "」": '"',
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "—": "-",
    "–": "-",
    "−": "-",
    "￥": "¥",
}

_CHINESE_DIGITS = {
    "零": "0",
    "〇": "0",
    "○": "0",
    "洞": "0",
    "一": "1",
    "幺": "1",
    "壹": "1",
    "二": "2",
    "贰": "2",
    "三": "3",
    "叁": "3",
    "四": "4",
    "肆": "4",
    "五": "5",
    "伍": "5",
    "六": "6",
    "陆": "6",
    "七": "7",
    "柒": "7",
    "拐": "7",
    "八": "8",
    "捌": "8",
    "九": "9",
    "玖": "9",
}
_SPOKEN_RUN_MIN_DIGITS = 6
"""From this length on, a run of digit characters without 十, 百 … is read out digit by digit: a number, not a quantity."""

_SPOKEN_DIGITS = "零〇○洞幺壹二贰三叁四肆五伍六陆七柒拐八捌九玖"
_SPOKEN_DIGIT = rf"(?:[{_SPOKEN_DIGITS}]|一(?![直下个次样些点起定共般会边天年月号日条块元]))"
_SPOKEN_RUN = re.compile(rf"(?:{_SPOKEN_DIGIT}|\d)(?:[ \-,]?(?:{_SPOKEN_DIGIT}|\d))+")
_STRAY_EDGE = re.compile(rf"^[{_SPOKEN_DIGITS}一]{{1,2}}(?=[ \-,]?\d)|(?<=\d)[ \-,]?[{_SPOKEN_DIGITS}一]{{1,2}}$")
"""One or two Chinese digits at the end of a run of Western ones belong to the next word ("10086 三次")."""

# Words that Taiwan and Hong Kong customers use, of the same length as the mainland word the data is written in.
_REGIONAL_WORDS = {
    "宽频": "宽带",
    "网路": "网络",
    "讯号": "信号",
    "视讯": "视频",
    "帐单": "账单",
    "帐户": "账户",
    "帐号": "账号",
    "简讯": "短信",
    "预付": "预付",
}

# What input methods make of our own words, of the same length; left alone where another word runs through it (电话非常).
_SLIPS = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        ("话非(?![常得要不法])|话废(?![了掉])|画费|华费(?=余额|查|还|剩|多)", "话费"),
        ("宽代|宽待|宽袋|宽戴|宽呆", "宽带"),
        ("流粮|流亮|留量(?=还|剩|包|用|查|套|不|没)", "流量"),
        ("(?<![一二两三四五几这那每的])张单(?![子号据独])|账丹|账旦", "账单"),
        ("发飘(?!逸)", "发票"),
        ("套参(?!数)|套惨|套残", "套餐"),
        ("余鹅|余俄", "余额"),
        ("密马|秘码|密吗(?=忘|错)", "密码"),
        ("人攻", "人工"),
        ("客付|客副", "客服"),
        ("路由期(?!间)", "路由器"),
        ("机顶合|机定盒|几顶盒", "机顶盒"),
        ("充直|冲值|充质", "充值"),
        ("缴肥", "缴费"),
        ("欠肥", "欠费"),
        ("退定(?!金)", "退订"),
        ("报休(?![息假])", "报修"),
        ("头诉|投述", "投诉"),
        ("师付|师父", "师傅"),
        ("营业听|营业庭", "营业厅"),
        ("挂师(?!傅)|挂式(?!空)", "挂失"),
        ("慢游", "漫游"),
        ("携号专网|协号转网|谐号转网", "携号转网"),
        ("上忘", "上网"),
        ("违月金", "违约金"),
        ("光毛(?!坯)", "光猫"),
    )
)

_ENGLISH_DIGITS = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_ENGLISH_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_ENGLISH_DIGIT_WORD = "|".join(sorted(_ENGLISH_DIGITS, key=len, reverse=True))
_ENGLISH_RUN = re.compile(
    rf"\b(?:(?:double|triple|treble)[ -]+)?(?:{_ENGLISH_DIGIT_WORD}|\d+)"
    rf"(?:[ ,\-]+(?:(?:double|triple|treble)[ -]+)?(?:{_ENGLISH_DIGIT_WORD}|\d+))+\b",
    re.IGNORECASE,
)
_ENGLISH_PIECE = re.compile(rf"\b(?:(double|triple|treble)[ -]+)?({_ENGLISH_DIGIT_WORD}|\d+)\b", re.IGNORECASE)
_ENGLISH_RUN_MIN_WORDS = 3


@dataclass(frozen=True)
class DigitView:
    """A rewritten text with the way back.

    Attributes:
        text: the rewritten text.
        starts: for every character of `text`, where its source begins.
        ends: for every character of `text`, where its source ends (exclusive).
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source text that `text[start:end]` was made from; the span must not be empty."""
        return self.starts[start], self.ends[end - 1]


class Normaliser:
    """Full width to half width, traditional to simplified, digits read out in Chinese to digits.

    One object holds the conversion tables; building it reads them from disk once (about 20 ms), using it is cheap.
    """

    def __init__(self) -> None:
        from opencc import OpenCC  # loads its tables on import, so not before somebody needs them

        self._convert: Callable[[str], str] = OpenCC("t2s").convert

    def __call__(self, text: str) -> str:
        """Return `text` in the one spelling; the result has the same length and the same offsets."""
        narrow = "".join(map(_narrow_character, text))
        simplified = self._simplify(narrow) if any("\u3400" <= char <= "\u9fff" for char in narrow) else narrow
        return _spoken_runs_to_digits(simplified)

    def _simplify(self, text: str) -> str:
        converted = self._convert(text)
        if len(converted) != len(text):
            converted = "".join(self._same_length(char) for char in text)
        for regional, mainland in _REGIONAL_WORDS.items():
            if regional in converted:
                converted = converted.replace(regional, mainland)
        for slip, word in _SLIPS:
            converted = slip.sub(word, converted)
        return converted

    def _same_length(self, char: str) -> str:
        converted = self._convert(char)
        return converted if len(converted) == 1 else char


def digit_view(text: str) -> DigitView:
    """Return `text` with digits spelled out in English rewritten as digits ("one three double eight" → "1388").

    Only runs of at least three words change, so "one or two days" stays.
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def keep(begin: int, end: int) -> None:
        pieces.append(text[begin:end])
        starts.extend(range(begin, end))
        ends.extend(range(begin + 1, end + 1))

    position = 0
    for run in _ENGLISH_RUN.finditer(text):
        words = list(_ENGLISH_PIECE.finditer(run.group()))
        if len(words) < _ENGLISH_RUN_MIN_WORDS or all(word.group(2).isdigit() for word in words):
            continue
        keep(position, run.start())
        for word in words:
            digits = _ENGLISH_DIGITS.get(word.group(2).lower(), word.group(2))
            digits *= _ENGLISH_REPEATS.get((word.group(1) or "").lower(), 1)
            pieces.append(digits)
            starts.extend([run.start() + word.start()] * len(digits))
            ends.extend([run.start() + word.end()] * len(digits))
        position = run.end()
    keep(position, len(text))
    return DigitView("".join(pieces), tuple(starts), tuple(ends))


def lower_keeping_length(text: str) -> str:
    """Return `text` in lower case, leaving the few characters alone whose lower case is longer."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _narrow_character(char: str) -> str:
    if "①" <= char <= "⑨":
        return chr(ord(char) - ord("①") + ord("1"))
    replacement = _PUNCTUATION.get(char)
    if replacement is not None:
        return replacement
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - _FULL_WIDTH_SHIFT)
    return char


def _spoken_runs_to_digits(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        run = match.group()
        stray = [edge.span() for edge in _STRAY_EDGE.finditer(run)]
        first = stray[0][1] if stray and stray[0][0] == 0 else 0
        last = stray[-1][0] if stray and stray[-1][1] == len(run) else len(run)
        core = run[first:last]
        if sum(1 for char in core if char.isdigit() or char in _CHINESE_DIGITS) < _SPOKEN_RUN_MIN_DIGITS:
            return run
        return run[:first] + "".join(_CHINESE_DIGITS.get(char, char) for char in core) + run[last:]

    return _SPOKEN_RUN.sub(replace, text)
