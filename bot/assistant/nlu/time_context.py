"""What stands around a time expression: whether it tells of the past, repeats, belongs to a bill, or is ruled out."""

from __future__ import annotations

import re

from bot.assistant.nlu.time_points import Item, Phrase, Point, Span

FARTHEST_COMPLAINT = 15
"""Characters behind a promised time in which "nobody came" takes it back."""
_CLAUSE_END = re.compile(r"[,。!?;\n]|\.(?![0-9])")
_FAULT_ZH = (
    "没网|没有网|没信号|没有信号|断网|断线|断断续续|掉线|上不了|上不去|打不通|打不开|用不了|不能用|不能上|没法|"
    "连不上|黑屏|花屏|红灯|坏了|断了|"
    "停机了|被停|没电视|没声音|死机|卡顿|很卡|就卡|特别卡|老卡|特别慢|很慢|就慢|太慢|老是|总是|一直|经常|没人|"
    "没来|没到|没有来|没接|没修|没处理"
)
_DONE_ZH = "(?:断|坏|停|掉|(?<!不)用|花|涨|超|报|报修|打|交|充|办|买|装|换|扣|来|投诉|反映|申请|缴|续|修|下单|开通|付|催|联系|出|开始断|开始坏)"
_PAST_AFTER_ZH = re.compile(
    rf"^(?:的?时候)?(?:[^,。!?]{{0,6}}?)(?:{_FAULT_ZH}|{_DONE_ZH}(?:了|过|的(?!话|师傅|人|预约|时间|工单|单|那)))(?!吗|没)|"
    r"^打(?:过|了)?(?:电话|客服)|^(?:到现在|至今|到今天|以来|就开始|就断|就坏|就没|就报)"
)
_ASK_ZH = re.compile("能|可以|行吗|安排|改|约|方便|麻烦|预约|再|派|过来|上门")
_NEVER_CAME_ZH = re.compile("没来|没人来|没到|没出现|没见人|没见到人|没上门")
_TOLD_ZH = re.compile("说(?:是|好)?$")
_NO_SERVICE_EN = re.compile(r"(?<![a-z])no (?:internet|signal|wifi|wi-fi|tv|service|connection)(?![a-z])")
_TODAY_FAULT_ZH = re.compile("慢|卡|断|掉线|坏|没网|没信号|故障|上不了|用不了|打不通")
_SINCE_ZH = re.compile("(?:自从|打从|从|自)(?:上|这)?$")
_PAST_BEFORE_ZH = re.compile(
    "(?:承诺|说好|答应|规定|说是|(?<!原来)(?<!之前)(?<!刚才)(?<!刚刚)(?<!先前)(?<!上次)(?<!照)(?<!按)说的|号称|不是说|明明|保证)[^,。!?]{0,8}$"
)
_BILL_ZH = re.compile(
    r"^(?:份|整月)?的?(?:账单|话费|费用|流量|账(?!号)|消费|发票|月租|套餐费|扣费|详单|明细|欠费|余额|通话|用量|"
    r"合同|优惠)"
)
_BILL_EN = re.compile(r"^'?s? (?:bills?|invoices?|statements?|usage|data|charges?|payments?|allowance|contract)")
_BILL_BEFORE_EN = re.compile(
    r"(?:bills?|invoices?|statements?|usage|charges?|charged?)(?: (?:for|in|of|from))?\s*(?:the )?$"
)
_PAST_EN = (
    r"(?:went (?:down|off|out|dead)|stopped|broke|died|started|reported|rang|phoned|(?<!get )(?<!getting )(?<!gets )(?<!be )paid|dropped|came|turned up|"
    r"showed up|"
    r"didn'?t|did not|haven'?t|hasn'?t|never (?:came|showed|turned|arrived)|no ?-?one (?:came|showed|turned)|"
    r"nobody (?:came|showed)|"
    r"was (?:down|off|out|cut|charged|here|told)|were (?:down|off|out|charged)|has been|have been|'s been|been|"
    r"waited|spent|sat (?:in|around)|lost|failed|ordered|installed|signed|joined|upgraded|worked|was working|was (?:fine|ok|due|supposed)|charged me|"
    r"crashed|disconnected|complained|topped up|bought|missed|happened|called|kept)"
)
_FAULT_EN = re.compile(
    r"(?<![a-z])(?:slow|drops?|dropping|cuts? (?:out|off)|cutting out|buffer[a-z]*|lag[a-z]*|disconnect[a-z]*|"
    r"unstable|no signal|"
    r"not working|goes (?:down|off)|keeps?|always(?! (?:home|at home|in|free|here|around|available))|usually|unusable|rubbish|terrible|crawl[a-z]*|useless|"
    r"down)(?![a-z])"
)
_PAST_BEFORE_EN = re.compile(rf"(?<![a-z]){_PAST_EN}(?![a-z])(?P<between>[^,.;?!]{{0,40}})$")
_PAST_AFTER_EN = re.compile(rf"^(?P<between>[^,.;?!]{{0,30}}?)(?<![a-z]){_PAST_EN}(?![a-z])")
_ASK_EN = re.compile(
    r"(?<![a-z])(?:can|could|please|pls|move|come|send|resched[a-z]*|rebook|book(?:ed)?|chang[a-z]*|will|would|"
    r"visit|appointment|"
    r"slot|engineer|technician|if|free|available|works?|suits?)(?![a-z])"
)
_SINCE_EN = re.compile(r"(?<![a-z])(?:ever )?since (?:about |around |early |late |the |at )?$")
_REPEATED_EN = re.compile(r"(?<![a-z])(?:every|each|usually|always|most)\s*(?:single )?$")
_AT_NIGHT = re.compile(r"(?<![a-z])at $")
_PROMISED_EN = re.compile(
    r"(?<![a-z])(?:said|promised|told|supposed|guarantee[ds]?|agreed|advertised)(?![a-z])[^,.;?!]{0,30}$"
)
_SPENT_ZH = re.compile(
    "(?:等|耗|折腾|忙活?|打|搞|弄|修|浪费|守)(?:了|我|你们)*(?:整整|足足|都)?(?:(?:一|半|大半)(?:整)?个?|整个)$"
)
_RUNNING = re.compile("^(?:这个?|本|当)月$|^this month$")
_MONEY = re.compile(
    "才|怎么|为什么|为啥|咋|凭什么|话费|流量|账单|扣|费用|花了|用了|多少钱|"
    r"(?<![a-z])(?:bill|bills|charged?|charges|cost|costs|pay|paying|paid|data|usage|gb|gigs?|minutes|high|expensive|owe|used|"
    r"spent|why|how much)(?![a-z])|就(?=[0-9])"
)
_OWN_DAY_ZH = re.compile(
    r"^(?:才|就|要)?(?:下班|上班|放学|起床|睡觉|打烊|关门|开门|到家|回家|回来)(?!后|以后|之后|前|以前)"
)
_REFUSED_ZH = re.compile(
    r"^(?:(?!可以|能来|有空|周|星期|礼拜|明|后天|今|上午|下午|晚)[^,。!?;]){0,5}?(?:(?<!行)不行(?!的话|就)|排满|满了|没号|没位|(?<!方)不方便|"
    r"(?<!有)没空|(?<!有)没有空|(?<!有)没时间|没有时间|(?<!在)不在|(?<!可)不可以|(?<!能)不能(?!.?改)|有事|来不了|"
    r"不合适|(?<!成)不成|(?<!用)不要|别来|别约|别安排|别上门|不用来|约满|没人在家|家里没人|去不了|要上班|要出差|要送|要接|要开会|要出门|要值班|加班|出差|不得空|走不开)"
)
_REFUSED_EN = re.compile(
    r"^(?: (?:morning|afternoon|evening))?\s*(?:(?:is|are|will|does|do|would)(?:n'?t| not) (?:work|suit|good|"
    r"possible|ok|be)|won'?t (?:work|do|suit)|"
    r"(?:is |are |'s )?(?:no good|no use|out of the question|bad|impossible)|i'?m (?:busy|out|away|at work|"
    r"not (?:in|home|free|around|available))|"
    r"i (?:can'?t|cannot|have work|am (?:busy|away|out))|(?:doesn'?t|don'?t) (?:work|suit))"
)
_EXPLICIT_LEAD_EN = re.compile(
    r"(?<![a-z])(?:i work|i'm working|on holiday|on vacation|busy|(?:'m|am|'re|are|be|'ll be|is) (?:away|out)|neither (?:is|does|are|do)|nor (?:is|does|are|do)|nor|"
    r"not (?:free|available|home|in|around)|at work|no good|unavailable) (?:on |"
    r"in the |until |till )?(?:the )?$"
)


