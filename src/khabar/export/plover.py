"""Who did what to whom as coded event data, in the manner of PLOVER and CAMEO: a row for each pair of actors.

Only facts, and only classes and relations for which the ontology states a PLOVER code. Every report has rows of its own
(`happening` tells which are one), as in data that machines code from news. Modes, contexts and CAMEO's own numbers are
stated nowhere in the ontology, so `event_mode` stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import IO

from pyoxigraph import Literal, NamedNode

from khabar import iri, records
from khabar.export.selection import Format, Selection
from khabar.export.sheets import Cell, Sheet, counted
from khabar.export.ties import sides
from khabar.records import ClaimRow, EventRow, Named, Things

COLUMNS = (
    "event_id event_date date_from date_to date_edtf publication_date source_actor source_actor_iri "
    "source_actor_wikidata source_actor_class target_actor target_actor_iri target_actor_wikidata target_actor_class "
    "event_type event_mode khabar_class place place_iri country latitude longitude killed injured "
    "quote url publisher said_by khabar_event khabar_claims khabar_document khabar_status khabar_confidence happening"
).split()
_NOBODY = ("", "")


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write the events of each document, then the relations that have a code."""
    things = Things(selection.store, text=selection.text)
    sheet = Sheet(output, COLUMNS)
    for event in counted(records.events(selection.store, text=selection.text), selection.progress):
        if event.fact and event.plover:
            for number, pair in enumerate(pairs(things, event), 1):
                sheet.write(_cells(things, pair, _of_event(event, number)))
    if not (coded := _relations(selection)):
        return
    for claim in counted(records.claims(selection.store, text=selection.text), selection.progress):
        if claim.fact and claim.predicate in coded:
            pair = (claim.subject, claim.subject_ar), (claim.object, claim.object_ar)
            sheet.write(_cells(things, pair, _of_claim(claim, coded[claim.predicate])))


def pairs(things: Things, event: EventRow) -> Iterator[tuple[Named, Named]]:
    """Each doer with each of those whom it is done to; `_NOBODY` where a side is not told."""
    one, other = sides(things, event)
    return product(one or (_NOBODY,), other or (_NOBODY,))


def _relations(selection: Selection) -> dict[str, str]:
    """The PLOVER codes of relations by local name, as the ontology of the store states them."""
    found = selection.store.quads(None, NamedNode(iri.SKOS + "notation"), None, iri.ONTOLOGY)
    codes = ((quad.subject, quad.object) for quad in found)
    relations = Things(selection.store).ontology.relations
    return {
        node.value.removeprefix(iri.NS): code.value
        for node, code in codes
        if isinstance(node, NamedNode)
        and isinstance(code, Literal)
        and code.datatype.value == iri.NS + "plover"
        and node.value.removeprefix(iri.NS) in relations
    }


def _of_event(event: EventRow, number: int) -> dict[str, Cell]:
    first, last = event.not_before, event.not_after
    day = first.date() if first and last and first.date() == last.date() else None
    return {
        "event_id": f"khabar-{event.key}-{number}",
        "event_date": day.isoformat() if day else "",
        "date_from": first.date().isoformat() if first else "",
        "date_to": last.date().isoformat() if last else "",
        "date_edtf": event.edtf,
        "publication_date": event.date,
        "event_type": event.plover,
        "khabar_class": event.class_,
        "place": event.located_en or event.located_ar,
        "place_iri": event.located,
        "country": event.country_en or event.country_ar,
        "latitude": event.lat,
        "longitude": event.lon,
        "killed": event.killed,
        "injured": event.injured,
        "quote": event.quote,
        "url": event.url,
        "publisher": event.publisher,
        "said_by": [label for _, label in event.sources],
        "khabar_event": event.event,
        "khabar_claims": event.claims,
        "khabar_document": event.document,
        "khabar_status": event.status,
        "khabar_confidence": event.confidence,
        "happening": event.group if event.group != event.event else "",
    }


def _of_claim(claim: ClaimRow, code: str) -> dict[str, Cell]:
    return {
        "event_id": f"khabar-{claim.key}",
        "date_from": claim.not_before.date().isoformat() if claim.not_before else "",
        "date_to": claim.not_after.date().isoformat() if claim.not_after else "",
        "date_edtf": claim.edtf,
        "publication_date": claim.date,
        "event_type": code,
        "khabar_class": claim.predicate,
        "quote": claim.quote,
        "url": claim.url,
        "publisher": claim.publisher,
        "said_by": claim.source_ar or claim.source_en,
        "khabar_claims": claim.claim,
        "khabar_document": claim.document,
        "khabar_status": claim.modality,
        "khabar_confidence": claim.confidence,
    }


def _cells(things: Things, pair: tuple[Named, Named], told: dict[str, Cell]) -> list[Cell]:
    for side, (node, label) in zip(("source", "target"), pair, strict=True):
        if node:
            one = things.standing(node)
            told |= {
                f"{side}_actor": one.label_en or one.label_ar or label,
                f"{side}_actor_iri": one.iri,
                f"{side}_actor_wikidata": one.wikidata,
                f"{side}_actor_class": one.class_,
            }
    return [told.get(name) for name in COLUMNS]


FORMATS = (Format("plover-csv", "facts as coded events, who did what to whom, a row a pair of actors; CSV", write),)
