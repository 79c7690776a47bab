"""Counts people: how many the text says were killed, injured, missing or displaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from khabar.dates.words import words
from khabar.numerals import Number, find_numbers
from khabar.text import View

__all__ = ["Casualty", "Kind", "Number", "find_casualties", "find_numbers"]

Kind = Literal["killed", "injured", "missing", "displaced"]


@dataclass(frozen=True, slots=True)
class Casualty:
    """How many people met one fate; the span holds the number's words (or the counted noun), in raw offsets.

    `value` is the number stated, the lower one of a range, None for sizes like عشرات. `low` and `high` bound what the
    words allow: both equal `value` for a plain number, `high` is None after أكثر من, both are None after نحو and
    where one size is shared by two fates.
    """

    begin: int
    end: int
    kind: Kind
    value: int | None
    low: int | None
    high: int | None


# What people undergo, folded: verbal nouns and passive verbs before the number, nouns and verbs after it.
_FATES: dict[Kind, tuple[str, str, str]] = {
    "killed": (
        "مقتل|مصرع|استشهاد|وفاه|قتل|اغتيال",
        "قتلت?|قتلوا|قتلا|استشهدت?|استشهدوا|قضوا|توفيت?|توفوا|ت?يقتل|لقيت?|لقوا",
        "قتيل|قتيلا|قتلي|القتلي|شهيد|شهيدا|شهداء|قتيله",
    ),
    "injured": (
        "اصابه|جرح",
        "اصيبت?|اصيبوا|اصيبا|جرحت?|جرحوا",
        "جريح|جريحا|جرحي|الجرحي|مصاب|مصابا|مصابين|مصابون|المصابين",
    ),
    "missing": ("فقدان|اختفاء", "اختفي|اختفت|اختفوا", "مفقود|مفقودا|مفقودين|مفقودون"),
    "displaced": (
        "نزوح|تشريد|تهجير|فرار",
        "نزحت?|نزحوا|شردوا|هجروا|فرت?|فروا",
        "نازح|نازحا|نازحين|نازحون|مهجرين|مشردين",
    ),
}
_NOUN_OF = {word: kind for kind, (_, _, nouns) in _FATES.items() for word in nouns.split("|")}
_ANY = "|".join(part for before, verbs, _ in _FATES.values() for part in (before, verbs))
_FATE = re.compile(rf"(?<!\w)(?:[وفبل]|لل|[وب]?ال)?(?P<fate>{_ANY})(?!\w)")
_VERB = re.compile("|".join(verbs for _, verbs, _ in _FATES.values()))
_CLAUSE = re.compile(r"[.!؟?؛;:،,\n(«»\"]")
_MODIFIER = re.compile(
    r"(?<!\w)(?:(?:ما\s+)?لا\s+(?:يقل|تقل)\s+عن|اكثر\s+من|ما\s+يزيد\s+(?:عن|علي)|ازيد\s+من|ما\s+يربو\s+علي|اقل\s+من"
    r"|نحو|حوالي|قرابه|زهاء|ما\s+يقارب|ما\s+يقرب\s+من|ما\s+مجموعه|(?:ما\s+)?بين|عدد\s+من)\s+$"
)
_PERSON = (
    "شخص اشخاص مدني جندي جنود طفل اطفال امراه نساء سيده رجل رجال مسلح عنصر عناصر مقاتل ارهابي متشدد اخر مواطن متظاهر"
    " محتج ضابط ضباط شرطي صحافي صحفي عامل عمال طالب طلاب لاجي مهاجر فلسطيني سوري عراقي يمني ليبي سوداني لبناني اسراييلي"
    " تركي روسي اوكراني انسان فرد افراد مسعف طبيب حوثي داعشي انتحاري قيادي قايد سجين اسير معتقل مجند"
).split()
_PEOPLE = re.compile(rf"\s+(?P<noun>(?:{'|'.join(_PERSON)})(?:ا|ين|ون|ات|ه|يا)?)(?!\w)")
_THING = re.compile(
    r"\s+(?:دباب|الي|طاير|سيار|مركب|هدف|منزل|مبن|يوم|ايام|عام|سنه|سنوات|اسره|عايل|كيلو|كلم|متر|دولار|صاروخ|صواريخ|غار"
    r"|مدرع|موقع|مواقع|مدين|قري|مسير|ساع|اسابيع|اشهر|شهر)\w*|\s*[%٪]|\s+(?:في المي|بالمي)"
)
_AFTER = re.compile(rf"(?:\s+(?!بين)[^\W\d]+){{0,2}}?\s+(?P<fate>{'|'.join(v for _, v, _ in _FATES.values())})(?!\w)")
_NOUN = re.compile(rf"\s+(?P<noun>{'|'.join(sorted(_NOUN_OF, key=len, reverse=True))})(?!\w)")
_SHARED = re.compile(r"\s+و(?:ال)?(?P<noun>قتلي|جرحي|مصابين|مفقودين|شهداء)(?!\w)")
_AT_LEAST = re.compile(r"(?:\s+[^\W\d]+){0,2}\s+(?:علي\s+الاقل|كحد\s+ادني)(?!\w)")
_RANGE = re.compile(r"\s*(?:الي|-|–|او)\s*")
# ين is also the plural of many nouns, so only nouns with another plural count as two there
_TWO = re.compile(
    r"(?<!\w)(?:[وفبل])?(?P<dual>(?:شخص|جندي|طفل|رجل|ضابط|عنصر|شاب|عامل|طالب|شقيق|حارس|شرطي|قايد"
    r"|(?:مدني|مسلح|مقاتل|عسكري|مواطن|فلسطيني|صحفي|صحافي)(?=ان)"
    r"|امرات|سيدت|طفلت|فتات|شقيقت|مواطنت|مدنيت)(?:ين|ان))(?!\w)"
)
_TWO_FATES = re.compile(r"(?<!\w)[وفبل]?(?P<dual>(?P<stem>قتيل|جريح|شهيد)(?:ين|ان))(?!\w)")
_ONE = re.compile(
    r"(?<!\w)(?:[وفبل])?(?P<fate>مقتل|مصرع|استشهاد|اصابه|جرح|وفاه)\s+(?P<one>(?:شخص|جندي|مدني|طفل|طفله|امراه|سيده|رجل"
    r"|عنصر|مقاتل|ضابط|شرطي|صحفي|صحافي|مواطن|شاب|اخر)(?!\w)(?:\s+واحد)?)"
)
_FALL = re.compile(r"(?<!\w)[وفب]?(?:سقوط|سقط)\s+(?P<one>(?P<noun>قتيل|جريح|شهيد))(?!\w)")
_STOP = re.compile(r"(?<!\w)(?:بينهم|بينها|منهم|منها|من بين|بعد|منذ|قبل)(?!\w)")
_CHAIN = re.compile(r"\s+[^\W\d]+(?:\s+[^\W\d]+)?\s+و(?:ال)?$")


def find_casualties(view: View) -> list[Casualty]:
    """Find the counts of people killed, injured, missing or displaced, in order of the text."""
    text = view.fold
    found = [*_counted(text, find_numbers(text)), *_uncounted(text)]
    done: list[Casualty] = []
    for item in sorted(found, key=lambda c: (c.begin, -c.end)):
        if not done or item.begin >= done[-1].end or (item.begin, item.end) == (done[-1].begin, done[-1].end):
            done.append(item)
    return [Casualty(*view.raw(c.begin, c.end), c.kind, c.value, c.low, c.high) for c in done]


def _kind(fate: str) -> Kind:
    for kind, (nouns, verbs, _) in _FATES.items():
        if re.fullmatch(f"{nouns}|{verbs}", fate):
            return kind
    raise ValueError(fate)


def _uncounted(text: str) -> Iterator[Casualty]:
    """Find the duals and singulars that count without a number."""
    for match in _TWO_FATES.finditer(text):
        kind = _NOUN_OF[match["stem"]]
        yield Casualty(*match.span("dual"), kind, 2, 2, 2)
    for match in _TWO.finditer(text):
        lead = _lead(text, match.start("dual"))
        fate = _AFTER.match(text, match.end())
        if lead and not lead.gap:
            yield Casualty(*match.span("dual"), lead.kind, 2, 2, 2)
        elif fate:
            yield Casualty(*match.span("dual"), _kind(fate["fate"]), 2, 2, 2)
    for match in _ONE.finditer(text):
        yield Casualty(*match.span("one"), _kind(match["fate"]), 1, 1, 1)
    for match in _FALL.finditer(text):
        yield Casualty(*match.span("one"), _NOUN_OF[match["noun"]], 1, 1, 1)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The word of fate before a number: where it begins and which words, modifiers apart, stand between."""

    kind: Kind
    verb: bool
    begin: int
    gap: str


