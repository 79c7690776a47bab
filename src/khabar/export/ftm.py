"""FollowTheMoney entities as JSON lines, for Aleph, OpenAleph and the tools of OpenSanctions.

Only facts become links and events: a link in FollowTheMoney has no stance, so what is denied, hedged or planned would
pass for one there. Every link, event and mention names its articles as `proof`. Merged entities are one. What only
describes (materiel, crowds, unnamed sources) has no schema and is left to the quotes. Links are added up in memory;
all else is written as it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from khabar import iri, records
from khabar.errors import ResourceError
from khabar.export.selection import Format, Selection
from khabar.export.sheets import counted
from khabar.records import ClaimRow, DocumentRow, EntityRow, EventRow, Named, Things
from khabar.records.page import Page

if TYPE_CHECKING:
    from followthemoney import EntityProxy

SCHEMATA = {
    "Person": "Person",
    "Organization": "Organization",
    "Government": "PublicBody",
    "InternationalOrganization": "Organization",
    "MediaOutlet": "Organization",
    "ArmedForce": "Organization",
    "StateForce": "PublicBody",
    "RebelGroup": "Organization",
    "Militia": "Organization",
    "PrivateMilitaryCompany": "Company",
    "MilitaryUnit": "Organization",
    "Country": "PublicBody",  # it acts; a Territory could neither support anybody nor be a side of an event
    "AdministrativeArea": "Address",
    "Settlement": "Address",
    "Facility": "Address",
    "Place": "Address",
    "Position": "Position",
}
"""The schema of each class; those below a class that is missing here have none."""

LINKS = {
    "memberOf": ("Membership", "member", "organization"),
    "partOf": ("Membership", "member", "organization"),
    "leads": ("Directorship", "director", "organization"),
    "hires": ("Employment", "employer", "employee"),
    "holdsPosition": ("Occupancy", "holder", "post"),
}
"""Schema and ends of relations; where the ends do not fit, and for all other relations, an UnknownLink."""

_UNKNOWN = ("UnknownLink", "subject", "object")
_PROOFS, _QUOTES = 100, 5
"""How many articles and claims one entity or link names, and quotes; the mentions name all articles."""


@dataclass(slots=True)
class _Link:
    """What is kept of a link: the keys of its first claims, their articles, a few quotes, all publishers, its times."""

    claims: list[str] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    quotes: list[str] = field(default_factory=list)
    publishers: set[str] = field(default_factory=set)
    start: str = ""
    end: str = ""


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write documents, entities and their mentions, events, then links; one entity a line."""
    writer = _Writer(selection)
    for proxy in counted(writer.proxies(), selection.progress):
        output.write(json.dumps(proxy.to_dict(), ensure_ascii=False, sort_keys=True).encode() + b"\n")


