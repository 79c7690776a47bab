"""Pairs of entities that may be one thing: unlinked ones of different documents, and known ones that they may mean.

A pair is scored by its names, classes, the states that its documents speak of, and what both are tied to; each part
gives a reason in words. What is sure enough becomes a proposal in graph/links: never a link, and never against a
decision. Scores depend on the two entities alone, so that other documents change none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.alike import Thing, blocks, likeness
from khabar.decisions import Pair, pair, representative
from khabar.store import Store
from khabar.surroundings import Surroundings
from khabar.terms import Node, decimal, ns

_LINKS = NamedNode(iri.LINKS)
_CROWD = 40
"""Things of one name beyond which each is paired with the first alone: pairs grow with the square."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two entities that may be one: their IRIs, score from 0 to 1, reasons in words, and how the question stands.

    `sure` is true for what may be proposed; `state` is open, proposed, merged or apart.
    """

    one: Thing
    other: Thing
    score: float
    reasons: tuple[str, ...]
    sure: bool
    state: str = "open"

    @property
    def pair(self) -> Pair:
        """The two IRIs in their order."""
        return pair(self.one.node, self.other.node)


def candidates(store: Store, *, least: float = 0.5, decided: bool = False) -> list[Candidate]:
    """Pairs from score `least` on, the best first; those that a person has decided only with `decided`."""
    things = Surroundings(store).things()
    judge = _States(store)
    found = []
    for one, other in _pairs(things):
        state = judge.state(one.node, other.node)
        if state in ("merged", "apart") and not decided:
            continue
        candidate = _compare(one, other, state)
        if candidate is not None and candidate.score >= least:
            found.append(candidate)
    return sorted(found, key=lambda one: (-one.score, one.one.name, one.pair))


def propose(store: Store) -> int:
    """Derive the proposals anew and put them in place of the old ones; returns how many pairs are proposed."""
    made = proposals(store)
    store.propose(quad for candidate in made for quad in _quads(candidate))
    return len(made)


def proposals(store: Store) -> list[Candidate]:
    """What may be proposed: for each cluster of unlinked entities a pair of its first with each other one.

    A cluster holds entities of one folded name and class whose documents speak, two by two, of a common state; none
    that a person has kept apart.
    """
    things = sorted((thing for thing in Surroundings(store).things() if not thing.known), key=lambda one: one.node)
    judge = _States(store)
    named: dict[tuple[str, str], list[Thing]] = {}
    for thing in things:
        if thing.distinctive:
            named.setdefault((thing.cls, thing.fold), []).append(thing)
    made = []
    for group in named.values():
        clusters: list[list[Thing]] = []
        for thing in group:
            home = next((cluster for cluster in clusters if all(_joins(judge, thing, one) for one in cluster)), None)
            if home is None:
                clusters.append([thing])
            else:
                home.append(thing)
        for first, *others in clusters:
            for other in others:
                if judge.state(first.node, other.node) not in ("merged", "apart"):
                    candidate = _compare(first, other, "proposed")
                    if candidate is not None:
                        made.append(candidate)
    return sorted(made, key=lambda one: one.pair)


def _joins(judge: _States, one: Thing, other: Thing) -> bool:
    if judge.state(one.node, other.node) == "apart":
        return False
    found = likeness(one, other)
    return found is not None and found.sure


def _compare(one: Thing, other: Thing, state: str) -> Candidate | None:
    if representative((one.node, other.node)) != one.node:
        one, other = other, one
    found = likeness(one, other)
    return None if found is None else Candidate(one, other, found.score, found.reasons, found.sure, state)


def _pairs(things: Iterable[Thing]) -> Iterator[tuple[Thing, Thing]]:
    """Pairs worth a look, each once: of one name, or with a word of it in common; one of them at least unlinked."""
    seen: set[Pair] = set()
    for block in blocks(things):
        couples: Iterable[tuple[Thing, Thing]] = combinations(block, 2)
        if len(block) > _CROWD:
            couples = ((block[0], other) for other in block[1:])
        for one, other in couples:
            ends = pair(one.node, other.node)
            if ends not in seen and not (one.known and other.known):
                seen.add(ends)
                yield one, other


def _quads(candidate: Candidate) -> list[Quad]:
    node = NamedNode(iri.proposal(*candidate.pair))
    facts: list[tuple[NamedNode, Node]] = [
        (NamedNode(iri.RDF + "type"), ns("MergeProposal")),
        *((ns("concerns"), NamedNode(end)) for end in candidate.pair),
        (ns("score"), decimal(candidate.score)),
        (ns("because"), Literal("; ".join(candidate.reasons))),
    ]
    return [Quad(node, predicate, value, _LINKS) for predicate, value in facts]


class _States:
    """How the question of a pair stands."""

    def __init__(self, store: Store) -> None:
        self._groups = store.decisions.groups()
        self._proposed = set(store.decisions.proposals())
        self._apart: set[Pair] = set()
        for ends, made in store.decisions.standing().items():
            if made.verdict == "DifferentEntities":
                left, right = (self._groups.get(end, frozenset([end])) for end in ends)
                self._apart |= {pair(one, other) for one in left for other in right}

    def state(self, one: str, other: str) -> str:
        """One of open, proposed, merged, apart."""
        if other in self._groups.get(one, ()):
            return "merged"
        if pair(one, other) in self._apart:
            return "apart"
        return "proposed" if pair(one, other) in self._proposed else "open"
