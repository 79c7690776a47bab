"""Writes a whole store anew without those who are redacted, beside the old one, and puts it in its place.

Taking quads out of a store leaves their bytes in its files for long; a new one never had them. What is new is made in
DIR/redacted.part, which a single renaming to DIR/redacted makes valid, with the redactions that belong to it. From then
on readers read that, and whoever next opens the store to write puts it in its place: whenever a process is killed, the
store is the old one or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.decisions import REPLACED, Decisions
from khabar.facts import Facts
from khabar.folders import META, QUADS
from khabar.groups import pair
from khabar.identities import Identities
from khabar.logged import value
from khabar.rdf import HIERARCHY, DocumentGraph
from khabar.redactions.masking import LABELS, Description, mask_document, replaced
from khabar.redactions.record import FILE, NODE, Redactions, write_private
from khabar.terms import ns

_PART, _WHOLE = "redacted.part", "redacted"
_ENTITY = iri.entity("")
_ITEM, _SAME = NamedNode(iri.OWL + "sameAs"), ns("sameEntityAs")
_ENTITIES, _LINKS, _DECISIONS, _RUNS, _ONTOLOGY = (
    NamedNode(name) for name in (iri.ENTITIES, iri.LINKS, iri.DECISIONS, iri.RUNS, iri.ONTOLOGY)
)
_EDGES = tuple(NamedNode(iri.NS + name) for name in HIERARCHY)


@dataclass(slots=True)
class Counts:
    """What a redaction covered: mentions of whom it is about, other places where the name stands, entities, documents.

    `addresses` counts the masked documents that say where their article is.
    """

    documents: int = 0
    mentions: int = 0
    others: int = 0
    entities: int = 0
    addresses: int = 0


def quads_of(folder: Path) -> Path:
    """Where the quads of the store in a folder are."""
    new = folder / _WHOLE / QUADS
    return new if new.is_dir() else folder / QUADS


def take_over(folder: Path) -> bool:
    """Put a store that was written anew in the place of the old one; `finish` follows when that has no copies left."""
    shutil.rmtree(folder / _PART, ignore_errors=True)
    new = folder / _WHOLE
    if not new.is_dir():
        return False
    if (new / FILE).exists():
        (new / FILE).replace(folder / FILE)
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    if not meta.get("redactions"):
        part = folder / (META + ".part")
        part.write_text(json.dumps({**meta, "redactions": True}) + "\n", encoding="utf-8")
        part.replace(folder / META)
    if (new / QUADS).is_dir():
        if (folder / QUADS).exists():
            shutil.rmtree(folder / QUADS)
        (new / QUADS).rename(folder / QUADS)
    return True


def finish(folder: Path) -> None:
    """Say that nothing of the old store is left."""
    (folder / _WHOLE).rmdir()


def rewrite(old: ox.Store, redactions: Redactions, folder: Path) -> Counts:
    """Write the store in a folder, open as `old`, anew; it takes effect when the store is next opened.

    Raises OSError when the disk is full; the store is then the old one.
    """
    part = folder / _PART
    shutil.rmtree(part, ignore_errors=True)
    (part / QUADS).mkdir(parents=True)
    try:
        new = ox.Store(str(part / QUADS))
        work = _Rewriting(old, new, redactions)
        work.run()
        new.flush()
        del new, work.new, work.facts
        write_private(part / FILE, work.redactions.text)
        part.rename(folder / _WHOLE)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync(folder)
    return work.counts


class _Rewriting:
    def __init__(self, old: ox.Store, new: ox.Store, redactions: Redactions) -> None:
        self.old, self.new, self.redactions = old, new, redactions
        self.facts = Facts(new)
        self.counts = Counts()
        self.names: dict[str, str] = {}
        self.said: dict[str, Description] = {}

    def run(self) -> None:
        self.new.bulk_extend(self._documents())
        self.counts.entities = len(self.names)
        self.new.bulk_extend([*self._shared(), *self._decisions(), *self._links()])
        self.new.bulk_extend(Decisions(self.new).links())
        self.new.bulk_extend(self.facts.quads(self.facts.of_all()))

    def _documents(self) -> Iterator[Quad]:
        for node in sorted(self.old.named_graphs(), key=str):
            if isinstance(node, NamedNode) and node.value.startswith(iri.DOCUMENTS):
                yield from self._document(node)

    def _document(self, graph: NamedNode) -> tuple[Quad, ...]:
        key = graph.value.removeprefix(iri.DOCUMENTS)
        quads = tuple(self.old.quads_for_pattern(None, None, None, graph))
        document = DocumentGraph(key, quads, self._descriptions(quads), {})
        done = mask_document(document, self.redactions, self._description)
        self.names.update(done.names)
        self.said.update(done.document.descriptions)
        text = value(self.old, NamedNode(iri.document(key)), NamedNode(iri.NIF + "isString"))
        self.redactions = self.redactions.noted(key, text, done.touched)
        if set(done.document.quads) != set(quads):
            self.counts.documents += 1
            self.counts.mentions += done.mentions
            self.counts.others += done.others
            self.counts.addresses += any(q.predicate.value == iri.DCT + "source" for q in done.document.quads)
        return done.document.quads

    def _descriptions(self, quads: Iterable[Quad]) -> dict[str, Description]:
        """What the store says of the known entities that are named, and of those they belong to."""
        found: dict[str, Description] = {}
        todo = [term for quad in quads for term in (quad.subject, quad.object) if isinstance(term, NamedNode)]
        while todo:
            node = todo.pop()
            if node.value.startswith(_ENTITY) and node.value not in found and (said := self._description(node.value)):
                found[node.value] = said
                todo += [q.object for q in said if q.predicate in _EDGES and isinstance(q.object, NamedNode)]
        return found

    def _description(self, node: str) -> Description:
        said = tuple(self.old.quads_for_pattern(NamedNode(node), None, None, _ENTITIES))
        return (*said, *self.old.quads_for_pattern(NamedNode(node), _ITEM, None, _LINKS)) if said else ()

    def _name(self, node: str) -> str:
        """The name that a node has from now on, be it still in the store or only in the log of decisions."""
        if node in self.names or (redaction := self.redactions.about(node)) is None:
            return self.names.get(node, node)
        return redaction.node

    def _gone(self, term: object) -> bool:
        return isinstance(term, NamedNode) and self._name(term.value) != term.value

    def _shared(self) -> Iterator[Quad]:
        """What is said of entities, the ontology and the runs."""
        yield from {quad for quads in self.said.values() for quad in quads}
        yield from self.old.quads_for_pattern(None, None, None, _ONTOLOGY)
        for quad in self.old.quads_for_pattern(None, None, None, _RUNS):
            yield self._masked(quad)

    def _links(self) -> Iterator[Quad]:
        """Groups and items as they were; what khabar says of pairs of whom it now knows no names goes."""
        gone = {
            quad.subject
            for quad in self.old.quads_for_pattern(None, ns("concerns"), None, _LINKS)
            if self._gone(quad.object)
        }
        for quad in self.old.quads_for_pattern(None, None, None, _LINKS):
            known = quad.predicate == _ITEM and any(self.old.quads_for_pattern(quad.subject, None, None, _ENTITIES))
            if not (known or quad.predicate == _SAME or quad.subject in gone or self._gone(quad.subject)):
                yield self._masked(quad)

    def _decisions(self) -> Iterator[Quad]:
        """The log of decisions in which those who are redacted have no name; what made two of them one is done."""
        for made in Decisions(self.old).log():
            ends = (self._name(made.pair[0]), self._name(made.pair[1]))
            if ends[0] != ends[1]:
                called = dict(zip(ends, made.title.split(" / "), strict=False))
                called |= {end: LABELS["en"] for end in ends if end.startswith(NODE)}
                title = " / ".join(called[end] for end in sorted(called)) if made.title else ""
                masked = replace(made, pair=pair(*ends), because=self._mask(made.because), title=self._mask(title))
                yield from masked.quads
        for said in Identities(self.old).log():
            if self._name(said.entity) == said.entity:
                yield from replace(said, because=self._mask(said.because), said=self._mask(said.said)).quads
        for quad in self.old.quads_for_pattern(None, REPLACED, None, _DECISIONS):
            if not (self._gone(quad.subject) or self._gone(quad.object)):
                yield quad

    def _mask(self, text: str) -> str:
        return self.redactions.names.mask(text)

    def _masked(self, quad: Quad) -> Quad:
        return replaced(quad, self._mask(quad.object.value)) if isinstance(quad.object, Literal) else quad


def _sync(folder: Path) -> None:
    """See to it that the renaming is on disk."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
