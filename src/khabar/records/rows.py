"""The rows: plain values, nothing nested but tuples, an empty string or None for what is not known.

Nodes are IRIs; the columns `_ar`, `_en`, `_class`, `_wikidata` beside one are its labels, the local name of its class
and its Wikidata item (a QID). `_group` is the node that stands for it where people or khabar merged entities or grouped
events, else the node itself: whoever counts things counts groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Named = tuple[str, str]
"""An IRI and what people call it: the Arabic label, else the English one, else its key."""

ROLES = ("agent", "participant", "target", "recipient", "instrument", "place", "about")
"""The roles of events, in the order of their columns."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim: a triple as one document tells it at one place, with its words, source and stance.

    `document` is a key, `identifier` the record's own id; `date` is as exact as it is known (2019, 2019-10,
    2019-10-22), `issued` its first second. An event's own claim has the predicate `type` and a class as object. `fact`:
    graph/facts holds what this claim affirms; `known`: the knowledge base says the same, so graph/facts does not. The
    source is empty where the outlet speaks in its own voice. `quote` is the passage, `begin` and `end` its code points
    in the raw text, half-open; `confidence` is khabar's own, from 0 to 1.
    """

    claim: str
    key: str
    document: str
    identifier: str
    publisher: str
    title: str
    url: str
    date: str
    issued: datetime | None
    subject: str
    subject_ar: str
    subject_en: str
    subject_class: str
    subject_wikidata: str
    subject_group: str
    predicate: str
    object: str
    object_ar: str
    object_en: str
    object_class: str
    object_wikidata: str
    object_group: str
    modality: str
    polarity: str
    certainty: str
    fact: bool
    known: bool
    source: str
    source_ar: str
    source_en: str
    source_class: str
    quote: str
    begin: int
    end: int
    rule: str
    confidence: float
    edtf: str
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as one document tells it; `fact` says that it is an :Occurrence by the store's policy.

    A role holds what stands as a plain edge: what the event's own claim says, and roles of their own stance that are
    facts. `claims` are those that this rests on, the event's own first; a fact's are the ones that affirm it, and
    `quote`, `begin`, `end` are the passage of the first, `trigger` the word that tells the event. `sources` are those
    whom the claims are attributed to; whoever is missing there is the outlet itself.

    `located` is where it was: the smallest of its places and, of violence and captures, of the places below a country
    that are hit or taken (`located_by` is the role), with class, coordinates (degrees, WGS 84) and country as the
    knowledge base has them. `group` is the happening that it is grouped in with reports of other documents, else the
    event itself; `story` that of its document, or empty.
    """

    event: str
    key: str
    document: str
    identifier: str
    publisher: str
    title: str
    url: str
    date: str
    issued: datetime | None
    class_: str
    class_ar: str
    class_en: str
    plover: str
    acled: str
    ucdp: str
    status: str
    fact: bool
    agent: tuple[Named, ...]
    participant: tuple[Named, ...]
    target: tuple[Named, ...]
    recipient: tuple[Named, ...]
    instrument: tuple[Named, ...]
    place: tuple[Named, ...]
    about: tuple[Named, ...]
    edtf: str
    not_before: datetime | None
    not_after: datetime | None
    killed: int | None
    injured: int | None
    located: str
    located_by: str
    located_ar: str
    located_en: str
    located_class: str
    lat: float | None
    lon: float | None
    country: str
    country_ar: str
    country_en: str
    trigger: str
    claims: tuple[str, ...]
    quote: str
    begin: int
    end: int
    sources: tuple[Named, ...]
    confidence: float
    group: str
    story: str


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One entity: `known` says that it is the knowledge base's; `document` is the only one that an unlinked one is in.

    Counts are of its own mentions and of documents with one, those of merged entities left out. Coordinates, country
    and what it belongs to are the knowledge base's, those of the group's node for a merged entity.
    """

    entity: str
    key: str
    known: bool
    document: str
    class_: str
    label_ar: str
    label_en: str
    aliases: tuple[str, ...]
    wikidata: str
    lat: float | None
    lon: float | None
    country: str
    part_of: str
    located_in: str
    mentions: int
    documents: int
    group: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document without its text, and how much of each kind was read out of it.

    `document` is its key, `length` counts code points, `facts` its claims that graph/facts holds; `story` is the group
    of documents that print one text, or empty.
    """

    iri: str
    document: str
    identifier: str
    publisher: str
    title: str
    url: str
    date: str
    issued: datetime | None
    language: str
    sha256: str
    length: int
    mentions: int
    entities: int
    events: int
    claims: int
    facts: int
    story: str
    run: str
