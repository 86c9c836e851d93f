"""Which English pattern is read by which builder of `time_lexicon_en`; where several match, the longest wins."""

from __future__ import annotations

import re

from bot.assistant.nlu import time_lexicon_en as words
from bot.assistant.nlu.time_lexicon_en import (
    AFTER_SHORT,
    AMPM,
    COUNT,
    DAY_NUMBER,
    FULL,
    HOLIDAYS,
    HOUR,
    HOUR_WORD,
    MONTH,
    NOT_COUNTED,
    ORDINAL_WORD,
    SHORT,
    UNIT,
    B,
    E,
    _bound,
    _Build,
    _day,
    _fixed_part,
)
from bot.assistant.nlu.time_lexicon_zh import Rule
from bot.assistant.nlu.time_model import Kind, Relation

ORDINAL = rf"(?:{DAY_NUMBER}(?:st|nd|rd|th)|{ORDINAL_WORD})"
WEEKDAY_LEAD = (
    r"(?:(?P<lead>next|this coming|this|the coming|coming|last|past|a week (?:on|from|next)|(?:two|2) weeks (?:on|from)|"
    r"the week after next)\s+)"
)
PERIOD = r"(?P<part>early|beginning of|start of|mid|middle of|late|later|end of|the end of|by the end of)"
_HOLIDAY_NAMES = "|".join(f"(?P<h{index}>{pattern})" for index, (pattern, _) in enumerate(HOLIDAYS))
_AT = rf"{B}(?:at|by|before|after|until|till|til|past|@|later than|earlier than)\s*"
_NEAR = rf"{B}(?:around|about|from|between|for|and|to|say|circa)\s*"
_RULES: tuple[tuple[str, _Build], ...] = (
    # What looks like a time and is none.
    (
        rf"{B}(?:good (?:morning|afternoon|evening|night|day)|24\s?/\s?7|morning (?:all|team|guys|there|folks)|"
        rf"(?:every|each)(?: single)? (?:other )?(?:{FULL}|{SHORT}|day|night|morning|evening|afternoon|week|month|weekend)s?|"
        r"(?:this|next|last) (?:month|week)'?s? (?:bill|invoice|statement|usage|data|charges?|payment)|day one|"
        rf"{MONTH}(?:'s)? (?:bill|invoice|statement|usage|charges?|payment)|sun (?:shines?|sets?|rises?)|the other (?:day|night)|"
        r"one day|some day|these days|all the time|the first time|have a (?:nice|good|great) (?:day|evening|weekend|one)|"
        rf"[0-9]+(?:st|nd|rd|th)? (?:floor|line|time|attempt|router|box|room|avenue|street)|to date){E}|^(?:morning|evening)(?=[!,])",
        words._block,
    ),
    (
        rf"{B}(?:yesterday(?: (?:morning|afternoon|evening|night))?|last (?:night|evening|week|month|year|weekend)|"
        rf"(?:the )?day before yesterday|{COUNT} {UNIT} (?:ago|earlier|before)|a while ago|just now|earlier(?: today)?|"
        r"(?:for|over|in|during) (?:the )?(?:last|past) (?:few |couple of )?(?:[a-z0-9]+ )?"
        rf"(?:minutes?|hours?|days?|weeks?|months?|years?)|recently){E}",
        words._past,
    ),
    # Days.
    (rf"{B}(?:today|2day|2-day|tday)(?!'s (?:date|bill))", _day(0)),
    (rf"{B}(?:day after tomorrow|day after tmrw?|the day after tomorrow|overmorrow){E}", _day(2)),
    (
        rf"{B}(?:tomorrow|tommorr?ow|tomorow|tommorow|tomorro|tommorrow|tomoz|tmrw|tmr|tmw|tomo|2moro?w?|2mrw|tmoro?w?|morrow)"
        rf"(?!s)(?:'s)?{E}",
        _day(1),
    ),
    (rf"{B}{WEEKDAY_LEAD}?(?P<day>{FULL})s?(?:'s)?(?P<week> week{E}(?! (?:on|from)))?{E}", words._weekday),
    (rf"{B}{WEEKDAY_LEAD}(?P<day>{SHORT})\.?{E}", words._weekday),
    (
        rf"(?<!the )(?<!a )(?<!i )(?<!he )(?<!she )(?<!we )(?<!they )(?<!in )(?<![a-z0-9])(?P<day>{SHORT})\.?(?P<week> week{E})?{AFTER_SHORT}",
        words._weekday,
    ),
    (rf"{B}a week today{E}", _day(7)),
    (rf"{B}a week tomorrow{E}", _day(8)),
    (rf"{B}(?:a )?fortnight today{E}", _day(14)),
    (
        rf"{B}(?:(?:{PERIOD}[ -])?(?:in )?(?P<lead>this|next|last|past|the coming|coming|the)\s+)?(?P<what>weekend){E}",
        words._week,
    ),
    (
        rf"{B}(?:the )?(?:{PERIOD}[ -](?:in )?)?(?P<lead>this|next|last|past|the coming|coming)\s+(?P<what>week|wk|month){E}",
        lambda match, ref: words._week(match, ref) if match["what"] != "wk" else [],
    ),
    (rf"{B}(?P<after>the (?P<what>week|weekend|month) after next){E}", words._week),
    (rf"{B}(?:{PERIOD}[ -])(?P<lead>the )(?P<what>week){E}", words._week),
    (rf"{B}mid-?week{E}()(?P<what>)", lambda match, ref: words.one(Kind.DAY, match, words.days.week(ref, 0, 1, 3))),
    (rf"{B}(?:(?P<next>(?:the )?(?:next|first) (?:working|business) day)|(?:any )?week ?days?){E}", words._working),
    (
        rf"{B}(?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER})(?: day)?(?: of)?\s?(?P<month>{MONTH})(?:,? (?P<year>20[0-9][0-9]))?{E}",
        words._date,
    ),
    (rf"{B}(?P<month>{MONTH})\s?(?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER}){E}(?!:)(?:,? (?P<year>20[0-9][0-9]){E})?", words._date),
    (
        rf"{B}(?:in|by|until|till|before|after|during|next|this|(?=(?:early|late|mid|(?:the )?(?:end|start|beginning|middle) of)))\s*"
        rf"(?P<whole>(?:the )?(?:{PERIOD}[ -])?(?P<month>{MONTH})(?: (?P<year>20[0-9][0-9]))?){E}(?! [0-9])",
        words._named_month,
    ),
    (rf"{B}the (?P<day>{DAY_NUMBER}(?:st|nd|rd|th)){NOT_COUNTED}", words._day_of_month),
    (rf"{B}(?P<day>{DAY_NUMBER}(?:st|nd|rd|th)){NOT_COUNTED}", words._day_of_month),
    (rf"(?<=on )the (?P<day>{ORDINAL_WORD}){E}(?=$|[,.?!]|\s+(?:of|at|in|please|after|before|between)\b)", words._day_of_month),
    (rf"{B}the (?P<day>{ORDINAL_WORD})(?= of (?:this|next|the) month)", words._day_of_month),
    (rf"{B}(?:the )?(?:end of (?:the )?month|month'?s? end|eom){E}", words._month_end),
    (rf"{B}(?:the )?(?:end of (?:the|this) year|year'?s? end){E}", words._year_end),
    (r"(?<![0-9a-z.\-/])(?P<all>(?P<year>20[0-9]{2})[-/.](?P<a>[01]?[0-9])[-/.](?P<b>[0-3]?[0-9]))(?![0-9a-z/\-])(?!\.[0-9])",
     words._numeric),
    (r"(?<![0-9a-z.\-/])(?P<all>(?P<a>[0-3]?[0-9])[/.\-](?P<b>[01]?[0-9])[/.\-](?P<year>20[0-9]{2}))(?![0-9a-z/\-])", words._dmy),
    (
        r"(?:(?:^|(?<=[^0-9a-z/.]))(?:on |by |before |after |for |until |till |from |to |the |到|至|在|约)\s*|^)"
        r"(?P<all>(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9]))(?![0-9/a-z%.])(?!\s*(?:mb|gb|of|mbps))",
        words._numeric,
    ),
    (
        rf"{B}(?P<first>(?:the )?first (?:(?:working |business )?day) (?:back )?after (?:the )?)?(?:{_HOLIDAY_NAMES})"
        rf"(?: (?:holidays?|break))?{E}",
        words._holiday,
    ),
    (
        rf"{B}(?P<lead>within(?: the next)?|in(?:side)? the next|over the next|the next|in (?:under|less than)|in(?: about| around)?|"
        rf"no more than)\s+(?:(?P<n>{COUNT})|(?P<few>few)|(?P<two>couple of))(?P<half> and a half)?\s?(?P<unit>{UNIT})"
        rf"(?:'?s?'? time)?{E}",
        words._offset,
    ),
    (rf"{B}(?P<n>{COUNT})(?P<half> and a half)?\s?(?P<unit>{UNIT}) (?:from (?:now|today)|later|hence){E}", words._offset),
    # Parts of the day.
    (rf"{B}(?P<lead>this) (?:(?P<late>early|late) )?(?P<partall>(?P<part>morning|afternoon|evening|arvo|avo|night)){E}",
     words._this_part),
    (rf"{B}(?:tonight|tonite|2nite|2night){E}", words._tonight),
    (rf"{B}(?:first thing(?: in the morning)?|bright and early|crack of dawn|early doors|at dawn){E}", words._early_start),
    (
        rf"{B}(?:(?P<lead>early|late|mid)[ -])?(?:in the )?(?P<word>mornings?|morn|afternoons?|arvo|avo|evenings?|evng|nights?|nite){E}",
        lambda match, ref: words._part(match, ref) if match["word"] != "evng" else words.one(Kind.PART, match, words.PARTS["evening"]),
    ),
    (rf"{B}(?:noon|midday|mid-day|lunch ?time|lunch|noontime)(?! (?:box|break is)){E}", _fixed_part("noon")),
    (rf"{B}after (?:lunch|lunchtime){E}", _fixed_part("after_lunch")),
    (rf"{B}before lunch{E}", _fixed_part("before_lunch")),
    (rf"{B}(?:after (?:work|dinner|hours)|when i(?:'m| am| get) (?:back|home) from work){E}", _fixed_part("after_work")),
    (rf"{B}before work{E}", _fixed_part("before_work")),
    (rf"{B}(?:end of (?:the |play|business )?(?:day|play)|eod|cob|close of (?:business|play)){E}", _fixed_part("close")),
    (rf"{B}(?:(?:during the )?day ?time|during the day|during business hours){E}", _fixed_part("daytime")),
    (rf"{B}midnight{E}", words._midnight),
    (rf"{B}(?:this|the same|same) time{E}", words._same_time),
    (rf"{B}later (?:on )?today{E}", words._later_today),
    # Clock times.
    (rf"(?<![0-9a-z.:£$€¥/\-])(?P<all>(?P<hour>{HOUR})(?:[:.h]?(?P<minute>[0-5][0-9]))?(?P<half>{AMPM}))", words._clock),
    (rf"(?<![0-9a-z.:£$€¥/\-])(?P<all>(?P<hour>{HOUR})\s?o'? ?clock(?P<half>{AMPM})?)", words._clock),
    (rf"(?<![0-9a-f.:/])(?P<all>(?P<hour>2[0-4]|1[0-9]|0?[0-9]):(?P<minute>[0-5][0-9]))(?![0-9:a-f])(?!\s?(?:{AMPM}))(?:\s?hrs?{E})?",
     words._clock),
    (rf"(?<=at )(?P<all>(?P<hour>2[0-3]|1[0-9]|0[0-9])(?P<minute>[0-5]0|[1345]5)(?: ?h(?:ou)?rs)?){NOT_COUNTED}", words._clock),
    (rf"{B}(?P<m>half)(?: past)? (?P<hour>{HOUR})(?P<half>{AMPM})?{E}(?! (?:hours?|days?|weeks?|price|gb|mb|a ))", words._spoken),
    (
        rf"{B}(?P<m>(?:a )?quarter|five|ten|twenty(?:[- ]five)?|[1-5]?[05](?: min(?:ute)?s)?) (?:(?P<to>to|til|before)|past|after) "
        rf"(?P<hour>{HOUR}){E}(?P<half>{AMPM})?(?!:)(?![ -](?:hours?|days?|weeks?))",
        words._spoken,
    ),
    (rf"{B}(?P<hour>{HOUR_WORD})[ -](?P<minute>thirty|fifteen|forty-five|twenty|ten|forty)(?P<half>{AMPM})?{E}", words._worded),
    (
        rf"(?<![0-9a-z.:£$€¥/+\-])(?P<a>{HOUR})(?P<aall>(?P<am>(?:[:.][0-5][0-9])?)(?P<ah>{AMPM})?)\s?(?:-|–|~|to|till|until|and|thru|至|到)\s?"
        rf"(?P<b>{HOUR})(?P<ball>(?P<bm>(?:[:.][0-5][0-9])?)(?:(?P<bh>{AMPM})|(?P<clock>\s?o'?clock)|{NOT_COUNTED}))",
        lambda match, ref: words._bare_range(match, ref),
    ),
    (rf"{_AT}(?P<all>(?P<hour>{HOUR})(?:[:.](?P<minute>[0-5][0-9]))?(?:ish)?){NOT_COUNTED}(?! or [0-9])", words._clock),
    (rf"(?:{_NEAR}|(?<=[a-z] ))(?P<all>(?P<hour>{HOUR})(?:[:.](?P<minute>[0-5][0-9]))?(?:ish)?(?P<bare>)){NOT_COUNTED}", words._clock),
    # Counted from now, or not at all.
    (
        rf"{B}(?:any ?time (?:is|works|suits|will|you|that suits|would|really)[^,.?!]*|whenever(?: you| suits| works| is)[^,.?!]*|"
        r"i'?m (?:free|home|around|in) (?:any ?time|all day every day|whenever))|^(?:any ?time|whenever|asap|any|as soon as possible|"
        r"now|right now|right away|straight away|the sooner the better|soonest)(?= ?(?:please|pls)?[.!]?$)",
        words._anytime,
    ),
    # Bounds.
    (rf"{B}(?:not before|no earlier than|not (?:any )?earlier than|no sooner than|not until|not till|(?:starting )?from|starting|as of|"
     rf"(?:can't|cannot|won't) (?:be|do|make it|be (?:home|in|back))?\s?(?:it )?(?:before|until|till)){E}", _bound(Kind.PREFIX, Relation.SINCE)),
    (rf"{B}(?:after|later than|past|(?:the )?day after|following){E}", _bound(Kind.PREFIX, Relation.AFTER)),
    (rf"{B}(?:before|earlier than|prior to|ahead of|b4){E}", _bound(Kind.PREFIX, Relation.BEFORE)),
    (rf"{B}(?:by|no later than|not later than|not after|until|till|til|up to|at the latest by){E}", _bound(Kind.PREFIX, Relation.BY)),
    (rf"{B}between{E}", _bound(Kind.PREFIX, Relation.BETWEEN)),
    (
        rf"{B}(?:except(?:ing)?(?: for)?(?: on)?|but not(?: on| in the)?|other than|apart from|aside from|excluding|bar|besides|"
        r"any(?: ?thing| ?time|one)? but|(?:any|every) ?(?:day|time|morning|afternoon|evening)(?: of the week)? but|"
        r"(?<!why )(?<!or )not(?: on| in the)?|avoid|don't want|(?:can't|cannot|can not|won't) (?:do|make|manage|be (?:home|in) on)"
        rf"(?: it)?(?: on)?){E}(?! (?:sure|working))",
        _bound(Kind.PREFIX, Relation.EXCEPT),
    ),
    (rf"{B}(?:on ?wards?|or later|and later|at the earliest|earliest|or after){E}", _bound(Kind.SUFFIX, Relation.SINCE)),
    (rf"{B}(?:at the latest|latest|or earlier|or before|and no later){E}", _bound(Kind.SUFFIX, Relation.BY)),
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple((re.compile(pattern), build) for pattern, build in _RULES)
