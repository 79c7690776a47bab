"""Finds every known name in a text, word by word: exact, whole words, proclitics cut off before the first one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ \u00a0]*[\"'«»“”„‘’()\-–‑]?[ \u00a0]*[\"'«»“”„‘’(]?")
_OPEN = {"«": "»", "“": "”", "„": "“", '"': '"', "(": ")", "‘": "’"}


@dataclass(frozen=True, slots=True)
class Match:
    """A known name: span of the view's text, its words `first` to `last` (half-open), index of the pattern."""

    begin: int
    end: int
    first: int
    last: int
    pattern: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a folded text with their offsets."""

    text: tuple[str, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]


def split(fold: str) -> Words:
    """The words of a folded text: runs of letters and digits."""
    found = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(fold)]
    if not found:
        return Words((), (), ())
    text, begins, ends = zip(*found, strict=True)
    return Words(text, begins, ends)


class Matcher:
    """A dictionary of names over words.

    `names` maps the folded name, words joined by one space, to its index; `spans` maps a first word to the largest
    number of words that any name beginning with it has; `blocked` are surface words never read as proclitic + name.
    """

    def __init__(self, names: Mapping[str, int], spans: Mapping[str, int], blocked: frozenset[str]) -> None:
        self._names = names
        self._spans = spans
        self._blocked = blocked

    def index(self, name: str) -> int | None:
        """The index of a folded name, or None."""
        return self._names.get(name)

    def extended(self, names: Mapping[str, int], blocked: frozenset[str]) -> Matcher:
        """A matcher with more names, which take the place of its own, and more blocked words."""
        spans = dict(self._spans)
        for name in names:
            words = name.split(" ")
            spans[words[0]] = max(spans.get(words[0], 1), len(words))
        return Matcher({**self._names, **names}, spans, self._blocked | blocked)

    def matches(self, fold: str, words: Words) -> Iterator[Match]:
        """All names in the text, overlapping ones too, in order of their first word, longest first."""
        spans = self._spans
        for i, word in enumerate(words.text):
            if word in spans:
                yield from self._from(fold, words, i, word, 0)
            if word[0] in "وفبلك" and len(word) > 2:
                for rest, cut in _stems(word):
                    if rest in spans:
                        yield from self._from(fold, words, i, rest, cut)

    def _from(self, fold: str, words: Words, i: int, first: str, cut: int) -> Iterator[Match]:
        """The names that begin with `first`, a reading of word i without its first `cut` letters."""
        text, begins, ends = words.text, words.begins, words.ends
        limit = min(self._spans[first], len(text) - i)
        n = 1
        while n < limit and _GAP.fullmatch(fold, ends[i + n - 1], begins[i + n]):
            n += 1
        names = self._names
        begin = begins[i] + cut
        while n > 1:
            index = names.get(" ".join((first, *text[i + 1 : i + n])))
            if index is not None:
                yield Match(begin, _closed(fold, begin, ends[i + n - 1]), i, i + n, index)
            n -= 1
        index = names.get(first)
        if index is not None and not (cut and text[i] in self._blocked):
            yield Match(begin, ends[i], i, i + 1, index)


def _stems(word: str) -> Iterator[tuple[str, int]]:
    """Readings of a word as proclitics and the first word of a name, with the number of letters cut.

    The article after ل lost its alif: للحكومة is read as الحكومة and cut before its second lam.
    """
    cuts = [0]
    if word[0] in "وف":
        cuts.append(1)
        yield word[1:], 1
    for at in cuts:
        letter = word[at]
        if letter in "بك":
            yield word[at + 1 :], at + 1
        elif letter == "ل":
            rest = word[at + 1 :]
            yield rest, at + 1
            if rest.startswith("ل"):
                yield "ا" + rest, at + 1
                yield "ال" + rest, at + 1


def _closed(fold: str, begin: int, end: int) -> int:
    """The end of a name, with the mark that closes a quotation or bracket opened inside it."""
    if end < len(fold):
        for letter in fold[begin:end]:
            closing = _OPEN.get(letter)
            if closing == fold[end] and fold.count(letter, begin, end) % 2 == 1:
                return end + 1
    return end
