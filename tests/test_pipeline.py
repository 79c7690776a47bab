"""A build: what is stored, skipped and reported, and that runs stay out of the documents."""

from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from handmade import RECORD, Catalogue, Reader, Schema, article
from khabar import integrity, iri
from khabar.errors import StoreError
from khabar.finders import About
from khabar.model import Record
from khabar.pipeline import Build
from khabar.store import Store

EXTRACTED = NamedNode(iri.NS + "extractedBy")
ONE = article(1, ("tr", "supports", "haftar"))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        yield opened


def build(store, records, *, again=False):
    """The summary and the problems of a run over the records."""
    lines: list[str] = []
    run = Build(store, Reader(ONE), Catalogue(), Schema(), problem=lines.append, again=again)
    return run.run(records), lines


def without_runs(store) -> list[str]:
    return sorted(str(quad) for quad in store.quads() if quad.graph_name.value != iri.RUNS)


def test_a_build_stores_and_sums_up(store):
    summary, lines = build(store, [RECORD, ONE.record])
    assert (summary.stored, summary.skipped, summary.problems, lines) == (2, 0, 0, [])
    assert summary.counts == {"mentions": 12, "entities": 8, "claims": 8}


def test_what_is_there_already_is_skipped(store):
    build(store, [RECORD])
    summary, _ = build(store, [RECORD, ONE.record])
    assert (summary.stored, summary.skipped) == (1, 1)


@pytest.mark.parametrize("change", [{"date": "2019-10-29"}, {"date": None}, {"date": "2019-10"}])
def test_a_new_date_is_read_anew(store, change):
    build(store, [RECORD])
    summary, _ = build(store, [replace(RECORD, **change)])
    assert summary.stored == 1
    assert len(store.documents()) == 1


def test_a_new_version_of_khabar_reads_anew(store, monkeypatch):
    build(store, [RECORD])
    monkeypatch.setattr("khabar.pipeline.__version__", "9.9.9")
    assert build(store, [RECORD])[0].stored == 1
    assert build(store, [RECORD])[0].skipped == 1


def test_again_changes_nothing_but_the_run(store):
    build(store, [RECORD, ONE.record])
    before = without_runs(store)
    summary, _ = build(store, [RECORD, ONE.record], again=True)
    assert summary.stored == 2
    assert without_runs(store) == before


def test_runs_say_which_made_a_document_and_when(store):
    build(store, [RECORD])
    build(store, [RECORD], again=True)
    row = "?document :extractedBy ?run . ?run a :Extraction ; dct:hasVersion ?version ; prov:startedAtTime ?start ;"
    rows = list(store.query(f"SELECT * {{ {row} prov:endedAtTime ?end ; dct:description ?did }}"))
    assert len(rows) == 1
    assert rows[0]["did"].value.startswith("documents 1, skipped 0, problems 0, ")


@pytest.mark.parametrize(("revision", "version"), [("", "5.1.0"), ("c0ffee", "5.1.0, model c0ffee")])
def test_runs_say_which_finder_was_asked(store, revision, version):
    store.put_ontology()
    about = About("transformers", "some/model", "5.1.0", revision)
    Build(store, Reader(ONE), Catalogue(), Schema(), problem=pytest.fail, finder=about).run([RECORD])
    [(asked, finder)] = [
        (quad.subject, quad.object) for quad in store.quads(None, NamedNode(iri.PROV + "wasAssociatedWith"))
    ]
    [run] = [quad.object for quad in store.quads(NamedNode(iri.document(iri.document_key(RECORD))), EXTRACTED)]
    assert asked == run
    assert finder.value == f"{iri.BASE}finder/" + iri.digest("transformers", "some/model", "5.1.0", revision)
    assert set(store.quads(finder)) == {
        Quad(finder, NamedNode(iri.DCT + "title"), Literal("transformers"), NamedNode(iri.RUNS)),
        Quad(finder, NamedNode(iri.DCT + "identifier"), Literal("some/model"), NamedNode(iri.RUNS)),
        Quad(finder, NamedNode(iri.DCT + "hasVersion"), Literal(version), NamedNode(iri.RUNS)),
    }
    assert list(store.quads(run, NamedNode(iri.PROV + "used"))) == []
    assert list(integrity.problems(store)) == []


