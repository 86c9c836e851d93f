"""Lights of a modem told with other words between the telling ones ("that red one won't stop winking"). Pure."""

from __future__ import annotations

import re

from bot.assistant.nlu.told import EN_WORDS, Telling, gap

LIGHT = "device_light"

_LIT = "(?:灯|指示灯|那[颗个盏]|那一?[颗个盏]|小灯)"
_BLINKS = "(?:闪|眨|一亮一灭|一明一暗|忽明忽暗|一跳一跳)"
_OUT = "(?:不亮|没亮|没有亮|灭|熄|黑着|黑了|是黑的|不见了)"
_EN_LIGHT = r"(?:lights?|led|lamp|one|dot|indicator)"
_EN_BLINKS = r"(?:blink(?:s|ing)?|flash(?:es|ing)?|wink(?:s|ing)?|puls(?:es|ing)|flicker(?:s|ing)?|going on and off)"
_EN_OUT = r"(?:off|out|dark|dead|unlit|gone|not (?:on|lit|showing|coming on)|isn'?t (?:on|lit)|won'?t come on|doesn'?t come on)"

_TOLD = tuple(
    (light, re.compile(pattern, re.IGNORECASE))
    for light, pattern in (
        (
            "los_blinking",
            rf"(?:红的?|红色的?|los)(?:的|色)?{_LIT}?{gap(6)}{_BLINKS}|(?:那[颗个盏])红的?{gap(6)}{_BLINKS}|{_BLINKS}{gap(3)}红(?:灯|光|色)",
        ),
        (
            "los_red",
            rf"红的?los|los{gap(6)}红|(?:红的?|红色的?)(?:小|大|那个)?{_LIT}{gap(6)}(?:亮|长亮|常亮|不灭)|[颗个盏]红的{gap(4)}亮",
        ),
        ("pon_blinking", rf"(?:pon|绿的?|绿色的?)(?:的|色)?{_LIT}?{gap(6)}{_BLINKS}"),
        ("pon_off", rf"pon(?:的|那个|那颗|那盏)?{_LIT}?{gap(4)}{_OUT}"),
        ("internet_off", rf"(?:互联网|因特网|internet|网络|上网)(?:的|那个|那颗|那盏)?{_LIT}{gap(4)}{_OUT}"),
        (
            "power_off",
            rf"(?:一个|一盏|一颗|[所全]?[有部]?的?)灯(?:都|也)(?:不亮|没亮|没有亮|灭了?|黑)|(?:电源|power)(?:的|那个)?{_LIT}{gap(4)}{_OUT}",
        ),
        (
            "all_normal",
            rf"灯{gap(6)}(?:都|全|全都)(?:是)?(?:好的|正常|好好的|没毛病|没问题|没啥问题|亮的|亮着|绿的|绿油油)",
        ),
        (
            "los_blinking",
            rf"\bred(?: los)?{EN_WORDS % 1} {_EN_LIGHT}?{EN_WORDS % 5} ?{_EN_BLINKS}\b|\blos{EN_WORDS % 4} {_EN_BLINKS}\b|\b{_EN_BLINKS}{EN_WORDS % 2} red\b",
        ),
        (
            "los_red",
            rf"\b(?:solid|steady|constant|permanent|bright|angry|little|big) red(?: {_EN_LIGHT})?\b|\blos{EN_WORDS % 4} red\b|\bred los\b|\b{_EN_LIGHT}{EN_WORDS % 3} (?:turned|gone|went|is|glowing|stays?|showing|lit up) red\b",
        ),
        (
            "pon_blinking",
            rf"\b(?:pon|green){EN_WORDS % 1} {_EN_LIGHT}?{EN_WORDS % 4} ?{_EN_BLINKS}\b|\bpon{EN_WORDS % 3} {_EN_BLINKS}\b|\b{_EN_BLINKS}{EN_WORDS % 2} (?:green|pon)\b",
        ),
        (
            "pon_off",
            rf"\bpon(?:'s|’s)?(?: {_EN_LIGHT})?(?:'s|’s| is| has| has gone| went| gone| stays)?{EN_WORDS % 1} {_EN_OUT}\b",
        ),
        (
            "internet_off",
            rf"\b(?:internet|globe|online|net|wan) {_EN_LIGHT}(?:'s|’s| is| has| has gone| went| gone| stays)?{EN_WORDS % 2} {_EN_OUT}\b",
        ),
        (
            "power_off",
            rf"\b(?:no|not a single|none of the) (?:lights?|leds?)(?: at all| whatsoever)?{EN_WORDS % 2} (?:on|lit|at all|whatsoever|anywhere)\b|\b(?:all|every) (?:the |of the )?lights? (?:are |is |have |has |went |gone )*(?:off|out|dark|dead)\b",
        ),
        (
            "all_normal",
            r"\b(?:lights|leds)(?: (?!when|should|if|must)[a-z'’\-]+){0,4} (?:all |are |look |looks |is |seem |both |still |perfectly |completely ){1,4}(?:fine|normal|ok|okay|good|green|on|as usual|as they should)\b|\b(?:lights|leds) (?:all )?(?:fine|normal|green)\b|\b(?:all|every) (?:the |of the |my )?lights? (?:are |is |look |looks |seem |seems )*(?:fine|normal|ok|okay|good|green|on|as usual)\b",
        ),
        ("internet_off", rf"(?:互联网|上网|网络)(?:的|那个|那颗|那盏)?{_LIT}(?:[（(][^）)]*[）)])?{gap(4)}{_OUT}"),
        ("all_normal", r"灯[^。!?]{0,8}?(?:都|全|全都)(?:是)?正常"),
        ("power_off", r"灯(?:一个|一颗|一盏|全部?)(?:都|也)?不亮|一个灯(?:都|也)?不亮"),
        (
            "los_red",
            r"\bred (?:light|led|lamp)(?:'s|’s| is| has)?(?: been)?(?: just| always| constantly| permanently| still)? on\b",
        ),
        (
            "all_normal",
            r"\blights[.,] (?:all of them|they|they all|all)(?: are|'re| look| seem)?(?: all)? (?:normal|fine|ok|okay|good)\b",
        ),
        (
            "internet_off",
            rf"\b(?:marked|labelled|labeled|called|named|says) (?:internet|online|wan|net){EN_WORDS % 1} {_EN_OUT}\b",
        ),
        ("power_off", r"\blights?\? (?:none|zero|nothing|not one|no)\b"),
    )
)

LIGHTS = Telling(
    entity=LIGHT,
    patterns=_TOLD,
    hint=re.compile(r"灯|[颗盏]|红|绿|los|pon|light|led|lamp|blink|flash|wink", re.IGNORECASE),
    weaker={
        "los_blinking": {"los_red"},
        "pon_blinking": {"all_normal"},
        "internet_off": {"power_off"},
        "pon_off": {"power_off"},
    },
    part={"los_red", "all_normal"},
)
"""Lights; a red one that blinks is no steady one."""
