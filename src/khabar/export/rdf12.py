"""RDF 1.2: each claim is a reifier of its triple, `rdf:reifies <<( s p o )>>`, in place of three properties."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from pyoxigraph import NamedNode, Quad, RdfFormat

from khabar import iri
from khabar.answers import write_rdf
from khabar.export.order import in_order
from khabar.export.selection import Format, Selection

REIFY = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

CONSTRUCT { ?claim rdf:reifies <<( ?subject ?predicate ?object )>> . ?node ?property ?value }
WHERE {
  GRAPH <{{graph}}> {
    { ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object }
    UNION
    { ?node ?property ?value FILTER (?property NOT IN (rdf:subject, rdf:predicate, rdf:object)) }
  }
}
"""
"""The rule for one graph, for any store that speaks SPARQL 1.2."""


def reified(selection: Selection) -> Iterator[Quad]:
    """The quads of the selection, graph by graph, the claims of documents as reifiers."""
    for graph in selection.graphs():
        if not graph.startswith(iri.DOCUMENTS):
            yield from selection.quads_of(graph)
            continue
        name = NamedNode(graph)
        found = selection.store.query(REIFY.replace("{{graph}}", graph))
        yield from selection.quads_of(graph, (Quad(one.subject, one.predicate, one.object, name) for one in found))


def write(form: RdfFormat, selection: Selection, output: IO[bytes]) -> None:
    """Write RDF 1.2, one graph in memory at a time."""
    if selection.sort and form == RdfFormat.N_QUADS:
        for line in in_order(f"{quad} .\n" for quad in reified(selection)):
            output.write(line.encode())
        return
    write_rdf(reified(selection), output, form)


FORMATS = (
    Format("rdf12", "TriG 1.2: each claim reifies a triple term", partial(write, RdfFormat.TRIG), graphs=True),
    Format("rdf12-nquads", "N-Quads 1.2, the same", partial(write, RdfFormat.N_QUADS), graphs=True),
)
