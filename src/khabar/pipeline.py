"""One way through the code: records in, a store out, one transaction a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from khabar import __version__, iri
from khabar.candidates import settle
from khabar.confidence import at_least
from khabar.errors import KhabarError, ServiceError, StoreError
from khabar.finders import About
from khabar.grouping import regroup
from khabar.model import Extraction, Record
from khabar.overlay import Overlay, used
from khabar.rdf import Catalogue, Schema, licence, to_rdf
from khabar.store import Store
from khabar.terms import instant, issued, ns


class Extractor(Protocol):
    """Whatever reads an article: rules, a trained model, a service."""

    def extract(self, record: Record) -> Extraction:
        """All that the record's text states."""
        ...


class Model(Protocol):
    """A model that reads in place of the rules, as graph/runs tells of it."""

    @property
    def about(self) -> About:
        """Which model it is, and where."""
        ...

    @property
    def version(self) -> str:
        """What tells its readings from others: what one has read, another reads anew."""
        ...

    def account(self) -> Mapping[str, int]:
        """What it has done since the start, by name: requests, tokens, failures, what was dropped."""
        ...


@dataclass(slots=True)
class Summary:
    """What a build did: documents `stored` and `skipped` (already there), `problems`, and sums over the stored."""

    stored: int = 0
    skipped: int = 0
    problems: int = 0
    counts: Counter[str] = field(default_factory=Counter)


class Build:
    """One run of `khabar build` on an open store.

    `problem` receives one line for each record that could not be used; the others go on. The ontology and the run
    enter the store with the first document. `table` is what lies over the catalogue; graph/runs keeps its name, and a
    document that was read with another table is read anew. `finder` is what found further names; graph/runs says which.
    `model` reads in place of the rules: graph/runs keeps its account, and a service that is lost ends the run.
    Claims of less confidence than `least` are left out and counted; a document read with another bound is read anew.
    """

    def __init__(
        self,
        store: Store,
        extractor: Extractor,
        catalogue: Catalogue,
        schema: Schema,
        *,
        problem: Callable[[str], None],
        again: bool = False,
        table: Overlay | None = None,
        finder: About | None = None,
        model: Model | None = None,
        least: float = 0.0,
    ) -> None:
        self.summary = Summary()
        self.store = store
        self._extractor = extractor
        self._catalogue = catalogue
        self._schema = schema
        self._problem = problem
        self._again = again
        self._table = table
        self._asked = [about for about in (finder, model.about if model else None) if about]
        self._model = model
        self._least = least
        notes = [*([model.version] if model else []), *([f"confidence {least:g} or more"] if least else [])]
        self._version = Literal(f"{__version__} ({', '.join(notes)})" if notes else __version__)
        now = datetime.now(UTC)
        self._run = NamedNode(iri.run(now.isoformat(timespec="microseconds")))
        self._started = now.isoformat(timespec="milliseconds")  # HermiT reads no finer times
        self._seen: dict[str, Record] = {}

    def run(self, records: Iterable[Record]) -> Summary:
        """Take in all records and return the summary."""
        try:
            for record in records:
                self.take(record)
        finally:
            self.finish()
        return self.summary

    def take(self, record: Record) -> None:
        """Take in one record: store it, skip it, or report one problem."""
        key = iri.document_key(record)
        first = self._seen.setdefault(key, record)
        if first is not record:
            if first.text != record.text:
                self.report(f"{record.where}: same URL or id as {first.where}, but another text; give it its own")
            else:
                self.summary.skipped += 1
            return
        if not self._again and self._store_has(key, record):
            self.summary.skipped += 1
            return
        try:
            extraction, dropped = at_least(self._extractor.extract(record), self._least)
            document = to_rdf(extraction, self._catalogue, self._schema)
            self.store.replace(document, self._provenance(key))
        except (StoreError, ServiceError):  # neither gets better with the next record
            raise
        except KhabarError as error:
            self.report(str(error))
        except Exception as error:  # a bad record must never stop a build
            kind = type(error).__name__
            self.report(f"{record.where}: reading failed ({kind}: {_line(error)}); please report it with the text")
        else:
            self.summary.stored += 1
            self.summary.counts.update(document.counts)
            if self._least:
                self.summary.counts[f"claims below {self._least:g}"] += dropped

    def report(self, line: str) -> None:
        """Count a problem and hand it on."""
        self.summary.problems += 1
        self._problem(line)

    def finish(self) -> None:
        """Note in graph/runs when the run ended and what it did; nothing when it stored nothing."""
        if not self.summary.stored:
            return
        run, summary = self._run, self.summary
        done = {"documents": summary.stored, "skipped": summary.skipped, "problems": summary.problems}
        account = self._model.account() if self._model else {}
        text = ", ".join(f"{name} {count}" for name, count in {**done, **summary.counts, **account}.items())
        ended = instant(datetime.now(UTC).isoformat(timespec="milliseconds"))
        self.store.add(
            [
                Quad(run, NamedNode(iri.PROV + "endedAtTime"), ended, NamedNode(iri.RUNS)),
                Quad(run, NamedNode(iri.DCT + "description"), Literal(text, language="en"), NamedNode(iri.RUNS)),
            ]
        )

    def _store_has(self, key: str, record: Record) -> bool:
        """Whether this version of khabar has stored this very text, date and licence under this key."""
        node = NamedNode(iri.document(key))
        if not self.store.has_text(key, record.text):
            return False
        dates = [quad.object for quad in self.store.quads(node, NamedNode(iri.DCT + "issued"))]
        try:
            if dates != ([issued(record)] if record.date else []):
                return False
        except KhabarError:
            return False
        terms = [quad.object for quad in self.store.quads(node, NamedNode(iri.DCT + "license"))]
        if terms != ([licence(record.licence)] if record.licence else []):
            return False
        if tables(self.store, key) != ({self._table.iri} if self._table else set()):
            return False
        runs = [quad.object for quad in self.store.quads(node, ns("extractedBy"))]
        made = NamedNode(iri.DCT + "hasVersion")
        return any(True for run in runs for _ in self.store.quads(run, made, self._version))

    def _provenance(self, key: str) -> list[Quad]:
        """The run and its tie to a document: it goes in with each document, so that a killed build can resume."""
        run, graph = self._run, NamedNode(iri.RUNS)
        return [
            Quad(NamedNode(iri.document(key)), ns("extractedBy"), run, graph),
            Quad(run, NamedNode(iri.RDF + "type"), ns("Extraction"), graph),
            Quad(run, NamedNode(iri.DCT + "hasVersion"), self._version, graph),
            Quad(run, NamedNode(iri.PROV + "startedAtTime"), instant(self._started), graph),
            *(used(run, self._table) if self._table else ()),
            *(quad for about in self._asked for quad in _asked(run, about)),
        ]


