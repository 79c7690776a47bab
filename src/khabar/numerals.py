"""Finds numbers that are written in Arabic words, in digits, or in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from khabar.text import fold


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text; offsets are those of the text it was found in, without a proclitic.

    `value` is None where the words name only a size (عشرات: `low` is 10); `approximate` is True there and after words
    like نحو.
    """

    begin: int
    end: int
    value: int | None
    approximate: bool = False
    low: int | None = None


_UNITS = {
    "واحد": 1, "واحده": 1, "اثنان": 2, "اثنين": 2, "اثنتان": 2, "اثنتين": 2, "ثلاث": 3, "ثلاثه": 3, "اربع": 4,
    "اربعه": 4, "خمس": 5, "خمسه": 5, "ست": 6, "سته": 6, "سبع": 7, "سبعه": 7, "ثمان": 8, "ثماني": 8, "ثمانيه": 8,
    "تسع": 9, "تسعه": 9, "عشر": 10, "عشره": 10,
}  # fmt: skip
# These mean a number only inside a larger one: أحد alone is "one of".
_BOUND = {"احد": 1, "احدي": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2, "اثنتي": 2}
_TENS = {
    stem + end: value
    for stem, value in {
        "عشر": 20, "ثلاث": 30, "اربع": 40, "خمس": 50, "ست": 60, "سبع": 70, "ثمان": 80, "تسع": 90,
    }.items()
    for end in ("ون", "ين")
}  # fmt: skip
_HUNDREDS = {hundred: 100 for hundred in ("ميه", "مايه")} | {
    stem + end: 200 for stem in ("ميت", "مايت") for end in ("ان", "ين", "ا", "ي")
}
_HUNDREDS |= {
    stem + hundred: value * 100
    for stem, value in {
        "ثلاث": 3, "اربع": 4, "خمس": 5, "ست": 6, "سبع": 7, "ثمان": 8, "ثماني": 8, "تسع": 9,
    }.items()
    for hundred in ("ميه", "مايه")
}  # fmt: skip
_SCALES = {
    "الف": 10**3, "الفا": 10**3, "الاف": 10**3, "مليون": 10**6, "مليونا": 10**6, "ملايين": 10**6,
    "مليار": 10**9, "مليارا": 10**9, "مليارات": 10**9, "بليون": 10**9,
}  # fmt: skip
_DUALS = {
    "الفان": 2000, "الفين": 2000, "الفي": 2000, "مليونان": 2 * 10**6, "مليونين": 2 * 10**6, "مليوني": 2 * 10**6,
    "ملياران": 2 * 10**9, "مليارين": 2 * 10**9, "ملياري": 2 * 10**9,
}  # fmt: skip
_SIZES = {
    "بضع": 3, "بضعه": 3, "عشرات": 10, "ميات": 100, "مايات": 100, "الاف": 1000, "الوف": 1000,
    "ملايين": 10**6, "مليارات": 10**9,
}  # fmt: skip
NUMBER_WORDS = frozenset([*_UNITS, *_TENS, *_HUNDREDS, *_SIZES])

_ALL = sorted({*_UNITS, *_BOUND, *_TENS, *_HUNDREDS, *_SCALES, *_DUALS, *_SIZES}, key=len, reverse=True)
_DIGITS = r"\d{1,3}(?:[,.٬،]\d{3})+(?![\d])|\d{1,3}(?: 000)+(?!\d)|\d+[.,٫]\d+|\d+"
# Digits may lean on a proclitic; other letters make them a name (S-400), a slash or colon a date or hour.
_ATOM = re.compile(
    rf"(?<![\w/:.-])(?P<pro>|[وفبلك]?(?:ال)?(?=[^\W\d])|[وفبلك]?(?:ال ?)?(?=\d))"
    rf"(?P<body>(?:{'|'.join(_ALL)})(?!\w)|(?:{_DIGITS})(?![\w/:]|-\d))"
)
_ABOUT = re.compile(r"(?:نحو|حوالي|قرابه|زهاء|ما يقارب|ما يقرب من|بحدود|في حدود)\s+$")


def find_numbers(text: str) -> list[Number]:
    """Find the numbers of a normalised or folded text, in order and without overlap.

    >>> [n.value for n in find_numbers("مقتل خمسة وعشرين شخصا وإصابة 1,200 آخرين")]
    [25, 1200]
    """
    folded = fold(text)
    found: list[Number] = []
    atoms = list(_atoms(folded))
    i = 0
    while i < len(atoms):
        number, used = _combine(folded, atoms, i)
        if number is not None:
            found.append(number)
        i += used
    return found


