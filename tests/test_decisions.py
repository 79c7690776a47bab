"""Decisions: what people decide about two nodes, the links that follow, and what outlives a change of the documents."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from handmade import Catalogue, Schema
from khabar import integrity, iri
from khabar.decisions import Decision
from khabar.errors import QueryError
from khabar.model import Entity, Extraction, Mention, Record, Relation, Stance
from khabar.rdf import to_rdf
from khabar.store import Store

NAME = "لواء الفجر"


def report(number: int, name: str = NAME, cls: str = "MilitaryUnit", before: str = "") -> Extraction:
    """An article in which Turkey supports a unit that no knowledge base knows."""
    text = f"{before}تركيا تدعم {name} رقم {number}"
    begin = text.index(name)
    first = Mention(len(before), len(before) + 5, 0, 1, 0, "Country", "name")
    turkey = Entity("e0", "Country", "تركيا", "tr", (first,))
    unit = Entity("e1", cls, name, None, (Mention(begin, begin + len(name), 2, 4, 2, cls, "name"),))
    tie = Relation("e0", "supports", "e1", Stance("Ongoing"), (0, len(text)), "hand")
    record = Record(text, f"report {number}", id=f"r{number}", url=f"https://news.example/r{number}")
    return Extraction(record, (turkey, unit), (), (tie,))


def graph(extraction: Extraction):
    return to_rdf(extraction, Catalogue(), Schema())


def nil(number: int, cls: str = "MilitaryUnit", begin: int = 11) -> str:
    return iri.nil_entity(iri.document_key(report(number).record), cls, begin)


A, B, C, D = (nil(number) for number in range(4))
TR, LNA = iri.entity("tr"), iri.entity("lna")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        opened.put_ontology()
        for number in range(4):
            opened.replace(graph(report(number)))
        yield opened


def same(store: Store, one: str, other: str, by: str = "منى", because: str = "") -> Decision:
    return store.decide(Decision.of(one, other, "SameEntity", by, because))


def apart(store: Store, one: str, other: str, by: str = "منى") -> Decision:
    return store.decide(Decision.of(one, other, "DifferentEntities", by))


def undo(store: Store, one: str, other: str) -> Decision:
    return store.decide(Decision.of(one, other, "Undecided", "منى"))


def links(store: Store) -> set[tuple[str, str]]:
    found = store.quads(None, NamedNode(iri.NS + "sameEntityAs"), None, iri.LINKS)
    quads = set(found)
    assert quads == store.decisions.links()
    triples = sorted(str(quad.triple) for quad in store.quads())
    assert all(len(list(group)) == 1 for _, group in itertools.groupby(triples)), "a triple sits in one graph"
    assert {quad.triple for quad in store.quads(graph=iri.FACTS)} == store.derived_facts()
    return {(quad.subject.value, quad.object.value) for quad in quads}


def star(*nodes: str) -> set[tuple[str, str]]:
    first = min(nodes, key=lambda node: ("nil-" in node, node))
    return {(node, first) for node in nodes if node != first}


def content(store: Store) -> list[str]:
    return sorted(map(str, store.quads()))


def test_a_merge_links_each_node_to_the_one_that_stands_for_all(store):
    facts = set(store.quads(graph=iri.FACTS))
    same(store, A, B)
    assert links(store) == star(A, B)
    same(store, C, B)
    assert links(store) == star(A, B, C)
    assert store.decisions.group(C) == [min(A, B, C), *sorted({A, B, C} - {min(A, B, C)})]
    assert store.decisions.group(D) == [D]
    assert set(store.quads(graph=iri.FACTS)) == facts, "facts speak of the nodes of their documents"


def test_a_decision_says_who_when_and_why(store):
    made = same(store, B, A, by="منى", because="same commander")
    assert made.pair == (min(A, B), max(A, B))
    assert store.decisions.log() == (made,)
    node = iri.decision(*made.pair, "SameEntity", "منى", made.at)
    told = {iri.shorten(quad.predicate.value): quad.object for quad in store.quads(NamedNode(node))}
    assert {quad.graph_name.value for quad in store.quads(NamedNode(node))} == {iri.DECISIONS}
    assert told[":decidedBy"].value == "منى"
    assert told[":because"].value == "same commander"
    assert told[":verdict"] == NamedNode(iri.NS + "SameEntity")
    assert told[":decidedAt"].datatype == NamedNode(iri.XSD + "dateTime")


def test_decisions_are_read_back_as_they_were_made(store, tmp_path):
    made = (same(store, A, B, because='why "so"\n?'), apart(store, C, D), undo(store, A, B))
    store.backup(tmp_path / "copy")
    with Store.open(tmp_path / "copy") as again:
        assert again.decisions.log() == made


def test_a_split_takes_the_merge_back_and_is_remembered(store):
    same(store, A, B)
    apart(store, A, B)
    assert links(store) == set()
    assert store.decisions.different(B, A).verdict == "DifferentEntities"
    assert len(store.decisions.log()) == 2


def test_the_latest_decision_counts_and_undo_opens_the_question(store):
    apart(store, A, B)
    same(store, A, B)
    assert links(store) == star(A, B)
    undo(store, B, A)
    assert links(store) == set()
    assert store.decisions.standing() == {}
    assert len(store.decisions.log()) == 3


def test_never_merge_holds_for_whole_groups(store):
    same(store, A, B)
    same(store, C, D)
    apart(store, A, C)
    before = content(store)
    with pytest.raises(QueryError, match=r"منى decided on .* are two, and this would make them one: .* with --undo"):
        same(store, B, D)
    assert content(store) == before
    assert links(store) == star(A, B) | star(C, D)
    assert store.decisions.different(B, D).pair == (min(A, C), max(A, C))


def test_a_split_of_what_is_one_through_others_says_through_whom(store):
    same(store, A, B)
    same(store, B, C)
    chain = " = ".join(map(iri.shorten, (min(A, C), B, max(A, C))))
    with pytest.raises(QueryError, match=f"still one through others: {chain}; split one of these first"):
        apart(store, A, C)


def test_nothing_is_merged_with_itself_or_with_what_it_cannot_be(store):
    with pytest.raises(QueryError, match="one entity already"):
        same(store, A, A)
    store.replace(graph(report(7, "سهى", "Person")))
    with pytest.raises(QueryError, match=r"is a .* and .* nothing is both"):
        same(store, A, nil(7, "Person"))


def test_two_wikidata_items_are_two_things(store):
    store.replace(
        graph(
            Extraction(
                Record("ليبيا", "x", url="https://news.example/ly"),
                (Entity("e0", "Country", "ليبيا", "ly", (Mention(0, 5, 0, 1, 0, "Country", "name"),)),),
            )
        )
    )
    with pytest.raises(QueryError, match="they are Q1016 and Q43 in Wikidata"):
        same(store, TR, iri.entity("ly"))


def test_what_the_knowledge_base_knows_stands_for_the_group_and_keeps_its_wikidata_link(store):
    store.replace(graph(report(7, "الجمهورية", "Country")))
    unknown = nil(7, "Country")
    same(store, unknown, TR)
    assert links(store) == {(unknown, TR)}
    store.replace(graph(report(1)))
    assert links(store) == {(unknown, TR)}
    items = list(store.quads(NamedNode(TR), NamedNode(iri.OWL + "sameAs")))
    assert [quad.object.value for quad in items] == [iri.WIKIDATA + "Q43"]


def test_reading_again_changes_no_byte(store):
    same(store, A, B)
    same(store, B, C)
    apart(store, A, D)
    before = content(store)
    for number in range(4):
        store.replace(graph(report(number)))
    assert content(store) == before


def test_a_node_that_vanishes_takes_its_link_along_and_finds_it_when_it_comes_back(store):
    same(store, A, B)
    same(store, B, C)
    before = content(store)
    store.replace(graph(report(1, before="أمس ")))  # its first mention begins elsewhere: another node
    assert links(store) == star(A, C), "they are still one, by what was decided"
    assert [node for _, node in store.decisions.vanished()] == [B, B]
    lines = [line for line in integrity.problems(store, shapes=False)]
    assert len(lines) == 2
    assert all(line.startswith("decision about an entity that is no longer in the store: ") for line in lines)
    store.replace(graph(report(1)))
    assert content(store) == before
    assert list(integrity.problems(store)) == []


def test_forgetting_keeps_decisions_and_a_document_that_comes_back_finds_them(store):
    same(store, A, B)
    apart(store, C, D)
    before = content(store)
    for number in range(4):
        store.forget(iri.document_key(report(number).record))
    assert links(store) == set()
    assert {quad.graph_name.value for quad in store.quads()} == {iri.ONTOLOGY, iri.DECISIONS}
    for number in range(4):
        store.replace(graph(report(number)))
    assert content(store) == before


def test_a_clock_set_back_does_not_turn_decisions_round(store):
    first = store.decide(replace(Decision.of(A, B, "SameEntity", "x"), at="2999-01-01T00:00:00+00:00"))
    second = apart(store, A, B)
    assert second.time > first.time
    assert links(store) == set()


def test_links_that_no_decision_backs_are_found(store):
    same(store, A, B)
    stray = Quad(NamedNode(D), NamedNode(iri.NS + "sameEntityAs"), NamedNode(C), NamedNode(iri.LINKS))
    store.add([stray])
    assert [line.partition(":")[0] for line in integrity.problems(store, shapes=False)] == ["link without a decision"]


def test_a_sound_store_with_merges_has_no_problems(store):
    same(store, A, B, because="one emblem")
    apart(store, C, D)
    undo(store, C, D)
    assert list(integrity.problems(store)) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["same", "apart", "undo", "forget", "read", "change"]), st.integers(0, 3), st.integers(0, 3)
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(steps=STEPS)
def test_whatever_happens_links_follow_from_the_decisions(steps, tmp_path_factory):
    nodes = (A, B, C, D)
    with Store.open(tmp_path_factory.mktemp("steps") / "s", write=True, create=True) as store:
        for number in range(4):
            store.replace(graph(report(number)))
        for step, one, other in steps:
            key = iri.document_key(report(one).record)
            try:
                if step in ("same", "apart", "undo"):
                    {"same": same, "apart": apart, "undo": undo}[step](store, nodes[one], nodes[other])
                elif step == "forget" and key in store.documents():
                    store.forget(key)
                elif step in ("read", "change"):
                    store.replace(graph(report(one, before="أمس " if step == "change" else "")))
            except QueryError:
                pass
            links(store)
        groups = store.decisions.groups()
        for made in store.decisions.standing().values():
            together = made.pair[1] in groups.get(made.pair[0], ())
            assert together == (made.verdict == "SameEntity")
