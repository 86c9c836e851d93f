"""What customers say instead of pressing a button: "the second one", "any", "still not working". Pure; no I/O."""

from __future__ import annotations

from enum import Enum

from bot.assistant.nlu.words import answers


class Wanted(str, Enum):
    """Which end of a list somebody asks for."""

    first = "first"
    last = "last"


class Refusal(str, Enum):
    """What a no to several offers means."""

    #: none of these, show others
    others = "others"
    #: nothing at all
    nothing = "nothing"


class Progress(str, Enum):
    """How a guided step went."""

    solved = "solved"
    unsolved = "unsolved"
    #: the customer is still at it
    busy = "busy"


def ordinal(words: str, count: int) -> int | None:
    """Which of `count` things somebody names by its place, from 0; None when by none, or by one that is not there."""
    text = words.lower()
    place: int | None = None
    if match := answers.BARE_NUMBER.match(text):
        place = _number(match.group(1))
    elif (match := answers.CHINESE_ORDINAL.search(text)) or (match := answers.ENGLISH_OPTION.search(text)):
        place = _number(match.group(1) or match.group(2))
    elif match := answers.ENGLISH_ORDINAL.search(text):
        place = answers.ENGLISH_ORDINALS[match.group(1)]
    elif answers.FIRST.search(text):
        place = 1
    elif answers.LAST.search(text):
        place = count
    return place - 1 if place is not None and 1 <= place <= count else None


def last_digits(words: str) -> str | None:
    """The digits that a number is said to end in ("the one ending 22"); None when none are named."""
    match = answers.ENDING.search(words.lower())
    return next(filter(None, match.groups())) if match else None


def end_wanted(words: str) -> Wanted | None:
    """Whether somebody asks for the earlier or the later of what is offered; "any" is the earliest."""
    text = words.lower()
    if answers.LATE.search(text):
        return Wanted.last
    if answers.EARLY.search(text) or answers.ANY.search(text):
        return Wanted.first
    return None


def any_will_do(words: str) -> bool:
    """Whether every offer is as good as another."""
    return bool(answers.ANY.search(words.lower()))


def refusal(words: str) -> Refusal:
    """What a no to an offer means; a bare no asks for other offers."""
    text = words.lower()
    if answers.NONE_OF_THESE.search(text) and not answers.NO_NEED.search(text):
        return Refusal.others
    return Refusal.nothing if answers.NO_NEED.search(text) else Refusal.others


def refuses_all(words: str) -> bool:
    """Whether none of the offers will do."""
    return bool(answers.NONE_OF_THESE.search(words.lower()))


def wants_nothing(words: str) -> bool:
    """Whether the whole offer is declined."""
    return bool(answers.NO_NEED.search(words.lower()))


def progress(words: str) -> Progress | None:
    """How a guided step went, by the customer's words; None when they do not tell."""
    text = words.lower()
    if answers.STILL_WRONG.search(text):
        return Progress.unsolved
    if answers.WORKS.search(text):
        return Progress.solved
    return Progress.busy if answers.BUSY.search(text) else None


def cannot_tell(words: str) -> bool:
    """Whether somebody does not know what the lights show."""
    return bool(answers.CANNOT_TELL.search(words.lower()))


def denies_red(words: str) -> bool:
    """Whether a red light is mentioned only to say that there is none."""
    return bool(answers.NOT_RED.search(words.lower()))


def wants_visit(words: str) -> bool:
    """Whether somebody would rather have a technician come."""
    return bool(answers.SEND_SOMEBODY.search(words.lower()))


def corrects(words: str) -> bool:
    """Whether somebody puts right what was taken up before."""
    return bool(answers.CORRECTS.search(words.lower()))


def is_only(words: str, name: str) -> bool:
    """Whether somebody says a name and nothing else, such as "it's the landline"."""
    before, found, after = words.lower().partition(name.lower())
    return bool(found) and all(answers.ROUND_A_NAME.fullmatch(part) for part in (before, after))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else {**answers.CHINESE_DIGITS, **answers.ENGLISH_NUMBERS}[word]
