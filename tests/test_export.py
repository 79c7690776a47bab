"""Exports: every format holds the same triples, and equal stores give equal bytes."""

from io import BytesIO

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from handmade import EXTRACTION, Catalogue, Schema, article
from khabar import export, iri
from khabar.errors import QueryError
from khabar.rdf import to_rdf
from khabar.store import Store

RDFLIB = {
    "nquads": "nquads",
    "trig": "trig",
    "jsonld": "json-ld",
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
}
KEY = iri.document_key(EXTRACTION.record)


def fill(path, extractions) -> None:
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in extractions:
            store.replace(to_rdf(extraction, Catalogue(), Schema()))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    return path


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def written(store, form, **options) -> bytes:
    output = BytesIO()
    export.export(store, output, form, **options)
    return output.getvalue()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("form", sorted(export.FORMATS))
def test_every_format_holds_every_triple(store, form):
    data = written(store, form)
    if form in ("nquads", "trig", "jsonld"):
        graph = rdflib.Dataset(default_union=True)
    else:
        graph = rdflib.Graph()
    graph.parse(data=data, format=RDFLIB[form])
    assert len(graph) == len({quad.triple for quad in store.quads()})


@pytest.mark.parametrize("form", sorted(export.FORMATS))
def test_order_of_building_does_not_show(path, store, form, tmp_path):
    fill(tmp_path / "other", [article(1, ("tr", "supports", "haftar")), EXTRACTION])
    with Store.open(tmp_path / "other") as other:
        assert written(other, form) == written(store, form)


def test_nquads_are_sorted_lines(store):
    lines = written(store, "nquads").decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == len(store)


def test_large_exports_are_sorted_in_pieces(store, monkeypatch):
    whole = {form: written(store, form) for form in ("nquads", "trig", "ntriples")}
    monkeypatch.setattr(export, "_CHUNK", 100)
    for form, data in whole.items():
        assert written(store, form) == data


def test_unsorted_holds_the_same(store):
    assert sorted(written(store, "nquads", sort=False).splitlines()) == written(store, "nquads").splitlines()


def test_prefixes_of_turtle_stand_in_order(store):
    head = [line for line in written(store, "turtle").splitlines() if line.startswith(b"@prefix")]
    assert head == sorted(head)
    assert len(head) == len(iri.PREFIXES)


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("facts", iri.FACTS),
        ("entities", iri.ENTITIES),
        (KEY, iri.document_graph(KEY)),
        (f"doc/{KEY}", iri.document_graph(KEY)),
        (iri.LINKS, iri.LINKS),
    ],
)
def test_one_graph(store, name, graph):
    quads = list(parse(written(store, "nquads", graph=name), format=RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in quads} == {graph}
    assert set(quads) == set(store.quads(graph=graph))


def test_a_new_store_has_no_facts_and_that_is_no_error(tmp_path):
    fill(tmp_path / "empty", [])
    with Store.open(tmp_path / "empty") as empty:
        assert written(empty, "nquads", graph="facts") == b""


def test_unknown_names_are_refused(store):
    with pytest.raises(QueryError, match="no format 'excel'"):
        written(store, "excel")
    with pytest.raises(QueryError, match="no graph 'nothing here'"):
        written(store, "nquads", graph="nothing here")
