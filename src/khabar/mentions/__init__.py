"""Finds the words that name or describe an entity: known names, persons, actors, sources, places, things of war."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khabar.kb import Hit, KnowledgeBase
from khabar.mentions import persons, phrases, places, sources
from khabar.mentions.scan import Phrase, Text
from khabar.model import Document, Mention

__all__ = ["find_mentions"]

_READERS = (persons.read, phrases.read, sources.read, places.read)


def find_mentions(doc: Document, hits: Sequence[Hit], kb: KnowledgeBase) -> list[Mention]:
    """The mentions of a document in text order, nested ones behind what holds them; `entity` is still empty."""
    text = Text(doc, hits, kb, _READERS)
    found: dict[tuple[int, int], Mention] = {}
    for p in _phrases(text):
        for q in _flat(p):
            begin, end = doc.tokens[q.first].begin, doc.tokens[q.last - 1].end
            m = Mention(begin, end, q.first, q.last, q.head, q.cls, q.how, q.keys, q.nation)
            found.setdefault((q.first, q.last), m)
    return sorted(found.values(), key=lambda m: (m.first, -m.last))


def _phrases(text: Text) -> Iterator[Phrase]:
    """The outermost phrases of the document."""
    i = 0
    while i < text.size:
        if text.tokens[i].kind == "punct":
            i += 1
            continue
        p = text.read(i)
        if p is None:
            for p in places.listed(text, i) if text.tokens[i].kind == "stem" else ():
                yield p
                i = p.last - 1
            i += 1
            continue
        yield p
        i = p.last


def _flat(p: Phrase) -> Iterator[Phrase]:
    yield p
    for q in p.inner:
        yield from _flat(q)
