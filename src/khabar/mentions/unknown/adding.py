"""From what the finder found to mentions: sure enough, clean, where nothing else stands; said once, known after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from khabar.mentions.joining import Name, covered, join
from khabar.mentions.unknown.finder import Finder, Span
from khabar.mentions.words import bare, definite, group, load, noun_of
from khabar.model import Document, Mention, Token

#: How sure the finder must be of the worst word of a name; chosen by reading what it adds to newspaper articles.
FLOORS = {"PER": 0.9, "LOC": 0.95, "ORG": 0.95}
_CLASSES = {"PER": "Person", "LOC": "Place", "ORG": "Organization"}
_FIRMS = frozenset(("Organization", "MediaOutlet"))
_COMMON = 60  # log frequency (tenths) from which one word alone is rather an ordinary word than a name


def add(doc: Document, mentions: Sequence[Mention], finder: Finder) -> list[Mention]:
    """The mentions with the finder's names among them: only such as touch no mention and that it is sure of."""
    taken = covered(mentions)
    sure = (s for s in finder.find(doc, mentions) if s.sure >= FLOORS.get(s.kind, 2.0))
    clean = (_clean(doc, s) for s in sure if taken.isdisjoint(range(s.first, s.last)))
    found = join(doc, mentions, (Name(s.first, s.last, _CLASSES[s.kind], s.sure) for s in clean if s is not None))
    return join(doc, found, _again(doc, [m for m in found if m not in mentions], covered(found)))


def _clean(doc: Document, span: Span) -> Span | None:
    """The name without titles before it and pronouns behind it; None for what cannot be a name."""
    tokens, first, last = doc.tokens, span.first, span.last
    titles = load().titles
    while last - first > 1 and span.kind == "PER" and definite(tokens[first].fold):
        if bare(tokens[first].fold) not in titles and tokens[first].fold not in group("attribute"):
            break
        first += 1
    while last > first and tokens[last - 1].kind in ("punct", "enclitic", "proclitic"):
        last -= 1
    if last - first == 0 or last - first > 7:
        return None
    inside = tokens[first:last]
    if span.kind == "LOC" and inside[0].fold[:1] == "ب" and noun_of(inside[0].fold[1:]) is not None:
        return None  # بحي الروضة: a proclitic that was not cut
    if any(t.kind in ("punct", "number") and t.text not in ("-", ".") for t in inside):
        return None
    if span.kind == "PER" and _of_an_actor(doc, first):
        return None  # شركة فلان، صحيفة فلان: the name is the firm's
    if tokens[first].sentence != tokens[last - 1].sentence or not _name_like(inside, span.kind):
        return None
    return replace(span, first=first, last=last)


def _of_an_actor(doc: Document, first: int) -> bool:
    """Whether the noun right before names an organisation without article, as in شركة فلان."""
    if not first:
        return False
    word = doc.tokens[first - 1].fold
    noun = noun_of(word)
    return noun is not None and noun.kind == "actor" and not definite(word) and noun.cls in _FIRMS


def _name_like(inside: Sequence[Token], kind: str) -> bool:
    """Whether words can be a name of their type: one word must be rare, an organisation has a noun that says so."""
    tables = load()
    word = inside[0].fold
    if len(inside) == 1:
        if inside[0].kind != "stem" or len(word) < 3:
            return False
        if word in tables.groups["stop"] or word in tables.groups["time"] or word in tables.groups["speech"]:
            return False
        short = bare(word)
        if noun_of(word) is not None or short in tables.titles or short in tables.adjectives:
            return False
        rank = max(tables.common.get(word, 0), tables.common.get(short, 0))
        return rank < _COMMON or (kind == "PER" and word in tables.names and rank < _COMMON + 15)
    if kind == "PER":
        noun = noun_of(word)
        return noun is None or (noun.kind != "actor" and word in tables.names)
    return True


def _again(doc: Document, new: Sequence[Mention], taken: set[int]) -> Iterator[Name]:
    """Further uses of the names found: the same words, or the last name of a person."""
    tokens = doc.tokens
    tables = load()
    known: dict[str, list[tuple[tuple[str, ...], Mention]]] = {}
    for m in new:
        words = tuple(t.fold for t in tokens[m.first : m.last])
        known.setdefault(words[0], []).append((words, m))
        last = words[-1]
        if m.cls == "Person" and len(words) > 1 and len(last) > 2 and tables.common.get(last, 0) < _COMMON:
            known.setdefault(last, []).append(((last,), m))
    for i, t in enumerate(tokens):
        if t.fold not in known or t.kind != "stem" or i in taken:
            continue
        for words, m in sorted(known[t.fold], key=lambda x: -len(x[0])):
            j = i + len(words)
            short = len(words) < m.last - m.first
            if short and (i < m.first or (j < len(tokens) and tokens[j].kind == "enclitic")):
                continue
            if taken.isdisjoint(range(i, j)) and tuple(x.fold for x in tokens[i:j]) == words:
                taken.update(range(i, j))
                yield Name(i, j, m.cls)
                break
