"""Words about one-time codes and the numbers that they go to. Pure."""

from __future__ import annotations

import re

NOT_RECEIVED = re.compile(
    r"没有?(?:收到|短信|来|看到)|收不到|未收到|没发|重新?发|重发|再发|再来一[个条次]|发送?失败"
    r"|resen[dt]|re-send|send (?:it |me |one |a new one |another )?(?:again|another|new)|another code|new code"
    r"|(?:didn'?t|did not|haven'?t|not|never) (?:get|got|receive|come|came|arrive)"
    r"|no (?:text|code|sms|message)|nothing (?:came|yet|arrived)",
    re.IGNORECASE,
)
OTHER_NUMBER = re.compile(
    r"换[个一]?(?:手机)?号|换个?号码|号码?(?:不对|错了|写错|输错|打错)"
    r"|(?:wrong|other|another|different) (?:phone )?number",
    re.IGNORECASE,
)
#: the phone that a code would go to is lost, elsewhere or shut off
NO_PHONE = re.compile(
    r"(?:手机|电话|卡).{0,4}(?:不在|没在|没带|丢|掉|坏|停机|关机|没电)|(?:没带|忘带|没拿).{0,4}(?:手机|电话)"
    r"|(?:号码?|卡).{0,3}(?:停用|不用了|没用了|注销|收不到|收不了)"
    r"|(?:have|got|get to|reach|use|lost|left|broke|smashed|forgot|access to|without)\b.{0,12}\b(?:phone|mobile|number|sim)\b",
    re.IGNORECASE,
)
