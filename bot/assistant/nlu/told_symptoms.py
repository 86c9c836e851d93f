"""Symptoms told with other words between the telling ones ("the bank's codes, not a single one came"). Pure."""

from __future__ import annotations

import re

from bot.assistant.nlu.told import EN_WORDS, Telling, gap

SYMPTOM = "symptom"

_NOT_COME = "(?:收不到|没收到|没有收到|接不到|接收不到|发不过来|没来|不来|发不来)"
_SMS_LOST = "(?:没动静|没反应|没影|不见影|石沉大海|迟迟不)"
_MOBILE_DATA = "(?:流量|[2345]g|移动数据|移动网络|手机数据)"
_NOTHING = "(?:什么|啥|一点)(?:东西|画面|图像|影)?(?:都|也)(?:没有|没|不显示)"
_NO_SOUND = "(?:没有?(?:任何|一点)?声音?|(?:什么|啥|一点|半点)(?:声音|声儿?)(?:都|也)没有?|没有?拨号音|死静)"
_CUT = "(?:断|掉|没网|不行|没了|没有了)"
_EN_NOT = r"(?:not|never|no|can'?t|cannot|won'?t|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|isn'?t|aren'?t|stopped)"
_EN_NET = r"(?:broadband|internet|wi-?fi|net|connection|fib(?:re|er)|network)"
_EN_TEXTS = r"(?:texts?|sms(?:es)?|codes?|otps?|messages?)"

