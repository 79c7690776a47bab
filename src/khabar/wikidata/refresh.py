"""Compares the knowledge base with what Wikidata says now; the outcome is a list of changes for a person to review."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from khabar.errors import ServiceError
from khabar.kb.records import Candidate, Entry
from khabar.resources import folder
from khabar.text import fold, normalise
from khabar.wikidata.items import Asker, Item

KINDS = {
    "id-gone": "Wikidata has no such item (any more): accepting drops the id",
    "id-redirected": "the item was merged into another: accepting takes the other's id",
    "type-conflict": "the item is of a kind that the entry cannot be: accepting drops the id",
    "name-conflict": "entry and item have no name in common: accepting drops the id",
    "label-changed": "the item's label is none of the entry's names: accepting takes it as name",
    "coordinates-moved": "the item lies elsewhere: accepting takes its coordinates",
    "label-new": "the entry had no name in this language: accepting takes the label",
    "alias-new": "a name that the entry does not have: accepting adds it",
    "coordinates-new": "the entry had no coordinates: accepting takes the item's",
    "types-new": "what the item is an instance of: accepting notes it",
}
"""The kinds of change, gravest first, and what it means to accept one."""

_FIELDS = {"ar": ("name_ar", "aliases_ar"), "en": ("name_en", "aliases_en")}
_HOPS = 5
_NEAR = {"Settlement": 10.0, "Facility": 10.0}
_AREA = 150.0
"""Kilometres that two points of one place may lie apart: areas are drawn by other people at other middles."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `field` is a column of the knowledge base, `before` and `after` its values, `note` a reason."""

    kind: str
    key: str
    name: str
    qid: str
    field: str
    before: str
    after: str
    note: str = ""


class Names(Protocol):
    """What knows which entries bear a name."""

    def meanings(self, name: str) -> Sequence[Candidate]:
        """The entries that a folded name may mean."""
        ...


