"""Linking anew gives the store that reading anew gives, where mentions and their grouping are the same."""

import pytest
from pyoxigraph import NamedNode

from handmade import RECORD, Catalogue, Reader, Schema, article
from khabar import cli, integrity, iri
from khabar.errors import StoreError
from khabar.extractor import RuleExtractor
from khabar.model import Record
from khabar.ontology import Ontology
from khabar.overlay import read_overlay
from khabar.pipeline import Build, tables
from khabar.relink import Relink
from khabar.rename import Graph, Nil, renamed
from khabar.store import Store

TEXTS = (
    "قصف لواء الصقور مدينة سرت أمس، وقتل ثلاثة مدنيين. وتدعم تركيا لواء الصقور بالسلاح.",
    "قال خليفة حفتر إن قوات بركان الغضب انسحبت من ترهونة. ونفت تركيا أنها تدعم خليفة حفتر.",
    "قال مصدر عسكري إن لواء الصقور قد ينسحب من سرت. واتهم خليفة حفتر تركيا بدعم لواء الصقور.",
    "التقى وزير الخارجية التركي نظيره الروسي في أنقرة. وأعلنت أنقرة أنها سترسل قوات إلى ليبيا.",
)
TABLE = """key\tclass\tname_ar\taliases_ar\tcountry
plateau\tMilitia\tلواء الصقور\t\tly
my_haftar\tPerson\tخليفة حفتر\tحفتر|المشير حفتر\tly
"""


@pytest.fixture(scope="module")
def ontology():
    return Ontology.load()


@pytest.fixture(scope="module")
def records():
    return [Record(text, f"made:{n}", id=str(n), publisher="made", date="2020-01-0" + str(n + 1)) for n, text in
            enumerate(TEXTS)]  # fmt: skip


@pytest.fixture
def table(tmp_path, extractor, ontology):
    path = tmp_path / "my.tsv"
    path.write_text(TABLE, encoding="utf-8")
    overlay = read_overlay(path, extractor.kb, ontology)
    assert overlay.problems == ()
    return overlay


def laid(extractor, kb) -> RuleExtractor:
    """The session's models over another knowledge base."""
    other = RuleExtractor()
    other.analyser = extractor.analyser
    other.kb = kb
    return other


def build(path, extractor, ontology, records, table=None):
    store = Store.open(path, write=True, create=True)
    store.put_ontology()
    kb = table.over(extractor.kb) if table else extractor.kb
    Build(store, laid(extractor, kb), kb, ontology, problem=pytest.fail, table=table).run(records)
    return store


def content(store) -> set[str]:
    return {str(quad) for quad in store.quads() if quad.graph_name.value != iri.RUNS}


def test_relinking_with_a_table_gives_what_building_with_it_gives(tmp_path, extractor, ontology, records, table):
    with (
        build(tmp_path / "plain", extractor, ontology, records) as store,
        build(tmp_path / "anew", extractor, ontology, records, table) as anew,
    ):
        before = content(store)
        segments = {key: sorted(map(tuple, Graph.read(store, key).mentions.values())) for key in store.documents()}
        assert segments == {
            key: sorted(map(tuple, Graph.read(anew, key).mentions.values())) for key in anew.documents()
        }
        summary = Relink(store, table.over(extractor.kb), ontology, table).run()
        assert content(store) == content(anew)
        assert content(store) != before
        assert (summary.documents, summary.changed, summary.linked, summary.moved, summary.unlinked) == (4, 3, 2, 2, 0)
        assert summary.unread == []
        assert {quad.triple for quad in store.quads(graph=iri.FACTS)} == store.derived_facts()
        assert list(integrity.problems(store)) == []
        assert store.query("ASK { GRAPH graph:facts { entity:tr :supports|:supplies entity:plateau } }")

        Relink(store, extractor.kb, ontology).run()  # and back again
        assert content(store) == before