def test_a_run_without_a_finder_names_none(store):
    build(store, [RECORD])
    assert list(store.quads(None, NamedNode(iri.PROV + "wasAssociatedWith"))) == []


def test_forgetting_leaves_no_trace_among_the_runs(store):
    build(store, [RECORD])
    store.forget(iri.document_key(RECORD))
    assert without_runs(store) == []
    assert not any(iri.document("") in str(quad) for quad in store.quads())


def test_a_broken_record_is_one_line_and_the_rest_goes_on(store):
    summary, lines = build(store, [Record("broken", "x.jsonl:1"), RECORD])
    assert (summary.stored, summary.problems) == (1, 1)
    assert lines == ["x.jsonl:1: reading failed (RuntimeError: two lines); please report it with the text"]


def test_a_wrong_date_is_one_line(store):
    summary, lines = build(store, [replace(RECORD, date="yesterday"), ONE.record])
    assert (summary.stored, summary.problems) == (1, 1)
    assert lines[0].startswith("hand.jsonl:1: date 'yesterday' is not")


def test_two_texts_under_one_key_are_a_problem(store):
    other = replace(RECORD, text="نص آخر", where="hand.jsonl:2")
    summary, lines = build(store, [RECORD, RECORD, replace(RECORD), other])
    assert (summary.stored, summary.problems) == (1, 1)
    assert lines == ["hand.jsonl:2: same URL or id as hand.jsonl:1, but another text; give it its own"]


def test_an_interrupt_leaves_a_whole_store_that_goes_on(store):
    def stopped():
        yield ONE.record
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(store, stopped())
    assert len(store.documents()) == 1
    assert {quad.triple for quad in store.quads(graph=iri.FACTS)} == store.derived_facts()
    summary, _ = build(store, [ONE.record, RECORD])
    assert (summary.stored, summary.skipped) == (1, 1)


def test_a_store_that_fails_stops_the_build(store, monkeypatch):
    def fail(*_):
        raise StoreError("disk full")

    monkeypatch.setattr(store, "replace", fail)
    with pytest.raises(StoreError, match="disk full"):
        build(store, [RECORD])


def bounded(store, least):
    run = Build(store, Reader(ONE), Catalogue(), Schema(), problem=pytest.fail, least=least)
    return run.run([RECORD, ONE.record])


def facts(store) -> set[str]:
    ties = (q for q in store.quads(graph=iri.FACTS) if q.predicate.value.startswith(iri.NS))
    return {f"{iri.shorten(q.subject.value)} {iri.shorten(q.predicate.value)}" for q in ties}


def test_claims_below_the_bound_are_not_stored_and_no_fact_rests_on_them(store):
    summary = bounded(store, 0.95)
    assert summary.counts == {"mentions": 10, "entities": 8, "claims": 1, "claims below 0.95": 8}
    assert facts(store) == {"entity:haftar :opposes"}
    assert list(integrity.problems(store)) == []
    described = [q.object.value for q in store.quads(None, NamedNode(iri.DCT + "description"), graph=iri.RUNS)]
    assert described[0].endswith("claims 1, claims below 0.95 8")


def test_another_bound_reads_anew(store):
    assert [bounded(store, least).stored for least in (0.95, 0.95, 0.9, 0.0, 0.0)] == [2, 0, 2, 2, 0]
    plain = without_runs(store)
    bounded(store, 0.9)
    assert len(without_runs(store)) < len(plain)
    bounded(store, 0.0)
    assert without_runs(store) == plain