def take_in(build: Build, records: Iterable[Record]) -> tuple[int, int]:
    """Run a build; then merge and group anew, on which facts may rest. How many pairs were merged, and proposed.

    Facts get what they wait for also where the run is broken off.
    """
    store = build.store
    merged = (0, 0)
    try:
        if build.run(records).stored:
            merged = settle(store)
    finally:
        if build.summary.stored or not store.policy.local:
            regroup(store)
    return merged


def catch_up(store: Store) -> None:
    """Merge and group anew, after a change that no build has made."""
    settle(store)
    regroup(store)


def tables(store: Store, key: str) -> set[str]:
    """The tables of names that a document was read with, or linked anew with since: their IRIs in graph/runs."""
    node = NamedNode(iri.document(key))
    runs = [q.object for q in store.quads(node, NamedNode(iri.PROV + "wasInfluencedBy"), None, iri.RUNS)]
    runs = runs or [q.object for q in store.quads(node, ns("extractedBy"), None, iri.RUNS)]
    found = (q.object for run in runs for q in store.quads(run, NamedNode(iri.PROV + "used"), None, iri.RUNS))
    return {node.value for node in found if isinstance(node, NamedNode)}


def _asked(run: NamedNode, finder: About) -> list[Quad]:
    """Quads of graph/runs: the run asked a finder or language model of this kind, model and version."""
    digest = iri.digest(finder.kind, finder.model, finder.version, finder.revision)
    node, graph = NamedNode(f"{iri.BASE}finder/{digest}"), NamedNode(iri.RUNS)
    version = f"{finder.version}{f', model {finder.revision}' if finder.revision else ''}"
    return [
        Quad(run, NamedNode(iri.PROV + "wasAssociatedWith"), node, graph),
        Quad(node, NamedNode(iri.DCT + "title"), Literal(finder.kind), graph),
        Quad(node, NamedNode(iri.DCT + "identifier"), Literal(finder.model), graph),
        Quad(node, NamedNode(iri.DCT + "hasVersion"), Literal(version), graph),
    ]


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or "no message"
