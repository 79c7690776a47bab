"""The RDF shape: turns one document's extraction into quads. The only module that knows how the graph looks.

A document fills one named graph. What the knowledge base says of the entities it names goes apart (`descriptions`),
because many documents share it; that part depends on the knowledge base alone, never on a document.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri, trace
from khabar.model import Entity, Event, Extraction, Mention, Record, Stance, When
from khabar.terms import Node, address, decimal, instant, integer, issued, ns

HIERARCHY = ("partOf", "locatedIn", "subEventOf")
"""The properties by which one described entity holds another."""

_LANGUAGE = "ar"
_ENTITIES, _LINKS = NamedNode(iri.ENTITIES), NamedNode(iri.LINKS)
_TYPE = NamedNode(iri.RDF + "type")
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d{1,5})?(?:[/?#](?:[^\s<>\"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})*)?")


class Entry(Protocol):
    """What a knowledge base says of one entity; `country`, `part_of`, `located_in` are keys of other entries."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def cls(self) -> str: ...  # noqa: D102
    @property
    def name_ar(self) -> str: ...  # noqa: D102
    @property
    def name_en(self) -> str: ...  # noqa: D102
    @property
    def aliases_ar(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def country(self) -> str | None: ...  # noqa: D102
    @property
    def part_of(self) -> str | None: ...  # noqa: D102
    @property
    def located_in(self) -> str | None: ...  # noqa: D102
    @property
    def lat(self) -> float | None: ...  # noqa: D102
    @property
    def lon(self) -> float | None: ...  # noqa: D102
    @property
    def qid(self) -> str | None: ...  # noqa: D102


class Catalogue(Protocol):
    """Whatever knows entities by key."""

    def entry(self, key: str) -> Entry:
        """The entry of this key; KeyError when there is none."""
        ...


class Schema(Protocol):
    """What the RDF shape asks of the ontology, by local names."""

    def symmetric(self, prop: str) -> bool:
        """Whether the property holds both ways."""
        ...

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether the class is the ancestor or below it."""
        ...

    def notation(self, cls: str) -> Mapping[str, str]:
        """The codes of a class: name of the code list to code."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentGraph:
    """One document as RDF.

    `quads` are those of its own named graph, sorted; `descriptions` maps the IRI of each known entity that it names,
    or that such an entity belongs to, to quads of graph/entities and graph/links; `counts` is for the summary.
    """

    key: str
    quads: tuple[Quad, ...]
    descriptions: Mapping[str, tuple[Quad, ...]]
    counts: Mapping[str, int]


def to_rdf(extraction: Extraction, catalogue: Catalogue, schema: Schema) -> DocumentGraph:
    """Everything that the extraction says, as quads; InputError when the record's date is not an ISO date."""
    writer = _Writer(extraction.record, schema)
    writer.document()
    known = writer.entities(extraction, catalogue)
    writer.events(extraction.events)
    for relation in extraction.relations:
        subject, obj = writer.names[relation.subject], writer.names[relation.object]
        if schema.symmetric(relation.predicate) and obj < subject:
            subject, obj = obj, subject
        triple = (subject, iri.NS + relation.predicate, obj)
        rule = trace.of_relation(relation, symmetric=schema.symmetric(relation.predicate)).line
        writer.claim(triple, relation.stance, relation.evidence, rule, relation.confidence, relation.when)
    writer.flush_claims()
    counts = {
        "mentions": len({quad.subject for quad in writer.quads if quad.object == ns("Mention")}),
        "entities": len(writer.used),
        "claims": len(writer.claims),
    }
    quads = tuple(sorted(writer.quads, key=str))
    return DocumentGraph(writer.key, quads, describe(known, catalogue, schema), counts)


def describe(keys: Iterable[str], catalogue: Catalogue, schema: Schema) -> dict[str, tuple[Quad, ...]]:
    """What the knowledge base says of these entries and, all the way up, of those they belong to."""
    found: dict[str, tuple[Quad, ...]] = {}
    todo = sorted(keys)
    while todo:
        key = todo.pop()
        if iri.entity(key) not in found:
            quads, above = _describe(catalogue.entry(key), catalogue, schema)
            found[iri.entity(key)] = quads
            todo.extend(above)
    return found


def _above(entry: Entry, catalogue: Catalogue, schema: Schema) -> list[tuple[str, str]]:
    """What an entry belongs to, as (property, key): actors to actors, events to events, places to places.

    A parent of another kind (a weapon's army) has no property in the ontology, and one that the catalogue does not
    hold cannot be described: both are left out.
    """

    def fits(key: str | None, kind: str) -> bool:
        if not key or key == entry.key or not schema.is_a(entry.cls, kind):
            return False
        try:
            return schema.is_a(catalogue.entry(key).cls, kind)
        except KeyError:
            return False

    above = []
    for kind, edge in (("Actor", "partOf"), ("Event", "subEventOf")):
        if entry.part_of and fits(entry.part_of, kind):
            above.append((edge, entry.part_of))
    within = (key for key in (entry.located_in, entry.country) if key and fits(key, "Place"))
    if place := next(within, None):
        above.append(("locatedIn", place))
    return above


def _describe(entry: Entry, catalogue: Catalogue, schema: Schema) -> tuple[tuple[Quad, ...], list[str]]:
    """Quads of one entry, sorted, and the keys that it points to."""
    node = NamedNode(iri.entity(entry.key))
    facts: list[tuple[str, Node]] = [(iri.RDF + "type", ns(entry.cls))]
    for name, language in ((entry.name_ar, "ar"), (entry.name_en, "en")):
        if name:
            facts.append((iri.RDFS + "label", Literal(name, language=language)))
    aliases = {alias for alias in entry.aliases_ar if alias and alias != entry.name_ar}
    facts.extend((iri.SKOS + "altLabel", Literal(alias, language="ar")) for alias in aliases)
    above = _above(entry, catalogue, schema)
    facts.extend((iri.NS + edge, NamedNode(iri.entity(key))) for edge, key in above)
    if entry.lat is not None and entry.lon is not None:
        lat, lon = decimal(entry.lat, 6), decimal(entry.lon, 6)
        wkt = Literal(f"POINT({lon.value} {lat.value})", datatype=NamedNode(iri.GEO + "wktLiteral"))
        facts += [(iri.GEO + "asWKT", wkt), (iri.WGS84 + "lat", lat), (iri.WGS84 + "long", lon)]
    quads = [Quad(node, NamedNode(p), o, _ENTITIES) for p, o in facts]
    if entry.qid:
        quads.append(Quad(node, NamedNode(iri.OWL + "sameAs"), NamedNode(iri.WIKIDATA + entry.qid), _LINKS))
    return tuple(sorted(quads, key=str)), [key for _, key in above]


@dataclass(slots=True)
class _Writer:
    """Collects the quads of one document; `names` maps local ids of entities and events to IRIs."""

    record: Record
    schema: Schema
    key: str = ""
    quads: set[Quad] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    claims: dict[str, tuple[tuple[float, str], list[tuple[str, Node]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = iri.document_key(self.record)

    def add(self, subject: str, predicate: str, obj: Node) -> None:
        graph = NamedNode(iri.document_graph(self.key))
        self.quads.add(Quad(NamedNode(subject), NamedNode(predicate), obj, graph))

    def document(self) -> None:
        record, node = self.record, iri.document(self.key)
        self.add(node, _TYPE.value, ns("Document"))
        self.add(node, iri.DCT + "language", Literal(_LANGUAGE))
        self.add(node, iri.NIF + "isString", Literal(record.text, language=_LANGUAGE))
        self.add(node, iri.NS + "sha256", Literal(hashlib.sha256(record.text.encode()).hexdigest()))
        if name := record.id or (Path(record.path).stem if record.path else None):
            self.add(node, iri.DCT + "identifier", Literal(name))
        if record.title:
            self.add(node, iri.DCT + "title", Literal(record.title, language=_LANGUAGE))
        if record.publisher:
            self.add(node, iri.DCT + "publisher", Literal(record.publisher))
        if record.url:
            self.add(node, iri.DCT + "source", address(record.url))
        if record.licence:
            self.add(node, iri.DCT + "license", licence(record.licence))
        if record.date:
            self.add(node, iri.DCT + "issued", issued(record))
            if len(record.date) < len("2019-10-22"):
                # dct:issued is then the first second of a month or year: say how much is known.
                self.add(node, iri.NS + "edtf", Literal(record.date, datatype=NamedNode(iri.EDTF)))

    def entities(self, extraction: Extraction, catalogue: Catalogue) -> set[str]:
        """Name every entity, write its mentions and, unless the catalogue knows it, what it is; return known keys."""
        known, taken = set(), Counter[tuple[str, int]]()
        busy = _in_use(extraction)
        for entity in extraction.entities:
            written = [mention for mention in entity.mentions if mention.how != "pronoun"]
            if not written and entity.id not in busy:
                continue
            if entity.key is not None:
                name = iri.entity(catalogue.entry(entity.key).key)
                known.add(entity.key)
            else:
                first = min((mention.begin for mention in written or entity.mentions), default=0)
                name = iri.nil_entity(self.key, entity.cls, first, taken[entity.cls, first])
                taken[entity.cls, first] += 1
                self._nil(name, entity)
            self.names[entity.id] = name
            self.used.add(name)
            self._mentions(name, written)
        return known

    def _nil(self, name: str, entity: Entity) -> None:
        self.add(name, _TYPE.value, ns(entity.cls))
        if entity.name:
            self.add(name, iri.RDFS + "label", Literal(entity.name, language=_LANGUAGE))

    def _mentions(self, name: str, mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            self.add(self.span(mention.begin, mention.end, "Mention"), iri.NS + "refersTo", NamedNode(name))

    def span(self, begin: int, end: int, cls: str) -> str:
        """Write a mention or passage and return its IRI."""
        if not 0 <= begin < end <= len(self.record.text):
            raise ValueError(f"span {begin}..{end} is not within the text")
        node = iri.span(self.key, begin, end)
        self.add(node, _TYPE.value, ns(cls))
        self.add(node, iri.NIF + "beginIndex", integer(begin))
        self.add(node, iri.NIF + "endIndex", integer(end))
        self.add(node, iri.NIF + "anchorOf", Literal(self.record.text[begin:end], language=_LANGUAGE))
        self.add(node, iri.NIF + "referenceContext", NamedNode(iri.document(self.key)))
        return node

    def events(self, events: Sequence[Event]) -> None:
        ordinals = Counter[tuple[str, int]]()
        for event in events:  # all named first: an event may be about one that stands later
            self.names[event.id] = iri.event(self.key, event.cls, event.begin, ordinals[event.cls, event.begin])
            ordinals[event.cls, event.begin] += 1
        for event in events:
            self._event(self.names[event.id], event)

    def _event(self, node: str, event: Event) -> None:
        self.add(node, _TYPE.value, ns(event.cls))
        self.add(node, iri.NS + "status", ns(status(event.stance)))
        self.add(self.span(event.begin, event.end, "Mention"), iri.NS + "refersTo", NamedNode(node))
        for scheme, code in self.schema.notation(event.cls).items():
            self.add(node, iri.SKOS + "notation", Literal(code, datatype=ns(scheme)))
        for name, count in (("killed", event.killed), ("injured", event.injured)):
            if count is not None:
                self.add(node, iri.NS + name, integer(count))
        for predicate, value in _when(event.when):
            self.add(node, predicate, value)
        kind = (node, _TYPE.value, iri.NS + event.cls)
        rule = trace.of_event(event).line
        self.claim(kind, event.stance, event.evidence, rule, event.confidence, event.when)
        for told in event.again:
            self.add(self.span(told.begin, told.end, "Mention"), iri.NS + "refersTo", NamedNode(node))
            rule = trace.of_telling(told).line
            self.claim(kind, told.stance, told.evidence, rule, told.confidence, event.when)
        # What is claimed of its own is never also a plain edge: if it passes, the rule of facts draws the edge.
        claimed = {(role.name, role.filler) for role in event.roles if role.stance is not None}
        for role in event.roles:
            triple = (node, iri.NS + role.name, self.names[role.filler])
            if role.stance is not None:
                stance = _weaker(event.stance, role.stance)
                rule = trace.of_role(event, role).line
                self.claim(triple, stance, event.evidence, rule, event.confidence, event.when)
            elif (role.name, role.filler) not in claimed:
                self.add(triple[0], triple[1], NamedNode(triple[2]))

    def claim(
        self,
        triple: tuple[str, str, str],
        stance: Stance,
        evidence: tuple[int, int],
        rule: str,
        confidence: float,
        when: When | None,
    ) -> None:
        """Note a claim; of two that differ in nothing but rule and confidence the surer one stays."""
        source = self.names[stance.source] if stance.source is not None else ""
        passage = self.span(*evidence, "Passage")
        name = iri.claim(self.key, *triple, stance, source, passage)
        facts: list[tuple[str, Node]] = [
            (_TYPE.value, ns("Claim")),
            *zip((iri.RDF + part for part in ("subject", "predicate", "object")), map(NamedNode, triple), strict=True),
            (iri.NS + "modality", ns(stance.modality)),
            (iri.NS + "polarity", ns(stance.polarity)),
            (iri.NS + "certainty", ns(stance.certainty)),
            (iri.NS + "confidence", decimal(confidence)),
            (iri.NS + "evidence", NamedNode(passage)),
            (iri.NS + "rule", Literal(rule)),
            *_when(when),
        ]
        if source:
            facts.append((iri.NS + "attributedTo", NamedNode(source)))
        if self.record.date:
            facts.append((iri.NS + "asOf", issued(self.record)))
        rank = (-confidence, rule)
        if name not in self.claims or rank < self.claims[name][0]:
            self.claims[name] = (rank, facts)

    def flush_claims(self) -> None:
        for name, (_, facts) in self.claims.items():
            for predicate, value in facts:
                self.add(name, predicate, value)


def licence(value: str) -> Node:
    """What a document may be used for: an IRI where `value` is an address, else a literal."""
    return address(value) if _ADDRESS.fullmatch(value) else Literal(value)


def status(stance: Stance) -> str:
    """The verdict that an event carries: Denied, what it is when not done, Uncertain, else Happened or Ongoing."""
    if stance.polarity == "Negated":
        return "Denied"
    if stance.modality not in ("Happened", "Ongoing"):
        return stance.modality
    return stance.modality if stance.certainty == "Certain" else "Uncertain"


def _weaker(event: Stance, role: Stance) -> Stance:
    """A role's stance, but nobody has done what is not settled to have happened."""
    return replace(event, source=role.source) if role.settled and not event.settled else role


def _in_use(extraction: Extraction) -> set[str | None]:
    """Local ids that some event, relation or stance names."""
    stances = [event.stance for event in extraction.events] + [relation.stance for relation in extraction.relations]
    stances += [telling.stance for event in extraction.events for telling in event.again]
    roles = [role for event in extraction.events for role in event.roles]
    stances += [role.stance for role in roles if role.stance is not None]
    ends = [end for relation in extraction.relations for end in (relation.subject, relation.object)]
    return {*(stance.source for stance in stances), *(role.filler for role in roles), *ends}


def _when(when: When | None) -> list[tuple[str, Node]]:
    if when is None:
        return []
    bounds = (("notBefore", when.not_before), ("notAfter", when.not_after))
    edtf = Literal(when.edtf, datatype=NamedNode(iri.EDTF))
    return [(iri.NS + "edtf", edtf), *((iri.NS + name, instant(value)) for name, value in bounds if value)]
