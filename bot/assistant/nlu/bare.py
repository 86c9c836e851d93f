"""Messages that only answer a question: a number, a name, a time, and nothing asked for."""

from __future__ import annotations

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.classifier import SCOPE
from bot.assistant.nlu.component import StatelessComponent
from bot.assistant.nlu.mentions import ENTITIES
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length
from bot.assistant.nlu.tokenizer import normalised_text

BARE = "bare"
"""Key of the message property `scope`: whether the message holds entities and no wish."""

_FRAME_ZH = re.compile(
    r"我的|我家|我是|我叫|我住在?|我|你的?|手机号码?|电话号码?|号码|手机|电话|座机|地址|住址|姓名|名字|户名|户主|机主|账号|户号|"
    r"工单号?|单号|预约号?|编号|验证码|金额|时间|身份|是|叫|在|就|为|的|那|吧|呢|啊|哦|嗯|呀|好的?|可以|行|左右|大概|这个|号"
)
_FRAME_EN = re.compile(
    r"\b(?:my|the|is|it's|its|it|number|phone|mobile|landline|account|ticket|reference|ref|appointment|visit|code|name|"
    r"address|i|am|i'm|live|at|on|in|for|and|it|this|that|please|pls|ok|okay|yes|yeah|sure|would|be|works|good|fine|to|"
    r"a|by|around|about|maybe|uh|um)\b"
)
_SIGNS = re.compile(r"[\W_]+")


def is_bare(text: str, spans: list[tuple[int, int]]) -> bool:
    """Return whether nothing but phrases like "my number is" stands in `text` outside of `spans`.

    Args:
        text: normalised text.
        spans: start and end of the entities found in it.
    """
    if not spans:
        return False
    rest = list(lower_keeping_length(text))
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    left = _FRAME_EN.sub(" ", _FRAME_ZH.sub(" ", "".join(rest)))
    return not _SIGNS.sub("", left)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class BareAnswerMarker(StatelessComponent):
    """Adds `bare` to the message property `scope`; comes after all extractors.

    The intent of a bare answer means little ("13800138000" is no wish), so a bare answer is never refused and the
    dialogue should first try it on the question it asked.
    """

    def __init__(self) -> None:
        self._normalise = Normaliser()

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark each message."""
        for message in messages:
            spans = [(int(entity["start"]), int(entity["end"])) for entity in message.get(ENTITIES) or []]
            bare = is_bare(normalised_text(message, self._normalise), spans)
            message.set(SCOPE, {**(message.get(SCOPE) or {}), BARE: bare}, add_to_output=True)
        return messages
