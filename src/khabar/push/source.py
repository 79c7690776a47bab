"""The near side: the graphs of a store, what each holds as lines and as a digest, and which facts rest on which."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from pyoxigraph import NamedNode, Quad, Triple

from khabar import iri
from khabar.errors import QueryError
from khabar.push.ledger import Sent
from khabar.push.rewritings import Rewriting, count_distinct
from khabar.store import Store
from khabar.withheld import withheld

_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(iri.RDF + part) for part in ("subject", "predicate", "object"))
_TYPE, _OCCURRENCE = NamedNode(iri.RDF + "type"), NamedNode(iri.NS + "Occurrence")

_BEFORE = (iri.ONTOLOGY, iri.ENTITIES)
_AFTER = (iri.LINKS, iri.DECISIONS, iri.RUNS)


@dataclass(frozen=True, slots=True)
class Source:
    """A store as it is sent: without the articles when `text` is False, counted as the other store will count."""

    store: Store
    text: bool = True
    rewritings: tuple[Rewriting, ...] = ()

    def names(self) -> list[str]:
        """The IRIs of all graphs but graph/facts, in the order in which they are sent.

        What others point to comes first: a document finds its entities there, a link its documents.
        """
        found = {row["g"].value for row in self.store.query("SELECT ?g { GRAPH ?g {} }")}
        documents = {name for name in found if is_document(name)}
        others = found - documents - {*_BEFORE, *_AFTER, iri.FACTS}
        groups = (_BEFORE, sorted(documents), sorted(others), _AFTER)
        return [name for group in groups for name in group if name in found]

    def find(self, names: Iterable[str], sent: Collection[str]) -> set[str]:
        """The IRIs of graphs given by IRI, short name or document key; `sent` are those that may be gone here.

        QueryError for a name that fits none.
        """
        wanted = set()
        for name in names:
            forms = (name, f"{iri.BASE}graph/{name.removeprefix('graph:')}", iri.document_graph(name))
            known = next((form for form in forms if self.store.has_graph(form) or form in sent), None)
            if known is None:
                raise QueryError(f"there is no graph {name!r}, nor was one sent; try facts or the key of a document")
            wanted.add(known)
        return wanted

    def quads(self, name: str, without: Collection[Triple] = ()) -> Iterator[Quad]:
        """What of a graph is sent, but for the triples `without`."""
        found = self.store.quads(graph=name)
        for quad in found if self.text else withheld(found):
            if quad.triple not in without:
                yield quad

    def lines(self, name: str, without: Collection[Triple] = ()) -> Iterator[bytes]:
        """The same as N-Triples."""
        return (_line(quad) for quad in self.quads(name, without))

    def measure(self, name: str, without: Collection[Triple] = ()) -> Sent:
        """Digest and count of what is sent of a graph; the digest does not depend on the order of the triples."""
        total = 0

        def seen() -> Iterator[Quad]:
            nonlocal total
            for quad in self.quads(name, without):
                total += int.from_bytes(hashlib.sha256(_line(quad)).digest(), "big")
                yield quad

        def holds(triple: Triple) -> bool:
            return any(self.store.quads(triple.subject, triple.predicate, triple.object, name))

        count = count_distinct(seen(), self.rewritings, holds)
        return Sent(f"{total % 2**256:064x}", count)

    def told(self, names: Iterable[str]) -> set[Triple]:
        """The facts that the claims of these graphs are about, whatever they say of them."""
        facts = set()
        for name in names:
            for quad in self.store.quads(predicate=_SUBJECT, graph=name):
                predicate, obj = (
                    next(part.object for part in self.store.quads(quad.subject, about, None, name))
                    for about in (_PREDICATE, _OBJECT)
                )
                obj = _OCCURRENCE if predicate == _TYPE else obj
                facts.add(Triple(*cast("tuple[NamedNode, NamedNode, NamedNode]", (quad.object, predicate, obj))))
        return facts


def is_document(name: str) -> bool:
    """Whether a graph is that of a document."""
    return name.startswith(iri.DOCUMENTS)


def _line(quad: Quad) -> bytes:
    return f"{quad.triple} .\n".encode()
