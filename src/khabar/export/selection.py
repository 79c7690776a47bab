"""What an exporter is given, and what it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyoxigraph import Quad

from khabar import iri
from khabar.errors import QueryError
from khabar.export.order import in_order, quads_in_order
from khabar.store import Store
from khabar.withheld import withheld


def _silent(_: int) -> None:
    """No progress is wanted."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a store is written, and how.

    `graph` is the IRI of the one graph that is wanted; without `text` the articles stay at home (see `withheld`);
    `sort` asks for equal bytes for equal content where a format can be written in any order; `progress` is told now
    and then how many quads or rows have been written since it was told last.
    """

    store: Store
    graph: str | None = None
    text: bool = True
    sort: bool = True
    progress: Callable[[int], None] = _silent

    def quads(self) -> Iterator[Quad]:
        """The quads to write, each once, in no order; `progress` is told of every thousand."""
        return self._counted(self.allowed(self.store.quads(graph=self.graph)))

    def graphs(self) -> Iterator[str]:
        """The IRIs of the named graphs to write, in order."""
        if self.graph is not None:
            yield self.graph
            return
        named = (f"{row['graph'].value}\n" for row in self.store.query("SELECT ?graph { GRAPH ?graph { } }"))
        for line in in_order(named):
            yield line.rstrip("\n")

    def documents(self) -> Iterator[str]:
        """The named graphs of documents, in order."""
        return (graph for graph in self.graphs() if graph.startswith(iri.DOCUMENTS))

    def quads_of(self, graph: str, found: Iterable[Quad] | None = None) -> Iterator[Quad]:
        """The quads of one named graph (or those found in it), sorted if `sort`, else those of a subject together."""
        allowed = self.allowed(self.store.quads(graph=graph) if found is None else found)
        return self._counted(quads_in_order(allowed) if self.sort else allowed)

    def by_graph(self) -> Iterator[Quad]:
        """The quads to write, graph by graph, as `quads_of` gives them; only the largest graph counts for memory."""
        return (quad for graph in self.graphs() for quad in self.quads_of(graph))

    def allowed(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """The quads as they may leave: all of them, or without the articles."""
        return iter(quads) if self.text else withheld(quads)

    def _counted(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        count = 0
        for count, quad in enumerate(quads, 1):
            if count % 1000 == 0:
                self.progress(1000)
            yield quad
        self.progress(count % 1000)


@dataclass(frozen=True, slots=True)
class Format:
    """One way out: `write` gets a file, `write_folder` (for what takes more than one file) an empty folder.

    `about` is a line for people; `graphs` tells that a single named graph can be asked for; `extra` names the extra of
    the installation that it needs, if any; `binary` keeps it off terminals.
    """

    name: str
    about: str
    write: Callable[[Selection, IO[bytes]], None] | None = None
    write_folder: Callable[[Selection, Path], None] | None = None
    graphs: bool = False
    extra: str = ""
    binary: bool = False


def graph_iri(store: Store, name: str) -> str:
    """The IRI of a graph by IRI, by short name, or by the key of its document; QueryError when there is none."""
    for found in (name, f"{iri.BASE}graph/{name}", iri.document_graph(name)):
        if store.has_graph(found):
            return found
    if name in ("facts", "links", "entities", "decisions"):
        return f"{iri.BASE}graph/{name}"  # known, yet nothing in it
    names = "facts, entities, links, decisions, ontology, runs or the key of a document"
    raise QueryError(f"there is no graph {name!r}; try {names}")
