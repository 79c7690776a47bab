"""One text, read without a store."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat

from khabar import iri
from khabar.answers import write_rdf
from khabar.api.changes import extractor
from khabar.api.graph import Graph
from khabar.api.intake import day_of, record
from khabar.api.mentions import MentionRow
from khabar.api.result import Result
from khabar.api.shapes import Page
from khabar.errors import QueryError
from khabar.model import Extraction
from khabar.ontology import shipped
from khabar.rdf import to_rdf
from khabar.records import ClaimRow, EntityRow, EventRow
from khabar.store import Store

if TYPE_CHECKING:
    import rdflib

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}


def extract(
    text: str,
    *,
    date: str | date | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    id: str | None = None,
    licence: str | None = None,
    guess_names: bool = False,
) -> Reading:
    """Read one Arabic text; nothing is stored.

    Without `date` (ISO day, month or year) no relative date is resolved. `guess_names` adds names that no list knows.
    The models load with the first text and stay. InputError when a text is empty or a date is none.

    >>> event = khabar.extract("قصف الطيران الروسي مدينة إدلب أمس.", date="2019-11-12").events[0]
    >>> event.class_, event.status, event.edtf, event.target[0][1]
    ('Strike', 'Happened', '2019-11-11', 'إدلب')
    """
    fields = {"date": day_of(date), "title": title, "publisher": publisher, "url": url, "id": id, "licence": licence}
    return Reading(extractor(guess_names=guess_names).extract(record(text, fields)), guess_names=guess_names)


class Reading:
    """What one text claims. `extraction` is all that was read, `graph` the same as a Graph of one document, in memory.

    >>> reading = khabar.extract("نفت تركيا أنها تدعم حفتر.")
    >>> [(claim.predicate, claim.polarity, claim.fact, claim.source_en) for claim in reading.claims]
    [('supports', 'Negated', False, 'Turkey')]
    """

    def __init__(self, extraction: Extraction, *, guess_names: bool = False) -> None:
        self.extraction = extraction
        self.key = iri.document_key(extraction.record)
        store = Store(Path("(memory)"), ox.Store(), None, writable=False)
        store.replace(to_rdf(extraction, extractor(guess_names=guess_names).kb, shipped()))
        store.put_ontology()
        self.graph = Graph(store)

    @property
    def text(self) -> str:
        """The raw text, which all offsets count the code points of."""
        return self.extraction.record.text

    @cached_property
    def claims(self) -> Result[ClaimRow]:
        """The claims, in the order of their words."""
        return self.graph.claims()

    @cached_property
    def events(self) -> Result[EventRow]:
        """The events, in the order of their first words."""
        return self.graph.events()

    @cached_property
    def entities(self) -> Result[EntityRow]:
        """The entities that the text names: those of the knowledge base, then its own."""
        return self.graph.entities()

    @cached_property
    def mentions(self) -> Result[MentionRow]:
        """The words that name entities or tell events, with their offsets.

        >>> reading = khabar.extract("نفت تركيا أنها تدعم حفتر.")
        >>> [(one.words, one.begin, one.end) for one in reading.mentions if one.of == "entity"]
        [('تركيا', 4, 9), ('حفتر', 20, 24)]
        """
        return self.graph.mentions(self.key)

    @property
    def quads(self) -> list[Quad]:
        """The graph as quads of pyoxigraph, sorted, without the ontology."""
        found = self.graph.store.quads()
        return sorted((quad for quad in found if quad.graph_name != ox.NamedNode(iri.ONTOLOGY)), key=str)

    def to_rdf(self) -> rdflib.Graph:
        """The graph for rdflib, its named graphs in one.

        >>> from rdflib import Namespace
        >>> graph = khabar.extract("نفت تركيا أنها تدعم حفتر.").to_rdf()
        >>> (None, Namespace("https://w3id.org/khabar/ns#").polarity, None) in graph
        True
        """
        from khabar.api import foreign

        return foreign.graph((quad.subject, quad.predicate, quad.object) for quad in self.quads)

    def serialize(self, form: str = "turtle") -> str:
        """The graph as text: turtle, ntriples or rdfxml, with its named graphs apart trig, nquads or jsonld.

        >>> ":polarity :Negated ;" in khabar.extract("نفت تركيا أنها تدعم حفتر.").serialize("turtle")
        True
        """
        if form not in _FORMATS:
            raise QueryError(f"there is no format {form!r}; choose one of {', '.join(_FORMATS)}")
        quads, output = self.quads, BytesIO()
        if not _FORMATS[form].supports_datasets:
            quads = [Quad(quad.subject, quad.predicate, quad.object) for quad in quads]
        write_rdf(quads, output, _FORMATS[form])
        return output.getvalue().decode()

    def show(self, *, limit: int = 50) -> Page:
        """The text with its mentions marked, and its claims below: HTML in a notebook, else text.

        >>> print(khabar.extract("نفت تركيا أنها تدعم حفتر.").show().text.splitlines()[0])
        نفت [تركيا|تركيا (Country)] أنها تدعم [حفتر|خليفة حفتر (Person)].
        """
        from khabar.api.cards import document
        from khabar.dossier import Dossier

        store = self.graph.store
        told = Dossier(store).document(self.key).claims
        title = self.extraction.record.title or f"{len(told):,} claim{'' if len(told) == 1 else 's'}"
        return document(store, self.key, title, (), told, limit)

    def __repr__(self) -> str:
        counts = f"{len(self.claims):,} claims, {len(self.events):,} events, {len(self.entities):,} entities"
        return f"<reading of {len(self.text):,} code points: {counts}>"

    def _repr_html_(self) -> str:
        return self.show().html
