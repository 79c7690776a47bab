"""Which format an answer gets: what the client accepts, as it ranks it, among what this kind of answer can be."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Media:
    """A media type that can be asked for, the type that is sent then, and the short name for `?format=`."""

    accepts: str
    sends: str
    short: str
    rows: QueryResultsFormat | None = None
    rdf: RdfFormat | None = None


_UTF8 = "; charset=utf-8"

ROWS = (
    Media("application/sparql-results+json", "application/sparql-results+json", "json", rows=QueryResultsFormat.JSON),
    Media("application/sparql-results+xml", "application/sparql-results+xml", "xml", rows=QueryResultsFormat.XML),
    Media("text/csv", f"text/csv{_UTF8}", "csv", rows=QueryResultsFormat.CSV),
    Media("text/tab-separated-values", f"text/tab-separated-values{_UTF8}", "tsv", rows=QueryResultsFormat.TSV),
    Media("application/json", "application/sparql-results+json", "json", rows=QueryResultsFormat.JSON),
    Media("application/xml", "application/sparql-results+xml", "xml", rows=QueryResultsFormat.XML),
    Media("text/xml", "application/sparql-results+xml", "xml", rows=QueryResultsFormat.XML),
)

TRIPLES = (
    Media("text/turtle", f"text/turtle{_UTF8}", "ttl", rdf=RdfFormat.TURTLE),
    Media("application/n-triples", f"application/n-triples{_UTF8}", "nt", rdf=RdfFormat.N_TRIPLES),
    Media("application/ld+json", "application/ld+json", "jsonld", rdf=RdfFormat.JSON_LD),
    Media("application/rdf+xml", "application/rdf+xml", "rdf", rdf=RdfFormat.RDF_XML),
    Media("application/trig", f"application/trig{_UTF8}", "trig", rdf=RdfFormat.TRIG),
    Media("application/n-quads", f"application/n-quads{_UTF8}", "nq", rdf=RdfFormat.N_QUADS),
    Media("application/xml", "application/rdf+xml", "xml", rdf=RdfFormat.RDF_XML),
    Media("application/json", "application/ld+json", "json", rdf=RdfFormat.JSON_LD),
    Media("text/plain", "text/plain; charset=utf-8", "nt", rdf=RdfFormat.N_TRIPLES),
)

PAGE = Media("text/html", f"text/html{_UTF8}", "html")


def choose(offers: tuple[Media, ...], accept: str, short: str = "") -> Media | None:
    """The best offer for an Accept header, or the one that `?format=` names; None when nothing is acceptable.

    Among equals the first offer wins; an empty header accepts everything.

    >>> choose(ROWS, "text/csv;q=0.5, application/*;q=0.2").short, choose(ROWS, "image/png")
    ('csv', None)
    """
    if short:
        return next((offer for offer in offers if offer.short == short), None)
    wanted = _parse(accept) or [("*/*", 1.0)]
    best, top = None, 0.0
    for offer in offers:
        quality = _quality(offer.accepts, wanted)
        if quality > top:
            best, top = offer, quality
    return best


def _parse(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        if name:
            found.append((name.lower(), quality))
    return found


def _quality(media: str, wanted: list[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers the type."""
    family = media.partition("/")[0] + "/*"
    for pattern in (media, family, "*/*"):
        found = [quality for name, quality in wanted if name == pattern]
        if found:
            return max(found)
    return 0.0
