"""Names and addresses in a normalised text, by the words that introduce them and the shape they have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.assistant.nlu.mentions import Mention

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹"
    "薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪翟安颜倪温芦俞章鲁葛柯管柳华欧祝霍焦耿齐单裴穆卓纪宁岳席尚关凌简缪盛童卜"
)
_DOUBLE_SURNAMES = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|南宫"
_NOT_IN_NAMES = (
    "的了在是有要想住你我他她它这那吗呢吧啊呀家宽电手号和跟与来去前后昨报办查问说打给请帮需也就都没不能被把让找用叫"
)
_GIVEN = rf"(?!先生|女士|小姐|师傅)[^\W\d_a-zA-Z{_NOT_IN_NAMES}]"
_CHINESE_NAME = rf"(?:(?:{_DOUBLE_SURNAMES}){_GIVEN}{{1,2}}|[{_SURNAMES}]{_GIVEN}{{1,2}})"
_NAME_CUE = (
    rf"我(?:的名字|名字)?(?:叫做?|是叫)|(?:我|免贵)姓(?:{_DOUBLE_SURNAMES}|[{_SURNAMES}])[ ,]?名?叫做?|名字(?:叫做?|是|:|改成|改为|换成)|姓名(?:是|为|叫|:|改成|改为)?|"
    r"户主(?:姓名|名字)?(?:是|叫|为|:| )|机主(?:姓名|名字)?(?:是|叫|为|:| |改成|改为)|户名(?:是|为|:|改成|改为)?|"
    r"(?:预约人|收件人|接待人|接待的|开门的|开门人|对接人)(?:姓名)?(?:是|叫|为|:|改成|换成|改为|写|填|留)|(?:请|麻烦|直接|让师傅)(?:联系|找)|联系人.{0,10}?(?:原来是|现在改成|现在是|换成|改成)|现在(?:改成|换成)|"
    r"(?:找|联系|给|让|叫|问)(?:一下)?(?:我|我家)?(?:的)?(?:门卫|保安|物业|管家|儿媳妇?|媳妇|女婿|孙子|孙女|外甥女?|侄[子女]|室友|老公|老婆|爱人|妈妈?|爸爸?|儿子|女儿|邻居|同事|朋友|房东|租客)|"
    r""
    r"(?:室友|老公|老婆|爱人|妻子|丈夫|妈妈?|爸爸?|母亲|父亲|儿子|女儿|邻居|同事|朋友|房东|租客|表[哥姐弟妹]|[哥姐弟妹]{1,2}|合租的|保姆|阿姨|秘书|助理)(?:的?名字)?(?:叫|是)?(?=[^是叫]{2,4}(?:开门|在家|接待|会在|会等|在等|签字|来接|帮忙|,? ?(?:电话|手机)|,? ?1[3-9]))|"
    r"联系人(?:姓名)?(?:是|叫|为|:|改成|换成|改为|写|填|留)|开户人(?:是|叫|:)|本人(?:叫|是)?|登记的?(?:名字)?(?:是|叫)|过户给|(?<![是为])(?:户主|机主|联系人|开户人)(?=[^是叫为改换:]{2,4}(?:是|,|的|电话|手机|$))|[他她](?:的名字)?(?:叫做?|是叫)|(?:新|对方)(?:户主|机主)(?:是|叫)"
)
_INTRODUCED = re.compile(rf"(?:{_NAME_CUE})[ ,]?({_CHINESE_NAME})")
_SELF = re.compile(rf"我是({_CHINESE_NAME})(?=[,.!? ]|$|手机|电话|号码)")
_SURNAME_THEN_NAME = re.compile(
    rf"(?:(?<=姓[{_SURNAMES}][, ])|(?<=姓(?:{_DOUBLE_SURNAMES})[, ]))({_CHINESE_NAME})(?![\u3400-\u9fff])"
)
_SURNAME_ONLY = re.compile(
    rf"(?:我|免贵)姓((?:{_DOUBLE_SURNAMES})|(?!{_DOUBLE_SURNAMES})[{_SURNAMES}])(?![\u3400-\u9fff]{{0,1}}名|[ ,]?叫|[ ,]{_CHINESE_NAME}(?![\u3400-\u9fff]))"
)
_TITLED = re.compile(rf"(?:我是)((?:{_DOUBLE_SURNAMES}|[{_SURNAMES}])(?:先生|女士|小姐|师傅|阿姨|大爷))")
_ENGLISH_NAME = r"[A-Z][a-zA-Z'\-]+(?: (?:van |de |von |O')?[A-Z][a-zA-Z'\-]+){0,2}"
_ENGLISH_CUED = re.compile(
    r"(?:(?i:my (?:full )?name(?:'s| is| was)|\bname(?:'s| is|:| on the account is)|(?:the )?account holder is|"
    r"account holder:|registered to|i(?:'m| am) called|i go by|call me|contact(?: person| name)?(?: for (?:the|this|my|our|that) [a-z]+)? (?:is|will be)|ask(?:ing)? for|(?:speak|talk)(?:ing)? (?:to|with)|put(?: down)?(?= [A-Z][a-z]+(?: [A-Z][a-z]+)?(?: down)? as (?:the |my |a |our )?contact)|(?:my|our|the) (?:flatmate|roommate|housemate|neighbou?r|husband|wife|partner|son|daughter|mum|mom|dad|mother|father|brother|sister|landlord|landlady|colleague|friend|assistant|tenant|nan|gran|carer)(?: is| called| named|,)?|(?:husband|wife|partner|mother|father|mum|mom|dad|son|daughter|brother|sister)'?s name(?:,| is)?|my wife|my husband|in the name of|new (?:owner|holder) is|"
    rf"transfer (?:the|my|this|our) (?:line|account|ownership|contract|phone)(?: ownership)?(?: over)? to))[ ,]+({_ENGLISH_NAME})"
)
_ENGLISH_LOOSE = re.compile(
    r"(?i:(?:\bmy (?:full )?|^)name(?:'s| is)) ([a-z][a-z'\-]+(?: [a-z][a-z'\-]+)?)(?=\s*(?:[,.!?]|$| and | but ))"
)
_ENGLISH_SELF = re.compile(
    rf"(?:(?i:\bthis is|\bi'm|\bi am|\bit's|\bmyself|\bask(?:ing)? for))[ ,]+((?:Mr|Mrs|Ms|Miss|Dr)\.? {_ENGLISH_NAME}|[A-Z][a-z'\-]+ [A-Z][a-zA-Z'\-]+)"
)
_NOT_A_NAME = frozenset(
    "not me agent agents manager human humans supervisor person people representative rep operator support customer staff real live billing sales tech technical advisor adviser from on refund help someone somebody anyone my your our their in the a an still very so just having getting wifi internet broadband i i'd i'm i'll i've it's it can could please and but so who he she his her".split()
)
_ENGLISH_HERE = re.compile(
    r"(?:^|[.!?] |(?i:\b(?:hello|hi|hey|morning|evening|afternoon))[,!]? )([A-Z][a-z'\-]+ [A-Z][a-zA-Z'\-]+)(?= (?:here|speaking)\b)"
)
_LABEL_ONLY = re.compile(rf"^\s*({_CHINESE_NAME})\s*[,.]?\s*(?=1[3-9]\d{{9}})")

_NUMERAL = r"(?:\d+|[一二三四五六七八九十百]+|[甲乙丙丁东西南北中])"
_PLACE = r"[\u3400-\u9fff]"
_NO_PLACE = r"(?:(?![路街道巷弄区县市省号栋幢座室楼在住到从是去往给])[\u3400-\u9fffA-Za-z0-9])"
_REGION = rf"(?:{_NO_PLACE}{{1,7}}(?:省|市|自治区|自治州|地区|新区|区|县|旗|镇|乡|街道|开发区))"
_STREET = rf"(?:{_NO_PLACE}{{1,8}}(?:大街|大道|街道|路|街|道|巷|胡同|弄|里|村|屯))"
_ESTATE = (
    r"(?:(?:(?![路街巷号栋幢座室在住到从是去往给])[\u3400-\u9fffA-Za-z0-9]){1,10}?"
    r"(?:小区|花园|家园|新村|新城|公寓|大厦|广场|中心|大楼|国际|华府|名苑|嘉园|苑|庭|府|湾|轩|居|园|城|里|坊|厦|公馆|村|社区|学院|学校|大学|医院))"
)
_HOUSE = rf"(?: ?-?(?:{_NUMERAL}|[A-Za-z]\d*|\d+[A-Za-z]?)(?:-\d+)*(?:号楼|号院|号|弄|栋|幢|座|单元|层|楼|室|房|门|组|户|期|区))"
_ADDRESS = re.compile(
    rf"(?:{_REGION}){{0,4}}(?:(?:{_STREET}(?:{_HOUSE})?)(?:与?{_ESTATE})?|{_ESTATE})(?:{_HOUSE})*(?:[ ,]?{_HOUSE})*(?:[ ]?\d{{2,4}}(?:-\d+)*(?!\d))?"
)
_HAS_HOUSE = re.compile(rf"{_HOUSE}|\d{{2,4}}$")
_LEAD = re.compile(
    r"^.*?(?:地址(?:是|在|为|改成|改为|换成|:)?|住在|家住|住址是?|位于|搬到了?|搬去|搬家到|移到|移机到|迁到|装到|装在|改到|换到|改成|改为|换成|送到|寄到|"
    r"安装在|我住|我家在|我家是|家在|我在|就在|在|到|从|是|去|住|帮我查一?下|查一?下|查查|看看|看下|请问|那个|我们|我家|咱们?|家里)"
)

_ENGLISH_STREET = (
    r"(?:road|rd|street|st|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|square|boulevard|blvd|terrace|crescent|"
    r"gardens?|mews|row|hill|park|parade|grove|highway)"
)
_ENGLISH_UNIT = r"(?:(?:flat|apartment|apt|unit|room|suite|building|block|tower|floor)\.? ?#?[0-9]+[A-Za-z]?|[0-9]+(?:st|nd|rd|th) floor)"
_ENGLISH_ADDRESS = re.compile(
    rf"(?:\b{_ENGLISH_UNIT},? ){{0,4}}\b(?:no\.? ?)?\d+[A-Za-z]?,? (?:[A-Za-z][A-Za-z'\-]*\.? ){{1,4}}?{_ENGLISH_STREET}\b(?: {_ENGLISH_STREET}\b)*\.?"
    rf"(?:,? (?:{_ENGLISH_UNIT}))*(?:, (?!los\b|pon\b|call|phone|my\b|the\b)[A-Z][A-Za-z'\-]+(?: [A-Z][A-Za-z'\-]+)?(?: (?:district|city|town))?){{0,3}}(?:,? {_ENGLISH_UNIT})*"
    rf"|\b{_ENGLISH_UNIT}(?:,? {_ENGLISH_UNIT})*,? (?:no\.? ?)?(?:[0-9]+ )?(?:[A-Z][A-Za-z'\-]+ ){{1,4}}"
    r"(?:Garden|Gardens|Community|Estate|Compound|Residence|Residences|Apartments|Plaza|Tower|Mansion|Court|Village|Road|Street|Avenue|Lane)\b"
    r"(?:, (?:[0-9]+ )?[A-Z][A-Za-z'\-]+(?: [A-Z][A-Za-z'\-]+){0,3}){0,3}",
    re.IGNORECASE,
)
_SHORTEST_ADDRESS = 4
_MAY_NAME_HOUSE = re.compile(r"\d|[一二三四五六七八九十百甲乙丙丁]|[东西南北中A-Za-z](?:号|弄|栋|幢|座|单元|门|期|区)")
"""Without one of these no house is named, and the long pattern need not be tried."""


def find_people(text: str) -> list[Mention]:
    """Return names; the value is the name as written, without titles of address except after a surname."""
    found: list[Mention] = []
    for match, group in _name_matches(text):
        start, end = match.span(group)
        if match.re is _INTRODUCED:
            end = _name_end(text, start, end)
        if not any(mention.overlaps(start, end) for mention in found):
            found.append(Mention("person_name", start, end, text[start:end]))
    return sorted(found, key=lambda mention: mention.start)


def find_addresses(text: str) -> list[Mention]:
    """Return addresses that name a street or an estate and a house in it; the value is the text."""
    if not _MAY_NAME_HOUSE.search(text):
        return []
    found: list[Mention] = []
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        lead = _LEAD.match(match.group())
        while lead and lead.end() < end - start:
            start += lead.end()
            lead = _LEAD.match(text[start:end])
        written = text[start:end]
        if len(written) >= _SHORTEST_ADDRESS and _HAS_HOUSE.search(written) and _names_place(written):
            found.append(Mention("address", start, end, written))
    for match in _ENGLISH_ADDRESS.finditer(text):
        start, end = match.span()
        if not any(mention.overlaps(start, end) for mention in found):
            found.append(Mention("address", start, end, text[start:end].rstrip(" ,.")))
    return [Mention(m.entity, m.start, m.start + len(m.value), m.value) for m in found]


def _name_matches(text: str) -> Iterator[tuple[re.Match[str], int]]:
    for pattern in (
        _TITLED,
        _INTRODUCED,
        _SELF,
        _SURNAME_THEN_NAME,
        _SURNAME_ONLY,
        _LABEL_ONLY,
        _ENGLISH_CUED,
        _ENGLISH_SELF,
        _ENGLISH_HERE,
        _ENGLISH_LOOSE,
    ):
        for match in pattern.finditer(text):
            if match.group(1).split()[0].lower() not in _NOT_A_NAME:
                yield match, 1


_WORDS_AFTER_NAME = re.compile(
    r"^(?:今天|明天|现在|已经|最近|刚刚|查询|开通|联系|身份|地址|住址|麻烦|如果|因为|一直|本人|改成)"
)


def _name_end(text: str, start: int, end: int) -> int:
    """A given name of one character may be followed by a word that the pattern took for its second character."""
    if _WORDS_AFTER_NAME.match(text[end - 1 :]) and end - start > 2:
        return end - 1
    return end


def _names_place(written: str) -> bool:
    return re.search(rf"{_PLACE}{{2}}", written) is not None
