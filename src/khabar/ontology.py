"""The ontology as the code sees it: local names of classes and properties and how they hang together."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import owlready2
import pyoxigraph
import rdflib
from rdflib import RDF, RDFS, SKOS

from khabar.errors import KhabarError, ResourceError
from khabar.resources import folder

NAMESPACE = "https://w3id.org/khabar/ns#"
_IRI = NAMESPACE.rstrip("#")

# OWL tools take rdf:subject and its kin for an annotated axiom, so a sample's claims would be misread.
_REIFICATION = frozenset(str(p) for p in (RDF.subject, RDF.predicate, RDF.object))


def read_ontology() -> rdflib.Graph:
    """conflict.ttl as an rdflib graph; raises ResourceError when it is missing or malformed."""
    path = folder("ontology") / "conflict.ttl"
    try:
        return rdflib.Graph().parse(path, format="turtle")
    except (OSError, SyntaxError) as e:
        raise ResourceError(f"cannot read the ontology {path}: {e}") from e


def _world(graph: rdflib.Graph, more: bytes = b"") -> owlready2.World:
    # A fresh World: the default one is shared by the whole process. owlready2 does not read Turtle, hence N-Triples.
    world = owlready2.World()
    text = graph.serialize(format="nt", encoding="utf-8") + more
    world.get_ontology(_IRI + "#").load(fileobj=io.BytesIO(text))
    return world


def _closure(parents: Mapping[str, Iterable[str]], name: str) -> frozenset[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for above in parents.get(todo.pop(), ()):
            if above not in seen:
                seen.add(above)
                todo.append(above)
    return frozenset(seen)


def _names(expressions: Iterable[Any]) -> frozenset[str]:
    """Names of the named classes of a domain or range; those of a union one by one, datatypes left out."""
    found: set[str] = set()
    for e in expressions:
        if isinstance(e, owlready2.Or):
            found |= _names(e.Classes)
        elif isinstance(e, owlready2.ThingClass):
            found.add(e.name)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Ontology:
    """The terms of conflict.ttl by local name (`Strike`, `agent`); asking for an unknown term raises KeyError.

    `classes`, `properties` hold our own terms only; `events` are the strict subclasses of Event, `relations` the
    object properties between entities, `roles` those from an event to an entity or event.
    """

    classes: frozenset[str]
    properties: frozenset[str]
    events: frozenset[str]
    relations: frozenset[str]
    roles: frozenset[str]
    _above: Mapping[str, frozenset[str]]
    _order: Mapping[str, tuple[str, ...]]
    _domains: Mapping[str, frozenset[str]]
    _ranges: Mapping[str, frozenset[str]]
    _symmetric: frozenset[str]
    _labels: Mapping[tuple[str, str], str]
    _notations: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls) -> Ontology:
        """Read the shipped ontology through owlready2 (about 0.2 s); raises ResourceError when it is broken."""
        graph = read_ontology()
        world = _world(graph)
        ours = [c for c in world.classes() if c.iri.startswith(NAMESPACE)]
        props = [p for p in world.properties() if p.iri.startswith(NAMESPACE)]
        up = {c.name: tuple(sorted(p.name for p in c.is_a if isinstance(p, owlready2.ThingClass))) for c in ours}
        up = {c: tuple(p for p in above if p in up) for c, above in up.items()}
        up_p = {p.name: [q.name for q in p.is_a if q in props] for p in props}
        above = {n: _closure(up, n) for n in up} | {n: _closure(up_p, n) for n in up_p}
        domains = {p.name: _names(p.domain) for p in props}
        ranges = {p.name: _names(p.range) for p in props}
        links = {p.name for p in props if isinstance(p, owlready2.ObjectPropertyClass)}

        def within(names: frozenset[str], *tops: str) -> bool:
            return bool(names) and all(n in tops or above.get(n, frozenset()) & set(tops) for n in names)

        # Annotations come from rdflib: owlready2 refuses literals of datatypes that it does not know ("AID"^^:plover).
        labels: dict[tuple[str, str], str] = {}
        notations: dict[str, dict[str, str]] = {}
        for subject in {s for s in graph.subjects() if str(s).startswith(NAMESPACE)}:
            name = str(subject).removeprefix(NAMESPACE)
            for label in [*graph.objects(subject, SKOS.prefLabel), *graph.objects(subject, RDFS.label)]:
                if isinstance(label, rdflib.Literal) and label.language:
                    labels[name, label.language] = str(label)
            for code in graph.objects(subject, SKOS.notation):
                if isinstance(code, rdflib.Literal) and code.datatype:
                    notations.setdefault(name, {})[str(code.datatype).removeprefix(NAMESPACE)] = str(code)
        return cls(
            classes=frozenset(up),
            properties=frozenset(up_p),
            events=frozenset(c for c in up if "Event" in above[c]),
            relations=frozenset(p for p in links if within(domains[p], "Entity") and within(ranges[p], "Entity")),
            roles=frozenset(p for p in links if within(domains[p], "Event") and within(ranges[p], "Entity", "Event")),
            _above=above,
            _order=up,
            _domains=domains,
            _ranges=ranges,
            _symmetric=frozenset(p.name for p in props if owlready2.SymmetricProperty in p.is_a),
            _labels=labels,
            _notations=notations,
        )

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether `cls` is `ancestor` or one of its subclasses."""
        return cls == ancestor or ancestor in self._above[cls]

    def ancestors(self, cls: str) -> tuple[str, ...]:
        """The class itself and all its superclasses, nearest first."""
        found = [cls]
        for name in found:  # grows while it is read: a breadth-first walk
            found += [p for p in self._order[name] if p not in found]
        return tuple(found)

    def subclasses(self, cls: str) -> frozenset[str]:
        """The class itself and all its subclasses."""
        return frozenset(c for c in self.classes if self.is_a(c, cls))

    def domain(self, prop: str) -> frozenset[str]:
        """The classes of a property's subjects, any one of them; empty when the ontology leaves it open."""
        return self._domains[prop]

    def range(self, prop: str) -> frozenset[str]:
        """The classes of a property's objects, any one of them; empty for datatype properties."""
        return self._ranges[prop]

    def symmetric(self, prop: str) -> bool:
        """Whether a property holds both ways."""
        if prop not in self.properties:
            raise KeyError(prop)
        return prop in self._symmetric

    def parents(self, prop: str) -> frozenset[str]:
        """All super-properties of a property, itself left out."""
        if prop not in self.properties:
            raise KeyError(prop)
        return self._above[prop]

    def notation(self, cls: str) -> dict[str, str]:
        """Codes of a class by scheme (`{"plover": "ASSAULT", "acled": "Battles"}`), the nearest ancestor's first."""
        codes: dict[str, str] = {}
        for name in self.ancestors(cls):
            for scheme, code in self._notations.get(name, {}).items():
                codes.setdefault(scheme, code)
        return codes

    def label(self, term: str, lang: str) -> str:
        """The label of a class, property, scheme or concept in `ar` or `en`."""
        return self._labels[term, lang]


