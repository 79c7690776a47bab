"""The example articles: what they promise, and what every named query finds in them.

`KHABAR_UPDATE=1 pytest tests/test_examples.py` writes the tables of tests/data/expected anew; read the diff before
committing it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

from khabar import iri
from khabar.queries import NamedQuery, list_queries
from sparql import in_pyoxigraph, in_rdflib, load, read_table, write_table

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
EXPECTED = Path(__file__).parent / "data" / "expected"
ARTICLES = [json.loads(line) for line in (EXAMPLES / "articles.jsonl").read_text("utf-8").splitlines()]
QUERIES = list_queries()

Engines = tuple[pyoxigraph.Store, rdflib.Dataset]


def khabar(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from khabar.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    """The examples, built and exported with the commands that a user types."""
    folder = tmp_path_factory.mktemp("examples")
    store, quads = str(folder / "store"), folder / "examples.nq"
    for arguments in (
        ("build", str(EXAMPLES / "articles.jsonl"), "--store", store),
        ("export", store, "--format", "nquads", "-o", str(quads)),
    ):
        done = khabar(*arguments)
        assert done.returncode == 0, done.stderr
    return load([quads])


def test_the_articles_are_what_their_readme_says() -> None:
    assert len(ARTICLES) == 12
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    for article in ARTICLES:
        assert set(article) == {"id", "title", "date", "publisher", "url", "text"}
        assert article["url"].startswith("https://example.org/")
        assert 120 <= len(article["text"].split()) <= 250
        assert f"`{article['id']}`" in readme
        assert article["publisher"] in readme, "every outlet is named as invented"
    text = "\n".join(article["text"] for article in ARTICLES)
    for feature in ("[٠-٩]", "للـ", "«", "[\u064b-\u0652]", "نفى", "ربما", "هدد", "زعم", "لن "):
        assert re.search(feature, text), feature


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_rows_over_the_examples_are_the_expected_ones(query: NamedQuery, engines: Engines) -> None:
    rows = in_pyoxigraph(engines[0], query.bind())
    assert in_rdflib(engines[1], query.bind()) == rows
    table = EXPECTED / f"{query.name}.csv"
    if os.environ.get("KHABAR_UPDATE") == "1":
        write_table(table, rows)
    assert table.exists(), "write it with KHABAR_UPDATE=1"
    assert rows == read_table(table)


def test_all_articles_are_in_the_graph(engines: Engines) -> None:
    query = next(query for query in QUERIES if query.name == "documents")
    assert sorted(row[0] for row in in_pyoxigraph(engines[0], query.bind())[1:]) == sorted(a["id"] for a in ARTICLES)


def test_nothing_denied_hedged_or_unrealised_is_a_fact(engines: Engines) -> None:
    prefixes = f"PREFIX : <{iri.NS}> PREFIX rdf: <{iri.RDF}>"
    facts = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{iri.FACTS}> {{ ?s ?p ?o }} }}"
    passing = f"""{prefixes} SELECT ?s ?p ?o WHERE {{
        ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?x ; :polarity :Affirmed ; :certainty :Certain ; :modality ?m
        FILTER(?m IN (:Happened, :Ongoing)) BIND(IF(?p = rdf:type, :Occurrence, ?x) AS ?o) }}"""
    backed = {tuple(row) for row in in_pyoxigraph(engines[0], passing)}
    assert [row for row in in_pyoxigraph(engines[0], facts) if tuple(row) not in backed] == []


def test_every_span_holds_the_words_it_says(engines: Engines) -> None:
    wrong = f"""PREFIX nif: <{iri.NIF}> SELECT ?s WHERE {{ ?s nif:beginIndex ?b ; nif:endIndex ?e ; nif:anchorOf ?a ;
        nif:referenceContext/nif:isString ?t FILTER(STR(SUBSTR(?t, ?b + 1, ?e - ?b)) != STR(?a)) }}"""
    assert in_pyoxigraph(engines[0], wrong) == [["s"]]


# Still taken for facts; take a line out when it no longer fails.
KNOWN_FAULTS = {"لهجوم على مدينة حلب"}


def never_facts() -> list[object]:
    lines = (Path(__file__).parent / "data" / "never_facts.tsv").read_text("utf-8").splitlines()
    fault = pytest.mark.xfail(reason="a known fault of the stance rules", strict=True)
    pairs = [tuple(line.split("\t")) for line in lines[2:]]
    return [pytest.param(*pair, marks=[fault] if pair[1] in KNOWN_FAULTS else []) for pair in pairs]


@pytest.mark.parametrize(("article", "words"), never_facts())
def test_words_that_tell_no_fact_make_none(article: str, words: str, engines: Engines) -> None:
    text = next(a["text"] for a in ARTICLES if a["id"] == article)
    assert text.count(words) == 1
    begin = text.index(words)
    query = f"""PREFIX : <{iri.NS}> PREFIX nif: <{iri.NIF}> PREFIX dct: <{iri.DCT}> SELECT ?trigger WHERE {{
        ?document dct:identifier "{article}" . ?mention nif:referenceContext ?document ; :refersTo ?event ;
        nif:beginIndex ?begin ; nif:endIndex ?end ; nif:anchorOf ?trigger . ?event a :Occurrence
        FILTER(?begin >= {begin} && ?end <= {begin + len(words)}) }} ORDER BY ?begin"""
    assert in_pyoxigraph(engines[0], query) == [["trigger"]]


FALSE_TIES = [
    ("fr", "supports", "haftar"),
    ("fr", "supplies", "haftar"),
    ("wagner", "supports", "haftar"),
    ("td", "supplies", "rsf"),
    ("giants_brigades", "supports", "ae"),
]


@pytest.mark.parametrize(("subject", "relation", "other"), FALSE_TIES)
def test_ties_that_are_denied_hedged_or_reversed_are_no_facts(
    subject: str, relation: str, other: str, engines: Engines
) -> None:
    ask = f"SELECT ?o WHERE {{ <{iri.entity(subject)}> <{iri.NS}{relation}> ?o FILTER(?o = <{iri.entity(other)}>) }}"
    assert in_pyoxigraph(engines[0], ask) == [["o"]]
