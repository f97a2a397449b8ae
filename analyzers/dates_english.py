"""How days are named in English, the most particular wording first."""

# ruff: noqa: E501 - one wording a line, however long

from __future__ import annotations

from analyzers import dates_meaning as means
from analyzers.dates_numeric import numeric_wordings
from analyzers.dates_wording import Wording, wording
from analyzers.dates_words import COUNT_EN, MONTH_EN, ORDINAL_EN, WEEKDAY_EN

_PART = r"(?:morning|afternoon|evening|night|first thing|at the latest)"
_OF = rf"(?: (?:of|in) (?:(?P<month>{MONTH_EN})|(?P<next>next month)|(?:the|this) month\b))"
_MONTHS = "jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec"

ENGLISH: tuple[Wording, ...] = (
    # past and habitual
    wording("last,ago,yesterday,previous,past", rf"\b(?:last (?:{WEEKDAY_EN}|week|month|year|night|time|{MONTH_EN})|yesterday|{COUNT_EN} (?:days?|weeks?|months?|years?) ago|a while ago|the other day|(?:a few|couple of) (?:days|weeks|months) ago)\b", means.past),
    wording("every,each", rf"\b(?:every|each)(?: other)? (?:{WEEKDAY_EN}|week|month|two weeks|day|payday)\b", means.past),
    # exact
    *numeric_wordings(),
    wording("week,fortnight", rf"\b(?:a )?(?P<from>{WEEKDAY_EN}|tomorrow|today) week\b", means.in_eight),
    wording("week", rf"\ba week (?:from |on )?(?:this )?(?P<from>{WEEKDAY_EN}|tomorrow|today)\b", means.in_eight),
    wording("two weeks,fortnight", rf"\b(?P<n>two weeks|fortnight) (?:from|on) (?P<from>{WEEKDAY_EN}|tomorrow|today)\b", means.in_eight),
    wording("between,from", rf"\b(?:between|from) (?:the )?(?P<a>{ORDINAL_EN}) (?:and|to|through|till) (?:the )?(?P<b>{ORDINAL_EN})(?: of (?P<month>{MONTH_EN}))?", means.between),
    wording(_MONTHS, rf"\b(?:{WEEKDAY_EN},? )?(?:the )?(?P<month>{MONTH_EN})\.? (?:the )?(?P<n>{ORDINAL_EN}|\d{{1,2}}\b)(?!:\d)(?:,? (?P<year>20\d\d|19\d\d)\b)?", means.dated),
    wording(_MONTHS, rf"\b(?:{WEEKDAY_EN},? )?(?:the )?(?P<n>{ORDINAL_EN}|\d{{1,2}}) (?:of )?(?P<month>{MONTH_EN})(?:,? (?P<year>20\d\d|19\d\d)\b)?", means.dated),
    wording("next month,this month", rf"\b(?:the )?(?P<n>{ORDINAL_EN}) (?:of )?(?:(?P<next>next month)|this month)\b", means.number_of_month),
    wording("before,b4", rf"\b(?:before|b4) (?:the )(?P<n>{ORDINAL_EN})", means.before_number),
    wording("day,mon,tue,wed,thu,fri,sat,sun", rf"\b(?P<wd>{WEEKDAY_EN}),? the (?P<n>{ORDINAL_EN}|\d{{1,2}})\b", means.weekday_numbered),
    wording("next week", rf"\b(?:(?:on )?(?P<wd>{WEEKDAY_EN}) (?:of )?next week)\b", means.weekday_next_week),
    wording("next week", rf"\bnext week,? (?:on |maybe |like )?(?P<wd>{WEEKDAY_EN})", means.weekday_next_week),
    wording("day", rf"\b(?P<day>today|tomorrow),? (?:is )?{WEEKDAY_EN}\b", means.today_named),
    wording("between,from", rf"\b(?:between|from) (?P<a>{WEEKDAY_EN}) (?:and|to) (?P<b>{WEEKDAY_EN})\b", means.between_weekdays),
    wording("next", rf"\bnext (?P<wd>{WEEKDAY_EN})", means.next_weekday),
    wording("before,b4", rf"\b(?:before|b4) (?P<wd>{WEEKDAY_EN})", means.before_weekday),
    wording("christmas,easter,good friday,new year,halloween,july", rf"\b(?P<after>after )?(?P<feast>{means.FEASTS})\b", means.feast),
    # ends and beginnings
    wording("half", rf"\b(?:the )?(?P<half>first|second) half{_OF}", means.half_of_month),
    wording("end,month", rf"\b(?:(?:the|at|by) )*(?:very )?end{_OF}|\bmonth(?:'s|s)? end\b|\bend of month\b", means.end_of_month),
    wording("middle,mid", rf"\b(?:(?:in )?the )?middle{_OF}|\bmid[- ]month\b", means.mid_month),
    wording("mid", rf"\bmid[- ](?P<month>{MONTH_EN})", means.mid_month),
    wording("beginning,start,first of", rf"\b(?:the )?(?:beginning|start|first few days|early part){_OF}", means.start_of_month),
    wording("week of", rf"\b(?:the )?(?P<nth>first|second|third|last) week{_OF}", means.week_of_month),
    # weeks and months
    wording("weekend", r"\b(?:(?:the|this|over the|at the) )?(?P<next>next )?weekend\b", means.weekend),
    wording("week after next", r"\b(?:the )?week after next\b", means.week_after_next),
    wording("week", r"\b(?:sometime |early |late |later )?(?:next week|the following week)\b", means.next_week),
    wording("week", r"\b(?:(?:later |sometime |by the end of )?this week|by the end of the week|end of the week|the rest of the week)\b", means.this_week),
    wording("next month", r"\b(?:sometime )?next month\b", means.next_month),
    wording("this month", r"\b(?:sometime |later )?this month\b", means.whole_month),
    wording("fortnight", r"\bin (?P<n>a) (?P<unit>fortnight)", means.in_days),
    wording("day,week,month", rf"\b(?:in|within)(?: the next| about| like)? (?P<n>{COUNT_EN})(?: more)? (?P<working>business |working )?(?P<unit>days?|weeks?|months?)\b(?:'s? time)?", means.in_days),
    wording("from now,from today", rf"\b(?P<n>{COUNT_EN}) (?P<unit>days?|weeks?|months?) from (?:now|today)\b", means.in_days),
    wording("couple", r"\b(?:in|within) (?:a|the next) couple (?:of )?(?P<unit>days|weeks)", means.couple_of_days),
    wording("days,time,can,soon,later,point", r"\b(?:one of these days|some ?day|when(?:ever)? i can|as soon as i can|sometime soon|at some point|eventually|down the road|some ?time)\b", means.some_day),
    # tied to income
    wording("pay,paid,check,cheque,wages,refund,money,settle,sell", r"\b(?:(?:on |by |come |after |until |next |my )*pay ?(?:day|check|cheque)\b|(?:when|once|as soon as|after|until) (?:i|we|they) (?:get paid|am paid|are paid|pay me|get my (?:check|cheque|wages|refund|money)|sell \w+ \w+)|(?:when|once|as soon as) (?:my|the) (?:check|cheque|paycheck|refund|money|wages|tax refund|pay) (?:comes?|clears?|hits?|lands?|gets? here|goes? in)(?: in| through)?|when it (?:hits|lands|comes|clears|does))", means.when_paid),
    # today and near it
    wording("now,right away,in a minute,shortly", r"\b(?:right now|right away|in a minute|shortly|now)\b", means.soon),
    wording("today,tonight,this ", r"\b(?:(?:later )?today|tonight|this (?:afternoon|evening|morning))\b", means.today),
    wording("day after tomorrow", r"\b(?:the )?day after tomorrow\b", means.day_after_tomorrow),
    wording("tomorrow,tmrw,tomoz,tmr", rf"\b(?:first thing )?(?:tomorrow|tmrw|tmr|tomoz|tomorow)\b(?: {_PART})?(?: first thing)?", means.tomorrow),
    # a weekday or a number alone
    wording("day,mon,tue,wed,thu,fri,sat,sun", rf"\b(?:(?:by|this|on|this coming|until|till) )?(?P<wd>{WEEKDAY_EN})(?! week)(?: {_PART})?", means.plain_weekday),
    wording("the ", rf"\b(?:by |on |for |until )?the (?P<n>{ORDINAL_EN})(?! (?:payment|one|time|of|letter|call|person|thing|party|instal|half|week|three|two|part))", means.numbered),
    wording("in ,by ,until ", rf"\b(?:in|by|until|till|sometime in) (?P<month>{MONTH_EN})\b", means.whole_month),
)  # fmt: skip
