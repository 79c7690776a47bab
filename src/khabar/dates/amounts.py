"""Amounts of time, which are no dates: durations (ثلاثة أيام، طوال عام) and what comes again (كل أسبوع، سنويا)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.dates.words import either, words
from khabar.model import When
from khabar.numerals import find_numbers
from khabar.text import View

UNITS = {
    "day": ("يوم", "يوما", "ايام", "يومين", "الايام"),
    "week": ("اسبوع", "اسبوعا", "اسابيع", "اسبوعين", "الاسابيع"),
    "month": ("شهر", "شهرا", "اشهر", "شهور", "شهرين", "الاشهر", "الشهور"),
    "year": ("عام", "عاما", "اعوام", "عامين", "سنه", "سنوات", "سنين", "سنتين", "الاعوام", "السنوات"),
}
_CLOCK = {
    "hour": ("ساعه", "ساعات", "ساعتين"),
    "minute": ("دقيقه", "دقايق", "دقيقتين"),
    "decade": ("عقد", "عقدا", "عقود", "عقدين"),
    "century": ("قرن", "قرنا", "قرون", "قرنين"),
}
_ISO = {
    "minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W", "month": "P{}M", "year": "P{}Y",
    "decade": "P{}0Y", "century": "P{}00Y",
}  # fmt: skip
_FORMS = {form: unit for unit, forms in {**UNITS, **_CLOCK}.items() for form in forms if not form.startswith("ال")}
_TWO = {
    form.removesuffix("ين") + end: unit
    for form, unit in _FORMS.items()
    for end in ("ين", "ان")
    if form.endswith("ين") and form != "سنين"
}
_UNIT_OF = {**_FORMS, **_TWO}
_ONE = [form for form in _FORMS if form + "ين" in _TWO or form.removesuffix("ه") + "تين" in _TWO]
_OFTEN = {"يومي": "day", "اسبوعي": "week", "شهري": "month", "سنوي": "year"}

_COUNTED = re.compile(rf"\s+(?P<u>{either(_UNIT_OF)})(?!\w)")
_SPAN = re.compile(
    rf"(?<!\w)[وف]?(?:(?:ل?مده|طوال|طيله|علي مدار|علي مدي)\s+(?P<amount>(?:ال)?(?P<u>{either(_ONE)}))"
    rf"|(?P<whole>(?P<one>{either(_ONE)})\s+(?:واحده?|كامل[ها]?))"
    rf"|[بل]?(?P<pair>{either(_TWO)})"
    rf"|(?P<some>عده\s+(?P<many>{either(_UNIT_OF)})))(?!\w)"
)
_AGAIN = re.compile(
    r"(?<!\w)[وفبل]?(?P<amount>كل\s+(?:يوم\s+)?(?:ال)?(?:(?P<week>"
    rf"{either(day.removeprefix('ال') for day in words().weekdays)})|(?P<u>{either([*_ONE, *_TWO])}))"
    rf"|كل\s+(?P<n>\d+|[^\W\d]+)\s+(?P<many>{either(_UNIT_OF)})"
    rf"|(?<!نصف )(?<!ربع )(?:ال(?P<the>{either(_OFTEN)})ه?|(?P<often>{either(_OFTEN)})[ها]))(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An ISO 8601 duration that the text names, in raw offsets; `again` tells that it comes round so often.

    `value` has X for a number that the words leave open: PXD for بضعة أيام.
    """

    value: str
    begin: int
    end: int
    again: bool = False


def find_amounts(view: View, dates: Sequence[When]) -> list[Amount]:
    """Find the durations and repeated times of a text, in order, save what belongs to one of its dates."""
    found: list[Amount] = []
    for begin, end, value, again in sorted((*repeated(view.fold), *_durations(view.fold)), key=lambda f: f[0]):
        first, last = view.raw(begin, end)
        dated = any(d.begin < last and first < d.end for d in dates)
        if not dated and not (found and first < found[-1].end):
            found.append(Amount(value, first, last, again))
    return found


def repeated(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Find what comes again in a folded text: begin, end, value, and True."""
    for match in _AGAIN.finditer(text):
        often, unit = match["the"] or match["often"], match["u"]
        if match["week"]:
            value = _iso("week", 1)
        elif often:
            value = _iso(_OFTEN[often], 1)
        elif unit:
            value = _iso(_UNIT_OF[unit], 2 if unit in _TWO else 1)
        elif number := count(match["n"]):
            value = _iso(_UNIT_OF[match["many"]], number)
        else:
            continue
        yield *match.span("amount"), value, True


def _durations(text: str) -> Iterator[tuple[int, int, str, bool]]:
    for number in find_numbers(text):
        if match := _COUNTED.match(text, number.end):
            yield number.begin, match.end(), _iso(_UNIT_OF[match["u"]], number.value), False
    for match in _SPAN.finditer(text):
        group = next(name for name in ("amount", "whole", "pair", "some") if match[name])
        unit = _UNIT_OF[match["u"] or match["one"] or match["pair"] or match["many"]]
        number_of = {"pair": 2, "some": None}.get(group, 1)
        yield *match.span(group), _iso(unit, number_of), False


def _iso(unit: str, number: int | None) -> str:
    return _ISO[unit].format("X" if number is None else number)


def unit_of(word: str) -> str:
    """Name the unit of a form in UNITS: day, week, month or year."""
    bare = word.removeprefix("ال")
    return next(unit for unit, names in UNITS.items() if word in names or bare in names)


def count(words_of: str) -> int | None:
    """Read folded words that are one number and nothing else."""
    plain = words_of.replace(" وال", " و")
    found = find_numbers(plain)
    whole = len(found) == 1 and found[0].end - found[0].begin == len(plain)
    return found[0].value if whole else None
