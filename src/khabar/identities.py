"""Which Wikidata item an unlinked entity is: what people decided about it, and the owl:sameAs that follows.

The decisions stay in graph/decisions; nothing in it changes, and the latest about an entity and an item counts. The
links in graph/links follow from those decisions for the entities that the store has, and can be derived anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.errors import QueryError
from khabar.groups import Pair, pair
from khabar.logged import Verdict, exists, value, values
from khabar.rdf import DocumentGraph
from khabar.terms import Node, instant, ns

_TYPE, _SAME = NamedNode(iri.RDF + "type"), NamedNode(iri.OWL + "sameAs")
_LINKS, _GRAPH = NamedNode(iri.LINKS), NamedNode(iri.DECISIONS)
_KIND = ns("ItemDecision")
_NIL = iri.entity("nil-")


@dataclass(frozen=True, slots=True)
class Identity:
    """One decision about an entity (IRI) and an item (QID): who made it, when (ISO, UTC), why, on what grounds.

    `said` is what Wikidata called the item when it was decided, where that is known.
    """

    entity: str
    qid: str
    verdict: Verdict
    by: str
    at: str
    because: str = ""
    said: str = ""

    @classmethod
    def of(cls, entity: str, qid: str, verdict: Verdict, by: str, because: str = "", said: str = "") -> Identity:
        """A decision made now."""
        return cls(entity, qid, verdict, by, datetime.now(UTC).isoformat(timespec="microseconds"), because, said)

    @property
    def link(self) -> Quad:
        """The link that a verdict of SameEntity makes."""
        return Quad(NamedNode(self.entity), _SAME, NamedNode(iri.WIKIDATA + self.qid), _LINKS)

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The decision as quads of graph/decisions."""
        item = iri.WIKIDATA + self.qid
        node = NamedNode(f"{iri.BASE}decision/" + iri.digest(self.entity, item, self.verdict, self.by, self.at))
        facts: list[tuple[NamedNode, Node]] = [
            (_TYPE, _KIND),
            (ns("identifies"), NamedNode(self.entity)),
            (ns("item"), NamedNode(item)),
            (ns("verdict"), ns(self.verdict)),
            (ns("decidedBy"), Literal(self.by)),
            (ns("decidedAt"), instant(self.at)),
        ]
        if self.because:
            facts.append((ns("because"), Literal(self.because)))
        if self.said:
            facts.append((NamedNode(iri.DCT + "title"), Literal(self.said)))
        return tuple(Quad(node, predicate, value, _GRAPH) for predicate, value in facts)


