"""Decisions when a document gives an entity another name: relinked, read anew, forgotten, and back again."""

from dataclasses import replace

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad

from khabar import cli, integrity, iri
from khabar.errors import QueryError
from khabar.finder import find_entity
from khabar.identities import Identity
from khabar.store import Store
from test_decisions import LNA, A, B, C, D, apart, graph, links, report, same, star, store, undo

__all__ = ["store"]  # the fixture
KEY = iri.document_key(report(0).record)
TRACE = Quad(NamedNode(A), NamedNode(iri.DCT + "isReplacedBy"), NamedNode(LNA), NamedNode(iri.DECISIONS))


def linked(number: int):
    """The article of that number as it is when the knowledge base knows the unit."""
    made = report(number)
    turkey, unit = made.entities
    return graph(replace(made, entities=(turkey, replace(unit, key="lna"))))


def content(store: Store) -> set[str]:
    return set(map(str, store.quads()))


def test_a_merge_follows_the_new_name_and_leaves_a_trace(store):
    made = same(store, A, B)
    store.replace(linked(0))
    assert links(store) == {(B, LNA)}
    assert set(store.quads(None, TRACE.predicate)) == {TRACE}
    assert store.decisions.log() == (made,), "nothing in the log changes"
    assert list(store.decisions.standing()) == [(LNA, B) if LNA < B else (B, LNA)]
    assert store.decisions.vanished() == []
    assert find_entity(store, A) == find_entity(store, A.removeprefix(iri.entity(""))) == LNA
    assert list(integrity.problems(store)) == []


def test_without_a_decision_there_is_no_trace(store):
    same(store, C, D)
    store.replace(linked(0))
    assert store.decisions.traces() == {}


def test_a_merge_that_is_undone_under_the_new_name_stays_undone_under_the_old_one(store):
    same(store, A, B)
    store.replace(linked(0))
    undo(store, LNA, B)
    assert links(store) == set()
    store.replace(graph(report(0)))
    assert links(store) == set()
    assert store.decisions.standing() == {}


def test_a_merge_counts_again_under_the_old_name(store):
    same(store, A, B)
    before = content(store)
    store.replace(linked(0))
    store.replace(graph(report(0)))
    assert content(store) == before | {str(TRACE)}
    assert links(store) == star(A, B)


def test_a_split_follows_the_new_name(store):
    apart(store, A, B)
    same(store, B, C)
    store.replace(linked(0))
    assert store.decisions.different(LNA, B).pair == (min(A, B), max(A, B))
    with pytest.raises(QueryError, match="are two, and this would make them one"):
        same(store, LNA, C)
    store.replace(graph(report(0)))
    assert store.decisions.different(A, B).pair == (min(A, B), max(A, B))
    with pytest.raises(QueryError, match="are two, and this would make them one"):
        same(store, A, C)


def test_a_split_under_the_new_name_holds_under_the_old_one(store):
    same(store, A, B)
    store.replace(linked(0))
    apart(store, LNA, B)
    assert links(store) == set()
    store.replace(graph(report(0)))
    assert links(store) == set()
    assert store.decisions.different(A, B).verdict == "DifferentEntities"


def test_two_that_are_kept_apart_and_become_one_entry_are_reported(store):
    apart(store, A, B)
    store.replace(linked(0))
    store.replace(linked(1))
    assert [node for _, node in store.decisions.overruled()] == [LNA]
    [line] = integrity.problems(store)
    assert line.startswith("decision that two are different, which are one by the knowledge base now: entity:lna (")
    store.replace(graph(report(1)))
    assert list(integrity.problems(store)) == []


def test_two_that_are_merged_and_become_one_entry_need_no_link(store):
    same(store, A, B)
    store.replace(linked(0))
    store.replace(linked(1))
    assert links(store) == set()
    assert list(integrity.problems(store)) == []
    store.replace(graph(report(0)))
    assert links(store) == {(A, LNA)}, "the one that is not relinked is still the other"


def test_reading_again_after_relinking_changes_no_byte(store):
    same(store, A, B)
    apart(store, A, C)
    store.replace(linked(0))
    before = content(store)
    store.replace(linked(0))
    assert content(store) == before


