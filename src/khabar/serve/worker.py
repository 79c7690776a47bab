"""What a worker process does: opens one snapshot to read, takes jobs, sends answers; it may be killed at any moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from khabar import iri
from khabar.answers import write_rdf
from khabar.errors import KhabarError
from khabar.serve import frames, pages
from khabar.serve.formats import PAGE, ROWS, TRIPLES, Media, choose
from khabar.serve.output import Faulty, Output, counted
from khabar.snapshots import Snapshots
from khabar.store import Store

Job = dict[str, Any]


def serve(channel: frames.Channel, snapshot: str) -> None:
    """Answer jobs on a blocking socket from the snapshot in a folder, until the socket closes."""
    path = Path(snapshot)
    with ExitStack() as stack:
        stack.enter_context(Snapshots.use(path))
        store = stack.enter_context(Store.open(path))
        channel.sendall(frames.frame(frames.READY))
        while (received := frames.receive(channel)) is not None:
            answer(channel, store, json.loads(received[1]))


def answer(channel: frames.Channel, store: Store, job: Job) -> None:
    """Do one job and send what comes of it; a job that fails sends its one line."""
    output = Output(channel, job["most_bytes"], job["most_rows"])
    try:
        TASKS[job["task"]](store, job, output)
        output.end()
    except Faulty as fault:
        output.fault(fault.status, str(fault))
    except KhabarError as error:
        output.fault(400, str(error))
    except MemoryError:
        output.fault(503, "the query needs more memory than the server grants")
    except (OSError, RuntimeError, ValueError) as error:
        output.fault(500, " ".join(str(error).split()) or type(error).__name__)


def _query(store: Store, job: Job, output: Output) -> None:
    """SPARQL over the union of the graphs, or over the data set that the request names."""
    results = store.query(job["text"], **_dataset(job))
    if isinstance(results, QuerySolutions | QueryBoolean):
        media = _chosen(ROWS, job)
        output.begin(media.sends, counts=media.short)
        results.serialize(cast("IO[bytes]", output), media.rows)
    else:
        triples = cast("QueryTriples", results)
        media = _chosen(TRIPLES, job)
        output.begin(media.sends)
        _serialize(counted(triples, output), media, output)


def _dataset(job: Job) -> dict[str, Any]:
    try:
        graphs = {key: [NamedNode(name) for name in job[key]] for key in ("default_graphs", "named_graphs")}
    except ValueError as error:
        raise Faulty(400, f"a graph of the data set is no IRI ({error})") from error
    return graphs if any(graphs.values()) else {}


def _graph(store: Store, job: Job, output: Output) -> None:
    """One named graph, or all of them as one (the default graph)."""
    name = job["graph"]
    if name is not None and not store.has_graph(name):
        raise Faulty(404, f"there is no graph {name}")
    media = _chosen(TRIPLES, job)
    output.begin(media.sends)
    quads = store.quads(graph=name)
    if media.rdf is not None and media.rdf.supports_datasets and media.rdf != RdfFormat.JSON_LD:
        _serialize(counted(quads, output), media, output)
    else:
        _serialize(counted((quad.triple for quad in quads), output), media, output)


def _node(store: Store, job: Job, output: Output) -> None:
    """What the graph says of one thing, as a page or as RDF; of a document all of its graph."""
    node = NamedNode(job["iri"])
    media = _chosen((*TRIPLES[:4], PAGE, *TRIPLES[4:]), job)
    quads = about(store, node)
    first = next(quads, None)
    if first is None:
        raise Faulty(404, f"nothing is known of {node.value}")
    output.begin(media.sends)
    if media == PAGE:
        output.write(pages.of_node(store, node, job["base"]).encode())
    else:
        triples = (quad.triple for part in ([first], quads) for quad in part)
        _serialize(counted(triples, output), media, output)


def about(store: Store, node: NamedNode) -> Iterator[Quad]:
    """The quads of a thing: of a document its graph, else those it is the subject of and the claims about it."""
    if node.value.startswith(iri.document("")):
        yield from store.quads(graph=iri.document_graph(node.value.removeprefix(iri.document(""))))
        return
    found = False
    for quad in store.quads(subject=node):
        found = True
        yield quad
    if found and not node.value.startswith(iri.BASE + "claim/"):
        claims = {
            quad.subject
            for part in ("subject", "object")
            for quad in store.quads(predicate=NamedNode(iri.RDF + part), obj=node)
        }
        for claim in claims:
            yield from store.quads(subject=claim)


def _void(store: Store, job: Job, output: Output) -> None:
    media = _chosen(TRIPLES, job)
    output.begin(media.sends)
    _serialize(pages.void(store, job["base"]), media, output)


def _chosen(offers: tuple[Media, ...], job: Job) -> Media:
    found = choose(offers, job["accept"], job["format"])
    if found is None:
        names = ", ".join(dict.fromkeys(offer.accepts for offer in offers))
        raise Faulty(406, f"this answer can be had as {names}")
    return found


def _serialize(statements: Iterable[Triple] | Iterable[Quad], media: Media, output: Output) -> None:
    rdf = cast("RdfFormat", media.rdf)
    if rdf in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        serialize(statements, cast("IO[bytes]", output), rdf)
    else:
        write_rdf(statements, cast("IO[bytes]", output), rdf)


TASKS: dict[str, Callable[[Store, Job, Output], None]] = {
    "query": _query,
    "graph": _graph,
    "node": _node,
    "void": _void,
}
