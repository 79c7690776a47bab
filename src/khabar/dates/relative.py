"""Rules for dates that count from the issue date (أمس، الأربعاء الماضي، قبل ثلاثة أيام), for seasons and long times."""

from __future__ import annotations

import datetime
import re

from khabar.dates import periods
from khabar.dates.context import Context, Rule
from khabar.dates.periods import Period
from khabar.dates.words import DIRECTION, PART, decade_of, either, ordinals, part_of, turn, words
from khabar.numerals import find_numbers

_DAYS = {
    "اول امس": -2, "اول من امس": -2, "امس الاول": -2, "امس": -1, "الامس": -1, "البارحه": -1, "الليله الماضيه": -1,
    "اليوم": 0, "الليله": 0, "غد": 1, "غدا": 1, "الغد": 1, "بعد غد": 2, "بعد الغد": 2,
}  # fmt: skip
_UNITS = {
    "day": ("يوم", "يوما", "ايام", "يومين", "الايام"),
    "week": ("اسبوع", "اسبوعا", "اسابيع", "اسبوعين", "الاسابيع"),
    "month": ("شهر", "شهرا", "اشهر", "شهور", "شهرين", "الاشهر", "الشهور"),
    "year": ("عام", "عاما", "اعوام", "عامين", "سنه", "سنوات", "سنين", "سنتين", "الاعوام", "السنوات"),
}
_PLURALS = frozenset("ايام اسابيع اشهر شهور اعوام سنوات سنين".split())
_SEASONS = {"ربيع": "spring", "صيف": "summer", "خريف": "autumn", "شتاء": "winter"}
_NOT_IN = re.compile(r"(?<!\w)(?:في|خلال|ذلك|نفس|عين|المصري|اخبار|راي|روسيا|كل|بعد|طوال)\s+$")
_LINE_HEAD = re.compile(r"(?:^|\n|[-–]\s?)(?:\w+ )?\w+\s+$")
_NO_DAY_AFTER = re.compile(
    r"\s+(?:التالي|نفسه|ذاته|الاول|الثاني|الثالث|الرابع|الخامس|السادس|السابع|الثامن|التاسع|العاشر|الاخير|الوطني|العالمي"
    r"|الدولي|السابق|الذي|المذكور|الواحد)(?!\w)"
)
_DATELINE = re.compile(r"\s*[-–:/\n]")
_NO_WEEKDAY = re.compile(r"(?:سوق|صلاه|خطبه|خطيب|جمعه|كل|كل يوم|ايام|مسجد|جامع)\s+(?:يوم\s+)?$")
_OFFICE = re.compile(
    r"(?:الامين|المدير|القايد|المفتش|النايب|المدعي|الراي|المراقب|القطاع|الامن|الشان|المنسق|المرشد|السكرتير)\s+$"
)