def _lead(text: str, begin: int) -> _Lead | None:
    """Find the word of fate that governs what stands at `begin`: the last one of its clause."""
    clause = _CLAUSE.split(text[max(0, begin - 90) : begin])[-1]
    offset = begin - len(clause)
    clause = re.sub(r"(?<!\w)و?(?:ال)?$", "", clause)  # the proclitic of the number itself
    if modifier := _MODIFIER.search(clause):
        clause = clause[: modifier.start()]
    fates = list(_FATE.finditer(clause))
    if not fates:
        return None
    last = fates[-1]
    verb = _VERB.fullmatch(last["fate"]) is not None
    return _Lead(_kind(last["fate"]), verb, offset + last.start("fate"), clause[last.end() :].strip())


def _counted(text: str, numbers: list[Number]) -> Iterator[Casualty]:
    """Find the numbers that count people by their fate."""
    previous: tuple[Number, Kind] | None = None
    taken: set[int] = set()
    i = 0
    while i < len(numbers):
        number = numbers[i]
        last = numbers[i + 1] if i + 1 < len(numbers) and _is_range(text, number, numbers[i + 1]) else number
        i += 1 if last is number else 2
        kinds = _fates_of(text, number, last, previous, taken)
        if kinds:
            previous = (last, kinds[0])
        for kind in kinds:
            yield _bounded(text, number, last, kind, shared=len(kinds) > 1)


