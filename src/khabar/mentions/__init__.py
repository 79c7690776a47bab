"""Finds the words that name or describe an entity: known names, persons, actors, sources, places, things of war."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khabar.kb import Hit, KnowledgeBase
from khabar.mentions import media, names, offices, phrases, places, sources, unknown
from khabar.mentions.scan import Phrase, Text
from khabar.mentions.words import bare, definite
from khabar.model import Document, Mention

__all__ = ["find_mentions"]

_READERS = (names.read, offices.read, phrases.read, sources.read, places.read, media.read)


def find_mentions(doc: Document, hits: Sequence[Hit], kb: KnowledgeBase, *, guess: bool = False) -> list[Mention]:
    """The mentions of a document in text order, nested ones behind what holds them; `entity` is still empty.

    `guess` adds names that no list knows where no other mention stands (see `mentions.unknown`).
    """
    text = Text(doc, hits, kb, _READERS)
    found: dict[tuple[int, int], Mention] = {}
    for p in _phrases(text):
        for q in _flat(p):
            begin, end = doc.tokens[q.first].begin, doc.tokens[q.last - 1].end
            m = Mention(begin, end, q.first, q.last, q.head, q.cls, q.how, q.keys, q.nation)
            found.setdefault((q.first, q.last), m)
    for m in _surnames(text, list(found.values())):
        found.setdefault((m.first, m.last), m)
    mentions = sorted(found.values(), key=lambda m: (m.first, -m.last))
    return unknown.add(doc, mentions, unknown.load()) if guess else mentions


def _surnames(text: Text, found: list[Mention]) -> Iterator[Mention]:
    """Later uses of a person's last name alone (الخراز after أحمد الخراز), with or without article."""
    names: dict[str, Mention] = {}
    taken: set[int] = set()
    for m in found:
        if m.cls != "Position":
            taken.update(range(m.first, m.last))
        if m.cls == "Person" and m.how == "name" and m.last - m.first > 1:
            last = text.fold[m.last - 1]
            held = text.tokens[m.last - 2]
            if held.fold in ("ابو", "عبد", "بن", "ام", "الحرمين") or len(last) < 3:
                continue
            if text.words.common.get(last, 0) <= 80 or last in text.words.names:
                names.setdefault(last, m)
                if text.words.common.get("ال" + last, 0) <= 60 and text.words.common.get(last, 0) <= 60:
                    names.setdefault("ال" + last, m)
        elif m.cls == "Person" and m.how == "name" and m.keys:
            names.setdefault(text.fold[m.first], m)
    for t in text.tokens:
        full = names.get(t.fold) if t.kind == "stem" and t.i not in taken else None
        if full is None or full.first > t.i or text.fold[t.i + 1 : t.i + 2] == ["بن"]:
            continue
        if t.i + 1 < text.size and text.tokens[t.i + 1].kind == "enclitic":
            continue
        given = text.tokens[t.i - 1] if t.i else None
        if given is not None and given.word == t.word - 1 and _other(text, given.fold, t.fold):
            continue
        if given is not None and text.words.names.get(given.fold) in ("given", "weak") and given.i not in taken:
            if given.kind == "stem" and given.word == t.word - 1 and given.fold != text.fold[full.first]:
                yield Mention(given.begin, t.end, given.i, t.i + 1, given.i, "Person", "name")  # a relative
                continue
        yield Mention(t.begin, t.end, t.i, t.i + 1, t.i, "Person", "name", full.keys, full.nation)


def _other(text: Text, before: str, word: str) -> bool:
    """True where a surname is a house's (آل سعود) or an adjective (الدفاع المدني after سلوى المدني)."""
    if before in ("ال", "بني", "بنو") or not (definite(before) and definite(word)):
        return before in ("ال", "بني", "بنو")
    return not (bare(before) in text.words.titles or before in text.groups["attribute"])


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
