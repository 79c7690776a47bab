"""Candidates: what may be one thing, why, what is proposed of it, and that a person has the last word."""

import csv
import io
import json
from math import exp

import pytest
from pyoxigraph import NamedNode

from khabar import cli, integrity, iri
from khabar.alike import Thing, likeness, plain, reasons, weights
from khabar.candidates import AUTOMATIC, candidates, settle
from khabar.decisions import Decision
from khabar.identities import Identity
from khabar.store import Store
from test_decisions import graph, nil, report

NAME = "لواء الفجروان"
LY, TR = (iri.entity("ly"), "Libya"), (iri.entity("tr"), "Turkey")
A, B, C = (nil(number) for number in range(3))


def thing(name: str, cls: str = "Person", node: str = "a", states=(LY,), ties=(), documents=None) -> Thing:
    folded = name.replace("أ", "ا").replace("ة", "ه")
    return Thing(node, cls, name, (folded,), frozenset(documents or [node]), frozenset(states), frozenset(ties))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        opened.put_ontology()
        for number in range(3):
            opened.replace(graph(report(number, NAME)))
        yield opened


def content(store: Store) -> list[str]:
    return sorted(map(str, store.quads()))


def test_name_class_and_country_make_a_pair_agree_and_each_gives_a_reason():
    found = likeness(thing("سالم الورفلي"), thing("سالم الورفلي", node="b"))
    assert not found.agree, "two words are many a man's name"
    assert found.reasons == ("same name", "both are Person", "both in news of Libya")
    tied = [("x", "حفتر")]
    found = likeness(thing("سالم الورفلي", ties=tied), thing("سالم الورفلي", node="b", ties=tied))
    assert found.agree
    assert found.reasons[-1] == "both tied to حفتر"
    assert likeness(thing("سالم خالد الورفلي"), thing("سالم خالد الورفلي", node="b")).agree


def test_a_score_is_the_logistic_of_its_weights():
    found = reasons(thing("سالم الورفلي"), thing("سالم الورفلي", node="b"))
    keys = ["always", "same name", "several words", "same class", "shared state"]
    assert [reason.key for reason in found] == keys
    odds = sum(weights()[key] for key in keys)
    assert likeness(thing("سالم الورفلي"), thing("سالم الورفلي", node="b")).score == round(1 / (1 + exp(-odds)), 3)
    assert {"like name", "part of name", "kin class", "towns", "other states", "common name"} <= weights().keys()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (thing("سالم الورفلي"), thing("سالم الورفلي", node="b", states=[TR])),  # other countries
        (thing("سالم الورفلي"), thing("سالم الورفلي", node="b", states=[])),  # none known
        (thing("سالم الورفلي"), thing("سالم محمد الورفلي", node="b")),  # another name
        (thing("سالم"), thing("سالم", node="b")),  # a given name alone
        (thing("الجيش", "StateForce"), thing("الجيش", "StateForce", "b")),  # a noun
        (thing(NAME, "Militia"), thing(NAME, "RebelGroup", "b")),  # another class
        (thing("زرفنداق", "Settlement"), thing("زرفنداق", "Settlement", "b")),  # a state has several towns of a name
    ],
)
def test_what_lacks_one_of_these_is_only_listed(one, other):
    found = likeness(one, other)
    assert not found.agree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (thing("سالم الورفلي"), thing("سالم الورفلي", "Settlement", "b")),
        (thing("مصدر عسكري", "UnnamedSource"), thing("مصدر عسكري", "UnnamedSource", "b")),
        (thing("سالم الورفلي", documents=["d"]), thing("سالم الورفلي", node="b", documents=["d"])),
        (thing("سالم الورفلي"), thing("خالد الورفلي", node="b")),
    ],
)
def test_what_cannot_be_one_is_no_pair(one, other):
    assert likeness(one, other) is None


def test_transliterations_are_evened_out():
    assert plain("بريغوجين") == plain("بريجوجين") == plain("بريقوجين")
    assert plain("حلب") != plain("حلف")


FIRST, SECOND, THIRD = sorted((A, B, C))
SAME = NamedNode(iri.NS + "sameEntityAs")


