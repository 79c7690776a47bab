"""What a graph says about one document, in the words of the annotation guide.

The graph is an open store, or an N-Quads file of any program that writes the shape of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from khabar import iri
from khabar.errors import InputError
from khabar.evaluate import scheme
from khabar.model import Stance
from khabar.store import Store

Span = tuple[int, int]
_TYPE = iri.RDF + "type"


class Quads(Protocol):
    """Whatever holds quads and finds those that match; None matches everything."""

    def quads(
        self, subject: Any = None, predicate: Any = None, obj: Any = None, graph: str | None = None
    ) -> Iterator[Quad]:
        """The quads, each once; `graph` is an IRI."""
        ...


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A span of the raw text that refers to `node`, an IRI, of these classes."""

    span: Span
    node: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A claim of a relation: IRIs at both ends, its stance with an IRI as source, and its passages."""

    subject: str
    predicate: str
    object: str
    stance: Stance
    passages: tuple[Span, ...]
    fact: bool
    """Whether graph/facts tells it."""


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """A claim of an event: its class as the guide has it, its triggers, roles (edges and claims) and dates."""

    node: str
    cls: str
    stance: Stance
    triggers: tuple[Span, ...]
    roles: frozenset[tuple[str, str]]
    dates: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """What was read out of one document; all empty when the graph does not hold it (`present` is then false).

    `qids` are the Wikidata ids of the entities that have one. `broken` counts spans without offsets.
    """

    mentions: tuple[FoundMention, ...] = ()
    relations: tuple[FoundRelation, ...] = ()
    events: tuple[FoundEvent, ...] = ()
    qids: dict[str, str] | None = None
    present: bool = False
    broken: int = 0

    def qid(self, node: str) -> str | None:
        """The Wikidata id that an entity was given."""
        return (self.qids or {}).get(node)


class FoundGraph:
    """Reads documents out of quads."""

    def __init__(self, quads: Quads) -> None:
        self._quads = quads

    def document(self, ident: str) -> FoundDocument:
        """What the graph says about the document of this dct:identifier."""
        named = self._subjects(iri.DCT + "identifier", Literal(ident))
        node = next(iter(sorted((n for n in named if "Document" in self._classes(n)), reverse=True)), None)
        if node is None:
            return FoundDocument()
        mentions, broken = self._mentions(node)
        events, relations = self._claims(node, mentions)
        entities = tuple(m for m in mentions if not m.classes & (scheme.EVENTS | scheme.SPEECH | scheme.OUTSIDE))
        qids = {m.node: qid for m in entities if (qid := self._qid(m.node))}
        return FoundDocument(entities, relations, events, qids, True, broken)

    def unbacked(self) -> tuple[int, int]:
        """How many relations of graph/facts no passing claim backs, and how many facts there are in all."""
        facts = list(self._quads.quads(graph=iri.FACTS))
        alone = 0
        for fact in facts:
            predicate = str(fact.predicate.value).removeprefix(iri.NS)
            if predicate in scheme.RELATIONS and not self._backed(fact):
                alone += 1
        return alone, len(facts)

    def _backed(self, fact: Quad) -> bool:
        claims = self._quads.quads(None, NamedNode(iri.RDF + "subject"), fact.subject)
        return any(
            self._value(q.subject, iri.RDF + "predicate") == fact.predicate.value
            and self._value(q.subject, iri.RDF + "object") == _text(fact.object)
            and self.stance(q.subject).settled
            for q in claims
            if isinstance(q.subject, NamedNode) and self._values(q.subject, iri.NS + "evidence")
        )

    def _mentions(self, document: str) -> tuple[list[FoundMention], int]:
        found: set[tuple[Span, str]] = set()
        broken = 0
        for node in self._subjects(iri.NIF + "referenceContext", NamedNode(document)):
            if "Mention" not in self._classes(node):
                continue
            span = self._span(node)
            if span is None:
                broken += 1
                continue
            found |= {(span, thing) for thing in self._values(node, iri.NS + "refersTo")}
        classes = {thing: self._classes(thing) for _, thing in found}
        return [FoundMention(span, thing, classes[thing]) for span, thing in sorted(found)], broken

    def _claims(
        self, document: str, mentions: list[FoundMention]
    ) -> tuple[tuple[FoundEvent, ...], tuple[FoundRelation, ...]]:
        passages = self._subjects(iri.NIF + "referenceContext", NamedNode(document))
        claims = {c for passage in passages for c in self._subjects(iri.NS + "evidence", NamedNode(passage))}
        events: dict[str, tuple[str, Stance]] = {}
        roles: set[tuple[str, str, str]] = set()
        relations: dict[tuple[str | None, ...], FoundRelation] = {}
        for claim in sorted(c for c in claims if "Claim" in self._classes(c)):
            subject, predicate, obj = (
                self._value(claim, iri.RDF + k) or "" for k in ("subject", "predicate", "object")
            )
            name, stance = predicate.removeprefix(iri.NS), self.stance(claim)
            if predicate == _TYPE:
                cls = obj.removeprefix(iri.NS)
                cls = "Communication" if cls in scheme.SPEECH else cls
                if cls in scheme.EVENTS:
                    events.setdefault(subject, (cls, stance))
            elif name in scheme.ROLES:
                roles.add((subject, name, obj))
            elif name in scheme.RELATIONS:
                key = (subject, predicate, obj, stance.polarity, stance.source)
                relations[key] = self._relation(claim, subject, name, obj, stance)
        return (
            tuple(self._event(node, *event, mentions, roles) for node, event in sorted(events.items())),
            tuple(relations.values()),
        )

    def _relation(self, claim: str, subject: str, name: str, obj: str, stance: Stance) -> FoundRelation:
        passages = tuple(span for p in self._values(claim, iri.NS + "evidence") if (span := self._span(p)))
        fact = stance.settled and obj in self._values(subject, iri.NS + name, iri.FACTS)
        return FoundRelation(subject, name, obj, stance, passages, fact)

    def _event(
        self, node: str, cls: str, stance: Stance, mentions: list[FoundMention], claimed: set[tuple[str, str, str]]
    ) -> FoundEvent:
        edges = {(role, filler) for role in scheme.ROLES for filler in self._values(node, iri.NS + role)}
        edges |= {(role, filler) for event, role, filler in claimed if event == node}
        triggers = tuple(m.span for m in mentions if m.node == node)
        return FoundEvent(node, cls, stance, triggers, frozenset(edges), frozenset(self._values(node, iri.NS + "edtf")))

    def stance(self, claim: str | NamedNode) -> Stance:
        """What a claim's source commits itself to."""
        parts: list[Any] = [
            (self._value(claim, iri.NS + name) or "").removeprefix(iri.NS)
            for name in ("modality", "polarity", "certainty")
        ]
        modality, polarity, certainty = parts
        return Stance(modality, polarity, certainty, self._value(claim, iri.NS + "attributedTo"))

    def _span(self, node: str) -> Span | None:
        begin, end = (self._value(node, iri.NIF + name) or "" for name in ("beginIndex", "endIndex"))
        return (int(begin), int(end)) if begin.isdecimal() and end.isdecimal() else None

    def _qid(self, node: str) -> str | None:
        """The Wikidata id of a node, from its own IRI or an owl:sameAs."""
        for one in (node, *self._values(node, iri.OWL + "sameAs")):
            tail = one.rsplit("/", 1)[-1]
            if "/entity/" in one and tail[:1] == "Q" and tail[1:].isdigit():
                return tail
        return None

    def _classes(self, node: str) -> frozenset[str]:
        return frozenset(t.removeprefix(iri.NS) for t in self._values(node, _TYPE) if t.startswith(iri.NS))

    def _value(self, node: str | NamedNode, predicate: str) -> str | None:
        return next(iter(self._values(node, predicate)), None)

    def _values(self, node: str | NamedNode, predicate: str, graph: str | None = None) -> list[str]:
        """The values of a property, sorted; each once, whatever the number of graphs. A literal has none."""
        try:
            subject = NamedNode(node) if isinstance(node, str) else node
        except ValueError:  # not an IRI
            return []
        return sorted({_text(quad.object) for quad in self._quads.quads(subject, NamedNode(predicate), graph=graph)})

    def _subjects(self, predicate: str, obj: NamedNode | Literal) -> set[str]:
        return {_text(quad.subject) for quad in self._quads.quads(None, NamedNode(predicate), obj)}


class _File:
    """The quads of a file, in memory."""

    def __init__(self, path: Path) -> None:
        self._store = ox.Store()
        try:
            self._store.bulk_load(path=str(path), format=RdfFormat.N_QUADS)
        except (OSError, SyntaxError, ValueError) as error:
            why = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read as N-Quads ({why}); `khabar export` writes such files") from error

    def quads(
        self, subject: Any = None, predicate: Any = None, obj: Any = None, graph: str | None = None
    ) -> Iterator[Quad]:
        return self._store.quads_for_pattern(subject, predicate, obj, NamedNode(graph) if graph else None)


@contextmanager
def open_graph(path: Path) -> Iterator[FoundGraph]:
    """The graph of a store or of an N-Quads file; InputError or StoreError when it cannot be read."""
    if path.is_file():
        yield FoundGraph(_File(path))
        return
    with Store.open(path) as store:
        yield FoundGraph(store)


def _text(term: Any) -> str:
    return str(term.value) if isinstance(term, NamedNode | Literal) else str(term)
