"""Raw text, made comparable, with the way back: every normalised span knows its span of the raw text."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# Marks that belong to the letter before them: vowels, shadda, Quranic signs, tatweel.
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff\u0640"
# Invisible signs that belong to nothing: soft hyphen, zero-width and bidirectional controls, byte order mark.
_CONTROLS = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_FORMS = "\ufb50-\ufd3d\ufd40-\ufdff\ufe70-\ufefc"
_SPECIAL = re.compile(f"[{_MARKS}{_CONTROLS}]+|[{_FORMS}]")
_LOOSE = re.compile(f"[{_MARKS}{_CONTROLS}]+")
_TRAILING_CONTROLS = re.compile(f"[{_CONTROLS}]+$")
_HAMZA = re.compile("[\u0653\u0654\u0655]")

_COMPOSED = {
    "ا\u0653": "آ",
    "ا\u0654": "أ",
    "ا\u0655": "إ",
    "و\u0654": "ؤ",
    "ي\u0654": "ئ",
    "ى\u0654": "ئ",
}
_SAME_LENGTH = tuple(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u00a0\u202f", "01234567890123456789  ", strict=True))
_FOLDS = tuple(zip("أإآٱىةؤئیکەڤپچگ", "اااايهوييكهفبجك", strict=True))


@dataclass(frozen=True, slots=True)
class View:
    """A normalised reading of one raw text.

    `text` is the normalised text, `fold` the same folded for lookup (equal length). `begins` and `ends` give the raw
    offsets of each character of `text`; both are None when the two texts have the same offsets.
    """

    source: str
    text: str
    fold: str
    begins: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def raw(self, begin: int, end: int) -> tuple[int, int]:
        """Give the raw span of `text[begin:end]`: all marks inside it and those on its last letter.

        Raises ValueError for a span outside the text.
        """
        if not 0 <= begin <= end <= len(self.text):
            raise ValueError(f"span {begin}:{end} lies outside a text of {len(self.text)} characters")
        if self.begins is None or self.ends is None:
            return begin, end
        if begin < end:
            return self.begins[begin], self.ends[end - 1]
        at = self.begins[begin] if begin < len(self.begins) else len(self.source)
        return at, at

    def norm(self, begin: int, end: int) -> tuple[int, int]:
        """Give the span of `text` whose letters touch the raw span `begin:end`: the way back of `raw`."""
        if self.begins is None or self.ends is None:
            return begin, end
        first = bisect_right(self.ends, begin)
        return first, max(first, bisect_left(self.begins, end))


def fold(s: str) -> str:
    """Fold normalised text for lookup, letter by letter: hamza carriers, ى ة, Persian letters, Latin case.

    The result has the length of `s`; folding twice changes nothing more.
    """
    for letter, plain in _FOLDS:
        s = s.replace(letter, plain)
    lower = s.lower()
    if len(lower) != len(s):  # İ becomes two characters
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in s)
    return lower


def normalise(raw: str) -> View:
    """Read `raw` without diacritics, tatweel and invisible signs, with plain letters and ASCII digits."""
    same = raw
    for letter, plain in _SAME_LENGTH:
        same = same.replace(letter, plain)
    if _SPECIAL.search(same) is None:
        return View(raw, same, fold(same))
    text, begins, ends = _rewrite(same)
    return View(raw, text, fold(text), begins, ends)


def _rewrite(raw: str) -> tuple[str, array[int], array[int]]:
    """Drop marks and expand presentation forms: the new text and the raw begin and end of each of its characters."""
    pieces: list[str] = []
    begins = array("q")
    ends = array("q")
    done = 0
    for match in _SPECIAL.finditer(raw):
        begin, end = match.span()
        if begin > done:
            pieces.append(raw[done:begin])
            begins.extend(range(done, begin))
            ends.extend(range(done + 1, begin + 1))
        done = end
        found = match.group()
        plain = _expand(found) if end == begin + 1 else ""
        if plain:
            pieces.append(plain)
            begins.extend([begin] * len(plain))
            ends.extend([end] * len(plain))
        elif pieces and (kept := end - _controls_after(found)) > begin:
            ends[-1] = kept
            if hamza := _HAMZA.search(found):
                before = pieces[-1]
                pieces[-1] = before[:-1] + _COMPOSED.get(before[-1] + hamza.group(), before[-1])
    pieces.append(raw[done:])
    begins.extend(range(done, len(raw)))
    ends.extend(range(done + 1, len(raw) + 1))
    return "".join(pieces), begins, ends


def _expand(form: str) -> str:
    """Give the plain letters of a presentation form; empty for what is only a mark."""
    plain = _LOOSE.sub("", unicodedata.normalize("NFKC", form))
    return "" if plain.isspace() else plain


def _controls_after(run: str) -> int:
    """How many invisible signs end the run: they belong to no letter."""
    match = _TRAILING_CONTROLS.search(run)
    return len(match.group()) if match else 0
