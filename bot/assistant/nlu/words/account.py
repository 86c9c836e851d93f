"""Words that tell one act on the account from another. Pure."""

from __future__ import annotations

import re

#: no hand-over, thank you
ALONE = re.compile(r"不|自己|别转|myself|\bno\b|not now|don't|dont|on my own")
#: the act may be handed to a person
PASS_ON = re.compile(r"转|办吧|帮我办|给同事|交给|pass (?:it|this)|go ahead|please do|do it|hand it|sure")
_KIN = (
    "father|mother|dad|daddy|mum|mom|mam|husband|wife|partner|son|daughter|brother|sister|parents?|uncle|aunt|cousin|nan|nana|gran|grandad"
    "|grand(?:pa|ma|father|mother)|holder|owner|customer|boss|neighbour|neighbor|friend"
)
#: the customer, or whoever the number belonged to, has died
BEREAVED = re.compile(
    "去世|过世|過世|病逝|逝世|离世|離世|辞世|身故|亡故|已故|不在人世|人没了|(?:爸|妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|老公|老婆|爱人|丈夫|妻子|老人)(?:家)?(?:刚|已经|都)?(?:走了|不在了)"
    r"|\bpassed (?:away|on)\b|\bdeceased\b|\bdeath (?:of|certificate)\b|\bbereave|\bwidow|\bprobate\b"
    rf"|\blate (?:{_KIN})\b|\b(?:{_KIN})(?:'s| has| is| have| just| recently| sadly)* (?:died|dead|passed)\b|\blost (?:my|our|his|her) (?:{_KIN})\b",
    re.IGNORECASE,
)
LOST_SIM = re.compile(
    r"挂失|掛失|丢|丟|掉了|偷|被盗|不见|不見|找不到|抢|遗失|遺失|冒用|盗用|捡"
    r"|\blost\b|\blose\b|\blosing\b|stolen|stole|\bsteal|theft|thief"
    r"|nicked|robbed|missing|snatched|pickpocket|left my phone|misplaced|can'?t find|\bbar\b|block"
)
#: a stop for a time, by the customer's own wish
PAUSE = re.compile(
    r"报停|報停|停机保号|保号|出国|暂停|暫停|停一?段|停几|停(?:[一二两三四五六\d]+)?个月|冻结"
    r"|外地|放假|暂时|先停|一阵|半年|不在家|回老家"
    r"|pause|on hold|freeze|temporar|abroad|holiday"
    r"|for (?:a while|\w+ (?:months?|weeks?))|travel|away"
)
PUK = re.compile(r"(?<![a-z])puk|解锁码|pin码|pin ?code|wrong pin|锁卡|卡锁|卡被锁", re.IGNORECASE)
ESIM = re.compile(r"e-?sim|电子卡|虚拟卡", re.IGNORECASE)
#: it is the name on the account that is wrong
NAME = re.compile(r"姓名|名字|改名|户名|surname|\bname\b|misspel|typo in my", re.IGNORECASE)
APP_LOGIN = re.compile(
    r"\bapp\b|登录|登陆|登不|登錄|账号|帐号|客户端|掌厅|网厅|log ?in|locked out|sign in|website|online",
    re.IGNORECASE,
)
