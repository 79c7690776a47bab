"""Candidates: what may be one thing, why, what is proposed of it, and that a person has the last word."""

import csv
import io
import json

import pytest
from pyoxigraph import NamedNode

from khabar import cli, integrity, iri
from khabar.alike import Thing, likeness, plain
from khabar.candidates import candidates, proposals, propose
from khabar.decisions import Decision
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


def test_name_class_and_country_make_a_pair_sure_and_each_gives_a_reason():
    found = likeness(thing("سالم الورفلي"), thing("سالم الورفلي", node="b"))
    assert found.sure
    assert (found.score, found.reasons) == (0.9, ("same name", "both are Person", "both in news of Libya"))
    tied = [("x", "حفتر")]
    found = likeness(thing("سالم الورفلي", ties=tied), thing("سالم الورفلي", node="b", ties=tied))
    assert (found.score, found.reasons[-1]) == (0.95, "both tied to حفتر")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (thing("سالم الورفلي"), thing("سالم الورفلي", node="b", states=[TR])),  # other countries
        (thing("سالم الورفلي"), thing("سالم الورفلي", node="b", states=[])),  # none known
        (thing("سالم الورفلي"), thing("سالم محمد الورفلي", node="b")),  # another name
        (thing("سالم"), thing("سالم", node="b")),  # a given name alone
        (thing("الجيش", "StateForce"), thing("الجيش", "StateForce", "b")),  # a noun
        (thing(NAME, "Militia"), thing(NAME, "RebelGroup", "b")),  # another class
    ],
)
def test_what_lacks_one_of_these_is_only_listed(one, other):
    found = likeness(one, other)
    assert not found.sure
    assert found.score < 0.9


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


def test_proposals_are_marked_and_link_nothing(store):
    assert propose(store) == 2
    assert list(store.quads(None, NamedNode(iri.NS + "sameEntityAs"))) == []
    first, *others = sorted((A, B, C))
    assert store.decisions.proposals().keys() == {(first, other) for other in others}
    marked = [quad for quad in store.quads(None, None, NamedNode(iri.NS + "MergeProposal"), iri.LINKS)]
    assert {quad.subject for quad in marked} == set(store.decisions.proposals().values())
    assert [one.state for one in candidates(store)] == ["proposed", "proposed"]
    assert list(integrity.problems(store)) == []


def test_proposing_and_reading_again_change_no_byte(store):
    propose(store)
    before = content(store)
    propose(store)
    assert content(store) == before
    for number in range(3):
        store.replace(graph(report(number, NAME)))
    assert content(store) == before


def test_a_document_that_goes_takes_its_proposals_along(store):
    propose(store)
    store.forget(iri.document_key(report(0).record))
    assert all(A not in ends for ends in store.decisions.proposals())
    assert list(integrity.problems(store, shapes=False)) == []


def test_never_merge_is_remembered_by_the_machine(store):
    propose(store)
    first, second, third = sorted((A, B, C))
    store.decide(Decision.of(first, second, "DifferentEntities", "منى"))
    assert store.decisions.proposals().keys() == {(first, third)}
    for number in range(3):
        store.replace(graph(report(number, NAME)))
    propose(store)
    assert store.decisions.proposals().keys() == {(first, third)}
    assert (first, second) not in {one.pair for one in candidates(store)}
    states = {one.pair: one.state for one in candidates(store, least=0, decided=True)}
    assert states[first, second] == "apart"


def test_what_is_merged_is_one_thing_and_never_proposed(store):
    propose(store)
    first, second, third = sorted((A, B, C))
    store.decide(Decision.of(first, second, "SameEntity", "منى"))
    assert store.decisions.proposals().keys() == {(first, third)}
    propose(store)
    assert store.decisions.proposals().keys() == {(first, third)}
    assert list(integrity.problems(store)) == []
    store.decide(Decision.of(second, third, "DifferentEntities", "منى"))
    assert proposals(store) == []
    assert store.decisions.proposals() == {}


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
