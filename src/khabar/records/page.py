"""One document graph in memory, and the columns that every row of the document has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.store import Store
from khabar.withheld import withheld

_TYPE, _REFERS = iri.RDF + "type", iri.NS + "refersTo"


class Head(TypedDict):
    """The columns that tell of a row's document."""

    document: str
    identifier: str
    publisher: str
    title: str
    url: str
    date: str
    issued: datetime | None


class Page:
    """The quads of one document by subject; without `text`, words that are too long to quote are cut."""

    def __init__(self, store: Store, key: str, *, text: bool) -> None:
        self.key = key
        self._nodes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)
        self._mentions: dict[str, list[str]] = defaultdict(list)
        quads = store.quads(graph=iri.document_graph(key))
        for quad in quads if text else withheld(quads):
            subject, value = quad.subject, quad.object
            if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
                continue
            self._nodes[subject.value][quad.predicate.value].append(value.value)
            if isinstance(value, Literal) and quad.predicate.value == iri.SKOS + "notation":
                self._codes[subject.value][value.datatype.value.removeprefix(iri.NS)] = value.value
            if quad.predicate.value == _REFERS:
                self._mentions[value.value].append(subject.value)

    def values(self, node: str, predicate: str) -> list[str]:
        """The values of a property of a node, sorted."""
        return sorted(self._nodes.get(node, {}).get(predicate, ()))

    def value(self, node: str, predicate: str) -> str:
        """The first value of a property; empty for none."""
        return next(iter(self.values(node, predicate)), "")

    def number(self, node: str, predicate: str) -> int | None:
        """The first value of a property as a whole number."""
        return next((int(value) for value in self.values(node, predicate)), None)

    def instant(self, node: str, predicate: str) -> datetime | None:
        """The first value of a property as a time in UTC."""
        return next((datetime.fromisoformat(value) for value in self.values(node, predicate)), None)

    def of_class(self, kind: str) -> list[str]:
        """The nodes of a class of ours."""
        return [node for node, about in self._nodes.items() if iri.NS + kind in about.get(_TYPE, ())]

    def events(self) -> list[str]:
        """The events that the document tells."""
        return [node for node, about in self._nodes.items() if iri.NS + "status" in about]

    def unlinked(self) -> list[str]:
        """The entities that only this document knows."""
        nil = iri.entity("nil-")
        return [node for node, about in self._nodes.items() if node.startswith(nil) and _TYPE in about]

    def named(self) -> Iterator[str]:
        """All entities that the document mentions."""
        return (node for node in self._mentions if node.startswith(iri.entity("")))

    def mentions(self, node: str) -> list[tuple[int, int, str]]:
        """Where a node is mentioned, in the order of the text: begin, end and words."""
        return sorted(map(self.span, self._mentions.get(node, ())))

    def span(self, node: str) -> tuple[int, int, str]:
        """Begin, end and words of a mention or passage."""
        begin, _, end = node.rpartition("#char=")[2].partition(",")
        return int(begin), int(end), self.value(node, iri.NIF + "anchorOf")

    def codes(self, node: str) -> dict[str, str]:
        """The codes of an event by the name of their list."""
        return self._codes.get(node, {})

    @property
    def head(self) -> Head:
        """What every row of the document says of it."""
        node = iri.document(self.key)
        issued = self.value(node, iri.DCT + "issued")
        return {
            "document": self.key,
            "identifier": self.value(node, iri.DCT + "identifier"),
            "publisher": self.value(node, iri.DCT + "publisher"),
            "title": self.value(node, iri.DCT + "title"),
            "url": self.value(node, iri.DCT + "source"),
            "date": self.value(node, iri.NS + "edtf") or issued[: len("2019-10-22")],
            "issued": self.instant(node, iri.DCT + "issued"),
        }