def bookable(text: str, phrase: Phrase) -> bool:
    """Tell whether a phrase may be a time to come, from what stands around it in its clause."""
    before, after = _clause(text, phrase)
    if _BILL_ZH.search(after) or _BILL_EN.search(after) or _BILL_BEFORE_EN.search(before):
        return False
    if _SPENT_ZH.search(before) or (
        _RUNNING.match(text[phrase.start : phrase.end]) and _MONEY.search(f"{before} {after}")
    ):
        return False
    if _SINCE_EN.search(before) or _PROMISED_EN.search(before) or _PAST_BEFORE_ZH.search(before):
        return False
    if any(_has_ready(item) for item in phrase.items):
        return not _waited(before, after)
    if _OWN_DAY_ZH.match(after) and all(_bare_clock(item) for item in phrase.items):
        return False
    if all(_explicit(item) for item in phrase.items):
        return True
    if _past_zh(before, after, text[phrase.start : phrase.end]):
        return False
    said_before, said_after = _PAST_BEFORE_EN.search(before), _PAST_AFTER_EN.search(after)
    if said_before and not _ASK_EN.search(said_before["between"]):
        return False
    if said_after and not _ASK_EN.search(said_after["between"]):
        return False
    if all(_part_only(item) for item in phrase.items):
        at_night = _AT_NIGHT.search(before) and text.startswith("night", phrase.start)
        if at_night or _REPEATED_EN.search(before):
            return False
    waited_for = _TOLD_ZH.search(before) and _NEVER_CAME_ZH.search(text, phrase.end, phrase.end + FARTHEST_COMPLAINT)
    return not waited_for and not _tells_of_a_fault(before, after, phrase)


