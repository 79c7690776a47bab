"""Pairs of entities that may be one thing: unlinked ones of different documents, and known ones that they may mean.

A pair is scored by its names, classes, the states that its documents speak of, and what both are tied to; each part
gives a reason in words. What is sure enough becomes a proposal in graph/links: never a link, and never against a
decision. Scores depend on the two entities alone, so that other documents change none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.alike import Thing, blocks, likeness
from khabar.decisions import Pair, pair, representative
from khabar.store import Store
from khabar.surroundings import Surroundings
from khabar.terms import Node, decimal, ns

_LINKS = NamedNode(iri.LINKS)


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
    """Pairs from score `least` on, the best first; those that a person has decided only with `decided`.

    Merged entities stand as one, and of those that may all be one each is paired with the first.
    """
    judge = _States(store)
    clusters = _clusters(Surroundings(store).things(), judge, sure=False)
    pairs = [(cluster[0], other) for cluster in clusters for other in cluster[1:]]
    pairs += _near([cluster[0] for cluster in clusters])
    found = [candidate for one, other in pairs if (candidate := _compare(one, other, judge)) is not None]
    if decided:
        found += _decided(store, judge)
    else:
        found = [candidate for candidate in found if candidate.state != "apart"]
    found = [candidate for candidate in found if candidate.score >= least]
    unique = {candidate.pair: candidate for candidate in found}
    return sorted(unique.values(), key=lambda one: (-one.score, one.one.name, one.pair))


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
    judge = _States(store)
    things = (thing for thing in Surroundings(store).things() if not thing.known and thing.distinctive)
    found = []
    for first, *others in _clusters(things, judge, sure=True):
        made = (_compare(first, other, judge) for other in others)
        found += [replace(candidate, state="proposed") for candidate in made if candidate is not None]
    return sorted(found, key=lambda one: one.pair)


def _clusters(things: Iterable[Thing], judge: _States, *, sure: bool) -> list[list[Thing]]:
    """Things of one folded name and class of which any two may be one, or surely may, and nobody kept two apart."""

    def fits(one: Thing, other: Thing) -> bool:
        if judge.state(one.node, other.node) == "apart":
            return False
        found = likeness(one, other)
        return found is not None and (found.sure or not sure)

    named: dict[tuple[str, str], list[list[Thing]]] = {}
    for thing in sorted(things, key=lambda one: one.node):
        clusters = named.setdefault((thing.cls, thing.fold), [])
        for cluster in clusters:
            if all(fits(one, thing) for one in cluster):
                cluster.append(thing)
                break
        else:
            clusters.append([thing])
    return [cluster for clusters in named.values() for cluster in clusters]


def _near(things: Iterable[Thing]) -> Iterator[tuple[Thing, Thing]]:
    """Pairs worth a look, each once: of names that share a telling word; one of them at least unlinked."""
    seen: set[Pair] = set()
    for block in blocks(things):
        for one, other in combinations(block, 2):
            ends = pair(one.node, other.node)
            if ends not in seen and not (one.known and other.known):
                seen.add(ends)
                yield one, other


def _decided(store: Store, judge: _States) -> list[Candidate]:
    """The pairs that a person has decided, as far as the store still has both."""
    things = {thing.node: thing for thing in Surroundings(store, apart=True).things()}
    ends = (made for made in store.decisions.standing() if all(end in things for end in made))
    found = []
    for one, other in ends:
        compared = _compare(things[one], things[other], judge)
        state = judge.state(one, other)
        found.append(compared or Candidate(things[one], things[other], 0.0, ("decided by a person",), False, state))
    return found


def _compare(one: Thing, other: Thing, judge: _States) -> Candidate | None:
    if representative((one.node, other.node)) != one.node:
        one, other = other, one
    found = likeness(one, other)
    if found is None:
        return None
    return Candidate(one, other, found.score, found.reasons, found.sure, judge.state(one.node, other.node))


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
