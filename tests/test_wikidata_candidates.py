"""Items proposed for unlinked entities, and what a person decides about them."""

from dataclasses import replace

import pytest

import services
from handmade import Catalogue, Schema, article
from khabar import cli, iri
from khabar.errors import QueryError
from khabar.identities import Identity
from khabar.integrity import problems
from khabar.kb.records import Entry
from khabar.model import Entity, Mention
from khabar.rdf import to_rdf
from khabar.store import Store

GOOD, SINGER, FILM = "Q900000000021", "Q900000000022", "Q900000000023"
NAME = "سامي العطار"


class KB:
    """A knowledge base that knows one state, by an item of the tests."""

    def entries(self):
        return iter([Entry("ly", "Country", "ليبيا", "Libya", qid="Q900000000009")])

    def meanings(self, name):
        return ()


def reading():
    """An article in which an unknown person is named beside Libya."""
    plain = article(7)
    text = f"زار {NAME} ليبيا."
    begin, land = text.index(NAME), text.index("ليبيا")
    who = Mention(begin, begin + len(NAME), 1, 3, 1, "Person", "name")
    where = Mention(land, land + 5, 3, 4, 3, "Country", "name", ("ly",))
    entities = (
        Entity("x", "Person", NAME, None, (who,)),
        Entity("y", "Country", "ليبيا", "ly", (where,)),
    )
    record = replace(plain.record, text=text)
    return replace(plain, record=record, entities=entities, events=(), relations=())


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr("khabar.cli.wikidata._kb", KB)


@pytest.fixture
def service():
    running = services.Service()
    yield running
    running.close()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        opened.put_ontology()
        opened.replace(to_rdf(reading(), Catalogue(), Schema()))
    return tmp_path / "store"


@pytest.fixture
def nil(store):
    with Store.open(store) as opened:
        return next(
            str(q.subject).strip("<>") for q in opened.quads() if str(q.subject).startswith(f"<{iri.entity('nil-')}")
        )


@pytest.fixture
def khabar(capfd):
    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["wikidata", *arguments])
        return code, *capfd.readouterr()

    return run


def proposed(khabar, service, store) -> list[dict[str, str]]:
    ask = ("--endpoint", service.sparql, "--search", service.api, "--pause", "0")
    code, out, _ = khabar("candidates", str(store), *ask)
    assert code == 0
    head, *lines = (line.split("\t") for line in out.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def links(store) -> list[str]:
    with Store.open(store) as opened:
        assert list(problems(opened)) == []
        return sorted(str(q.object) for q in opened.quads(graph=iri.LINKS) if "nil-" in str(q.subject))


def test_candidates_come_with_scores_and_reasons_and_link_nothing(khabar, service, store, nil):
    rows = proposed(khabar, service, store)
    assert [row["qid"] for row in rows] == [GOOD, SINGER]
    assert rows[0]["reasons"] == (
        "its Arabic label is the name; Person there, Person here; the text speaks of its state (ly); "
        "9 Wikimedia pages are about it"
    )
    assert "the text does not speak of its state" in rows[1]["reasons"]
    assert (rows[0]["score"], rows[1]["score"]) == ("0.98", "0.70")
    assert {row["entity"] for row in rows} == {nil.removeprefix(iri.entity(""))}
    assert links(store) == []
    sent = [fields for fields in service.asked if "search" in fields]
    assert [fields["search"] for fields in sent] == [NAME]
    assert sent[0]["action"] == "wbsearchentities"
    before = len(service.asked)
    assert proposed(khabar, service, store) == rows
    assert len(service.asked) == before  # the cache


def test_a_person_confirms_and_takes_back(khabar, service, store, nil):
    key = nil.removeprefix(iri.entity(""))
    why = ("--by", "Mona", "--because", "same post")
    code, out, err = khabar("confirm", str(store), key, GOOD, *why)
    assert (code, out, err) == (0, "", f"entity:{key} is {GOOD}, decided by Mona\n")
    assert links(store) == [f"<{iri.WIKIDATA}{GOOD}>"]
    with Store.open(store) as opened:
        (made,) = opened.identities.log()
        assert (made.entity, made.qid, made.verdict, made.by, made.because) == (
            nil, GOOD, "SameEntity", "Mona", "same post",
        )  # fmt: skip
        about = [str(q.predicate).partition("#")[2].rstrip(">") for q in opened.quads(graph=iri.DECISIONS)]
        assert sorted(about) == ["because", "decidedAt", "decidedBy", "identifies", "item", "type", "verdict"]
    assert proposed(khabar, service, store) == []
    code, _, err = khabar("confirm", str(store), key, SINGER, "--by", "Mona")
    assert code == 2
    assert f"it is wd:{GOOD} already" in err
    assert khabar("confirm", str(store), key, GOOD, "--by", "Omar", "--undo")[0] == 0
    assert links(store) == []
    with Store.open(store) as opened:
        assert [one.by for one in opened.identities.log()] == ["Mona", "Omar"]
    assert [row["qid"] for row in proposed(khabar, service, store)] == [GOOD, SINGER]


def test_what_was_said_not_to_be_is_not_proposed_again(khabar, service, store, nil):
    assert khabar("confirm", str(store), nil, SINGER, "--by", "Mona", "--not")[0] == 0
    assert links(store) == []
    assert [row["qid"] for row in proposed(khabar, service, store)] == [GOOD]


def test_the_decision_survives_reading_again_and_forgetting(store, nil):
    item = f"<{iri.WIKIDATA}{GOOD}>"
    document = to_rdf(reading(), Catalogue(), Schema())
    with Store.open(store, write=True) as opened:
        opened.identify(Identity.of(nil, GOOD, "SameEntity", "Mona"))
        opened.replace(document)
    assert links(store) == [item]
    with Store.open(store, write=True) as opened:
        opened.forget(document.key)
    assert links(store) == []
    with Store.open(store, write=True) as opened:
        assert len(opened.identities.log()) == 1
        opened.replace(document)
    assert links(store) == [item]


def test_entries_of_the_knowledge_base_are_linked_elsewhere(store, nil):
    with Store.open(store, write=True) as opened:
        with pytest.raises(QueryError, match="is an entry of the knowledge base"):
            opened.identify(Identity.of(iri.entity("ly"), GOOD, "SameEntity", "Mona"))
        with pytest.raises(QueryError, match="ly is that item already; say that they are one: `khabar merge`"):
            opened.identify(Identity.of(nil, "Q1016", "SameEntity", "Mona"))
        with pytest.raises(QueryError, match="is not in the store"):
            opened.identify(Identity.of(iri.entity("nil-0123456789abcdef"), GOOD, "SameEntity", "Mona"))
        assert opened.identities.log() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([NAME, "43", "--by", "Mona"], "'43' is no Wikidata id"),
        ([NAME, GOOD, "--by", " "], "give --by NAME"),
        ([NAME, GOOD], "Missing option '--by'"),
        ([NAME, GOOD, "--by", "Mona", "--not", "--undo"], "exclude each other"),
        (["nobody", GOOD, "--by", "Mona"], "is called 'nobody'"),
    ],
)
def test_wrong_use(khabar, store, arguments, words):
    code, out, err = khabar("confirm", str(store), *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert links(store) == []
