"""Words of complaints: what they are about, who else is told, and what only says that somebody does. Pure."""

from __future__ import annotations

import re

#: this is not about what was just complained of
ANOTHER = re.compile(
    r"另外|另一|还有一件|别的(?:事|投诉)|再投诉|\b(?:another|different|separate|second|new) |\balso\b", re.IGNORECASE
)
#: category of a complaint → words that tell of it
CATEGORIES = {
    "visit_missed": re.compile(
        r"没(?:有)?(?:上门|来(?!电)|人来)|不来|放(?:我)?鸽子|爽约|未上门|迟到|等了一[天上下]"
        r"|(?:师傅|安装|维修).{0,12}没(?:来|到)"
        r"|never (?:came|showed|turned up|arrived)|no[- ]show|didn'?t (?:come|show|turn up|arrive)"
        r"|missed (?:the |my |our |an? )?(?:visit|appointment)|stood me up",
        re.IGNORECASE,
    ),
    "staff": re.compile(
        r"态度|骂|吼|不耐烦|爱答不理|挂(?:我|了我)?的?电话|素质|敷衍|推诿|推来推去|踢皮球|工号|服务差|冷漠"
        r"|甩脸|辱|太冲"
        r"|rude|attitude|shout|swor|swear|insult|hung up|unprofessional|disrespect|bully|impolite|yell",
        re.IGNORECASE,
    ),
    "promise_not_kept": re.compile(
        r"承诺|答应|说好|说话不算|保证过|当初说|忽悠|骗我办|虚假宣传|没兑现|不兑现|没(?:人)?(?:给我)?回(?:电|复|话)"
        r"|promis|said (?:they|within|it|you)|called me back|call(?:ed)? back|was told|were told"
        r"|told me (?:it|i|that)|misl[e]?d|misleading|guarante|agreed to",
        re.IGNORECASE,
    ),
    "billing": re.compile(
        r"扣费|乱扣|多扣|收费|账单|话费|退[费钱]|费用|多收|涨价|违约金"
        r"|overcharg|charg|\bbill|\bfee|refund|invoice|price",
        re.IGNORECASE,
    ),
    "fault_repair": re.compile(
        r"修|故障|断网|没网|没信号|信号(?:太)?差|网速|上不了网|掉线|网络"
        r"|repair|fix|fault|outage|broadband|internet|signal|connection|slow",
        re.IGNORECASE,
    ),
}
REGULATOR = re.compile(
    r"(?<![0-9A-Za-z])123(?:00|81|15)(?!\d)|工信部|工业和信息化部|通信?管理局|通管局|电信用户申诉|申诉(?:受理)?中心|市场监管"
    r"|\bofcom\b|\bfcc\b|\bmiit\b|\bregulator|\bombudsman",
    re.IGNORECASE,
)
#: words that say only that somebody complains
BARE_COMPLAINT = re.compile(
    r"我?(?:要|想|得|必须)?(?:正式)?(?:投[诉訴拆]|头诉|申诉|告)(?:你们|你哋|你|一下|公司)?|登记|记录|提交|怎么"
    r"|一个|在哪里?|帮我|给我|麻烦|入口|请问?"
    r"|\b(?:i|we|want|would|like|need|wish|to|make|file|lodge|raise|log|a|an|formal|please|complain(?:t|ts|ing)?|about|you|your|company|how|do|can|the|my|is|this)\b",
    re.IGNORECASE,
)
#: what is wanted, rather than what it is about
DEMANDS = re.compile(
    r"赔偿?|补偿|道歉|误工费|给我个说法|apolog|compensat|make (?:it|this) right|sorry",
    re.IGNORECASE,
)
#: the complaint is taken back
WITHDRAWS = re.compile(
    r"不(?:想|用|要)?(?:再)?(?:投诉|登记|告)了|别(?:投诉|登记)|撤(?:回|销|诉)|取消投诉|^算了"
    r"|never ?mind|forget (?:it|about)|(?:drop|cancel|withdraw) (?:it|the complaint|my complaint)"
    r"|don'?t (?:want|wish|need) to (?:complain|make|file)|no complaint|not complain",
    re.IGNORECASE,
)
