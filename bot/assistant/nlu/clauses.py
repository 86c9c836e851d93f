"""Where a message may fall into several wishes, and which part of it takes back what another part names.

Only words and signs are looked at here; whether the parts are wishes is for `wishes.py`, which has them understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.component import StatelessComponent
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length
from bot.assistant.nlu.tokenizer import normalised_text

CLAUSES = "clauses"
"""Message property: what `Clauses.as_json` gives; absent from most messages."""

Span = tuple[int, int]

_LEAST_CHINESE, _LEAST_WORDS = 2, 2
"""A shorter part is no wish: Chinese characters, or words in Latin letters."""

_MOST_CUTS = 4
_MOST_CHARACTERS = 400
"""A longer message is a story; where it falls apart says nothing."""

_SIGNS = ",.;:!?~"
_EDGE = rf"[\s{_SIGNS}]*"
_DO_ZH = "问|查|办|改|知道|了解|报|取消|预约|开|看|把|换|退|修|投诉"
_STRONG_ZH = (
    r"顺便|顺带|另外(?!收|付|交|加|算|花|的)|此外|除此之外|(?<=[,.;!?~\s])(?:还有(?:一?[个件]事|就是)?(?!多少|几|没|剩|效|哪|什么|啥|人)|同时也?|以及)"
    r"|再(?:帮我|给我|麻烦|顺便|请|问一?下)|(?:然后|接着)再|对了|再就是|第二[,件个]"
    rf"|(?:(?<=[,.;!?~\s])|我)(?:还|也)(?:想|要|得|需要)(?={_DO_ZH}|请|麻烦|再)|也?(?:还|也)(?:帮|给)我"
)
_STRONG_EN = (
    r"\b(?:and also|oh and|oh also|(?:oh,? )?and while (?:you're|i'm|we're) at it|while (?:you're|i'm|we're) at it"
    r"|and (?:could|can|would|will) you(?: also| please)?|and then|and plus|plus|also|as well as|(?:and )?by the way|btw"
    r"|(?:and )?(?:one more|another) thing|on top of that|in addition(?: to that)?|additionally|besides"
    r"|(?:and )?after that|and i(?:'d| would)? (?:also )?(?:want|need|like) to|secondly)\b"
)
_STRONG = re.compile(rf"{_EDGE}(?:{_STRONG_ZH}|{_STRONG_EN}){_EDGE}")
_WEAK = re.compile(
    r"\s*[,.;!?~\n]+\s*(?:(?:and|then) )?|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])| (?:and|&|then) "
    r"|然后|[和跟](?=[\u3400-\u9fff])|(?<!一)再(?=[查办开改报退换])"
)
#: says beforehand that several come, so that any sign between them parts them
_SEVERAL = re.compile(
    r"^(?:(?:hi|hello|hey|ok|so|well|please|你好|您好|嗯|那个|请问)[\s,.;:!?~]*)*"
    r"(?:(?:i have |i've got |there are |just )?(?:two|2|three|3|a (?:couple|few)(?: of)?) (?:quick )?(?:things|questions|requests|matters|issues)"
    r"|(?:我)?(?:有|想问|问|要办|办)?(?:两|2|二|三|3|几)(?:个|件)(?:事情?|问题|业务|东西))[\s,.;:!?~]+"
)
_INSIDE_NUMBER = re.compile(r"(?<=\d)[.,:](?=\d)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")

_ENDS_ZH = "取消|停|报停|销|注销|退|改|换|转|关|过户|挂失"
_ENDS_EN = (
    "cancel|suspend|close|stop|remove|move|change|disconnect|block|port|transfer|switch|book|order|complain|report|end"
)
_NOT_ZH = (
    r"(?<![是要用想特区级识类])(?:不是|并不是|并非|不要|不想|不用|不需要|没说要?|没要|没让你?|先?别(?!人|的|处|家|提))"
)
_NOT_EN = (
    r"(?:\b(?:i )?(?:don't|do not|dont|didn't|did not|wouldn't) (?:want|need|mean|ask|say)\b|\b(?:i'm|i am) not (?:trying|"
    rf"looking|asking|going|calling|here) |(?:^|[,.;!] *|\bplease |\bno,? )(?:don't|do not|dont|not) (?:to )?(?={_ENDS_EN})"
    r"|(?:^|[,.;!] *|\b(?:it's|its|it is|that's|i said|meant) )not (?=(?:the |my |a )?\w+))"
)
_TURN_ZH = r"(?:而?是|我?只是(?:想|要)?|就(?!是没|是断)|只(?:是|想|要)|我?是?(?:想|要|说)|应该是|麻烦|帮我|给我|改|换|直接|我|先|查)"
_TURN_EN = (
    r"(?:(?:just|only|rather|instead|but|i|i'm|i'd|it's|its|please|can|could|let's|that|the|my|move|change|make)\b)"
)
#: "not X but Y"
_CONTRASTS = (
    re.compile(rf"(?P<no>{_NOT_ZH}[^{_SIGNS}]{{1,24}}?)(?:[{_SIGNS}\s]+|(?=而是))(?P<yes>{_TURN_ZH}[^\n]+)"),
    re.compile(rf"(?P<no>{_NOT_EN}[^{_SIGNS}]{{1,40}}?)(?:\s*[{_SIGNS}-]+\s*|\s+(?=but\b))(?P<yes>{_TURN_EN}[^\n]+)"),
)
#: "Y, not X"
_AFTERTHOUGHTS = (
    re.compile(
        rf"(?P<yes>.+?)[{_SIGNS}\s]*(?P<no>(?:而不是|(?<![是要])(?:不是|并非))[^{_SIGNS}吗么呢啊\s]{{1,16}})[.!\s]*$"
    ),
    re.compile(
        rf"(?P<yes>.+?)[{_SIGNS}\s-]+(?P<no>(?:and |but )?(?:not (?:the|my|an?) |rather than |instead of )[^{_SIGNS}]{{1,30}})"
        r"[.!\s]*$"
    ),
)
#: an earlier message is taken back: "no, I meant …"
_CORRECTION = re.compile(
    rf"^(?:(?:no+|nope|sorry|wait|wrong|not that|that's (?:not it|wrong))[\s{_SIGNS}]+)*"
    r"(?:i (?:meant|mean|said|was asking about|was talking about)|what i (?:meant|mean) (?:was|is))\s+"
    rf"|^(?:(?:不是|不对|错了|不|哦|嗯|等等|弄错了|搞错了|你?理解错了)[\s{_SIGNS}]*)+我?(?:是|想)?(?:说|问|指|讲|意思)(?:的意思)?(?:的?是)?"
)
#: a whole message that only forbids something: "don't cancel it"
_FORBIDS = re.compile(
    rf"(?:请|我|你们?|麻烦|千万|还是|先|暂时|[{_SIGNS}\s])*(?:不要|不想|不用|别|勿)(?:帮我|给我|把\S{{1,8}})?(?:{_ENDS_ZH})[^{_SIGNS}?吗]{{0,10}}[{_SIGNS[:-2]}\s]*"
    rf"|(?:please|pls|no|oh|wait|but|[{_SIGNS}\s])*(?:don't|do not|dont|never) (?:you )?(?:{_ENDS_EN})\b[^{_SIGNS}?]{{0,40}}[.,!\s]*"
)


class Turn(str, Enum):
    """How a message takes something back."""

    #: what it names first or last is named only to be ruled out
    contrast = "contrast"
    #: what was understood before was wrong
    correction = "correction"
    #: something is forbidden; nothing may be asked for in its place
    forbids = "forbids"


@dataclass(frozen=True)
class Cut:
    """A place where a message may be two.

    Attributes:
        start: where the words or signs between the parts begin, in the text as typed.
        end: where they end, exclusive.
        strong: words such as "and also" stand there, not just a comma.
    """

    start: int
    end: int
    strong: bool


@dataclass(frozen=True)
class TakenBack:
    """A message that takes something back.

    Attributes:
        turn: how.
        kept: start and end of what holds; empty when nothing does.
        dropped: start and end of what does not; empty where only an earlier message is taken back.
    """

    turn: Turn
    kept: Span
    dropped: Span


@dataclass(frozen=True)
class Clauses:
    """What the words of a message say about its parts."""

    cuts: tuple[Cut, ...] = ()
    taken_back: TakenBack | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as Rasa stores properties: `{"cuts": [[start, end, strong]], "taken_back": [turn, kept, dropped]}`."""
        body: dict[str, Any] = {"cuts": [[cut.start, cut.end, cut.strong] for cut in self.cuts]}
        if self.taken_back is not None:
            body["taken_back"] = [self.taken_back.turn.value, list(self.taken_back.kept), list(self.taken_back.dropped)]
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any] | None) -> Clauses | None:
        """Return what `as_json` wrote; None for None."""
        if body is None:
            return None
        back = body.get("taken_back")
        return cls(
            tuple(Cut(*cut) for cut in body["cuts"]),
            TakenBack(Turn(back[0]), (back[1][0], back[1][1]), (back[2][0], back[2][1])) if back else None,
        )


