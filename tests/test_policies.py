"""Policies of facts: what each takes for a fact, alike in both engines, whatever comes and goes."""

from dataclasses import replace

import pyoxigraph as ox
import pytest
import rdflib

from handmade import Catalogue, Reader, Schema, article
from khabar import cli, iri
from khabar.bundles import Bundle
from khabar.decisions import Decision
from khabar.dossier import Dossier
from khabar.errors import QueryError
from khabar.integrity import problems
from khabar.kb import Entry
from khabar.model import Entity, Event, Extraction, Mention, Record, Stance
from khabar.policies import REPORTED, policy
from khabar.rdf import to_rdf
from khabar.store import Store
from sparql import its_own_warnings

ENTRIES = (
    Entry("a", "Person", "أ", ""),
    Entry("b", "Person", "ب", ""),
    Entry("c", "Person", "ج", ""),
    Entry("wire", "MediaOutlet", "وكالة", ""),
)
TIE, OTHER = ("a", "supports", "b"), ("b", "supports", "c")


def graph(number: int, *ties: tuple[str, str, str], outlet: str = "", said: str = "", denied: bool = False):
    """An article of an outlet, which says its ties itself or lets somebody say them."""
    made = article(number, *ties)
    entities = made.entities
    if said:
        cls, key = ("MediaOutlet", said) if said == "wire" else ("UnnamedSource", None)
        entities = (*entities, Entity("s", cls, said, key, (Mention(0, 1, 0, 1, 0, cls, "name", ()),)))
    stance = Stance("Ongoing", "Negated" if denied else "Affirmed", "Certain", "s" if said else None)
    relations = tuple(replace(one, stance=stance) for one in made.relations)
    record = replace(made.record, publisher=outlet or f"outlet {number}")
    return to_rdf(replace(made, record=record, entities=entities, relations=relations), Catalogue(ENTRIES), Schema())


def strike(number: int, outlet: str, stance: Stance = Stance()):  # noqa: B008
    """An article that tells of a strike."""
    text = f"قصف {number}"
    record = Record(text, text, url=f"https://news.example/strike/{number}", publisher=outlet)
    event = Event("v0", "Strike", 0, 3, stance, (0, len(text)), "hand", 0.8)
    return to_rdf(Extraction(record, (), (event,), ()), Catalogue(ENTRIES), Schema())


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        opened.put_ontology()
        yield opened


def facts(store: Store, words: str) -> set[str]:
    """The facts under a policy, which both engines must find."""
    rule = policy(words).rule
    found = {" ".join(str(term).strip("<>") for term in triple) for triple in store._quads.query(rule)}
    dataset = rdflib.Dataset()
    quads = [quad for quad in store.quads() if quad.graph_name.value != iri.ONTOLOGY]
    with its_own_warnings():
        dataset.parse(data=ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode(), format="nquads")
        assert {" ".join(map(str, triple)) for triple in dataset.query(rule).graph} == found
    return {" ".join(iri.shorten(term).rpartition(":")[2] for term in line.split()) for line in found}


def test_reported_takes_what_anybody_says_plainly_and_own_voice_what_outlets_say_themselves(store):
    store.replace(graph(1, TIE, said="مصدر"))
    store.replace(graph(2, OTHER))
    store.replace(graph(3, ("a", "supports", "c"), denied=True))
    assert facts(store, "reported") == {"a supports b", "b supports c"}
    assert facts(store, "own-voice") == {"b supports c"}
    assert facts(store, "corroborated:1") == facts(store, "reported")


def test_corroborated_counts_outlets(store):
    store.replace(graph(1, TIE, outlet="صحيفة"))
    store.replace(graph(2, TIE, outlet="صحيفة"))
    assert facts(store, "corroborated") == set()
    store.replace(graph(3, TIE, OTHER, outlet="جريدة"))
    assert facts(store, "corroborated") == {"a supports b"}
    assert facts(store, "corroborated:3") == set()
    store.replace(graph(4, TIE, denied=True, outlet="إذاعة"))
    assert facts(store, "corroborated") == {"a supports b"}
    assert facts(store, "corroborated:3") == set()


def test_two_outlets_that_cite_one_agency_are_one_source_two_unnamed_ones_are_two(store):
    store.replace(graph(1, TIE, said="wire"))
    store.replace(graph(2, TIE, said="wire"))
    assert facts(store, "corroborated") == set()
    store.replace(graph(3, OTHER, said="مصدر"))
    store.replace(graph(4, OTHER, said="مصدر"))
    assert facts(store, "corroborated") == {"b supports c"}
    store.replace(graph(5, TIE))
    assert facts(store, "corroborated") == {"a supports b", "b supports c"}


def test_copies_of_a_story_are_one_outlet(store):
    documents = [graph(number, TIE) for number in (1, 2, 3)]
    for document in documents:
        store.replace(document)
    nodes = [iri.document(document.key) for document in documents]
    assert facts(store, "corroborated:3") == {"a supports b"}
    store.group([Bundle("Story", (nodes[0], nodes[1]), 0.9, ("copied",))])
    assert facts(store, "corroborated:3") == set()
    assert facts(store, "corroborated") == {"a supports b"}


def test_reports_of_one_happening_back_one_another(store):
    documents = [strike(1, "صحيفة"), strike(2, "جريدة"), strike(3, "إذاعة")]
    for document in documents:
        store.replace(document)
    events = [iri.event(document.key, "Strike", 0, 0) for document in documents]
    assert facts(store, "corroborated") == set()
    store.group([Bundle("Happening", tuple(events[:2]), 0.9, ("alike",))])
    ends = sorted(iri.shorten(event).removeprefix("event:") for event in events[:2])
    assert sorted(facts(store, "corroborated")) == [f"{end} type Occurrence" for end in ends]


