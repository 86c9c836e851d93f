"""Words of questions that lean on what was said before: "how much is that?", "那怎么取消". Pure.

Such a question names no matter of its own. What it asks for is one of a few things, and a line of an article that answers
it has words of its own, too.
"""

from __future__ import annotations

import re

#: what a leaning question may ask for; where one message has words of two, the first here counts
KINDS = (
    "which",  # which part of it, and what that is for
    "cheapest",  # the one of them that costs least
    "biggest",  # the one of them that holds most
    "sooner",  # an earlier time for it
    "away",  # that one is not there then
    "left",  # what is left of it
    "more",  # more of it
    "order",  # to have it
    "undo",  # how to undo it
    "expiry",  # how long it stays valid
    "price",  # what it costs
    "compensation",  # what one gets back for it
    "need",  # what one needs for it, to bring or to show
    "time",  # how long it takes, when it is
    "where",  # where one does or finds it
    "reason",  # why so much
    "change",  # to have another
)
#: a time and nothing else: it leans on what is to happen then
TIME_ALONE = "time_alone"
#: these ask nothing, so they are no question beside another one
STATED = frozenset({"away", "sooner", TIME_ALONE})


def _words(zh: str, en: str) -> re.Pattern[str]:
    return re.compile(rf"{zh}|\b(?:{en})\b", re.IGNORECASE)


_ASKS = {
    "which": _words(
        "(?:到底)?(?:是)?(?:多|贵|涨|扣)?(?:在|了)?哪(?:一|几)?(?:项|笔)(?:费用?|收费|钱)?(?:多|贵|涨|高|扣)?(?:的|了|出来)*|(?:多|贵|涨|高)在哪里?"
        "|(?:这|那)(?:一?[笔项个])?(?:多出来的|额外的)?(?:钱|费用?|收费)?是?(?:什么|啥|干什么|干嘛|做什么)(?:的?钱|的?费用?|收费|的|用的)"
        "|是(?:什么|啥)(?:费用?|收费|钱)(?!标准)",
        r"what(?:'s| is| was| are| were)? (?:that|this|it|the|those|these)(?: (?:extra|additional|other))?"
        r"(?: (?:one|charges?|fees?|costs?|amount|money|item|line))?(?: (?:is|was))? for"
        r"|what(?:'s| is| was| are) (?:that|this|the|those|these)(?: (?:extra|additional|other))? (?:charges?|fees?|costs?|amount|item|line)"
        r"|which (?:one|item|part|charge|line)s?(?: (?:is|was|went|costs?|got))*(?: up| more)?|what(?:'s| has| is)? (?:changed|the extra|extra|different)",
    ),
    "cheapest": _words(
        "(?:最便宜|最划算|最低价?|最实惠|便宜一?点|便宜些)的?(?:那个|是哪个|哪个)?(?:多少钱)?",
        r"(?:what(?:'s| is| are) )?(?:the )?(?:cheapest|cheaper|lowest|least expensive|best value)(?: (?:one|price|option|of (?:them|those)))?",
    ),
    "compensation": _words(
        "(?:要|会|能|可以|应该|是不是)?(?:给我?|得)?(?:怎么|如何)?(?:赔偿?|补偿|减免)(?:我|点|些)*(?:多少)?(?:钱|费|话费|月租费?)?|退(?:我)?(?:这?几天|月租|话费)的?(?:钱|费)?",
        r"compensat(?:ion|ed?)|money back|reimburse[ds]?|(?:a )?refund(?:ed)?|(?:a )?(?:bill )?credit(?: on my bill)?",
    ),
    "biggest": _words(
        "(?:流量|网速|速度|带宽|量)?(?:最多|最大|最快)的?(?:那个|是哪个|哪个)?(?:流量|网速)?",
        r"(?:which (?:one )?(?:has|is) )?(?:the )?(?:one with )?(?:the )?(?:most (?:data|gb|gigs)|biggest|fastest|highest speed)(?: (?:one|data|speed))?",
    ),
    "sooner": _words(
        "(?:能不能|能|可以|可不可以|有没有|想)?(?:再|稍微)?(?:早一?点|早些|提前|提早|更早|早的)(?:的)?(?:时间|来|点|吗)?",
        r"(?:(?:is there )?(?:anything|something)|(?:can|could) (?:he|you|they|someone|somebody) (?:come|make it|do)(?: it)?|any)?\s*(?:a bit )?(?:sooner|earlier)(?: (?:slot|time|one))?",
    ),
    "away": _words(
        "(?:都|又|刚好|正好)?(?:不在(?:家|这儿|这边)?|没空|没时间|不方便|有事|来不及|要(?:上班|出差|加班)|在(?:上班|出差)|没人在?家?|家里没人|不行)",
        r"(?:i|we)(?:'m|'re| am| are|'ll be| will be) (?:not (?:home|in|there|around|available|free)|out|away|at work|working|busy)"
        r"|(?:(?:i|we) )?(?:won't|can't|can ?not|could ?n't|will not) (?:be (?:home|in|there|around|available|free)|make (?:it|that))"
        r"|not (?:home|free|available)"
        r"|(?:(?:that|it|this)(?: (?:day|time|date))? )?(?:does ?n[o']?t (?:work|suit)|is(?: not|n't) (?:good|possible)|won't work)(?: for)?(?: (?:me|us))?"
        r"|nobody(?:'s| is| will be)? (?:home|in|there)",
    ),
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
        "(?:为什么|为啥|怎么|咋)(?:会|要)?(?:这么|那么|这样|这个)(?:多|贵|高|慢|久)|(?:为什么|为啥|咋)?(?:这么|那么)(?:多|贵|高|慢|久)",
        "why(?: is (?:it|that|this))?(?: so)? (?:much|high|expensive|many)|why so (?:much|high|expensive|long|slow)"
        r"|why(?:'s| is| has)? (?:it|this|that)(?: been)? (?:taking|take[sn]?|going)(?: so| this| that)? (?:long|slow(?:ly)?|ages)",
    ),
    "change": _words(
        "换一?个?别的|(?:能|可以|可不可以|能不能|想|怎么|就)(?:给我|帮我)?(?:换|改)(?:成|为|到)?(?:这个|那个|它)?",
        r"(?:change|switch)(?: me)?(?: (?:over|to))* (?:it|that|this)(?: one)?|another one",
    ),
    "order": _words(
        "(?:怎么|如何|咋|在哪里?|哪里)(?:办理?|开通?|订购?|申请|弄|装)(?!好|完|回)|(?:我)?(?:要|想)?(?:就)?办(?:这个|那个|一个|它|理)",
        r"(?:how|where) (?:do|can|could|would|should) i (?:get|order|buy|have|sign up(?: for)?|apply(?: for)?|subscribe(?: to)?)"
        r"(?: (?:it|this|that|one))?|how (?:do|can|would|should) i (?:(?:turn|switch) (?:it|this|that) on|activate(?: it)?|enable(?: it)?)|sign me up(?: for (?:it|this|that))?|i(?:'ll| will| want to|'d like to)? (?:take|order|buy|get) (?:it|this|that|one)",
    ),
    "left": _words(
        "(?:还)?(?:剩|余)(?:下|余)?(?:多少|几)|还有多少|(?:还)?剩(?:下)?的呢",
        r"how much (?:is|do i have|have i got|have i|do i still have)(?: still)? left|how much (?:is )?left|what(?:'s| is) left|what do i have left",
    ),
    "more": _words(
        "(?:快)?(?:不够|用完|用光)(?:用|了)*(?:怎么办|咋办|咋整)?|(?:怎么|能|可以)?(?:再)?加(?:一?点|一些)",
        r"(?:it's |that's |is |this is )?not enough|(?:what if )?i (?:run|ran) out(?: of (?:it|data|them))?|(?:i )?need more|(?:can i |how do i )?(?:get|buy|add|have) more",
    ),
}

