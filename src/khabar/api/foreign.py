"""Terms of pyoxigraph as terms of rdflib."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.term import BNode, Identifier, URIRef

from khabar import iri
from khabar.errors import QueryError


def term(node: object) -> Identifier:
    """A term as rdflib would parse it; QueryError for the triple terms of RDF 1.2, which it has not."""
    if isinstance(node, NamedNode):
        return URIRef(node.value)
    if isinstance(node, BlankNode):
        return BNode(node.value)
    if isinstance(node, Literal):
        if node.language:
            return rdflib.Literal(node.value, lang=node.language)
        plain = node.datatype.value == iri.XSD + "string"
        return rdflib.Literal(node.value, datatype=None if plain else URIRef(node.datatype.value))
    raise QueryError(f"rdflib has no terms like {node}; take Result.terms")


def graph(triples: Iterable[tuple[object, ...]]) -> rdflib.Graph:
    """Triples as a graph with our prefixes."""
    made = rdflib.Graph(bind_namespaces="none")
    for prefix, base in iri.PREFIXES.items():
        made.bind(prefix, base)
    for subject, predicate, obj in triples:
        made.add((term(subject), term(predicate), term(obj)))
    return made


def bindings(columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> list[dict[str, Identifier]]:
    """Rows as dicts of terms; what is unbound is left out."""
    names = tuple(columns)
    return [{n: term(cell) for n, cell in zip(names, row, strict=True) if cell is not None} for row in rows]