def stored(store: Store) -> set[str]:
    return {" ".join(iri.shorten(t.value).rpartition(":")[2] for t in q.triple) for q in store.quads(graph=iri.FACTS)}


def test_a_store_remembers_its_policy_and_its_facts_follow(store):
    store.replace(graph(1, TIE, said="مصدر"))
    assert store.policy == REPORTED
    assert stored(store) == {"a supports b"}
    before = sorted(map(str, store.quads()))
    store.rebuild_facts(policy("own-voice"))
    assert (str(store.policy), stored(store)) == ("own-voice", set())
    store.replace(graph(2, TIE))
    assert stored(store) == {"a supports b"}
    assert list(problems(store)) == []
    store.forget(graph(2, TIE).key)
    assert stored(store) == set()
    store.rebuild_facts(REPORTED)
    assert sorted(map(str, store.quads())) == before


def test_a_policy_across_documents_has_no_fact_until_all_changes_are_in(store):
    store.rebuild_facts(policy("corroborated"))
    for number in (1, 2):
        store.replace(graph(number, TIE))
    assert stored(store) == set()
    assert "claim without its fact: entity:a :supports entity:b" in list(problems(store, shapes=False))
    store.group([])
    assert stored(store) == {"a supports b"}
    assert list(problems(store)) == []
    store.forget(graph(2, TIE).key)
    assert stored(store) == set()
    assert list(problems(store)) == []


def test_what_another_source_denies_is_shown_as_disputed(store):
    store.replace(graph(1, TIE, OTHER))
    store.replace(graph(2, TIE, denied=True))
    shown = {one.statement: one.disputed for one in Dossier(store).document(graph(1, TIE, OTHER).key).claims}
    assert shown == {"أ supports ب": True, "ب supports ج": False}
    assert stored(store) == {"a supports b", "b supports c"}


def test_a_denied_report_disputes_the_other_reports_of_its_happening(store):
    one, other = strike(1, "صحيفة"), strike(2, "جريدة", Stance(polarity="Negated"))
    for made in (one, other):
        store.replace(made)
    assert [told.disputed for told in Dossier(store).document(one.key).claims] == [False]
    events = [iri.event(made.key, "Strike", 0, 0) for made in (one, other)]
    store.group([Bundle("Happening", tuple(events), 0.9, ("alike",))])
    assert [told.disputed for told in Dossier(store).document(one.key).claims] == [True]
    assert [told.disputed for told in Dossier(store).document(other.key).claims] == [False]


def test_merged_entities_are_one_to_a_policy_across_documents(store):
    store.rebuild_facts(policy("corroborated"))
    store.replace(graph(1, ("a", "supports", "b")))
    store.replace(graph(2, ("a", "supports", "c")))
    store.group([])
    assert stored(store) == set()
    store.decide(Decision.of(iri.entity("b"), iri.entity("c"), "SameEntity", "منى"))
    assert stored(store) == {"a supports b", "a supports c"}
    store.decide(Decision.of(iri.entity("b"), iri.entity("c"), "Undecided", "منى"))
    assert stored(store) == set()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("true", "no policy of facts is named 'true'; there are: corroborated, own-voice, reported"),
        ("reported:2", "the policy reported counts nothing; write it without :2"),
        ("corroborated:0", "takes a whole number from 1, not '0'; write corroborated:2"),
        ("corroborated:", "takes a whole number from 1, not ''"),
        ("corroborated:٢", "takes a whole number from 1, not '٢'"),
    ],
)
def test_a_wrong_policy_says_what_there_is(words, says):
    with pytest.raises(QueryError, match=says):
        policy(words)


def test_the_command_takes_up_a_policy_without_reading_again(tmp_path, capfd):
    path = str(tmp_path / "store")
    with Store.open(path, write=True, create=True) as opened:
        opened.replace(graph(1, TIE, said="مصدر"))
        opened.replace(graph(2, OTHER))
    assert cli.run(["facts", path, "--policy", "own-voice"]) == 0
    assert capfd.readouterr().err == "1 facts under the policy own-voice, 2 before\n"
    assert cli.run(["facts", path]) == 0
    assert capfd.readouterr().err == "1 facts under the policy own-voice, 1 before\n"
    assert cli.run(["facts", path, "--policy", "gossip"]) == 2
    assert capfd.readouterr().err.startswith("khabar: no policy of facts is named 'gossip'")


def test_show_marks_what_is_disputed_and_a_build_remembers_the_policy(tmp_path, capfd, monkeypatch):
    path = str(tmp_path / "store")
    with Store.open(path, write=True, create=True) as opened:
        opened.replace(graph(1, TIE))
        opened.replace(graph(2, TIE, denied=True))
    assert cli.run(["show", path, "a"]) == 0
    lines = [line for line in capfd.readouterr().out.splitlines() if "supports" in line and "hand" not in line]
    assert sorted(lines) == ["claim  أ supports ب", "disputed أ supports ب"]
    monkeypatch.setattr("khabar.extractor.RuleExtractor", Reading)
    source = tmp_path / "article.txt"
    source.write_text(article(1, TIE).record.text, encoding="utf-8")
    assert cli.run(["build", str(source), "--store", path, "--facts", "corroborated"]) == 0
    assert capfd.readouterr().err.startswith("1 documents")
    with Store.open(path) as opened:
        assert str(opened.policy) == "corroborated:2"
        assert stored(opened) == {"a supports b"}
        assert list(problems(opened, shapes=False)) == []
    assert cli.run(["build", str(source), "--store", path, "--facts", "gossip"]) == 2


class Reading(Reader):
    """Stands in for the models."""

    kb = Catalogue(ENTRIES)

    def __init__(self):
        super().__init__(article(1, TIE))