def links(store: Store) -> set[tuple[str, str]]:
    found = set(store.quads(None, SAME))
    assert found == store.decisions.links()
    return {(quad.subject.value, quad.object.value) for quad in found}


def test_what_agrees_is_merged_by_khabar_itself_and_says_so(store):
    assert settle(store) == (2, 0)
    assert links(store) == {(SECOND, FIRST), (THIRD, FIRST)}
    assert store.decisions.log() == ()
    [score] = set(store.decisions.automatic().values())
    assert store.decisions.automatic() == {(FIRST, SECOND): score, (FIRST, THIRD): score}
    assert score >= AUTOMATIC
    node = NamedNode(iri.proposal(FIRST, SECOND))
    told = {iri.shorten(quad.predicate.value): quad.object.value for quad in store.quads(node)}
    assert {quad.graph_name.value for quad in store.quads(node)} == {iri.LINKS}
    assert told["rdf:type"] == iri.NS + "AutomaticMerge"
    assert told[":because"] == "same name; both are MilitaryUnit; both in news of Turkey; both tied to تركيا"
    assert told[":score"] == f"{score:g}"
    assert [one.state for one in candidates(store)] == []
    assert {one.state for one in candidates(store, decided=True)} == {"automatic"}
    assert list(integrity.problems(store)) == []


def test_settling_and_reading_again_change_no_byte(store):
    settle(store)
    before = content(store)
    settle(store)
    assert content(store) == before
    for number in range(3):
        store.replace(graph(report(number, NAME)))
    assert content(store) == before


def test_a_split_undoes_an_automatic_merge_for_good(store):
    settle(store)
    store.decide(Decision.of(FIRST, SECOND, "DifferentEntities", "منى"))
    assert links(store) == {(THIRD, FIRST)}
    assert list(integrity.problems(store)) == []
    settle(store)
    assert links(store) == {(THIRD, FIRST)}
    store.replace(graph(report(0, NAME)))
    assert links(store) == {(THIRD, FIRST)}
    assert (FIRST, SECOND) not in {one.pair for one in candidates(store)}
    assert {one.pair: one.state for one in candidates(store, least=0, decided=True)}[FIRST, SECOND] == "apart"


def test_a_split_of_two_that_khabar_merged_through_a_third_drops_the_weakest(store):
    settle(store)
    store.decide(Decision.of(SECOND, THIRD, "DifferentEntities", "منى"))
    assert links(store) == {(THIRD, FIRST)}, "of two of one score the first in order gives way"
    assert list(integrity.problems(store)) == []
    settle(store)
    assert links(store) == {(SECOND, FIRST)}, "anew, the first that fits joins"


def test_a_persons_merge_and_split_come_before_khabars(store):
    store.decide(Decision.of(FIRST, THIRD, "DifferentEntities", "منى"))
    store.decide(Decision.of(SECOND, THIRD, "SameEntity", "منى"))
    assert settle(store) == (0, 0)
    assert links(store) == {(THIRD, SECOND)}
    store.decide(Decision.of(FIRST, THIRD, "Undecided", "منى"))
    assert settle(store) == (1, 0)
    assert links(store) == {(SECOND, FIRST), (THIRD, FIRST)}
    store.decide(Decision.of(FIRST, THIRD, "DifferentEntities", "سامر"))
    assert links(store) == {(THIRD, SECOND)}, "the automatic merge gives way, the person's stays"
    assert list(integrity.problems(store)) == []


def test_a_merge_by_a_person_takes_the_place_of_an_automatic_one(store):
    settle(store)
    store.decide(Decision.of(FIRST, SECOND, "SameEntity", "منى"))
    assert store.decisions.automatic().keys() == {(FIRST, THIRD)}
    assert links(store) == {(SECOND, FIRST), (THIRD, FIRST)}


def test_two_that_are_two_items_are_not_one(store):
    settle(store)
    store.identify(Identity.of(FIRST, "Q900000000001", "SameEntity", "منى"))
    assert links(store) == {(SECOND, FIRST), (THIRD, FIRST)}
    store.identify(Identity.of(SECOND, "Q900000000001", "DifferentEntities", "منى"))
    assert links(store) == {(THIRD, FIRST)}
    store.identify(Identity.of(THIRD, "Q900000000002", "SameEntity", "منى"))
    assert links(store) == set()
    settle(store)
    assert links(store) == {(THIRD, SECOND)}, "what is known of these two leaves it open"
    assert list(integrity.problems(store)) == []


