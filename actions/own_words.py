"""What customers say instead of pressing a button: "the second one", 都行, "still not working". Pure; no I/O."""

from __future__ import annotations

import re
from enum import Enum


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


_ZH_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_EN_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
_EN_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

_ZH_ORDINAL = re.compile(r"第\s*([一二两三四五六1-6])\s*(?:个|条|张|项|种|行|单|笔)?|选\s*([一二两三四五六1-6])")
_EN_ORDINAL = re.compile(r"\b(first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th)\b")
_EN_OPTION = re.compile(r"\b(?:option|number|no\.?|nr|#)\s*([1-6]|one|two|three|four|five|six)\b|#([1-6])\b")
_BARE = re.compile(r"^\s*[(（]?\s*([1-6一二两三四五六])\s*[)）]?\s*[.。、!！吧]?\s*$")
_FIRST = re.compile(r"头一个|最前|上面那|前一个|前面那|\bformer\b|\btop one\b")
_LAST = re.compile(r"最后|末一个|后一个|后面那|下面那|\blast\b|\blatter\b|\bbottom\b|另一个|另外那|\bother one\b")
_EARLY = re.compile(
    r"最早|最快|最近的|早一?点|早一?些|早点|靠前|越快越好|越早越好|尽快|尽早|马上|赶紧"
    r"|earl(?:y|ier|iest)|soon(?:er|est)?\b|as soon as|\basap\b|quick(?:er|est)"
)
_LATE = re.compile(r"最晚|晚一?点|晚一?些|晚点|靠后|\blat(?:er|est)\b")
_ANY = re.compile(
    r"随便|都行|都可以|都成|都好|都ok|哪个都|任意|无所谓|你定"
    r"|你看着|\bany(?: of| one|thing|time)?\b|\beither\b|whichever"
    r"|don'?t mind|doesn'?t matter|no preference|you (?:choose|pick)"
)
_NONE_OF_THESE = re.compile(
    r"都不|没有?一个|换一?[个批些下]|别的|其他|其它|改个|另外的|不合适|不方便|没空|没时间|不在家|来不及|上班"
    r"|\bnone\b|\bneither\b|\bother\b|different|else|another"
    r"|can'?t (?:do|make)|doesn'?t (?:work|suit)|don'?t (?:work|suit)"
    r"|not (?:free|home|available|any of)|won'?t work|no good"
)
_NO_NEED = re.compile(
    r"不用|不需要|不必|先不|算了|取消|不约|不要(?!这)|别来|不来了|用不着|没必要"
    r"|no need|don'?t need|do not need|don'?t want|not necessary"
    r"|no thanks|no thank you|never ?mind|forget it|no visit|skip"
)

