"""Jelly: RDF in a binary stream, small and quick to read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any

from pyoxigraph import BlankNode, NamedNode, Quad

from khabar.errors import ResourceError
from khabar.export.selection import Format, Selection

_MODULES = (
    "jelly",
    "integrations.generic.serialize",
    "integrations.generic.generic_sink",
    "serialize.streams",
    "options",
    "serialize.ioutils",
)


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write a delimited stream of quads; ResourceError without the package pyjelly."""
    try:
        jelly, serialize, sink, streams, options, frames = (import_module(f"pyjelly.{name}") for name in _MODULES)
    except ImportError as error:
        raise ResourceError("Jelly needs a package more; `pip install 'khabar[jelly]'` brings it") from error
    chosen = streams.SerializerOptions(
        logical_type=jelly.LOGICAL_STREAM_TYPE_FLAT_QUADS,
        params=options.StreamParameters(stream_name="khabar"),
    )
    encoder = serialize.GenericSinkTermEncoder(lookup_preset=chosen.lookup_preset)
    stream = streams.QuadStream(encoder=encoder, options=chosen)
    rows = _rows(selection.by_graph() if selection.sort else selection.quads(), sink)
    for frame in serialize.stream_frames(stream, rows):
        frames.write_delimited(frame, output)


def _rows(quads: Iterator[Quad], sink: Any) -> Iterator[Any]:
    """Quads in pyjelly's own terms."""
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        yield sink.Quad(*(_term(term, sink) for term in terms))


def _term(term: Any, sink: Any) -> Any:
    if isinstance(term, NamedNode):
        return sink.IRI(term.value)
    if isinstance(term, BlankNode):
        return sink.BlankNode(term.value)
    return sink.Literal(term.value, term.language, None if term.language else term.datatype.value)


FORMATS = (Format("jelly", "Jelly, a binary stream of quads", write, graphs=True, extra="jelly", binary=True),)
