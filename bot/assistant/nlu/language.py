"""In which language a message is written, with words of the other one in it."""

from __future__ import annotations

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.component import StatelessComponent
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.tokenizer import normalised_text

LANGUAGE = "language"
"""Message property: "zh", "en" or None."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CHINESE_FRAME = re.compile(r"[的了吗呢吧啊呀么我你您他她帮请怎不没给把被在是有要想都就还这那哪谁啥咋嘛哦下能会可]")
_WORD = re.compile(r"(?<![\da-z])[a-z]+(?:'[a-z]+)?(?![\da-z])")  # letters beside digits belong to a number or an id

_CHARS_A_WORD = 1.7
"""Chinese characters that say as much as one English word."""

_CHINESE_FRAME_WEIGHT, _ENGLISH_WORD_WEIGHT, _ENGLISH_FRAME_WEIGHT = 1.0, 0.9, 0.5
"""Words that hold a sentence together show its grammar, which borrowed nouns do not. English nouns and verbs come up in
Chinese sentences far more often than the other way round, so they weigh less."""

_BORROWED = frozenset(
    "wifi wi fi app apps sim esim nfc vip ok okay okk iptv tv los pon lan wan puk pin otp id vpn lte volte ap ip qq pad "
    "iphone huawei mi oppo vivo apple android ios router modem plus pro max netflix wechat alipay email mb gb kb tb mbps "
    "hello hi bye pk sos sms mms pos http https www com cn html dns ping lag g m k t tt fl h a b c d e x y z".split()
)
_ENGLISH_FRAME = frozenset(
    "i i'm i've i'd i'll my me mine you your we our us he she it it's its they the a an is are am was were be been do "
    "does did don't doesn't didn't can can't could couldn't will won't would should have has had haven't not no yes and "
    "or but if when what what's why how where who which this that there to of in on at for from with by about please "
    "want need".split()
)
_GREETINGS = frozenset({"hello", "hi", "bye", "hey"})


def detect_language(text: str) -> str | None:
    """Return "zh" or "en" for the language that frames `text`, None where nothing shows it (numbers, ids, "ok").

    Args:
        text: normalised text. A few words of the other language do not count: "帮我check一下bill" is Chinese.
    """
    chinese = len(_CHINESE.findall(text)) / _CHARS_A_WORD
    chinese += _CHINESE_FRAME_WEIGHT * len(_CHINESE_FRAME.findall(text))
    words = _WORD.findall(text.lower())
    telling = [word for word in words if word not in _BORROWED or (word == "a" and chinese == 0)]
    english = _ENGLISH_WORD_WEIGHT * len(telling) + _ENGLISH_FRAME_WEIGHT * sum(
        1 for word in telling if word in _ENGLISH_FRAME
    )
    if chinese == 0 and not telling:
        return "en" if any(word in _GREETINGS for word in words) else None
    if chinese and not telling:
        return "zh"
    return "zh" if chinese >= english else "en"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(StatelessComponent):
    """Sets the message property `language` to "zh", "en" or None."""

    def __init__(self) -> None:
        self._normalise = Normaliser()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the language of each message."""
        for message in messages:
            message.set(LANGUAGE, detect_language(normalised_text(message, self._normalise)), add_to_output=True)
        return messages