class Identities:
    """The decisions of a store about Wikidata items."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    def log(self) -> list[Identity]:
        """All decisions, the earliest first."""
        nodes = {quad.subject for quad in self._quads.quads_for_pattern(None, _TYPE, _KIND, _GRAPH)}
        read = [self._read(node) for node in nodes if isinstance(node, NamedNode)]
        return sorted(read, key=lambda one: (datetime.fromisoformat(one.at), one.entity, one.qid, one.verdict))

    def standing(self) -> list[Identity]:
        """The decision that counts for each entity and item: the latest; what is open again is left out."""
        latest = {(one.entity, one.qid): one for one in self.log()}
        return [one for one in latest.values() if one.verdict != "Undecided"]

    def rejected(self) -> set[tuple[str, str]]:
        """Entities (IRIs) and items (QIDs) of which somebody said that they are two."""
        return {(one.entity, one.qid) for one in self.standing() if one.verdict == "DifferentEntities"}

    def apart(self, new: Identity | None = None) -> set[Pair]:
        """Pairs of entities that are two by what people said of their items; `new` counts as decided."""
        said = {(one.entity, one.qid): one.verdict for one in (*self.log(), *((new,) if new else ()))}
        items = {(entity, qid) for (entity, qid), verdict in said.items() if verdict == "SameEntity"}
        never = {ends for ends, verdict in said.items() if verdict == "DifferentEntities"}
        named = {entity for entity, _ in items | never}
        return {
            pair(one, other)
            for one, qid in items
            for other in named - {one}
            if (other, qid) in never or any(end == other and item != qid for end, item in items)
        }

    def check(self, new: Identity) -> None:
        """Raise QueryError, saying what to do, when a decision contradicts those that stand."""
        if not new.entity.startswith(_NIL):
            raise QueryError(
                f"{iri.shorten(new.entity)} is an entry of the knowledge base; give it the id {new.qid} in your own "
                "table of actors"
            )
        if not exists(self._quads, new.entity):
            raise QueryError(f"{iri.shorten(new.entity)} is not in the store; `khabar query DIR unlinked-entities`")
        linked = sorted(values(self._quads, NamedNode(new.entity), _SAME))
        item = iri.WIKIDATA + new.qid
        if new.verdict == "SameEntity":
            if others := [other for other in linked if other != item]:
                raise QueryError(f"it is {iri.shorten(others[0])} already; take that back first, with --undo")
            for quad in self._quads.quads_for_pattern(None, _SAME, NamedNode(item), _LINKS):
                if isinstance(quad.subject, NamedNode) and quad.subject.value != new.entity:
                    other = quad.subject.value.removeprefix(iri.entity(""))
                    one = new.entity.removeprefix(iri.entity(""))
                    raise QueryError(
                        f"{other} is that item already; say that they are one: `khabar merge` {one} {other}"
                    )
        elif new.verdict == "DifferentEntities" and item in linked:
            raise QueryError(f"it is {new.qid} by an earlier decision; take that back first, with --undo")

    def later(self, new: Identity) -> Identity:
        """The same decision, with a time after all others, should a clock have been set back."""
        last = max((datetime.fromisoformat(one.at) for one in self.log()), default=None)
        if last is None or datetime.fromisoformat(new.at) > last:
            return new
        at = datetime.fromtimestamp(last.timestamp() + 1e-3, UTC).isoformat(timespec="microseconds")
        return Identity(new.entity, new.qid, new.verdict, new.by, at, new.because, new.said)

    def links(self, present: Callable[[str], bool] | None = None) -> set[Quad]:
        """The links that follow from the decisions for the entities that are there."""
        there = present or partial(exists, self._quads)
        return {one.link for one in self.standing() if one.verdict == "SameEntity" and there(one.entity)}

    def after_decision(self, new: Identity) -> tuple[set[Quad], set[Quad]]:
        """Quads that leave and enter the store with a decision."""
        gone = set() if new.verdict == "SameEntity" else {new.link}
        come = {*new.quads, *({new.link} if new.verdict == "SameEntity" else ())}
        return {quad for quad in gone if quad in self._quads}, come

    def after_document(self, key: str, document: DocumentGraph | None) -> tuple[set[Quad], set[Quad]]:
        """Links that leave and enter when a document becomes `document`, or goes."""
        graph = NamedNode(iri.document_graph(key))
        before = _unlinked(self._quads.quads_for_pattern(None, _TYPE, None, graph))
        after = _unlinked(document.quads if document else ())
        if not before and not after:
            return set(), set()
        lost = before - after
        gone = {quad for node in lost for quad in self._quads.quads_for_pattern(NamedNode(node), _SAME, None, _LINKS)}
        come = self.links(lambda node: node in after) if after - before else set()
        return gone, {quad for quad in come if quad not in self._quads}

    def _read(self, node: NamedNode) -> Identity:
        one = partial(value, self._quads, node)
        return Identity(
            one(ns("identifies")),
            one(ns("item")).removeprefix(iri.WIKIDATA),
            cast("Verdict", one(ns("verdict")).removeprefix(iri.NS)),
            one(ns("decidedBy")),
            one(ns("decidedAt")),
            one(ns("because")),
            one(NamedNode(iri.DCT + "title")),
        )


def _unlinked(quads: Iterable[Quad]) -> set[str]:
    """The entities that only one document knows, of those that the quads describe."""
    return {
        quad.subject.value
        for quad in quads
        if quad.predicate == _TYPE and isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_NIL)
    }
