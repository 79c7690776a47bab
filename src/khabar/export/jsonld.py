"""JSON-LD for people who read JSON: short keys, names by language, a node a line; the context is the ontology's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import IO, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from khabar import iri
from khabar.export.selection import Format, Selection
from khabar.store import ontology_quads

_TYPE, _STRING, _INTEGER = iri.RDF + "type", iri.XSD + "string", iri.XSD + "integer"
_CONCEPT, _OBJECT = iri.SKOS + "Concept", iri.OWL + "ObjectProperty"
_DECLARED = {iri.OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
_DECLARED |= {_CONCEPT, iri.SKOS + "ConceptScheme", iri.RDFS + "Datatype"}

# The terms of RDF and OWL themselves; and words with a language, which no range in the ontology can say.
_KINDS = {
    iri.RDF + "subject": "@id",
    iri.RDF + "predicate": "@vocab",
    iri.RDF + "object": "@vocab",
    iri.OWL + "sameAs": "@id",
    iri.SKOS + "altLabel": "@language",
    iri.NIF + "anchorOf": "@language",
    iri.NIF + "isString": "@language",
}


@dataclass(frozen=True, slots=True)
class Context:
    """Short names: `names` are those of terms; `kinds` tells of a property "@id", "@vocab", "@language" or a datatype.

    What does not fit its kind is written under the longer name of its property, with its type beside it.
    """

    prefixes: Mapping[str, str]
    names: Mapping[str, str]
    kinds: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        """The value of `@context`."""
        terms = {name: self._definition(node) for node, name in self.names.items()}
        return {"@version": 1.1, "id": "@id", "type": "@type", **self.prefixes, **terms}

    def compact(self, node: str) -> str:
        """An IRI with the prefix that shortens it most, or as it is."""
        fitting = ((len(base), name) for name, base in self.prefixes.items() if node.startswith(base))
        length, name = max(fitting, default=(0, ""))
        # A name and two slashes would be read as an IRI.
        return f"{name}:{node[length:]}" if name and not node[length:].startswith("//") else node

    def node(self, subject: NamedNode | BlankNode, quads: Iterable[Quad]) -> dict[str, Any]:
        """One subject with all that is said of it in a graph."""
        found: dict[str, Any] = {"id": self._reference(subject)}
        for quad in sorted(quads, key=lambda quad: quad.predicate.value != _TYPE):
            predicate, value = quad.predicate.value, quad.object
            kind = self.kinds.get(predicate, "")
            if predicate == _TYPE and isinstance(value, NamedNode):
                _put(found, "type", self._word(value.value))
            elif kind == "@language" and isinstance(value, Literal) and value.language:
                _put(found.setdefault(self.names[predicate], {}), value.language, value.value)
            elif (plain := self._plain(kind, value)) is not None:
                _put(found, self.names[predicate], plain)
            else:
                _put(found, self.compact(predicate) if kind else self._word(predicate), self._explicit(value))
        return found

    def _definition(self, node: str) -> str | dict[str, str]:
        kind, short = self.kinds.get(node, ""), self.compact(node)
        if kind == "@language":
            return {"@id": short, "@container": kind}
        return {"@id": short, "@type": kind if kind.startswith("@") else self.compact(kind)} if kind else short

    def _word(self, node: str) -> str:
        """The name of a class, property or concept, else its compact IRI."""
        return self.names.get(node) or self.compact(node)

    def _plain(self, kind: str, value: object) -> str | int | None:
        """A value whose type the context tells; None where it is of another type."""
        if isinstance(value, NamedNode) and kind == "@vocab":
            return self._word(value.value)
        if isinstance(value, NamedNode | BlankNode) and kind in ("@id", "@vocab"):
            return self._reference(value)
        if isinstance(value, Literal) and not value.language and kind == value.datatype.value:
            return _number(value)
        return None

    def _explicit(self, value: object) -> str | int | dict[str, str]:
        """A value that tells its type itself, if it is not one of JSON's own."""
        if isinstance(value, NamedNode | BlankNode):
            return {"id": self._reference(value)}
        if not isinstance(value, Literal):
            raise TypeError(f"JSON-LD 1.1 cannot hold {value}")
        if value.language:
            return {"@language": value.language, "@value": value.value}
        number = _number(value)
        if value.datatype.value == _STRING or isinstance(number, int):
            return number
        return {"@type": self._word(value.datatype.value), "@value": value.value}

    def _reference(self, node: NamedNode | BlankNode) -> str:
        return str(node) if isinstance(node, BlankNode) else self.compact(node.value)


