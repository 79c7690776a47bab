"""How alike two entities are, by name, class, states around them and ties: a score with its reasons in words."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from khabar.errors import ResourceError
from khabar.mentions.words import COMMON, bare, load, noun_of
from khabar.resources import folder
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
_MANY = ("Settlement", "Facility")


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
class Reason:
    """One thing that speaks for or against two entities being one: its key in the table of weights, in words."""

    key: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 1, its reasons in words, and whether the two agree in all that a merge by itself needs.

    That is a telling name letter by letter, the class, and a state that both are in the news of. Two words are
    many a man's name, so without a common tie only a longer one counts. Towns and sites never do: a state has several.
    """

    score: float
    reasons: tuple[str, ...]
    agree: bool


def _long(name: str) -> bool:
    return len([word for word in name.split() if word not in _LINKERS]) > 2


def folded(name: str) -> str:
    """A name as it is compared: normalised, folded, single spaces."""
    return " ".join(normalise(name).fold.split())


def likeness(one: Thing, other: Thing) -> Likeness | None:
    """How alike two entities are; None when they cannot be one.

    The score is the logistic function of the sum of the weights of its reasons (`data/alike.tsv`), fitted by
    `benchmarks/clusters.py`.
    """
    found = reasons(one, other)
    if found is None:
        return None
    table = weights()
    score = 1 / (1 + math.exp(-sum(table.get(reason.key, 0.0) for reason in found)))
    keys = {reason.key for reason in found}
    agree = {"same name", "same class", "shared state"} <= keys and one.distinctive and one.cls not in _MANY
    tied = bool({"shared tie", "shared ties"} & keys) and not _plain(one.fold)
    agree = agree and (tied or (one.cls == "Person" and _long(one.fold)))
    return Likeness(round(score, 3), tuple(reason.words for reason in found if reason.words), agree)


def _plain(name: str) -> bool:
    """True for a noun and its adjective, which many may be called: اللجنة الإشرافية."""
    words = name.split()
    return len(words) < 3 and all(word.startswith("ال") for word in words)


def reasons(one: Thing, other: Thing) -> tuple[Reason, ...] | None:
    """What speaks for and against two entities being one; None when they cannot be.

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
    found = [Reason("always"), named]
    if not (one.distinctive and other.distinctive):
        kind = "common given name" if one.cls == "Person" and " " not in one.fold else "common name"
        found.append(Reason(kind, "the name is a common one"))
    elif " " in one.fold and " " in other.fold:
        found.append(Reason("several words"))
    found.append(Reason("same class", f"both are {one.cls}") if same_class else
                 Reason("kin class", f"{one.cls} and {other.cls}"))  # fmt: skip
    if "Settlement" in (one.cls, other.cls):
        found.append(Reason("towns"))
    shared = one.states & other.states
    if shared:
        found.append(Reason("shared state", f"both in news of {', '.join(sorted(name for _, name in shared))}"))
    elif one.states and other.states:
        found.append(Reason("other states", "in news of different countries"))
    names = dict(one.ties)
    both = names.keys() & dict(other.ties).keys()
    if both:
        key = "shared tie" if len(both) == 1 else "shared ties"
        found.append(Reason(key, f"both tied to {'، '.join(sorted(names[tie] for tie in both))}"))
    return tuple(found)


def _names(one: Thing, other: Thing) -> Reason | None:
    """How the names agree; None when they say nothing."""
    if one.name == other.name:
        return Reason("same name", "same name")
    if one.fold == other.fold:
        return Reason("same name", "same name but for hamza, ya and ta marbuta")
    if set(one.folds) & set(other.folds):
        return Reason("other name", "one is another name of the other")
    if {plain(name) for name in one.folds} & {plain(name) for name in other.folds}:
        return Reason("like name", "same name but for the article and long vowels")
    if any(_part(one.cls, a, b) for a in one.folds for b in other.folds):
        return Reason("part of name", "one name is part of the other")
    return None


@cache
def weights() -> dict[str, float]:
    """The weight of each reason, in log odds; ResourceError when the table is missing or broken."""
    path = folder("data") / "alike.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["reason"]: float(row["weight"]) for row in csv.DictReader(file, delimiter="\t")}
    except (OSError, KeyError, ValueError) as error:
        raise ResourceError(f"{path}: the table of weights is missing or broken; install khabar again") from error


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
