"""Rows of a store that pass what a caller asks for; only documents that can hold such rows are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from pyoxigraph import NamedNode

from khabar import iri, records
from khabar.api.filters import Day, Words, among, is_true, of_class, of_predicate, one_of, passing, sure, told_of
from khabar.api.result import Result, of_records
from khabar.finder import find_document, find_entity
from khabar.model import Certainty, Modality, Polarity
from khabar.records import ROLES, ClaimRow, EntityRow, EventRow
from khabar.store import Store

Name = str | EntityRow
"""An entity by key, IRI, Wikidata id or label, or as a row."""

CLAIM = "subject_ar predicate object_ar modality polarity certainty fact source_ar quote identifier date".split()
EVENT = "class agent target place edtf status fact killed injured quote identifier date".split()
ENTITY = "key class label_ar label_en wikidata mentions documents".split()
DOCUMENT = "identifier title publisher date mentions entities events claims facts".split()
"""The columns that are shown of each."""

STATUSES = (*get_args(Modality), "Denied", "Uncertain")


def claims(
    store: Store,
    about: Name | None,
    *,
    predicate: Words,
    facts: bool | None,
    modality: Words,
    polarity: Words,
    certainty: Words,
    source: Name | None,
    since: Day,
    until: Day,
    document: str | None,
    min_confidence: float | None,
) -> Result[ClaimRow]:
    """Claims; see `Graph.claims`."""
    tests = [
        of_predicate(predicate),
        is_true("fact", facts),
        among("modality", modality, get_args(Modality)),
        among("polarity", polarity, get_args(Polarity)),
        among("certainty", certainty, get_args(Certainty)),
        told_of(since, until),
        sure(min_confidence),
    ]
    keys = {find_document(store, document)} if document is not None else None
    for wanted in (_about(store, about), _said_by(store, source)):
        if wanted is not None:
            tests.append(one_of("claim", wanted))
            keys = _in(keys, _documents(store, wanted))
    if source == "":
        tests.append([lambda row: not row.source])
    rows: Iterable[ClaimRow] = passing(records.claims(store, documents=keys), *tests)
    return of_records(ClaimRow, rows, CLAIM)


def events(
    store: Store,
    about: Name | None,
    *,
    class_: Words,
    status: Words,
    facts: bool | None,
    since: Day,
    until: Day,
    document: str | None,
    min_confidence: float | None,
) -> Result[EventRow]:
    """Events; see `Graph.events`."""
    tests = [
        of_class("class_", class_, "Event"),
        among("status", status, STATUSES),
        is_true("fact", facts),
        told_of(since, until),
        sure(min_confidence),
    ]
    keys = {find_document(store, document)} if document is not None else None
    if about is not None:
        nodes = set(_group(store, about))
        tests.append([lambda row: any(node in nodes for role in ROLES for node, _ in getattr(row, role))])
        keys = _in(keys, _documents(store, _events_of(store, nodes)))
    rows: Iterable[EventRow] = passing(records.events(store, documents=keys), *tests)
    return of_records(EventRow, rows, EVENT)


def entities(store: Store, *, class_: Words, known: bool | None, mentioned: bool) -> Result[EntityRow]:
    """Entities; see `Graph.entities`."""
    tests = [of_class("class_", class_, "Entity"), is_true("known", known)]
    rows = passing((row for row in records.entities(store) if row.mentions or not mentioned), *tests)
    return of_records(EntityRow, rows, ENTITY)


def _group(store: Store, name: Name) -> list[str]:
    """The nodes that a name means: one, and those merged with it."""
    return store.decisions.group(find_entity(store, name.entity if isinstance(name, EntityRow) else name))


def _about(store: Store, name: Name | None) -> set[str] | None:
    """The claims about an entity and about events in which it has a role; None for all."""
    if name is None:
        return None
    nodes = set(_group(store, name))
    ends = {
        claim for node in nodes for part in ("subject", "object") for claim in _subjects(store, iri.RDF + part, node)
    }
    about = {claim for event in _events_of(store, nodes) for claim in _subjects(store, iri.RDF + "subject", event)}
    return ends | about


def _said_by(store: Store, name: Name | None) -> set[str] | None:
    if name is None or name == "":
        return None
    return {claim for node in _group(store, name) for claim in _subjects(store, iri.NS + "attributedTo", node)}


def _events_of(store: Store, nodes: Iterable[str]) -> set[str]:
    return {event for node in nodes for role in ROLES for event in _subjects(store, iri.NS + role, node)}


def _subjects(store: Store, predicate: str, node: str) -> Iterator[str]:
    found = store.quads(None, NamedNode(predicate), NamedNode(node))
    return (quad.subject.value for quad in found if isinstance(quad.subject, NamedNode))


def _documents(store: Store, nodes: Iterable[str]) -> set[str]:
    """The keys of the documents in which these claims or events stand."""
    graphs = (quad.graph_name for node in nodes for quad in store.quads(NamedNode(node), NamedNode(iri.RDF + "type")))
    return {
        g.value.removeprefix(iri.DOCUMENTS)
        for g in graphs
        if isinstance(g, NamedNode) and g.value.startswith(iri.DOCUMENTS)
    }


def _in(keys: set[str] | None, found: set[str]) -> set[str]:
    return found if keys is None else keys & found
