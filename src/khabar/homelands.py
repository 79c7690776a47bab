"""Whose country بلاده is: that of whoever speaks in its sentence, or spoke last before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from khabar.kb import Entry
from khabar.lexicon import words
from khabar.mentions.words import load
from khabar.model import Document, Entity, Mention, Token

REACH = 2
"""Sentences back that somebody may have spoken in: وأضاف أن بلاده."""

_SPEAKERS = frozenset("Person Position Government UnnamedSource".split())


class Knowledge(Protocol):
    """What a knowledge base is asked here."""

    def entry(self, key: str) -> Entry:
        """The entry of this key; KeyError when there is none."""
        ...


def homelands(doc: Document, entities: Sequence[Entity], kb: Knowledge) -> tuple[Entity, ...]:
    """The entities with a mention for each بلاده, بلادها, بلادنا; none where nobody speaks whose country is known.

    Such a mention stands as an argument, as a pronoun does, and is never written out.
    """
    found = list(entities)
    places = [t for t in doc.tokens if t.kind == "stem" and t.fold in words()["homeland"]]
    if not places:
        return tuple(found)
    speakers = sorted(((m, e) for e in entities for m in e.mentions if _speaks(doc, m, e)), key=lambda x: x[0].first)
    for t in places:
        first = doc.sentences[max(0, t.sentence - REACH)].first
        near = [(m, e) for m, e in speakers if first <= m.first < t.i]
        if near and (key := _home(*near[-1], kb)):
            at = next((n for n, e in enumerate(found) if e.key == key), len(found))
            if at == len(found):
                entry = kb.entry(key)
                found.append(Entity(f"e{at}", entry.cls, entry.name_ar, key))
            country = found[at]
            found[at] = replace(country, mentions=(*country.mentions, _mention(t, country)))
    return tuple(found)


def _mention(t: Token, country: Entity) -> Mention:
    return Mention(
        t.begin, t.end, t.i, t.i + 1, t.i, country.cls, "homeland", (country.key or "",), country.key, country.id
    )


def _speaks(doc: Document, m: Mention, e: Entity) -> bool:
    """True for who stands right behind a verb of speech, or is the subject of one."""
    if e.cls not in _SPEAKERS or m.how == "pronoun":
        return False
    speech = load().groups["speech"]
    head = doc.tokens[m.head if m.first <= m.head < m.last else m.first]
    above = doc.tokens[head.head] if head.head >= 0 and head.dep.startswith("nsubj") else None
    return (m.first > 0 and doc.tokens[m.first - 1].fold in speech) or (above is not None and above.fold in speech)


def _home(m: Mention, e: Entity, kb: Knowledge) -> str | None:
    """The key of the state that somebody speaks for."""
    home = kb.entry(e.key).country if e.key else m.nation
    try:
        return home if home and kb.entry(home).cls == "Country" else None
    except KeyError:
        return None
