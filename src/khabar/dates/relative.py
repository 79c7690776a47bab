"""Rules for dates that count from the issue date (أمس، الأربعاء الماضي، قبل ثلاثة أيام), for seasons and long times."""

from __future__ import annotations

import datetime
import re

from khabar.dates import periods
from khabar.dates.amounts import UNITS, count, unit_of
from khabar.dates.context import Context, Rule
from khabar.dates.periods import Period
from khabar.dates.words import DIRECTION, PART, decade_of, either, ordinals, part_of, turn, words

_DAYS = {
    "اول امس": -2, "اول من امس": -2, "امس الاول": -2, "امس": -1, "الامس": -1, "البارحه": -1, "الليله الماضيه": -1,
    "اليوم": 0, "الليله": 0, "غد": 1, "غدا": 1, "الغد": 1, "بعد غد": 2, "بعد الغد": 2,
}  # fmt: skip
_HOURS = ("الساعات", "ساعه", "ساعات")
_PLURALS = frozenset("ايام اسابيع اشهر شهور اعوام سنوات سنين".split())
_SEASONS = {"ربيع": "spring", "صيف": "summer", "خريف": "autumn", "شتاء": "winter"}
_NOT_IN = re.compile(
    r"(?<!\w)(?:في|خلال|ذلك|نفس|عين|المصري|اخبار|راي|روسيا|كل|بعد|طوال"
    r"|عالم(?:نا)?|واقع(?:نا)?|حياتنا|مجتمعاتنا|جيل|اجيال|شباب|معطيات|متغيرات|تحديات)\s+$"
)
_LINE_HEAD = re.compile(r"(?:^|\n|[-–]\s?)(?:\w+ )?\w+\s+$")
_NO_DAY_AFTER = re.compile(
    r"\s+(?:التالي|نفسه|ذاته|الاول|الثاني|الثالث|الرابع|الخامس|السادس|السابع|الثامن|التاسع|العاشر|الاخير|الوطني|العالمي"
    r"|الدولي|السابق|الذي|المذكور|الواحد)(?!\w)"
)
_NO_YESTERDAY_AFTER = re.compile(r"\s+(?:الحاجه|الضروره)(?!\w)")  # أمسّ
_NTH_AFTER = re.compile(r"\s+ال(?:اول|اولي|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر)ه?(?!\w)")
_DATELINE = re.compile(r"\s*[-–:/\n]")
_QUOTE, _UNQUOTE = re.compile(r"[«\"“]$"), re.compile(r"[»\"”]")  # «اليوم» is a newspaper
_NO_WEEKDAY = re.compile(r"(?:سوق|صلاه|خطبه|خطيب|جمعه|ايام|مسجد|جامع)\s+(?:يوم\s+)?$")
_OFFICE = re.compile(
    r"(?:الامين|المدير|القايد|المفتش|النايب|المدعي|الراي|المراقب|القطاع|الامن|الشان|المنسق|المرشد|السكرتير)\s+$"
)