@cache
def context() -> Context:
    """The context of the installed ontology: each term that it declares or uses has its local name, ours first."""
    about: dict[str, dict[str, set[Any]]] = {}
    used: dict[str, set[Any]] = {}
    for quad in ontology_quads():
        predicate = quad.predicate.value
        about.setdefault(str(quad.subject).strip("<>").removeprefix("_:"), {}).setdefault(predicate, set()).add(
            quad.object
        )
        used.setdefault(predicate, set()).add(quad.object)
    types = {node: {one.value for one in said.get(_TYPE, ())} for node, said in about.items()}
    declared = {node for node, kinds in types.items() if kinds & _DECLARED and "://" in node}
    kinds = {node: _kind_as_used(values) for node, values in used.items()}
    kinds |= {node: _kind_as_declared(node, types[node], about) or kinds.get(node, "") for node in declared}
    prefixes = {name: base for name, base in sorted(iri.PREFIXES.items()) if name} | {"khabar": iri.NS}
    names: dict[str, str] = {}
    taken = {"id", "type", *prefixes}
    for node in sorted({*declared, *used, *_KINDS} - {_TYPE}, key=lambda node: (not node.startswith(iri.NS), node)):
        name = node.rpartition("#")[2].rpartition("/")[2]
        if name not in taken:
            taken.add(name)
            names[node] = name
    return Context(prefixes, names, {node: kind for node, kind in (kinds | _KINDS).items() if node in names})


def _kind_as_declared(node: str, types: set[str], about: Mapping[str, Mapping[str, set[Any]]]) -> str:
    """What the range of a property says of its values."""
    ranges = {one.value for one in about[node].get(iri.RDFS + "range", ())}
    if _OBJECT in types:
        return "@vocab" if _CONCEPT in ranges else "@id"
    inner = (about.get(one, {}).get(iri.OWL + "onDatatype", ()) for one in ranges)
    ranges |= {one.value for found in inner for one in found}
    return next((one for one in sorted(ranges) if one.startswith(iri.XSD) and one != _STRING), "")


def _kind_as_used(values: set[Any]) -> str:
    """What the values of a property in the ontology have in common."""
    if all(isinstance(value, NamedNode | BlankNode) for value in values):
        return "@vocab"
    return "@language" if all(isinstance(value, Literal) and value.language for value in values) else ""


def _number(literal: Literal) -> str | int:
    """A whole number as one, where all readers of JSON keep it; the text of any other literal.

    Decimals stay text: JSON-LD would turn 0.7 into 7.0E-1.
    """
    text = literal.value
    if literal.datatype.value == _INTEGER and len(text) < 16 and text.lstrip("-").isdigit() and str(int(text)) == text:
        return int(text)
    return text


def _put(found: dict[str, Any], key: str, value: object) -> None:
    """Add a value to a key: alone, or in a list with those already there."""
    if key not in found:
        found[key] = value
    elif isinstance(found[key], list):
        found[key].append(value)
    else:
        found[key] = [found[key], value]


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write one JSON document, a graph after the other and a node a line; one node is in memory at a time."""
    names = context()
    output.write(f'{{"@context": {_dump(names.json())},\n"@graph": ['.encode())
    comma = ""
    for graph in selection.graphs():
        opened = False
        for subject, said in groupby(selection.quads_of(graph), key=lambda quad: quad.subject):
            if not opened:
                output.write(f'{comma}\n{{"id": {_dump(names.compact(graph))}, "@graph": [\n'.encode())
            output.write(f"{',' if opened else ''}{_dump(names.node(subject, said))}\n".encode())
            opened = True
        if opened:
            output.write(b"]}")
            comma = ","
    output.write(b"\n]}\n")


FORMATS = (Format("jsonld", "JSON-LD with short keys, a node a line, the named graphs apart", write, graphs=True),)
