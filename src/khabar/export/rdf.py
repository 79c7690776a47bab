"""RDF in the formats that every triple store loads; the bytes depend on the content alone."""

from __future__ import annotations

from functools import partial
from typing import IO

from pyoxigraph import Quad, RdfFormat

from khabar.answers import write_rdf
from khabar.export.order import in_order, quads_in_order
from khabar.export.selection import Format, Selection


def write(form: RdfFormat, selection: Selection, output: IO[bytes]) -> None:
    """Write all quads of the selection; memory does not grow with them.

    Sorted output is equal for equal content (N-Quads in code-point order of lines, the others by graph, subject,
    predicate and object); unsorted needs no time to begin.
    """
    if form.supports_datasets and form != RdfFormat.N_QUADS and selection.sort:
        write_rdf(selection.by_graph(), output, form)
        return
    quads = selection.quads()
    if not form.supports_datasets:
        quads = (Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    if selection.sort and form == RdfFormat.N_QUADS:
        for line in in_order(f"{quad} .\n" for quad in quads):
            output.write(line.encode())
        return
    write_rdf(quads_in_order(quads) if selection.sort else quads, output, form)


_FORMATS = (
    ("nquads", RdfFormat.N_QUADS, "N-Quads, a line a quad"),
    ("trig", RdfFormat.TRIG, "TriG, the named graphs apart"),
    ("turtle", RdfFormat.TURTLE, "Turtle; triples only, so the graphs run together"),
    ("ntriples", RdfFormat.N_TRIPLES, "N-Triples; triples only"),
    ("rdfxml", RdfFormat.RDF_XML, "RDF/XML; triples only"),
)

FORMATS = tuple(Format(name, about, partial(write, form), graphs=True) for name, form, about in _FORMATS)
