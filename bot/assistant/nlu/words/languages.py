"""Words that name languages. Pure."""

from __future__ import annotations

import re

ENGLISH = re.compile(r"英[文语語]|英国话|\beng(?:lish|lsh|ish|lis)?\b|\binglis+h?\b|\benglish", re.IGNORECASE)
CHINESE = re.compile(
    r"中[文国國]|国语|國語|汉[语字]|漢語|普通话|普通話|华语|華語|chinese|chinease|mandarin|putonghua",
    re.IGNORECASE,
)
OTHER_LANGUAGE = re.compile(
    r"[日韩法德俄泰越][语文語]|西班牙|葡萄牙|阿拉伯|意大利|马来|印尼|粤[语語]|广东话|廣東話|白话|上海话|四川话"
    r"|闽南|客家|方言|维吾尔|藏语|蒙古?[语文]"
    r"|french|german|japanese|korean|spanish|russian|portuguese|arabic|italian|thai|vietnamese|hindi|malay"
    r"|tagalog|cantonese|polish|urdu|dialect",
    re.IGNORECASE,
)
