"""W3C Web Annotations: each mention and each claim as a note on its words, in JSON-LD.

The positions of the model count code points, and so do ours: start and end lead into the raw text of the document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, cast

from pyoxigraph import Literal, NamedNode

from khabar import __version__, iri
from khabar.export.selection import Format, Selection
from khabar.terms import Node, ns

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32
"""Code points before and after the words, by which a reader finds them in a text that has changed."""

_TYPE, _LABEL = NamedNode(iri.RDF + "type"), NamedNode(iri.RDFS + "label")
_NAMES = (_LABEL, NamedNode(iri.SKOS + "prefLabel"))
_TEXT, _ANCHOR = NamedNode(iri.NIF + "isString"), NamedNode(iri.NIF + "anchorOf")
_BEGIN, _END = NamedNode(iri.NIF + "beginIndex"), NamedNode(iri.NIF + "endIndex")
_PARTS = tuple(NamedNode(iri.RDF + part) for part in ("subject", "predicate", "object"))
_UNMARKED = {ns("Affirmed"), ns("Certain")}

Said = Mapping[NamedNode, list[Node]]
Names = Callable[[Node], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Article:
    """One document by subject; without `text` there are no words around a span."""

    node: NamedNode
    about: Mapping[NamedNode, Said]
    names: Names

    def one(self, node: NamedNode, predicate: NamedNode) -> Any:
        """The first value of a property, or None."""
        return next(iter(self.about.get(node, {}).get(predicate, ())), None)

    def labels(self, node: Node) -> Mapping[str, str]:
        """The names of a node by language; an event is called by its class."""
        kind = self.one(node, _TYPE) if isinstance(node, NamedNode) and self.one(node, ns("status")) else None
        return self.names(kind or node)

    def name(self, node: Node, language: str) -> str:
        """What people call a node: in this language, in another, or by its short IRI."""
        found = self.labels(node)
        return found.get(language) or next(iter(found.values()), "") or iri.shorten(node.value)

    def target(self, span: NamedNode) -> dict[str, Any]:
        """Where a span stands: by position, and by its words when all of them may leave."""
        begin, end = (int(self.one(span, part).value) for part in (_BEGIN, _END))
        selectors: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": begin, "end": end}]
        exact = self.one(span, _ANCHOR)
        if exact is not None and len(exact.value) == end - begin:
            text = self.one(self.node, _TEXT)
            around = (
                (text.value[max(begin - AROUND, 0) : begin], text.value[end : end + AROUND]) if text is not None else ()
            )
            beside = {part: words for part, words in zip(("prefix", "suffix"), around, strict=False) if words}
            selectors.append({"type": "TextQuoteSelector", "exact": exact.value, **beside})
        page = self.one(self.node, NamedNode(iri.DCT + "source"))
        scope = {"scope": page.value} if isinstance(page, NamedNode) else {}
        return {"source": self.node.value, **scope, "selector": selectors}

    def mentions(self) -> Iterator[dict[str, Any]]:
        """A note for each entity or event that a span names."""
        for span, said in self.about.items():
            for node in said.get(ns("refersTo"), ()):
                bodies = [_resource(node, "identifying"), *(_words(name, x) for x, name in self.labels(node).items())]
                yield self._note(iri.digest(span.value, node.value), "identifying", bodies, span)

    def claims(self) -> Iterator[dict[str, Any]]:
        """A note for each claim, on the passage that is its evidence."""
        for claim in self.about:
            if self.one(claim, _TYPE) == ns("Claim"):
                bodies = [_resource(claim, "describing"), *(_words(self.say(claim, x), x) for x in ("en", "ar"))]
                yield self._note(iri.digest(claim.value), "describing", bodies, self.one(claim, ns("evidence")))

    def say(self, claim: NamedNode, language: str) -> str:
        """A claim with its stance and source, for people; never its bare triple."""
        subject, predicate, obj = (self.one(claim, part) for part in _PARTS)
        parts = (obj,) if predicate == _TYPE else (subject, predicate, obj)
        stance = [self.one(claim, ns(part)) for part in ("modality", "polarity", "certainty")]
        notes = [self.name(part, language) for part in stance if part not in _UNMARKED]
        if (source := self.one(claim, ns("attributedTo"))) is not None:
            notes.append(("source: " if language == "en" else "المصدر: ") + self.name(source, language))
        comma = ", " if language == "en" else "، "
        return f"{' – '.join(self.name(part, language) for part in parts)} ({comma.join(notes)})"

    def _note(self, key: str, motivation: str, bodies: list[dict[str, str]], span: NamedNode) -> dict[str, Any]:
        node = f"{iri.BASE}annotation/{key}"
        licence = self.one(self.node, NamedNode(iri.DCT + "license"))
        rights = {"rights": licence.value} if isinstance(licence, NamedNode) else {}
        note = {"id": node, "type": "Annotation", "motivation": motivation}
        return {**note, **rights, "body": bodies, "target": self.target(span)}


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write one collection of one page, an annotation a line; one document is in memory at a time."""
    names = lru_cache(maxsize=5000)(lambda node: _names(selection, node))
    collection = f"{iri.BASE}annotations"
    software = {"id": f"{iri.BASE}software/{__version__}", "type": "Software", "name": f"khabar {__version__}"}
    head = {"@context": CONTEXT, "id": collection, "type": "AnnotationCollection", "generator": software}
    page = {"id": f"{collection}#all", "type": "AnnotationPage", "startIndex": 0}
    output.write(f'{_dump(head)[:-1]},\n"first": {_dump(page)[:-1]}, "items": [\n'.encode())
    total = 0
    for graph in selection.documents():
        article = _article(selection, graph, names)
        for note in sorted([*article.mentions(), *article.claims()], key=_place):
            output.write(f"{',' if total else ''}{_dump(note)}\n".encode())
            total += 1
    output.write(f']}},\n"total": {total}}}\n'.encode())


def _article(selection: Selection, graph: str, names: Names) -> Article:
    about: dict[NamedNode, dict[NamedNode, list[Node]]] = {}
    for quad in selection.quads_of(graph):
        if isinstance(quad.subject, NamedNode):
            said = about.setdefault(quad.subject, {})
            said.setdefault(quad.predicate, []).append(cast("Node", quad.object))
    return Article(NamedNode(iri.document(graph.removeprefix(iri.DOCUMENTS))), about, names)


def _names(selection: Selection, node: Node) -> Mapping[str, str]:
    """The labels of a node by language, of several the first."""
    quads = (quad for one in _NAMES for quad in selection.allowed(selection.store.quads(node, one)))
    labels = (quad.object for quad in quads)
    found: dict[str, str] = {}
    for label in sorted((label for label in labels if isinstance(label, Literal) and label.language), key=str):
        found.setdefault(label.language or "", label.value)
    return dict(sorted(found.items()))


def _resource(node: Node, purpose: str) -> dict[str, str]:
    return {"type": "SpecificResource", "source": node.value, "purpose": purpose}


def _words(words: str, language: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": words, "format": "text/plain", "language": language}


def _place(note: Mapping[str, Any]) -> tuple[int, int, str]:
    where = note["target"]["selector"][0]
    return where["start"], where["end"], note["id"]


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FORMATS = (Format("webannotation", "W3C Web Annotations in JSON-LD: mentions and claims on their words", write),)