class _Writer:
    """Makes entities of FollowTheMoney out of a store."""

    def __init__(self, selection: Selection) -> None:
        try:
            from followthemoney import model
        except ImportError as error:
            raise ResourceError("this needs followthemoney; install it with `pip install 'khabar[ftm]'`") from error
        self._model = model
        self._selection = selection
        self._store = selection.store
        self._things = Things(selection.store, text=selection.text)

    def proxies(self) -> Iterator[EntityProxy]:
        """All of them."""
        yield from map(self._document, records.documents(self._store, text=self._selection.text))
        for row in records.entities(self._store, text=self._selection.text):
            if row.entity == row.group and row.class_ in SCHEMATA:
                yield self._entity(row)
        for key in self._store.documents():
            yield from self._mentions(Page(self._store, key, text=False))
        for event in records.events(self._store, text=self._selection.text):
            if event.fact:
                yield self._event(event)
        yield from self._links()

    def _proxy(self, schema: str, node: str, **values: Any) -> EntityProxy:
        proxy = self._model.make_entity(schema)
        proxy.id = node
        for name, value in values.items():
            proxy.add(name, value)
        return proxy

    def _document(self, row: DocumentRow) -> EntityProxy:
        text = self._things.value(row.iri, iri.NIF + "isString") if self._selection.text else None
        return self._proxy(
            "Article",
            document_id(row.document),
            title=row.title or row.identifier,
            sourceUrl=row.url,
            publisher=row.publisher,
            publishedAt=row.date,
            language="ara",
            bodyText=text,
        )

    def _entity(self, row: EntityRow) -> EntityProxy:
        members = [self._things.find(node) for node in self._merged(row.entity)]
        names = [row.label_ar, row.label_en]
        proxy = self._proxy(
            SCHEMATA[row.class_],
            entity_id(row.entity),
            name=names,
            alias=sorted({*row.aliases, *(one.label_ar for one in members)} - set(names)),
            wikidataId=row.wikidata,
            country=self._things.find(row.country).label_en if row.country else None,
            sourceUrl=row.entity,
            keywords=self._things.label(row.class_, "en"),
            proof=[document_id(key) for key in self._documents((row.entity, *(one.iri for one in members)))],
        )
        if proxy.schema.name == "Address":
            proxy.add("full", names)
            # As text: a number would be rounded to two places.
            proxy.add("latitude", None if row.lat is None else str(row.lat))
            proxy.add("longitude", None if row.lon is None else str(row.lon))
        return proxy

    def _merged(self, node: str) -> list[str]:
        same = self._store.quads(None, NamedNode(iri.NS + "sameEntityAs"), NamedNode(node), iri.LINKS)
        return sorted(quad.subject.value for quad in same if isinstance(quad.subject, NamedNode))

    def _documents(self, nodes: Iterable[str]) -> list[str]:
        """The first hundred documents that mention one of the nodes; the mentions have them all."""
        refers = NamedNode(iri.NS + "refersTo")
        graphs = {str(quad.graph_name) for node in nodes for quad in self._store.quads(None, refers, NamedNode(node))}
        return sorted(graph.strip("<>").removeprefix(iri.DOCUMENTS) for graph in graphs)[:_PROOFS]

    def _mentions(self, page: Page) -> Iterator[EntityProxy]:
        for node in sorted(page.named()):
            if (found := self._end(node)) and self._fits("Mention", "resolved", found[1]):
                yield self._proxy(
                    "Mention",
                    "khabar-mention-" + iri.digest(page.key, node),
                    document=document_id(page.key),
                    resolved=found[0],
                    name=sorted({words for _, _, words in page.mentions(node)}),
                    detectedSchema=found[1],
                )

    def _event(self, row: EventRow) -> EntityProxy:
        sides: tuple[Named, ...] = (*row.agent, *row.participant, *row.target, *row.recipient)
        ends = [end for node, _ in sides if (end := self._end(node))]
        places = [end for node, _ in row.place if (end := self._end(node)) and end[1] == "Address"]
        counts = (f"{name}: {count}" for name, count in (("killed", row.killed), ("injured", row.injured)) if count)
        roles = (f"{role}: {'، '.join(n for _, n in found)}" for role in records.ROLES if (found := getattr(row, role)))
        first, last = row.not_before, row.not_after
        return self._proxy(
            "Event",
            f"khabar-event-{row.key}",
            name=" · ".join(filter(None, (row.class_ar, row.located_ar, row.edtf))),
            summary=row.quote,
            description="\n".join((*roles, *counts)),
            involved=sorted({node for node, schema in ends if self._fits("Event", "involved", schema)}),
            location=[label for _, label in row.place],
            addressEntity=sorted({node for node, _ in places}),
            country=row.country_en,
            date=row.edtf if first and last and first.date() == last.date() else None,
            startDate=first.date().isoformat() if first else None,
            endDate=last.date().isoformat() if last else None,
            keywords=[row.class_en, *(code for code in (row.plover, row.acled) if code)],
            recordId=[records.things.key(claim) for claim in row.claims],
            proof=document_id(row.document),
            sourceUrl=row.url,
            publisher=row.publisher,
        )

    def _links(self) -> Iterator[EntityProxy]:
        found: dict[tuple[str, str, str], _Link] = {}
        for claim in records.claims(self._store, text=self._selection.text):
            if claim.fact and claim.predicate in self._things.ontology.relations:
                ends = [claim.subject_group, claim.object_group]
                if self._things.ontology.symmetric(claim.predicate):
                    ends.sort()
                _add(found.setdefault((ends[0], claim.predicate, ends[1]), _Link()), claim)
        for (subject, relation, obj), link in sorted(found.items()):
            yield from self._link(subject, relation, obj, link)

    def _link(self, subject: str, relation: str, obj: str, link: _Link) -> Iterator[EntityProxy]:
        one, other = self._end(subject), self._end(obj)
        if one is None or other is None or one[0] == other[0]:
            return
        schema, source, target = LINKS.get(relation, _UNKNOWN)
        if not (self._fits(schema, source, one[1]) and self._fits(schema, target, other[1])):
            schema, source, target = _UNKNOWN
        labels = [self._things.ontology.label(relation, language) for language in ("en", "ar")]
        yield self._proxy(
            schema,
            "khabar-link-" + iri.digest(one[0], relation, other[0]),
            **{source: one[0], target: other[0]},
            **({"status": labels} if schema == "Occupancy" else {"role": labels}),
            summary=link.quotes,
            recordId=link.claims,
            proof=[document_id(key) for key in link.documents],
            sourceUrl=[url for url in link.documents.values() if url],
            publisher=sorted(link.publishers),
            startDate=link.start,
            endDate=link.end,
        )

    def _end(self, node: str) -> tuple[str, str] | None:
        """Id and schema of what stands for a node, where it has a schema."""
        one = self._things.standing(node)
        return (entity_id(one.iri), SCHEMATA[one.class_]) if one.class_ in SCHEMATA else None

    def _fits(self, schema: str, name: str, found: str) -> bool:
        """Whether an entity of the schema `found` may be a value of the property."""
        wanted = self._model[schema].properties[name].range
        return wanted is not None and self._model[found].is_a(wanted)


def _add(link: _Link, claim: ClaimRow) -> None:
    if len(link.claims) < _PROOFS:
        link.claims.append(claim.key)
        link.documents[claim.document] = claim.url
    link.publishers |= {claim.publisher} - {""}
    if len(link.quotes) < _QUOTES:
        link.quotes.append(claim.quote)
    if claim.not_before:
        day = claim.not_before.date().isoformat()
        link.start = min(day, link.start or day)
    if claim.not_after:
        link.end = max(claim.not_after.date().isoformat(), link.end)


def entity_id(node: str) -> str:
    """The id of an entity by its IRI; it never changes."""
    return f"khabar-{node.removeprefix(iri.entity(''))}"


def document_id(key: str) -> str:
    """The id of an article by its key."""
    return f"khabar-doc-{key}"


FORMATS = (
    Format("ftm", "entities, facts and articles for Aleph and OpenSanctions; FollowTheMoney", write, extra="ftm"),
)
