"""Masks a document: whoever is redacted gets a node without a name, and the names in its words are covered.

What comes out depends on the document and the redactions alone; no offset changes, and masking twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.rdf import HIERARCHY, DocumentGraph, Schema
from khabar.redactions.names import Found, Kind, masked, untitled
from khabar.redactions.record import NODE, Redaction, Redactions
from khabar.rename import Graph, renamed
from khabar.terms import Node, ns

LABELS = {"ar": "[محجوب]", "en": "[redacted]"}
"""What every redacted entity is called."""

Description = tuple[Quad, ...]
_ENTITY, _NIL = iri.entity(""), iri.entity("nil-")
_ENTITIES = NamedNode(iri.ENTITIES)
_TYPE, _ITEM, _REFERS = NamedNode(iri.RDF + "type"), NamedNode(iri.OWL + "sameAs"), ns("refersTo")
_LABEL, _ALIAS = NamedNode(iri.RDFS + "label"), NamedNode(iri.SKOS + "altLabel")
_TEXT, _ANCHOR, _DIGEST = NamedNode(iri.NIF + "isString"), NamedNode(iri.NIF + "anchorOf"), ns("sha256")
_SOURCE = NamedNode(iri.DCT + "source")
_EDGES = {NamedNode(iri.NS + name) for name in HIERARCHY}
_PERSON = ns("Person")


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked document, the ids of the redactions that it took, and how much was covered.

    `names` are the new IRIs of its redacted entities, by their old ones; `others` counts covered places that are no
    mention of theirs.
    """

    document: DocumentGraph
    touched: frozenset[str]
    names: Mapping[str, str]
    mentions: int
    others: int


def mask_document(document: DocumentGraph, redactions: Redactions, stored: Callable[[str], Iterable[Quad]]) -> Masked:
    """A document as the redactions want it; `stored` gives the description of an entity that was redacted before."""
    return _Work(document, redactions, stored).run()


def admit(
    document: DocumentGraph, redactions: Redactions, stored: Callable[[str], Iterable[Quad]]
) -> tuple[DocumentGraph, Redactions]:
    """A document as it may enter the store, and the redactions, which know of it then."""
    if not redactions:
        return document, redactions
    work = _Work(document, redactions, stored)
    done = work.run()
    return done.document, redactions.noted(document.key, work.text, done.touched)


def describe(node: str, cls: str) -> Description:
    """All that is said of a redacted entity: its class, and that it is redacted."""
    labels = (Literal(text, language=language) for language, text in LABELS.items())
    facts: list[tuple[NamedNode, Node]] = [(_TYPE, ns(cls)), *((_LABEL, label) for label in labels)]
    return tuple(sorted((Quad(NamedNode(node), p, o, _ENTITIES) for p, o in facts), key=str))


def replaced(quad: Quad, text: str) -> Quad:
    """The quad with another text in its literal."""
    old = quad.object
    if not isinstance(old, Literal) or old.value == text:
        return quad
    new = Literal(text, language=old.language) if old.language else Literal(text, datatype=old.datatype)
    return Quad(quad.subject, quad.predicate, new, quad.graph_name)


