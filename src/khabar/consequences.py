"""What follows from decisions: which links, merges of khabar's own and proposals leave and enter graph/links.

Every function gives two sets of quads, those that leave and those that enter; the store puts them in with what caused
them, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

from khabar import iri
from khabar.decisions import AUTOMATIC, PROPOSAL, REPLACED, Decision, Decisions, merged
from khabar.groups import Pair, groups, links, pair, yielding
from khabar.identities import Identities, Identity
from khabar.logged import exists
from khabar.rdf import DocumentGraph
from khabar.terms import ns

_TYPE, _TEXT = NamedNode(iri.RDF + "type"), NamedNode(iri.NIF + "isString")
_LINKS, _DECISIONS = NamedNode(iri.LINKS), NamedNode(iri.DECISIONS)
_SAME, _REFERS = ns("sameEntityAs"), ns("refersTo")
_ENTITY, _NIL = iri.entity(""), iri.entity("nil-")
Change = tuple[set[Quad], set[Quad]]
"""Quads that leave, quads that enter."""


class Consequences:
    """Works out what follows in a store from its decisions about entities and about their Wikidata items."""

    def __init__(self, quads: ox.Store, decisions: Decisions, identities: Identities) -> None:
        self._quads, self._decisions, self._identities = quads, decisions, identities
        self._exists = partial(exists, quads)

    def of_decision(self, new: Decision) -> Change:
        """What follows from a decision, itself included.

        Where earlier decisions about the pair used names that nodes had before, it is logged for those, too.
        """
        decisions = self._decisions
        older = {one.pair for one in decisions.log() if pair(*map(decisions.current, one.pair)) == new.pair}
        after = {ends: one for ends, one in decisions.standing().items() if ends != new.pair}
        if new.verdict != "Undecided":
            after[new.pair] = new
        gone, come, found = self._settled(after, self._identities.apart())
        gone |= decisions.quads_of(PROPOSAL, lambda ends: _settles(new, found, ends))
        return gone, come.union(new.quads, *(replace(new, pair=ends).quads for ends in older))

    def of_identity(self, new: Identity) -> Change:
        """What follows from a decision about an item, itself included."""
        gone, come = self._identities.after_decision(new)
        unlink, link, _ = self._settled(self._decisions.standing(), self._identities.apart(new))
        return gone | unlink, come | link

    def of_clustering(self, quads: Iterable[Quad], scores: Iterable[Pair]) -> Change:
        """What follows when these quads are what khabar merges by itself, which are the pairs, and proposes."""
        new, decisions = set(quads), self._decisions
        old = decisions.quads_of(PROPOSAL) | decisions.quads_of(AUTOMATIC)
        should = links(groups(merged(decisions.standing()) | set(scores)).values(), self._exists)
        stored = self._stored()
        return (old - new) | (stored - should), (new - old) | (should - stored)

    def of_document(
        self, key: str, document: DocumentGraph | None, gone: Iterable[Quad], come: Iterable[Quad]
    ) -> Change:
        """What follows when a document becomes `document`, or goes; `gone` and `come` change in graph/entities.

        A node that decisions are about and that gets another name in the same text leaves a trace in the log.
        """
        decisions, graph = self._decisions, NamedNode(iri.document_graph(key))
        leaving = {*gone, *self._quads.quads_for_pattern(None, _TYPE, None, graph)}
        entering = {*come, *(document.quads if document else ())}
        typed, touched = _described(entering), _described(leaving)

        def present(node: str) -> bool:
            if node in typed:
                return True
            return any(
                quad not in leaving for quad in self._quads.quads_for_pattern(NamedNode(node), _TYPE, None, None)
            )

        vanished = {node for node in touched if not present(node)}
        unknown, know = self._identities.after_document(key, document)
        if not vanished and not decisions.traces():
            together = decisions.groups()
            found = {together[node] for node in typed | touched if node in together}
            should, stored = links(found, present), self._stored(found)
            return unknown | (stored - should), know | (should - stored)
        fresh = self._renamed(graph, document, vanished & self._decided()) if document else {}
        traces = {**decisions.traces(), **fresh}
        dropped = decisions.quads_of(PROPOSAL, lambda ends: not vanished.isdisjoint(ends))
        dropped |= decisions.quads_of(AUTOMATIC, lambda ends: not vanished.isdisjoint(ends))
        kept = {ends for ends in decisions.automatic() if vanished.isdisjoint(ends)}
        should = links(groups(merged(decisions.standing(present, traces)) | kept).values(), present)
        stored = self._stored()
        before, after = _traced(decisions.traces()), _traced(traces)
        return (
            unknown | (stored - should) | dropped | (before - after),
            know | (should - stored) | (after - before),
        )

    def _settled(
        self, decided: Mapping[Pair, Decision], apart: Iterable[Pair]
    ) -> tuple[set[Quad], set[Quad], dict[str, frozenset[str]]]:
        """The change of graph/links when these decisions count, and the groups then."""
        sure = merged(decided)
        free = {ends: score for ends, score in self._decisions.automatic().items() if ends not in decided}
        two = {ends for ends, made in decided.items() if made.verdict == "DifferentEntities"}
        kept = free.keys() - yielding(sure, free, two.union(apart))
        found = groups(sure | kept)
        stored, should = self._stored(), links(found.values(), self._exists)
        dropped = self._decisions.quads_of(AUTOMATIC, lambda ends: ends not in kept)
        return (stored - should) | dropped, should - stored, found

    def _stored(self, found: Iterable[frozenset[str]] | None = None) -> set[Quad]:
        """The links that graph/links holds; of these groups, when some are given."""
        nodes = [None] if found is None else [NamedNode(node) for group in found for node in group]
        return {quad for node in nodes for quad in self._quads.quads_for_pattern(node, _SAME, None, _LINKS)}

    def _decided(self) -> set[str]:
        """The unlinked entities that some decision is about."""
        ends = {end for one in self._decisions.log() for end in one.pair}
        return {end for end in ends | {one.entity for one in self._identities.log()} if end.startswith(_NIL)}

    def _renamed(self, graph: NamedNode, document: DocumentGraph, nodes: set[str]) -> dict[str, str]:
        """Of these nodes of a document those that its first mention gives another name, while the text is the same."""
        texts = {quad.object for quad in self._quads.quads_for_pattern(None, _TEXT, None, graph)}
        if not nodes or texts != {quad.object for quad in document.quads if quad.predicate == _TEXT}:
            return {}
        now = {
            quad.subject: quad.object.value
            for quad in document.quads
            if quad.predicate == _REFERS
            and isinstance(quad.object, NamedNode)
            and quad.object.value.startswith(_ENTITY)
        }
        found = {}
        for node in nodes:
            mentions = self._quads.quads_for_pattern(None, _REFERS, NamedNode(node), graph)
            spans = sorted((q.subject for q in mentions if isinstance(q.subject, NamedNode)), key=_begin)
            if spans and (name := now.get(spans[0])):
                found[node] = name
        return found


def _settles(new: Decision, found: Mapping[str, frozenset[str]], ends: Pair) -> bool:
    """Whether a decision answers the question of a pair."""
    if new.verdict == "SameEntity":
        return ends[1] in found.get(ends[0], frozenset())
    left, right = (found.get(end, frozenset([end])) for end in new.pair)
    across = (ends[0] in left and ends[1] in right) or (ends[1] in left and ends[0] in right)
    return new.verdict == "DifferentEntities" and across


def _described(quads: Iterable[Quad]) -> set[str]:
    """The entities whose class stands among the quads."""
    nodes = (quad.subject for quad in quads if quad.predicate == _TYPE)
    return {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(_ENTITY)}


def _traced(traces: Mapping[str, str]) -> set[Quad]:
    return {Quad(NamedNode(one), REPLACED, NamedNode(other), _DECISIONS) for one, other in traces.items()}


def _begin(span: NamedNode) -> int:
    return int(span.value.partition("#char=")[2].partition(",")[0])