@dataclass(frozen=True, slots=True)
class _Atom:
    begin: int
    end: int
    pro: str
    word: str
    digits: float | None


def _atoms(folded: str) -> Iterator[_Atom]:
    for match in _ATOM.finditer(folded):
        pro, word = match["pro"], match["body"]
        # the article counts as part of a word, not of digits: الخمسة but الـ12
        begin = match.start("body") - (2 if pro.endswith("ال") and not word[0].isdigit() else 0)
        yield _Atom(begin, match.end(), pro, word, _digits(word) if word[0].isdigit() else None)


def _digits(word: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[,.٬، ]\d{3})+", word):
        return float(re.sub(r"\D", "", word))
    return float(word.replace(",", ".").replace("٫", "."))


def _combine(folded: str, atoms: list[_Atom], i: int) -> tuple[Number | None, int]:
    """Read the longest number that begins with atom `i`: the number, if any, and how many atoms it takes."""
    first = atoms[i]
    if first.digits is None and first.word in _SIZES and (first.word not in _SCALES or first.pro.endswith("ال")):
        return _size(folded, atoms, i)
    total, group, room, used = 0.0, 0.0, 0.0, 0
    for at in range(i, len(atoms)):
        atom = atoms[at]
        joined = atom.pro == "و"
        if at > i and (atom.pro not in ("", "و") or not _adjacent(folded, atoms[at - 1], atom)):
            break
        step = _step(atom, at == i, joined, group, total, room)
        if step is None:
            break
        total, group, room = step
        used += 1
    value = total + group
    if used == 0:
        return None, 1
    if used == 1 and first.digits is None and (first.word in _BOUND or first.word in ("الاف", "ملايين", "مليارات")):
        return _size(folded, atoms, i) if first.word in _SIZES else (None, 1)
    if value != int(value):  # a share or a measure, nothing to count
        return None, used
    last = atoms[i + used - 1]
    return Number(first.begin, last.end, int(value), _about(folded, first)), used


def _step(
    atom: _Atom, first: bool, joined: bool, group: float, total: float, room: float
) -> tuple[float, float, float] | None:
    """Add one atom: the new total, the open group below a thousand, and the size that what follows must stay under.

    None when the atom cannot continue the number.
    """
    word = atom.word
    if atom.digits is not None:
        if first:
            return total, atom.digits, 1
        return (total, group + atom.digits, 1) if joined and atom.digits < room else None
    if word in _SCALES:
        scale = _SCALES[word]
        if joined and not first:
            return (total + scale, 0, scale) if scale < room and group == 0 else None
        if total and total % scale and total >= scale:
            return None
        return total + (group or 1) * scale, 0, scale
    if word in _DUALS:
        ok = first or (joined and _DUALS[word] < room)
        return (total + _DUALS[word], 0, _DUALS[word] // 2) if ok else None
    if word in _HUNDREDS:
        value = _HUNDREDS[word]
        if value == 100 and not first and not joined and 3 <= group <= 9:
            return total, group * 100, 100
        return (total, group + value, 100) if first or (joined and value < room) else None
    if word in _TENS:
        units = group % 100
        if first or (joined and (1 <= units <= 9 or (units == 0 and room >= 100))):
            return total, group + _TENS[word], 10
        return None
    if word in ("عشر", "عشره") and not first and not joined and 1 <= group % 100 <= 9:
        return total, group + 10, 0
    unit = _UNITS.get(word, _BOUND.get(word))
    if unit is None:
        return None
    return (total, group + unit, 1) if first or (joined and room >= 100) else None


def _size(folded: str, atoms: list[_Atom], i: int) -> tuple[Number, int]:
    """Read عشرات, مئات الآلاف and the like: a number without a value."""
    low, used = _SIZES[atoms[i].word], 1
    if i + 1 < len(atoms):
        after = atoms[i + 1]
        if after.word in _SCALES and after.pro in ("", "ال") and _adjacent(folded, atoms[i], after):
            low, used = low * _SCALES[after.word], 2
    return Number(atoms[i].begin, atoms[i + used - 1].end, None, True, low), used


def _adjacent(folded: str, one: _Atom, two: _Atom) -> bool:
    return folded[one.end : two.begin].removesuffix(two.pro).isspace()


def _about(folded: str, first: _Atom) -> bool:
    return _ABOUT.search(folded, max(0, first.begin - 20), first.begin) is not None