_STILL = re.compile(
    r"还是?(?:不|没|老|断|红|一样|慢|卡)|还不|还没(?:好|有|通|用|信号|网|恢复)"
    r"|依然|依旧|仍|照样|一样(?:的|不)|没(?:好|用|变|反应|恢复|修好|起色|效果)"
    r"|不行|不好使|不管用|上不了|连不上|打不开|没网|没信号|不通|没戏|白搭"
    r"|\bstill\b|didn'?t (?:work|help|fix|change)|doesn'?t (?:work|help)"
    r"|did not|not (?:working|fixed|better|solved)|isn'?t working"
    r"|no (?:change|luck|difference|joy|good|internet|signal|picture|better)"
    r"|nothing (?:changed|happened)|same (?:as|thing|problem|issue)"
    r"|\bnope\b|won'?t"
)
_WORKS = re.compile(
    r"好了|可以了|能[上用看打]\w?了|通了|恢复了|正常了|解决了|行了"
    r"|有[网信]\w?了|有信号了|有画面了|好使了|成了|搞定|修好了|又有了|没问题了"
    r"|work(?:s|ing)\b|\bfixed\b|\bsolved\b|\bresolved\b|\bit'?s back\b"
    r"|back (?:on|up|now|online)|all good|much better|sorted|\bup again\b"
    r"|\bis up\b|good now|fine now|ok(?:ay)? now"
)
_BUSY = re.compile(
    r"等[等下一]|稍等|稍后|等会|我(?:去|先|试|来|在|正)|正在|在重启|在试|试试"
    r"|马上(?:试|去)|这就|一会儿?|还在(?:等|启动|重启)|才刚|刚(?:插|拔|重启)"
    r"|\bwait\b|hold on|hang on|one (?:sec|moment|minute)"
    r"|a (?:sec|second|moment|minute|few min)|let me|trying|i'?ll (?:try|do|check|go)"
    r"|restarting|rebooting|starting up|booting|give me|doing it|brb|just a"
)
_DONT_KNOW = re.compile(
    r"不知道|不清楚|不懂|不会看|看不懂|看不到|看不见|不确定|没注意|不认识"
    r"|不认得|分不清|不晓得|没在家|不在家|不太明白|哪个灯|啥灯|什么灯|找不到"
    r"|don'?t know|dunno|no idea|not sure|unsure|can'?t (?:see|tell|find|check)"
    r"|cannot (?:see|tell)|which light|what light|not (?:at )?home"
)
_NOT_RED = re.compile(
    r"(?:没有?|不是|无|未见|没看到|没看见|没亮|并不|不)(?:亮|闪|见)?(?:任何)?红|红灯?(?:没有?|不|没)亮|红色?的?没有"
    r"|\b(?:no|not|isn'?t|aren'?t|don'?t see(?: any)?|without)(?: a| any| the)? red\b|nothing (?:is )?red"
)
_SEND_SOMEBODY = re.compile(
    r"师傅|上门|派[个人]|来个?人|叫人|工程师"
    r"|technician|engineer|repair ?man|send (?:some|a\b)|come (?:out|over|round|here)"
)
_CORRECTS = re.compile(
    r"不对|不是(?!很|太|特别)|错了|说错|搞错|弄错|而是|应该是|是说|指的是|我说的是|改成|换成"
    r"|\bno[,.! ]|^no\b|\bnot the\b|\bnot my\b|\bactually\b|\bi meant?\b|\bsorry\b|\bwrong\b|\binstead\b|\brather\b"
)


def ordinal(words: str, count: int) -> int | None:
    """Which of `count` things somebody names by its place, from 0; None when by none, or by one that is not there."""
    text = words.lower()
    place: int | None = None
    if match := _BARE.match(text):
        place = _number(match.group(1))
    elif (match := _ZH_ORDINAL.search(text)) or (match := _EN_OPTION.search(text)):
        place = _number(match.group(1) or match.group(2))
    elif match := _EN_ORDINAL.search(text):
        place = _EN_ORDINALS[match.group(1)]
    elif _FIRST.search(text):
        place = 1
    elif _LAST.search(text):
        place = count
    return place - 1 if place is not None and 1 <= place <= count else None


def end_wanted(words: str) -> Wanted | None:
    """Whether somebody asks for the earlier or the later of what is offered; "any" is the earliest."""
    text = words.lower()
    if _LATE.search(text):
        return Wanted.last
    if _EARLY.search(text) or _ANY.search(text):
        return Wanted.first
    return None


def refusal(words: str) -> Refusal:
    """What a no to an offer means; a bare no asks for other offers."""
    text = words.lower()
    if _NONE_OF_THESE.search(text) and not _NO_NEED.search(text):
        return Refusal.others
    return Refusal.nothing if _NO_NEED.search(text) else Refusal.others


def refuses_all(words: str) -> bool:
    """Whether none of the offers will do."""
    return bool(_NONE_OF_THESE.search(words.lower()))


def wants_nothing(words: str) -> bool:
    """Whether the whole offer is declined."""
    return bool(_NO_NEED.search(words.lower()))


def progress(words: str) -> Progress | None:
    """How a guided step went, by the customer's words; None when they do not tell."""
    text = words.lower()
    if _STILL.search(text):
        return Progress.unsolved
    if _WORKS.search(text):
        return Progress.solved
    return Progress.busy if _BUSY.search(text) else None


def cannot_tell(words: str) -> bool:
    """Whether somebody does not know what the lights show."""
    return bool(_DONT_KNOW.search(words.lower()))


def denies_red(words: str) -> bool:
    """Whether a red light is mentioned only to say that there is none."""
    return bool(_NOT_RED.search(words.lower()))


def wants_visit(words: str) -> bool:
    """Whether somebody would rather have a technician come."""
    return bool(_SEND_SOMEBODY.search(words.lower()))


def corrects(words: str) -> bool:
    """Whether somebody puts right what was taken up before."""
    return bool(_CORRECTS.search(words.lower()))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else {**_ZH_DIGITS, **_EN_NUMBERS}[word]
