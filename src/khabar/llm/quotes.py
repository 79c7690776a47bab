"""Finds quotes in the raw text: letter by letter first, then as the text reads without its marks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from khabar.model import Document
from khabar.text import View, fold, normalise

Span = tuple[int, int]

_MARKS = "\"'«»“”‘’„"
_WORD = re.compile(rf"[{_MARKS}]|[^\s{_MARKS}]+")


class Quotes:
    """The places of quotes in one document; only whole tokens count, so that قصف is not found in قصفت."""

    def __init__(self, view: View, doc: Document) -> None:
        self._view = view
        self._tokens = doc.tokens
        self._begins = [t.begin for t in doc.tokens]
        self._ends = [t.end for t in doc.tokens]

    def find(self, quote: str, window: Span) -> list[Span]:
        """The raw spans of a quote within a window, in order; none when it is not there."""
        quote = quote.strip()
        if not quote:
            return []
        return list(self._exact(quote, window)) or list(self._folded(quote, window))

    def tokens(self, span: Span) -> Span:
        """The tokens, half-open, that a raw span touches."""
        return bisect_right(self._ends, span[0]), bisect_left(self._begins, span[1])

    def _exact(self, quote: str, window: Span) -> Iterator[Span]:
        at = self._view.source.find(quote, *window)
        while at >= 0:
            if self._whole((at, at + len(quote))):
                yield at, at + len(quote)
            at = self._view.source.find(quote, at + 1, window[1])

    def _folded(self, quote: str, window: Span) -> Iterator[Span]:
        """Without marks, with plain letters; any white space and any marks of quotation stand for each other."""
        words = _WORD.findall(fold(normalise(quote).text))
        if not words:
            return
        parts = (f"[{_MARKS}]" if word in _MARKS else re.escape(word) for word in words)
        begin, end = self._view.norm(*window)
        for match in re.compile(r"\s*".join(parts)).finditer(self._view.fold, begin, end):
            span = self._view.raw(*match.span())
            if self._whole(span):
                yield span

    def _whole(self, span: Span) -> bool:
        first, last = self.tokens(span)
        return first < last and (self._begins[first], self._ends[last - 1]) == span


def nearest(spans: Sequence[Span], to: Span) -> int:
    """How many code points lie between a span and the nearest of others; 0 when they touch."""
    return min((max(0, begin - to[1], to[0] - end) for begin, end in spans), default=0)
