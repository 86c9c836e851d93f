"""Which Chinese pattern is read by which builder of `time_lexicon_zh`; where several match, the longest wins."""

# A pattern stays on its line, so that it can be read as one.
from __future__ import annotations

import re

from bot.assistant.nlu import time_days as days
from bot.assistant.nlu import time_lexicon_zh as words
from bot.assistant.nlu.time_lexicon_zh import BILL, HOLIDAYS, HOUR, NUM, NUM2, PART_WORDS, WEEK, Build, Rule
from bot.assistant.nlu.time_model import Kind, Relation

_HOLIDAY_NAMES = "|".join(f"(?P<h{index}>{words})" for index, (words, _) in enumerate(HOLIDAYS))
_RULES: tuple[tuple[str, Build], ...] = (
    # What looks like a time and is none.
    (rf"(?:[0-9一二两三四五六七八九十]+个?(?:小时|钟头)制?|7[x*×]24|24/7|[0-9一二两三四五六七八九十几]+个工作日|(?:周末|节日|假期|新年|元旦|春节|国庆)(?:快乐|愉快)|早上好|上午好|中午好|下午好|晚上好|早安|晚安|(?<![节夜旦])第二天|隔天就|前几天|"
     rf"(?:这个?|本|当|上+个?|下个?)月{BILL}|(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})月{BILL}|(?:明|后)天系列|"
     rf"每(?:天|日|周|星期|礼拜|个?月)?(?:的)?(?:{NUM2}[号日点]|{WEEK}?[一二三四五六日天末]|早上|上午|中午|下午|晚上|晚|早)?)", words.block),
    (r"(?:大前天|前天|昨天|昨日|昨个|昨儿个?|前儿个?|夜儿个|昨晚|昨夜|昨早|前晚|前日|寻日|琴日|上(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])|"
     r"上+个?月(?:(?:初|底|中|末)|[0-9]{1,2}[号日])?|去年|前年|刚才|刚刚|方才|前两天|前阵子|[0-9一二两三四五六七八九十几半]+个?"
     r"(?:多?小时|钟头|分钟|天|周|星期|礼拜|月|年)(?:之|以)?前)", words.past),
    # Days.
    (r"(?:大大?后[天日儿]|今[天日儿朝]个?|明[天日儿朝]个?|(?<!一)名天(?!才)|后[天日儿]个?|听日)", words.relative_day),
    (r"(?P<d>大后|今|明|后|听)(?P<h>[早晚夜晨午](?:上(?!网)|儿)?|(?<=听)朝早?)(?!年|餐|饭)", words.day_and_half),
    (rf"(?P<lead>(?:下+|上+|这一?|本|那)个?|(?:next|this)\s?)?{WEEK}(?P<day>[一二三四五六日天末1-7])(?!次)(?!百|千|万|块|元|[0-9](?![0-9]?[点时:：])|个|天|杰|生|后(?!面)(?=的)|年)",
     words.weekday),
    (rf"(?P<lead>(?:下+|上+|这一?|本)个?){WEEK}(?P<part>[初中底](?!文))?(?![一二三四五六日天末1-7]|年|期)", words.whole_week),
    (r"(?P<first>(?:下一?|第一)个?工作日)|工作日|平日(?!里)", words.working_days),
    (rf"(?:(?P<year>[0-9]{{4}}年|[0-9]{{2}}年|今年|明年|后年)的?)?(?P<month>{NUM2})月(?:份的?)?(?P<day>{NUM2})"
     r"(?:[号日](?!线|楼)|(?![0-9.个块元天%兆GMgm]))", words.date),
    (rf"(?:(?P<year>今年|明年|后年|[0-9]{{4}}年)的?)(?P<month>{NUM2})月(?:份)?(?P<part>[上中下]旬|[初底末中头])?", words.named_month),
    (rf"(?<![0-9一二三四五六七八九十个])(?P<month>{NUM2})月(?:份)?(?P<part>[上中下]旬|[初底末头]|中(?!国|午|秋))?(?!租|{NUM2}[号日]|费|卡|包)",
     words.named_month),
    (r"(?P<lead>(?:下+|上+|这一?|本|当)个?)(?=月)(?:月(?P<part>[上中下]旬|初|底|末|尾|头|中(?!国|午|秋))?)(?!租|卡|费)", words.month),
    (r"(?<![0-9一二三四五六七八九十个])(?P<part>月底|月末|月初|月中(?!国)|(?<=[本])[上中下]旬)", words.month),
    (rf"(?<![0-9a-z第工单门座卡#一二三四五六七八九十.\-])(?P<day>{NUM2})(?:号|日(?!内|租|包|流|游|志|子|常|本|均|后|前))"
     r"(?!楼|线|门|院|店|机|栋|码|卡|室|房|段|库|厅|口|桌|套|客|坐|单元|路|弄|巷|球|位|工|师|座|铺|棟|幢|键|电池|信)", words.day_of_month),
    (r"(?:今年|明年|年)(?:年)?(?:底|末|尾)|明年(?:年)?初|年初(?!一)", words.edge_of_year),
    (rf"(?=[元大除年正春过农新情三妇清五劳六儿端中十国双平圣跨腊小重七冬])(?:{_HOLIDAY_NAMES})(?:(?P<tail>(?:节|假期|长假|放假)?(?:过|完)?(?:之|以)?后(?:的?第一(?:天|个?工作日|个?上班日)|的?(?:上班|开工|复工)的?第一天)|期间|假期|长假|黄金周|放假"
     r"(?:期间|的?时候))|(?:节|假期|长假|放假)(?=(?:之|以)?前)|(?:节|假期|长假)?(?P<after>(?:过)?(?:之|以)?后(?!天|台|面)))?", words.holiday),
    (r"过(?:两|2|俩)天(?!就|后)", words.now_plus),
    (r"(?:这|未来|接下来|近|最近)(?:两|俩|几|三|2|3)天(?:之内|以内|内|里)?(?=.{0,3}(?:能|可以|来|上门|有空|都(?:行|可|在|有|方便|成)|方便|行|安排|在家|哪)|[吧呢]?[.!?]?$)", words.next_days),
    (rf"(?P<lead>(?:下+|这|本)个?)?{WEEK}(?P<first>[一二三四五六])(?:[、,]?[一二三四五六日天])+(?![点时号楼个十半百年])", words.several_weekdays),
    (r"([今明])([明后])(?:两?天|两日|日)", words.two_days),
    (r"双休日?", lambda match, ref: words.one(Kind.DAY, match, days.weekend(ref, 0))),
    (r"(?<![0-9a-z.\-])(?P<a>1[0-2]|0?[1-9])[.\-](?P<b>3[01]|[12][0-9]|0?[1-9])(?:[号日]|(?=\s*(?:上午|下午|中午|晚上|早上|[早晚]|那天|之前|以前)|\s+[0-9]{1,2}[:点]))",
     words.dotted),
    (r"年后(?!期)|过完年(?:之?后)?|(?<![0-9一二两三四五六七八九十几半多去明今])年前", words.around_spring),
    (r"(?:大年|正月)初?(?P<day>[二三四五六七八九十]|十[一二三四五]|二十)(?![点号日月])", words.day_of_spring),
    (r"腊月(?P<day>初[一二三四五六七八九十]|[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?)", words.before_spring),
    (rf"(?:(?P<lead>(?:下+|这一?|本)个?月)|(?<![0-9一二三四五六七八九十])(?P<month>{NUM2})月(?:份)?)的?(?P<nth>第[一二三四]个?|最后一?个?|头一个?|首个)"
     rf"(?:{WEEK}(?P<day>[一二三四五六日天])|天)", words.nth_of_month),
    (rf"(?:(?P<lead>(?:下+|这一?|本)个?月)|(?<![0-9一二三四五六七八九十])(?P<month>{NUM2})月(?:份)?|(?<![0-9一二三四五六七八九十个]))月?的?(?<=月)(?P<nth>[底末])的?(?:那|最后一?|当)天",
     words.nth_of_month),
    (rf"(?=[元大除年正春过农新情三妇清五劳六儿端中十国双平圣跨腊小重七冬])(?:{_HOLIDAY_NAMES})(?:节|假期|长假|放假)?(?:过|完)?(?:之|以)?后的?(?:第一个?|头一个?|首个){WEEK}(?P<day>[一二三四五六日天末])",
     words.weekday_after_holiday),
    # Parts of the day.
    (rf"(?<![今明后听])早(?=(?!一点(?![半一三0-9钟]))(?:{NUM2}|两)点|[0-9]{{1,2}}:)", words.part("morning")),
    (rf"(?<![今明后听])晚(?=(?!一点(?![半一三0-9钟]))(?:{NUM2}|两)点|[0-9]{{1,2}}:)", words.part("evening")),
    (r"(?<![0-9一二三四五六七八九十第周期拜])(?P<a>[一二两三四五六七八九])(?P<b>[二三四五六七八九十])点(?!问题|意见|建议)", words.about_hour),
    *((pattern, words.part(name)) for pattern, name in PART_WORDS),
    # Clock times.
    (rf"(?:(?<![0-9.第一二三四五六七八九十差快有这下周期拜])|(?<=[周期拜][一二三四五六日天]))(?P<hour>{HOUR}|两|零)(?:点钟?|时(?!间|候|长|段|不时|效))(?:整)?"
     r"(?P<minute>半|[一三13]刻|过?零?[一二三四五六七八九五]分|[二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]|过?(?:十分|[0-9]{1,2}分)|[0-5][0-9]分?|差(?P<short>[一1]刻|[一二三四五六七八九十0-9]{1,2}分))?"
     r"(?!问题|意见|建议|要求|[0-9]*(?:元|块|折|倍|G|g|M|兆|%))(?:钟|整)?", words.clock),
    (rf"差(?P<short>[一1]刻钟?|[一二三四五六七八九十0-9]{{1,2}}分钟?)(?:到|就)?(?P<hour>{HOUR}|两)点(?P<minute>(?!.))?(?:钟|整)?", words.clock),
    (rf"(?:(?<![0-9.:/第一二三四五六七八九十两周期拜\-])|(?<=[周期拜][一二三四五六日天]))(?P<a>{HOUR}|两)(?=(?:点)?(?:到|至|-|~|—)(?P<b>{NUM2}|两)(?:点|时(?!间|候)))", words.short_range),
    (rf"(?<![0-9.:/第一二三四五六七八九十\-])(?:(?P<month>{NUM2})月)?(?P<a>{NUM2})(?=(?:到|至|-|~|—|或者?|、){NUM2}[号日](?!楼|线|门|院|店))", words.first_of_month),
    # Counted from now.
    (r"(?<![个0-9一二两三四五六七八九十几这本])月(?=(?:之|以)?内)", words.month),
    (rf"(?:再?过)?(?:(?P<half>半)个?|(?P<least>[一二两三四1-5])(?:[,\-~到至]|(?<=[一二两三四])(?=[二两三四五六]))(?P<more>[二两三四五六2-7])个?|(?P<n>{NUM})(?:个(?P<and_half>半)?)?)(?P<unit>小时|钟头|分钟|刻钟|天|日|周|星期|礼拜|月)"
     r"(?P<end>(?:之|以)?后(?!天|台|面)|(?:之|以)?内)", words.offset),
    (rf"(?:再?过)(?:(?P<half>半)个?|(?P<n>{NUM})(?:个(?P<and_half>半)?)?)(?P<unit>小时|钟头|分钟|刻钟|天|周|星期|礼拜|月)(?P<end>后)?",
     words.offset),
    (r"(?:随时|任何时[候间]|(?:什么|啥)时[候间]|哪天|几点|全天|整天|(?<!班)时间)(?:我)?(?:都|均)?(?:可以|行|成|方便|有空|在家|有人|OK|ok|能来|没问题)"
     r"|都有空|(?<=^)(?:随时|都可以|都行|随便|任何时间|任意时间|尽快|尽早|越快越好|越早越好|早点|马上|现在)(?=[。!.,]?$)|时间不限|现在(?:就|马上)?"
     r"(?:可以|能|派人|请)?(?:来|过来|上门)(?=修|吧|吗|$)", words.anytime),
    # Bounds.
    (r"(?:不要?早于|不能?早于|最早(?:要)?|从(?![^,。!?]{1,14}?(?:改|换|挪|调|推|提前|移|延))|自|打从)(?!来|动|己|然|助)", words.bound(Kind.PREFIX, Relation.SINCE)),
    (r"(?:晚于|过了)", words.bound(Kind.PREFIX, Relation.AFTER)),
    (r"(?<!不)(?<!要)早于", words.bound(Kind.PREFIX, Relation.BEFORE)),
    (r"(?:不要?晚于|不能?晚于|最晚|最迟|赶在|不超过|截止到?)", words.bound(Kind.PREFIX, Relation.BY)),
    (r"(?:除了?(?!夕)|除开|避开|避免|(?<![特分个])别(?:约|安排|定)?在?(?!的|墅|人|名|说)|不要(?:约|安排|定)?在?|不想(?:要|在)?"
     r"|不能是|(?<!是)不是|(?<!可)(?<!是)不在)", words.bound(Kind.PREFIX, Relation.EXCEPT)),
    (r"(?:的)?(?:前一天|前一日|头一天|前夕|前夜)", words.bound(Kind.SUFFIX, Relation.PREVIOUS_DAY)),
    (r"(?:的)?(?:(?:之|以)?后(?:的)?第?一天|后一日|次日|(?:的|过后)第二天|(?<=[节夜旦])第二天|第二天(?=上午|下午|早|晚|来|去|可|行|吧))", words.bound(Kind.SUFFIX, Relation.NEXT_DAY)),
    (r"(?:之|以)?前(?!天|台|面|几|晚|日|两|阵|年|期|端|后)", words.bound(Kind.SUFFIX, Relation.BEFORE)),
    (r"(?:过后|(?:之|以)?后|往后)(?!天|台|面|来|续|期|儿|日|付|晌|半|晚|年)", words.bound(Kind.SUFFIX, Relation.AFTER)),
    (r"(?:的?时候)?(?:开始|起(?!来|码|床|步|诉))", words.bound(Kind.SUFFIX, Relation.SINCE)),
    (r"(?:(?:之|以)内|内(?!蒙|存|网|部|容|线))", words.bound(Kind.SUFFIX, Relation.WITHIN)),
    (r"(?:为止|截止)", words.bound(Kind.SUFFIX, Relation.BY)),
    (r"(?:(?:以|之)外|除外|(?<=[一二三四五六日天末午上])外(?=[,都的]|其))", words.bound(Kind.SUFFIX, Relation.EXCEPT)),
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple((re.compile(pattern), build) for pattern, build in _RULES)
