"""Renames entities in one document's graph: mentions, roles, claims and their names, as a first reading writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.errors import StoreError
from khabar.model import Stance
from khabar.rdf import Schema
from khabar.terms import Node, ns

_TYPE = NamedNode(iri.RDF + "type")
_REFERS = ns("refersTo")
_PARTS = tuple(NamedNode(iri.RDF + part) for part in ("subject", "predicate", "object"))
_ENTITY, _NIL = iri.entity(""), iri.entity("nil-")
Facts = dict[NamedNode, list[Node]]


class Stored(Protocol):
    """What a store lets read."""

    @property
    def path(self) -> Path: ...  # noqa: D102

    def quads(
        self, subject: Any = None, predicate: Any = None, obj: Any = None, graph: str | None = None
    ) -> Iterable[Quad]:
        """Quads that match, each exactly once; None matches everything."""
        ...


@dataclass(frozen=True, slots=True)
class Nil:
    """An entity that stands for itself from now on: its class and its mentions."""

    cls: str
    mentions: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Graph:
    """A stored document: key, raw text, the spans of each entity's mentions in text order, all quads."""

    key: str
    text: str
    mentions: Mapping[str, list[tuple[int, int]]]
    quads: set[Quad]

    @classmethod
    def read(cls, store: Stored, key: str) -> Graph:
        """Read a document; StoreError when the store has none of this key."""
        quads = set(store.quads(graph=iri.document_graph(key)))
        texts = [q.object for q in quads if q.predicate.value == iri.NIF + "isString"]
        if not texts or not isinstance(texts[0], Literal):
            raise StoreError(f"{store.path}: there is no document {key}")
        mentions: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for quad in quads:
            node = quad.object
            if quad.predicate == _REFERS and isinstance(node, NamedNode) and node.value.startswith(_ENTITY):
                begin, _, end = _iri(quad.subject).partition("#char=")[2].partition(",")
                mentions[node.value].append((int(begin), int(end)))
        held = {node: sorted(spans) for node, spans in sorted(mentions.items())}
        return cls(key, texts[0].value, held, quads)


def renamed(graph: Graph, names: Mapping[str, str | Nil], schema: Schema) -> set[Quad]:
    """The quads of the document with these entities renamed, the same quads when there are none."""
    if not names:
        return graph.quads
    work = _Renaming(graph, names, schema)
    return work.run()


class _Renaming:
    def __init__(self, graph: Graph, names: Mapping[str, str | Nil], schema: Schema) -> None:
        self.graph, self.schema = graph, schema
        self.home = NamedNode(iri.document_graph(graph.key))
        self.quads: set[Quad] = set()
        self.names: dict[NamedNode, NamedNode] = {}
        taken = set(graph.mentions) - set(names)
        for old, new in names.items():
            name = new if isinstance(new, str) else self._nil(new, taken)
            self.names[NamedNode(old)] = NamedNode(name)

    def _nil(self, new: Nil, taken: set[str]) -> str:
        """A free name for an entity of this document alone, and its quads."""
        begin, end = min(new.mentions)
        ordinal = 0
        while (name := iri.nil_entity(self.graph.key, new.cls, begin, ordinal)) in taken:
            ordinal += 1
        taken.add(name)
        words = self.graph.text[begin:end]
        label = "ا" + words if words.startswith("لل") else words
        facts: list[tuple[NamedNode, Node]] = [(_TYPE, ns(new.cls))]
        facts.append((NamedNode(iri.RDFS + "label"), Literal(label, language="ar")))
        self._add(NamedNode(name), facts)
        return name

    def _add(self, subject: NamedNode, facts: Iterable[tuple[NamedNode, Node]]) -> None:
        for predicate, value in facts:
            self.quads.add(Quad(subject, predicate, value, self.home))

    def run(self) -> set[Quad]:
        by_subject: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in self.graph.quads:
            if isinstance(quad.subject, NamedNode):
                by_subject[quad.subject].append(quad)
        claims: dict[NamedNode, Facts] = {}
        for subject, quads in by_subject.items():
            if any(q.predicate == _TYPE and q.object == ns("Claim") for q in quads):
                self._claim(quads, claims)
            elif subject not in self.names:  # a renamed entity's type and label go with its old name
                self._add(subject, ((q.predicate, self._new(q.object)) for q in quads))
        for name, facts in claims.items():
            self._add(name, ((predicate, value) for predicate, values in facts.items() for value in values))
        self._claimed_roles(claims)
        self._passages(claims)
        return self.quads

    def _new(self, node: object) -> Node:
        if not isinstance(node, (NamedNode, Literal)):
            raise StoreError("a document graph holds a blank node; run `khabar validate`")
        return self.names.get(node, node) if isinstance(node, NamedNode) else node

    def _claim(self, quads: list[Quad], claims: dict[NamedNode, Facts]) -> None:
        """Take in a claim under its new name; of two that become one the surer stays."""
        facts: Facts = defaultdict(list)
        for quad in quads:
            facts[quad.predicate].append(self._new(quad.object))
        subject, predicate, obj = (_iri(facts[part][0]) for part in _PARTS)
        if subject == obj:
            return  # the two ends have become one thing
        relation = subject.startswith(_ENTITY) and obj.startswith(_ENTITY)
        if relation and obj < subject and self.schema.symmetric(predicate.removeprefix(iri.NS)):
            subject, obj = obj, subject
            facts[_PARTS[0]], facts[_PARTS[2]] = facts[_PARTS[2]], facts[_PARTS[0]]
        name = NamedNode(self._name(subject, predicate, obj, facts))
        if name not in claims or _rank(facts) < _rank(claims[name]):
            claims[name] = facts

    def _name(self, subject: str, predicate: str, obj: str, facts: Facts) -> str:
        def term(name: str) -> str:
            return _iri(facts[ns(name)][0])

        modality, polarity, certainty = (term(n).removeprefix(iri.NS) for n in ("modality", "polarity", "certainty"))
        stance = Stance(modality, polarity, certainty)  # type: ignore[arg-type]  # the graph holds no other values
        sources = facts.get(ns("attributedTo"), [])
        source = _iri(sources[0]) if sources else ""
        return iri.claim(self.graph.key, subject, predicate, obj, stance, source, term("evidence"))

    def _claimed_roles(self, claims: Mapping[NamedNode, Facts]) -> None:
        """What is claimed of its own is never also a plain edge."""
        for facts in claims.values():
            subject, predicate, obj = (facts[part][0] for part in _PARTS)
            if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and predicate != _TYPE:
                self.quads.discard(Quad(subject, predicate, obj, self.home))

    def _passages(self, claims: Mapping[NamedNode, Facts]) -> None:
        """Take out passages that no claim shows any more."""
        shown = {node for facts in claims.values() for node in facts[ns("evidence")]}
        for quad in [q for q in self.quads if q.predicate == _TYPE and q.object == ns("Passage")]:
            if quad.subject not in shown:
                mention = Quad(quad.subject, _TYPE, ns("Mention"), self.home) in self.quads
                self.quads -= {quad} if mention else {q for q in self.quads if q.subject == quad.subject}


def _rank(facts: Facts) -> tuple[float, str]:
    """The surer first, then the rule's name."""
    confidence, rule = facts[ns("confidence")][0], facts[ns("rule")][0]
    return -float(confidence.value), rule.value


def _iri(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else ""
