"""Bundles: documents of one story and events of one happening, as links in graph/links that can be taken back.

A bundle is a node; each member is :groupedIn it, nothing else changes. It leaves with any change of one of its
documents, and is derived anew (`khabar.grouping`) when all changes are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.groups import Pair, pair
from khabar.terms import Node, decimal, ns

_TYPE, _LINKS = NamedNode(iri.RDF + "type"), NamedNode(iri.LINKS)
_IN, _STATUS = ns("groupedIn"), ns("status")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Documents (a Story) or events (a Happening) that belong together: IRIs, the earliest first.

    `score`, from 0 to 1, is that of its weakest tie; `reasons` says in words what speaks for it.
    """

    kind: OneOf["Story", "Happening"]
    members: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The bundle as quads of graph/links."""
        node = NamedNode(iri.bundle(self.kind, self.members[0]))
        facts: list[tuple[NamedNode, Node]] = [
            (_TYPE, ns(self.kind)),
            (ns("origin"), NamedNode(self.members[0])),
            (ns("score"), decimal(self.score)),
            (ns("because"), Literal("; ".join(self.reasons))),
        ]
        return (
            *(Quad(node, predicate, value, _LINKS) for predicate, value in facts),
            *(Quad(NamedNode(member), _IN, node, _LINKS) for member in self.members),
        )


class Bundles:
    """The bundles that a store holds."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    def stored(self) -> set[Quad]:
        """All quads about bundles."""
        return self._about({quad.object for quad in self._quads.quads_for_pattern(None, _IN, None, _LINKS)})

    def of_document(self, key: str) -> set[Quad]:
        """The quads of bundles that hold a document or one of its events."""
        graph = NamedNode(iri.document_graph(key))
        events = {quad.subject for quad in self._quads.quads_for_pattern(None, _STATUS, None, graph)}
        members = [NamedNode(iri.document(key)), *events]
        return self._about(
            {quad.object for one in members for quad in self._quads.quads_for_pattern(one, _IN, None, _LINKS)}
        )

    def _about(self, nodes: Iterable[object]) -> set[Quad]:
        pattern = self._quads.quads_for_pattern
        found = set[Quad]()
        for node in nodes:
            if isinstance(node, NamedNode):
                found |= {*pattern(node, None, None, _LINKS), *pattern(None, _IN, node, _LINKS)}
        return found


def gather(scores: Mapping[Pair, float], apart: Iterable[Pair]) -> list[list[str]]:
    """Groups in which any two are one of the pairs of `scores` and none of `apart`; the best pairs come together first.

    >>> gather({("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "c"): 0.7, ("c", "d"): 0.95}, [])
    [['a', 'b'], ['c', 'd']]
    """
    open_pairs = scores.keys() - set(apart)
    group: dict[str, list[str]] = {}
    for one, other in sorted(open_pairs, key=lambda ends: (-scores[ends], ends)):
        left, right = group.setdefault(one, [one]), group.setdefault(other, [other])
        if left is not right and all(pair(a, b) in open_pairs for a in left for b in right):
            left += right
            group.update(dict.fromkeys(right, left))
    unique = {id(members): sorted(members) for members in group.values() if len(members) > 1}
    return sorted(unique.values())
