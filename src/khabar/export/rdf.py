"""Writes a store, or one graph of it, in any RDF format; the bytes depend on the content alone."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO

from pyoxigraph import Quad, RdfFormat, parse

from khabar import iri
from khabar.answers import write_rdf
from khabar.errors import QueryError
from khabar.store import Store

FORMATS = {
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
}
"""Names on the command line; those after jsonld hold triples only, so the graphs run together."""

_CHUNK = 500_000


def export(store: Store, output: IO[bytes], name: str, *, graph: str | None = None, sort: bool = True) -> None:
    """Write the store in the format `name`; `graph` is `facts`, `doc/<key>` or another graph's short name or IRI.

    Sorted output is equal for equal content (N-Quads in code-point order of lines, the others by graph, subject,
    predicate and object); unsorted needs no time to begin. Raises QueryError for an unknown format or graph.
    """
    if name not in FORMATS:
        raise QueryError(f"there is no format {name!r}; choose one of {', '.join(FORMATS)}")
    form = FORMATS[name]
    quads = store.quads(graph=_graph(store, graph) if graph else None)
    if not form.supports_datasets:
        quads = (Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    if sort and form == RdfFormat.N_QUADS:
        for line in _sorted(f"{quad} .\n" for quad in quads):
            output.write(line.encode())
        return
    if sort:
        lines = _sorted(f"{quad.graph_name} {quad.triple}\t{quad} .\n" for quad in quads)
        quads = (quad for line in lines for quad in parse(line.partition("\t")[2], format=RdfFormat.N_QUADS))
    write_rdf(quads, output, form)


def _graph(store: Store, name: str) -> str:
    """The IRI of a graph by IRI, by short name, or by the key of its document."""
    for found in (name, f"{iri.BASE}graph/{name}", iri.document_graph(name)):
        if store.has_graph(found):
            return found
    if name in ("facts", "links", "entities", "decisions"):
        return f"{iri.BASE}graph/{name}"  # known, yet nothing in it
    names = "facts, entities, links, decisions, ontology, runs or the key of a document"
    raise QueryError(f"there is no graph {name!r}; try {names}")


def _sorted(lines: Iterable[str]) -> Iterator[str]:
    """The distinct lines in order; beyond half a million they are sorted in pieces on disk."""
    lines = iter(lines)
    with ExitStack() as stack:
        pieces: list[Iterable[str]] = []
        while piece := sorted(set(islice(lines, _CHUNK))):
            if len(piece) < _CHUNK and not pieces:
                yield from piece
                return
            file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            file.writelines(piece)
            file.seek(0)
            pieces.append(file)
        last = ""
        for line in heapq.merge(*pieces):
            if line != last:
                yield line
            last = line
