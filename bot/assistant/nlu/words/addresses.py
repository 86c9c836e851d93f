"""Words that make an address, or put it off. Pure."""

from __future__ import annotations

import re

#: the shape of a place, in words
PLACE = re.compile(
    r"[\u3400-\u9fff]{2,}.*(?:[路街道巷弄村镇乡区县号栋幢座室]|小区|花园|大厦|公寓|苑|城)"
    r"|\b(?:road|rd|street|st|avenue|ave|lane|drive|building|room|flat|apartment|village|garden|district|town|county|estate)\b",
    re.IGNORECASE,
)
#: the address or date will be told later
UNDECIDED = re.compile(
    r"再说|以后|还没|没想好|不知道|先不|随便|都行|later|not sure|decide|don't know|dont know|skip|whatever|any"
)
