"""Facts: what the one rule (`ontology/rules/facts.rq`) derives, for a document, for a whole store, and on a change."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from khabar import iri
from khabar.rdf import DocumentGraph
from khabar.resources import folder

_FACTS, _ENTITIES = NamedNode(iri.FACTS), NamedNode(iri.ENTITIES)
_TYPE = NamedNode(iri.RDF + "type")


@cache
def rule() -> str:
    """The text of the rule, read once."""
    return (folder("ontology") / "rules" / "facts.rq").read_text(encoding="utf-8")


class Facts:
    """Facts of a store. What is asked of single documents leaves graph/entities out: `change` sees to it."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    def of_all(self) -> set[Triple]:
        """All that graph/facts should hold."""
        return set(cast("ox.QueryTriples", self._quads.query(rule())))

    def of_document(self, key: str) -> set[Triple]:
        """What one stored document supports, whether or not the knowledge base says it too."""
        return _derive(self._quads, NamedNode(iri.document_graph(key)))

    @staticmethod
    def of_quads(document: DocumentGraph) -> set[Triple]:
        """What a document would support that is not stored yet, whether or not the knowledge base says it too."""
        alone = ox.Store()
        alone.extend(document.quads)
        return _derive(alone, NamedNode(iri.document_graph(document.key)))

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
        drop, put = [], []
        for fact in before | after | freed | covered:
            stored = _fact(fact) in self._quads
            said = fact in covered or (
                fact not in freed and Quad(fact.subject, fact.predicate, fact.object, _ENTITIES) in self._quads
            )
            holds = not said and (fact in after or self._supported(fact, key))
            if stored and not holds:
                drop.append(_fact(fact))
            elif holds and not stored:
                put.append(_fact(fact))
        return drop, put

    def _supported(self, fact: Triple, besides: str) -> bool:
        """Whether the rule draws this fact from some document other than `besides`."""
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
            fact in _derive(self._quads, graph) for graph in graphs if isinstance(graph, NamedNode) and graph != own
        )


def _fact(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, _FACTS)


def _derive(quads: ox.Store, graph: NamedNode) -> set[Triple]:
    return set(cast("ox.QueryTriples", quads.query(rule(), named_graphs=[graph])))
