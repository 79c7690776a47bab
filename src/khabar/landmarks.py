"""Which place a noun alone stands for: المدينة, العاصمة, القطاع, المطار, once the text has named it.

The nouns stand in `ontology/lexicon/function_words.tsv` under `town noun`, `site noun` and `seat noun`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from khabar.lexicon import words
from khabar.mentions.scan import PLACES
from khabar.mentions.words import bare, definite
from khabar.model import Document, Entity, Mention

REACH = 3  # sentences back
TOWNS = frozenset(("Settlement", "AdministrativeArea"))
PROVINCES = frozenset("محافظه ولايه اقليم مديريه".split())
CapitalOf = Callable[[str], str | None]
BEHIND = 2  # tokens before a name that may say what it is: العاصمة الليبية طرابلس


def landmarks(doc: Document, entities: Sequence[Entity], capital_of: CapitalOf) -> dict[int, str]:
    """Token index of each definite noun that stands for a place named before it, to that place's entity id.

    `capital_of` gives the state whose capital a key of the knowledge base is. The only
    town that the sentence has named is meant by المدينة, else the nearest place introduced with the same noun, else the
    only town of the sentence and the one before.
    """
    covered = {k for e in entities for m in e.mentions if m.how != "pronoun" for k in range(m.first, m.last)}
    starts = {m.first for e in entities for m in e.mentions}
    named = sorted(
        ((m, e) for e in entities if e.cls in PLACES for m in e.mentions if m.how != "pronoun"),
        key=lambda x: x[0].first,
    )
    known = words()
    kinds = {noun: kind for kind in ("town", "site", "seat") for noun in known[f"{kind} noun"]}
    found: dict[int, str] = {}
    for t in doc.tokens:
        kind = kinds.get(bare(t.fold)) if t.kind == "stem" and definite(t.fold) and t.i not in covered else None
        if kind is None or _another(doc, t.i, starts):
            continue
        near = [(m, e) for m, e in named if m.first < t.i and t.sentence - doc.tokens[m.first].sentence <= REACH]
        if e := _meant(doc, t.i, kind, near, named, capital_of):
            found[t.i] = e.id
    return found


def _meant(
    doc: Document,
    i: int,
    kind: str,
    near: Sequence[tuple[Mention, Entity]],
    named: Sequence[tuple[Mention, Entity]],
    capital_of: CapitalOf,
) -> Entity | None:
    noun, sentence = bare(doc.tokens[i].fold), doc.tokens[i].sentence
    here = [(m, e) for m, e in near if e.cls in TOWNS and doc.tokens[m.first].sentence == sentence]
    towns = {e.id: e for m, e in here if not _heads(doc, m) & PROVINCES}
    if kind == "town" and len(towns) == 1:
        return next(iter(towns.values()))
    same = [e for m, e in near if noun in _heads(doc, m)]
    if same:
        return same[-1]
    if kind == "seat":
        seats = {e.id: e for m, e in named if m.first < i and e.key and capital_of(e.key)}
        return next(iter(seats.values())) if len(seats) == 1 else None
    only = {
        e.id: e
        for m, e in near
        if e.cls in TOWNS and doc.tokens[m.first].sentence >= sentence - 1 and not _heads(doc, m) & PROVINCES
    }
    return next(iter(only.values())) if kind == "town" and len(only) == 1 else None


def _heads(doc: Document, m: Mention) -> set[str]:
    """The words that say what a place is: the first of its name, or those right before it."""
    before = [t for t in doc.tokens[max(0, m.first - BEHIND) : m.first] if t.kind == "stem"]
    return {bare(doc.tokens[m.first].fold), *(bare(t.fold) for t in before)}


def _another(doc: Document, i: int, starts: set[int]) -> bool:
    """True where its name follows (العاصمة الليبية طرابلس), or an adjective that makes it another: المدينة القديمة."""
    k = i + 1
    while k < len(doc.tokens) and k - i <= BEHIND and doc.tokens[k].pos == "ADJ" and k not in starts:
        k += 1
    described = k > i + 1 and definite(doc.tokens[i + 1].fold)
    return k in starts or (described and bare(doc.tokens[i + 1].fold) not in words()["same place"])
