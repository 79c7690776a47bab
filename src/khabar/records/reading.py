"""Reads the rows of a store, one document graph in memory at a time, in the order of documents and of their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from pyoxigraph import NamedNode

from khabar import iri
from khabar.model import Stance
from khabar.records.page import Page
from khabar.records.rows import ROLES, ClaimRow, DocumentRow, EntityRow, EventRow, Named
from khabar.records.things import Thing, Things, key
from khabar.store import Store

_TYPE = iri.RDF + "type"
_OCCURRENCE = iri.NS + "Occurrence"
_HIT = ("ViolentEvent", "TerritoryChange")
"""Events that are where their target is."""
_PRECISE = ("Facility", "Settlement", "AdministrativeArea", "Place", "Country")


def claims(store: Store, *, documents: Iterable[str] | None = None, text: bool = True) -> Iterator[ClaimRow]:
    """All claims, or those of the documents with these keys; without `text`, long quotes are cut (see `withheld`).

    They come by document key, begin of the passage and IRI. A key that the store has not gives no rows.
    """
    things = Things(store, text=text)
    for page in _pages(store, documents, text=text):
        yield from _claims(store, things, page)


def events(store: Store, *, documents: Iterable[str] | None = None, text: bool = True) -> Iterator[EventRow]:
    """All events, or those of the documents with these keys, by document key, first trigger and IRI."""
    things = Things(store, text=text)
    for page in _pages(store, documents, text=text):
        told: dict[str, list[ClaimRow]] = {}
        for claim in _claims(store, things, page):
            told.setdefault(claim.subject, []).append(claim)
        for event in sorted(page.events(), key=lambda node: (page.mentions(node)[:1], node)):
            yield _event(store, things, page, event, told.get(event, []))


def entities(store: Store, *, text: bool = True) -> Iterator[EntityRow]:
    """All entities: those of the knowledge base by IRI, then each document's own by its first mention."""
    things = Things(store, text=text)
    found = store.quads(None, NamedNode(_TYPE), None, iri.ENTITIES)
    for node in sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}):
        yield _entity(store, things.find(node))
    for page in _pages(store, None, text=False):
        for node in sorted(page.unlinked(), key=lambda node: (page.mentions(node)[:1], node)):
            yield _entity(store, things.find(node), page.key)


def documents(store: Store, *, text: bool = True) -> Iterator[DocumentRow]:
    """All documents by key, without their texts; without `text`, a title that is half an article is cut."""
    things = Things(store, text=text)
    for page in _pages(store, None, text=text):
        node = iri.document(page.key)
        yield DocumentRow(
            iri=node,
            **page.head,
            language=page.value(node, iri.DCT + "language"),
            sha256=page.value(node, iri.NS + "sha256"),
            length=len(things.value(node, iri.NIF + "isString")),
            mentions=len(page.of_class("Mention")),
            entities=len(set(page.named())),
            events=len(page.events()),
            claims=len(page.of_class("Claim")),
            facts=sum(claim.fact for claim in _claims(store, things, page)),
            story=things.value(node, iri.NS + "groupedIn", iri.LINKS),
            run=things.value(node, iri.NS + "extractedBy", iri.RUNS),
        )


def _pages(store: Store, keys: Iterable[str] | None, *, text: bool) -> Iterator[Page]:
    present = store.documents()
    wanted = present if keys is None else sorted(set(keys) & set(present))
    return (Page(store, key, text=text) for key in wanted)


def _claims(store: Store, things: Things, page: Page) -> list[ClaimRow]:
    rows = (_claim(store, things, page, node) for node in page.of_class("Claim"))
    return sorted(rows, key=lambda row: (row.begin, row.claim))


def _claim(store: Store, things: Things, page: Page, node: str) -> ClaimRow:
    subject, predicate, obj = (page.value(node, iri.RDF + part) for part in ("subject", "predicate", "object"))
    stance = Stance(
        *(cast("Any", key(page.value(node, iri.NS + name))) for name in ("modality", "polarity", "certainty"))
    )
    fact = _OCCURRENCE if predicate == _TYPE else obj
    source = page.value(node, iri.NS + "attributedTo")
    speaker = things.find(source) if source else Thing("")
    begin, end, quote = page.span(page.value(node, iri.NS + "evidence"))
    one, other = things.find(subject), things.find(obj)
    return ClaimRow(
        claim=node,
        key=key(node),
        **page.head,
        subject=subject,
        subject_ar=one.label_ar,
        subject_en=one.label_en,
        subject_class=one.class_,
        subject_wikidata=one.wikidata,
        subject_group=one.group,
        predicate=key(predicate),
        object=obj,
        object_ar=other.label_ar,
        object_en=other.label_en,
        object_class=other.class_,
        object_wikidata=other.wikidata,
        object_group=other.group,
        modality=stance.modality,
        polarity=stance.polarity,
        certainty=stance.certainty,
        fact=stance.settled and _holds(store, subject, predicate, fact, iri.FACTS),
        known=_holds(store, subject, predicate, obj, iri.ENTITIES),
        source=source,
        source_ar=speaker.label_ar,
        source_en=speaker.label_en,
        source_class=speaker.class_,
        quote=quote,
        begin=begin,
        end=end,
        rule=page.value(node, iri.NS + "rule"),
        confidence=float(page.value(node, iri.NS + "confidence")),
        edtf=page.value(node, iri.NS + "edtf"),
        not_before=page.instant(node, iri.NS + "notBefore"),
        not_after=page.instant(node, iri.NS + "notAfter"),
    )