_TOLD = tuple(
    (symptom, re.compile(pattern, re.IGNORECASE))
    for symptom, pattern in (
        ("sms_fail", rf"(?:短信|验证码|验证信息){gap(6)}{_NOT_COME}"),
        ("sms_fail", rf"(?:短信|验证码){gap(3)}(?:一[条个]都|死活|一直|迟迟|总是|老是)(?:{_NOT_COME}|发不出去?|没到)"),
        ("sms_fail", rf"(?:收不到|没收到|没有收到|接不到){gap(5)}(?:验证码|验证短信)"),
        (
            "data_fails",
            rf"{_MOBILE_DATA}{gap(10)}(?:打不开|发不出去?|上不了网?|用不了|刷不出来?|加载不(?:出来?|了)|没反应)",
        ),
        (
            "no_picture",
            rf"(?:屏幕|电视|机顶盒|画面){gap(8)}(?:{_NOTHING}|一片黑|全是?黑的?|黑着|不显示|没有?(?:图像|画面)|不出画面)",
        ),
        (
            "calls_fail",
            rf"(?:电话|打过去|打出去|拨过去|拨出去|通话|接起来){gap(8)}(?:就(?:自己|自动)?(?:挂|断)|(?:自己|自动)(?:挂|断)|[打接拨]不通)",
        ),
        ("no_dial_tone", rf"(?:[拿拎提]起来|提机|摘机|听筒里?){gap(4)}{_NO_SOUND}"),
        (
            "intermittent",
            rf"(?:好好的|是好的|正常|有网){gap(8)}[, ]?{gap(4)}{_CUT}{gap(6)}[, ]?{gap(4)}又(?:好|有|正常|行|能用)了?",
        ),
        (
            "intermittent",
            rf"(?:隔{gap(5)}(?:分钟|小时|会儿?|阵子?|天)|过{gap(4)}(?:分钟|会儿?|阵子?|下))就?(?:自动)?(?:断|掉)",
        ),
        ("slow", rf"(?:测速|网速|速度|实测|测下来|测出来){gap(6)}(?:才|只有|不到|就)[\d一二三四五六七八九十几]"),
        ("slow", r"(?:蜗牛|乌龟|龟)(?:似的|爬|速|一样|一般)|(?:像|跟)(?:蜗牛|乌龟|龟)"),
        (
            "noise",
            rf"(?:电话|座机|固话|通话|话筒|听筒|里面|里头|里边){gap(6)}(?:杂音|电流[声音]|沙沙|滋滋|滋啦|嗡嗡|刺啦|吱吱|吱啦|咔咔|哗哗|噪[音声]|回[音声])",
        ),
        ("wifi_weak", rf"(?:wi-?fi|无线|信号){gap(8)}[隔穿]{gap(4)}墙{gap(4)}(?:没|弱|差|不行|断)"),
        (
            "frozen_picture",
            rf"(?:画面|电视|直播|节目|屏幕){gap(8)}(?:定住|定格|卡住|卡死|不动|马赛克|花屏|一卡一卡|一顿一顿)",
        ),
        ("no_service", rf"(?:宽带|网络?|wi-?fi){gap(4)}(?:死了|挂了|瘫了|瘫痪|(?:彻底|全|整个|完全)断)"),
        (
            "no_service",
            rf"\b{_EN_NET}(?:'s|’s)?(?: (?:is|has|been|was|went|gone|totally|completely|just|all|still|suddenly|stone|looks?|seems)){{0,4}} (?:dead|kaput|conked out|bust(?:ed)?)\b",
        ),
        (
            "sms_fail",
            rf"\b{_EN_NOT}{EN_WORDS % 4} (?:verification|bank|security|login|confirmation|sms|text) {_EN_TEXTS}",
        ),
        (
            "sms_fail",
            rf"\b{_EN_NOT} (?:get|getting|got|receive|receiving|received|had)(?: any| my| the| a| single)* {_EN_TEXTS}",
        ),
        (
            "sms_fail",
            rf"\b(?:texts|sms|codes){EN_WORDS % 3} {_EN_NOT}(?: even| ever)? (?:arriv|com[ei]|reach|get(?:ting)? (?:through|here|to)|deliver)",
        ),
        (
            "data_fails",
            rf"\b(?:data|[345]g|lte){EN_WORDS % 5} (?:nothing (?:loads?|opens?|works)|no (?:pages?|sites?|apps?) (?:opens?|loads?|works?)|{_EN_NOT} (?:load|open|work)(?:ing)?)",
        ),
        (
            "intermittent",
            rf"\b(?:fine|work(?:s|ing|ed)|ok(?:ay)?|good){EN_WORDS % 3},?{EN_WORDS % 2} (?:off|down|out|gone|dead|drops?|dropped){EN_WORDS % 3},?{EN_WORDS % 2} (?:back|again)\b",
        ),
        (
            "calls_fail",
            rf"(?:说|聊|讲|打|通话)(?:着(?:说|聊|讲|打|通话)?着?|到一半|[了不]?到?[一二两三几\d]+(?:句|分钟|秒钟?|会儿?)){gap(4)}(?:就|自己|自动|突然|又)+{gap(2)}(?:断|挂|掉)",
        ),
        (
            "calls_fail",
            rf"(?:电话|外卖|快递|别人|人家|对方|客户|同事|家里人){gap(6)}(?:打不进来?|拨不进来?|打进来{gap(4)}(?:忙音|占线|关机))",
        ),
        (
            "data_fails",
            rf"(?:{_MOBILE_DATA}|信号){gap(12)}[, ]?{gap(10)}(?:没法|(?<!能)不能|无法|不了)(?:上网|用|联网)|用不了{_MOBILE_DATA}",
        ),
        (
            "data_fails",
            rf"(?<!wifi)(?<!wi-fi)(?:信号|[2345]g){gap(3)}(?:[三四五]格|满|好|强|有|开)[^。!?]{{0,16}}?(?:微信|视频|网页|地图|外卖|什么|啥|页面|抖音|支付){gap(6)}(?:转圈|发不出|打不开|刷不出|刷不动|加载不|付不了)",
        ),
        ("sms_fail", rf"(?:短信|验证[码马吗]|校验码|动态码|校验短信){gap(10)}(?:{_NOT_COME}|{_SMS_LOST})"),
        ("sms_fail", rf"(?:发|回)(?:个|条)?(?:短信|信息){gap(6)}(?:感叹号|叹号|失败|转圈|发不出)"),
        ("sms_fail", r"(?:收不到|接不到|没有?收到(?=任何))[^\s,，。不没别]{0,4}?短信"),
        (
            "no_signal",
            rf"(?:手机|卡|屏幕){gap(6)}(?:no service|无服务|没服务|没有服务|仅限紧急|只能紧急|emergency|searching)",
        ),
        ("no_signal", r"搜不到(?:网|运营商|信号|基站)|一直(?:在)?搜(?:索)?(?:网|信号|运营商)"),
        ("no_picture", rf"(?:开机|打开|一开){gap(3)}(?:就|都|是)*黑(?:的|着|屏|漆漆|乎乎)"),
        (
            "no_dial_tone",
            rf"(?:[拿拎提]起来?|听筒|话筒|电话机?){gap(5)}(?:哑的|哑巴|死的|(?:一点|半点|啥|什么)?动静都?没)",
        ),
        ("wifi_weak", rf"(?:wi-?fi|无线网?)(?:信号|的信号)?{gap(10)}(?:就|只有|才|只剩|剩){gap(2)}[一1两二半]格"),
        (
            "wifi_weak",
            rf"(?:wi-?fi|无线网?|信号)[^。!?]{{0,14}}?(?:楼上|楼下|[一二三四五]楼|卧室|房间|厕所|卫生间|洗手间|厨房|阳台|书房|里屋|院子|车库|次卧|主卧|客厅){gap(5)}"
            r"(?:不行|连不上|收不到|弱|很?差|就断|断断续续|不好使)",
        ),
        (
            "slow",
            rf"(?:网|网速|宽带|wi-?fi){gap(8)}(?:像|跟|比|如|赶上){gap(3)}(?:蜗牛|乌龟|老牛|骆驼|牛车|驴|拨号|2g|两g|便秘|掐|挤牙膏)",
        ),
        ("slow", rf"延迟{gap(5)}(?:高|大|飙|[几一二两三四五六七八九]百|\d{{3}})"),
        ("no_service", rf"(?:宽带|网络?|wi-?fi){gap(8)}(?:再没通|没通过|没恢复|没来过|一直没好|莫得|木得|(?<!有)冇)"),
        ("intermittent", r"(?:连|好|有|通)(?:上|了)?[一两三几\d]+(?:秒|分钟?|会儿?|下)[, ]?(?:就)?又?(?:断|掉)"),
        (
            "login_fails",
            rf"(?:login|log in|sign in)(?:{gap(2)}(?:不了|不进去?|不上)|进?不去)|(?:没法|无法|不能)(?:login|log in|登)",
        ),
        (
            "login_fails",
            rf"(?:弹回|跳回|退回|又回到){gap(3)}登[录陆]|登[录陆]?{gap(4)}(?:转圈|失败|死循环|没反应)|登完{gap(3)}(?:弹|跳|退)",
        ),
        (
            "frozen_picture",
            rf"(?:画面|电视|直播|节目|屏幕|片子|球赛){gap(6)}(?:[一两三几\d]秒{gap(3)}[停卡顿]|一停|停停|卡成|卡得|卡在|转圈|缓冲)",
        ),
        (
            "wifi_weak",
            rf"\bwi-?fi(?:'s|’s)?{EN_WORDS % 3} (?:weak|poor|patchy|terrible|useless|pathetic|awful|rubbish|spotty|non-?existent|hopeless|dreadful|dies|drops)"
            rf"{EN_WORDS % 2} (?:in|on|at|upstairs|downstairs|out|outside|beyond|past|through|anywhere)\b",
        ),
        (
            "wifi_weak",
            rf"\b(?:upstairs|downstairs|attic|loft|bedrooms?|kitchen|garage|garden|basement|study|bathroom|office|shed|back room){EN_WORDS % 6} "
            rf"(?:one|two|1|2|a|no|zero|hardly any|barely any|weak|poor) (?:bars? of |single bar of )?wi-?fi\b",
        ),
        (
            "wifi_weak",
            rf"\b(?:one|two|1|2|a|single|weak|poor|patchy|dodgy|barely any|hardly any) (?:bars? of |single bar of )?wi-?fi(?: signal)?{EN_WORDS % 2} (?:in|on|at|out|upstairs|downstairs|from)\b",
        ),
        (
            "wifi_weak",
            rf"\bdead ?(?:spots?|zones?){EN_WORDS % 6},?{EN_WORDS % 4} wi-?fi\b|\bwi-?fi{EN_WORDS % 6} dead ?(?:spots?|zones?)\b",
        ),
        (
            "wifi_weak",
            rf"\bwi-?fi(?:'s|’s| signal)?{EN_WORDS % 4} {_EN_NOT}{EN_WORDS % 2} (?:reach|get (?:to|through|past|as far|into)|stretch|cover|make it|go through)",
        ),
        (
            "wifi_weak",
            rf"\bwi-?fi{EN_WORDS % 8},? (?:but|and|yet){EN_WORDS % 4} (?:useless|nothing|weak|no good|hopeless|rubbish|dead){EN_WORDS % 2} (?:upstairs|downstairs|in|on|out)\b",
        ),
        (
            "no_signal",
            rf"\b(?:phone|mobile|handset|sim|iphone|screen|cell){EN_WORDS % 6} (?:no service|emergency calls only|no network|searching|no bars|zero bars|sos only)\b",
        ),
        (
            "no_signal",
            rf"\b(?:phone|mobile|handset|sim|cell){EN_WORDS % 3} (?:lost|losing|dropped|lose){EN_WORDS % 3} (?:bars|signal|reception)\b",
        ),
        (
            "data_fails",
            rf"\bdata(?:'s|’s| is)?(?: been)? (?:switched |turned )?on,?{EN_WORDS % 3} (?:but|yet|and|still){EN_WORDS % 6} (?:can'?t|cannot|won'?t|nothing|no internet|spins?|spinning|fails?|never|doesn'?t)\b",
        ),
        (
            "data_fails",
            rf"\b(?:bars?|signal|reception)[, ]{EN_WORDS % 8},?{EN_WORDS % 6} (?:whatsapp|maps|data|apps?|pages?|websites?|instagram|wechat){EN_WORDS % 5} (?:spins?|spinning|dead|won'?t|doesn'?t|not|fails?|hangs?|never|nothing)\b",
        ),
        (
            "data_fails",
            rf"\b(?:just |only |mobile |my |cellular )data(?:'s|’s| is| has)?{EN_WORDS % 2} (?:dead|down|useless|broken|kaput|packed in)\b",
        ),
        (
            "calls_fail",
            rf"\b(?:calls?|phone ?calls?|conversations?){EN_WORDS % 4} (?:cuts?|cut|drops?|dropped|dropping|ends?|dies|disconnects?|disconnected|goes dead)\b",
        ),
        (
            "calls_fail",
            rf"\b(?:ring|rang|call|dial|phone) (?:my |him|her|them|anyone|anybody|people|someone|the ){EN_WORDS % 3} (?:won'?t|doesn'?t|never|not|can'?t) (?:connect|go through|ring|get through)",
        ),
        (
            "no_service",
            rf"\b(?:zero|no|not any|without any) {_EN_NET} (?:at all|whatsoever|since|this|again|all (?:day|morning|night))\b|\bzero internet\b",
        ),
        (
            "no_service",
            rf"\b{_EN_NET}{EN_WORDS % 2} (?:hasn'?t|has not|haven'?t|never)(?: ever)? (?:come back|been back|worked|recovered|returned|come on)\b",
        ),
        (
            "no_service",
            rf"\b(?:everyone|everybody|all the neighbours|the neighbours|next door){EN_WORDS % 6} (?:have|has|got) {_EN_NET}{EN_WORDS % 1} (?:except|but|apart from) (?:us|me)\b",
        ),
        (
            "no_service",
            rf"\b{_EN_NET}{EN_WORDS % 3} (?:packed (?:in|up)|given up the ghost|gone kaput|gone bust|died|gone (?:off|down) completely)\b",
        ),
        (
            "slow",
            r"\b(?:slows?|slowed|slowing)(?: right| way)?(?: down)? to (?:a|an) (?:crawl|dribble|trickle|drip|snail\S*|halt|walk)",
        ),
        (
            "slow",
            rf"\b(?:pages?|sites?|everything|videos?|photos?){EN_WORDS % 2} loads?(?:ing)?{EN_WORDS % 2} slow(?:ly)?\b|\btakes? (?:forever|ages|an age|years|an eternity){EN_WORDS % 4} (?:to )?(?:load|open|download)",
        ),
        (
            "slow",
            rf"\b{_EN_NET}{EN_WORDS % 4} (?:slower than|like|as slow as) (?:a |an |the )?(?:snail|tortoise|turtle|treacle|molasses|dial-?up|sloth)",
        ),
        (
            "intermittent",
            rf"\bon for{EN_WORDS % 3},?(?: and| then)?(?: it'?s)? off (?:for|again)\b|\bon,? off,? on\b|\b{_EN_NET}{EN_WORDS % 3} (?:comes and goes|on and off|up and down)\b",
        ),
        (
            "sms_fail",
            rf"\b(?:texts|sms(?:es)?|text messages){EN_WORDS % 3} (?:fail|fails|failing|bounce|bounces|stuck|red exclamation|undelivered)\b",
        ),
        (
            "no_dial_tone",
            rf"\b(?:landline|receiver|handset|home phone){EN_WORDS % 4} (?:no sound|silent|silence|dead silence|stone dead|nothing but silence|dead as|mute)\b"
            rf"|\b(?:no|not a) (?:sound|peep|tone)(?: at all| whatsoever)?{EN_WORDS % 2} (?:when|if|after) (?:i|you|we) (?:lift|pick)",
        ),
        (
            "frozen_picture",
            rf"\b(?:set ?-?top box|tv box|box|tv|telly|channels?|programmes?|shows?|films?|movies?|pictures?|cartoons?|match|stream|screen){EN_WORDS % 4} "
            rf"(?:keeps? |is |are |was |just |constantly |always |gets? )*(?:buffer(?:s|ing)?|freez(?:es?|ing)|froze|frozen|stuck|stutter(?:s|ing)?|jerk(?:s|y|ing)?|pixelat\w+|hang(?:s|ing))\b",
        ),
        ("no_picture", rf"\b(?:tv|telly|screen|picture)(?:'s|’s)?{EN_WORDS % 5} (?:black|blank)\b"),
        (
            "login_fails",
            rf"\b(?:rejects?|refus\w+|{_EN_NOT} (?:take|accept|recogni[sz]e)) my (?:login|log-?in|password|pin|details|username)|\b(?:logs?|kicks?|throws?|boots?|signs?) me (?:straight |right |back |always )*(?:out|off)\b"
            rf"|\b{_EN_NOT} (?:get|log|sign) (?:back )?(?:in ?to|in|on) (?:to )?(?:my |the )?(?:online )?(?:account|app|portal)\b",
        ),
        (
            "calls_fail",
            rf"(?:别人|人家|他们|对方|客户|朋友){gap(4)}打{gap(6)}(?:说|提示|显示){gap(3)}(?:关机|不在服务区|无法接通|空号)",
        ),
        (
            "calls_fail",
            rf"\b(?:every|each|any|all my|my) (?:phone ?)?calls?{EN_WORDS % 6} (?:beeps?|hangs? up|voicemail|dead)\b|\b{_EN_NOT} (?:make|receive|recieve|take|get|place)(?: or (?:make|receive|recieve|take|get))?(?: any| phone)* calls?\b",
        ),
        (
            "calls_fail",
            rf"\b(?:people|friends|customers|everyone|callers|mum|mom|they|she|he){EN_WORDS % 6} (?:can'?t|cannot|couldn'?t|unable to) (?:get through|reach me|ring me|call me|get hold of me)\b|\bmy number is (?:unreachable|not reachable|unavailable)\b",
        ),
        ("slow", rf"(?:网|宽带|wi-?fi){gap(3)}(?:咋|怎么|咋个|为啥){gap(2)}(?:恁|这么|那么|这样|楞个|嘎)慢"),
        (
            "slow",
            rf"\bspeed ?test{EN_WORDS % 4} (?:only )?(?:\d+|one|two|three|four|five|six|eight|ten) ?(?:meg|mb|mbps|megs)\b|\b(?:dial[ -]?up|snail-?like|2g) speeds?\b|\b(?:netflix|youtube|zoom|videos?|everything) (?:just )?keeps? (?:spinning|loading|buffering)",
        ),
        (
            "slow",
            rf"(?:测速|网速|速度|实测|测下来|测出来){gap(8)}(?:才|只有|不到|就){gap(1)}[\d一二两三四五六七八九十几]+(?:兆|m|k|点)",
        ),
        (
            "intermittent",
            rf"(?:一会儿?|一阵|一下子?)(?:有|好|通|能用|连上)[^。!?]{{0,3}}?(?:一会儿?|一阵|一下子?)(?:没|断|坏|不通|不能用|掉)|断{gap(2)}[一两三几五十\d]+分钟?{gap(2)}(?:好|通)",
        ),
        (
            "intermittent",
            rf"\b(?:lose|losing|loses|lost|drops?|kicks? me (?:off|out)|disconnects?){EN_WORDS % 10},?{EN_WORDS % 3} (?:and|then|but) (?:it |they )?(?:comes? back|reconnects?|returns?|is back)\b|\bkicks? me (?:off|out){EN_WORDS % 6} reconnects?\b|\bthen (?:it )?(?:comes? back|reconnects?)\b",
        ),
        (
            "no_signal",
            rf"\b(?:phone|mobile|sim|it){EN_WORDS % 3} (?:can ?not|can'?t|doesn'?t|won'?t) (?:find|see|pick up|get|detect){EN_WORDS % 1} (?:network|signal|operator|carrier|bars)\b|\b(?:reception|mobile signal|phone signal){EN_WORDS % 4} (?:non-?existent|zero|none|nil)\b",
        ),
        (
            "sms_fail",
            rf"\b(?:messages?|texts?){EN_WORDS % 3} (?:{_EN_NOT}) (?:send|sent|go|going|get there|deliver|turn up|show up|arrive)|\b(?:codes?|texts?|otps?){EN_WORDS % 6} (?:none|not one|never)(?: of them)?(?: ever)? (?:turn(?:s|ed)? up|arriv\w+|com[ei]\w*|show(?:s|ed)? up|get there)",
        ),
        ("sms_fail", rf"短信{gap(4)}(?:发|寄)出去?{gap(6)}(?:没收|收不|没到)"),
        (
            "frozen_picture",
            rf"\b(?:image|picture|film|movie|show|match|programme){EN_WORDS % 6} (?:stuck|stopped|freezes|frozen|froze)\b",
        ),
        (
            "no_service",
            rf"(?:网络?|宽带|网线){gap(2)}断(?:脱|特|忒|咗|哒|球)|(?:没有|没|未)连接(?:到)?(?:互联网|网络|internet)",
        ),
        (
            "no_service",
            r"\bin?t?ernet (?:is )?(?:gone|dead|out|down|off) (?:again|agian|now|since|today)\b|\b(?:can'?t|cannot|can not|couldn'?t)(?: open| load| get)(?: up)? (?:a single|any|one) (?:page|site|website|thing)\b",
        ),
        (
            "data_fails",
            rf"\b(?:shows?|says?|have|has|got) [345]g{EN_WORDS % 2} (?:yet|but|and|though){EN_WORDS % 8} (?:no|nothing|none|won'?t|can'?t|doesn'?t|not)\b|\b(?:shows?|says?) [345]g yet no apps?\b",
        ),
        ("no_dial_tone", rf"(?:[拿拎提]起来?|听筒|话筒){gap(3)}(?:静悄悄|死寂|啥音|一片寂静)"),
        (
            "wifi_weak",
            rf"\bwi-?fi{EN_WORDS % 2} (?:in|at|on) (?:the |my |our )?[a-z']+(?: room| floor)? (?:is |'s )(?:so |really |very |absolutely |just )?(?:pathetic|terrible|awful|useless|weak|poor|rubbish|dreadful|hopeless|bad)\b",
        ),
        (
            "no_service",
            r"(?:莫得|木得|冒得|冇得?|没得)网|(?:啥子?|什么|哪样|一个)都(?:刷|点|打)不开|(?:网页|页面)(?:照样|还是|就是)?(?:一个|啥|哪个)?(?:都|也)打不开",
        ),
        (
            "slow",
            r"(?:骆驼|蜗牛|老牛|乌龟|驴)(?:跑|走|爬)?的?速度|数到[一二三四五六七八九十百\d]+才|(?:半天|好久|老半天)才(?:出|打开|加载|显示|刷出)",
        ),
        (
            "no_dial_tone",
            rf"(?:座机|固话|固定电话|家里电话)[^。!?]{{0,8}}?(?:哑巴|哑了|(?:提|拿|拎)起来{gap(4)}(?:没有?声|一点声|没动静))",
        ),
        ("data_fails", r"流量[^。!?]{0,14}?(?:上不[了去]|用不了|不走|不动)"),
        ("frozen_picture", rf"(?:电视剧?|节目|直播|电影|球赛){gap(14)}(?:转圈|缓冲)|画面{gap(3)}(?:停格|停住|定住)"),
        ("sms_fail", r"(?:支付宝|微信|银行|淘宝|app|注册|登录)的?码(?:也|都|就|还)?(?:收不到|没收到|不来|没来)"),
        ("no_picture", r"(?:只剩|就剩)(?:下)?声(?:音|儿)?|画面(?:跑|去|上)哪|有声(?:音)?没(?:有)?(?:图|画)"),
        ("noise", rf"(?:座机|电话|固话|那头|那边|里面){gap(6)}(?:嘶嘶|呲呲|咝咝|兹兹|噼里啪啦|炒豆)"),
        ("wifi_weak", rf"(?:隔着?|关上|关了){gap(8)}(?:wi-?fi|无线){gap(6)}(?:掉|没|弱|断|不行)"),
        (
            "slow",
            rf"\b(?:upload|download|load|open|send|sav)\w*{EN_WORDS % 4} (?:took|takes|taking|needs?)(?: me| us)?{EN_WORDS % 3} (?:minutes|mins|hours?|ages|forever)\b|\bdial[ -]?up (?:was|is|used to be) (?:quicker|faster)|\bspeed(?:'s|’s| is| was)(?: so| really| just)? (?:dreadful|awful|terrible|appalling|shocking|rubbish|pathetic|dire)",
        ),
        (
            "wifi_weak",
            rf"\bwi-?fi (?:falls|drops|goes|fades|shrinks|sinks)(?: down)? to (?:one|1|a|no|zero|nothing)\b|\b(?:stairs|door|walls?|room|upstairs|garden|hall(?:way)?|landing){EN_WORDS % 4} wi-?fi (?:dies|drops|falls|fades|disappears|vanishes|gives up)\b",
        ),
        (
            "sms_fail",
            r"\b(?:codes?|otps?|texts?)[^!?]{0,14}(?:didn'?t|didnt|doesn'?t|never|hasn'?t|haven'?t) (?:arrive|come|show|turn|reach)",
        ),
        ("frozen_picture", r"\bturns? (?:in)?to (?:lego|blocks|squares|pixels|mosaic|bricks)\b"),
        (
            "login_fails",
            rf"\b(?:website|site|app|portal|page|system){EN_WORDS % 4} (?:refuses?|won'?t|will not|doesn'?t)(?: to)? (?:log|let|sign) me (?:in|on)\b",
        ),
        ("no_service", r"\bno (?:web ?)?pages? (?:opens?|loads?|comes? up)\b"),
        (
            "data_fails",
            rf"\b(?:[45]g|lte|data){EN_WORDS % 4} nothing (?:will |would )?(?:load|open|work)s?\b|\bdata (?:refuses|fails) to (?:connect|work|load)\b",
        ),
        (
            "no_picture",
            r"\b(?:tv|telly|screen) (?:is|'s|’s|goes|went|stays) (?:completely |all |totally )?(?:black|blank|dark)\b",
        ),
    )
)