def _is_year(text: str, number: Number) -> bool:
    """Tell whether the number is the year of a date: عام 2014, فبراير 2014."""
    if number.value is None or not 1900 <= number.value <= 2100:
        return False
    before = text[max(0, number.begin - 15) : number.begin].split()
    word = before[-1] if before else ""
    return word in words().sure or word.lstrip("وفبل").removeprefix("ال") in ("عام", "سنه")


def _is_range(text: str, one: Number, two: Number) -> bool:
    """Tell whether two numbers are the ends of one range: 10 إلى 15, بين 10 و15."""
    if one.value is None or two.value is None or one.value >= two.value:
        return False
    between = text[one.end : two.begin]
    if between.strip() == "و":
        return re.search(r"(?<!\w)بين\s+$", text[max(0, one.begin - 10) : one.begin]) is not None
    return _RANGE.fullmatch(between) is not None


def _fates_of(
    text: str, number: Number, last: Number, previous: tuple[Number, Kind] | None, taken: set[int]
) -> list[Kind]:
    """Tell what happened to the people that the number counts; empty when it counts something else.

    `taken` collects the begins of the verbs that follow their number: they govern no later one.
    """
    if _THING.match(text, last.end) or _is_year(text, number):
        return []
    if noun := _NOUN.match(text, last.end):
        kinds: list[Kind] = [_NOUN_OF[noun["noun"]]]
        if number.value is None and (more := _SHARED.match(text, noun.end())):
            kinds.append(_NOUN_OF[more["noun"]])
        return kinds
    people = _PEOPLE.match(text, last.end)
    lead = _lead(text, number.begin)
    if lead and lead.begin not in taken and _governs(lead, people is not None):
        return [] if _doubled(text, lead.begin, taken) else [lead.kind]
    if after := _AFTER.match(text, last.end):
        taken.add(after.start("fate"))
        return [_kind(after["fate"])]
    if previous and people and _CHAIN.fullmatch(text[previous[0].end : number.begin]):
        return [previous[1]]
    return []


def _governs(lead: _Lead, people: bool) -> bool:
    """Tell whether the words between let the fate reach the number: none, or those of a verb's subject or place."""
    if not lead.gap:
        return True
    near = len(lead.gap.split()) <= 5 and not _STOP.search(lead.gap) and not find_numbers(lead.gap)
    return lead.verb and people and near


def _doubled(text: str, begin: int, taken: set[int]) -> bool:
    """Tell whether the number counts two fates together: مقتل وإصابة 20 شخصا."""
    before = text[max(0, begin - 30) : begin]
    match = re.search(rf"(?<!\w)\w?(?:ال)?(?P<fate>{_ANY})\s+(?:و|او\s)(?:ال)?$", before)
    return match is not None and begin - len(before) + match.start("fate") not in taken


def _bounded(text: str, number: Number, last: Number, kind: Kind, *, shared: bool) -> Casualty:
    before = text[max(0, number.begin - 25) : number.begin]
    value, low, high = number.value, number.value, last.value
    if shared:
        low = high = None
    elif value is None:
        low, high = number.low, None
    elif re.search(r"اقل\s+من\s+$", before):
        value, low, high = None, None, number.value
    elif re.search(r"(?:يقل\s+عن|اكثر\s+من|يزيد\s+(?:عن|علي)|ازيد\s+من|يربو\s+علي)\s+$", before):
        high = None
    elif _AT_LEAST.match(text, last.end):
        high = None
    elif number.approximate:
        low = high = None
    return Casualty(number.begin, last.end, kind, value, low, high)
