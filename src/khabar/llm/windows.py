"""Cuts a long text into windows at the ends of paragraphs, else of sentences, else of words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CUTS = tuple(re.compile(p) for p in (r"\n\s*", r"[.!؟?]+[»”\")]*\s+", r"\s+"))


def cut(text: str, room: int, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    r"""Half-open ranges of the text, none longer than `room`, that hold all of it in order.

    >>> list(cut("one two\nthree", 8))
    [(0, 8), (8, 13)]
    """
    end = len(text) if end is None else end
    while end - begin > room:
        at = _last_cut(text, begin, begin + room) or begin + room
        yield begin, at
        begin = at
    if text[begin:end].strip():
        yield begin, end


def halves(text: str, begin: int, end: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """A window as two, cut at the best place between its middle and its end; None when it is one word."""
    best = _last_cut(text, begin, begin + (end - begin) * 2 // 3)
    if best is None or not text[best:end].strip() or not text[begin:best].strip():
        return None
    return (begin, best), (best, end)


def _last_cut(text: str, begin: int, limit: int) -> int | None:
    """The last place up to `limit` at which a paragraph, sentence or word has ended; the first third is left whole."""
    for kind in _CUTS:
        found = [m.end() for m in kind.finditer(text, begin, limit)]
        if found and found[-1] > begin + (limit - begin) // 3:
            return found[-1]
    return None
