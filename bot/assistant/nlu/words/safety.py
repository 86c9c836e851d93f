"""Words of danger, fraud and nuisance. Pure."""

from __future__ import annotations

import re

# the first that fits counts
DANGERS = {
    "self_harm": re.compile(
        r"不想活|想死|自杀|自殺|轻生|自残|割腕|跳楼|死在|一了百了|了结|活着没意思|唔想做人|遗书|伤害自己"
        r"|傷害自己|不如死|活(?:着|得)没(?:什么|啥|有)?意思|活不下去|不想醒|离开这个世界|安眠药|割脉|唔想捱|想跳(?:下|落)去"
        r"|suicid|kill (?:my|him|her|them)sel|end(?:ing)? (?:it all|my life)|want to die|hurt(?:ing)? myself"
        r"|harm(?:ing)? myself"
        r"|don'?t want to live|no point (?:in )?living|better off (?:dead|without me)|too many pills|jump off"
        r"|(?:want|going) to end it\b|can(?:'?t|not) (?:go on|take this life)|all my pills|overdose|cutting myself"
        r"|nothing (?:left )?to live for|done with life|do(?:n'?t| not) want to (?:be here|wake up)|(?:miss|without) me if i",
        re.IGNORECASE,
    ),
    "alarm_line": re.compile(
        r"呼叫器|呼叫按钮|报警器|报警线|电梯应急|监护仪|呼吸机|急救专线|一键呼|求助按钮"
        r"|telecare|pendant|care ?line|alarm|panic button|lift (?:emergency )?phone|ventilator|heart monitor"
        r"|lifeline|emergency line",
        re.IGNORECASE,
    ),
    "hazard": re.compile(
        r"电线杆|通信杆|杆(?:子)?(?:要)?倒|线(?:缆)?(?:垂|掉)下|井盖|机柜|光缆.{0,6}(?:掉|垂|断落)"
        r"|\bpoles?\b|manhole|street cabinet|cable (?:is )?hanging|hanging cable|cabinet",
        re.IGNORECASE,
    ),
}
#: nothing was given away
UNHARMED = re.compile(
    r"(?:什么|啥)?(?:都|也)?没(?:有)?(?:再)?(?:填|输|给|说|转|汇|点|装|下载|泄露).{0,12}|\b(?:did ?n['’]?t|have ?n['’]?t|never) (?:actually )?"
    r"(?:enter|type|fill|give|gave|given|pay|paid|send|sent|tell|told|do|did|click|open|install|download|put)",
    re.IGNORECASE,
)
# the first that fits counts: money before secrets, secrets before links; what was done before what was seen
FRAUDS = {
    "money": re.compile(
        r"(?:被骗|骗走|骗了|转[了过走]?(?:账|钱)了?|汇了|打了|损失).{0,8}(?:[\d一二两三四五六七八九十百千万]+|钱|块|元)"
        r"|已经转|转过去了|我好像被骗了|我被骗"
        r"|sent (?:them |him |her )?(?:the |some )?(?:money|\d)|sending money|transferred|scam+ed (?:out )?of"
        r"|ive been scam|i'?ve been scam|lost (?:money|\d)|paid them|conned",
        re.IGNORECASE,
    ),
    "secret": re.compile(
        r"(?:验证码|密码|卡号|身份证).{0,6}(?:告诉|给|说|发)了?(?!我)"
        r"|(?:告诉|给|说|发)(?:了)?(?:别人|他|她|骗子|对方).{0,6}(?:验证码|密码|卡号)"
        r"|(?:把|将).{0,6}(?:验证码|密码|卡号).{0,4}(?:告诉|给|说|发)|开了?屏幕共享"
        r"|gave (?:my|them|him|her|the).{0,20}(?:code|password|pin|card|details)"
        r"|told (?:them|him|her).{0,20}(?:code|password|pin)|typed my card|installed (?:anydesk|teamviewer)",
        re.IGNORECASE,
    ),
    "clicked": re.compile(
        r"(?<!没)(?<!没有)(?<!别)(?:点|打)(?:开|进去|击)?(?:了|过)(?!吗|没)|(?:填|输|输入|填写)(?:了|过)|(?:下载|安装|装)了"
        r"|\bi(?:'ve| have)?(?: already| just| accidentally)? (?:clicked|opened|tapped|entered|typed|filled|downloaded|installed)",
        re.IGNORECASE,
    ),
    "link": re.compile(
        r"链接|网址|二维码|短信.{0,12}(?:真的|点|官方|你们)|下载|https?://|www\.|app|网站"
        r"|\blinks?\b|click|phishing|e-?mail|\btext\b.{0,30}(?:from you|real|genuine|legit)|sms|website|qr code",
        re.IGNORECASE,
    ),
    "number_misused": re.compile(
        r"(?:用|冒用|盗用).{0,4}我的?(?:号|号码|手机号|卡)|我的号码?(?:被|是不是)|我号码打的"
        r"|using my number|calls? from my number|my number (?:has been|is|was|shows)|spoof|sim swap"
        r"|rent(?:ing)? (?:out )?my sim",
        re.IGNORECASE,
    ),
    "nuisance": re.compile(
        r"骚扰|推销|拉黑|屏蔽|拦截|响一声|轰炸|垃圾短信|广告|贷款的?打|卖房"
        r"|spam|nuisance|telemarket|robo|marketing|block|harass|stalk|keeps? (?:calling|ringing)|obscene"
        r"|hang[s]? up after|missed calls|flood",
        re.IGNORECASE,
    ),
}
#: kinds in which harm is being done: first what to do now, whatever else was asked
HARMED = ("money", "secret", "clicked")
#: answers to whether a fraud is to be recorded
NO_RECORD = re.compile(r"不用|不要|不必|不登|不需要|算了|\bno\b|don'?t|not now|no need", re.IGNORECASE)
RECORD = re.compile(r"登记|登記|记[录下一]|举报|要|查|record|report|log it|\byes\b|note it|file it", re.IGNORECASE)
