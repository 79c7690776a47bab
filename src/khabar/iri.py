"""Names of things: the base IRI, the prefixes, and one function for each kind of node.

Every minted IRI is the first 16 hex digits of a SHA-256 over its parts, joined by U+001F; so the same text gives the
same names on every machine, and no Arabic letter ever stands in an IRI.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khabar.model import Record, Stance

BASE = "https://w3id.org/khabar/"
NS = BASE + "ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCT = "http://purl.org/dc/terms/"
NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
GEO = "http://www.opengis.net/ont/geosparql#"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
WIKIDATA = "http://www.wikidata.org/entity/"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

PREFIXES = {
    "": NS,
    "doc": BASE + "doc/",
    "entity": BASE + "entity/",
    "event": BASE + "event/",
    "claim": BASE + "claim/",
    "graph": BASE + "graph/",
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "dct": DCT,
    "nif": NIF,
    "skos": SKOS,
    "prov": PROV,
    "geo": GEO,
    "wgs84": WGS84,
    "wd": WIKIDATA,
}

DOCUMENTS = BASE + "graph/doc/"
ENTITIES = BASE + "graph/entities"
LINKS = BASE + "graph/links"
FACTS = BASE + "graph/facts"
ONTOLOGY = BASE + "graph/ontology"
RUNS = BASE + "graph/runs"
DECISIONS = BASE + "graph/decisions"


def digest(*parts: str) -> str:
    """16 hex digits that stand for the parts.

    >>> digest("a", "b")
    'f04cdced9736a69d'
    """
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def document_key(record: Record) -> str:
    """The key of a document: of its URL, else publisher and own id, else path below SOURCE, else text."""
    if record.url:
        return digest(record.url)
    if record.publisher and record.id:
        return digest(record.publisher, record.id)
    return digest(record.path or record.id or record.text)


def document(key: str) -> str:
    """The IRI of the document with this key."""
    return f"{BASE}doc/{key}"


def document_graph(key: str) -> str:
    """The named graph that holds all that the document says."""
    return DOCUMENTS + key


def span(key: str, begin: int, end: int) -> str:
    """The IRI of a mention or passage: half-open code points of the document's raw text."""
    return f"{document(key)}#char={begin},{end}"


def entity(kb_key: str) -> str:
    """The IRI of an entity that the knowledge base knows; a key never changes."""
    return f"{BASE}entity/{kb_key}"


def nil_entity(key: str, cls: str, begin: int, ordinal: int = 0) -> str:
    """The IRI of an entity that only this document knows.

    `begin` is that of its first mention, `ordinal` above zero for a further one of that class at that place.
    """
    return f"{BASE}entity/nil-" + digest(key, cls, str(begin), *([str(ordinal)] if ordinal else []))


def event(key: str, cls: str, begin: int, ordinal: int) -> str:
    """The IRI of an event: `ordinal` counts those of one class on one trigger, from 0."""
    return f"{BASE}event/" + digest(key, cls, str(begin), str(ordinal))


def claim(key: str, subject: str, predicate: str, obj: str, stance: Stance, source: str, passage: str) -> str:
    """The IRI of a claim; `source` is the IRI of whoever is cited, or empty."""
    stances = (stance.modality, stance.polarity, stance.certainty)
    return f"{BASE}claim/" + digest(key, subject, predicate, obj, *stances, source, passage)


def run(started: str) -> str:
    """The IRI of one run of `khabar build`, by its start time."""
    return f"{BASE}run/" + digest(started)


def decision(one: str, other: str, verdict: str, by: str, at: str) -> str:
    """The IRI of what somebody decided about two nodes at a time."""
    return f"{BASE}decision/" + digest(one, other, verdict, by, at)


def proposal(one: str, other: str) -> str:
    """The IRI of the proposal that two nodes are one thing."""
    return f"{BASE}proposal/" + digest(one, other)


def bundle(kind: str, first: str) -> str:
    """The IRI of a Story or Happening, by its earliest document or event."""
    return f"{BASE}{kind.lower()}/" + digest(first)


def shorten(value: str) -> str:
    """An IRI with its prefix, where one of ours fits.

    >>> shorten("https://w3id.org/khabar/ns#supports"), shorten("https://example.org/x")
    (':supports', 'https://example.org/x')
    """
    name, base = max(PREFIXES.items(), key=lambda item: len(item[1]) if value.startswith(item[1]) else 0)
    return f"{name}:{value[len(base) :]}" if value.startswith(base) else value
