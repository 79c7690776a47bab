"""The store: documents come and go whole, facts and entities follow, in any order."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from handmade import ENTRIES, EXTRACTION, Catalogue, Schema, article
from khabar import iri
from khabar.errors import QueryError, StoreError
from khabar.model import Stance
from khabar.rdf import to_rdf
from khabar.store import Store

HEDGED = Stance(certainty="Possible")
ARTICLES = {
    "hand": EXTRACTION,
    "one": article(1, ("tr", "supports", "haftar"), ("gn-8", "locatedIn", "gn-9")),
    "two": article(2, ("tr", "supports", "haftar"), ("haftar", "opposes", "gn-8")),
    "hedged": article(3, ("tr", "supports", "haftar"), ("brigade", "partOf", "lna"), stance=HEDGED),
    "unit": article(4, ("brigade", "partOf", "lna"), ("lna", "controls", "gn-8")),
}


def document(name: str, catalogue=None):
    return to_rdf(ARTICLES[name], catalogue or Catalogue(), Schema())


def content(store: Store) -> list[str]:
    return sorted(map(str, store.quads()))


def facts(store: Store) -> set[str]:
    stored = {quad.triple for quad in store.quads(graph=iri.FACTS)}
    assert stored == store.derived_facts()
    return {" ".join(iri.shorten(term.value) for term in fact) for fact in stored}


def graphs_of_triples(store: Store) -> set[int]:
    triples = sorted(str(quad.triple) for quad in store.quads())
    return {len(list(same)) for _, same in itertools.groupby(triples)}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        yield opened


def filled(path, names) -> list[str]:
    with Store.open(path, write=True, create=True) as opened:
        for name in names:
            opened.replace(document(name))
        return content(opened)


def test_facts_are_what_passes_the_rule(store):
    store.replace(document("hand"))
    event = "event:" + iri.digest(iri.document_key(EXTRACTION.record), "Strike", "0", "0")
    gna = next(quad.subject.value for quad in store.quads() if quad.object == NamedNode(iri.NS + "Government"))
    assert facts(store) == {
        f"{event} rdf:type :Occurrence",
        # the role that another source affirms; the hedged one stays a claim
        f"{event} :recipient {iri.shorten(gna)}",
        f"entity:tr :supports {iri.shorten(gna)}",
        "entity:haftar :opposes entity:tr",
    }


def test_what_the_knowledge_base_says_is_no_fact(store):
    store.replace(document("one"))
    assert facts(store) == {"entity:tr :supports entity:haftar"}
    assert graphs_of_triples(store) == {1}


def test_a_fact_lives_as_long_as_one_document_supports_it(store):
    for name in ("one", "two", "hedged"):
        store.replace(document(name))
    assert "entity:tr :supports entity:haftar" in facts(store)
    store.forget(document("one").key)
    assert "entity:tr :supports entity:haftar" in facts(store)
    store.forget(document("two").key)
    assert facts(store) == set()


def test_replay_changes_no_byte(store):
    for name in ARTICLES:
        store.replace(document(name))
    before = content(store)
    for name in ARTICLES:
        store.replace(document(name))
    assert content(store) == before


def test_a_changed_document_takes_the_place_of_the_old_one(store, tmp_path):
    store.replace(document("one"))
    changed = to_rdf(article(1, ("lna", "opposes", "tr")), Catalogue(), Schema())
    store.replace(changed)
    with Store.open(tmp_path / "fresh", write=True, create=True) as fresh:
        fresh.replace(changed)
        assert content(store) == content(fresh)
    assert facts(store) == {"entity:lna :opposes entity:tr"}


@pytest.mark.parametrize("gone", sorted(ARTICLES))
def test_forgetting_leaves_the_store_that_never_saw_it(store, tmp_path, gone):
    for name in ARTICLES:
        store.replace(document(name))
    store.forget(document(gone).key)
    assert content(store) == filled(tmp_path / "never", [name for name in ARTICLES if name != gone])


def test_forgetting_everything_leaves_nothing(store):
    for name in ARTICLES:
        store.replace(document(name))
    for name in ARTICLES:
        store.forget(document(name).key)
    assert content(store) == []


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(sorted(ARTICLES)), gone=st.sets(st.sampled_from(sorted(ARTICLES))))
def test_any_order_of_coming_and_going_gives_one_store(tmp_path_factory, order, gone):
    folder = tmp_path_factory.mktemp("order")
    with Store.open(folder / "a", write=True, create=True) as store:
        for name in order:
            store.replace(document(name))
        for name in order:
            if name in gone:
                store.forget(document(name).key)
        facts(store)
        assert graphs_of_triples(store) <= {1}
        assert content(store) == filled(folder / "b", [name for name in sorted(ARTICLES) if name not in gone])


def test_rebuilding_facts_gives_the_same(store):
    for name in ARTICLES:
        store.replace(document(name))
    before = content(store)
    assert len(store.rebuild_facts()) == store.count_facts()
    assert content(store) == before


def test_a_new_knowledge_base_takes_effect_on_facts_of_other_documents(store, tmp_path):
    """The old one did not know that the brigade is part of the army, the new one does."""
    old = Catalogue(tuple(e if e.key != "brigade" else type(e)("brigade", e.cls, e.name_ar, "") for e in ENTRIES))
    store.replace(document("unit", old))
    assert "entity:brigade :partOf entity:lna" in facts(store)
    store.replace(document("hedged"))
    assert "entity:brigade :partOf entity:lna" not in facts(store)
    assert graphs_of_triples(store) == {1}
    store.replace(document("hedged", old))
    assert "entity:brigade :partOf entity:lna" in facts(store)


def test_the_ontology_enters_once_and_unchanged(store):
    store.put_ontology()
    before = content(store)
    assert {quad.graph_name.value for quad in store.quads()} == {iri.ONTOLOGY}
    store.put_ontology()
    assert content(store) == before


def test_queries_see_the_union_and_know_our_prefixes(store):
    store.replace(document("one"))
    rows = store.query("SELECT ?name { ?who :supports entity:haftar ; rdfs:label ?name FILTER(LANG(?name) = 'en') }")
    assert [row["name"].value for row in rows] == ["Turkey"]
    with pytest.raises(QueryError, match="malformed"):
        store.query("SELECT nothing")


def test_documents_lists_keys(store):
    store.replace(document("two"))
    store.replace(document("one"))
    assert store.documents() == sorted([document("one").key, document("two").key])


def test_forgetting_an_unknown_document_says_so(store):
    with pytest.raises(StoreError, match="no document 0123456789abcdef"):
        store.forget("0123456789abcdef")


def test_reopened_store_holds_what_was_put_in(tmp_path):
    before = filled(tmp_path / "s", ["hand"])
    with Store.open(tmp_path / "s") as again:
        assert content(again) == before


def test_backup_can_be_read_while_the_store_is_written(store, tmp_path):
    store.replace(document("one"))
    store.backup(tmp_path / "copy")
    with Store.open(tmp_path / "copy") as copy:
        assert content(copy) == content(store)


@pytest.mark.parametrize("write", [True, False])
def test_a_store_in_use_is_refused(store, write):
    with pytest.raises(StoreError, match="another khabar is using"):
        Store.open(store.path, write=write)


def test_readers_share_a_store(tmp_path):
    filled(tmp_path / "s", [])
    with Store.open(tmp_path / "s"), Store.open(tmp_path / "s") as second:
        assert len(second) == 0


def test_what_is_no_store_is_refused(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        Store.open(tmp_path / "none")
    with pytest.raises(StoreError, match="there is no store"):
        Store.open(tmp_path / "none", write=True)
    (tmp_path / "file.txt").write_text("x")
    for place in (tmp_path, tmp_path / "file.txt"):
        with pytest.raises(StoreError, match="not a khabar store"):
            Store.open(place, write=True, create=True)


def test_a_newer_store_is_refused(tmp_path):
    filled(tmp_path / "s", [])
    (tmp_path / "s" / "khabar.json").write_text(json.dumps({"format": 99, "khabar": "9.9"}))
    with pytest.raises(StoreError, match=r"written by khabar 9\.9"):
        Store.open(tmp_path / "s")


def test_a_damaged_store_is_one_line(tmp_path):
    filled(tmp_path / "s", ["one"])
    (tmp_path / "s" / "quads" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError) as error:
        Store.open(tmp_path / "s")
    assert "\n" not in str(error.value)
    assert "cannot be opened" in str(error.value)


def test_a_killed_writer_leaves_whole_documents(tmp_path):
    """The process dies without closing the store; what had been committed is whole, and the lock is free."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from test_store import Store, document\n"
        "store = Store.open(sys.argv[1], write=True, create=True)\n"
        "store.replace(document('one')); store.replace(document('two'))\n"
        "os._exit(9)\n"
    )
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "killed"), here], check=False)
    assert done.returncode == 9
    with Store.open(tmp_path / "killed", write=True) as store:
        assert content(store) == filled(tmp_path / "whole", ["one", "two"])
