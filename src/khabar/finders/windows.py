"""A document as the models read it: whole words, in overlapping windows; and the way back to exact raw spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from khabar.finders import FoundName
from khabar.mentions.joining import Name, trim, written
from khabar.model import Document


@dataclass(frozen=True, slots=True)
class Word:
    """A written word with its clitics, as newspaper corpora have it: tokens `first` to `last` (half-open)."""

    text: str
    first: int
    last: int
    sentence: int


def words(document: Document) -> list[Word]:
    """The written words of a document, without diacritics and tatweel."""
    tokens = document.tokens
    return [
        Word("".join(t.text for t in tokens[first:last]), first, last, tokens[first].sentence)
        for first, last in written(tokens)
    ]


def windows(costs: Sequence[int], room: int, overlap: int) -> list[tuple[int, int]]:
    """Half-open ranges of words that together hold all of them.

    Each costs at most `room` (or is one word); each begins up to `overlap` before the end of the one before it.
    """
    found: list[tuple[int, int]] = []
    first, size = 0, len(costs)
    while first < size:
        last, used = first, 0
        while last < size and (last == first or used + costs[last] <= room):
            used += costs[last]
            last += 1
        found.append((first, last))
        if last == size:
            break
        back, kept, spare = last, 0, min(overlap, room - costs[last])
        while back > first + 1 and kept + costs[back - 1] <= spare:
            back -= 1
            kept += costs[back]
        first = back
    return found


def depth(word: int, window: tuple[int, int], size: int) -> int:
    """How many words lie between `word` and the nearest cut of its window; the ends of the text are no cuts."""
    first, last = window
    before = word - first if first else size
    behind = last - 1 - word if last < size else size
    return min(before, behind)


def span(document: Document, first: int, last: int) -> tuple[int, int] | None:
    """The raw span of tokens `first` to `last`, trimmed; None when nothing is left."""
    tokens = document.tokens
    first, last = trim(tokens, first, last)
    return (tokens[first].begin, tokens[last - 1].end) if first < last else None


def located(document: Document, found: Iterable[FoundName]) -> Iterator[Name]:
    """Names of raw spans as names of the whole tokens that they touch."""
    begins, ends = [t.begin for t in document.tokens], [t.end for t in document.tokens]
    for name in found:
        yield Name(bisect_right(ends, name.begin), bisect_left(begins, name.end), name.cls, name.score)