def test_forgetting_a_document_whose_merged_entity_was_relinked(store):
    same(store, A, B)
    store.replace(linked(0))
    before = content(store)
    store.forget(KEY)
    assert links(store) == set()
    assert [node for _, node in store.decisions.vanished()] == [A]
    store.replace(linked(0))
    assert content(store) == before
    store.forget(KEY)
    store.replace(graph(report(0)))
    assert links(store) == star(A, B)


def test_another_text_is_no_new_name(store):
    same(store, A, B)
    text = report(0).record.text
    store.replace(replace_text(linked(0), text))
    assert store.decisions.traces() == {}
    assert links(store) == set()


def replace_text(document, text):
    """The document with another raw text under the same mentions."""
    quads = (str(quad).replace(text, text + "!") for quad in document.quads)
    read = ox.parse("\n".join(f"{quad} ." for quad in quads), format=ox.RdfFormat.N_QUADS)
    return replace(document, quads=tuple(read))


# Wikidata items -------------------------------------------------------------------------------------------------------

ITEM = Identity(A, "Q900000000001", "SameEntity", "منى", "2026-01-02T03:04:05+00:00")


def items(store: Store) -> set[tuple[str, str]]:
    found = store.quads(None, NamedNode(iri.OWL + "sameAs"), None, iri.LINKS)
    return {(q.subject.value, q.object.value.removeprefix(iri.WIKIDATA)) for q in found if "nil-" in q.subject.value}


def test_an_item_of_an_entity_that_is_relinked_is_reported_and_comes_back(store):
    store.identify(ITEM)
    store.replace(linked(0))
    assert items(store) == set()
    assert store.decisions.traces() == {A: LNA}
    [line] = integrity.problems(store)
    assert line.startswith("item of an entity that the knowledge base knows now: entity:lna (was entity:nil-")
    assert line.endswith("is Q900000000001 by منى, 2026-01-02; give the id to its entry in your table of actors")
    store.replace(graph(report(0)))
    assert items(store) == {(A, "Q900000000001")}
    assert list(integrity.problems(store)) == []


# The whole way --------------------------------------------------------------------------------------------------------


def test_merge_relink_undo_by_the_commands(tmp_path, capfd):
    path, table, news = tmp_path / "store", tmp_path / "my.tsv", tmp_path / "news.jsonl"
    table.write_text("key\tclass\tname_ar\tcountry\nplateau\tMilitia\tلواء الصقور\tly\n", "utf-8")
    news.write_text(
        '{"id": "1", "publisher": "p", "date": "2020-01-01", "text": "قصف لواء الصقور مدينة سرت أمس."}\n'
        '{"id": "2", "publisher": "p", "date": "2020-01-02", "text": "قصفت كتيبة الصقور مدينة سرت أمس."}\n',
        "utf-8",
    )

    def khabar(*arguments: str) -> tuple[int, str]:
        code = cli.run(list(arguments))
        return code, capfd.readouterr().err

    assert khabar("build", str(news), "--store", str(path), "-q")[0] == 0
    code, err = khabar("merge", str(path), "لواء الصقور", "كتيبة الصقور", "--by", "Mona")
    assert (code, err.startswith("merged ")) == (0, True)
    assert khabar("relink", str(path), "--actors", str(table))[0] == 0
    with Store.open(path) as opened:
        [(one, other)] = [
            (q.subject.value, q.object.value) for q in opened.quads(None, NamedNode(iri.NS + "sameEntityAs"))
        ]
        assert other == iri.entity("plateau")
        assert one.startswith(iri.entity("nil-"))
        assert list(integrity.problems(opened)) == []
    code, err = khabar("merge", str(path), "plateau", "كتيبة الصقور", "--undo", "--by", "Mona")
    assert (code, err.startswith("open again: ")) == (0, True)
    assert khabar("relink", str(path))[0] == 0
    with Store.open(path) as opened:
        assert list(opened.quads(None, NamedNode(iri.NS + "sameEntityAs"))) == []
        assert list(integrity.problems(opened)) == []