def test_relinking_with_the_same_knowledge_base_changes_nothing_but_the_runs(tmp_path, extractor, ontology, records):
    with build(tmp_path / "store", extractor, ontology, records) as store:
        before, runs = content(store), {str(q) for q in store.quads(graph=iri.RUNS)}
        summary = Relink(store, extractor.kb, ontology).run()
        assert (summary.documents, summary.changed) == (4, 0)
        assert content(store) == before
        assert runs < {str(q) for q in store.quads(graph=iri.RUNS)}


def test_runs_say_which_table_a_document_was_linked_with(tmp_path, extractor, ontology, records, table):
    with build(tmp_path / "store", extractor, ontology, records) as store:
        key = iri.document_key(records[0])
        Relink(store, table.over(extractor.kb), ontology, table).run()
        assert tables(store, key) == {table.iri}
        kb = table.over(extractor.kb)
        again = Build(store, laid(extractor, kb), kb, ontology, problem=pytest.fail, table=table).run(records)
        assert (again.stored, again.skipped) == (0, 4)
        Relink(store, extractor.kb, ontology).run()
        assert tables(store, key) == set()
        assert len(list(store.quads(NamedNode(iri.document(key)), None, None, iri.RUNS))) == 2


def test_a_name_taken_from_an_entry_takes_its_links_away(tmp_path, extractor, ontology, records, table):
    with build(tmp_path / "store", extractor, ontology, records, table) as store:
        path = tmp_path / "my.tsv"
        path.write_text(TABLE.replace("لواء الصقور", "كتيبة أخرى تماما"), encoding="utf-8")
        other = read_overlay(path, extractor.kb, ontology)
        summary = Relink(store, other.over(extractor.kb), ontology, other).run()
        assert (summary.unlinked, summary.moved, summary.linked) == (2, 0, 0)
        assert not store.query("ASK { GRAPH ?g { ?s ?p entity:plateau } }")
        assert not store.query("ASK { GRAPH ?g { entity:plateau ?p ?o } }")
        rows = store.query("SELECT ?t ?n { ?e a ?t ; rdfs:label ?n . ?m :refersTo ?e ; nif:anchorOf ?n "
                           "FILTER(CONTAINS(?n, 'الصقور')) }")  # fmt: skip
        assert {(r["t"].value, r["n"].value) for r in rows} == {(iri.NS + "MilitaryUnit", "لواء الصقور")}
        assert list(integrity.problems(store)) == []


def test_a_changed_entry_is_described_anew(tmp_path, extractor, ontology, records):
    with build(tmp_path / "store", extractor, ontology, records) as store:
        path = tmp_path / "my.tsv"
        path.write_text("key\tclass\tname_ar\tname_en\nhaftar\tPerson\tخليفة حفتر\tField Marshal\n", encoding="utf-8")
        table = read_overlay(path, extractor.kb, ontology)
        summary = Relink(store, table.over(extractor.kb), ontology, table).run()
        assert summary.changed == 0
        labels = store.query("SELECT ?n { entity:haftar rdfs:label ?n FILTER(LANG(?n) = 'en') }")
        assert [row["n"].value for row in labels] == ["Field Marshal"]


def test_names_that_are_no_mentions_are_counted(tmp_path, extractor, ontology, records):
    path = tmp_path / "my.tsv"
    path.write_text("key\tclass\tname_ar\nodd\tOrganization\tنظيره الروسي\n", encoding="utf-8")
    with build(tmp_path / "store", extractor, ontology, records[3:]) as store:
        table = read_overlay(path, extractor.kb, ontology)
        held = {s for spans in Graph.read(store, store.documents()[0]).mentions.values() for s in spans}
        begin = TEXTS[3].index("نظيره الروسي")
        summary = Relink(store, table.over(extractor.kb), ontology, table).run()
        assert len(summary.unread) == ((begin, begin + len("نظيره الروسي")) not in held)


