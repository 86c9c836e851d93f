"""Words that tell whose figures are asked for. Pure."""

from __future__ import annotations

import re

_KIN_ZH = (
    "[妈爸爹娘哥姐弟妹爷奶]{1,2}|老妈|老爸|老公|老婆|爱人|丈夫|妻子|媳妇|先生|太太|儿子|女儿|闺女|孩子|小孩|外公|外婆|姥姥|姥爷|爸妈|父母"
    "|父亲|母亲|男朋友|女朋友|对象|朋友|同事|婆婆|公公|岳父|岳母|老丈人|丈母娘|邻居|室友|老人"
)
_KIN_EN = (
    "mum|mom|mother|dad|father|husband|wife|partner|son|daughter|kid|child|brother|sister|gran|nan|grandma|grandad|grandpa|grandmother|grandfather"
    "|parents|aunt|uncle|cousin|friend|mate|girlfriend|boyfriend|neighbour|neighbor|flatmate|roommate|colleague"
)
#: what is asked for is another person's: "我妈的话费", "my wife's bill"
OF_ANOTHER = re.compile(
    rf"我(?:家)?(?:{_KIN_ZH})(?:的|那个|那张|那)?(?:手机|电话|宽带)?(?:号码?|卡|账户|账号)?(?:的|里)?(?:话费|余额|账单|流量|套餐|还剩|还有|用了|欠费|费用)"
    r"|(?:别人|他人|另一个人|人家)的(?:手机|电话)?(?:号码?|话费|余额|账单|流量|套餐)"
    rf"|\b(?:my|our) (?:{_KIN_EN})(?:'?s|s')(?: \w+){{0,2}} (?:bills?|balance|usage|data|plan|account|number|credit|allowance)\b"
    r"|\b(?:someone|somebody) else'?s (?:\w+ )?(?:bill|balance|usage|data|plan|account|number)\b",
    re.IGNORECASE,
)
