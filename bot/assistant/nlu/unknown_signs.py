"""Signs that the sentence encoder has no piece for, in words that it knows.

To the encoder all of them are one and the same unknown piece, so that a raised thumb was an angry face to it, and half of
what a Cantonese sentence is built from was gone. Only what is encoded is rewritten; n-grams see what was typed.
"""

_REGIONAL = {
    "哋": "们", "嚟": "来", "喺": "在", "㗎": "的", "畀": "给", "揾": "找", "攞": "拿", "嘢": "东西", "啱": "对", "掂": "好",
    "谂": "想", "惗": "想", "拣": "选", "瞓": "睡", "攰": "累", "嬲": "生气", "靓": "好看", "叻": "厉害", "啰": "了", "囖": "了",
    "嘞": "了", "喽": "了", "喎": "哦", "㖞": "哦", "啩": "吧", "吖": "啊", "噃": "哦", "噉": "这样", "嗰": "那", "哂": "完",
    "嗮": "完", "揿": "按", "撳": "按", "斟": "谈", "偈": "聊天", "嗌": "叫", "嘈": "吵", "佬": "人", "煲": "煮", "孖": "双",
    "唞": "休息", "嘥": "浪费", "嚿": "块", "乸": "妈", "瞅": "看", "唠": "聊", "搁": "放", "侬": "你", "恁": "你", "啷": "怎么",
    "崽": "孩子", "旮": "角", "旯": "落", "掰": "拜", "甭": "不用", "拎": "拿", "仨": "三个", "攒": "存", "栋": "楼", "姥": "奶",
    "捡": "拾", "掏": "拿", "蠢": "笨", "缆": "线", "诈": "骗", "拦": "挡", "诶": "啊", "咦": "啊", "哒": "的", "嗡": "响",
    "彳": "行", "亍": "", "幺": "一", "瘫": "坏", "霾": "雾",
}  # fmt: skip
_PICTURES = {
    "👍👌🙆👏💪🤝🙌✌": "good",
    "👎❌🙅": "no",
    "😡🤬😤😠🖕💩🤮😒": "angry",
    "😭😢💔😞🥺": "sad",
    "😀😄😁😆🤣😂😊🙂🥰😘": "haha",
    "🙏": "thank you",
    "💰": "money",
    "📶": "signal",
    "📱": "phone",
    "📺": "tv",
    "☎": "telephone",
    "🆘🚨": "help",
    "🤔❓": "?",
    "🏻🏼🏽🏾🏿\ufe0f\u200d": "",
}

IN_KNOWN_WORDS = str.maketrans(
    _REGIONAL | {sign: f" {word} " if word else "" for signs, word in _PICTURES.items() for sign in signs}
)
"""For `str.translate`."""