# Renaming, on articles made by hand ----------------------------------------------------------------------------------


@pytest.fixture
def hand(tmp_path):
    one = article(1, ("tr", "opposes", "haftar"))
    with Store.open(tmp_path / "hand", write=True, create=True) as store:
        Build(store, Reader(one), Catalogue(), Schema(), problem=pytest.fail).run([RECORD, one.record])
        yield store


def test_no_names_no_change(hand):
    graph = Graph.read(hand, iri.document_key(RECORD))
    assert renamed(graph, {}, Schema()) == graph.quads


def test_there_and_back_is_the_same(hand):
    key = iri.document_key(RECORD)
    graph = Graph.read(hand, key)
    away = renamed(graph, {iri.entity("tr"): iri.entity("zz"), iri.entity("haftar"): iri.entity("aa")}, Schema())
    assert not {q for q in away if iri.entity("tr") in str(q) or iri.entity("haftar") in str(q)}
    assert len(away) == len(graph.quads)
    there = Graph(key, graph.text, graph.mentions, away)
    back = renamed(there, {iri.entity("zz"): iri.entity("tr"), iri.entity("aa"): iri.entity("haftar")}, Schema())
    assert back == graph.quads


def test_the_smaller_name_of_a_symmetric_tie_stays_first(hand):
    key = next(k for k in hand.documents() if k != iri.document_key(RECORD))
    graph = Graph.read(hand, key)

    def ends(quads):
        return [{q.predicate.value.rsplit("#")[1]: q.object.value for q in quads if "rdf-syntax" in q.predicate.value
                 and q.subject.value.startswith(iri.BASE + "claim/")}]  # fmt: skip

    assert ends(graph.quads)[0]["subject"] == iri.entity("haftar")
    new = ends(renamed(graph, {iri.entity("haftar"): iri.entity("zaftar")}, Schema()))[0]
    assert (new["subject"], new["object"]) == (iri.entity("tr"), iri.entity("zaftar"))


def test_two_that_become_one_lose_the_tie_between_them_and_its_passage(hand):
    key = next(k for k in hand.documents() if k != iri.document_key(RECORD))
    new = renamed(Graph.read(hand, key), {iri.entity("haftar"): iri.entity("tr")}, Schema())
    assert not {q for q in new if q.object == NamedNode(iri.NS + "Claim") or q.object == NamedNode(iri.NS + "Passage")}
    assert sum(q.predicate.value == iri.NS + "refersTo" for q in new) == 2


def test_an_unlinked_entity_stands_for_itself_under_the_name_of_a_first_reading(hand):
    key = iri.document_key(RECORD)
    graph = Graph.read(hand, key)
    held = graph.mentions[iri.entity("haftar")]
    new = renamed(graph, {iri.entity("haftar"): Nil("Person", held)}, Schema())
    name = NamedNode(iri.nil_entity(key, "Person", held[0][0]))
    facts = {q.predicate.value: q.object.value for q in new if q.subject == name}
    assert facts == {iri.RDF + "type": iri.NS + "Person", iri.RDFS + "label": "حفتر"}


def test_an_unknown_document_is_an_error(hand):
    with pytest.raises(StoreError, match="there is no document 0"):
        Graph.read(hand, "0" * 16)


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_says_what_changed(tmp_path, extractor, ontology, records, table, capfd):
    with build(tmp_path / "store", extractor, ontology, records) as store:
        assert len(store.documents()) == 4
    capfd.readouterr()
    assert cli.run(["relink", str(tmp_path / "store"), "--actors", str(tmp_path / "my.tsv")]) == 0
    out, err = capfd.readouterr()
    assert out == ""
    lines = [line for line in err.splitlines() if not line.startswith("note: ")]
    assert lines == ["4 documents, 3 changed: 2 entities linked, 2 linked to another entry, 0 unlinked"]
    assert cli.run(["relink", str(tmp_path / "none")]) == 2
