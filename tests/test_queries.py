"""Named queries: safe parameters, honest headers, and equal rows in pyoxigraph and rdflib over a small graph."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar import iri
from khabar.errors import QueryError
from khabar.queries import KINDS, NamedQuery, Param, list_queries, parse
from khabar.queries import load as load_query
from sparql import in_pyoxigraph, in_rdflib, load, read_table, write_table

DATA = Path(__file__).parent / "data"
QUERIES = list_queries()
NAMES = [query.name for query in QUERIES]
HEADER = "# title: T\n# question (en): Q?\n# question (ar): س؟\n"

Engines = tuple[pyoxigraph.Store, rdflib.Dataset]


@pytest.fixture(scope="module")
def engines() -> Engines:
    return load([DATA / "sample.nq"])


def test_what_analysts_ask_is_there() -> None:
    assert len(NAMES) >= 20
    assert sorted(NAMES) == NAMES
    assert {"backers", "evidence-for", "claimed-not-fact", "disputed", "strikes-by-place-and-month"} <= set(NAMES)


@pytest.mark.parametrize("query", QUERIES, ids=NAMES)
def test_rows_are_the_expected_ones_in_both_engines(query: NamedQuery, engines: Engines) -> None:
    rows = in_pyoxigraph(engines[0], query.bind())
    expected = DATA / "sample" / f"{query.name}.csv"
    if os.environ.get("KHABAR_UPDATE") == "1":
        write_table(expected, rows)
    assert rows == read_table(expected)
    assert in_rdflib(engines[1], query.bind()) == rows
    assert len(rows) > 1, "a query that finds nothing in the sample is not tested"


@pytest.mark.parametrize("query", QUERIES, ids=NAMES)
def test_queries_are_plain_ordered_and_bilingual(query: NamedQuery) -> None:
    code = "\n".join(line for line in query.text.splitlines() if not line.lstrip().startswith("#"))
    assert "ORDER BY" in code
    for word in ("DESCRIBE", "SERVICE", "GRAPH", "SAMPLE", "GROUP_CONCAT", "INSERT", "DELETE", "SELECT *"):
        assert not re.search(rf"\b{re.escape(word)}", code), word
    assert query.question_en.endswith("?")
    assert query.question_ar.endswith("؟")
    assert re.search("[\u0621-\u064a]", query.question_ar)


@pytest.mark.parametrize(
    "value", ["haftar", "entity/haftar", iri.entity("haftar"), "خليفة حفتر", "حفتر", "Khalifa Haftar"]
)
def test_an_entity_may_be_given_by_key_or_label(value: str, engines: Engines) -> None:
    query = load_query("backers")
    rows = in_pyoxigraph(engines[0], query.bind({"entity": value}))
    assert [row[0] for row in rows[1:]] == ["entity/ae"]
    assert in_rdflib(engines[1], query.bind({"entity": value})) == rows


def test_an_entity_may_be_given_by_wikidata_id(engines: Engines) -> None:
    rows = in_pyoxigraph(engines[0], load_query("backed-by").bind({"entity": "Q43"}))
    assert [row[0] for row in rows[1:]] == ["entity/gna"]


def test_a_symmetric_tie_is_found_in_either_order(engines: Engines) -> None:
    query = load_query("evidence-for")
    one, two = ({"subject": s, "relation": "opposes", "object": o} for s, o in (("haftar", "gna"), ("gna", "haftar")))
    assert len(in_pyoxigraph(engines[0], query.bind(one))) == 2
    assert in_pyoxigraph(engines[0], query.bind(one)) == in_pyoxigraph(engines[0], query.bind(two))
    assert in_rdflib(engines[1], query.bind(one)) == in_pyoxigraph(engines[0], query.bind(one))


def test_a_direction_is_never_turned_round(engines: Engines) -> None:
    values = {"subject": "haftar", "relation": "supports", "object": "ae"}
    assert len(in_pyoxigraph(engines[0], load_query("evidence-for").bind(values))) == 1


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2019-10-20", "2019-10-20", 2),
        ("2019-10-21", "2019-10-25", 0),
        ("2019-10-26", "2019-10-26", 1),
        ("2019", "2019", 3),
    ],
)
def test_a_period_includes_its_last_day(since: str, until: str, found: int, engines: Engines) -> None:
    query = load_query("events-in-period").bind({"since": since, "until": until})
    assert len(in_pyoxigraph(engines[0], query)) - 1 == found
    assert in_rdflib(engines[1], query) == in_pyoxigraph(engines[0], query)


def test_subclasses_count(engines: Engines) -> None:
    bound = load_query("events-in-period").bind({"class": "ViolentEvent"})
    assert [row[2] for row in in_pyoxigraph(engines[0], bound)[1:]] == ["Strike", "Strike"]


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("entity", "gn-2210247", "<https://w3id.org/khabar/entity/gn-2210247>"),
        ("entity", "Q43", "<http://www.wikidata.org/entity/Q43>"),
        ("entity", "تركيا", '"تركيا"@ar'),
        ("entity", "haftar> . ?s ?p ?o", '"haftar> . ?s ?p ?o"@en'),
        ("term", "Strike", "<https://w3id.org/khabar/ns#Strike>"),
        ("term", ":supports", "<https://w3id.org/khabar/ns#supports>"),
        ("integer", "0050", "50"),
        ("text", 'a"b\n', r'"a\"b\n"'),
        ("since", "2019", '"2019-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'),
        ("until", "2020-02", '"2020-02-29T23:59:59Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'),
        ("until", "2020", '"2020-12-31T23:59:59Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'),
    ],
)
def test_a_value_becomes_the_term_of_its_kind(kind: str, value: str, term: str) -> None:
    assert KINDS[kind](value) == term


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("entity", " "),
        ("entity", "a\\u0022"),
        ("term", "Strike> ; ?p"),
        ("term", ""),
        ("integer", "-1"),
        ("integer", "٣"),
        ("integer", "1 UNION"),
        ("text", "a\\"),
        ("text", "\x00"),
        ("text", "\ud800"),
        ("since", "2019-13"),
        ("since", "2019-02-29"),
        ("until", "2019-00"),
        ("until", "0000"),
        ("until", "٢٠١٩"),
    ],
)
def test_a_value_its_kind_cannot_take_is_refused(kind: str, value: str) -> None:
    query = NamedQuery("q", "T", "Q?", "س؟", (Param("x", kind, "", "h"),), "{{x}}")
    with pytest.raises(QueryError, match="parameter x="):
        query.bind({"x": value})


def test_an_unknown_parameter_is_answered_with_those_that_exist() -> None:
    with pytest.raises(
        QueryError, match=r"no parameter plce; it has: class \(term\), since \(since\), until \(until\)"
    ):
        load_query("events-in-period").bind({"plce": "x"})
    with pytest.raises(QueryError, match="it has: none"):
        load_query("denials").bind({"x": "1"})


def test_an_unknown_query_is_answered_with_those_that_exist() -> None:
    with pytest.raises(QueryError, match="no query is named 'backer'; there are: actor-timeline, backed-by, backers"):
        load_query("backer")


@settings(deadline=None)
@given(st.text())
def test_text_comes_out_as_it_went_in_and_never_as_syntax(value: str) -> None:
    query = parse("q", HEADER + "# param: x (text) = : any\nSELECT (STR({{x}}) AS ?out) WHERE {}")
    try:
        bound = query.bind({"x": value})
    except QueryError:
        assert re.search("[\\\\\x00-\x1f\ud800-\udfff]", value)
        return
    assert in_pyoxigraph(pyoxigraph.Store(), bound)[1:] == [[value]]


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="a\"'{}x<>\n@^. \u0645", max_size=12))
def test_a_label_never_breaks_out_of_its_literal(value: str) -> None:
    if not value.strip():
        return
    bound = load_query("backers").bind({"entity": value})
    assert len(in_pyoxigraph(pyoxigraph.Store(), bound)) == 1
    assert len(in_rdflib(rdflib.Dataset(), bound)) == 1


def test_what_a_value_brings_in_is_not_filled_again() -> None:
    query = parse(
        "q", HEADER + "# param: x (text) = : a\n# param: y (text) = : b\nSELECT ({{x}} AS ?a) ({{y}} AS ?b) {}"
    )
    assert '"{{y}}"' in query.bind({"x": "{{y}}", "y": "no"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# title: T\nSELECT", r"the header lacks question \(en\), question \(ar\)"),
        (HEADER + "# param: x = 1 : h\n{{x}}", "write `# param"),
        (HEADER + "# param: x (colour) = 1 : h\n{{x}}", "kinds entity, integer"),
        (HEADER + "{{x}}", r"parameters \[\] are declared, \['x'\] are used"),
        (HEADER + "# param: x (integer) = 1 : h\n", r"\['x'\] are declared"),
        (HEADER + "# param: x (integer) = one : h\n{{x}}", "whole number"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        parse("q", text)


def test_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEADER + "SELECT ?s { ?s ?p ?o } ORDER BY ?s", "utf-8")
    assert [query.name for query in list_queries(tmp_path)] == ["mine"]
    assert load_query("mine", tmp_path).params == ()


def test_the_sample_keeps_the_promises_of_the_shape(engines: Engines) -> None:
    store = engines[0]
    triples = [quad.triple for quad in store]
    assert len(triples) == len(set(triples)), "a triple sits in exactly one graph"
    spans = f"""PREFIX nif: <{iri.NIF}> SELECT ?s WHERE {{ ?s nif:beginIndex ?b ; nif:endIndex ?e ; nif:anchorOf ?a ;
        nif:referenceContext/nif:isString ?t FILTER(STR(SUBSTR(?t, ?b + 1, ?e - ?b)) != STR(?a)) }}"""
    assert in_pyoxigraph(store, spans) == [["s"]]
    facts = f"""PREFIX : <{iri.NS}> PREFIX rdf: <{iri.RDF}> SELECT ?s ?p ?o WHERE {{ GRAPH <{iri.FACTS}> {{ ?s ?p ?o }}
        FILTER NOT EXISTS {{ ?c rdf:subject ?s ; rdf:predicate ?p ; :polarity :Affirmed ; :certainty :Certain }} }}"""
    assert in_pyoxigraph(store, facts) == [["s", "p", "o"]]


def test_the_readme_lists_every_query_with_its_question() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
    assert [query.name for query in QUERIES if f"| `{query.name}` | {query.question_en} |" not in readme] == []
