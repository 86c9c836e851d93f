"""Phone numbers, references, amounts and one-time codes in a normalised text.

The order matters: a reference's digits are never a phone number, an identity or card number's digits are nothing at
all, and only what nobody else claimed may be a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

import phonenumbers

from bot.assistant.nlu.bare_amounts import find_bare_amounts
from bot.assistant.nlu.mentions import Mention
from bot.assistant.nlu.normalise import digit_view

_HOME_REGION = "CN"

_SLIPS = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "i": "1", "L": "1", "|": "1"})
_SLIPPED = r"[0-9OoQDIil|]"
_GAP = r"[ \-_.:#号]*"


def _reference(letters: str, digits: int) -> str:
    between = rf"(?:[ \-_.]?{_SLIPPED}){{{digits - 1}}}"
    return rf"(?<![A-Za-z0-9]){letters}{_GAP}({_SLIPPED}{between})(?![ \-]?\d)(?![A-Za-z0-9])"


def _named(names: str, digits: int) -> str:
    filler = r"(?: ?(?:number|num|no\.?|id|code|ref|reference|号码|编号|单号|号))?[ :#,.]*(?:is|was|是|为|:)?[ :#,.]*"
    return rf"(?:{names}){filler}(?<!\d)(\d(?:[ \-]?\d){{{digits - 1}}})(?![ \-]?\d)"


_TICKET = re.compile(_reference(r"[Tt]{1,3} ?[Tt]?", 8))
_TICKET_NAMED = re.compile(
    _named(
        r"工单|故障单|投诉单|报修单|受理单|单号|流水号|(?<!booking )(?<!visit )(?<!appointment )(?:ticket|case|reference|ref)",
        8,
    ),
    re.IGNORECASE,
)
_VISIT = re.compile(_reference(r"[Aa] ?[Pp]", 8))
_VISIT_NAMED = re.compile(_named(r"预约|上门|appointment|visit|booking", 8), re.IGNORECASE)
_ACCOUNT = re.compile(_reference(r"[Ff] ?[Ll]", 10))
_ACCOUNT_NAMED = re.compile(
    _named(r"账号|帐号|账户|户号|客户编?号|宽带号|用户编号|合同号|account|acct|customer", 10), re.IGNORECASE
)

_PRIVATE = re.compile(
    r"(?<!\d)(?:[1-9]\d{5} ?(?:18|19|20)\d{2} ?\d{4} ?\d{3}[\dXx]"  # identity card
    r"|\d{4}(?:[ \-]\d{4}){3}(?:[ \-]\d{1,3})?"  # bank card in fours
    r"|(?!0086 ?1[3-9]\d{9}(?!\d))\d{14,}[Xx]?)(?![\dA-Za-z])"  # bank card, order number
)
_ORDER = re.compile(
    r"(?:订单|运单|快递|流水|身份证|证件|卡号|order|tracking)(?:号码?|编号|尾号| number| no\.?)?[ :是]*(\d[\d \-]{3,}\d[Xx]?)",
    re.IGNORECASE,
)

_PHONE_INTERNATIONAL = re.compile(r"(?<![\dA-Za-z])(?:\+|00 ?(?=[1-9]))\d(?:[ \-.()]{0,2}\d){6,14}(?!\d)")
_PHONE_MOBILE = re.compile(
    r"(?<![\dA-Za-z])(?:\(?\+?86\)?[ \-]?)?1[3-9]\d(?:\d{8}|[ \-.]\d{4}[ \-.]\d{4}|[ \-.]\d{3}[ \-.]\d{5}|[ \-.]\d{8}"
    r"|\d[ \-.]\d{4}[ \-.]\d{3}|\d{2}[ \-.]\d{6}|\d{4}[ \-.]\d{4}|\d[ \-.]\d{3}[ \-.]\d{4})(?!\d)"
)
_PHONE_LOOSE_MOBILE = re.compile(r"(?<!\d )(?<![\dA-Za-z])1[ \-,]?[3-9](?:[ \-,]?\d){9}(?![ \-,]?\d)")
_PHONE_SLIPPED = re.compile(r"(?<![\dA-Za-z])(?=[\d \-]{0,14}[OoIl])1[3-9](?:[ \-]?[\dOoIl]){9}(?![\dA-Za-z])")
"""A mobile number with a letter or two typed for a digit."""
_MOST_SLIPS = 2
_PHONE_LANDLINE = re.compile(
    r"(?<![\dA-Za-z])(?:\(0\d{2,3}\)[ \-]?|0\d{2,3}[ \-]?)[2-9]\d{2,3}[ \-]?\d{4}(?!\d)"
    r"|(?<![\dA-Za-z])[48]00[ \-]?\d{3}[ \-]?\d{4}(?!\d)|(?<![\dA-Za-z])[48]00[ \-]?\d{4}[ \-]?\d{3}(?!\d)"
)
_PHONE_FOREIGN = re.compile(r"(?<![\dA-Za-z])0[127]\d{2,4}(?:[ \-]?\d){6,7}(?!\d)")
_FOREIGN_REGION = "GB"
_MOBILE_DIGITS = 11

_DIGIT = re.compile(r"\d")
_CHINESE_NUMERAL = "[零〇一二两三四五六七八九十廿卅百千万]"
_NUMERAL = re.compile(rf"\d|{_CHINESE_NUMERAL}")
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|\d+(?:\.\d{{1,2}})?|{_CHINESE_NUMERAL}+)"
_SIGN_FIRST = re.compile(
    r"(?:[¥$£€₹]|\b(?:rmb|cny|usd|gbp|eur|hkd|inr|rs\.?)) ?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(?![\d.]*\d)",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    rf"(?<![\d.几])({_NUMBER}) ?(万)?[多来几]?(?:(块钱|块|元钱|元|圆|塊)(?:"
    rf"零?([\d一二两三四五六七八九])(?![\d.]|百|千|万|十|个|天|次|月|年|条|G|g|M)(?:[毛角](?:([\d一二三四五六七八九])分?)?)?|(半))?(?:钱)?"
    r"|(大洋|蚊(?![子香帐虫])|人民币|刀(?![具片])|美元|美金|欧元|英镑|港币|港元|日元|rupees?\b|rs\b|rmb\b|cny\b|yuan\b|kuai\b|bucks?\b|quid\b|pounds?\b|dollars?\b|euros?\b|[¥$£€]))",
    re.IGNORECASE,
)
_ENGLISH_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH_NUMBERS: dict[str, Decimal] = {word: Decimal(value) for value, word in enumerate(_ENGLISH_UNITS)}
_ENGLISH_NUMBERS |= {word: Decimal(10 * value) for value, word in enumerate(_ENGLISH_TENS, start=2)}
_ENGLISH_NUMBERS |= {"a": Decimal(1), "half": Decimal("0.5")}
_ENGLISH_WORD = "(?:" + "|".join(sorted(_ENGLISH_NUMBERS, key=len, reverse=True)) + "|hundred|thousand)"
_MONEY_WORDS = r"(?:rmb|cny|yuan|kuai|bucks?|quid|pounds?|dollars?|euros?)"
_WORDED = re.compile(
    rf"\b({_ENGLISH_WORD}(?:(?: and)?[ \-]{_ENGLISH_WORD})*) (?:or so |odd )?{_MONEY_WORDS}\b(?:(?: and)? ({_ENGLISH_WORD}(?:[ \-]{_ENGLISH_WORD})*)\b)?"
    rf"|\b(?:top ?(?:it )?up(?: with| by)?|recharge|pay|paid|charged(?: me)?|owe|costs?(?: me)?|took|(?:put|add|load|stick)(?= \S+(?: \S+){{0,3}} on)) ((?:(?:a|{_ENGLISH_WORD})[ \-])?hundred(?: and {_ENGLISH_WORD}(?:[ \-]{_ENGLISH_WORD})?)?|(?:{_ENGLISH_WORD}[ \-])*hundred|{'|'.join(_ENGLISH_TENS)})\b(?! (?:times|days|minutes|gig|gb|meg)|[ \-](?:{_ENGLISH_WORD}|{_MONEY_WORDS}))",
    re.IGNORECASE,
)
_NOTES = {"fiver": Decimal(5), "tenner": Decimal(10)}
_NOTE = re.compile(r"\b(?:(?:a|another|(two|three|four|five)) )?(fiver|tenner)s?\b", re.IGNORECASE)
_MONEY_HINTS = (
    "fiver",
    "tenner",
    "yuan",
    "rmb",
    "cny",
    "kuai",
    "buck",
    "quid",
    "pound",
    "dollar",
    "euro",
    "top",
    "recharge",
    "pay",
    "paid",
    "charge",
    "owe",
    "cost",
    "took",
    "put",
    "add",
    "load",
    "stick",
)
_BARE_HUNDREDS = re.compile(
    r"(?:话费|月租|账单|欠了?|扣了?(?:我)?|多收了?(?:我)?|花了?|付了?|退(?:我|给我|了)?|只剩|还剩|剩)"
    r"([一二两三四五六七八九]百(?:[一二三四五六七八九](?!个)十?[一二三四五六七八九]?)?)(?=多?(?:$|[,.!?了呢吧啊]))"
)
_SMALL_CHANGE = re.compile(
    r"(?<![\d.块元])([\d一二两三四五六七八九])(?:毛|角)(?:([\d一二三四五六七八九])分?)?(?:钱)?(?!\d)"
)
_PAYING = re.compile(
    r"(?:充值?|冲|缴|交|存|付|(?:多|乱)?扣(?:了|掉)?我?|多收|退(?=我|给我)|还(?=我)|(?<=[退还])给?我|top ?(?:it )?up(?: with| by)?|recharge|add|pay)(?:了|个|上|入|进去?|话费|费|我)?(?:[\d一两二三四五]次)? ?"
    r"(\d[百千](?:\d百?)?|\d{2,5}(?:\.\d{1,2})?|[一二两三四五六七八九]百(?:[一二三四五六七八九]十?)?|[二三四五六七八九]十[一二三四五六七八九]?(?![天个多]))(?![\dA-Za-z.点月号日:/-]| ?(?:G|M|分钟|个|次|天|条|兆|gb|mb|min|day|time))",
    re.IGNORECASE,
)

_CODE = re.compile(
    r"(?<![\dA-Za-z.¥$+\-/:])\d{6}(?![\dA-Za-z/:%]|[.\-]\d| ?(?:元|块|圆|万|yuan|rmb|个|次|天|年|月|兆|[GM]B?\b))"
)
_CODE_SPACED = re.compile(
    r"(?:^|(?:码|code)[是为: ]*(?:is )?)\s*(\d{3}[ \-]\d{3}|\d{2}[ \-]\d{2}[ \-]\d{2}|\d(?:[ \-]\d){5})\s*[.!]?$", re.I
)
_NO_CODE_BEFORE = re.compile(r"(?:邮编|邮政编码|区号|zip|postcode|postal code|编号|股票)[是为: ]*$", re.IGNORECASE)

_CHINESE_VALUE = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_CHINESE_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_CHINESE_UNIT = {"十": 10, "百": 100, "千": 1000}
_CHINESE_TENS = {"廿": 20, "卅": 30}
_MYRIAD = 10_000


def find_numbers(text: str) -> list[Mention]:
    """Return phone numbers, references, amounts and codes of a normalised text; none overlaps another.

    Values: E.164; `TT…`, `AP…`, `FL…` with their digits; yuan with two decimals ("128.50"); six digits.
    """
    view = digit_view(text)
    found: list[Mention] = []
    closed: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return not any(m.overlaps(start, end) for m in found) and all(e <= start or end <= s for s, e in closed)

    finders: tuple[Callable[[str], Iterator[Mention]], ...] = (_references, _phones, _amounts, _codes)
    if not _DIGIT.search(view.text):
        finders = (_amounts,)
    for finder in finders:
        for mention in finder(view.text):
            if free(mention.start, mention.end):
                found.append(mention)
        if finder is _references:
            closed.extend(_private_spans(view.text))
    moved = [Mention(m.entity, *view.source_span(m.start, m.end), m.value) for m in found]
    return sorted(moved, key=lambda mention: mention.start)


def chinese_number(text: str) -> int | None:
    """Return the value of a Chinese numeral ("一百二十八", "一百二" for 120, "两千"), or None when it is none."""
    total, section, digit, last_unit = 0, 0, 0, 1
    had_zero = False
    for char in text:
        if char in _CHINESE_VALUE:
            if digit and char not in "零〇":
                return int(_read_out(text)) if _read_out(text).isdigit() else None
            digit = _CHINESE_VALUE[char]
            had_zero = had_zero or char in "零〇"
        elif char in _CHINESE_TENS:
            section, last_unit = section + _CHINESE_TENS[char], 10
        elif char in _CHINESE_UNIT:
            section += (digit or 1) * _CHINESE_UNIT[char]
            digit, last_unit, had_zero = 0, _CHINESE_UNIT[char], False
        elif char == "万":
            total += (section + digit) * _MYRIAD
            section, digit, last_unit, had_zero = 0, 0, _MYRIAD, False
        else:
            return None
    if digit and last_unit > 10 and not had_zero:
        digit *= last_unit // 10  # 一百二 is 120
    return total + section + digit if text else None


def _read_out(text: str) -> str:
    return "".join(str(_CHINESE_VALUE[char]) if char in _CHINESE_VALUE else "x" for char in text)


def _references(text: str) -> Iterator[Mention]:
    shapes = (
        ("ticket_id", "TT", _TICKET, _TICKET_NAMED),
        ("appointment_id", "AP", _VISIT, _VISIT_NAMED),
        ("account_number", "FL", _ACCOUNT, _ACCOUNT_NAMED),
    )
    for entity, letters, pattern, _ in shapes:
        for match in pattern.finditer(text):
            if sum(char.isdigit() for char in match.group(1)) * 2 > len(match.group(1)):
                yield Mention(entity, *match.span(), letters + _digits(match.group(1).translate(_SLIPS)))
    for entity, letters, _, named in shapes:
        for match in named.finditer(text):
            yield Mention(entity, *match.span(1), letters + _digits(match.group(1)))


def _private_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _PRIVATE.finditer(text):
        yield match.span()
    for match in _ORDER.finditer(text):
        yield match.span(1)


def _phones(text: str) -> Iterator[Mention]:
    for match in _PHONE_INTERNATIONAL.finditer(text):
        written = match.group()
        number = _e164("+" + _digits(written) if written[0] == "+" else "+" + _digits(written)[2:], None)
        if number:
            yield Mention("phone_number", *match.span(), number)
    for pattern in (_PHONE_MOBILE, _PHONE_LOOSE_MOBILE):
        for match in pattern.finditer(text):
            number = _e164(_digits(match.group())[-11:], _HOME_REGION)
            if number:
                yield Mention("phone_number", *match.span(), number)
    for match in _PHONE_SLIPPED.finditer(text):
        if sum(char.isalpha() for char in match.group()) <= _MOST_SLIPS:
            number = _e164(_digits(match.group().translate(_SLIPS)), _HOME_REGION)
            if number:
                yield Mention("phone_number", *match.span(), number)
    for pattern, region in ((_PHONE_LANDLINE, _HOME_REGION), (_PHONE_FOREIGN, _FOREIGN_REGION)):
        for match in pattern.finditer(text):
            number = _e164(_digits(match.group()), region)
            if number:
                yield Mention("phone_number", *match.span(), number)


def _e164(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if region == _HOME_REGION:
        shaped = (
            len(digits) == _MOBILE_DIGITS and digits[0] == "1"
        )  # new prefixes are given out before the library knows
    else:
        shaped = region is None or digits.startswith("07")
    if not shaped and not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _amounts(text: str) -> Iterator[Mention]:
    if _NUMERAL.search(text):
        yield from _written_amounts(text)
    lowered = text.lower()
    if not any(hint in lowered for hint in _MONEY_HINTS):
        return
    for match in _NOTE.finditer(text):
        count = _ENGLISH_NUMBERS.get((match.group(1) or "a").lower(), Decimal(1))
        yield from _amount(match.span(), count * _NOTES[match.group(2).lower()])
    for match in _WORDED.finditer(text):
        whole = _english_number(match.group(1) or match.group(3))
        if whole is not None and match.group(2):
            whole += (_english_number(match.group(2)) or Decimal(0)) / 100
        yield from _amount(match.span(3) if match.group(3) else match.span(), whole)


def _written_amounts(text: str) -> Iterator[Mention]:
    for match in _SIGN_FIRST.finditer(text):
        yield from _amount(match.span(), _decimal(match.group(1)))
    for match in _UNIT_AFTER.finditer(text):
        whole = _decimal(match.group(1))
        if whole is None:
            continue
        if match.group(2):
            whole *= _MYRIAD
        if match.group(4):
            whole += (_decimal(match.group(4)) or Decimal(0)) / 10
        if match.group(5):
            whole += (_decimal(match.group(5)) or Decimal(0)) / 100
        if match.group(6):
            whole += Decimal("0.5")
        yield from _amount(match.span(), whole)
    for match in _SMALL_CHANGE.finditer(text):
        tenths, cents = (_decimal(part) if part else Decimal(0) for part in match.groups())
        yield from _amount(match.span(), None if tenths is None else tenths / 10 + (cents or Decimal(0)) / 100)
    for span, written in find_bare_amounts(text):
        yield from _amount(span, _decimal(written))
    for pattern in (_PAYING, _BARE_HUNDREDS) if "百" in text else (_PAYING,):
        for match in pattern.finditer(text):
            yield from _amount(match.span(1), _decimal(match.group(1)))


def _amount(span: tuple[int, int], value: Decimal | None) -> Iterator[Mention]:
    if value is not None:
        yield Mention("amount", *span, f"{value:.2f}")


def _english_number(words: str) -> Decimal | None:
    """Return the value of an English numeral ("a hundred and twenty five"), None when the words are none."""
    total, section = Decimal(0), Decimal(0)
    for word in re.split(r"[ \-]+", words.lower()):
        if word == "hundred":
            section = (section or Decimal(1)) * 100
        elif word == "thousand":
            total, section = total + (section or Decimal(1)) * 1000, Decimal(0)
        elif word != "and":
            section += _ENGLISH_NUMBERS[word]
    value = total + section
    return value if value else None


def _decimal(written: str) -> Decimal | None:
    if written.isascii():
        try:
            return Decimal(written.replace(",", ""))
        except InvalidOperation:
            return None
    value = chinese_number(written.translate(_CHINESE_DIGITS))
    return None if value is None else Decimal(value)


def _codes(text: str) -> Iterator[Mention]:
    for match in _CODE.finditer(text):
        if not _NO_CODE_BEFORE.search(text[: match.start()]):
            yield Mention("otp_code", *match.span(), match.group())
    for match in _CODE_SPACED.finditer(text):
        yield Mention("otp_code", *match.span(1), _digits(match.group(1)))


def _digits(written: str) -> str:
    return "".join(char for char in written if char.isdigit())
