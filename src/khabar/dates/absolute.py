"""Rules for dates that name a day, month or year, with or without the year: 29 أكتوبر، مطلع أبريل الماضي، عام 2014."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from khabar.dates import periods
from khabar.dates.context import Context, Rule
from khabar.dates.periods import Period
from khabar.dates.words import DIRECTION, PART, either, ordinals, part_of, turn, words

_NAMED_AFTER = re.compile(
    r"(?:ثور|انتفاض|حرك|احداث|هجمات|شارع|ميدان|جسر|ساح|حرب|كتيب|لواء|اتفاق"
    r"|قوي|فريق|تيار|تحالف|قصر|ملعب|معسكر|جامع|مستشفي|مدرس|كوبري|نفق|جايز)\w*\s+(?:ال)?(?:\d{1,2} و)?$"
)
_NIL = "صفر"  # also the goals of who did not score
_IN = re.compile(r"(?<!\w)[وف]?(?:في|منذ|حتي|خلال|بحلول|شهري?)\s+$")
_BETWEEN = re.compile(r"(?<!\w)بين\s+(?:يومي\s+)?$")
_YEAR_LEAD = re.compile(
    r"(?:(?<!\w)[وفبل]?(?:في|منذ|حتي|الي|من|بين|خلال|قبل|بعد|بحلول|عامي|العامين|اعوام|الاعوام|سنوات|انتخابات|دستور|حرب"
    r"|(?:ال)?مونديال|(?:ال)?اولمبياد|(?:الربع|النصف)\s+[^\W\d]+)\s+"
    r"|\(|\d{4}\s*(?:و|-|–|/|،|الي|حتي)\s*|\([^()\n]{1,25}[-–،,]\s*)$"
)
_YEAR_PAIR = re.compile(r"\s?[-–/]\s?(?:1[89]|20)\d\d(?!\d)")
_COUNTED = re.compile(
    r"[^\S\n]+(?:بتوقيت|(?!\w+[مه]ا(?!\w))[^\W\d]{3,}ا(?!\w)"
    r"|شخص|قتيل|جريح|جندي|دولار|مليون|الف|كيلو|كلم|متر|طن|من)|\s*[%٪]"
)


def rules() -> tuple[Rule, ...]:
    """Build the rules from the tables; the more specific come first."""
    table = words()
    month = rf"(?P<m>{either([*table.months, *table.hijri])})(?!\w)"
    other = rf"(?:{either(table.months)})(?!\w)"
    epithet = r"\s+(?:المبارك|الكريم|الفضيل|المعظم|الحرام)(?!\w)"
    second = rf"(?:\s*[-–/]\s*{other}|\s*\(\s*{other}\s*\)|\s+(?!مارس){other}|{epithet})?"
    week = rf"(?:(?:يوم\s+)?(?P<week>{either(table.weekdays)})\s*[،,(]?\s*(?:الموافق\s*)?)?"
    ordinal = either(ordinals())
    tail = (
        rf"(?:\s*[،,]?\s*(?:من\s+)?(?:(?:ال|لل?)?(?:عام|سنه)\s+)?(?:(?:{DIRECTION})\s+(?!\d\d00|\d{{4}}(?:{_COUNTED.pattern})))?"
        r"(?P<y>1[3489]\d\d|20\d\d)(?!\d)(?!\s*[-–/]\s*\d)"
        r"(?:\s*(?P<era>ه|هجري\w*|م|ميلادي\w*)(?!\w))?"
        rf"|\s+(?:من\s+)?(?:(?P<this>هذا العام|هذه السنه)|(?:ال)?(?:عام|سنه)\s+(?P<yw>{DIRECTION}))(?!\w)"
        rf"|\s+(?P<mw>{DIRECTION})(?!\w))?"
    )
    start = r"(?:(?<![\w/.,-])[وفبل]?|(?<=الموافق))"
    return (
        Rule(
            re.compile(rf"{week}(?<![\d/.-])(?P<y>\d{{4}})[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})(?![\d/-])"),
            _numeric,
        ),
        Rule(
            re.compile(
                rf"{week}(?<![\d/.-])(?P<d>\d{{1,2}})\s?(?P<sep>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?"
                r"(?P<y>\d{4})(?![\d/-])"
                r"(?:\s*(?P<era>ه|هجري\w*)(?!\w))?"
            ),
            _numeric,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?P<d1>\d{{1,2}})\s*(?P<sep>-|–|الي|حتي|و)\s*(?P<d>\d{{1,2}})"
                rf"(?:\s+من)?(?:\s+شهر)?\s+{month}{second}{tail})"
            ),
            _day_range,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>{week}(?:(?P<d>\d{{1,2}})\s*[-/]?|(?P<o>{ordinal}))(?P<of>(?:\s+من)?(?:\s+شهر)?)"
                rf"\s*{month}{second}{tail})"
            ),
            _day,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:(?P<d>\d{{1,2}})|(?P<o>{ordinal}))\s+(?:من\s+)?"
                rf"(?:(?P<unit>(?:هذا\s+)?الشهر)(?:\s+(?P<mw>{DIRECTION}))?|(?P<now>الجاري|الحالي))(?!\w))"
            ),
            _day_of_month,
        ),
        Rule(
            re.compile(rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?(?:(?P<unit>شهر)\s+)?{month}{second}{tail})"),
            _month,
        ),
        Rule(
            re.compile(
                rf"(?<![\w/.,])[وف]?(?:ب|لل?)?(?P<date>(?:(?P<part>{PART})\s+)?(?P<unit>(?:ال)?(?:عام|سنه)\s+(?:(?:{DIRECTION})\s+)?)?"
                r"(?P<y>1[3489]\d\d|20\d\d)(?![\d.,]\d|\d)(?:\s*(?P<era>ه|هجري\w*|م|ميلادي\w*)(?!\w))?)(?![\w%])"
            ),
            _year,
        ),
    )


def _numeric(match: re.Match[str], context: Context) -> Period | None:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    if 1300 <= year < 1500:
        return periods.hijri(year, month, day)
    if month > 12 >= day:
        month, day = day, month
    return _one_day(year, month, day)


def _one_day(year: int, month: int, day: int, *, yearless: bool = False) -> Period | None:
    try:
        return periods.day(datetime.date(year, month, day), yearless=yearless)
    except ValueError:
        return None


def _day_range(match: re.Match[str], context: Context) -> Period | None:
    one, two = int(match["d1"]), int(match["d"])
    if one >= two or (match["sep"] == "و" and two - one > 1 and not context.before(match.start("date"), _BETWEEN)):
        return None
    last = _day(match, context)
    if last is None or last is periods.NOTHING:
        return last
    first = last.first - datetime.timedelta(days=two - one)
    return periods.days(first, last.last)


def _day(match: re.Match[str], context: Context) -> Period | None:
    groups = match.groupdict()
    day = int(groups["d"]) if groups["d"] else ordinals()[groups["o"]]
    name, dated = match["m"], match["y"] or match["mw"] or match["yw"]
    if not 1 <= day <= 31 or (name == _NIL and not (dated or groups.get("of"))):
        return None
    if not dated and context.before(match.start("date"), _NAMED_AFTER):
        return periods.NOTHING
    lunar = name in words().hijri
    month, read = (words().hijri if lunar else words().months)[name], _hijri if lunar else _western
    found = read(match, context, month, day)
    week = words().weekdays.get(groups.get("week") or "")
    if found is None or dated or not week or (found.first.isoweekday() - week) % 7 in ((0, 1, 6) if lunar else (0,)):
        return found  # a lunar month may begin a day earlier or later than by the tables
    years = (read(match, context, month, day, by) for by in (1, -1))  # the weekday tells the year
    return next((other for other in years if other and other.first.isoweekday() == week), found)


def _western(match: re.Match[str], context: Context, month: int, day: int, by: int = 0) -> Period | None:
    if match["y"]:
        return _one_day(int(match["y"]), month, day)
    year = _year_of(match, context, month, day)
    return _one_day(year + by, month, day, yearless=True) if year else None


def _year_of(match: re.Match[str], context: Context, month: int, day: int | None = None) -> int | None:
    """Find the year of a date that states none."""
    anchor = context.anchor
    if anchor is None:
        return None
    if match["this"]:
        return anchor.year
    if match["yw"]:
        return anchor.year + turn(match["yw"])
    if not match["mw"]:
        return anchor.year_of(month, day, ahead=bool(context.ahead(match.start("date"))))
    if anchor.month is None:
        return None
    way = turn(match["mw"])
    here, there = (anchor.month, anchor.day or 31), (month, day or (0 if anchor.day is None else anchor.day))
    if way < 0:
        return anchor.year - (there >= here)
    return anchor.year + (way > 0 and there <= here)


def _hijri(match: re.Match[str], context: Context, month: int, day: int | None = None, by: int = 0) -> Period | None:
    if match["y"]:
        return periods.hijri(int(match["y"]), month, day)
    today = context.anchor.date if context.anchor else None
    now = periods.hijri_year(today) if today else None
    if now is None:
        return None
    year, this = now
    if match["mw"]:
        way = turn(match["mw"])
        year += (way > 0 and month <= this) - (way < 0 and month >= this)
    elif context.ahead(match.start("date")):
        year += month < this
    else:
        year -= month > this + (day is not None)  # a day of the next month is near
    return periods.hijri(year + by, month, day)


def _day_of_month(match: re.Match[str], context: Context) -> Period | None:
    anchor = context.anchor
    if anchor is None or anchor.month is None:
        return None
    month = periods.shifted_month(anchor.year, anchor.month, turn(match["mw"]) if match["mw"] else 0).first
    if match["unit"] == "الشهر" and not match["mw"]:
        return None
    return _one_day(month.year, month.month, int(match["d"]) if match["d"] else ordinals()[match["o"]])


def _month(match: re.Match[str], context: Context) -> Period | None:
    name, begin = match["m"], match.start("date")
    dated = match["y"] or match["mw"] or match["yw"] or match["this"] or match["unit"]
    if name not in words().sure and not dated and not match["part"] and not context.before(begin, _IN):
        return None
    if name in words().hijri:
        return _hijri(match, context, words().hijri[name]) if dated or context.before(begin, _IN) else None
    month = words().months[name]
    if match["y"]:
        found = periods.month(int(match["y"]), month) if int(match["y"]) > 1500 else None
    else:
        year = _year_of(match, context, month)
        found = periods.month(year, month, yearless=True) if year else None
    return _third(found, match["part"])


def _third(found: Period | None, part: str | None) -> Period | None:
    name = part_of(part) if part else None
    return replace(periods.third(found, name), yearless=found.yearless) if found and name else found


def _year(match: re.Match[str], context: Context) -> Period | None:
    year, begin = int(match["y"]), match.start("date")
    if (match["era"] or "").startswith("ه"):
        return periods.hijri(year)
    if year < 1800:
        return periods.hijri(year) if match["unit"] and 1343 <= year <= 1500 and not match["era"] else None
    if not (match["unit"] or match["part"] or match["era"] or context.after(match.end(), _YEAR_PAIR)):
        lead = context.before(begin, _YEAR_LEAD)
        if not lead or year % 100 == 0 or year > 2050 or context.after(match.end(), _COUNTED):
            return None
    return _third(periods.year(year), match["part"])