def rules() -> tuple[Rule, ...]:
    """Build the rules from the tables; the more specific come first."""
    week = either(words().weekdays)
    start = r"(?<!\w)(?:[وفبلك]|لل)?"
    period = "الاسبوع|الشهر|العام|السنه"
    units = either(unit for names in UNITS.values() for unit in names if not unit.startswith("ال"))
    months = either([*words().months, *words().hijri])
    recent = rf"(?P<w>{DIRECTION}|الاخير(?:ه|ين))"
    number = r"\d+|[^\W\d]+(?:\s+و[^\W\d]+)?"
    century = rf"(?P<c>الماضي|الحالي|الجاري|{either(ordinals())}|ال\s?\d{{1,2}})"
    return (
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:ال\s?)?(?P<n>{number})\s+(?P<u>{units}|ساعه|ساعات)\s+{recent})(?!\w)",
            ),
            _stretch,
            pointed=False,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?(?:(?:هذا|هذه)\s+(?P<u1>{period})"
                rf"|(?P<u2>(?:{period}|عام|سنه)|(?P<two>اليومين|الاسبوعين|الشهرين|العامين|السنتين))"
                rf"\s+(?P<twice>قبل\s+)?{recent}))(?!\w)"
            ),
            _period,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?P<u>الساعات|الايام|الاسابيع|الاشهر|السنوات|الاعوام)\s+(?:ال)?\s?(?P<n>{number})"
                rf"\s+{recent})(?!\w)"
            ),
            _stretch,
            pointed=False,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?P<r>{either(_DAYS)})(?!\w)(?:\s*[،,(]?\s*(?:يوم\s+)?(?P<w>{week})(?!\w)\)?)?)"
            ),
            _near_day,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:يوم\s+)?(?P<d>{week})(?!\w|\s+عشر)"
                rf"(?:\s+(?P<twice>قبل\s+)?(?P<w>{DIRECTION})(?!\w))?)"
                rf"(?=\s+و(?:يوم\s+)?(?:{week})\s+(?P<both>{DIRECTION})(?<=ين))?"
            ),
            _weekday,
        ),
        Rule(
            re.compile(
                r"(?<!\w)[وف]?(?P<date>(?P<dir>قبل|منذ|بعد)\s+(?:(?P<about>نحو|حوالي|قرابه|زهاء|ما يقارب|اكثر من)\s+)?"
                rf"(?:(?P<n>{number})\s+)?(?P<u>{units}))(?!\w)"
                rf"(?!\s+(?:{week}|{months}|امس|علي|من(?! الان(?!\w))|ونصف)(?!\w)|\s*\d)"
            ),
            _distance,
            pointed=False,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?(?P<x>(?:ال)?(?:عشر|ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)ين(?:ي)?ات)"
                rf"(?:\s+(?:من\s+)?القرن\s+{century})?)(?!\w|\s+من (?:ال)?عمر)"
            ),
            _decade,
        ),
        Rule(
            re.compile(rf"{start}(?P<date>العقد\s+(?P<x>{either(ordinals())})\s+من\s+القرن\s+{century})(?!\w)"),
            _nth_decade,
        ),
        Rule(
            re.compile(rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?القرن\s+{century})(?!\w|\s+(?:قبل الميلاد|الهجري))"),
            _century,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:ال)?(?P<s>{either(_SEASONS)})\s+"
                rf"(?:(?:ال)?(?:عام\s+|سنه\s+)?(?P<y>(?:1[89]|20)\d\d)|(?P<w>{DIRECTION})))(?!\w)"
            ),
            _season,
        ),
    )


def _weeks(date: datetime.date, by: int) -> Period:
    return periods.week(date + datetime.timedelta(weeks=by))


def _moved(context: Context, unit: str, by: int) -> Period | None:
    """Give the day, week, month or year that lies `by` steps from the issue date, if it is known finely enough."""
    anchor = context.anchor
    if anchor is None:
        return None
    if unit == "year":
        return periods.year(anchor.year + by) if 1 <= anchor.year + by <= 9998 else None
    if unit == "month":
        return periods.shifted_month(anchor.year, anchor.month, by) if anchor.month and abs(by) < 12_000 else None
    if anchor.date is None or abs(by) > 40_000:
        return None
    if unit == "week":
        return _weeks(anchor.date, by)
    return periods.day(anchor.date + datetime.timedelta(days=by))


def _way(word: str) -> int:
    return -1 if word.startswith("الاخير") else turn(word)


def _period(match: re.Match[str], context: Context) -> Period | None:
    word = match["u1"] or match["u2"]
    unit = unit_of(word)
    if match["w"] and match["w"].startswith("الاخير") and not match["two"]:
        return None
    way = _way(match["w"]) if match["w"] else 0
    if match["u1"] and context.after(match.end(), _NTH_AFTER):
        return periods.NOTHING
    if unit == "year" and way == 0 and context.before(match.start("date"), _OFFICE):
        return None
    if match["two"]:
        near, far = _moved(context, unit, way), _moved(context, unit, way * 2)
        if way == 0 or near is None or far is None:
            return None
        one, two = sorted((near, far), key=lambda p: p.first)
        return periods.days(one.first, two.last) if unit == "week" else periods.joined(one, two)
    found = _moved(context, unit, way * 2 if match["twice"] else way)
    part = part_of(match["part"]) if match["part"] else None
    return periods.third(found, part) if found and part and unit != "week" else found