_HINT = re.compile(
    r"短信|验证|校验|动态码|流量|\dg|数据|移动网|屏幕|电视|机顶盒|画面|电话|外卖|快递|对方|[打拨]过去|[打拨]出去|通话|接起来|起来|机|听筒|好的|正常|有网|[隔过]|测|速|龟|蜗|"
    r"里[面头边]|话|wi-?fi|无线|信号|直播|节目|网|宽带|卡|搜|开|延迟|登|log ?in|sign|说|聊|讲|连|通|片子|球赛|信息|"
    r"dead|kaput|conk|bust|text|sms|code|otp|message|data|lte|back|again|phone|mobile|handset|sim|cell|screen|bar|signal|call|ring|dial|internet|net|connection|fib|"
    r"broadband|slow|takes?|load|on for|receiver|landline|lift|pick|box|tv|telly|channel|programme|show|film|movie|picture|cartoon|match|stream|password|kick|boot|throw|account|app|off",
    re.IGNORECASE,
)

SYMPTOMS = Telling(
    entity=SYMPTOM,
    patterns=_TOLD,
    hint=_HINT,
    weaker={
        "calls_fail": {"no_service", "intermittent"},
        "data_fails": {"no_service", "slow"},
        "frozen_picture": {"slow", "intermittent"},
        "login_fails": {"no_service"},
        "no_dial_tone": {"no_service", "calls_fail"},
        "no_signal": {"no_service"},
        "sms_fail": {"no_signal"},
        "wifi_weak": {"no_signal", "no_service", "intermittent"},
    },
    part={"no_service"},
    kinds={
        **dict.fromkeys(("no_service", "slow", "intermittent", "wifi_weak"), "broadband"),
        **dict.fromkeys(("no_signal", "data_fails", "calls_fail", "sms_fail"), "mobile"),
        **dict.fromkeys(("no_picture", "frozen_picture"), "tv"),
        **dict.fromkeys(("no_dial_tone", "noise"), "landline"),
    },
)
"""Symptoms; "4G is on but nothing loads" holds words of a service that is gone altogether, and is mobile data."""
