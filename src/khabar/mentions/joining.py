"""Joins the names of a finder to the mentions: one way for every finder, the package's own and those of the user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from khabar.mentions.words import noun_of
from khabar.model import Document, Mention, Token


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a finder proposes: tokens `first` to `last` (half-open), its class, how sure it is (0..1)."""

    first: int
    last: int
    cls: str
    sure: float = 1.0


def join(document: Document, mentions: Sequence[Mention], names: Iterable[Name]) -> list[Mention]:
    """The mentions, and of `names` those that touch none of them nor a surer name, in text order.

    Clitics and marks at the edges of a name are left out; its class may become a narrower one.
    """
    tokens = document.tokens
    taken = covered(mentions)
    found = list(mentions)
    for name in sorted(names, key=lambda n: (-n.sure, n.first)):
        first, last = trim(tokens, name.first, name.last)
        if first >= last or not taken.isdisjoint(range(first, last)):
            continue
        taken.update(range(first, last))
        cls = narrowed(tokens, first, name.cls)
        found.append(Mention(tokens[first].begin, tokens[last - 1].end, first, last, first, cls, "name"))
    return sorted(found, key=lambda m: (m.first, -m.last))


def covered(mentions: Iterable[Mention]) -> set[int]:
    """The tokens that mentions hold."""
    return {i for m in mentions for i in range(m.first, m.last)}


def trim(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Tokens `first` to `last` without the clitics and marks at the edges; marks inside stay."""
    while first < last and tokens[first].kind in ("proclitic", "punct"):
        first += 1
    while last > first and tokens[last - 1].kind in ("enclitic", "punct"):
        last -= 1
    return first, last


def narrowed(tokens: Sequence[Token], first: int, cls: str) -> str:
    """The class that its head noun gives an organisation (كتيبة), the noun before it or its own a place (بلدة)."""
    if cls == "Organization":
        noun = noun_of(tokens[first].fold)
        return noun.cls if noun is not None and noun.kind == "actor" and noun.cls else cls
    if cls in ("Place", "Settlement"):
        before = first > 0 and tokens[first - 1].word == tokens[first].word - 1
        for i in (first - 1, first) if before else (first,):
            noun = noun_of(tokens[i].fold)
            if noun is not None and noun.kind == "place" and noun.cls:
                return noun.cls
    return cls


def written(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """The written words: half-open ranges of the tokens that share one, a stem with its clitics."""
    found, first = [], 0
    for i in range(1, len(tokens) + 1):
        if i == len(tokens) or tokens[i].word != tokens[first].word:
            found.append((first, i))
            first = i
    return found
