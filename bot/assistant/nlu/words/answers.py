"""Words that answer a question without pressing a button: places in a list, refusals, progress. Pure."""

from __future__ import annotations

import re

CHINESE_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
ENGLISH_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
ENGLISH_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
CHINESE_ORDINAL = re.compile(r"第\s*([一二两三四五六1-6])\s*(?:个|条|张|项|种|行|单|笔)?|选\s*([一二两三四五六1-6])")
ENGLISH_ORDINAL = re.compile(r"\b(first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th)\b")
ENGLISH_OPTION = re.compile(r"\b(?:option|number|no\.?|nr|#)\s*([1-6]|one|two|three|four|five|six)\b|#([1-6])\b")
BARE_NUMBER = re.compile(r"^\s*[(（]?\s*([1-6一二两三四五六])\s*[)）]?\s*[.。、!！吧]?\s*$")
#: the last digits of a number, by which people name a line
ENDING = re.compile(
    r"(?:尾号|末尾|结尾|后[两二三四]位|最后[两二三四]位)(?:数)?\s*(?:是|为|的是)?\s*(\d{2,6})(?!\d)|(?<!\d)(\d{2,6})\s*(?:结尾|那[个条张])"
    r"|\b(?:ending|ends|finish(?:es|ing)?)(?: in| with| on)?\s*(\d{2,6})\b"
)
FIRST = re.compile(r"头一个|最前|上面那|前一个|前面那|\bformer\b|\btop one\b")
LAST = re.compile(r"最后|末一个|后一个|后面那|下面那|\blast\b|\blatter\b|\bbottom\b|另一个|另外那|\bother one\b")
EARLY = re.compile(
    r"最早|最快|最近的|早一?点|早一?些|早点|靠前|提前|往前|越快越好|越早越好|尽快|尽早|马上|赶紧"
    r"|earl(?:y|ier|iest)|soon(?:er|est)?\b|as soon as|\basap\b|quick(?:er|est)"
)
LATE = re.compile(r"最晚|晚一?点|晚一?些|晚点|靠后|推迟|延后|往后|\blat(?:er|est)\b")
ANY = re.compile(
    r"随便|都行|都可以|都成|都好|都ok|哪个都|任意|无所谓|你定"
    r"|你看着|\bany(?: of| one|thing|time)?\b|\beither\b|whichever"
    r"|don'?t mind|doesn'?t matter|no preference|you (?:choose|pick)"
)
NONE_OF_THESE = re.compile(
    r"都不|没有?一个|换一?[个批些下]|别的|其他|其它|改个|另外的|不合适|不方便|没空|没时间|不在家|来不及|上班"
    r"|\bnone\b|\bneither\b|\bother\b|different|else|another"
    r"|can'?t (?:do|make)|doesn'?t (?:work|suit)|don'?t (?:work|suit)"
    r"|not (?:free|home|available|any of)|won'?t work|no good"
)
NO_NEED = re.compile(
    r"不用|不需要|不必|先不|算了|取消|不约|不要(?!这)|别来|不来了|用不着|没必要"
    r"|no need|don'?t need|do not need|don'?t want|not necessary"
    r"|no thanks|no thank you|never ?mind|forget it|no visit|skip"
)
#: the step did not help
STILL_WRONG = re.compile(
    r"还是?(?:不|没|老|断|红|一样|慢|卡)|还不|还没(?:好|有|通|用|信号|网|恢复)"
    r"|依然|依旧|仍|照样|一样(?:的|不)|没(?:好|用|变|反应|恢复|修好|起色|效果)"
    r"|不行|不好使|不管用|上不了|连不上|打不开|没网|没信号|不通|没戏|白搭"
    r"|\bstill\b|didn'?t (?:work|help|fix|change)|doesn'?t (?:work|help)"
    r"|did not|not (?:working|fixed|better|solved)|isn'?t working"
    r"|no (?:change|luck|difference|joy|good|internet|signal|picture|better)"
    r"|nothing (?:changed|happened)|same (?:as|thing|problem|issue)"
    r"|\bnope\b|won'?t"
)
#: the step helped
WORKS = re.compile(
    r"好了|可以了|能[上用看打]\w?了|通了|恢复了|正常了|解决了|行了"
    r"|有[网信]\w?了|有信号了|有画面了|好使了|成了|搞定|修好了|又有了|没问题了"
    r"|work(?:s|ing)\b|\bfixed\b|\bsolved\b|\bresolved\b|\bit'?s back\b"
    r"|back (?:on|up|now|online)|all good|much better|sorted|\bup again\b"
    r"|\bis up\b|good now|fine now|ok(?:ay)? now"
)
#: the customer is still at it
BUSY = re.compile(
    r"等[等下一]|稍等|稍后|等会|我(?:去|先|试|来|在|正)|正在|在重启|在试|试试"
    r"|马上(?:试|去)|这就|一会儿?|还在(?:等|启动|重启)|才刚|刚(?:插|拔|重启)"
    r"|\bwait\b|hold on|hang on|one (?:sec|moment|minute)"
    r"|a (?:sec|second|moment|minute|few min)|let me|trying|i'?ll (?:try|do|check|go)"
    r"|restarting|rebooting|starting up|booting|give me|doing it|brb|just a"
)
CANNOT_TELL = re.compile(
    r"不知道|不清楚|不懂|不会看|看不懂|看不到|看不见|不确定|没注意|不认识"
    r"|不认得|分不清|不晓得|没在家|不在家|不太明白|哪个灯|啥灯|什么灯|找不到"
    r"|don'?t know|dunno|no idea|not sure|unsure|can'?t (?:see|tell|find|check)"
    r"|cannot (?:see|tell)|which light|what light|not (?:at )?home"
)
NOT_RED = re.compile(
    r"(?:没有?|不是|无|未见|没看到|没看见|没亮|并不|不)(?:亮|闪|见)?(?:任何)?红|红灯?(?:没有?|不|没)亮|红色?的?没有"
    r"|\b(?:no|not|isn'?t|aren'?t|don'?t see(?: any)?|without)(?: a| any| the)? red\b|nothing (?:is )?red"
)
SEND_SOMEBODY = re.compile(
    r"师傅|上门|派[个人]|来个?人|叫人|工程师"
    r"|technician|engineer|repair ?man|send (?:some|a\b)|come (?:out|over|round|here)"
)
#: puts right what was understood
CORRECTS = re.compile(
    r"不对|不是(?!很|太|特别)|错了|说错|搞错|弄错|而是|应该是|是说|指的是|我说的是|改成|换成"
    r"|\bno[,.! ]|^no\b|\bnot the\b|\bnot my\b|\bactually\b|\bi meant?\b|\bsorry\b|\bwrong\b|\binstead\b|\brather\b"
)
#: what people put round a name when they say no more than that
ROUND_A_NAME = re.compile(
    r"(?:家里|他们?|她们?|我们?|那个|说|是|就|的|啊|呀|啦|吧|哦|it|is|s|the|my|our|her|his|their|one|at home|\W)*"
)
