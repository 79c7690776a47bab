"""The graph on disk: documents go in and out whole, and graph/facts says what the store's policy says.

A store is a folder with `khabar.json` (its format), `quads/` (Oxigraph) and a lock: one process writes, or many read.
Each change is one transaction, so a build that is killed leaves a whole store.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from khabar import folders, iri, redactions
from khabar.bundles import Bundle, Bundles
from khabar.consequences import Consequences
from khabar.decisions import Decision, Decisions
from khabar.errors import QueryError, StoreError
from khabar.facts import Facts
from khabar.folders import one_line
from khabar.groups import Pair
from khabar.guard import names_dataset
from khabar.identities import Identities, Identity
from khabar.policies import Policy
from khabar.rdf import DocumentGraph
from khabar.redactions import Counts, Redactions
from khabar.resources import folder
from khabar.snapshots import Snapshots
from khabar.updates import delete, insert
from khabar.upkeep import Upkeep

_EVERY = 1.0
"""Seconds that lie between two snapshots for the servers of a store that is being written."""


class Store:
    """An open store; use it as a context manager, or `close` it, to give up its lock."""

    def __init__(self, path: Path, quads: ox.Store, lock: IO[bytes] | None, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self._snapshots = Snapshots(path)
        self._published, self._changed = time.monotonic(), False
        self._quads = quads
        self._lock = lock
        self._facts = Facts(quads)
        self._upkeep = Upkeep(quads)
        self._bundles = Bundles(quads)
        self.decisions = Decisions(quads)
        self.identities = Identities(quads)
        self._consequences = Consequences(quads, self.decisions, self.identities)
        self._redactions = self._kept = Redactions.read(path) if writable else Redactions(b"")

    @classmethod
    def open(cls, path: Path | str, *, write: bool = False, create: bool = False) -> Store:
        """Open a store to read or to write; with `create` an absent or empty folder becomes a new one.

        Raises StoreError when there is no store, when it is in use, or when a newer khabar wrote it.
        """
        path = Path(path)
        if create and (not path.exists() or (path.is_dir() and not any(path.iterdir()))):
            folders.create(path)
        folders.check(path)
        lock = folders.take_lock(path, write=write)
        try:
            redacted = write and redactions.take_over(path)
            quads = ox.Store(str(path / folders.QUADS)) if write else ox.Store.read_only(str(redactions.quads_of(path)))
            store = cls(path, quads, lock, writable=write)
            if redacted:
                store._withdraw_snapshots()
                redactions.finish(path)
        except (OSError, RuntimeError, StoreError) as error:  # RuntimeError: damaged files
            if lock is not None:
                lock.close()
            if isinstance(error, StoreError):
                raise
            raise StoreError(f"{path}: the store cannot be opened ({one_line(error)}); close what uses it") from error
        return store

    @staticmethod
    def check(path: Path | str) -> None:
        """Raise StoreError when there is no store, or when a newer khabar wrote it."""
        folders.check(Path(path))

    def close(self) -> None:
        """Write everything to disk and give up the lock; the store cannot be used afterwards."""
        if self.writable:
            self._quads.flush()
            if self._redactions is not self._kept:
                self._redactions.write(self.path)
            if self._changed and self._snapshots.watched():
                self.publish()
        del self._quads, self._facts, self._upkeep, self._bundles
        del self.decisions, self.identities, self._consequences
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._quads)

    # Reading -------------------------------------------------------------------------------------------------------

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> Any:
        """Run SPARQL over the union of all graphs, or over the data set given; the answer is pyoxigraph's.

        A data set of which only one part is given has nothing in the other; without any, the query's own (FROM)
        counts. QueryError when the query is malformed.
        """
        # Oxigraph overlooks FROM where it is told to take the union.
        dataset: dict[str, Any] = {"use_default_graph_as_union": not names_dataset(text)}
        if default_graphs is not None or named_graphs is not None:
            dataset = {"default_graph": list(default_graphs or ()), "named_graphs": list(named_graphs or ())}
        try:
            return self._quads.query(text, prefixes=iri.PREFIXES, **dataset)
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the query is malformed: {one_line(error)}") from error

    def quads(
        self, subject: Any = None, predicate: Any = None, obj: Any = None, graph: str | None = None
    ) -> Iterator[Quad]:
        """Quads that match, each exactly once; None matches everything."""
        return self._quads.quads_for_pattern(subject, predicate, obj, NamedNode(graph) if graph else None)

    def documents(self) -> list[str]:
        """The keys of all documents, sorted."""
        found = self._quads.quads_for_pattern(None, NamedNode(iri.RDF + "type"), NamedNode(iri.NS + "Document"))
        prefix = iri.document("")
        return sorted(str(quad.subject).strip("<>").removeprefix(prefix) for quad in found)

    def has_graph(self, name: str) -> bool:
        """Whether a named graph of this IRI holds anything."""
        try:
            return self._quads.contains_named_graph(NamedNode(name))
        except ValueError:  # not an IRI
            return False

    def count_facts(self) -> int:
        """How many facts graph/facts holds."""
        return sum(1 for _ in self.quads(graph=iri.FACTS))

    def backup(self, target: Path) -> None:
        """Copy the store as it is now into a new folder, which others may read while this one is written."""
        target.mkdir(parents=True)
        self._quads.backup(str(target / folders.QUADS))
        shutil.copy(self.path / folders.META, target / folders.META)

    def publish(self) -> Path:
        """Make a snapshot for the servers of this store, and return its folder, which is a store to read."""
        self._published, self._changed = time.monotonic(), False
        return self._snapshots.publish(self.backup)

    # Writing -------------------------------------------------------------------------------------------------------

    def replace(self, document: DocumentGraph, run: Iterable[Quad] = ()) -> None:
        """Put in a document, or put it anew, in one transaction with the facts that follow; `run` joins graph/runs.

        Its groups go; and under a policy that looks across documents graph/facts stays empty until `group` or
        `rebuild_facts`.
        """
        document, noted = redactions.admit(document, self._redactions, self._description)
        before = self._facts.of_document(document.key)
        after = self._facts.of_quads(document)
        gone, come = self._upkeep.entities_after(document.key, document)
        unlink, link = self._consequences.of_document(document.key, document, gone, come)
        self._commit(document.key, before, after, gone | unlink, [*document.quads, *come, *link, *run])
        self._redactions = noted
        self.decisions.forget_cache(unlink | link)

    def forget(self, key: str) -> None:
        """Take out a document with the facts and entities that nothing else supports. StoreError when unknown.

        Decisions about its entities stay, and count again when the document comes back.
        """
        graph = NamedNode(iri.document_graph(key))
        if not self._quads.contains_named_graph(graph):
            raise StoreError(f"{self.path}: there is no document {key}; `khabar queries` lists ways to find one")
        gone, come = self._upkeep.entities_after(key, None)
        unlink, link = self._consequences.of_document(key, None, gone, come)
        self._commit(key, self._facts.of_document(key), set(), gone | unlink, come | link)
        self.decisions.forget_cache(unlink | link)
        self._redactions = self._redactions.without_document(key)
        self._catch_up()

    def decide(self, decision: Decision) -> Decision:
        """Log a decision and make graph/links follow, in one transaction; returns it as logged.

        Raises QueryError when it contradicts decisions that stand.
        """
        self.decisions.check(decision)
        decision = self.decisions.later(decision)
        self._change(*self._consequences.of_decision(decision))
        return decision

    def identify(self, identity: Identity) -> Identity:
        """Log a decision about an unlinked entity and a Wikidata item, and link or unlink them, in one transaction.

        Returns it as logged; raises QueryError when it contradicts decisions that stand.
        """
        self.identities.check(identity)
        identity = self.identities.later(identity)
        self._change(*self._consequences.of_identity(identity))
        return identity

    def settle(self, quads: Iterable[Quad], merged: Iterable[Pair]) -> None:
        """Put khabar's own merges, of the pairs `merged`, and proposals into graph/links in place of the old ones."""
        self._change(*self._consequences.of_clustering(quads, merged))

    def group(self, bundles: Iterable[Bundle]) -> None:
        """Put groups into graph/links in place of those that it holds, and derive the facts that rest on them."""
        old, new = self._bundles.stored(), {quad for bundle in bundles for quad in bundle.quads}
        self._update([delete(old - new), insert(new - old)])
        self._catch_up()

    @property
    def policy(self) -> Policy:
        """What the store takes for a fact."""
        return self._facts.policy

    def rebuild_facts(self, chosen: Policy | None = None) -> set[Triple]:
        """Derive graph/facts anew from all claims, put it in place of the old one, and return it.

        With a policy the store takes it up, in the same transaction.
        """
        facts = self._facts.of_all(chosen)
        gone, come = self._facts.adopting(chosen) if chosen else (set(), set())
        facts_now = self._facts.quads(facts)
        self._update([delete(gone), f"DROP SILENT GRAPH <{iri.FACTS}>", insert([*come, *facts_now])])
        return facts

    def derived_facts(self) -> set[Triple]:
        """What graph/facts should hold."""
        return self._facts.of_all()

    def put_ontology(self) -> None:
        """Bring graph/ontology up to the installed ontology; costs nothing when it is."""
        quads = ontology_quads()
        if set(self.quads(graph=iri.ONTOLOGY)) != quads:
            # Not by an update: INSERT DATA would give the blank nodes new names.
            self._quads.remove_graph(NamedNode(iri.ONTOLOGY))
            self._quads.extend(quads)
            self._changed = True

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads, in one transaction; for graph/runs."""
        self._quads.extend(list(quads))
        self._changed = True

    def _note_change(self) -> None:
        """Let servers see what was changed, once in a while; facts that are due at the end of a command wait for it."""
        self._changed = True
        if time.monotonic() - self._published >= _EVERY:
            self._published = time.monotonic()
            if self.policy.local and self._snapshots.watched():
                self.publish()

    # Redactions ----------------------------------------------------------------------------------------------------

    @property
    def redactions(self) -> Redactions:
        """Those whom the store may not name; of a store that is open to write."""
        return self._redactions

    def redact(self, nodes: Sequence[str], also: Iterable[str], by: str, because: str) -> Counts:
        """Write the store anew without the names of an entity, given by the IRIs of its nodes; `also` are more names.

        It takes effect, whole or not at all, when the store is next opened to write; until then write nothing more.
        Raises StoreError when there is no room for it.
        """
        try:
            begun = redactions.begin(self._quads, self._redactions, nodes, also, by, because)
            counts = redactions.rewrite(self._quads, begun, self.path)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{self.path}: cannot be written anew ({one_line(error)}); is the disk full?") from error
        self._kept = self._redactions
        return counts

    def lift(self, id_: str) -> None:
        """End a redaction: names come back as documents are read again. QueryError when there is none of this id."""
        self._redactions = self._redactions.lifted(self._redactions.find(id_))

    def has_text(self, key: str, text: str) -> bool:
        """Whether the document of this key was read from this very text, be it masked by now."""
        digest = Literal(hashlib.sha256(text.encode()).hexdigest())
        stored = (quad.object for quad in self.quads(NamedNode(iri.document(key)), NamedNode(iri.NS + "sha256")))
        return any(one == digest or self._redactions.has_text(key, text) for one in stored)

    def _description(self, node: str) -> Iterator[Quad]:
        return self.quads(NamedNode(node), graph=iri.ENTITIES)

    def _withdraw_snapshots(self) -> None:
        """Put a new snapshot in the place of all that may still name somebody."""
        newest = self.publish() if self._snapshots.watched() else None
        folders = [self._snapshots.folder]
        if newest is None:
            folders.append(self.path / "quotes")  # of a server that is gone; one that runs puts new ones in their place
        for path in (path for copies in folders for path in copies.glob("[0-9]*")):
            if path != newest:
                shutil.rmtree(path, ignore_errors=True)

    def _catch_up(self) -> None:
        """Derive the facts of a policy that looks across documents: what just changed may bear on any of them."""
        if not self.policy.local:
            self.rebuild_facts()

    def _commit(self, key: str, before: set[Triple], after: set[Triple], gone: set[Quad], come: Iterable[Quad]) -> None:
        """Retract facts, drop the graph, insert, assert facts: one update, so all of it or nothing."""
        come = list(come)
        drop, assert_ = self._facts.change(key, before, after, gone, come)
        runs = self._quads.quads_for_pattern(NamedNode(iri.document(key)), None, None, NamedNode(iri.RUNS))
        old_runs = set(runs)
        self._update(
            [
                delete({*drop, *gone, *old_runs, *self._bundles.of_document(key)}),
                f"DROP SILENT GRAPH <{iri.document_graph(key)}>",
                insert([*come, *assert_]),
            ]
        )

    def _change(self, gone: set[Quad], come: set[Quad]) -> None:
        """Take out and put in, in one transaction; facts that rest on merged entities follow."""
        self._update([delete(gone), insert(come)])
        self.decisions.forget_cache(gone | come)
        if gone or come:
            self._catch_up()

    def _update(self, operations: Iterable[str]) -> None:
        try:
            if kept := [operation for operation in operations if operation]:
                self._quads.update(" ;\n".join(kept))
                self._note_change()
        except (OSError, RuntimeError) as error:
            why = one_line(error)
            raise StoreError(f"{self.path}: the store cannot be written ({why}); is the disk full?") from error


def ontology_quads() -> set[Quad]:
    """The installed ontology as quads of graph/ontology, its blank nodes numbered in the order of the file."""
    numbers: dict[BlankNode, BlankNode] = {}
    quads = set()
    graph = NamedNode(iri.ONTOLOGY)
    for triple in ox.parse(path=str(folder("ontology") / "conflict.ttl"), format=ox.RdfFormat.TURTLE):
        subject, obj = triple.subject, triple.object
        if isinstance(subject, BlankNode):
            subject = numbers.setdefault(subject, BlankNode(f"o{len(numbers)}"))
        if isinstance(obj, BlankNode):
            obj = numbers.setdefault(obj, BlankNode(f"o{len(numbers)}"))
        quads.add(Quad(subject, triple.predicate, obj, graph))
    return quads
