"""Adds the names of a finder to the mentions of the dictionary and the rules, which go before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from khabar.finders import FoundName
from khabar.finders.windows import trim
from khabar.model import Document, Mention


def join(document: Document, mentions: Sequence[Mention], names: Iterable[FoundName]) -> list[Mention]:
    """The mentions, and of `names` those that overlap none of them nor a better-scored name, in text order.

    A name covers whole tokens; clitics and marks at its edges are left out.
    """
    tokens = document.tokens
    begins, ends = [t.begin for t in tokens], [t.end for t in tokens]
    taken = bytearray(len(tokens))
    for m in mentions:
        taken[m.first : m.last] = b"\1" * (m.last - m.first)
    found = list(mentions)
    for name in sorted(names, key=lambda n: (-n.score, n.begin)):
        first, last = trim(tokens, bisect_right(ends, name.begin), bisect_left(begins, name.end))
        if first >= last or any(taken[first:last]):
            continue
        taken[first:last] = b"\1" * (last - first)
        found.append(Mention(begins[first], ends[last - 1], first, last, first, name.cls, "name"))
    return sorted(found, key=lambda m: (m.first, -m.last))