def test_a_document_that_goes_takes_its_merges_along(store):
    settle(store)
    gone = next(number for number in range(3) if nil(number) == FIRST)
    store.forget(iri.document_key(report(gone).record))
    assert links(store) == set()
    assert list(integrity.problems(store)) == []
    settle(store)
    assert links(store) == {(THIRD, SECOND)}


def test_what_is_likely_is_proposed_and_links_nothing(store, monkeypatch):
    monkeypatch.setattr("khabar.candidates.AUTOMATIC", 2.0)
    monkeypatch.setattr("khabar.candidates.PROPOSED", 0.0)
    assert settle(store) == (0, 2)
    assert links(store) == set()
    assert store.decisions.proposals().keys() == {(FIRST, SECOND), (FIRST, THIRD)}
    assert [one.state for one in candidates(store)] == ["proposed", "proposed"]
    assert list(integrity.problems(store)) == []
    store.decide(Decision.of(FIRST, SECOND, "SameEntity", "منى"))
    assert store.decisions.proposals().keys() == {(FIRST, THIRD)}
    store.decide(Decision.of(SECOND, THIRD, "DifferentEntities", "منى"))
    assert settle(store) == (0, 0)


@pytest.fixture
def khabar(store, capfd):
    path = str(store.path)
    store.close()
    store.close = lambda: None

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        code = cli.run([command, path, *arguments])
        return code, *capfd.readouterr()

    return run


def key(node: str) -> str:
    return node.removeprefix(iri.entity(""))


def test_candidates_in_three_formats(khabar):
    code, out, _ = khabar("candidates", "--format", "json")
    assert code == 0
    rows = json.loads(out)
    first, second, third = map(key, sorted((A, B, C)))
    assert {(row["one"], row["other"]) for row in rows} == {(first, second), (first, third)}
    assert rows[0]["reasons"][0] == "same name"
    _, out, _ = khabar("candidates", "--format", "csv")
    assert [row["score"] for row in csv.DictReader(io.StringIO(out))] == [str(row["score"]) for row in rows]
    code, out, _ = khabar("candidates")
    assert (code, out.endswith("2 pairs\n")) == (0, True)
    assert "same name; both are MilitaryUnit" in out
    code, out, err = khabar("candidates", "--limit", "1")
    assert "and 1 more; show them with --limit 2" in err
    assert khabar("candidates", "--format", "xls")[0] == 2


def test_merge_show_split_and_undo(khabar):
    code, out, err = khabar("merge", key(A), key(B), "--by", "منى", "--because", "one emblem")
    assert (code, out) == (0, "")
    assert err.startswith("merged ")
    assert khabar("merge", key(B), key(A), "--by", "x")[2].startswith("nothing to do: منى decided so on ")
    code, out, _ = khabar("show", key(B))
    assert "2 mentions in 2 documents" in out
    assert "merged with it: " in out
    assert "are one: one emblem" in out
    assert out.count("\nfact   ") == 2
    assert khabar("show", key(A))[1] == out
    assert khabar("show", NAME)[1].count("mentions in") == 2
    assert khabar("validate", "--no-shapes")[0] == 0
    assert khabar("split", key(A), key(B), "--by", "سامر")[2].startswith("kept apart ")
    assert "are two" in khabar("show", key(A))[1]
    assert khabar("split", key(A), key(B), "--undo", "--by", "سامر")[2].startswith("open again: ")
    assert khabar("merge", key(A), key(B), "--undo")[2] == "nothing to do: nobody has decided about the two\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["merge", NAME, "tr"], "3 entities are called"),
        (["merge", "nobody", "tr"], "is called 'nobody'"),
        (["merge", key(A), key(A)], "is one entity already"),
        (["merge", key(A), key(B), "--by", " "], "give --by NAME"),
    ],
)
def test_a_wrong_decision_is_one_line_and_two(khabar, arguments, words):
    code, out, err = khabar(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
