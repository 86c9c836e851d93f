"""Amounts without a unit, told from other numbers by the words about money beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ZH_DIGIT = "[一二两三四五六七八九]"
_NUMBER = (
    r"(?<![\d.])(?!1(?:00(?:86|10|00)|2300|2345|1183)(?!\d))(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{2,5}(?:\.\d{1,2})?|\d\.\d{1,2}|\d[百千](?:\d百?)?|"
    rf"{_ZH_DIGIT}千(?:{_ZH_DIGIT}百?)?|{_ZH_DIGIT}百(?:零?{_ZH_DIGIT}十?{_ZH_DIGIT}?)?)"
)
_NO_UNIT = (
    r"(?![\d.]*\d)(?![:/\-]\d)(?! ?(?:[GMK]\b|[GMK]B|兆|分|小时|钟头|条|天|个(?!月[^租])|次|号|点|日|年|月|岁|%|折|倍|人|台|部|张|户|米|寸|"
    r"gigs?|megs?|meg|mbps|kbps|min|minutes?|hours?|hrs?|days?|weeks?|months?|years?|texts?|calls?|times?|people|"
    r"percent|lines?|phones?|am\b|pm\b|st\b|nd\b|rd\b|th\b|(?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))"
)
_MONTHLY_ZH = r"(?:块|元)?(?:一个?|每个?|/)月"
_TOLD_ZH = "(?:说好|讲好|谈好|承诺|答应|明明|原来|原先|之前|以前|上个?月|这个?月|本月|现在|一共|总共|合计|账单|话费|月租|月费|套餐费|最低消费|一个?月|每个?月)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NUMBER}(?={_MONTHLY_ZH})",
        rf"{_TOLD_ZH}(?:的|是|才|就|只|都|要|扣|收|交|用|花|得|写着?|显示|上|里|说|一个?月|每个?月)*(?:了)?{_NUMBER}{_NO_UNIT}(?=了|的|$|[,.!? ]|怎|结果|现|变|这|上|吗|啊|呢|还|太|多|以|左|出|不|能|可)",
        rf"(?:月租|月费|套餐费|最低消费|资费|滞纳金|违约金|手续费|押金|工本费)(?:的|是|才|要|扣|收)*{_NUMBER}{_NO_UNIT}",
        rf"(?:差|欠|少给|少退)(?:了|我|你们)+{_NUMBER}{_NO_UNIT}",
        rf"(?:话费|余额|钱)[^,.!? ]{{0,5}}(?:用|花|刷|烧|跑)(?:了|掉|去)+{_NUMBER}{_NO_UNIT}(?=了|多|$|[,.!? ]|怎|还)",
        rf"到账(?:了|只有|才|就)*{_NUMBER}{_NO_UNIT}",
        rf"(?:扣|收|充|交|花|付)(?:了|我|你们|掉|走)+{_NUMBER}{_NO_UNIT}(?=了|的|$|[,.!? ]|怎|结果|凭|还|只|才|吗|吧|呢|啊)",
        rf"套餐(?:费|是|才)*{_NUMBER}{_NO_UNIT}(?=[, ]?(?:怎|却|结果|为))",
        rf"(?:变成?|变为|涨到|涨成|多扣|多收)(?:了|我)*{_NUMBER}{_NO_UNIT}",
        rf"(?:花了?|扣了?|收了?|交了?|欠了?|付了?|多收|多扣)(?:我|你们|掉)*(?P<amount>[二三四五六七八九]十{_ZH_DIGIT}?)(?=多(?!天|个|次|分)|$|[,.!? 吧呢])",
        rf"{_NUMBER}(?=的(?:违约金|话费|月租|账单|罚款|滞纳金|费用|押金|预存|发票|余额|欠费))",
        r"(?<![\d.])(?P<amount>\d{1,3}\.\d{1,2})(?=的(?:流量|套餐|会员|业务|包|彩铃))",
        rf"(?:发票|开)(?:金额)?(?:开|要|是|写|一?张)*{_NUMBER}{_NO_UNIT}(?=的|$|[,.!? ])",
        rf"{_NUMBER}(?= ?(?:an?|per|each|every|/) ?(?:months?|mth|mo|year)\b)",
        r"\b(?:(?:over|under)?charged|charging|billed|took|taken|taking|paid|pay|paying|owe[ds]?|owing|refund(?:ed)?|costs?|deducted|debited|credited|"
        r"spent|(?:fee|fine|penalt|left|remainy|charge|deposit) of|bill(?:'s| is| was| of| for| came to| comes to| says| said| shows| reads)?|invoice (?:for|of)|plan(?:'s| is| was)|total(?: is| of)?|balance(?: is| of)?)"
        r"(?: (?:me|us|my|him|her|it|by|of|off|about|only|just|an|extra|another|around|over|almost|nearly|was|is|already|"
        rf"you))* {_NUMBER}{_NO_UNIT}(?! (?:and getting|for (?:broad|fib|internet)))",
        rf"\b(?:now|this month|last month)(?: (?:it'?s|is|was|it was|i'?m (?:paying|on|charged)|been|i got))*,? {_NUMBER}{_NO_UNIT}(?=$|[ ,.!?])(?! ?o'?clock)",
        rf"\b(?:you|they|he|she|agent|shop) (?:said|promised|quoted|told me|agreed)(?: (?:it (?:was|would be|is)|a price of|me))* {_NUMBER}{_NO_UNIT}",
        rf"\btopp?ed (?:it |my phone |my mobile )?up (?:by |with )?{_NUMBER}{_NO_UNIT}",
        rf"{_NUMBER}(?= (?:deposit|fee|fine|penalt|left|remainy|refund|credit|voucher|payment|surcharge|charge|discount|top[- ]?up)\b)",
        rf"[有那这一][一几]?笔{_NUMBER}{_NO_UNIT}(?=的|是|[,.!? ]|$)",
        rf"\b(?:jumped|gone|went|goes|rose|risen|increased|dropped|shot|crept)(?: up| down)?(?: from \d+)? to {_NUMBER}{_NO_UNIT}",
        r"(?<![\d.])(?P<amount>\d{1,4}\.\d{1,2})(?= (?:left|remaining) (?:on|in) (?:my |the )?(?:balance|account|credit)\b)",
        rf"\b(?:extra|additional|another) {_NUMBER}{_NO_UNIT}(?= (?:on|in|added to|to) (?:my|the|this|our)\b)",
        rf"\b(?:put|add|load|chuck|stick) {_NUMBER}{_NO_UNIT}(?= (?:on|onto|to)\b)",
        rf"{_NUMBER}{_NO_UNIT}(?= (?:last|this) month\b)",
        rf"\btop ?up (?:my |the )?(?:phone |number |mobile )?(?:\d[\d ]{{9,14}} )?(?:with|by) {_NUMBER}{_NO_UNIT}",
        rf"\bfrom {_NUMBER} to (?P<second>\d{{2,5}}(?:\.\d{{1,2}})?){_NO_UNIT}(?= (?:a|per|each|every|yuan|rmb|kuai|bucks) ?(?:month)?\b)",
    )
)
_HINT = re.compile(
    r"[笔月变涨降扣收费单罚押欠金花交付充共合差少账钱余]|发票|开|说好|讲好|流量|套餐|原来|之前|以前|明明|"
    r"charg|bill|t[oa]ok|tak|pa(?:id|y)|ow(?:e|ing)|refund|cost|deduct|debit|credit|spent|fee|invoice|total|balance|month|now|jump|went|gone|rose|risen|increas|drop|shot|crept|put|add|load|chuck|stick|"
    r"said|promis|plan|deposit|fine|penalt|left|remain|voucher|payment|discount|extra|addition|another|quot|told|agreed|top|mo\b|year",
    re.IGNORECASE,
)


def find_bare_amounts(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Return the place of each and what is written there; the same number may come twice."""
    if not _HINT.search(text):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.span("amount"), match["amount"]
            if "second" in pattern.groupindex:
                yield match.span("second"), match["second"]
