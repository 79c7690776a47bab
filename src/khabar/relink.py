"""Links a store's entities anew after the knowledge base or the user's table has changed, without reading again.

Texts, mentions and entities are in the store: the names of each text are looked up once more, each entity keeps its
link, gets another, gets one or loses it, and its node is renamed wherever the document names it. Which words are
mentions, and which mentions are one thing, stays as it was read: what a new name would add is counted, not made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from khabar import __version__, iri, link
from khabar.kb import Entry, Hit, KnowledgeBase
from khabar.mentions.words import group, noun_of
from khabar.model import Mention
from khabar.overlay import Overlay, used
from khabar.rdf import DocumentGraph, Schema, describe
from khabar.redactions import NODE
from khabar.rename import Graph, Nil, renamed
from khabar.store import Store
from khabar.terms import instant, ns
from khabar.text import fold, normalise

_KNOWN, _NIL = iri.entity(""), iri.entity("nil-")
_LABELS = (NamedNode(iri.RDFS + "label"), NamedNode(iri.SKOS + "altLabel"))
_TYPE = NamedNode(iri.RDF + "type")
Span = tuple[int, int]


@dataclass(slots=True)
class Summary:
    """What a relink did: documents seen and changed, entities that got, lost or changed their entry.

    `unread` are the keys of documents with names of the table that are no mention there.
    """

    documents: int = 0
    changed: int = 0
    linked: int = 0
    unlinked: int = 0
    moved: int = 0
    unread: list[str] = field(default_factory=list)


class Relink:
    """One run of `khabar relink` on an open store; `kb` is the knowledge base with the table laid over it."""

    def __init__(self, store: Store, kb: KnowledgeBase, schema: Schema, table: Overlay | None = None) -> None:
        self.summary = Summary()
        self._store, self._kb, self._schema, self._table = store, kb, schema, table
        self._own = frozenset(entry.key for entry in table.entries) if table else frozenset[str]()
        now = datetime.now(UTC)
        self._run = NamedNode(iri.run(now.isoformat(timespec="microseconds")))
        self._started = now.isoformat(timespec="milliseconds")

    def run(self) -> Summary:
        """Link all documents anew, one transaction each."""
        for key in self._store.documents():
            self.take(key)
        return self.summary

    def take(self, key: str) -> None:
        """Link one document anew."""
        graph = Graph.read(self._store, key)
        new = self.links(graph)
        fresh = renamed(graph, self._names(graph, new), self._schema)
        keys = {node.removeprefix(_KNOWN) for node in _known(fresh)}
        described = describe(keys, self._kb, self._schema)
        self.summary.documents += 1
        self.summary.changed += fresh != graph.quads
        document = DocumentGraph(key, tuple(sorted(fresh, key=str)), described, {})
        self._store.replace(document, self._provenance(key))

    def links(self, graph: Graph) -> dict[str, str | None]:
        """The entry of each entity that changes its entry, by the entity's IRI; None for one that loses it."""
        hits = {(h.begin, h.end): h for h in self._kb.scan(normalise(graph.text))}
        votes = self._votes(graph, hits)
        spans = {span for held in graph.mentions.values() for span in held}
        if self._own and any(set(h.keys[:1]) & self._own and span not in spans for span, h in hits.items()):
            self.summary.unread.append(graph.key)
        changed: dict[str, str | None] = {}
        for node, held in graph.mentions.items():
            if node.startswith(NODE):
                continue
            old = None if node.startswith(_NIL) else node.removeprefix(_KNOWN)
            found = [self._chosen(graph, span, hits[span], votes) for span in held if span in hits]
            entries = [entry for entry in found if entry is not None] or self._typed(graph, node, hits)
            key = self._key(graph, node, old, entries, hits)
            if key != old:
                changed[node] = key
                self.summary.linked += old is None
                self.summary.unlinked += key is None
                self.summary.moved += old is not None and key is not None
        return changed

    def _key(
        self, graph: Graph, node: str, old: str | None, found: list[Entry], hits: Mapping[Span, Hit]
    ) -> str | None:
        """The entry that an entity has from now on."""
        keys = [entry.key for entry in found]
        own = next((key for key in keys if key in self._own), None)
        if old is None:
            sure = any(hits[span].sure for span in graph.mentions[node] if span in hits)
            return own or (keys[0] if keys and sure else None)
        try:
            entry = self._kb.entry(old)
        except KeyError:
            return keys[0] if keys else None
        if entry.key in keys:
            return entry.key
        if own is not None and self._kb.capital_of(own) != entry.key:
            return own
        if keys and not self._could_be(entry, graph.mentions[node], hits):
            return keys[0]
        if not keys and self._renounced(graph, node, entry):
            return None
        return entry.key

    def _could_be(self, entry: Entry, held: list[Span], hits: Mapping[Span, Hit]) -> bool:
        """Whether some mention may still mean the entry: as one of several, or as the capital for its government."""
        for span in held:
            for key in hits[span].keys if span in hits else ():
                other = self._kb.entry(key)
                same = fold(entry.name_ar).split()[-1:] == fold(other.name_ar).split()[-1:]  # غزة, قطاع غزة
                if other.key == entry.key or same or self._kb.capital_of(key) == entry.key:
                    return True
        return False

    def _renounced(self, graph: Graph, node: str, entry: Entry) -> bool:
        """Whether the entity was linked by a name that its entry had and has no longer."""
        now = {_plain(name) for name in (entry.name_ar, *entry.aliases_ar)}
        labels = (q for label in _LABELS for q in self._store.quads(NamedNode(node), label, None, iri.ENTITIES))
        before = {_plain(q.object.value) for q in labels if isinstance(q.object, Literal)}
        words = {_plain(graph.text[begin:end]) for begin, end in graph.mentions[node]}
        return bool(words & (before - now)) and not words & now

    def _typed(self, graph: Graph, node: str, hits: Mapping[Span, Hit]) -> list[Entry]:
        """Entries of the table, of an entity's class, that its mentions end with: a type stands before (محافظة تعز)."""
        kinds = {q.object for q in self._store.quads(NamedNode(node), _TYPE, None, iri.ENTITIES)}
        ends = {end: hit for (_, end), hit in hits.items()}
        found = (self._kb.entry(ends[end].keys[0]) for _, end in graph.mentions[node] if end in ends)
        return [entry for entry in found if entry.key in self._own and ns(entry.cls) in kinds]

    def _direction(self, name: str) -> bool:
        """Whether a name is a point of the compass and a state (شمال العراق), which is read as the state."""
        first, _, rest = fold(normalise(name).text).partition(" ")
        return first in group("direction") and any(c.cls == "Country" for c in self._kb.meanings(rest))

    def _chosen(self, graph: Graph, span: Span, hit: Hit, votes: Mapping[str, int]) -> Entry | None:
        """The entry that a name means here, as in a first reading."""
        entries = [self._kb.entry(key) for key in hit.keys]
        first = next((e for e in entries if e.cls == "Country"), entries[0])
        if first.cls == "AdministrativeArea" and self._direction(graph.text[span[0] : span[1]]):
            return None
        keys = (first.key, *(e.key for e in entries if e.key != first.key))
        return link.choose(Mention(*span, 0, 1, 0, first.cls, "name", keys), votes, self._kb)

    def _votes(self, graph: Graph, hits: Mapping[Span, Hit]) -> Counter[str]:
        """How often each state is spoken of."""
        votes: Counter[str] = Counter()
        for span in (span for held in graph.mentions.values() for span in held):
            if span in hits and self._kb.entry(hits[span].keys[0]).cls == "Country":
                votes[self._kb.entry(hits[span].keys[0]).key] += 3
        for word in fold(normalise(graph.text).text).split():
            if state := self._kb.demonym(word.strip(".,،؛:\"'«»()")):
                votes[state] += 1
        return votes

    def _names(self, graph: Graph, new: Mapping[str, str | None]) -> dict[str, str | Nil]:
        """The new IRI of each entity that changes, or what it is where it stands for itself from now on."""
        names: dict[str, str | Nil] = {}
        for node, key in new.items():
            if key is not None:
                names[node] = iri.entity(self._kb.entry(key).key)
                continue
            names[node] = Nil(self._class(graph, node), graph.mentions[node])
        return names

    def _class(self, graph: Graph, node: str) -> str:
        """The class of an entity without an entry: its head noun's, as in a first reading, else the one it had."""
        begin, end = graph.mentions[node][0]
        noun = noun_of(fold(normalise(graph.text[begin:end]).text).split()[0])
        if noun is not None and noun.cls:
            return noun.cls
        kinds = (q.object for q in self._store.quads(NamedNode(node), _TYPE, None, iri.ENTITIES))
        return next((kind.value.removeprefix(iri.NS) for kind in kinds if isinstance(kind, NamedNode)), "Entity")

    def _provenance(self, key: str) -> list[Quad]:
        """Who read the document stays; that this run linked it anew is added."""
        run, graph, node = self._run, NamedNode(iri.RUNS), NamedNode(iri.document(key))
        return [
            *self._store.quads(node, ns("extractedBy"), None, iri.RUNS),
            Quad(node, NamedNode(iri.PROV + "wasInfluencedBy"), run, graph),
            Quad(run, NamedNode(iri.DCT + "hasVersion"), Literal(__version__), graph),
            Quad(run, NamedNode(iri.PROV + "startedAtTime"), instant(self._started), graph),
            *(used(run, self._table) if self._table else ()),
        ]


def _known(quads: set[Quad]) -> Iterator[str]:
    for quad in quads:
        node = quad.object
        if isinstance(node, NamedNode) and node.value.startswith(_KNOWN) and not node.value.startswith((_NIL, NODE)):
            yield node.value


def _plain(name: str) -> str:
    """A name folded, without the article: للحكومة, الحكومة and حكومة are one."""
    text = fold(normalise(name).text)
    return text[2:] if text.startswith(("ال", "لل")) else text
