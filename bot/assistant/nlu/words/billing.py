"""Words about payments that have not arrived and charges that are contested. Pure."""

from __future__ import annotations

import re

#: a payment was made and does not show
NOT_ARRIVED = re.compile(
    r"没有?(?:收?到|进来|充上|充进|入账|显示|看到|更新|反应|动静)|没到账|未到账|不到账|还没到|到不了账|沒到|沒有到|没来|没增加|没变|还是(?:欠费|停机|零|0)|未到|冇到"
    r"|not (?:arrived|there|showing|shown|credited|received|reflected|updated|in my account)"
    r"|n't (?:arrived|show|shown|been credited|appear|come through|gone through|reflect|gone up|got|see)"
    r"|nt (?:arrived|shown|come through)|no credit|still (?:zero|owe|no |says|shows|not)"
    r"|missing|never (?:arrived|came|showed)|where(?:'s| is) my (?:money|payment|credit|top)"
    r"|didnt (?:arrive|show|go)|not yet arrived|didn't (?:arrive|go)"
)
PAYMENT_TIME = re.compile(
    r"(?:今天|昨天|昨晚|前天|大前天|上午|中午|下午|晚上|今早|早上|刚才|刚刚|刚|上周[一二三四五六日天]?|周[一二三四五六日天]|[\d一二两三四五六七八九十半]+(?:个)?(?:小时|分钟|天)(?:之?前|多?了)?"
    r"|\d{1,2}[号日]|\d{1,2}月\d{1,2}[号日]?|\d{1,2}点半?)+"
    r"|(?:\b(?:yesterday|today|this morning|this afternoon|last night|just now|tonight"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|last (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:an?|one|two|three|few|\d+) (?:hours?|minutes?|mins?|days?) ago|at \d{1,2}(?::\d\d)? ?(?:am|pm)?)\b[ ,]*)+",
    re.IGNORECASE,
)
CHINESE_NUMBER = re.compile(r"[一二两三四五六七八九十百千]+")

#: an invoice is wanted in another name than the account's
OTHER_NAME = re.compile(
    r"公司|单位|企业|税号|专票|增值税|抬头(?!.{0,3}(?:个人|本人|我自己))"
    r"|\bcompany|\bbusiness\b|\bmy firm\b|\bour firm\b|\bemployer|\bmade out to\b|\btax (?:number|id)\b|\bvat\b|\bin the name of\b"
)

#: such a name itself, or its tax number
COMPANY_NAME = re.compile(
    r"\b(?=\w*\d)[0-9A-Z]{18}\b|\S{2,}(?<!我们)(?<!咱们)(?<!们)(?:公司|集团|工厂|商店|学校|医院|事务所|合作社)(?!的|抬头)"
    r"|\b(?:Ltd|Limited|LLC|Inc|GmbH|Corp)\b",
    re.IGNORECASE,
)

#: the explanation of a charge does not do
DISCOUNT = re.compile(r"优惠|减免|折扣|打折|discount|rebate", re.IGNORECASE)
#: a charge is described that need not stand on the bill
CHARGE_NAMED = re.compile(
    r"费|[\d一二两三四五六七八九十百]\s*(?:块|元|毛)|彩铃|会员|订阅|\bfees?\b|\bcharges?\b|\bsubscriptions?\b|[¥$£]\s*\d|\d\s*(?:yuan|rmb)\b",
    re.IGNORECASE,
)
NOT_SETTLED = re.compile(
    r"退|不认|没用这么|哪有|哪来|没用|不服|不是我|不同意|不接受|没用过|没开|没订|没去|凭什么|凭啥|投诉|不对|不清楚|不明白|不满意|还是"
    r"|refund|money back|not mine|never|wrong|disagree|don't accept|dont accept|didn't|didnt|still"
    r"|not happy|unfair|not (?:clear|ok|okay|right)|complain"
)
#: the explanation does
SETTLED = re.compile(
    r"明白|清楚了|知道了|懂了|原来|好吧|行吧|可以了|没问题|谢谢|晓得|makes sense|i see|got it|understood|understand now"
    r"|fine|fair enough|that's clear|all good|thanks|thank you"
)
