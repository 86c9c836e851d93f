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
