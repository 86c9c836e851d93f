"""Takes identity numbers, bank cards and passwords out of what a customer types, before it is stored or logged."""

from __future__ import annotations

import re

from bot.assistant.nlu.words.secrets import NOT_PASSWORDS, PASSWORD

_MASK = "*"
_ID_LENGTH = 18
_CARD_LENGTHS = range(15, 20)
#: weights and check letters of ISO 7064 MOD 11-2, as in the resident identity number
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_LETTERS = "10X98765432"

#: digits with single spaces or hyphens between them, and a last X
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ \-\u00b7]?\d){13,18}[ \-]?[0-9Xx]?(?![0-9A-Za-z])")


def mask(text: str) -> str:
    """Replace what must not be kept by asterisks of the same length; the last four of a number stay readable."""
    return PASSWORD.sub(_password, _LONG_NUMBER.sub(_number, text))


def _number(found: "re.Match[str]") -> str:
    digits = [char for char in found.group() if char.isalnum()]
    plain = "".join(digits).upper()
    if not (_is_identity_number(plain) or _is_card(plain) or _looks_like_card(found.group(), plain)):
        return found.group()
    hidden = len(plain) - 4
    shown, out = 0, []
    for char in found.group():
        if char.isalnum():
            out.append(_MASK if shown < hidden else char)
            shown += 1
        else:
            out.append(char)
    return "".join(out)


def _password(found: "re.Match[str]") -> str:
    word = found.group(2)
    if word.lower().strip(".") in NOT_PASSWORDS or not re.search(r"[0-9A-Za-z]", word):
        return found.group()
    if not re.search(r"\d", word) and re.fullmatch(r"[a-z]+", word):
        # plain words after "my password is" are mostly a sentence going on
        return found.group()
    return found.group(1) + _MASK * len(word)


def _is_identity_number(plain: str) -> bool:
    if len(plain) != _ID_LENGTH or not plain[:17].isdigit() or not (plain[17].isdigit() or plain[17] == "X"):
        return False
    year, month, day = int(plain[6:10]), int(plain[10:12]), int(plain[12:14])
    dated = 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
    total = sum(int(digit) * weight for digit, weight in zip(plain[:-1], _ID_WEIGHTS, strict=True))
    # a slip in one digit is still somebody's number: the date alone suffices
    return dated or _ID_LETTERS[total % 11] == plain[17]


def _looks_like_card(typed: str, plain: str) -> bool:
    """A slip in one digit is still somebody's card: the issuer's first digits or the way of writing it suffice."""
    if not plain.isdigit() or len(plain) not in _CARD_LENGTHS:
        return False
    in_fours = re.fullmatch(r"\d{4}(?:[ \-\u00b7]\d{4}){2,3}[ \-\u00b7]\d{3,4}", typed) is not None
    return in_fours or (plain.startswith("62") and len(plain) > 15)


def _is_card(plain: str) -> bool:
    if len(plain) not in _CARD_LENGTHS or not plain.isdigit():
        return False
    total = 0
    for position, char in enumerate(reversed(plain)):
        digit = int(char)
        if position % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0
