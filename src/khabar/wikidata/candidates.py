"""Proposes Wikidata items for the entities of a store that the knowledge base does not know. It links nothing.

Only names and classes leave the machine: each distinct name is one search of `wbsearchentities`, and what it finds is
looked up with the query that also refreshes the knowledge base.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from khabar import iri
from khabar.errors import ServiceError
from khabar.store import Store
from khabar.web import Client
from khabar.wikidata.cache import Cache
from khabar.wikidata.items import QID, Item, tidy
from khabar.wikidata.refresh import Refresh, kinds_of_types, plain

_NIL = iri.entity("nil-")
_UNKNOWN = f"""SELECT ?entity ?name ?class (COUNT(DISTINCT ?mention) AS ?mentions) WHERE {{
  ?entity a ?class ; rdfs:label ?name FILTER (STRSTARTS(STR(?entity), "{_NIL}") && LANG(?name) = "ar")
  FILTER NOT EXISTS {{ ?entity owl:sameAs ?item }}
  ?mention :refersTo ?entity .
}} GROUP BY ?entity ?name ?class"""
# The states that the documents of each unknown entity speak of, by name or by what lies in them.
_STATES = f"""SELECT DISTINCT ?entity ?state WHERE {{
  ?mention :refersTo ?entity ; nif:referenceContext ?document FILTER (STRSTARTS(STR(?entity), "{_NIL}"))
  ?other nif:referenceContext ?document ; :refersTo/:locatedIn* ?state .
  ?state a :Country .
}}"""
_DEPTH = 7


@dataclass(frozen=True, slots=True)
class Unknown:
    """One name of one class that no entry stands behind: the entities (local names) of the documents that name it.

    `states` are keys of the states that these documents speak of.
    """

    name: str
    cls: str
    entities: tuple[str, ...]
    mentions: int
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An item that an unknown entity may be; `score` from 0 to 1 orders proposals and is no probability."""

    unknown: Unknown
    item: Item
    score: float
    reasons: tuple[str, ...]

    @property
    def label(self) -> str:
        """What Wikidata calls it: Arabic, else English."""
        return self.item.labels.get("ar") or self.item.labels.get("en") or ""

    @property
    def description(self) -> str:
        """What Wikidata says it is: English, else Arabic."""
        return self.item.descriptions.get("en") or self.item.descriptions.get("ar") or ""


def unknown(store: Store) -> list[Unknown]:
    """The unlinked entities of a store, those of one class and (folded) name together, most mentioned first."""
    states: dict[str, set[str]] = defaultdict(set)
    for row in store.query(_STATES):
        states[row["entity"].value].add(row["state"].value.removeprefix(iri.entity("")))
    groups: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for row in store.query(_UNKNOWN):
        name, cls = row["name"].value, row["class"].value.removeprefix(iri.NS)
        groups[plain(name), cls].append((row["entity"].value, name, int(row["mentions"].value)))
    found = []
    for (word, cls), members in groups.items():
        if not word:
            continue
        members.sort(key=lambda member: (-member[2], member[0]))
        spoken = frozenset().union(*(states[node] for node, _, _ in members))
        nodes = tuple(sorted(node.removeprefix(iri.entity("")) for node, _, _ in members))
        found.append(Unknown(members[0][1], cls, nodes, sum(n for _, _, n in members), spoken))
    return sorted(found, key=lambda one: (-one.mentions, one.name, one.cls))


