"""What the logs of decisions read alike from a store: values of a node, whether it is there, the verdicts."""

from __future__ import annotations

from typing import Literal as OneOf

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from khabar import iri

Verdict = OneOf["SameEntity", "DifferentEntities", "Undecided"]

_TYPE = NamedNode(iri.RDF + "type")


def values(quads: ox.Store, node: NamedNode, predicate: NamedNode) -> list[str]:
    """The IRIs and literals that a node has for a predicate, in any graph."""
    found = (quad.object for quad in quads.quads_for_pattern(node, predicate, None, None))
    return [value.value for value in found if isinstance(value, NamedNode | Literal)]


def value(quads: ox.Store, node: NamedNode, predicate: NamedNode) -> str:
    """The first of a node's values; "" for none."""
    return next(iter(values(quads, node, predicate)), "")


def number(quads: ox.Store, node: NamedNode, predicate: NamedNode) -> float:
    """The first of a node's values as a number; 0 for none."""
    return float(value(quads, node, predicate) or 0)


def exists(quads: ox.Store, node: str) -> bool:
    """Whether the store has a class for an IRI."""
    return any(True for _ in quads.quads_for_pattern(NamedNode(node), _TYPE, None, None))
