"""Adds the names of a finder to the mentions of the dictionary and the rules, which go before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from khabar.finders import FoundName
from khabar.finders.windows import trim
from khabar.mentions.words import noun_of
from khabar.model import Document, Mention, Token


def join(document: Document, mentions: Sequence[Mention], names: Iterable[FoundName]) -> list[Mention]:
    """The mentions, and of `names` those that overlap none of them nor a better-scored name, in text order.

    A name covers whole tokens; clitics and marks at its edges are left out. Its class may become a narrower one.
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
        cls = _class(tokens, first, name.cls)
        found.append(Mention(begins[first], ends[last - 1], first, last, first, cls, "name"))
    return sorted(found, key=lambda m: (m.first, -m.last))


def _class(tokens: Sequence[Token], first: int, cls: str) -> str:
    """The class that its head noun gives an organisation (كتيبة), or the noun before it a place (بلدة)."""
    if cls == "Organization":
        noun = noun_of(tokens[first].fold)
        return noun.cls if noun is not None and noun.kind == "actor" and noun.cls else cls
    if cls in ("Place", "Settlement") and first and tokens[first - 1].word == tokens[first].word - 1:
        noun = noun_of(tokens[first - 1].fold)
        return noun.cls if noun is not None and noun.kind == "place" and noun.cls else cls
    return cls