def find_cuts(text: str) -> tuple[Cut, ...]:
    """Return the likeliest places to cut, those with words before those with signs only, at most four.

    Args:
        text: normalised text in lower case.
    """
    strong = [Cut(*found.span(), True) for found in _STRONG.finditer(text)]
    lead = told_beforehand(text)
    weak = [
        Cut(*found.span(), lead > 0)
        for found in _WEAK.finditer(text, lead)
        if not _INSIDE_NUMBER.match(text, found.start())
    ]
    weak = [cut for cut in weak if not any(cut.start < other.end and other.start < cut.end for other in strong)]
    return tuple(cut for cut in (*strong, *weak) if _says(text[: cut.start]) and _says(text[cut.end :]))[:_MOST_CUTS]


def find_taken_back(text: str) -> TakenBack | None:
    """Return what a message takes back; None for most messages.

    Args:
        text: normalised text in lower case.
    """
    if (found := _CORRECTION.match(text)) and _says(text[found.end() :]):
        return TakenBack(Turn.correction, (found.end(), len(text)), (0, 0))
    for pattern in _CONTRASTS:
        if (found := pattern.search(text)) and _says(found["yes"]):
            turn = Turn.forbids if _FORBIDS.fullmatch(found["no"]) else Turn.contrast
            return TakenBack(turn, found.span("yes"), found.span("no"))
    if _FORBIDS.fullmatch(text):
        return TakenBack(Turn.forbids, (0, 0), (0, len(text)))
    for pattern in _AFTERTHOUGHTS:
        if (found := pattern.match(text)) and _says(found["yes"]):
            return TakenBack(Turn.contrast, found.span("yes"), found.span("no"))
    return None