def _tells_of_a_fault(before: str, after: str, phrase: Phrase) -> bool:
    """Tell whether the clause says when something is broken ("slow after 6 pm", "今天没网") and asks for nothing."""
    around = f"{before} {after}"
    undated = all(point.day is None for item in phrase.items for point in _points(item))
    today = all(point.day is not None and point.day.today for item in phrase.items for point in _points(item))
    if not (undated or today) or _ASK_EN.search(around) or _ASK_ZH.search(around):
        return False
    if _FAULT_EN.search(around) or re.search(_FAULT_ZH, around):
        return True
    return today and bool(_TODAY_FAULT_ZH.search(around) or _NO_SERVICE_EN.search(around))


def refused(text: str, phrase: Phrase) -> bool:
    """Tell whether the customer says right beside the phrase that this time does not suit."""
    before, after = _clause(text, phrase)
    return bool(_REFUSED_ZH.search(after) or _REFUSED_EN.search(after) or _EXPLICIT_LEAD_EN.search(before))


def _clause(text: str, phrase: Phrase) -> tuple[str, str]:
    ends = [match.end() for match in _CLAUSE_END.finditer(text, 0, phrase.start)]
    stop = _CLAUSE_END.search(text, phrase.end)
    return text[ends[-1] if ends else 0 : phrase.start], text[phrase.end : stop.start() if stop else len(text)]


def _past_zh(before: str, after: str, said: str) -> bool:
    since = _SINCE_ZH.search(before) or said.startswith(("从", "自"))
    match = _PAST_AFTER_ZH.search(after)
    if match and not _ASK_ZH.search(match[0]):
        return True
    return bool(since and (re.search(_FAULT_ZH, after) or re.search(r"到现在|至今|到今天", after)))


def _waited(before: str, after: str) -> bool:
    waiting = re.search(r"(?<![a-z])(?:haven'?t|hasn'?t|no|not|nothing|been|waited|waiting)(?![a-z])", before)
    return bool(waiting or re.match(r"(?:都|还|也)?(?:没|断了|掉了|打了)", after))


def _points(item: Item) -> list[Point]:
    return [item.first, item.last] if isinstance(item, Span) else [item]


def _has_ready(item: Item) -> bool:
    return any(point.ready for point in _points(item))


def _explicit(item: Item) -> bool:
    return any(point.day is not None and point.day.explicit for point in _points(item))


def _bare_clock(item: Item) -> bool:
    return isinstance(item, Point) and item.clock is not None and item.day is None and item.time_relation is None


def _part_only(item: Item) -> bool:
    return all(point.day is None and point.clock is None and point.part is not None for point in _points(item))
