"""Graphs of documents that somebody sends: checked before they take the place of what was read here."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from khabar import iri, validate
from khabar.rdf import Catalogue, DocumentGraph, Schema, describe
from khabar.serve.output import Faulty
from khabar.store import Store

_TYPE = NamedNode(iri.RDF + "type")
_ITEM = NamedNode(iri.OWL + "sameAs")
_OWN = tuple(iri.BASE + part for part in ("event/", "claim/", "entity/nil-"))
_KNOWN = iri.entity("")

MEDIA = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
"""What a graph may be sent as."""


def document_graph(
    store: Store, key: str, body: bytes, media: str, catalogue: Catalogue, schema: Schema
) -> DocumentGraph:
    """The graph of a document as it was sent; Faulty (400 or 422) when it is no RDF, or no document graph."""
    graph = NamedNode(iri.document_graph(key))
    try:
        triples = list(parse(body, format=MEDIA[media]))
        quads = {Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples}
    except (SyntaxError, ValueError) as error:
        raise Faulty(400, f"the graph cannot be read ({' '.join(str(error).split())})") from error
    _check_subjects(store, key, quads)
    descriptions = _descriptions(store, _known(quads), catalogue, schema)
    _check_shapes([*quads, *(quad for part in descriptions.values() for quad in part)])
    return DocumentGraph(key, tuple(sorted(quads, key=str)), descriptions, {})


def _check_subjects(store: Store, key: str, quads: Iterable[Quad]) -> None:
    """Only what belongs to this document may be told here, and nothing that another graph tells already."""
    own = NamedNode(iri.document(key))
    graph = NamedNode(iri.document_graph(key))
    subjects = {quad.subject for quad in quads}
    if own not in subjects:
        raise Faulty(422, f"the graph says nothing of the document {own.value}")
    for node in subjects:
        if not isinstance(node, NamedNode):
            raise Faulty(422, "the graph holds a blank node; every node of a document has an IRI")
        if node == own or node.value.startswith(f"{own.value}#char="):
            continue
        if not node.value.startswith(_OWN):
            raise Faulty(422, f"{node.value} is no span, event, claim or unlinked entity of this document")
        if any(quad.graph_name != graph for quad in store.quads(node, _TYPE)):
            raise Faulty(422, f"{node.value} belongs to another document")


def _descriptions(
    store: Store, keys: Iterable[str], catalogue: Catalogue, schema: Schema
) -> dict[str, tuple[Quad, ...]]:
    """What the knowledge base says of entities, else what the store has of them (from a table of somebody's own)."""
    found: dict[str, tuple[Quad, ...]] = {}
    for key in keys:
        try:
            found |= describe([key], catalogue, schema)
        except KeyError:
            node = NamedNode(iri.entity(key))
            stored = [*store.quads(node, graph=iri.ENTITIES), *store.quads(node, _ITEM, graph=iri.LINKS)]
            if not stored:
                raise Faulty(422, f"there is no entity {key}, in the knowledge base or here") from None
            found[node.value] = tuple(sorted(stored, key=str))
    return found


def _known(quads: Iterable[Quad]) -> set[str]:
    nodes = (quad.object for quad in quads)
    names = (node.value for node in nodes if isinstance(node, NamedNode))
    return {name.removeprefix(_KNOWN) for name in names if name.startswith(_KNOWN) and not name.startswith(_OWN)}


def _check_shapes(quads: Iterable[Quad]) -> None:
    graph = rdflib.Graph()
    for quad in quads:
        graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object)))
    if strange := validate.undeclared(graph):
        raise Faulty(422, f"the ontology has no {', '.join(strange[:5])}")
    if faults := validate.shacl(graph):
        raise Faulty(422, faults[0])


def _node(term: object) -> rdflib.term.Node:
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    return rdflib.URIRef(str(term).strip("<>"))
