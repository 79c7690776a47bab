"""SPARQL 1.1 Protocol and Graph Store Protocol, case by case as the W3C's tests have them, against a running server."""

import json
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, SPARQLWrapper

from handmade import EXTRACTION, Catalogue, Schema, article
from khabar import iri
from khabar.rdf import to_rdf
from khabar.store import Store
from serving import JSON_ROWS, serving

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
KEY = iri.document_key(EXTRACTION.record)
OTHER = article(1, ("tr", "supports", "haftar"))
OTHER_KEY = iri.document_key(OTHER.record)
GRAPHS = [iri.document_graph(key) for key in (KEY, OTHER_KEY)]
ASK = "ASK { ?s ?p ?o }"
BOTH = " ".join(f"GRAPH ?g{i} {{ <{iri.document(key)}> a ?c{i} }}" for i, key in enumerate((KEY, OTHER_KEY)))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("serve") / "store"
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in (EXTRACTION, OTHER):
            store.replace(to_rdf(extraction, Catalogue(), Schema()))
    return path


@pytest.fixture(scope="module")
def server(path):
    with serving(path) as running:
        yield running


def verdict(answer) -> bool:
    status, _, body = answer
    assert status == 200, body
    return json.loads(body)["boolean"]


# Queries -------------------------------------------------------------------------------------------------------------


def test_query_by_get(server):
    assert verdict(server.ask(f"/sparql?query={quote(ASK)}", Accept=JSON_ROWS))


def test_query_by_form(server):
    assert verdict(server.ask("/sparql", "POST", urlencode({"query": ASK}), Content_Type=FORM, Accept=JSON_ROWS))


@pytest.mark.parametrize("content", [QUERY, f"{QUERY}; charset=utf-8", QUERY.upper()])
def test_query_as_body(server, content):
    assert verdict(server.ask("/sparql", "POST", ASK, Content_Type=content, Accept=JSON_ROWS))


def test_head_has_the_headers_and_no_body(server):
    status, headers, body = server.ask(f"/sparql?query={quote(ASK)}", "HEAD", Accept=JSON_ROWS)
    assert (status, headers["content-type"], body) == (200, JSON_ROWS, b"")
    assert int(headers["content-length"]) > 0


