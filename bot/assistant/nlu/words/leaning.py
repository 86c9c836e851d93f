"""Words of questions that lean on what was said before: "how much is that?", "那怎么取消". Pure.

Such a question names no matter of its own. What it asks for is one of a few things, and a line of an article that answers
it has words of its own, too.
"""

from __future__ import annotations

import re

#: what a leaning question may ask for; where one message has words of two, the first here counts
KINDS = (
    "left",  # what is left of it
    "more",  # more of it
    "order",  # to have it
    "undo",  # how to undo it
    "expiry",  # how long it stays valid
    "price",  # what it costs
    "need",  # what one needs for it, to bring or to show
    "time",  # how long it takes, when it is
    "where",  # where one does or finds it
    "reason",  # why so much
    "change",  # to have another
)


def _words(zh: str, en: str) -> re.Pattern[str]:
    return re.compile(rf"{zh}|\b(?:{en})\b", re.IGNORECASE)


_ASKS = {
    "undo": _words(
        r"(?:怎么|如何|怎样|咋|能|可以|能不能|可不可以|还能)(?:再|才能?|给|把它)?"
        r"(?:取消|关闭|关掉|关了|停掉|停了|退订|退掉|撤销|解除|改回来|改回去)",
        r"(?:how|can|could|may) (?:do|can|could|would|should|to|i|we|you)(?: (?:i|we|one))?(?: later)? "
        r"(?:undo|cancel|disable|deactivate|remove|stop|get rid of|(?:turn|switch)(?: (?:it|this|that|them))?(?: back)? off)"
        r"(?: (?:it|this|that|them))?(?: off)?",
    ),
    "expiry": _words("过期|有效期|到期|清零|作废|失效", "expires?|expiry|run(?:s)? out|stay valid|valid"),
    "price": _words(
        r"(?<![有剩])多少钱|(?:怎么|如何|要不要|要|会|收不|另外?)收费|收费(?=吗|么|标准|多少)|怎么算钱|收费标准|要钱|收钱|付钱|花钱"
        "|要不要钱|费用|价格|价钱|啥价|什么价|贵不贵|贵吗|免费|不要钱|赔多少钱?|几块钱?|几毛钱?"
        "|(?:多少|几块)一(?:个月|[天月年次])|一(?:个月|[天月年次])多少",
        r"how much(?: (?:would|will|do|must|should) (?:i|we)(?: (?:have|need) to)? pay)?|costs?|prices?|pric(?:e)?y|expensive|any fees?|a fee|fees?|(?:a|any) charge|(?:get|be|you|am i) charged?"
        r"|(?:is|are) (?:it|that|this|they)(?: for)? free|for free|free of charge|pay for (?:it|that|this)|have to pay",
    ),
    "need": _words(
        "(?:带|准备|提供|交|用|需要|要)(?:点)?(?:什么|啥|哪些)(?:材料|证件|资料|手续|东西)?|(?:什么|啥|哪些)(?:材料|证件|资料|手续|条件)"
        "|要不要(?:证件|身份证|材料)",
        r"what (?:do|would|will|should) (?:i|we) (?:need|bring|have to (?:bring|show))|what(?:'s| is) needed"
        r"|what (?:documents?|papers?|paperwork)|(?:any )?(?:documents?|paperwork)",
    ),
    "time": _words(
        "多久|多长时间|多长|(?<![这那])几天|几个?小时|多少天|几个?工作日|什么时候|啥时候|啥时|何时|几时|多快",
        "how long|how soon|how quick(?:ly)?|when|how many (?:days|hours|weeks|months)|until when",
    ),
    "where": _words("[在去]哪里?|哪里|哪儿|什么地方|哪个页面|哪个菜单", "where|which (?:page|menu|screen)"),
    "reason": _words(
        "(?:为什么|为啥|怎么|咋)(?:会|要)?(?:这么|那么|这样|这个)(?:多|贵|高)|(?:为什么|为啥|咋)?(?:这么|那么)(?:多|贵|高)",
        "why(?: is (?:it|that|this))?(?: so)? (?:much|high|expensive|many)|why so (?:much|high|expensive)",
    ),
    "change": _words(
        "换一?个?别的|(?:能|可以|可不可以|能不能|想|怎么)(?:换|改)", r"(?:change|switch) (?:it|that|this)|another one"
    ),
    "order": _words(
        "(?:怎么|如何|咋|在哪里?|哪里)(?:办理?|开通?|订购?|申请|弄|装)(?!好|完|回)|(?:我)?(?:要|想)?(?:就)?办(?:这个|那个|一个|它|理)",
        r"(?:how|where) (?:do|can|could|would|should) i (?:get|order|buy|have|sign up(?: for)?|apply(?: for)?|subscribe(?: to)?)"
        r"(?: (?:it|this|that|one))?|sign me up(?: for (?:it|this|that))?|i(?:'ll| will| want to|'d like to)? (?:take|order|buy|get) (?:it|this|that|one)",
    ),
    "left": _words(
        "(?:还)?(?:剩|余)(?:下|余)?(?:多少|几)|还有多少|(?:还)?剩(?:下)?的呢",
        r"how much (?:is|do i have|have i got|have i|do i still have)(?: still)? left|how much (?:is )?left|what(?:'s| is) left|what do i have left",
    ),
    "more": _words(
        "(?:快)?(?:不够|用完|用光)(?:用|了)*(?:怎么办|咋办|咋整)?|(?:怎么|能|可以)?(?:再)?加(?:一?点|一些)",
        r"(?:it's |that's |is |this is )?not enough|(?:what if )?i (?:run|ran) out|(?:i )?need more|(?:can i |how do i )?(?:get|buy|add|have) more",
    ),
}