def _event(store: Store, things: Things, page: Page, event: str, told: Sequence[ClaimRow]) -> EventRow:
    """An event, from the claims about it."""
    fact = _holds(store, event, _TYPE, _OCCURRENCE, iri.FACTS)
    own = [claim for claim in told if claim.predicate == "type"]
    rests = [claim for claim in own if claim.fact or not fact]
    rests += [claim for claim in told if claim.fact and claim.predicate != "type"]
    fillers = {
        role: sorted({*page.values(event, iri.NS + role), *things.values(event, iri.NS + role, iri.FACTS)})
        for role in ROLES
    }
    named: dict[str, tuple[Named, ...]] = {
        role: tuple(things.find(one).named for one in found) for role, found in fillers.items()
    }
    thing, codes = things.find(event), page.codes(event)
    begin, end, quote = next(((one.begin, one.end, one.quote) for one in rests), (0, 0, ""))
    where, by = _where(things, thing, fillers)
    country = things.find(where.country) if where.country else Thing("")
    return EventRow(
        event=event,
        key=thing.key,
        **page.head,
        class_=thing.class_,
        class_ar=thing.label_ar,
        class_en=thing.label_en,
        plover=codes.get("plover", ""),
        acled=codes.get("acled", ""),
        ucdp=codes.get("ucdp", ""),
        status=key(page.value(event, iri.NS + "status")),
        fact=fact,
        agent=named["agent"],
        participant=named["participant"],
        target=named["target"],
        recipient=named["recipient"],
        instrument=named["instrument"],
        place=named["place"],
        about=named["about"],
        edtf=page.value(event, iri.NS + "edtf"),
        not_before=page.instant(event, iri.NS + "notBefore"),
        not_after=page.instant(event, iri.NS + "notAfter"),
        killed=page.number(event, iri.NS + "killed"),
        injured=page.number(event, iri.NS + "injured"),
        located=where.iri,
        located_by=by,
        located_ar=where.label_ar,
        located_en=where.label_en,
        located_class=where.class_,
        lat=where.lat,
        lon=where.lon,
        country=where.country,
        country_ar=country.label_ar,
        country_en=country.label_en,
        trigger=next((words for _, _, words in page.mentions(event)), ""),
        claims=tuple(claim.claim for claim in rests),
        quote=quote,
        begin=begin,
        end=end,
        sources=tuple(dict.fromkeys(things.find(claim.source).named for claim in rests if claim.source)),
        confidence=max((claim.confidence for claim in rests), default=0.0),
        group=thing.group,
        story=things.value(iri.document(page.key), iri.NS + "groupedIn", iri.LINKS),
    )


def _where(things: Things, event: Thing, fillers: Mapping[str, Sequence[str]]) -> tuple[Thing, str]:
    """The smallest place of an event with the role that names it; a country that is hit is an actor, not a place."""
    places = [(things.find(one), "place") for one in fillers["place"]]
    if any(things.is_a(event, kind) for kind in _HIT):
        hit = map(things.find, fillers["target"])
        places += [(one, "target") for one in hit if things.is_a(one, "Place") and one.class_ != "Country"]
    return min(places, key=_size, default=(Thing(""), ""))


def _size(found: tuple[Thing, str]) -> tuple[int, bool, str, str]:
    place, role = found
    rank = _PRECISE.index(place.class_) if place.class_ in _PRECISE else len(_PRECISE)
    return rank, place.lat is None, role, place.iri


def _entity(store: Store, thing: Thing, document: str = "") -> EntityRow:
    spans = store.quads(None, NamedNode(iri.NS + "refersTo"), NamedNode(thing.iri))
    where = [quad.subject.value.partition("#")[0] for quad in spans if isinstance(quad.subject, NamedNode)]
    return EntityRow(
        entity=thing.iri,
        key=thing.key,
        known=not document,
        document=document,
        class_=thing.class_,
        label_ar=thing.label_ar,
        label_en=thing.label_en,
        aliases=thing.aliases,
        wikidata=thing.wikidata,
        lat=thing.lat,
        lon=thing.lon,
        country=thing.country,
        part_of=thing.part_of,
        located_in=thing.located_in,
        mentions=len(where),
        documents=len(set(where)),
        group=thing.group,
    )


def _holds(store: Store, subject: str, predicate: str, obj: str, graph: str) -> bool:
    return any(True for _ in store.quads(NamedNode(subject), NamedNode(predicate), NamedNode(obj), graph))