class _Work:
    """Masks one document."""

    def __init__(
        self, document: DocumentGraph, redactions: Redactions, stored: Callable[[str], Iterable[Quad]]
    ) -> None:
        self.document, self.redactions, self.stored = document, redactions, stored
        self.names: dict[str, str] = {}
        self.here: set[str] = set()  # redactions about entities that the document names
        self.named = set(_entities(document.quads))
        self.said: dict[str, list[Quad]] = {node: list(quads) for node, quads in document.descriptions.items()}
        self.spans: dict[str, list[tuple[int, int]]] = {node: [] for node in self.named}
        self.text = ""
        for quad in document.quads:
            if quad.predicate == _TEXT and isinstance(quad.object, Literal):
                self.text = quad.object.value
            elif quad.predicate == _REFERS and _value(quad.object) in self.spans:
                self.spans[_value(quad.object)].append(_offsets(quad))
            elif quad.predicate in (_TYPE, _LABEL) and _value(quad.subject) in self.named:
                self.said.setdefault(_value(quad.subject), []).append(quad)

    def run(self) -> Masked:
        for node in sorted(self.said.keys() - set(filter(_hidden, self.said))):
            self._rename(node)
        hidden = [node for node in self.named if node in self.names or _hidden(node)]
        mentions = {span for node in hidden for span in self.spans[node]}
        found = [one for one in self.redactions.names.find(self.text) if self._in_text(one)]
        self.covered = masked(self.text, [*mentions, *((one.begin, one.end) for one in found)])
        others = {
            (one.begin, one.end)
            for one in found
            if not any(begin <= one.begin and one.end <= end for begin, end in mentions)
        }
        quads = {self._literal(quad) for quad in self._renamed()}
        fresh = DocumentGraph(
            self.document.key, tuple(sorted(quads, key=str)), self._descriptions(quads), self.document.counts
        )
        touched = frozenset(self.here.union(one.redaction for one in found))
        return Masked(fresh, touched, self.names, len(mentions), len(others))

    def _rename(self, node: str) -> None:
        """Give an entity another name, if it is redacted."""
        items = [_value(quad.object) for quad in self.said[node] if quad.predicate == _ITEM]
        redaction = next(filter(None, map(self.redactions.about, (node, *items))), None)
        name = redaction.node if redaction else ""
        if redaction is None and (redaction := self._namesake(node)) is not None:
            name = self.redactions.namesake(redaction.id, node)
        if redaction is not None:
            self.names[node] = name
            if node in self.named:
                self.here.add(redaction.id)

    def _namesake(self, node: str) -> Redaction | None:
        """The redaction about somebody of the same name: one word is enough where no entry tells them apart."""
        enough = ("full", "short") if node.startswith(_NIL) else ("full",)
        labels = [q.object.value for q in self.said[node] if q.predicate == _LABEL and isinstance(q.object, Literal)]
        called = [*labels, *map(untitled, labels)]
        whose = {id_ for name in called for id_, kind in self.redactions.names.whole(name) if kind in enough}
        return next((one for one in self.redactions.made if one.id in whose), None)

    def _class(self, node: str) -> str:
        kinds = (_value(quad.object) for quad in self.said.get(node, ()) if quad.predicate == _TYPE)
        return next(kinds, iri.NS + "Entity").removeprefix(iri.NS)

    def _in_text(self, found: Found) -> bool:
        """Whether a name in the text is covered: of one word not within the name of another person."""
        if found.kind == "full":
            return True
        if found.kind == "bare" and found.redaction not in self.here:
            return False
        return not any(begin <= found.begin and found.end <= end for begin, end in self._persons())

    def _persons(self) -> Iterator[tuple[int, int]]:
        for node, spans in self.spans.items():
            if node not in self.names and not _hidden(node) and self._class(node) == "Person":
                yield from spans

    def _renamed(self) -> set[Quad]:
        names = {old: new for old, new in self.names.items() if old in self.named}
        graph = Graph(self.document.key, self.text, self.spans, set(self.document.quads))
        return renamed(graph, names, _schema())

    def _literal(self, quad: Quad) -> Quad:
        """A quad of the document with its words covered."""
        if quad.predicate == _SOURCE:
            return self._source(quad)
        if not isinstance(quad.object, Literal):
            return quad
        if quad.predicate == _TEXT:
            return replaced(quad, self.covered)
        if quad.predicate == _ANCHOR:
            begin, end = _offsets(quad)
            return replaced(quad, self.covered[begin:end])
        if quad.predicate == _DIGEST:  # that of the text as it was would confirm a guess
            return replaced(quad, hashlib.sha256(self.covered.encode()).hexdigest())
        if _value(quad.subject) == iri.document(self.document.key):  # title, identifier, publisher and the like
            return replaced(quad, self._mask(quad.object.value))
        if quad.predicate in (_LABEL, _ALIAS):
            person = self._class(_value(quad.subject)) == "Person"
            return replaced(quad, self._mask(quad.object.value, person=person))
        return quad

    def _source(self, quad: Quad) -> Quad:
        """An address without its path, where that spells out a name."""
        address = unquote(quad.object.value if isinstance(quad.object, Literal) else _value(quad.object))
        if self._mask(address) == address:
            return quad
        parts = urlsplit(address)
        if not isinstance(quad.object, NamedNode):
            return replaced(quad, self._mask(address))
        return Quad(quad.subject, quad.predicate, NamedNode(f"{parts.scheme}://{parts.netloc}/"), quad.graph_name)

    def _mask(self, text: str, *, person: bool = False) -> str:
        found = self.redactions.names.find(text)
        if person:
            return masked(text, [(one.begin, one.end) for one in found if one.kind == "full"])
        kept = (one for one in found if one.kind != "bare" or one.redaction in self.here)
        return masked(text, [(one.begin, one.end) for one in kept])

    # Descriptions ----------------------------------------------------------------------------------------------------

    def _descriptions(self, quads: Iterable[Quad]) -> dict[str, Description]:
        """What is said of those that the document names, and of those that they belong to."""
        named = set(_entities(quads))
        found = {node: self._plain(said) for node, said in self.document.descriptions.items() if node not in self.names}
        for old, new in self.names.items():
            cls = next((one.cls for one in self.redactions.made if one.node == new), self._class(old))
            found[new] = describe(new, cls)
        for node in named:
            if _hidden(node) and node not in found:
                found[node] = tuple(self.stored(node))
        return {node: found[node] for node in sorted(_reachable(named & found.keys(), found))}

    def _plain(self, quads: Iterable[Quad]) -> Description:
        """A description without names, and without ties to whoever is redacted; the same for every document."""
        quads = tuple(quads)
        most: tuple[Kind, ...] = ("full",) if any(quad.object == _PERSON for quad in quads) else ("full", "short")
        kept = []
        for quad in quads:
            if quad.predicate in _EDGES and _value(quad.object) in self.names:
                continue
            if quad.predicate in (_LABEL, _ALIAS) and isinstance(quad.object, Literal):
                covered = self.redactions.names.mask(quad.object.value, most)
                if quad.predicate == _ALIAS and covered != quad.object.value:
                    continue
                quad = replaced(quad, covered)
            kept.append(quad)
        return tuple(sorted(kept, key=str))


@cache
def _schema() -> Schema:
    from khabar.ontology import shipped

    return shipped()


def _reachable(named: set[str], said: Mapping[str, Description]) -> set[str]:
    """The described entities that are named, and all that they belong to."""
    found, todo = set(named), list(named)
    while todo:
        above = {_value(quad.object) for quad in said[todo.pop()] if quad.predicate in _EDGES}
        todo += above & said.keys() - found
        found |= above & said.keys()
    return found


def _entities(quads: Iterable[Quad]) -> Iterator[str]:
    for quad in quads:
        for term in (quad.subject, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(_ENTITY):
                yield term.value


def _hidden(node: str) -> bool:
    return node.startswith(NODE)


def _offsets(quad: Quad) -> tuple[int, int]:
    begin, _, end = _value(quad.subject).partition("#char=")[2].partition(",")
    return int(begin), int(end)


def _value(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""
