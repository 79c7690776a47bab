"""Nanopublications: each claim as four small named graphs, in TriG.

Only a claim that is a fact of the store may assert its bare triple: it affirms the triple without hedge, as having
happened or going on, and graph/facts holds it. Every other nanopublication asserts that there is a claim, with its
modality, polarity and certainty, about a triple that is named by parts (rdf:subject, rdf:predicate, rdf:object); so
whoever reads assertions alone never takes a denial, a hedge, a plan or a threat for what happened.

The IRI of a nanopublication is made of its claim's, so it is the same on every machine. It is no trusty URI: it says
nothing of the bytes. Tools that publish nanopublications mint one, and sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from khabar import __version__, iri
from khabar.export.selection import Format, Selection
from khabar.model import Stance
from khabar.terms import Node, ns

_NP, _BASE = "http://www.nanopub.org/nschema#", iri.BASE + "np/"
_PREFIXES = iri.PREFIXES | {"np": _NP, "nanopub": _BASE}
_TYPE, _LABEL, _TEXT = (NamedNode(iri.RDF + "type"), NamedNode(iri.RDFS + "label"), NamedNode(iri.NIF + "isString"))
_CLAIM = ns("Claim")
_LICENSE = NamedNode(iri.DCT + "license")
_PARTS = tuple(NamedNode(iri.RDF + part) for part in ("subject", "predicate", "object"))
_STANCE = (ns("modality"), ns("polarity"), ns("certainty"))
_CORE = {_TYPE, *_PARTS, *_STANCE}
_REAL = {ns("Happened"), ns("Ongoing")}

Said = list[tuple[NamedNode, Node]]
Triples = list[tuple[NamedNode, NamedNode, Node]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One document graph by subject, without the article itself, and the run that read the document."""

    document: NamedNode
    about: Mapping[NamedNode, Said]
    run: NamedNode | None
    made: Mapping[NamedNode, Node]

    def of(self, node: NamedNode) -> Triples:
        """All that the graph says of a node."""
        return [(node, *pair) for pair in self.about.get(node, ())]

    def claims(self) -> list[NamedNode]:
        """The claims of the document, in order."""
        return sorted((node for node, said in self.about.items() if (_TYPE, _CLAIM) in said), key=str)


def read(selection: Selection, graph: str) -> Reading:
    """What a document graph and graph/runs say of a document."""
    about: dict[NamedNode, Said] = {}
    for quad in selection.quads_of(graph):
        if isinstance(quad.subject, NamedNode) and quad.predicate != _TEXT:
            about.setdefault(quad.subject, []).append((quad.predicate, cast("Node", quad.object)))
    document = NamedNode(iri.document(graph.removeprefix(iri.DOCUMENTS)))
    read_by = selection.store.quads(document, ns("extractedBy"), graph=iri.RUNS)
    run = min((cast("NamedNode", quad.object) for quad in read_by), key=str, default=None)
    made = selection.store.quads(run, graph=iri.RUNS) if run else iter(())
    return Reading(document, about, run, {quad.predicate: cast("Node", quad.object) for quad in made})