def rules() -> tuple[Rule, ...]:
    """Build the rules from the tables; the more specific come first."""
    week = either(words().weekdays)
    start = r"(?<!\w)(?:[وفبلك]|لل)?"
    period = "الاسبوع|الشهر|العام|السنه"
    units = either(unit for names in _UNITS.values() for unit in names if not unit.startswith("ال"))
    months = either([*words().months, *words().hijri])
    number = r"\d+|[^\W\d]+(?:\s+و[^\W\d]+)?"
    century = rf"(?P<c>الماضي|الحالي|الجاري|{either(ordinals())}|ال\s?\d{{1,2}})"
    return (
        Rule(
            re.compile(
                rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?(?:(?:هذا|هذه)\s+(?P<u1>{period})"
                rf"|(?P<u2>(?:{period}|عام|سنه)|(?P<two>الاسبوعين|الشهرين|العامين|السنتين))"
                rf"\s+(?P<twice>قبل\s+)?(?P<w>{DIRECTION})))(?!\w)"
            ),
            _period,
        ),
        Rule(
            re.compile(
                rf"{start}(?P<date>(?P<u>الساعات|الايام|الاسابيع|الاشهر|السنوات|الاعوام)\s+(?:ال)?\s?(?P<n>{number})"
                rf"\s+(?P<w>{DIRECTION}))(?!\w)"
            ),
            _stretch,
            pointed=False,
        ),
        Rule(
            re.compile(rf"{start}(?P<date>(?P<r>{either(_DAYS)})(?!\w)(?:\s*[،,(]?\s*(?:يوم\s+)?(?P<w>{week})(?!\w)\)?)?)"),
            _near_day,
        ),
        Rule(
            re.compile(rf"{start}(?P<date>(?:يوم\s+)?(?P<d>{week})(?!\w|\s+عشر)(?:\s+(?P<twice>قبل\s+)?(?P<w>{DIRECTION})(?!\w))?)"),
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
            re.compile(
                rf"{start}(?P<date>(?:(?P<part>{PART})\s+)?القرن\s+{century})(?!\w|\s+(?:قبل الميلاد|الهجري))"
            ),
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


def _unit(word: str) -> str:
    word = word.removeprefix("ال") if word not in ("الايام", "الاسابيع", "الاشهر", "السنوات", "الاعوام") else word
    return next(unit for unit, names in _UNITS.items() if word in names)


def _period(match: re.Match[str], context: Context) -> Period | None:
    word = match["u1"] or match["u2"]
    unit = _unit(word)
    way = turn(match["w"]) if match["w"] else 0
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
    today, way = context.anchor.date if context.anchor else None, turn(match["w"])
    count = _count(match["n"])
    if today is None or not count or way == 0 or count > 1000:
        return None
    if match["u"] == "الساعات":
        count, unit = max(1, round(count / 24)), "day"
        other: Period | None = periods.day(today + datetime.timedelta(days=way * count))
    else:
        unit = _unit(match["u"])
        other = _moved(context, unit, way * count)
        if unit == "week":
            other = periods.day(today + datetime.timedelta(weeks=way * count))
    if other is None:
        return None
    return periods.days(*sorted((other.first, today)))


def _count(words_of: str) -> int | None:
    found = find_numbers(words_of)
    whole = len(found) == 1 and found[0].end - found[0].begin == len(words_of)
    return found[0].value if whole else None


def _near_day(match: re.Match[str], context: Context) -> Period | None:
    anchor = context.anchor
    if anchor is None or anchor.date is None:
        return None
    if match["r"] in ("اليوم", "الليله") and not match["w"]:
        begin, end = match.start("r"), match.end("r")
        if context.after(end, _NO_DAY_AFTER) or context.before(begin, _NOT_IN):
            return None
        if match["r"] == "اليوم" and context.after(end, _DATELINE) and context.before(begin, _LINE_HEAD):
            return None
    date = anchor.date + datetime.timedelta(days=_DAYS[match["r"]])
    if match["w"]:  # the weekday is surer than the word: papers print yesterday's text
        gap = (words().weekdays[match["w"]] - date.isoweekday() + 3) % 7 - 3
        date += datetime.timedelta(days=gap)
    return periods.day(date)


def _weekday(match: re.Match[str], context: Context) -> Period | None:
    anchor, begin = context.anchor, match.start("date")
    if anchor is None or anchor.date is None or context.before(begin, _NO_WEEKDAY):
        return None
    back = (anchor.date.isoweekday() - words().weekdays[match["d"]]) % 7
    forward = (-back) % 7
    way = turn(match["w"]) if match["w"] else None
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
        count = _count(match["n"])
    elif word in _PLURALS:
        return None
    else:
        count = 2 if word.endswith("ين") else 1
    if not count or (match["dir"] == "بعد" and not context.ahead(match.start("date"))):
        return None
    sign = 1 if match["dir"] == "بعد" else -1
    unit = _unit(word)
    if unit == "week":
        unit, count = "day", count * 7
    found = _moved(context, unit, sign * count)
    return periods.about(found) if found and match["about"] else found


def _decade(match: re.Match[str], context: Context) -> Period | None:
    decade, century = decade_of(match["x"]), _century_number(match["c"]) if match["c"] else 20
    if decade is None or century is None:
        return None
    return periods.years((century - 1) * 100 + decade, 10)


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
