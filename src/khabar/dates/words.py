"""The words that dates are made of, as folded regular expressions: months, weekdays, ordinals, directions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from khabar.errors import ResourceError
from khabar.resources import folder
from khabar.text import fold

_PAST = r"(?:ال)?(?:ماضي|منصرم|فايت|سالف|فارط)(?:ه|ين|تين)?"
_NOW = r"(?:ال)?(?:جاري|حالي)(?:ه)?"
_NEXT = r"(?:ال)?(?:مقبل|قادم|اتي)(?:ه|ين|تين)?"
DIRECTION = f"{_PAST}|{_NOW}|{_NEXT}"
PARTS = {
    "start": "مطلع|بدايه|بدايات|مستهل|اوايل",
    "middle": "منتصف|اواسط",
    "end": "نهايه|نهايات|اواخر|ختام",
}
PART = "|".join(PARTS.values())
_ORDINALS = "اول ثاني ثالث رابع خامس سادس سابع ثامن تاسع عاشر".split()
_TENS = tuple((f"{stem}ين", value * 10) for value, stem in enumerate("عشر ثلاث اربع خمس ست سبع ثمان تسع".split(), 2))


@dataclass(frozen=True, slots=True)
class Words:
    """Numbers by folded name; `sure` are the month names that mean nothing else."""

    months: dict[str, int]
    hijri: dict[str, int]
    weekdays: dict[str, int]
    sure: frozenset[str]


@cache
def words() -> Words:
    """Load the table of months and weekdays. Raises ResourceError when it is missing or malformed."""
    path = folder("data") / "months.tsv"
    tables: dict[str, dict[str, int]] = {"gregorian": {}, "hijri": {}, "weekday": {}}
    sure = set()
    try:
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            calendar, number, name, _, ambiguous = line.split("\t")
            tables[calendar][fold(name)] = int(number)
            if not ambiguous:
                sure.add(fold(name))
    except (OSError, ValueError, KeyError) as error:
        raise ResourceError(f"{path}: the table of months cannot be read ({error}); install khabar again") from None
    return Words(tables["gregorian"], tables["hijri"], tables["weekday"], frozenset(sure))


@cache
def ordinals() -> dict[str, int]:
    """Number the folded ordinals from الاول to التاسع والتسعين; feminine forms are left out."""
    found = {f"ال{word}": n for n, word in enumerate(_ORDINALS, 1)}
    units = [*(("ال" + word, n) for n, word in enumerate(_ORDINALS[:9], 1)), ("الحادي", 1), ("الواحد", 1)]
    for word, n in units:
        found[f"{word} عشر"] = n + 10
        for tens, value in _TENS:
            found[f"{word} وال{tens}"] = n + value
            found[f"{word} وال{tens[:-2]}ون"] = n + value
    for tens, value in _TENS:
        found[f"ال{tens}"] = value
        found[f"ال{tens[:-2]}ون"] = value
    return found


def decade_of(word: str) -> int | None:
    """Read a decade noun: ستينيات gives 60."""
    stem = word.removeprefix("ال").removesuffix("ات").removesuffix("ي")
    return next((value for tens, value in _TENS if tens == stem), None)


def either(names: Iterable[str]) -> str:
    """Join names to an alternation, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))


def turn(word: str) -> int:
    """Tell where a word like الماضي points: -1 past, 0 present, 1 future."""
    return -1 if re.fullmatch(_PAST, word) else 1 if re.fullmatch(_NEXT, word) else 0


def part_of(word: str) -> str | None:
    """Tell which third of a period a word like مطلع means: start, middle or end."""
    return next((part for part, names in PARTS.items() if word in names.split("|")), None)
