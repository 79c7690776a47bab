"""Exports: every format of the registry writes; RDF holds the same triples, and equal stores give equal bytes."""

import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, parse

from exports import fill, written
from handmade import EXTRACTION, article
from khabar import export, iri
from khabar.errors import QueryError
from khabar.export import order
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


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    return path


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("form", sorted(RDFLIB))
def test_every_rdf_format_holds_every_triple(store, form):
    data = written(store, form)
    graph = rdflib.Dataset(default_union=True) if form in ("nquads", "trig", "jsonld") else rdflib.Graph()
    graph.parse(data=data, format=RDFLIB[form])
    assert len(graph) == len({quad.triple for quad in store.quads()})


@pytest.mark.parametrize("form", sorted(export.formats()))
def test_order_of_building_does_not_show(path, store, form, tmp_path):
    fill(tmp_path / "other", [article(1, ("tr", "supports", "haftar")), EXTRACTION])
    with Store.open(tmp_path / "other") as other:
        assert written(other, form) == written(store, form)


@pytest.mark.parametrize("form", sorted(name for name, one in export.formats().items() if one.graphs))
def test_facts_alone_can_be_asked_for(store, form):
    facts = written(store, form, graph="facts")
    assert b"supports" in facts
    assert b"haftar" in facts
    assert KEY.encode() not in facts
    assert len(facts) < len(written(store, form))


@pytest.mark.parametrize("form", sorted(export.formats()))
def test_an_empty_store_is_written_too(form, tmp_path):
    fill(tmp_path / "empty", [])
    with Store.open(tmp_path / "empty") as empty:
        assert written(empty, form, sort=False) is not None


def test_progress_counts_every_quad(store):
    for form in ("nquads", "jsonld", "jelly", "rdf12"):
        told = []
        written(store, form, progress=told.append)
        # Three properties of each claim become one reifier.
        claims = sum(1 for _ in store.quads(None, NamedNode(iri.RDF + "subject")))
        assert sum(told) == len(store) - (2 * claims if form == "rdf12" else 0)


def test_nquads_are_sorted_lines(store):
    lines = written(store, "nquads").decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == len(store)


def test_large_exports_are_sorted_in_pieces(store, monkeypatch):
    forms = ("nquads", "trig", "ntriples", "jsonld", "rdf12", "rdf12-nquads", "jelly")
    whole = {form: written(store, form) for form in forms}
    monkeypatch.setattr(order, "_CHUNK", 50)
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
    with pytest.raises(QueryError, match="no format 'excel'; `khabar export --list` shows all"):
        export.find("excel")
    with pytest.raises(QueryError, match="no format 'json-ld'; do you mean jsonld"):
        export.find("json-ld")
    with pytest.raises(QueryError, match="no graph 'nothing here'"):
        written(store, "nquads", graph="nothing here")


def test_every_format_has_one_family_and_one_way_out():
    listed = [form for forms in export.families().values() for form in forms]
    assert len(listed) == len(export.formats())
    assert all((form.write is None) != (form.write_folder is None) for form in listed)
    assert "others" not in export.families()
