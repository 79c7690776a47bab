"""Facts: what the policy of a store derives, for a document, for the whole store, and on a change.

A policy that looks across documents (`corroborated`) is derived as a whole when all changes of a command are in; until
then graph/facts is empty, so that no fact stands that a change has undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, Triple

from khabar import iri
from khabar.policies import REPORTED, Policy, policy
from khabar.rdf import DocumentGraph
from khabar.terms import ns

_FACTS, _ENTITIES = NamedNode(iri.FACTS), NamedNode(iri.ENTITIES)
_TYPE = NamedNode(iri.RDF + "type")
_RUNS, _POLICY = NamedNode(iri.RUNS), ns("policy")


class Facts:
    """Facts of a store. What is asked of single documents leaves graph/entities out: `change` sees to it."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    @property
    def policy(self) -> Policy:
        """The policy of the store: graph/runs names it, unless it is the default."""
        named = self._quads.quads_for_pattern(_FACTS, _POLICY, None, _RUNS)
        return next((policy(quad.object.value) for quad in named if isinstance(quad.object, Literal)), REPORTED)

    def adopting(self, new: Policy) -> tuple[set[Quad], set[Quad]]:
        """Quads of graph/runs that leave and enter when the store takes up another policy."""
        stored = set(self._quads.quads_for_pattern(_FACTS, _POLICY, None, _RUNS))
        should = set() if new == REPORTED else {Quad(_FACTS, _POLICY, Literal(str(new)), _RUNS)}
        return stored - should, should - stored

    def of_all(self, chosen: Policy | None = None) -> set[Triple]:
        """All that graph/facts should hold; under another policy than the store's when one is given."""
        return set(cast("ox.QueryTriples", self._quads.query((chosen or self.policy).rule)))

    def of_document(self, key: str) -> set[Triple]:
        """What one stored document supports, whether or not the knowledge base says it too; of a local policy."""
        chosen = self.policy
        return _derive(self._quads, NamedNode(iri.document_graph(key)), chosen) if chosen.local else set()

    def of_quads(self, document: DocumentGraph) -> set[Triple]:
        """What a document would support that is not stored yet, whether or not the knowledge base says it too."""
        if not (chosen := self.policy).local:
            return set()
        alone = ox.Store()
        alone.extend(document.quads)
        return _derive(alone, NamedNode(iri.document_graph(document.key)), chosen)

    @staticmethod
    def quads(facts: Iterable[Triple]) -> list[Quad]:
        """The facts as quads of their graph."""
        return [_fact(fact) for fact in facts]

    def change(
        self, key: str, before: set[Triple], after: set[Triple], gone: Iterable[Quad], come: Iterable[Quad]
    ) -> tuple[list[Quad], list[Quad]]:
        """Quads to take out of graph/facts and to put in when document `key` changes.

        `before` and `after` are what it supports; `gone` and `come` hold the quads that leave and enter
        graph/entities, which may free or cover a fact of any document.
        """
        freed = {quad.triple for quad in gone if quad.graph_name == _ENTITIES}
        covered = {quad.triple for quad in come if quad.graph_name == _ENTITIES}
        chosen = self.policy
        if not chosen.local:
            return list(self._quads.quads_for_pattern(None, None, None, _FACTS)), []
        drop, put = [], []
        for fact in before | after | freed | covered:
            stored = _fact(fact) in self._quads
            said = fact in covered or (
                fact not in freed and Quad(fact.subject, fact.predicate, fact.object, _ENTITIES) in self._quads
            )
            holds = not said and (fact in after or self._supported(fact, key, chosen))
            if stored and not holds:
                drop.append(_fact(fact))
            elif holds and not stored:
                put.append(_fact(fact))
        return drop, put

    def _supported(self, fact: Triple, besides: str, chosen: Policy) -> bool:
        """Whether the policy draws this fact from some document other than `besides`."""
        if fact.predicate == _TYPE:
            return False  # an event belongs to one document
        own = NamedNode(iri.document_graph(besides))
        claimed = cast(
            "ox.QuerySolutions",
            self._quads.query(
                f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?c <{iri.RDF}subject> {fact.subject} ;"
                f" <{iri.RDF}predicate> {fact.predicate} ; <{iri.RDF}object> {fact.object} }} }}"
            ),
        )
        graphs = (row["g"] for row in claimed)
        return any(
            fact in _derive(self._quads, graph, chosen)
            for graph in graphs
            if isinstance(graph, NamedNode) and graph != own
        )


def _fact(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, _FACTS)


def _derive(quads: ox.Store, graph: NamedNode, chosen: Policy) -> set[Triple]:
    return set(cast("ox.QueryTriples", quads.query(chosen.rule, named_graphs=[graph])))
