"""Words for products, prices and sizes. Pure."""

from __future__ import annotations

import re

CHEAPEST = ("最便宜", "最低", "便宜的", "cheapest", "lowest", "least expensive")
DEAREST = ("最贵", "最高", "most expensive", "biggest", "largest", "流量最多", "most data", "最快", "fastest")

#: product → words that mean it; the first that fits counts
PRODUCT_WORDS = (
    ("mobile", re.compile(r"手机|流量|电话卡|5g|4g|卡|mobile|phone|sim|cell")),
    ("broadband", re.compile(r"网|宽带|wi-?fi|光纤|internet|fibre|fiber|broadband")),
    ("tv", re.compile(r"电视|\btv\b|频道|channels|television")),
    ("landline", re.compile(r"固话|座机|landline")),
)

#: an amount of data, the unit's first letter alone
DATA_SIZE = re.compile(r"\d+(?:\.\d+)?\s*[gt](?=b|个|的|\b|[^a-z])", re.IGNORECASE)
#: the customer speaks of data
DATA_WORDS = ("流量", "g", "data", "gb")

#: the plan that one has, rather than the one that is booked
OLD_PLAN = re.compile(
    r"原来的?|以前的?|旧的?|老套餐|现在(?:的|这个)|不换|别换|不改|撤销|撤回|取消|反悔|后悔|算了|换回|改回|退回"
    r"|\b(?:old|original|previous|former|present|current)\b|\bkeep\b|\bundo\b|\brevert\b|\bcancel\b|\bforget it\b"
    r"|\bnever ?mind\b|\bchanged my mind\b|\b(?:go|switch|change|move) back\b",
    re.IGNORECASE,
)
