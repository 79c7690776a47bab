"""A document as the models read it: whole words, in overlapping windows; and the way back to exact raw spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from khabar.model import Document, Token


@dataclass(frozen=True, slots=True)
class Word:
    """A written word with its clitics, as newspaper corpora have it: tokens `first` to `last` (half-open)."""

    text: str
    first: int
    last: int
    sentence: int


def words(document: Document) -> list[Word]:
    """The written words of a document, without diacritics and tatweel."""
    tokens, found, i = document.tokens, [], 0
    while i < len(tokens):
        j = i + 1
        while j < len(tokens) and tokens[j].word == tokens[i].word:
            j += 1
        found.append(Word("".join(t.text for t in tokens[i:j]), i, j, tokens[i].sentence))
        i = j
    return found


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


def trim(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Tokens `first` to `last` without the clitics and marks at the edges; marks inside stay."""
    while first < last and tokens[first].kind in ("proclitic", "punct"):
        first += 1
    while last > first and tokens[last - 1].kind in ("enclitic", "punct"):
        last -= 1
    return first, last


def span(document: Document, first: int, last: int) -> tuple[int, int] | None:
    """The raw span of tokens `first` to `last`, trimmed; None when nothing is left."""
    tokens = document.tokens
    first, last = trim(tokens, first, last)
    return (tokens[first].begin, tokens[last - 1].end) if first < last else None