#: what stands round it
_FRAME_ZH = re.compile(
    "那么?|这个|那个|这样|那样|这|它们?|他们?|人家|我们?|你们?|您|自己|请问|问一?下|想问|想知道|告诉|一般|大概|大约|通常|正常|最快|最多|"
    "一共|总共|具体|还有?|都|也|再|又|就|才|会|能|可以|可不可以|要|需要|得|用|是|有|没有|不|要是|如果|的话|万一|话|以后|之后|后来?|完|了|"
    "办理?|开通?|弄|搞|做|设置|设|申请|操作|使用|生效|好|行|改|换|去|到|来|上|里|在|找|看|给|把|对|跟|的|地|得|呢|啊|呀|吗|么|嘛|吧|啦|哦|嗯|额|哈|诶|"
    "一(?:个月|[天月年次])|每(?:个月|[天月年次])|怎么样?|怎样|如何|咋|几|多少|什么|啥|吗|一下|下|谢谢|个"
)
_FRAME_EN = re.compile(
    r"\b(?:and|so|then|but|cool|great|nice|ok|okay|well|hi|hey|thanks|thank you|please|pls|the|a|an|it|its|it's|that|that's|this|them|they|those|"
    r"these|do|does|did|is|are|was|will|would|can|could|should|must|have|has|had|got|get|to|for|of|on|at|in|be|by|with|"
    r"i|i'm|we|you|me|my|us|your|if|usually|normally|about|roughly|exactly|actually|also|again|later|now|there|here|take|"
    r"takes|taking|work|works|last|lasts|find|see|set|use|using|want|need|needs|know|tell|what|what's|how|which|any|anything|"
    r"much|long|day|days|month|week|year|per|each|every|once|extra|more|all|up|not|don't|doesn't|cost|way|done|happen|ready|no|yes|ends?)\b"
)
_SIGNS = re.compile(r"[\W\d_]+")
#: a longer message tells something of its own
_MOST_CHARACTERS = 80


def asked(text: str) -> str | None:
    """What a question asks for that names no matter of its own, one of `KINDS`; None for every other message."""
    if len(text) > _MOST_CHARACTERS:
        return None
    plain = text.casefold()
    found = next((kind for kind in KINDS if _ASKS[kind].search(plain)), None)
    if found is None:
        return None
    for each in KINDS:
        plain = _ASKS[each].sub(" ", plain)
    left = _FRAME_EN.sub(" ", _FRAME_ZH.sub(" ", plain))
    return None if _SIGNS.sub("", left) else found


_TELLS = {
    "undo": _words(
        "取消|关闭|关掉|停用|解除|退订", r"cancel\w*|(?:turn|switch)\w*(?: \w+)? off|disable|deactivate|undo|stop"
    ),
    "expiry": _words(
        "过期|有效期?|到期|清零|作废|失效|月底|年底|结转", r"expir\w+|valid|end of the (?:month|year)|laps\w+|rolls?"
    ),
    "price": _words(
        r"收费|(?<!付)费用|免费|话费|月费|[一二三四五六七八九十\d]+元|价格|违约金|加收|资费|多收|收钱|花钱|退回|具体金额|按天算|比例",
        r"free|fees?|costs?|prices?|charges?|charged|give back|sum|¥\s?\d+|yuan|pay back",
    ),
    "need": _words(
        "携带|带[上着好]|都要带|身份证|证件(?!号)|准备|材料|凭|条件",
        r"bring|take your|needs?|(?<!#)ids?(?! number)|documents?|passport|proof|ready",
    ),
    "time": _words(
        r"(?<![满\d])[\d一二两三四五六七八九十几半]+个?(?:分钟|小时|工作日|天|周|个?月|年)|当天|当日|次日|次月|立即|马上|随时|整点|月初|月底|起生效",
        r"(?<!for )(?:\d+|an?|one|two|three|few|half an)[- ](?:\w+ )?(?:minutes?|hours?|days?|weeks?|months?|years?)|same day|immediately"
        r"|right away|midnight|full hour|next (?:month|payment|day)",
    ),
    "where": _words(
        "App|页面|营业厅|后台|官网|菜单|“设置”|网址|背面|底部",
        r"app|page|shops?|settings|menu|website|label|back of|hotline",
    ),
}


def tells(line: str, kind: str) -> bool:
    """Whether a line of an article says something of what is asked for."""
    return kind in _TELLS and _TELLS[kind].search(line) is not None


def has_lines(kind: str) -> bool:
    """Whether an article can answer what is asked for; the rest needs an action."""
    return kind in _TELLS
