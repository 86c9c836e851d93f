"""Phrases in which the words of an entity name something else: traffic lights, a turkey sandwich, a mobile home. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assistant.nlu.mentions import Mention

_PHRASES = {
    entity: re.compile(phrases, re.IGNORECASE)
    for entity, phrases in (
        (
            "country",
            r"德国(?:牧羊犬|黑背|小蠊)|法国斗牛|brazil nuts?|german shepherd|韩国(?:烤肉|料理|泡菜|炸鸡|餐|电视剧|剧)|日本(?:料理|豆腐|菜|动漫)|泰国(?:香米|菜|榴莲)|印度(?:飞饼|菜)|越南(?:粉|春卷|菜)|法国(?:菜|面包|梧桐)|意大利(?:面|菜)|瑞士卷|"
            r"\bturkey (?:sandwich|dinner|leg|breast|roast|wrap|club)|\broast turkey|\bfrench (?:fries|toast|press|bulldog|windows?|horn)|\bswiss (?:roll|army|cheese)|"
            r"\b(?:chinese|thai|indian|italian|french|mexican|korean|japanese|turkish) (?:food|takeaway|take-?out|restaurant|curry|place|barbecue|bbq)",
        ),
        (
            "device_light",
            r"(?:等|闯|过|遇到?|一路)红灯|红绿灯|红灯的?(?:路口|右转|左转)|\btraffic lights?|\b(?:at|ran|run|jumped|through) (?:a|the) red lights?",
        ),
        (
            "product",
            r"坐机场|(?<!t-)\bmobile homes?\b(?! (?:internet|broadband|wi-?fi))|\bmobile (?:library|clinic|crane|kitchen)",
        ),
        (
            "symptom",
            r"(?:客服|回复|回消息|排队|工单|处理|师傅|人工)[^,.!?，。！？网]{0,6}(?:太|这么|好|真|很|超|特别)?慢|"
            r"\b(?:queue|service desk|agents?|support|staff|replies|reply|you (?:lot|guys|people)) (?:is|are|so) (?:so |very |really |too )?slow|"
            r"\bfrozen (?:pizza|food|peas|chicken|yog\w+|account|shoulder)|\bslow to (?:sign|reply|respond|answer|pay)|\b(?:repl\w+|response|answers?|chat) (?:are|is) (?:\w+ )?so+ slow|\bput (?:\w+ ){0,4}down\b|"
            r"(?:装修|楼上|邻居|隔壁|外面|工地|马路)[^,.!?，。！？]{0,6}(?:噪[音声]|吵)[^,.!?，。！？]{0,4}|"
            r"\b(?:neighbou?rs?'?|party|street|road|building|traffic|construction) noise",
        ),
        ("amount", r"[一两三四五六七八九十几\d]+块(?:硬盘|电池|表|手表|屏|屏幕|板|砖|地|显示器|内存|路由|充电宝)"),
        ("area", r"老石桥|石桥(?:上|下|头)|西岭雪山|高新技术(?:企业|产业|公司)"),
    )
}


def meant(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Return what of `found` is meant as what it stands for."""
    spans = {entity: [match.span() for match in phrase.finditer(text)] for entity, phrase in _PHRASES.items()}
    return [
        mention
        for mention in found
        if not any(mention.overlaps(start, end) for start, end in spans.get(mention.entity, ()))
    ]
