"""Words that announce a password. Pure."""

from __future__ import annotations

import re

PASSWORD = re.compile(
    r"((?:service |login |account |my |wifi |wi-fi )?(?:password|passcode|passwd|pwd|pin)(?: number| code)?"
    r"\s*(?:is|was|:|：|=|to)\s*|(?:服务|登录|登陆|账户|查询|支付)?密[码碼]\s*(?:是|为|為|:|：|=|改成|设成|設成)\s*)"
    r"([^\s，。,;；！？]{3,})",
    re.IGNORECASE,
)
#: words after "password is" that are no password
NOT_PASSWORDS = frozenset(
    {
        "wrong",
        "incorrect",
        "locked",
        "not",
        "lost",
        "forgotten",
        "expired",
        "required",
        "for",
        "the",
        "too",
        "what",
        "my",
    }
)
