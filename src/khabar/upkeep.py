"""Upkeep of graph/entities and graph/links: they describe exactly the entities that some document still names."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

from khabar import iri
from khabar.rdf import HIERARCHY, DocumentGraph

_ENTITIES, _LINKS = NamedNode(iri.ENTITIES), NamedNode(iri.LINKS)
_KNOWN, _UNKNOWN = iri.entity(""), iri.entity("nil-")
_ITEM = NamedNode(iri.OWL + "sameAs")
_EDGES = tuple(NamedNode(iri.NS + name) for name in HIERARCHY)


class Upkeep:
    """Finds which descriptions a change of one document leaves behind and brings in."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    def entities_after(self, key: str, document: DocumentGraph | None) -> tuple[set[Quad], set[Quad]]:
        """Quads that leave and quads that enter both graphs when a document becomes `document`, or goes.

        An entity stays while a document names it, or one that stays belongs to it.
        """
        wanted = dict(document.descriptions) if document else {}
        graph = NamedNode(iri.document_graph(key))
        stale, new = set[Quad](), set[Quad]()
        touched = {node for node in self._named(graph) if node.value not in wanted}
        for name, quads in wanted.items():
            node = NamedNode(name)
            stored = self._description(node)
            stale |= stored - set(quads)  # only after an update of the knowledge base
            new |= set(quads) - stored
        touched |= {quad.object for quad in stale if quad.predicate in _EDGES and isinstance(quad.object, NamedNode)}
        for node in self._orphans(touched, set(map(NamedNode, wanted)), stale, graph):
            stale |= self._description(node)
        return stale, new

    def _named(self, graph: NamedNode) -> set[NamedNode]:
        """The known entities that a stored document names."""
        found = set()
        for quad in self._quads.quads_for_pattern(None, None, None, graph):
            node = quad.object
            if isinstance(node, NamedNode) and node.value.startswith(_KNOWN) and not node.value.startswith(_UNKNOWN):
                found.add(node)
        return found

    def _description(self, node: NamedNode) -> set[Quad]:
        pattern = self._quads.quads_for_pattern
        return {*pattern(node, None, None, _ENTITIES), *pattern(node, _ITEM, None, _LINKS)}

    def _orphans(
        self, touched: Iterable[NamedNode], wanted: set[NamedNode], stale: set[Quad], graph: NamedNode
    ) -> set[NamedNode]:
        """Of the touched entities and those they belong to, the ones that nothing holds any more."""
        suspects, todo = set[NamedNode](), [node for node in touched if node not in wanted]
        while todo:
            node = todo.pop()
            if node not in suspects and node not in wanted:
                suspects.add(node)
                todo.extend(self._above(node))
        kept = [node for node in suspects if self._held(node, suspects, stale, graph)]
        while kept:
            node = kept.pop()
            if node in suspects:
                suspects.discard(node)
                kept.extend(above for above in self._above(node) if above in suspects)
        return suspects

    def _above(self, node: NamedNode) -> list[NamedNode]:
        """The entities that this one belongs to."""
        found = []
        for edge in _EDGES:
            for quad in self._quads.quads_for_pattern(node, edge, None, _ENTITIES):
                if isinstance(quad.object, NamedNode):
                    found.append(quad.object)
        return found

    def _held(self, node: NamedNode, suspects: set[NamedNode], stale: set[Quad], graph: NamedNode) -> bool:
        """Whether another document names the entity, or an entity that is no suspect belongs to it."""
        for quad in self._quads.quads_for_pattern(None, None, node):
            holder = quad.graph_name
            if holder == _ENTITIES:
                if quad.predicate in _EDGES and quad.subject not in suspects and quad not in stale:
                    return True
            elif isinstance(holder, NamedNode) and holder != graph and holder.value.startswith(iri.DOCUMENTS):
                return True
        return False
