"""What the server says of itself: the service description, a page to begin with, and a form for queries."""

from __future__ import annotations

from html import escape
from io import BytesIO

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple

from khabar import iri
from khabar.answers import write_rdf
from khabar.queries import NamedQuery
from khabar.serve.formats import ROWS, TRIPLES, Media
from khabar.serve.pages import frame

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_NAMES = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/ld+json": "JSON-LD",
    "application/rdf+xml": "RDF_XML",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}


def description(base: str, media: Media) -> bytes:
    """The SPARQL service description as RDF."""
    service = NamedNode(f"{base}/sparql")
    data = NamedNode(f"{base}/.well-known/void#dataset")
    graph = BlankNode("default")
    formats = dict.fromkeys(_NAMES[offer.accepts] for offer in (*ROWS, *TRIPLES) if offer.accepts in _NAMES)
    triples = [
        Triple(service, NamedNode(iri.RDF + "type"), NamedNode(_SD + "Service")),
        Triple(service, NamedNode(_SD + "endpoint"), service),
        Triple(service, NamedNode(_SD + "supportedLanguage"), NamedNode(_SD + "SPARQL11Query")),
        Triple(service, NamedNode(_SD + "feature"), NamedNode(_SD + "UnionDefaultGraph")),
        *(Triple(service, NamedNode(_SD + "resultFormat"), NamedNode(_FORMATS + name)) for name in formats),
        Triple(service, NamedNode(_SD + "defaultDataset"), data),
        Triple(data, NamedNode(iri.RDF + "type"), NamedNode(_SD + "Dataset")),
        Triple(data, NamedNode(_SD + "defaultGraph"), graph),
        Triple(graph, NamedNode(iri.RDF + "type"), NamedNode(_SD + "Graph")),
    ]
    output = BytesIO()
    write_rdf(triples, output, media.rdf or RdfFormat.TURTLE)
    return output.getvalue()


FORM_PAGE = frame(
    "khabar: SPARQL",
    """<h1>SPARQL</h1>
<form action="/sparql" method="get">
<p><textarea name="query" rows="14" cols="80" dir="ltr" aria-label="query">
SELECT ?who ?relation ?whom WHERE { GRAPH graph:facts { ?who ?relation ?whom } } LIMIT 20</textarea></p>
<p><label>as <select name="format"><option>json</option><option>csv</option><option>tsv</option><option>xml</option>
<option>ttl</option></select></label> <button>Ask</button></p>
</form>""",
)


def index(named: tuple[NamedQuery, ...]) -> str:
    """The page at the root."""
    rows = "".join(
        f'<li><a href="/queries/{escape(query.name)}?format=csv">{escape(query.name)}</a>: {escape(query.question_en)} '
        f'<span lang="ar" dir="rtl">{escape(query.question_ar)}</span></li>\n'
        for query in named
    )
    return frame(
        "khabar",
        f"""<h1>khabar</h1>
<p>A graph of what Arabic conflict news claims, with the words, the source and the stance of every claim.</p>
<ul><li><a href="/sparql">SPARQL</a></li><li><a href="/.well-known/void?format=ttl">what is in it</a></li>
<li><a href="/openapi.json">OpenAPI</a></li></ul>
<h2>Questions</h2>
<ul>
{rows}</ul>""",
    )
