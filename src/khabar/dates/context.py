"""What a date rule is given and what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from khabar.dates.periods import Anchor, Period

_SENTENCE = re.compile(r"[.!؟?؛;:،,«»\"\n(]")
# س + a verb's prefix, but not the common nouns that begin so
_FUTURE = re.compile(
    r"(?<!\w)[وف]?(?:س(?!يطر|ياس|يار|يد[اهي]?(?!\w)|يدات|ينا|يف(?!\w)|يول|ير[هي]|ت(?:ه|ين|ون)(?!\w)|تار)[يتن]\w{2,}"
    r"|سوف|لن|يعتزم\w*|تعتزم|مقرر\w*|المقرر\w*|مرتقب\w*|المرتقب\w*|المنتظر|المتوقع|[يت]توقع"
    r"|ربما [يتن]\w{2,}|قد [يتن]\w{2,}|ل[يت]بحث|لاجراء)(?!\w)"
)
_NEXT_ON = re.compile(r"(?<!\w)ال(?:مقبل|قادم)ه?\s+(?:في|يوم)?\s*(?:يوم\s+)?$")
_WAS_TO = re.compile(r"(?<!\w)[وف]?كانت? (?:من )?(?:المقرر|المفترض|المنتظر|المتوقع|مقررا?|س)")


@dataclass(frozen=True, slots=True)
class Context:
    """The folded text and the issue date."""

    text: str
    anchor: Anchor | None

    def ahead(self, begin: int) -> bool | None:
        """Tell whether the words before `begin` point to the future; None when they tell of a plan of the past."""
        window = _SENTENCE.split(self.text[max(0, begin - 90) : begin])[-1]
        if _WAS_TO.search(window):
            return None
        return (_FUTURE.search(window) or _NEXT_ON.search(window)) is not None

    def before(self, begin: int, pattern: re.Pattern[str]) -> bool:
        """Tell whether the words up to `begin` end in the pattern (which ends in $)."""
        return pattern.search(self.text[max(0, begin - 30) : begin]) is not None

    def after(self, end: int, pattern: re.Pattern[str]) -> bool:
        """Tell whether the words from `end` on begin with the pattern."""
        return pattern.match(self.text, end) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """A folded pattern whose group `date` is the date's span, and what reads a match.

    `pointed` rules give dates that منذ turns into an interval; the others give distances.
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Context], Period | None]
    pointed: bool = True
