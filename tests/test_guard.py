"""SERVICE, LOAD and updates are refused however they are written; a server on loopback hears of every call."""

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.errors import QueryError
from khabar.guard import refuse_outside
from serving import listening


@pytest.fixture(scope="module")
def listener():
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def store():
    store = ox.Store()
    store.update("PREFIX e:<http://e/> INSERT DATA { e:a e:p 1 ; e:q e:b . e:b e:p 2 }")
    return store


# Each of these makes Oxigraph call out; the keyword hides in what looks like an IRI, a string, a comment or a name.
HIDDEN = [
    "SELECT * { SERVICE <U> { ?s ?p ?o } }",
    "SELECT * { serVice<U>{ ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<U>{ ?s ?p ?o } }",
    "SELECT * { SERVICE#'\n<U> { ?s ?p ?o } }",
    "PREFIX e:<http://e/> SELECT * { ?x e:p ?o.SERVICE<U> { ?s ?p ?q } }",
    "PREFIX e:<http://e/> SELECT * { ?x e:p 1SERVICE<U> { ?s ?p ?q } }",
    "PREFIX e:<http://e/> SELECT * { OPTIONAL { ?x e:p\\#  ?y } SERVICE <U> { ?s ?p ?o } }",
    "PREFIX e:<http://e/> SELECT * { OPTIONAL { ?x e:p\\'  ?y } SERVICE <U> { ?s ?p ?o } OPTIONAL { ?x e:p\\' ?y } }",
    "SELECT * { OPTIONAL { ?x <http://x/\u00a0'> ?y } SERVICE <U> { ?s ?p ?o } OPTIONAL { ?x <http://x/'> ?y } }",
    "SELECT * { OPTIONAL { ?x <urn:'> ?y } SERVICE <U> { ?s ?p ?o } OPTIONAL { ?x <urn:'> ?y } }",
    "SELECT * { OPTIONAL { ?x <urn:#> ?y } SERVICE <U> { ?s ?p ?o } }",
    "SELECT * { VALUES ?s { <U> } SERVICE ?s { ?x ?p ?o } }",
    "SELECT * { BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<'>') SERVICE <U> { ?s ?p ?o } FILTER(?a<'>') }",
    "PREFIX SERVICE:<U> SELECT * { SERVICE SERVICE: { ?s ?p ?o } }",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_what_calls_out_is_refused(query, listener, store):
    address, visits = listener
    text = query.replace("U", address)
    before = len(visits)
    with contextlib.suppress(OSError, RuntimeError, SyntaxError):
        list(store.query(text))
    called = len(visits) > before
    with pytest.raises(QueryError, match="SERVICE"):
        refuse_outside(text)
    if query == HIDDEN[0]:
        assert called  # the listener hears


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?x <http://www.w3.org/ns/sparql-service-description#endpoint> ?service }",
        'SELECT * { ?x ?p \'Security Service\' . ?x ?p """the "service" of\nsome""" }',
        "PREFIX e:<http://e/> SELECT * { ?x e:service ?y ; e:x-service ?z } # SERVICE",
        "SELECT * { ?x ?p ?o FILTER(?o<5 && ?o>2) } # load it",
        "PREFIX e:<http://e/> SELECT (COUNT(*) AS ?clear) { ?x e:load ?insert }",
    ],
)
def test_words_that_only_look_like_it_pass(query, store):
    store.query(query)
    refuse_outside(query)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("LOAD <http://example.org/x>", "LOAD"),
        ("INSERT DATA { <a:a> <a:b> 1 }", "INSERT"),
        ("SELECT * {} ; DROP ALL", "DROP"),
        ("\\u0053ERVICE", r"\\u"),
    ],
)
def test_changes_are_refused(query, word):
    with pytest.raises(QueryError, match=word):
        refuse_outside(query)


PIECES = st.sampled_from(
    [
        *"""SERVICE service SERVICESILENT SILENT <U> ?s ?a ?b $x { } ( ) . ; , < > <= && || ! FILTER BIND(1AS?a)
        OPTIONAL UNION MINUS ' " \\' \\" \\# # #' #> <'> <#> <urn:'> <urn:#> <http://x/'> <http://x/#> ''' e:p
        e:p\\# e:p\\' e: e:. : 1 1.0 'x' 'x'@en ?a<?b FILTER(?a<?b) FILTER(?a<?b)SERVICE?s#> {?s?p?o} VALUES?s{<U>}
        true 1SERVICE ?o.SERVICE e:b.SERVICE \\u0053""".split(),
        '"""',
        "\u00a0",
        "\n",
        " ",
        "\r",
        "\t",
        "{ ?s ?p ?o }",
        "SERVICE <U> { ?s ?p ?o }",
        "#\n",
        "'\n",
    ]
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14), st.sampled_from(["", " ", "\n"]))
def test_nothing_that_passes_calls_out(listener, store, pieces, between):
    address, visits = listener
    body = between.join(pieces)
    text = f"PREFIX e:<http://e/> SELECT * {{ {body} }}".replace("U>", address + ">")
    try:
        refuse_outside(text)
    except QueryError:
        return
    before = len(visits)
    with contextlib.suppress(OSError, RuntimeError, SyntaxError, ValueError):
        list(store.query(text))
    assert len(visits) == before, text