#: what stands round it
_FRAME_ZH = re.compile(
    "[那这]一?几?[天次]|当天|刚好|正好|回来|回国|答复|回复|回音|消息|结果|处理好?|收到|给我|那边|当地|那么?|这个|那个|这样|那样|这|它们?|他们?|人家|我们?|你们?|您|自己|请问|问一?下|想问|想知道|告诉|一般|大概|大约|通常|正常|最快|最多|"
    "一共|总共|具体|还有?|都|也|再|又|就|才|会|能|可以|可不可以|要|需要|得|用|是|有|没有|不|要是|如果|的话|万一|话|以后|之后|后来?|完|了|"
    "办理?|开通?|弄|搞|做|设置|设|申请|操作|使用|生效|好|行|改|换|去|到|来|上|里|在|找|看|给|把|对|跟|的|地|得|呢|啊|呀|吗|么|嘛|吧|啦|哦|嗯|额|哈|诶|"
    "一(?:个月|[天月年次])|每(?:个月|[天月年次])|怎么样?|怎样|如何|咋|几|多少|什么|啥|吗|一下|下|谢谢|个"
)
_FRAME_EN = re.compile(
    r"\b(?:and|so|then|but|cool|great|nice|ok|okay|well|hi|hey|thanks|thank you|please|pls|the|a|an|it|its|it's|that|that's|this|them|they|those|"
    r"these|do|does|did|is|are|was|will|would|can|could|should|must|have|has|had|got|get|to|for|of|on|at|in|be|by|with|"
    r"i|i'm|we|you|me|my|us|your|if|usually|normally|about|roughly|exactly|actually|also|again|later|now|there|here|take|"
    r"takes|taking|work|works|last|lasts|find|see|set|use|using|want|need|needs|know|tell|what|what's|how|which|any|anything|"
    r"much|long|day|days|month|week|year|per|each|every|once|extra|more|all|up|not|don't|doesn't|cost|way|done|happen|ready|no|yes|ends?|"
    r"sorry|actually|maybe|instead|rather|better|suits?|fine|good|possible|available|free|next|time|date|anytime|sometime|any time|come|after|back|home|hear|answer|reply|news|result|results|abroad|he|she|someone|somebody)\b"
)
_SIGNS = re.compile(r"[\W\d_]+")
#: a longer message tells something of its own
_MOST_CHARACTERS = 80


def asked(text: str, times: tuple[tuple[int, int], ...] = ()) -> str | None:
    """What a message asks for that names no matter of its own: one of `KINDS`, `TIME_ALONE`, or None for all others.

    Args:
        times: where times to come stand in the text, each from and up to a character.
    """
    if len(text) > _MOST_CHARACTERS:
        return None
    plain = text.casefold()
    if len(plain) == len(text):
        for start, end in times:
            plain = f"{plain[:start]}{' ' * (end - start)}{plain[end:]}"
    found = next((kind for kind in KINDS if _ASKS[kind].search(plain)), TIME_ALONE if times else None)
    if found is None:
        return None
    for each in KINDS:
        plain = _ASKS[each].sub(" ", plain)
    left = _FRAME_EN.sub(" ", _FRAME_ZH.sub(" ", plain))
    return None if _SIGNS.sub("", left) else found


_TELLS = {
    "compensation": _words("免收|减免|赔", r"waive|compensat\w+|credited"),
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
