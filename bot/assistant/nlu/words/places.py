"""Words of questions for the hotline and the shops. Pure."""

from __future__ import annotations

import re

HOTLINE = re.compile(
    r"热线|客服电话|电话(?:号码)?(?:是)?(?:多少|几号)|打(?:什么|哪个)电话|hotline|helpline|phone number"
    r"|number (?:do|to|can) |call you",
    re.IGNORECASE,
)
SHOP = re.compile(
    r"营业厅|门店|网点|店|厅|附近|最近|地址|在哪|\b(?:shops?|stores?|branch(?:es)?|outlets?|near|address|where)\b",
    re.IGNORECASE,
)
