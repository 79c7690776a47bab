"""How alike two entities are, by name, class, states around them and ties: a score with its reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from khabar.mentions.words import COMMON, bare, load, noun_of
from khabar.text import fold, normalise

APART = frozenset("UnnamedSource PopulationGroup Position Materiel".split())
"""Classes whose members are descriptions, not names: two of one description are two things."""

_FAMILIES = (
    frozenset("StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit ArmedForce Organization".split()),
    frozenset("Organization Government InternationalOrganization MediaOutlet".split()),
    frozenset("Settlement AdministrativeArea Place Facility".split()),
)
_LINKERS = frozenset("بن ابن ابو ام عبد ال في من و علي".split())
_CROWD = 60


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity to compare: its IRI, class, name, all its names folded, and what surrounds it.

    `documents` are keys; `states` are countries as (IRI, name); `ties` is what it is tied to, as (IRI, or class and
    folded name of what is unlinked; name). `known` says that the knowledge base has it. Merged entities are one thing.
    """

    node: str
    cls: str
    name: str
    folds: tuple[str, ...]
    documents: frozenset[str]
    states: frozenset[tuple[str, str]]
    ties: frozenset[tuple[str, str]] = frozenset()
    known: bool = False

    @property
    def fold(self) -> str:
        """Its first name, folded."""
        return self.folds[0]

    @property
    def distinctive(self) -> bool:
        """Whether its name tells it from others of its kind."""
        return self.cls not in APART and _distinctive(self.cls, self.fold)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 1, its reasons, and whether it is sure enough to be proposed."""

    score: float
    reasons: tuple[str, ...]
    sure: bool


def folded(name: str) -> str:
    """A name as it is compared: normalised, folded, single spaces."""
    return " ".join(normalise(name).fold.split())


def likeness(one: Thing, other: Thing) -> Likeness | None:
    """How alike two entities are; None when they cannot be one.

    They cannot when their classes are no kin, when one is a mere description, or when one document has both: whoever
    read it took them for two.
    """
    if one.cls in APART or other.cls in APART or one.documents & other.documents:
        return None
    same_class = one.cls == other.cls
    if not same_class and not any({one.cls, other.cls} <= family for family in _FAMILIES):
        return None
    named = _names(one, other)
    if named is None:
        return None
    score, words = named
    reasons = [words]
    distinctive = one.distinctive and other.distinctive
    if not distinctive:
        score -= 0.25 if " " in one.fold or one.cls != "Person" else 0.35
        reasons.append("the name is a common one")
    elif " " in one.fold and " " in other.fold:
        score += 0.15
    if same_class:
        score += 0.1
        reasons.append(f"both are {one.cls}")
    else:
        reasons.append(f"{one.cls} and {other.cls}")
    shared = one.states & other.states
    if shared:
        score += 0.15
        reasons.append(f"both in news of {', '.join(sorted(name for _, name in shared))}")
    elif one.states and other.states:
        score -= 0.3
        reasons.append("in news of different countries")
    names = dict(one.ties)
    both = names.keys() & dict(other.ties).keys()
    if both:
        score += min(0.1, 0.05 * len(both))
        reasons.append(f"both tied to {'، '.join(sorted(names[tie] for tie in both))}")
    exact = one.fold == other.fold
    return Likeness(
        round(min(1.0, max(0.0, score)), 2), tuple(reasons), exact and same_class and distinctive and bool(shared)
    )


def _names(one: Thing, other: Thing) -> tuple[float, str] | None:
    """What the names are worth, and why; None when they say nothing."""
    if one.name == other.name:
        return 0.5, "same name"
    if one.fold == other.fold:
        return 0.48, "same name but for hamza, ya and ta marbuta"
    if set(one.folds) & set(other.folds):
        return 0.45, "one is another name of the other"
    if {plain(name) for name in one.folds} & {plain(name) for name in other.folds}:
        return 0.42, "same name but for the article and long vowels"
    if any(_part(one.cls, a, b) for a in one.folds for b in other.folds):
        return 0.3, "one name is part of the other"
    return None


def plain(name: str) -> str:
    """A folded name without articles, its transliterated letters evened out: غراد, جراد and قراد are one.

    >>> plain("الوطيه") == plain("وطيا"), plain("بريغوجين") == plain("بريقوجين"), plain("حلب") == plain("حلف")
    (True, True, False)
    """
    words = (bare(word) for word in name.split())
    return " ".join(_evened(word) for word in words if word not in ("بن", "ابن"))


def _evened(word: str) -> str:
    kept = word.translate(_LETTERS)
    return kept[:1] + kept[1:].rstrip("اه") if len(kept) > 3 else kept


_LETTERS = str.maketrans({"غ": "ج", "ق": "ج", "ڤ": "ف", "پ": "ب", "چ": "ج", "گ": "ج"})


def _part(cls: str, one: str, other: str) -> bool:
    """Whether the words of one name stand in the other in the same order; persons must share the family name."""
    few, many = sorted(([bare(w) for w in one.split()], [bare(w) for w in other.split()]), key=len)
    if len(few) == len(many) or not few:
        return False
    if cls == "Person" and few[-1] != many[-1]:
        return False
    rest = iter(many)
    return all(word in rest for word in few) and any(_own(cls, word) for word in few)


def blocks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Groups of things in which a pair may be one: by name without article, and by each telling word of it."""
    by_name: dict[str, list[Thing]] = {}
    by_word: dict[str, list[Thing]] = {}
    for thing in sorted(things, key=lambda one: one.node):
        if thing.cls in APART:
            continue
        for name in {plain(name) for name in thing.folds}:
            by_name.setdefault(name, []).append(thing)
        for word in {bare(word) for name in thing.folds for word in name.split() if _own(thing.cls, bare(word))}:
            by_word.setdefault(word, []).append(thing)
    yield from (block for block in by_name.values() if len(block) > 1)
    # A word that many bear tells nobody apart.
    yield from (block for block in by_word.values() if 1 < len(block) <= _CROWD)


@lru_cache(maxsize=100_000)
def _distinctive(cls: str, name: str) -> bool:
    words = [word for word in name.split() if word not in _LINKERS]
    if cls == "Person":
        described = bool(words) and (noun_of(words[0]) is not None or bare(words[0]) in load().titles)
        return len(words) > 1 and not described
    return any(_own(cls, bare(word)) for word in words)


@lru_cache(maxsize=100_000)
def _own(cls: str, word: str) -> bool:
    """Whether a folded word without article is a name's own, rather than a noun, an adjective or a common word."""
    tables = load()
    if word in _LINKERS or len(word) < 2 or word.isascii():
        return False
    if noun_of(word) is not None or word in tables.adjectives or word in tables.thing_adjectives:
        return False
    if word in tables.titles or word in tables.sources:
        return False
    if cls == "Person":
        return True
    return tables.common.get(word, 0) < COMMON and tables.common.get(fold("ال" + word), 0) < COMMON