class Classes(Protocol):
    """What knows how classes hang together."""

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether the class is the ancestor or below it."""
        ...


@dataclass(frozen=True, slots=True)
class Refresh:
    """A comparison of entries with items; `known` are all entries by their QID, for notes on clashes."""

    asker: Asker
    names: Names
    classes: Classes
    known: Mapping[str, str]

    def run(self, entries: Sequence[Entry]) -> list[Change]:
        """Every change, gravest kind first, then by key; entries without a QID, or unanswered for, have none."""
        linked = [entry for entry in entries if entry.qid]
        items = self.asker.items(entry.qid for entry in linked if entry.qid)
        items |= self._followed(items)
        shown = self.asker.labels({kind for item in items.values() for kind in item.types})
        changes: list[Change] = []
        for entry in linked:
            if entry.qid in items:
                changes.extend(self._compare(entry, items[entry.qid], items, shown))
        order = list(KINDS)
        return sorted(changes, key=lambda c: (order.index(c.kind), c.key, c.field, c.after))

    def _followed(self, items: Mapping[str, Item]) -> dict[str, Item]:
        """The items that redirects lead to, also those of redirects to redirects."""
        found: dict[str, Item] = {}
        todo = {item.redirect for item in items.values() if item.redirect} - items.keys()
        for _ in range(_HOPS):
            if not todo:
                break
            found |= self.asker.items(todo)
            todo = {item.redirect for item in found.values() if item.redirect} - items.keys() - found.keys()
        return found

    def _compare(self, entry: Entry, item: Item, items: Mapping[str, Item], shown: Mapping[str, str]) -> list[Change]:
        changes = []
        if item.redirect:
            there = _end(item, items)
            changes.append(self._redirected(entry, there, item))
            if there is None or there.gone:
                return changes
            item = there
        if item.gone:
            return [*changes, change(entry, "id-gone", "qid", entry.qid or "", "", "asked for twice, no answer")]
        kinds = [(qid, shown.get(qid, qid)) for qid in item.types]
        if not self.fits(entry.cls, item.types):
            note = f"{_said(item)} is a {', '.join(label for _, label in kinds)}; the entry is a {entry.cls}"
            return [*changes, change(entry, "type-conflict", "qid", entry.qid or "", "", note)]
        if not shared(entry, item):
            note = f"Wikidata calls it {_said(item)}"
            return [*changes, change(entry, "name-conflict", "qid", entry.qid or "", "", note)]
        changes += self._labels(entry, item)
        changes += self._aliases(entry, item)
        changes += self._place(entry, item)
        if kinds:
            after = "|".join(f"{qid} {label}" for qid, label in kinds)
            changes.append(change(entry, "types-new", "types", "", after))
        return changes

    def fits(self, cls: str, types: Iterable[str]) -> bool:
        """Whether a thing of the class can be of these types; types that no table tells of speak neither way."""
        told = [kind for qid in types if (kind := kinds_of_types().get(qid))]
        return not told or any(self.classes.is_a(cls, kind) for kind in told)

    def _redirected(self, entry: Entry, there: Item | None, item: Item) -> Change:
        if there is None:
            return change(entry, "id-redirected", "qid", entry.qid or "", "", "redirects lead in a circle or nowhere")
        note = f"now {_said(there)}"
        if there.qid != item.redirect:
            note += f", by way of {item.redirect}"
        if (other := self.known.get(there.qid)) and other != entry.key:
            note += f"; {other} has that id already: one of the two entries may be too much"
        return change(entry, "id-redirected", "qid", entry.qid or "", there.qid, note)

    def _labels(self, entry: Entry, item: Item) -> Iterator[Change]:
        before = self.asker.previous(item.qid)
        for language, (column, _) in _FIELDS.items():
            label, name = item.labels.get(language), getattr(entry, column)
            if not label:
                continue
            if not name:
                yield change(entry, "label-new", column, "", label)
            elif plain(label) not in _own(entry, language):
                kept = plain(name) in {plain(other) for other in item.names(language)}
                note = "the old name is an alias there" if kept else "the old name is not an alias there"
                if before and (was := before.labels.get(language)) and was != label:
                    note += f"; when last asked the label was {was}"
                yield change(entry, "label-changed", column, name, label, note + self._clash(entry, label))

    def _aliases(self, entry: Entry, item: Item) -> Iterator[Change]:
        for language, (_, column) in _FIELDS.items():
            seen = _own(entry, language) | {plain(item.labels.get(language, ""))}
            for alias in item.aliases.get(language, ()):
                if len(word := plain(alias)) > 1 and word not in seen and (language == "en" or _arabic(alias)):
                    seen.add(word)
                    yield change(entry, "alias-new", column, "", alias, self._clash(entry, alias).removeprefix("; "))

    def _clash(self, entry: Entry, name: str) -> str:
        others = sorted({c.key for c in self.names.meanings(plain(name))} - {entry.key})
        return f"; also a name of {', '.join(others[:5])}" if others else ""

    def _place(self, entry: Entry, item: Item) -> Iterator[Change]:
        if not item.coordinates or not self.classes.is_a(entry.cls, "Place"):
            return
        if entry.lat is None or entry.lon is None:
            yield change(entry, "coordinates-new", "coordinates", "", _point(*item.coordinates[0]))
            return
        here = (entry.lat, entry.lon)
        there = min(item.coordinates, key=lambda point: distance(here, point))
        if (far := distance(here, there)) > _NEAR.get(entry.cls, _AREA):
            yield change(entry, "coordinates-moved", "coordinates", _point(*here), _point(*there), f"{far:,.0f} km")


def change(entry: Entry, kind: str, column: str, before: str, after: str, note: str = "") -> Change:
    """A change of an entry."""
    name = entry.name_en or entry.name_ar if kind == "label-new" else entry.name_ar or entry.name_en
    return Change(kind, entry.key, name, entry.qid or "", column, before, after, note)


def shared(entry: Entry, item: Item) -> bool:
    """Whether entry and item have a name in common, in either language, or the item has none to compare."""
    ours = _own(entry, "ar") | _own(entry, "en")
    theirs = {plain(name) for language in _FIELDS for name in item.names(language)} - {""}
    return not theirs or not ours.isdisjoint(theirs)


def plain(name: str) -> str:
    """A name for comparison: folded Arabic, Latin without accents, words of letters and digits joined by one space.

    >>> plain("Abdullah Gül (politician)"), plain("أحْمَد"), plain("Al-Bab")
    ('abdullah gul', 'احمد', 'al bab')
    """
    name = unicodedata.normalize("NFKD", normalise(name).text)
    name = fold("".join(c for c in name if not unicodedata.combining(c))).partition("(")[0]
    return " ".join("".join(c if c.isalnum() else "" if c in "'’‘ʿʾ`" else " " for c in name).split())


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (latitude, longitude in degrees)."""
    a, b, c, d = map(math.radians, (*one, *other))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12_742 * math.asin(min(1.0, math.sqrt(h)))


@cache
def kinds_of_types() -> dict[str, str]:
    """The class of our ontology that instances of a Wikidata class have; ServiceError when the table is missing."""
    path = folder("data") / "wikidata_types.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["qid"]: row["class"] for row in csv.DictReader(file, delimiter="\t")}
    except (OSError, KeyError) as error:
        raise ServiceError(f"{path}: the table of types is missing or broken; install khabar again") from error


def _own(entry: Entry, language: str) -> set[str]:
    names = (entry.name_ar, *entry.aliases_ar) if language == "ar" else (entry.name_en,)
    return {plain(name) for name in names if name}


def _end(item: Item, items: Mapping[str, Item]) -> Item | None:
    """Where the redirects of an item lead; None when they lead in a circle, too far, or to what was not had."""
    there: Item | None = item
    for _ in range(_HOPS):
        if there is None or there.redirect is None:
            return there
        there = items.get(there.redirect)
    return None


def _said(item: Item) -> str:
    label = item.labels.get("en") or item.labels.get("ar") or item.qid
    about = item.descriptions.get("en") or item.descriptions.get("ar")
    return f"{label} ({about})" if about else label


def _arabic(name: str) -> bool:
    return any("\u0621" <= letter <= "\u064a" for letter in name)


def _point(lat: float, lon: float) -> str:
    return f"{lat:.6g},{lon:.6g}"