def nanopub(claim: NamedNode, reading: Reading, selection: Selection) -> Iterator[Quad]:
    """The quads of one claim's nanopublication, each in one of its four graphs."""
    this = _BASE + claim.value.rpartition("/")[2]
    head, assertion, provenance, pubinfo = (
        NamedNode(f"{this}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    told = dict(reading.about[claim])
    fact = _is_fact(told, selection)
    whole = reading.of(claim)
    asserted = _bare(told, reading) if fact else [one for one in whole if one[1] in _CORE]
    parts = (
        (head, _head(NamedNode(this), assertion, provenance, pubinfo)),
        (assertion, asserted),
        (provenance, [*_origin(assertion, claim, told, reading, selection, fact=fact), *whole]),
        (pubinfo, [*_made(NamedNode(this), reading), *_labels(asserted, told, selection)]),
    )
    seen: set[object] = set()  # a triple belongs to one part only
    for graph, triples in parts:
        for one in sorted(set(triples) - seen, key=str):
            yield Quad(*one, graph)
        seen.update(triples)


def _is_fact(told: Mapping[NamedNode, Node], selection: Selection) -> bool:
    """Whether a claim is settled and the store's policy has let its triple through."""
    stance = Stance(*(cast("Any", told[part].value.removeprefix(iri.NS)) for part in _STANCE))
    subject, predicate, obj = (told[part] for part in _PARTS)
    held = ns("Occurrence") if predicate == _TYPE else obj
    return stance.settled and any(True for _ in selection.store.quads(subject, predicate, held, iri.FACTS))


def _bare(told: Mapping[NamedNode, Node], reading: Reading) -> Triples:
    """The triple of a fact; of an event that happened also its roles, numbers and dates."""
    subject, predicate, obj = (cast("Any", told[part]) for part in _PARTS)
    about = reading.about.get(subject, [])
    if predicate != _TYPE or not any((ns("status"), real) in about for real in _REAL):
        return [(subject, predicate, obj)]
    return [(subject, predicate, obj), *reading.of(subject)]


def _head(this: NamedNode, *parts: NamedNode) -> Triples:
    has = (NamedNode(f"{_NP}has{part}") for part in ("Assertion", "Provenance", "PublicationInfo"))
    return [
        (this, _TYPE, NamedNode(_NP + "Nanopublication")),
        *((this, one, part) for one, part in zip(has, parts, strict=True)),
    ]


def _origin(
    assertion: NamedNode,
    claim: NamedNode,
    told: Mapping[NamedNode, Node],
    reading: Reading,
    selection: Selection,
    *,
    fact: bool,
) -> Triples:
    """Where an assertion comes from: document, passage, source and run; of a fact also the policy that made it one."""
    passage = cast("NamedNode", told[ns("evidence")])
    links = [("wasDerivedFrom", reading.document), ("wasQuotedFrom", passage), ("wasGeneratedBy", reading.run)]
    links += [("wasAttributedTo", cast("NamedNode | None", told.get(ns("attributedTo"))))]
    found: Triples = [(assertion, NamedNode(iri.PROV + link), node) for link, node in links if node is not None]
    if fact:
        found.append((assertion, NamedNode(iri.PROV + "wasDerivedFrom"), claim))
        found.append((assertion, ns("policy"), Literal(str(selection.store.policy))))
    return [*found, *reading.of(passage), *reading.of(reading.document)]


def _made(this: NamedNode, reading: Reading) -> Triples:
    """Which version of khabar made it, and when the document was read; the licence if the document has one."""
    version = reading.made.get(NamedNode(iri.DCT + "hasVersion"), Literal(__version__)).value
    software = NamedNode(f"{iri.BASE}software/{quote(version)}")
    when = (reading.made.get(NamedNode(iri.PROV + part)) for part in ("endedAtTime", "startedAtTime"))
    created = [(NamedNode(iri.DCT + "created"), time) for time in when if time is not None][:1]
    licences = [pair for pair in reading.about.get(reading.document, ()) if pair[0] == _LICENSE]
    return [
        (this, NamedNode(iri.DCT + "creator"), software),
        (software, _TYPE, NamedNode(iri.PROV + "SoftwareAgent")),
        (software, _LABEL, Literal(f"khabar {version}")),
        *((this, *pair) for pair in (*created, *licences)),
    ]


def _labels(asserted: Triples, told: Mapping[NamedNode, Node], selection: Selection) -> Triples:
    """The names of the nodes in an assertion, of its property and of its source."""
    nodes = {node for subject, _, obj in asserted for node in (subject, obj)}
    nodes |= {node for part in (_PARTS[1], ns("attributedTo")) if (node := told.get(part)) is not None}
    found = (selection.store.quads(node, _LABEL) for node in nodes - {_CLAIM} if isinstance(node, NamedNode))
    return [
        (cast("NamedNode", quad.subject), _LABEL, cast("Node", quad.object))
        for quads in found
        for quad in selection.allowed(quads)
    ]


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write the nanopublications of all claims, one document in memory at a time."""
    prefixes = (f"@prefix {name}: <{base}> .\n" for name, base in sorted(_PREFIXES.items()))
    output.writelines(line.encode() for line in prefixes)
    for graph in selection.documents():
        reading = read(selection, graph)
        for claim in reading.claims():
            output.write(b"\n" + _body(nanopub(claim, reading, selection)))


def _body(quads: Iterable[Quad]) -> bytes:
    """The quads in TriG without the prefixes, which stand at the head of the file."""
    data = cast("bytes", serialize(quads, format=RdfFormat.TRIG, prefixes=_PREFIXES))
    while data.startswith(b"@prefix "):
        data = data.partition(b"\n")[2]
    return data


FORMATS = (Format("nanopub", "nanopublications in TriG, one a claim; only facts assert a bare triple", write),)
