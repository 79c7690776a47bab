"""Pairs of entities that may be one thing: unlinked ones of different documents, and known ones that they may mean.

A pair is scored by its names, classes, the states that its documents speak of, and what both are tied to; each part
gives a reason in words. Scores depend on the two entities alone, so that other documents change none. What is sure
becomes a merge of khabar's own in graph/links, what is likely a proposal there: neither ever against a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.alike import Likeness, Thing, blocks, likeness
from khabar.groups import Pair, pair, representative
from khabar.store import Store
from khabar.surroundings import Surroundings
from khabar.terms import Node, decimal, ns

AUTOMATIC = 0.98
"""The score from which unlinked entities that agree in name, class and state are merged without asking."""
PROPOSED = 0.8
"""The score from which a pair is proposed."""

_LINKS = NamedNode(iri.LINKS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two entities that may be one: their IRIs, score from 0 to 1, reasons in words, and how the question stands.

    `agree` is true where names, classes and states do; `state` is open, proposed, automatic, merged or apart.
    """

    one: Thing
    other: Thing
    score: float
    reasons: tuple[str, ...]
    agree: bool
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
    clusters = _clusters(Surroundings(store).things(), judge, lambda like: True)
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


def settle(store: Store) -> tuple[int, int]:
    """Derive merges and proposals anew and put them in place of the old ones; returns how many there are of each."""
    merges, proposals = settled(store)
    quads = [quad for made in merges for quad in _quads(made, "AutomaticMerge")]
    quads += [quad for made in proposals for quad in _quads(made, "MergeProposal")]
    store.settle(quads, {made.pair: made.score for made in merges})
    return len(merges), len(proposals)


def settled(store: Store) -> tuple[list[Candidate], list[Candidate]]:
    """What khabar merges by itself, and what it proposes: of each cluster the first with each other one.

    A cluster holds unlinked entities of one folded name and class of which any two fit, and none that a person has
    kept apart. What khabar merged before counts for nothing here, what people merged is one thing.
    """
    judge = _States(store, automatic=False)
    things = Surroundings(store, automatic=False).things()
    things = [thing for thing in things if not thing.known and thing.distinctive]
    sure = _clusters(things, judge, lambda like: like.agree and like.score >= AUTOMATIC)
    likely = _clusters([cluster[0] for cluster in sure], judge, lambda like: like.score >= PROPOSED)
    return _pairs(sure, judge, "automatic"), _pairs(likely, judge, "proposed")


def _pairs(clusters: Iterable[list[Thing]], judge: _States, state: str) -> list[Candidate]:
    """The first of each cluster with each other one, sorted."""
    made = (_compare(first, other, judge) for first, *others in clusters for other in others)
    return sorted((replace(one, state=state) for one in made if one is not None), key=lambda one: one.pair)


def _clusters(things: Iterable[Thing], judge: _States, enough: Callable[[Likeness], bool]) -> list[list[Thing]]:
    """Things of one folded name and class of which any two are alike enough, and nobody kept two apart."""

    def fits(one: Thing, other: Thing) -> bool:
        if judge.state(one.node, other.node) == "apart":
            return False
        found = likeness(one, other)
        return found is not None and enough(found)

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
    """The pairs that a person has decided or khabar has merged, as far as the store still has both."""
    things = {thing.node: thing for thing in Surroundings(store, apart=True).things()}
    made = dict.fromkeys(store.decisions.automatic(), "merged by khabar")
    made.update(dict.fromkeys(store.decisions.standing(), "decided by a person"))
    found = []
    for (one, other), words in made.items():
        if one in things and other in things:
            compared = _compare(things[one], things[other], judge)
            state = judge.state(one, other)
            found.append(compared or Candidate(things[one], things[other], 0.0, (words,), False, state))
    return found


def _compare(one: Thing, other: Thing, judge: _States) -> Candidate | None:
    if representative((one.node, other.node)) != one.node:
        one, other = other, one
    found = likeness(one, other)
    if found is None:
        return None
    return Candidate(one, other, found.score, found.reasons, found.agree, judge.state(one.node, other.node))


def _quads(candidate: Candidate, kind: str) -> list[Quad]:
    node = NamedNode(iri.proposal(*candidate.pair))
    facts: list[tuple[NamedNode, Node]] = [
        (NamedNode(iri.RDF + "type"), ns(kind)),
        *((ns("concerns"), NamedNode(end)) for end in candidate.pair),
        (ns("score"), decimal(candidate.score)),
        (ns("because"), Literal("; ".join(candidate.reasons))),
    ]
    return [Quad(node, predicate, value, _LINKS) for predicate, value in facts]


class _States:
    """How the question of a pair stands; without `automatic` as if khabar had merged nothing."""

    def __init__(self, store: Store, *, automatic: bool = True) -> None:
        self._groups = store.decisions.groups(automatic=automatic)
        self._merged = store.decisions.groups(automatic=False)
        self._proposed = set(store.decisions.proposals())
        self._apart = store.identities.apart()
        for ends, made in store.decisions.standing().items():
            if made.verdict == "DifferentEntities":
                left, right = (self._groups.get(end, frozenset([end])) for end in ends)
                self._apart |= {pair(one, other) for one in left for other in right}

    def state(self, one: str, other: str) -> str:
        """One of open, proposed, automatic, merged, apart."""
        if other in self._merged.get(one, ()):
            return "merged"
        if other in self._groups.get(one, ()):
            return "automatic"
        if pair(one, other) in self._apart:
            return "apart"
        return "proposed" if pair(one, other) in self._proposed else "open"