SELECT = "SELECT ?s WHERE { ?s a <https://w3id.org/khabar/ns#Document> }"
CONSTRUCT = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, "", JSON_ROWS),
        (SELECT, "*/*", JSON_ROWS),
        (SELECT, "application/json", JSON_ROWS),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/html, application/xml;q=0.9, */*;q=0.8", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "text/csv;q=0.1, application/sparql-results+json;q=0.2", JSON_ROWS),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ASK, "text/csv", "text/csv; charset=utf-8"),
        (CONSTRUCT, "", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples; charset=utf-8"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        ("DESCRIBE <https://w3id.org/khabar/entity/haftar>", "text/turtle", "text/turtle; charset=utf-8"),
    ],
)
def test_content_is_negotiated(server, query, accept, media):
    headers = {"Accept": accept} if accept else {}
    status, found, body = server.ask(f"/sparql?query={quote(query)}", **headers)
    assert (status, found["content-type"]) == (200, media), body
    if query == SELECT:
        rows = {
            "json": lambda: ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON),
            "xml": lambda: ox.parse_query_results(body, format=ox.QueryResultsFormat.XML),
            "tab": lambda: ox.parse_query_results(body, format=ox.QueryResultsFormat.TSV),
            "csv": lambda: body.decode().splitlines()[1:],
        }
        assert len(list(next(rows[name]() for name in rows if name in media))) == 2
    elif query == CONSTRUCT:
        form = {"turtle": "turtle", "n-triples": "nt", "rdf+xml": "xml", "ld+json": "json-ld"}
        graph = rdflib.Graph().parse(data=body, format=next(form[name] for name in form if name in media))
        with_type = list(graph.triples((None, rdflib.RDF.type, None)))
        assert len(graph) == len(with_type) > 10


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (SELECT, "image/png")])
def test_what_cannot_be_had_is_406(server, query, accept):
    status, _, body = server.ask(f"/sparql?query={quote(query)}", Accept=accept)
    assert (status, body.count(b"\n")) == (406, 1)


@pytest.mark.parametrize("way", ["get", "form", "body"])
@pytest.mark.parametrize(
    ("query", "dataset", "expected"),
    [
        (f"ASK {{ <{iri.document(KEY)}> a ?c }}", [("default-graph-uri", GRAPHS[0])], True),
        (f"ASK {{ <{iri.document(KEY)}> a ?c }}", [("default-graph-uri", GRAPHS[1])], False),
        (f"ASK {{ <{iri.document(KEY)}> a ?c }}", [("default-graph-uri", graph) for graph in GRAPHS], True),
        (f"ASK {{ {BOTH} }}", [("named-graph-uri", graph) for graph in GRAPHS], True),
        (f"ASK {{ {BOTH} }}", [("named-graph-uri", GRAPHS[0])], False),
        (ASK, [("named-graph-uri", GRAPHS[0])], False),
        (
            f"ASK {{ <{iri.document(KEY)}> a ?c . GRAPH ?g {{ <{iri.document(OTHER_KEY)}> a ?d }} }}",
            [("default-graph-uri", GRAPHS[0]), ("named-graph-uri", GRAPHS[1])],
            True,
        ),
        (f"ASK FROM <{GRAPHS[1]}> {{ <{iri.document(KEY)}> a ?c }}", [("default-graph-uri", GRAPHS[0])], True),
        (f"ASK FROM <{GRAPHS[1]}> {{ <{iri.document(KEY)}> a ?c }}", [], False),
        (f"ASK FROM NAMED <{GRAPHS[0]}> {{ GRAPH ?g {{ <{iri.document(KEY)}> a ?c }} }}", [], True),
        (f"ASK FROM NAMED <{GRAPHS[0]}> {{ ?s ?p ?o }}", [], False),
    ],
)
def test_the_data_set_is_that_of_the_request_then_that_of_the_query(server, way, query, dataset, expected):
    if way == "get":
        answer = server.ask("/sparql?" + urlencode([("query", query), *dataset]), Accept=JSON_ROWS)
    elif way == "form":
        body = urlencode([("query", query), *dataset])
        answer = server.ask("/sparql", "POST", body, Content_Type=FORM, Accept=JSON_ROWS)
    else:
        answer = server.ask("/sparql?" + urlencode(dataset), "POST", query, Content_Type=QUERY, Accept=JSON_ROWS)
    assert verdict(answer) is expected


@pytest.mark.parametrize(
    ("method", "address", "body", "content", "status", "line"),
    [
        ("PUT", f"?query={quote(ASK)}", None, None, 405, None),
        ("DELETE", f"?query={quote(ASK)}", None, None, 405, None),
        ("GET", f"?query={quote(ASK)}&query={quote(ASK)}", None, None, 400, b"more than one query"),
        ("POST", "", urlencode([("query", ASK), ("query", ASK)]), FORM, 400, b"more than one query"),
        ("POST", f"?query={quote(ASK)}", ASK, QUERY, 400, b"send it once"),
        ("POST", "", "", FORM, 400, b"no query"),
        ("POST", "", ASK, "text/plain", 415, b"Content-Type"),
        ("POST", "", ASK, None, 415, b"Content-Type"),
        ("POST", "", urlencode({"query": ASK}), QUERY, 400, b"malformed"),
        ("POST", "", ASK.encode("utf-16"), f"{QUERY}; charset=utf-16", 415, b"charset"),
        ("POST", "", ASK.encode("utf-16"), QUERY, 400, b"UTF-8"),
        ("GET", "?query=ASK%20%7B%ff%7D", None, None, 400, b"UTF-8"),
        ("GET", "?query=ASK%20%7B", None, None, 400, b"malformed"),
        ("GET", f"?query={quote(ASK)}&default-graph-uri=not%20an%20iri", None, None, 400, b"no IRI"),
        ("GET", "?query=" + quote("SELECT ?nope WHERE { ?x unknown:y ?z }"), None, None, 400, b"malformed"),
        ("POST", "", urlencode({"update": "CLEAR ALL"}), FORM, 403, b"only reads"),
        ("POST", "", "CLEAR ALL", "application/sparql-update", 403, b"only reads"),
        ("GET", f"?update={quote('CLEAR ALL')}", None, None, 403, b"only reads"),
        ("GET", f"?query={quote('CLEAR ALL')}", None, None, 400, b"CLEAR is refused"),
    ],
)
def test_bad_requests_get_their_status_and_one_line(server, method, address, body, content, status, line):
    headers = {"Content_Type": content} if content else {}
    found, _, text = server.ask("/sparql" + address, method, body, **headers)
    assert found == status, text
    if line:
        assert line in text
        assert text.endswith(b"\n")
        assert text.count(b"\n") == 1


# Descriptions --------------------------------------------------------------------------------------------------------

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


def test_without_a_query_the_endpoint_describes_itself(server):
    status, headers, body = server.ask("/sparql", Accept="text/turtle")
    assert (status, headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    graph = rdflib.Graph().parse(data=body, format="turtle")
    service = rdflib.URIRef(f"{server.address}/sparql")
    assert graph.value(service, SD.endpoint) == service
    assert (service, SD.feature, SD.UnionDefaultGraph) in graph
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert server.ask("/sparql", Accept="text/html")[1]["content-type"].startswith("text/html")


def test_void_counts_what_is_there(server, path):
    graph = rdflib.Graph().parse(data=server.ask("/.well-known/void")[2], format="turtle")
    (dataset,) = graph.subjects(rdflib.RDF.type, VOID.Dataset)
    with Store.open(path) as store:
        assert int(graph.value(dataset, VOID.triples)) == len(store)
    assert int(graph.value(dataset, VOID.documents)) == 2
    parts = {
        str(graph.value(part, VOID["class"])): int(graph.value(part, VOID.entities))
        for part in graph.objects(dataset, VOID.classPartition)
    }
    assert parts[iri.NS + "Document"] == 2


# Graphs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/graphs?graph=" + quote(GRAPHS[0], safe=""), f"/graph/doc/{KEY}"])
def test_a_graph_comes_whole(server, path, address):
    status, headers, body = server.ask(address, Accept="application/n-triples")
    assert (status, headers["content-type"]) == (200, "application/n-triples; charset=utf-8")
    with Store.open(path) as store:
        expected = sorted(f"{quad.triple} ." for quad in store.quads(graph=GRAPHS[0]))
    assert sorted(body.decode().splitlines()) == expected
    status, again, nothing = server.ask(address, "HEAD", Accept="application/n-triples")
    assert (status, nothing, again["content-length"]) == (200, b"", headers["content-length"])


def test_the_default_graph_is_all_of_them(server, path):
    body = server.ask("/graphs?default", Accept="application/n-triples")[2]
    with Store.open(path) as store:
        assert len(set(body.decode().splitlines())) == len(store)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/graphs", 400),
        ("/graphs?graph=a&graph=b", 400),
        ("/graphs?graph=a&default", 400),
        ("/graphs?graph=" + quote("https://example.org/none", safe=""), 404),
        ("/graphs?graph=not%20an%20iri", 404),
        ("/graph/doc/none", 404),
    ],
)
def test_what_is_no_graph(server, address, status):
    assert server.ask(address)[0] == status


def test_an_answer_that_is_known_is_not_sent_again(server):
    _, headers, _ = server.ask(f"/graph/doc/{KEY}")
    status, again, body = server.ask(f"/graph/doc/{KEY}", If_None_Match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert server.ask(f"/graph/doc/{KEY}", If_None_Match=headers["etag"], Accept="text/html")[0] == 406
    assert server.ask(f"/graph/doc/{KEY}", If_None_Match=headers["etag"], Accept="application/n-triples")[0] == 200


# Libraries -----------------------------------------------------------------------------------------------------------


def test_sparqlwrapper(server):
    client = SPARQLWrapper(f"{server.address}/sparql")
    client.setQuery(SELECT)
    for form, count in ((JSON, lambda found: len(found["results"]["bindings"])), (CSV, lambda b: len(b.split()) - 1)):
        client.setReturnFormat(form)
        for method in ("GET", "POST"):
            client.setMethod(method)
            assert count(client.query().convert()) == 2


def test_rdflib_sparql_store(server):
    graph = rdflib.Graph(SPARQLStore(f"{server.address}/sparql", returnFormat="json"))
    kind = rdflib.URIRef(iri.NS + "Document")
    assert {str(node) for node in graph.subjects(rdflib.RDF.type, kind)} == {iri.document(KEY), iri.document(OTHER_KEY)}
    assert len(list(graph.query(SELECT))) == 2


def test_rdflib_reads_by_address(server):
    graph = rdflib.Graph().parse(f"{server.address}/doc/{KEY}")
    assert (rdflib.URIRef(iri.document(KEY)), rdflib.RDF.type, rdflib.URIRef(iri.NS + "Document")) in graph
