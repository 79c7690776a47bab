"""What a store says of one node, looked up once: labels, class, Wikidata item, place, and what stands for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.ontology import shipped
from khabar.records.rows import Named
from khabar.store import Store
from khabar.withheld import cut_off

_CACHED = 50_000


@dataclass(frozen=True, slots=True)
class Thing:
    """A node: its class by local name, names, QID, the node that stands for its group (or itself), and where it lies.

    An event without a name of its own is called by its class. `country`, `part_of`, `located_in` are IRIs; they and the
    coordinates come from the knowledge base alone, for a merged node from what the group's node has.
    """

    iri: str
    class_: str = ""
    label_ar: str = ""
    label_en: str = ""
    aliases: tuple[str, ...] = ()
    wikidata: str = ""
    group: str = ""
    lat: float | None = None
    lon: float | None = None
    country: str = ""
    part_of: str = ""
    located_in: str = ""

    @property
    def key(self) -> str:
        """What is special about its IRI."""
        return key(self.iri)

    @property
    def named(self) -> Named:
        """Its IRI and what people call it."""
        return self.iri, self.label_ar or self.label_en or self.key


class Things:
    """Looks nodes up in a store, and keeps the last 50,000; without `text`, names that are half an article are cut."""

    def __init__(self, store: Store, *, text: bool = True) -> None:
        self._store = store
        self._text = text
        self.ontology = shipped()
        self.find = lru_cache(maxsize=_CACHED)(self._find)

    def standing(self, node: str) -> Thing:
        """What stands for a node: itself, or the node of the group that it was merged into."""
        return self.find(self.find(node).group)

    def is_a(self, thing: Thing, ancestor: str) -> bool:
        """Whether the class of a thing is the ancestor or below it."""
        return thing.class_ in self.ontology.classes and self.ontology.is_a(thing.class_, ancestor)

    def label(self, kind: str, language: str) -> str:
        """The label of a class by local name; empty for none of ours."""
        return self.ontology.label(kind, language) if kind in self.ontology.classes else ""

    def values(self, node: str, predicate: str, graph: str | None = None) -> list[str]:
        """The values of a property of a node as text, sorted."""
        found = (quad.object for quad in self._store.quads(NamedNode(node), NamedNode(predicate), None, graph))
        return sorted(value.value for value in found if isinstance(value, NamedNode | Literal))

    def value(self, node: str, predicate: str, graph: str | None = None) -> str:
        """The first value of a property; empty for none."""
        return next(iter(self.values(node, predicate, graph)), "")

    def above(self, place: str) -> Iterator[str]:
        """The places that a place lies in by the knowledge base, the nearest first."""
        seen = {place}
        while upper := self.values(place, iri.NS + "locatedIn", iri.ENTITIES):
            place = upper[0]
            if place in seen:
                return
            seen.add(place)
            yield place

    def kind(self, node: str) -> str:
        """The local name of a node's class; empty for none."""
        kinds = (one.removeprefix(iri.NS) for one in self.values(node, iri.RDF + "type"))
        return next((one for one in kinds if one != "Occurrence"), "")

    def _find(self, node: str) -> Thing:
        if node.startswith(iri.NS):
            name = node.removeprefix(iri.NS)
            return Thing(node, "", self.label(name, "ar"), self.label(name, "en"), group=node)
        kind = self.kind(node)
        standing = [self.value(node, iri.NS + edge, iri.LINKS) for edge in ("sameEntityAs", "groupedIn")]
        group = next(filter(None, standing), node)
        names = self._labels(node)
        if not names and kind in self.ontology.events | {"Event"}:
            names = {language: self.label(kind, language) for language in ("ar", "en")}
        # What the knowledge base says of it, or of the node that it was merged with.
        told = group if group != node and not self.value(node, iri.RDF + "type", iri.ENTITIES) else node
        return Thing(
            iri=node,
            class_=kind,
            label_ar=names.get("ar", ""),
            label_en=names.get("en", ""),
            aliases=tuple(self.values(node, iri.SKOS + "altLabel")),
            wikidata=self._item(node, group),
            group=group,
            lat=self._degrees(told, "lat"),
            lon=self._degrees(told, "long"),
            country=next((place for place in (told, *self.above(told)) if self.kind(place) == "Country"), ""),
            part_of=self.value(told, iri.NS + "partOf", iri.ENTITIES),
            located_in=self.value(told, iri.NS + "locatedIn", iri.ENTITIES),
        )

    def _labels(self, node: str) -> dict[str, str]:
        found = (quad.object for quad in self._store.quads(NamedNode(node), NamedNode(iri.RDFS + "label")))
        labels = (label for label in found if isinstance(label, Literal) and label.language)
        return {str(one.language): one.value if self._text else cut_off(one.value) for one in labels}

    def _item(self, node: str, group: str) -> str:
        """The QID of a node, else of the node that stands for its group, else of another one of it."""
        same = self._store.quads(None, NamedNode(iri.NS + "sameEntityAs"), NamedNode(group), iri.LINKS)
        others = sorted(quad.subject.value for quad in same if isinstance(quad.subject, NamedNode))
        for one in (node, group, *others):
            for item in self.values(one, iri.OWL + "sameAs", iri.LINKS):
                if item.startswith(iri.WIKIDATA):
                    return item.removeprefix(iri.WIKIDATA)
        return ""

    def _degrees(self, node: str, axis: str) -> float | None:
        return next((float(value) for value in self.values(node, iri.WGS84 + axis, iri.ENTITIES)), None)


def key(node: str) -> str:
    """What is special about an IRI of ours: its last part.

    >>> key("https://w3id.org/khabar/claim/5f0c"), key("https://w3id.org/khabar/ns#Strike")
    ('5f0c', 'Strike')
    """
    return node.rpartition("#")[2].rpartition("/")[2] if "#char=" not in node else node.rpartition("/")[2]
