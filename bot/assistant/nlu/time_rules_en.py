"""Which English pattern is read by which builder of `time_lexicon_en`; where several match, the longest wins."""

# A pattern stays on its line, so that it can be read as one.
from __future__ import annotations

import re

from bot.assistant.nlu import time_hours_en as hours
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
    LATE_ORDINAL,
    MONTH,
    NOT_COUNTED,
    ORDINAL_WORD,
    SHORT,
    UNIT,
    B,
    E,
)
from bot.assistant.nlu.time_lexicon_zh import Build, Rule
from bot.assistant.nlu.time_model import Atom, Kind, Relation

ORDINAL = rf"(?:{DAY_NUMBER}(?:st|nd|rd|th)|{ORDINAL_WORD})"
WEEKDAY_LEAD = (
    r"(?:(?P<lead>(?:the )?following|next|this coming|this|the coming|coming|last|past|a week (?:on|from|next)|(?<!this )(?<!next )(?<!every )(?<!last )(?<!the )(?<!a )(?<!each )(?<!in )week on|(?:two|2|three|3) weeks (?:on|from)|(?:a )?fortnight (?:on|from)|"
    r"the week after next)\s+)"
)
PERIOD = r"(?P<part>early|beginning of|start of|mid|middle of|late|later|end of|the end of)"
_HOLIDAY_NAMES = "|".join(f"(?P<h{index}>{pattern})" for index, (pattern, _) in enumerate(HOLIDAYS))
_AT = rf"{B}(?:at|make it|by|before|b4|after|until|till|til|past|@|later than|earlier than)\s*"
_NEAR = rf"{B}(?:around|about|from|between|for|and|to|say|circa)\s*"
_RULES: tuple[tuple[str, Build], ...] = (
    # What looks like a time and is none.
    (
        rf"{B}(?:good (?:morning|afternoon|evening|night|day)|24\s?/\s?7|morning (?:all|team|guys|there|folks)|"
        rf"(?:every|each)(?: single)? (?:other )?(?:{FULL}|{SHORT}|day|night|morning|evening|afternoon|week|month|weekend)s?|"
        r"(?:this|next|last) (?:month|week)'?s? (?:bill|invoice|statement|usage|data|charges?|payment)|day one|"
        rf"{MONTH}(?:'s)? (?:bill|invoice|statement|usage|charges?|payment)|sun (?:shines?|sets?|rises?)|the other (?:day|night)|"
        rf"(?:the )?(?:{ORDINAL}|last day|first day)(?: day)? of (?:every|each|the|any) month(?= (?:every|each))|(?:the )?(?:{ORDINAL}|last|first|last day|first day)(?: day)? (?:of )?(?:every|each) month|(?:every|each) month on the {ORDINAL}|"
        r"one day|some day|these days|times? (?:this|in a|in one) (?:week|month|year)|times? today|[0-9]+ (?:working|business) days?|happy (?:new year|easter|christmas)|merry christmas|all the time|the first time|have a (?:nice|good|great) (?:day|evening|weekend|one)|"
        rf"[0-9]+(?:st|nd|rd|th)? (?:floor|line|time|attempt|router|box|room|avenue|street)|to date){E}|^(?:morning|evening)(?=[!,])",
        words.block,
    ),
    (
        rf"{B}(?:yesterday(?: (?:morning|afternoon|evening|night))?|last (?:night|evening|week|month|year|weekend)|"
        rf"(?:the )?day before yesterday|{COUNT} {UNIT} (?:ago|earlier|before)|a while ago|just now|earlier(?: today)?|"
        r"(?:for|over|in|during) (?:the )?(?:last|past) (?:few |couple of )?(?:[a-z0-9]+ )?"
        rf"(?:minutes?|hours?|days?|weeks?|months?|years?)|recently){E}",
        words.past,
    ),
    # Days.
    (rf"{B}(?:today|2day|2-day|tday)(?!'s (?:date|bill))", words.day(0)),
    (rf"{B}(?:day after tomorrow|day after tmrw?|the day after tomorrow|overmorrow){E}", words.day(2)),
    (
        rf"{B}(?:tomorrow|tommorr?ow|tomorow|tommorow|tomorro|tommorrow|tomm?orr?o?w?|tomrrow|tomarrow|tomorror|2morrow|tmrrw|tmro|tomoro|tomozz?|tomoz|tmrw|tmr|tmw|tomo|2moro?w?|2mrw|tmoro?w?|morrow)"
        rf"(?!s)(?:'s)?{E}",
        words.day(1),
    ),
    (rf"{B}{WEEKDAY_LEAD}?(?P<day>{FULL})s?(?:'s)?(?P<coming> coming{E})?(?P<week> week{E}(?! (?:on|from)))?(?P<next2> after next)?{E}", words.weekday),
    (rf"{B}{WEEKDAY_LEAD}(?P<day>{SHORT})\.?{E}", words.weekday),
    (
        rf"(?<!the )(?<!a )(?<!i )(?<!he )(?<!she )(?<!we )(?<!they )(?<!in )(?<![a-z0-9])(?P<day>{SHORT})\.?(?P<week> week{E})?{AFTER_SHORT}",
        words.weekday,
    ),
    (
        rf"{B}(?:the )?(?P<nth>first|second|third|fourth|last) (?P<day>{FULL}|day) (?:of|in) (?:(?P<rel>the month|this month|next month)|"
        rf"(?P<month>{MONTH})){E}",
        words.nth,
    ),
    (rf"{B}(?:a week today|today week|this day next week){E}", words.day(7)),
    (rf"{B}(?:a week (?:from )?tomorrow|tomorrow week){E}", words.day(8)),
    (rf"{B}(?:2|two) weeks (?:today|from today|time|'?time|' time){E}", words.day(14)),
    (rf"{B}(?:2|two) weeks (?:from )?tomorrow{E}", words.day(15)),
    (rf"{B}(?:the )?(?P<nth>first|last) (?:day )?of (?P<rel>next month|the month|this month){E}(?P<day>)", words.nth),
    (rf"{B}(?:a )?fortnight today{E}", words.day(14)),
    (
        rf"{B}(?:(?:{PERIOD}[ -])?(?:in )?(?P<lead>this|next|last|past|the coming|coming|the)\s+)?(?P<what>weekend)s?{E}",
        words.week,
    ),
    (
        rf"{B}(?:the )?(?:{PERIOD}[ -](?:in )?)?(?P<lead>this|next|last|past|the coming|coming)\s+(?P<what>week|wk|month){E}",
        lambda match, ref: words.week(match, ref) if match["what"] != "wk" else [],
    ),
    (rf"{B}(?P<after>(?:the )?(?P<what>week|weekend|month) after next){E}", words.week),
    (rf"{B}(?:{PERIOD}[ -])(?P<lead>the )(?P<what>week){E}", words.week),
    (rf"{B}mid-?week{E}", words.midweek),
    (rf"{B}in the new year{E}", words.new_year_on),
    (rf"{B}(?:(?P<next>(?:the )?(?:next|first) (?:working|business) day)|(?:any )?week ?days?|(?<!rest )during the week){E}", words.working),
    (
        rf"{B}(?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER})(?: day)?(?: of)?\s?(?P<month>{MONTH})(?:,? (?P<year>20[0-9][0-9]))?{E}",
        words.date,
    ),
    (rf"{B}(?P<month>{MONTH})\s?(?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER}(?=,? 20[0-9][0-9]|{NOT_COUNTED}| [0-9]{{1,2}}(?:[:.][0-9]{{2}})?\s?(?:am|pm|-|to )| (?:noon|half|quarter))){E}(?!:)(?:,? (?P<year>20[0-9][0-9]){E})?", words.date),
    (
        rf"{B}(?:in|by|until|till|before|after|during|next|this|(?=(?:early|late|mid|(?:the )?(?:end|start|beginning|middle) of)))\s*"
        rf"(?P<whole>(?:the )?(?:{PERIOD}[ -])?(?P<month>{MONTH})(?: (?P<year>20[0-9][0-9]))?){E}(?! [0-9])",
        words.named_month,
    ),
    (rf"{B}(?:the )?weekend (?:of|around|nearest) (?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER}(?= {MONTH}))(?: (?:of )?(?P<month>{MONTH}))?{E}", words.weekend_of),
    (rf"{B}(?P<aall>(?P<month>{MONTH})\s?(?:the )?(?P<a>{DAY_NUMBER})(?:st|nd|rd|th)?)\s?(?:or|and|to|till|until|-|–|/|&)\s?(?:the )?(?P<ball>(?P<b>{DAY_NUMBER})(?:st|nd|rd|th)?)(?:{E}(?=[a-z ]*$|{NOT_COUNTED})|{NOT_COUNTED})", words.two_dates),
    (rf"{B}(?P<aall>(?P<a>{DAY_NUMBER})(?:st|nd|rd|th)?)\s?(?:or|and|to|till|until|-|–|/|&)\s?(?:the )?(?P<ball>(?P<b>{DAY_NUMBER})(?:st|nd|rd|th)?(?: of)?\s?(?P<month>{MONTH})){E}", words.two_dates),
    (rf"{B}(?:the )?week (?:of|commencing|starting|beginning) (?:the )?(?P<day>{ORDINAL}|{DAY_NUMBER}(?= {MONTH}))(?: (?:of )?(?P<month>{MONTH}))?{E}", words.week_of),
    (rf"{B}(?:the )?first week (?:of|in) (?P<month>{MONTH}){E}", words.week_of),
    (rf"{B}the (?P<day>{DAY_NUMBER}(?:st|nd|rd|th))(?:{NOT_COUNTED}|(?= [0-9]))", words.day_of_month),
    (rf"{B}(?P<day>{DAY_NUMBER}(?:st|nd|rd|th))(?:{NOT_COUNTED}|(?= [0-9]))", words.day_of_month),
    (rf"(?<=on )the (?P<day>{ORDINAL_WORD}){E}(?=$|[,.?!]|\s+(?:of|at|in|please|after|before|between)\b)", words.day_of_month),
    (rf"{B}the (?P<day>{ORDINAL_WORD})(?= of (?:this|next|the) month)", words.day_of_month),
    (rf"{B}the (?P<day>{LATE_ORDINAL}){E}(?! (?:time|floor|line|call|attempt|message|century|avenue|street|person|birthday|one))", words.day_of_month),
    (rf"{B}the (?P<day>{ORDINAL_WORD})(?= (?:in the )?(?:morning|afternoon|evening){E}| at [0-9])", words.day_of_month),
    (rf"{B}(?:the )?(?:end of (?:the )?month|month'?s? end|eom){E}", words.month_end),
    (rf"{B}(?:the )?(?:end of (?:the|this) year|year'?s? end){E}", words.year_end),
    (r"(?<![0-9a-z.\-/])(?P<all>(?P<year>20[0-9]{2})[-/.](?P<a>[01]?[0-9])[-/.](?P<b>[0-3]?[0-9]))(?![0-9a-z/\-])(?!\.[0-9])",
     words.numeric),
    (r"(?<![0-9a-z.\-/])(?P<all>(?P<a>[0-3]?[0-9])[/.\-](?P<b>[01]?[0-9])[/.\-](?P<year>20[0-9]{2}))(?![0-9a-z/\-])", words.dmy),
    (
        r"(?:(?:^|(?<=[^0-9a-z/.]))(?:on |by |before |after |for |until |till |from |to |the |how about |what about |到|至|在|约)\s*|^)"
        r"(?P<all>(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9]))(?![0-9/a-z%.])(?!\s*(?:mb|gb|of|mbps))",
        words.numeric,
    ),
    (r"(?<![0-9a-z.:\-])(?P<all>(?=0[1-9]-|1[0-2]-0|1[0-2]-[0-9]{2} [0-9]{1,2}:)(?P<a>1[0-2]|0[1-9])-(?P<b>3[01]|[12][0-9]|0[1-9]))(?![0-9a-z.:\-]|\s?(?:am|pm|点|人|个|岁|元|块|天))", words.numeric),
    (
        rf"{B}(?=first|the |new|nye|chr|xmas|box|good|east|val|hall|lun|spr|cny|chin|nat|gold|mid|drag|lant|qing|tomb|doub|wint|than|lab|may)(?P<first>(?:the )?first (?:(?:working |business )?day) (?:back )?after (?:the )?)?(?:{_HOLIDAY_NAMES})"
        rf"(?P<period> (?:holidays?|break|week|period))?{E}",
        words.holiday,
    ),
    (
        rf"{B}(?:the )?first (?:(?P<day>{FULL})|weekend) after (?:the )?(?:{_HOLIDAY_NAMES})(?: holidays?| break)?{E}",
        words.weekday_after_holiday,
    ),
    (
        rf"{B}(?P<lead>within(?: the next)?|in(?:side)? the next|over the next|the next|next(?= few| couple)|in (?:under|less than)|in(?: about| around)?|"
        rf"no more than)\s+(?:(?P<n>{COUNT})|(?P<few>few|couple of))(?P<half> and a half)?\s?(?P<unit>{UNIT})"
        rf"(?P<more> and a half)?(?:'?s?'? time)?(?: or (?P<most>two|three|so)(?<!so))?{E}",
        words.offset,
    ),
    (rf"{B}(?P<n>{COUNT})(?P<half> and a half)?\s?(?P<unit>{UNIT})(?P<more> and a half)?(?: (?:from (?:now|today)|later|hence)|'?s?'? time){E}", words.offset),
    (rf"{B}(?:within the (?:next )?|(?:in|over|during) the next )(?P<lead>)(?P<unit>hour|day|week|month){E}", words.within_one),
    # Parts of the day.
    (rf"{B}late(?= (?:tomorrow|tmrw?|(?:next |this )?{FULL}) afternoon)", hours.fixed_part("late_afternoon")),
    (rf"{B}early(?= (?:tomorrow|tmrw?|tomoz|on |(?:next |this )?{FULL}))", hours.early_start),
    (r"(?=[ap]m(?![a-z]))(?:(?<=day )|(?<=row )|(?<=mrw )|(?<=mon )|(?<=tue )|(?<=ues )|(?<=wed )|(?<=eds )|(?<=thu )|(?<=urs )|(?<=fri )|(?<=sat )|"
     r"(?<=sun )|(?<=ber )|(?<=ary )|(?<=ril )|(?<=may )|(?<=une )|(?<=uly )|(?<=ust )|(?<=rch )|(?<=jan )|(?<=feb )|(?<=mar )|(?<=apr )|(?<=jun )|(?<=jul )|(?<=aug )|(?<=sep )|(?<=oct )|(?<=nov )|(?<=dec )|(?<=oro )|(?<=moz )|(?<=[0-9]th )|(?<=/[0-9] )|(?<=/[0-9][0-9] )|(?<=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff] ))(?P<lead>)(?P<word>am|pm)(?![a-z])", hours.half_day),
    (rf"{B}(?P<lead>this) (?:(?P<late>early|late) )?(?P<partall>(?P<part>morning|afternoon|evening|arvo|avo|night)){E}",
     hours.this_part),
    (rf"{B}(?:tonight|tonite|2nite|2night){E}", hours.tonight),
    (rf"{B}(?:first thing(?: in the morning)?|bright and early|crack of dawn|early doors|at dawn){E}", hours.early_start),
    (
        rf"{B}(?:(?P<lead>early|late|mid)[ -])?(?:in the )?(?P<word>mornings?|forenoon|morn|mornin|moring|afternoons?|aft|afternon|arvo|avo|evenings?|evng|nights?|nite){E}",
        lambda match, ref: hours.part(match, ref) if match["word"] != "evng" else [Atom(Kind.PART, match.start(), match.end(), hours.EN_PARTS["evening"])],
    ),
    (rf"{B}(?:morning or (?:the )?afternoon|afternoon or (?:the )?morning|am or pm)(?=,? (?:i don't mind|i do not mind|either|whichever|whatever|both|doesn't matter|not fussed|is fine|are fine))", words.anytime),
    (rf"{B}(?:noonish|noon|midday|mid-day|lunch ?time|lunch|noontime)(?! (?:box|break is)){E}", hours.lunch),
    (rf"{B}(?:tea ?time|round tea){E}", hours.fixed_part("dusk")),
    (rf"{B}after (?:lunch|lunchtime){E}", hours.fixed_part("after_lunch")),
    (rf"{B}before lunch{E}", hours.fixed_part("before_lunch")),
    (rf"{B}(?:after (?:work|dinner|hours)|when i(?:'m| am| get) (?:back|home) from work){E}", hours.fixed_part("after_work")),
    (rf"{B}before work{E}", hours.fixed_part("before_work")),
    (rf"{B}(?:end of (?:the |play|business )?(?:day|play)|eod|cob|close of (?:business|play)){E}", hours.fixed_part("close")),
    (rf"{B}(?:(?:during the )?day ?time|during the day|during business hours){E}", hours.fixed_part("daytime")),
    (rf"{B}midnight{E}", hours.midnight),
    (rf"{B}(?:(?:the )?same time tomorrow|(?:this|same) time next week|this time tomorrow){E}", words.same_time_later),
    (rf"{B}this time(?= tomorrow| on | next | a week){E}", hours.same_time),
    (rf"{B}later (?:on )?today{E}", words.later_today),
    # Clock times.
    (r"^(?P<m>25|20|10(?= to [1-9]$| to [1-9]\W)|5(?= to [1-5]$| to [1-5]\W)) (?P<to>to) (?P<hour>1[0-2]|[1-9])(?=[.?!]?$)", hours.spoken),
    (r"^(?:from |between )?(?P<a>1[0-2]|[1-9])(?P<aall>(?P<am>))(?: to | till | until )(?P<b>1[0-2]|[1-9])(?P<ball>(?P<bm>)(?P<clock>(?=[.?!]?$)))", hours.bare_range),
    (r"^(?P<all>(?P<hour>1[0-2]|0?[1-9])(?:\.(?P<minute>[0-5][05])(?:ish)?|ish))(?=[.?!]?$)", hours.clock),
    (rf"(?<![0-9a-z.:£$€¥/])(?P<all>(?P<hour>{HOUR})(?:[:.h]?(?P<minute>[0-5][0-9]))?(?P<half>{AMPM}))", hours.clock),
    (rf"(?<![0-9a-z.:£$€¥/\-])(?P<all>(?P<hour>{HOUR})\s?o'? ?clock(?P<half>{AMPM})?)", hours.clock),
    (rf"(?<![0-9a-f.:/])(?P<all>(?P<hour>2[0-4]|1[0-9]|0?[0-9]):(?P<minute>[0-5][0-9]))(?![0-9:a-f])(?!\s?(?:{AMPM}))(?:\s?hrs?{E})?",
     hours.clock),
    (r"(?<![0-9a-z.:£$€¥/+\-])(?P<aall>(?P<a>[01][0-9]|2[0-3])(?P<am>[0-5][05]))(?: ?h(?:ou)?rs)?\s?(?:-|–|~|to|till|until|and)\s?"
     r"(?P<ball>(?P<b>[01][0-9]|2[0-3])(?P<bm>[0-5][05])(?![0-9a-z.:]))(?: ?h(?:ou)?rs)?", hours.military_range),
    (rf"{B}(?P<all>(?P<hour>12|twelve) ?(?:noon|midday)){E}", hours.clock),
    (rf"{B}(?P<all>(?P<hour>2[0-3]|1[0-9]|0?[0-9])h(?P<minute>[0-5][0-9])){E}", hours.clock),
    (rf"{B}(?P<all>(?P<hour>2[0-3]|1[0-9]|0[0-9])(?P<minute>[0-5][0-9]) ?h(?:ou)?rs){E}", hours.clock),
    (rf"(?<=at )(?P<all>(?P<hour>2[0-3]|1[0-9]|0[0-9])(?P<minute>[0-5]0|[1345]5)(?: ?h(?:ou)?rs)?){NOT_COUNTED}", hours.clock),
    (rf"{B}(?P<m>half)(?: past)? (?P<hour>{HOUR})(?P<half>{AMPM})?(?:ish)?{E}(?! (?:hours?|days?|weeks?|price|gb|mb|a ))", hours.spoken),
    (
        rf"(?<!from )(?<!between ){B}(?P<m>(?:a )?quarter|five|ten|twenty(?:[- ]five)?|2[05]|[1-5]?[05](?= past)|[1-5]?[05] min(?:ute)?s) "
        rf"(?:(?P<to>to|til|before)|past|after) (?P<hour>1[0-2]|0?[1-9]|{HOUR_WORD})(?:(?P<half>{AMPM})|(?:ish)?{NOT_COUNTED})(?!:)",
        hours.spoken,
    ),
    (rf"{B}(?P<hour>{HOUR_WORD})[ -](?P<minute>thirty|fifteen|forty-five|twenty|ten|forty)(?P<half>{AMPM})?{E}", hours.worded),
    (
        rf"(?<![0-9a-z.:£$€¥/+\-])(?P<a>{HOUR})(?P<aall>(?P<am>(?:[:.][0-5][0-9])?)(?P<ah>{AMPM})?)\s?(?:-|–|~|to|til|'til|till|until|and|thru|through|至|到)\s?"
        rf"(?P<b>{HOUR})(?P<ball>(?P<bm>(?:[:.][0-5][0-9])?)(?:(?P<bh>{AMPM})|(?P<clock>\s?o'?clock|\s?(?:noon|midday){E}|点钟?(?![半一二三四五0-9]))|{NOT_COUNTED}))",
        lambda match, ref: hours.bare_range(match, ref),
    ),
    (rf"(?:^|(?<=how about )|(?<=what about ))(?P<all>(?P<hour>{HOUR})(?:[:.](?P<minute>[0-5][0-9]))?)(?=ish|(?<=about [0-9])\s*[?.!]?$|"
     r"(?<=about [0-9][0-9])\s*[?.!]?$)", hours.clock),
    (rf"{_AT}(?P<all>(?P<hour>{HOUR})(?:[:.](?P<minute>[0-5][0-9]))?(?:ish)?){NOT_COUNTED}(?! or [0-9])", hours.clock),
    (rf"(?:{_NEAR}|(?<=[a-z] )|(?<=[a-z], )|^)(?P<all>(?P<hour>{HOUR})(?:[:.](?P<minute>[0-5][0-9]))?(?:[ -]?ish|(?P<bare>))){NOT_COUNTED}", hours.clock),
    # Counted from now, or not at all.
    (
        rf"{B}(?:any ?time (?:is|works|suits|will|you|that suits|would|really)[^,.?!]*|whenever(?: you| suits| works| is)[^,.?!]*|"
        r"i'?m (?:free|home|around|in) (?:any ?time|all day every day|whenever))|(?<=come )(?:over |round |here |out )?(?:right )?now(?=[.?!]?$)|^(?:any ?time|whenever|asap|any|as soon as possible|"
        r"now|right now|right away|straight away|the sooner the better|soonest)(?= ?(?:please|pls)?[.!]?$)",
        words.anytime,
    ),
    # Bounds.
    (rf"{B}(?:not before|on or after|from and including|no earlier than|not (?:any )?earlier than|no sooner than|not until|not till|(?:starting )?from(?! [^,.;?!]{{1,25}}? (?:to|till|until) )|starting|as of|"
     rf"(?:can't|cannot|won't)(?: (?:be|do|make|come|get)(?: (?:it|home|in|back|there|free))?)? (?:before|until|till)|not (?:be )?(?:at )?(?:home|in|back|free|available|there|around) (?:before|until|till)|(?:at work|busy|working|out|away) (?:until|till|til)){E}", words.bound(Kind.PREFIX, Relation.SINCE)),
    (rf"{B}(?:after|later than|past){E}", words.bound(Kind.PREFIX, Relation.AFTER)),
    (rf"{B}(?:any ?time|any day|whenever) after that{E}", words.bound(Kind.SUFFIX, Relation.AFTER)),
    (rf"{B}(?:any ?time |any day |whenever )?from then(?: on(?:wards)?)?{E}", words.bound(Kind.SUFFIX, Relation.SINCE)),
    (rf"{B}(?:the )?day after{E}|{B}the (?:following|next) day{E}", words.bound(Kind.PREFIX, Relation.NEXT_DAY)),
    (rf"{B}(?:on )?(?:the )?day before{E}", words.bound(Kind.PREFIX, Relation.PREVIOUS_DAY)),
    (rf"{B}(?:before|earlier than|sooner than|prior to|ahead of|b4){E}", words.bound(Kind.PREFIX, Relation.BEFORE)),
    (rf"{B}(?:by|(?:at the )?latest(?= (?:by |on )?(?:{FULL}|tomorrow|[0-9]))|no later than|not later than|not after|until|till|til|up to|at the latest by){E}", words.bound(Kind.PREFIX, Relation.BY)),
    (rf"{B}(?:between|from(?= [^,.;?!]{{1,25}}? (?:to|till|until) )){E}", words.bound(Kind.PREFIX, Relation.BETWEEN)),
    (
        rf"{B}(?:except(?:ing)?(?: for)?(?: on)?|but not(?= (?:on|in|at|the|tom|mon|tue|wed|thu|fri|sat|sun|mor|aft|eve|this|next))(?: on)?|other than|apart from|aside from|instead of|(?:rather|better|easier) than|over(?= (?:{FULL}|{SHORT}))|excluding|bar|besides|"
        r"any(?: ?thing| ?time|one)? but|(?:any|every) ?(?:day|time|morning|afternoon|evening)(?: of the week)? but|"
        r"(?<!why )(?<!or )(?<!but )not(?: on)?|avoid|don't want|(?:can't|cannot|can not|won't) (?:do|make|manage|be (?:home|in) on)"
        rf"(?: it)?(?: on)?){E}(?! (?:sure|working))",
        words.bound(Kind.PREFIX, Relation.EXCEPT),
    ),
    (rf"{B}(?:on ?wards?|or later|and later|at the earliest|earliest|or after){E}", words.bound(Kind.SUFFIX, Relation.SINCE)),
    (rf"{B}(?:at the latest|latest|or earlier|or before|and no later){E}", words.bound(Kind.SUFFIX, Relation.BY)),
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple((re.compile(pattern), build) for pattern, build in _RULES)