def _stretch(match: re.Match[str], context: Context) -> Period | None:
    """Give the days between the issue date and the day that lies so many hours, days, months before or after it."""
    today, way, word = context.anchor.date if context.anchor else None, _way(match["w"]), match["u"]
    number = count(match["n"])
    if today is None or not number or way == 0 or number > 1000:
        return None
    unit = "hour" if word in _HOURS else unit_of(word)
    if unit in ("month", "year"):
        other = periods.same_day(today, way * number * (12 if unit == "year" else 1))
    else:
        steps = max(1, round(number / 24)) if unit == "hour" else number * (7 if unit == "week" else 1)
        other = periods.next_day(today, way * steps)
    return periods.days(*sorted((other, today))) if other else None


def _near_day(match: re.Match[str], context: Context) -> Period | None:
    anchor = context.anchor
    if anchor is None or anchor.date is None:
        return None
    if match["r"] in ("اليوم", "الليله") and not match["w"]:
        begin, end = match.start("r"), match.end("r")
        if context.after(end, _NO_DAY_AFTER) or context.before(begin, _NOT_IN):
            return None
        headed = context.after(end, _DATELINE) and context.before(begin, _LINE_HEAD)
        quoted = context.after(end, _UNQUOTE) and context.before(begin, _QUOTE)
        if match["r"] == "اليوم" and (headed or quoted):
            return None
    if match["r"] == "امس" and context.after(match.end("r"), _NO_YESTERDAY_AFTER):
        return None
    date = anchor.date + datetime.timedelta(days=_DAYS[match["r"]])
    if match["w"]:  # surer than the word: a text may be dated days after it was written, or one day early
        gap = (words().weekdays[match["w"]] - date.isoweekday() + 5) % 7 - 5
        date += datetime.timedelta(days=gap)
    return periods.day(date)


def _weekday(match: re.Match[str], context: Context) -> Period | None:
    anchor, begin = context.anchor, match.start("date")
    if anchor is None or anchor.date is None or context.before(begin, _NO_WEEKDAY):
        return None
    back = (anchor.date.isoweekday() - words().weekdays[match["d"]]) % 7
    forward = (-back) % 7
    word = match["w"] or match["both"]
    way = turn(word) if word else None
    if way == -1:
        gap = -(back or 7)
    elif way == 1:
        gap = forward or 7
    else:
        ahead = context.ahead(begin)
        gap = forward if ahead or (ahead is None and forward < back) else -back
    if match["twice"] and way:
        gap += 7 * way
    return periods.day(anchor.date + datetime.timedelta(days=gap))


def _distance(match: re.Match[str], context: Context) -> Period | None:
    word = match["u"]
    if match["n"]:
        number = count(match["n"])
    elif word in _PLURALS:
        return None
    else:
        number = 2 if word.endswith("ين") else 1
    if not number or (match["dir"] == "بعد" and not context.ahead(match.start("date"))):
        return None
    sign = 1 if match["dir"] == "بعد" else -1
    unit = unit_of(word)
    if unit == "week":
        unit, number = "day", number * 7
    found = _moved(context, unit, sign * number)
    return periods.about(found) if found and match["about"] else found


def _decade(match: re.Match[str], context: Context) -> Period | None:
    decade, century = decade_of(match["x"]), _century_number(match["c"]) if match["c"] else 20
    if decade is None or century is None:
        return None
    return periods.years((century - 1) * 100 + decade, 10)


def _nth_decade(match: re.Match[str], context: Context) -> Period | None:
    number, century = ordinals()[match["x"]], _century_number(match["c"])
    return periods.years((century - 1) * 100 + (number - 1) * 10, 10) if century and number <= 10 else None


def _century(match: re.Match[str], context: Context) -> Period | None:
    century = _century_number(match["c"])
    return periods.years((century - 1) * 100, 100) if century and 2 <= century <= 30 else None


def _century_number(word: str) -> int | None:
    if word in ("الحالي", "الجاري"):
        return 21
    if word == "الماضي":
        return 20
    return ordinals().get(word) or int(re.sub(r"\D", "", word) or 0) or None


def _season(match: re.Match[str], context: Context) -> Period | None:
    name = _SEASONS[match["s"]]
    if match["y"]:
        return periods.season(int(match["y"]), name)
    if context.anchor is None:
        return None
    way, year, today = turn(match["w"]), context.anchor.year, context.anchor.last
    this = periods.season(year, name)
    if way < 0:
        return this if this.last < today else periods.season(year - 1, name)
    return periods.season(year + 1, name) if way > 0 and this.first <= today else this
