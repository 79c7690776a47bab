"""Comparing the knowledge base with Wikidata."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services
from handmade import Schema
from khabar.kb.records import SURE, Candidate, Entry
from khabar.wikidata import Cache, Client, Manners
from khabar.wikidata.items import Asker
from khabar.wikidata.refresh import KINDS, Change, Refresh, distance, kinds_of_types, plain


def q(number: int) -> str:
    return f"Q{900000000000 + number}"


ENTRIES = [
    Entry("sarw", "Settlement", "عين السرو", "Ain al-Sarw", ("السرو",), "nl", lat=34.5, lon=36.5, qid=q(1)),
    Entry("marji", "Person", "سالم المرجي", "", (), "nl", qid=q(2)),
    Entry("round", "Person", "سالم الدوار", "Salem", (), "nl", qid=q(5)),
    Entry("dawn", "Militia", "كتيبة الفجر", "Dawn Brigade", (), "nl", qid=q(7)),
    Entry("grove", "Settlement", "تل الرمان", "Tell al-Rumman", (), "nl", qid=q(8)),
    Entry("nl", "Country", "الشمال", "Northland", (), "nl", lat=34.2, lon=36.1, qid=q(9)),
    Entry("gone", "Person", "سعيد الغائب", "Said", (), "nl", qid=q(99)),
    Entry("none", "Person", "بلا رقم", "", (), "nl"),
]


class KB:
    """A knowledge base of the entries above."""

    def entries(self):
        return iter(ENTRIES)

    def entry(self, key):
        return {entry.key: entry for entry in ENTRIES}[key]

    def meanings(self, name):
        found = [e for e in ENTRIES if name in {plain(n) for n in (e.name_ar, *e.aliases_ar)}]
        if name == plain("عين سرو"):
            found.append(Entry("other", "Settlement", "عين سرو", ""))
        return tuple(Candidate(e.key, SURE, e.cls, e.country or "", 50, "") for e in found)


class Classes(Schema):
    def is_a(self, cls, ancestor):
        if ancestor == "Organization":
            return cls == "Militia"
        return cls == ancestor or (ancestor in ("Place", "Actor", "Event") and super().is_a(cls, ancestor))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@pytest.fixture
def service():
    running = services.Service()
    yield running
    running.close()


def compared(service, tmp_path, entries=ENTRIES, **kwargs) -> list[Change]:
    client = Client(Manners("khabar/test", pause=0.0), sleep=lambda _: None)
    with Cache(tmp_path / "c.sqlite", **kwargs) as cache:
        asker = Asker(client, cache, service.sparql)
        known = {entry.qid: entry.key for entry in ENTRIES if entry.qid}
        return Refresh(asker, KB(), Classes(), known).run(entries)


def of(changes, key) -> list[tuple[str, str, str, str, str]]:
    return [(c.kind, c.field, c.before, c.after, c.note) for c in changes if c.key == key]


def test_a_town_has_moved_and_has_new_names(service, tmp_path):
    assert of(compared(service, tmp_path), "sarw") == [
        ("coordinates-moved", "coordinates", "34.5,36.5", "34,36.5", "56 km"),
        ("alias-new", "aliases_ar", "", "عين سرو", "also a name of other"),
        ("alias-new", "aliases_en", "", "Ayn as-Sarw", ""),
        ("types-new", "types", "", "Q515 city", ""),
    ]


def test_a_merged_item_is_followed_to_its_end_and_compared(service, tmp_path):
    assert of(compared(service, tmp_path), "marji") == [
        ("id-redirected", "qid", q(2), q(4), f"now Salem al-Marji (politician), by way of {q(3)}"),
        ("label-new", "name_en", "", "Salem al-Marji", ""),
        ("types-new", "types", "", "Q5 human", ""),
    ]


def test_redirects_in_a_circle_end(service, tmp_path):
    assert of(compared(service, tmp_path), "round") == [
        ("id-redirected", "qid", q(5), "", "redirects lead in a circle or nowhere")
    ]


def test_a_wrong_item_is_suspected_and_its_names_are_not_offered(service, tmp_path):
    changes = compared(service, tmp_path)
    assert of(changes, "dawn") == [
        ("type-conflict", "qid", q(7), "", "Dawn Brigade is a human; the entry is a Militia")
    ]
    assert of(changes, "grove") == [("name-conflict", "qid", q(8), "", "Wikidata calls it Olive Grove")]


def test_a_changed_label(service, tmp_path):
    assert of(compared(service, tmp_path), "nl") == [
        ("label-changed", "name_ar", "الشمال", "جمهورية الشمال", "the old name is an alias there"),
        ("label-changed", "name_en", "Northland", "Republic of the North", "the old name is an alias there"),
        ("types-new", "types", "", "Q6256 country", ""),
    ]


def test_a_label_that_changed_since_the_last_time_is_said(service, tmp_path):
    compared(service, tmp_path)
    service.graph.update(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX wd: <http://www.wikidata.org/entity/> "
        f'DELETE DATA {{ wd:{q(9)} rdfs:label "Republic of the North"@en }}; '
        f'INSERT DATA {{ wd:{q(9)} rdfs:label "Northern Republic"@en }}'
    )
    note = "the old name is an alias there; when last asked the label was Republic of the North"
    changed = of(compared(service, tmp_path, days=0.0), "nl")[1]
    assert changed == ("label-changed", "name_en", "Northland", "Northern Republic", note)


def test_gone_and_never_linked(service, tmp_path):
    changes = compared(service, tmp_path)
    assert of(changes, "gone") == [("id-gone", "qid", q(99), "", "asked for twice, no answer")]
    assert of(changes, "none") == []
    assert [c.kind for c in changes] == sorted((c.kind for c in changes), key=list(KINDS).index)


def test_a_redirect_to_the_item_of_another_entry_is_said(service, tmp_path):
    service.graph.update(
        f"INSERT DATA {{ <http://www.wikidata.org/entity/{q(50)}> <http://www.w3.org/2002/07/owl#sameAs> "
        f"<http://www.wikidata.org/entity/{q(9)}> }}"
    )
    changes = compared(service, tmp_path, [Entry("north2", "Country", "الشمال", "Northland", qid=q(50))])
    assert (
        changes[0].note == "now Republic of the North; nl has that id already: one of the two entries may be too much"
    )


def test_the_table_of_types_names_classes_that_are_there():
    from khabar.ontology import Ontology

    ontology = Ontology.load()
    assert set(kinds_of_types().values()) <= ontology.classes
    assert kinds_of_types()["Q5"] == "Person"


def test_distances():
    assert distance((0, 0), (0, 0)) == 0
    assert math.isclose(distance((0, 0), (0, 180)), 20_015, rel_tol=1e-3)
    assert math.isclose(distance((33.513, 36.292), (36.202, 37.134)), 309, abs_tol=3)  # Damascus, Aleppo


@given(st.text(max_size=30))
def test_plain_names_stay_as_they_are(name):
    assert plain(plain(name)) == plain(name)