class Proposer:
    """Searches and scores; `refresh` brings the items, `states` maps the keys of states to their QIDs."""

    def __init__(self, client: Client, cache: Cache, api: str, refresh: Refresh, states: Mapping[str, str]) -> None:
        self._client, self._cache, self._api = client, cache, api
        self._refresh, self._states, self._asker = refresh, states, refresh.asker

    def propose(
        self,
        wanted: Iterable[Unknown],
        *,
        best: int = 3,
        least: float = 0.3,
        rejected: Collection[tuple[str, str]] = (),
        moved: Callable[[int], None] = lambda _: None,
    ) -> list[Proposal]:
        """At most `best` items for each, of score `least` or more, best first.

        An item that somebody `rejected` for one of the entities (IRI, QID) is not proposed for its name again.
        """
        found: list[Proposal] = []
        for one in wanted:
            qids = self.search(one.name)
            items = self._asker.items(qids)
            items |= self._asker.items({item.redirect for item in items.values() if item.redirect} - items.keys())
            never = {qid for node, qid in rejected if node.removeprefix(iri.entity("")) in one.entities}
            alive = {i.qid: i for i in items.values() if not i.gone and not i.redirect and i.qid not in never}
            scored = [self.score(one, item) for item in alive.values()]
            scored.sort(key=lambda p: (-p.score, int(p.item.qid[1:])))
            found.extend(p for p in scored[:best] if p.score >= least)
            moved(1)
        return found

    def search(self, name: str) -> list[str]:
        """QIDs of the items that the search finds for an Arabic name, best first."""
        words = " ".join(name.split())
        text = self._cache.answer(self._api, words)
        if text is None:
            fields = {"action": "wbsearchentities", "search": words, "language": "ar", "uselang": "ar"}
            answer = self._client.api(self._api, {**fields, "type": "item", "limit": str(_DEPTH)})
            text = json.dumps(_hits(answer, self._api))
            self._cache.put_answer(text, self._api, words)
        hits: list[str] = json.loads(text)
        return hits

    def score(self, one: Unknown, item: Item) -> Proposal:
        """How well an item fits, and why: name up to .55, kind .25, state .15, prominence .05; misfits count against.

        An item that is of another kind, or that another entry has already, stays in the list: the reviewer should see
        it and know.
        """
        points, reasons = [], []
        for value, reason in (_name(one, item), self._kind(one, item), self._state(one, item), _fame(item)):
            points.append(value)
            if reason:
                reasons.append(reason)
        if key := self._refresh.known.get(item.qid):
            reasons.append(f"the knowledge base knows this item as {key}")
        return Proposal(one, item, round(min(1.0, max(0.0, sum(points))), 2), tuple(reasons))

    def _kind(self, one: Unknown, item: Item) -> tuple[float, str]:
        told = sorted({kind for qid in item.types if (kind := kinds_of_types().get(qid))})
        if not told:
            return 0.0, "of a kind we have no class for" if item.types else "Wikidata does not say what it is"
        if self._refresh.fits(one.cls, item.types):
            return 0.25, f"{' and '.join(told)} there, {one.cls} here"
        return -0.4, f"{' and '.join(told)} there, but {one.cls} here"

    def _state(self, one: Unknown, item: Item) -> tuple[float, str]:
        if not item.countries or not one.states:
            return 0.0, ""
        spoken = sorted(key for key in one.states if self._states.get(key) in item.countries)
        if spoken:
            return 0.15, f"the text speaks of its state ({', '.join(spoken)})"
        return -0.1, "the text does not speak of its state"


def _name(one: Unknown, item: Item) -> tuple[float, str]:
    word = plain(one.name)
    label = item.labels.get("ar", "")
    if word == plain(label):
        return 0.55, "its Arabic label is the name"
    if word in {plain(alias) for alias in item.aliases.get("ar", ())}:
        return 0.45, f"an Arabic alias of {label or item.qid} is the name"
    names = item.names("ar")
    if not names:
        return 0.0, "it has no Arabic name"
    near = max(names, key=lambda name: _likeness(word, plain(name)))
    likeness = _likeness(word, plain(near))
    return round(0.4 * likeness, 2), f"its nearest Arabic name is {near} (likeness {likeness:.2f})"


def _likeness(one: str, other: str) -> float:
    """Likeness of two names: of their letters, or of the words that both have when one is part of the other."""
    a, b = set(one.split()), set(other.split())
    part = len(a & b) / max(len(a | b), 1)
    return max(SequenceMatcher(None, one, other, autojunk=False).ratio(), part)


def _fame(item: Item) -> tuple[float, str]:
    if not item.sitelinks:
        return 0.0, "no page of any Wikipedia is about it"
    pages = "page is" if item.sitelinks == 1 else "pages are"
    return min(0.05, 0.025 * math.log10(1 + item.sitelinks)), f"{item.sitelinks:,} Wikimedia {pages} about it"


def _hits(answer: Mapping[str, Any], api: str) -> Sequence[str]:
    try:
        return [hit["id"] for hit in answer["search"] if QID.fullmatch(hit["id"])]
    except (KeyError, TypeError) as error:
        raise ServiceError(f"{api}: the answer is no result of wbsearchentities; give the address of an api.php") from (
            error
        )


def table(proposals: Iterable[Proposal]) -> list[tuple[str, ...]]:
    """Rows to show or write, the header first; `entity` is what `khabar wikidata confirm` takes."""
    rows: list[tuple[str, ...]] = [
        ("score", "name", "class", "mentions", "qid", "label", "description", "reasons", "entity")
    ]
    for p in proposals:
        one = p.unknown
        words = (one.name, one.cls, str(one.mentions), p.item.qid, p.label, p.description, "; ".join(p.reasons))
        rows.append((f"{p.score:.2f}", *(tidy(word) or "?" for word in words), " ".join(one.entities)))
    return rows