def told_beforehand(text: str) -> int:
    """Where the wishes begin in a message that says that several come ("two things: …"); 0 in every other."""
    found = _SEVERAL.match(text.lower())
    return found.end() if found else 0


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the span without blanks and signs at its edges, and without the words that only say that several come."""
    if start == 0:
        start = told_beforehand(text[:end])
    while start < end and (text[start].isspace() or text[start] in _SIGNS):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",.;:~"):
        end -= 1
    return start, end


def _says(part: str) -> bool:
    return len(_CHINESE.findall(part)) >= _LEAST_CHINESE or len(_WORD.findall(part)) >= _LEAST_WORDS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ClauseFinder(StatelessComponent):
    """Sets the message property `clauses` where a message may hold several wishes or takes something back.

    `Understanding` has the parts understood and decides; the settings here are its limits (see `wishes.WishRules`).
    """

    def __init__(self) -> None:
        self._normalise = Normaliser()

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark each message."""
        for message in messages:
            text = lower_keeping_length(normalised_text(message, self._normalise))
            if len(text) > _MOST_CHARACTERS:
                continue
            clauses = Clauses(find_cuts(text), find_taken_back(text))
            if clauses.cuts or clauses.taken_back:
                message.set(CLAUSES, clauses.as_json(), add_to_output=True)
        return messages
