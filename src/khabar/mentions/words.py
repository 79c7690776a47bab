"""The words that mentions are made of: head nouns with their class, titles, given names, words that end a phrase.

All of it is read from the tables of `ontology/lexicon`; every form is folded and without article.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from khabar.errors import ResourceError
from khabar.resources import folder
from khabar.text import fold

COMMON = 62  # log frequency (tenths) from which a word is an ordinary one rather than a rare name


@dataclass(frozen=True, slots=True)
class Noun:
    """A head noun in one of its forms.

    `kind` is actor, source, population, materiel, place, facility, office, leader, rank, title or royal; `alone` says
    when it makes a mention without a modifier; `gender` is m, f (also broken plurals of things) or p (people).
    """

    kind: str
    cls: str
    alone: str
    gender: str
    plural: bool = False
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """All tables; `groups` are the word lists of `mention_words.tsv`."""

    nouns: Mapping[str, Noun]
    sources: Mapping[str, Noun]
    titles: Mapping[str, Noun]
    names: Mapping[str, str]
    groups: Mapping[str, frozenset[str]]
    adjectives: frozenset[str]
    thing_adjectives: frozenset[str]
    common: Mapping[str, int]


def bare(word: str) -> str:
    """A folded word without its article."""
    return word[2:] if definite(word) else word


def definite(word: str) -> bool:
    """True for a folded word that begins with the article."""
    return word.startswith("ال") and len(word) > 3 and word not in _whole()


@cache
def group(kind: str) -> frozenset[str]:
    """The words of one kind of `mention_words.tsv`, folded."""
    return load().groups[kind]


@lru_cache(maxsize=200_000)
def noun_of(word: str) -> Noun | None:
    """The head noun that a folded word is, with or without article."""
    nouns = load().nouns
    return nouns.get(word) or (nouns.get(bare(word)) if definite(word) else None)


@cache
def _whole() -> frozenset[str]:
    """Words that begin with ال of their own: التزام، الغاء، الذي."""
    for row in rows("mention_words.tsv"):
        if row["kind"] == "whole":
            return frozenset(row["words"].split())
    return frozenset()


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of `ontology/lexicon`; raises ResourceError when it is missing."""
    path = folder("ontology") / "lexicon" / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ResourceError(f"{path}: table is missing ({error.strerror}); install khabar again") from error
    kept = [x for x in lines if x.strip() and not x.startswith("#")]
    header = kept[0].split("\t")
    for line in kept[1:]:
        cells = [x.strip() for x in line.split("\t")]
        yield dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=False))


def forms(word: str, plural: bool, sound: bool = True) -> Iterator[str]:
    """The folded written forms of a noun without article: case endings, dual, the shortened form before a genitive.

    `sound` is False for a word in ون or ين that is no sound plural (سجون).
    """
    word = word.strip()
    yield fold(word)
    if sound and word.endswith(("ون", "ين")):
        stem = word[:-2]
        yield from (fold(stem + end) for end in ("ون", "ين", "و", "ي"))
    elif word.endswith("ة"):
        yield from (fold(word[:-1] + end) for end in ("تان", "تين", "تا", "تي"))
    elif not word.endswith(("ات", "ا", "ى", "اء")):
        yield fold(word + "ا")
        if not plural and not word.endswith("ان"):
            yield from (fold(word + end) for end in ("ان", "ين"))


def _gender(form: str) -> str:
    if form.endswith(("ة", "ات", "ا")):
        return "f"
    return "p" if form.endswith(("ون", "ين")) else "m"


def _nouns(name: str, kind: str, cls: str) -> Iterator[tuple[str, Noun]]:
    for row in rows(name):
        for i, entry in enumerate(row["forms"].split("|")):
            form, _, gender = entry.partition(":")
            what = row.get("cls") or cls
            noun = Noun(
                "facility" if what == "Facility" else row.get("kind") or kind,
                what,
                row.get("alone", ""),
                gender or _gender(form.strip()),
                i > 0 or gender in ("f", "p"),
                row.get("keep", "in") != "out",
            )
            for text in forms(form, i > 0, not gender):
                yield text, noun


def _adjectives(entries: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for word in entries:
        found |= {word, word + "ه", word + "ا", word + "ين", word + "ون", word + "ان", word + "ات", word + "تين"}
        if word.endswith("ي"):
            found.add(word + "تان")
    return frozenset(found)


def _common(path: Path) -> dict[str, int]:
    """Log frequencies of ordinary words from the segmenter's model, rare ones left out."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            counts = json.load(file)["counts"]
    except (OSError, ValueError, KeyError) as error:
        raise ResourceError(f"{path}: the segmenter's model is missing or broken ({error})") from error
    found: dict[str, int] = {}
    for level in sorted((int(x) for x in counts), reverse=True):
        if level < 30:
            break
        for word in counts[str(level)].split():
            found.setdefault(fold(word), level)
    return found


@cache
def load() -> Words:
    """The tables that ship with khabar, read once a process."""
    nouns: dict[str, Noun] = {}
    for name, kind, cls in (
        ("head_nouns.tsv", "actor", ""),
        ("materiel_nouns.tsv", "materiel", "Materiel"),
        ("place_heads.tsv", "place", ""),
        ("population_nouns.tsv", "population", "PopulationGroup"),
    ):
        for form, noun in _nouns(name, kind, cls):
            nouns.setdefault(form, noun)
    sources = dict(_nouns("source_nouns.tsv", "source", "UnnamedSource"))
    titles: dict[str, Noun] = {}
    for form, noun in _nouns("titles.tsv", "title", "Position"):
        if form not in titles or titles[form].kind in ("title", "royal"):
            titles[form] = noun
    groups = {row["kind"]: frozenset(fold(row["words"]).split()) for row in rows("mention_words.tsv")}
    names: dict[str, str] = {}
    for row in rows("name_words.tsv"):
        names.setdefault(fold(row["name"]), row["kind"])
    return Words(
        nouns,
        sources,
        titles,
        names,
        groups,
        _adjectives(groups["actor_adj"]),
        _adjectives(groups["thing_adj"] | groups["actor_adj"]),
        _common(folder("data") / "segmenter.json.gz"),
    )