def reason(extra: Path | None = None) -> frozenset[str]:
    """Classes that can have no member, by HermiT over the ontology and, when given, a file of sample data.

    `extra` is an RDF file (.ttl, .nt, .nq, .trig, .rdf); quads are reasoned over as one graph. Literals of datatypes
    outside OWL's own (EDTF, WKT) are ignored. Raises KhabarError when the whole is inconsistent, the file cannot be
    read or Java is missing.
    """
    more = b""
    if extra is not None:
        try:
            triples = [q.triple for q in pyoxigraph.parse(path=extra) if q.predicate.value not in _REIFICATION]
        except (OSError, SyntaxError, ValueError) as e:
            raise KhabarError(f"cannot read {extra}: {e}; give an RDF file (.ttl, .nt, .nq, .trig)") from e
        more = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    world = _world(read_ontology(), more)
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except owlready2.OwlReadyInconsistentOntologyError as e:
        what = f"the ontology with {extra}" if extra else "the ontology"
        raise KhabarError(f"{what} contradicts itself (HermiT: inconsistent)") from e
    except FileNotFoundError as e:
        raise KhabarError("reasoning needs Java: install a Java runtime (java on the PATH)") from e
    except owlready2.OwlReadyJavaError as e:
        raise KhabarError(f"HermiT failed: {str(e).strip().splitlines()[0]}") from e
    return frozenset(c.name for c in world.inconsistent_classes() if c is not owlready2.Nothing)


@cache
def shipped() -> Ontology:
    """The shipped ontology, read once a process: owlready2 gives no memory back."""
    return Ontology.load()
