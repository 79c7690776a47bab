"""FollowTheMoney: the library itself reads every line, finds every id, and no plan or denial looks like a fact."""

import json
import sys
from collections import Counter

import pytest

import reported
from handmade import TEXT
from khabar import iri, records
from khabar.errors import ResourceError
from khabar.export import ftm
from khabar.ontology import Ontology
from khabar.store import Store
from reported import written

model = pytest.importorskip("followthemoney", reason="khabar[ftm] is not installed; it needs ICU and a compiler").model

E = iri.entity("")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("ftm") / "store"
    reported.fill(path)
    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def lines(store):
    return [json.loads(line) for line in written(store, "ftm").splitlines()]


@pytest.fixture(scope="module")
def proxies(lines):
    """Read by the library, every value cleaned anew."""
    return {line["id"]: model.get_proxy(line, cleaned=False) for line in lines}


def test_every_value_is_valid(lines, proxies):
    assert len(proxies) == len(lines)
    for line in lines:
        proxy = proxies[line["id"]]
        assert proxy.schema.name == line["schema"]
        assert {name: sorted(values) for name, values in proxy.properties.items() for values in [proxy.get(name)]} == {
            name: sorted(values) for name, values in line["properties"].items()
        }
        proxy.schema.validate(line)
        assert all(proxy.has(name) for name in proxy.schema.required)


def test_every_id_is_there_and_of_a_schema_that_fits(proxies):
    for proxy in proxies.values():
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                assert proxies[value].schema.is_a(prop.range), (proxy.id, prop.name, value)


def test_entities_are_merged_and_keep_their_names(proxies):
    assert Counter(proxy.schema.name for proxy in proxies.values() if proxy.schema.is_a("Thing")) == {
        "Article": 7,
        "Event": 2,
        "Person": 1,
        "PublicBody": 3,
        "Organization": 2,
        "Address": 2,
    }
    turkey = proxies["khabar-tr"]
    assert turkey.get("name") == ["تركيا", "Turkey"]
    assert (turkey.get("wikidataId"), turkey.get("country")) == (["Q43"], ["tr"])
    tripoli = proxies["khabar-gn-8"]
    assert (tripoli.get("latitude"), tripoli.get("longitude")) == (["32.88743"], ["13.18"])
    government = proxies[ftm.entity_id(reported.GOVERNMENTS[0])]
    assert sorted(government.get("proof")) == sorted(map(ftm.document_id, reported.KEYS[:2]))
    assert ftm.entity_id(reported.GOVERNMENTS[1]) not in proxies


def test_links_are_the_facts_and_nothing_else(store, proxies):
    links = [proxy for proxy in proxies.values() if proxy.schema.edge]
    found = {(p.get(p.schema.edge_source)[0], p.get(p.schema.edge_target)[0], p.get("role")[0]) for p in links}
    government = ftm.entity_id(reported.GOVERNMENTS[0])
    assert found == {
        ("khabar-tr", government, "supports"),
        ("khabar-tr", "khabar-haftar", "supports"),
        ("khabar-haftar", "khabar-tr", "opposes"),
        ("khabar-lna", "khabar-tr", "allied with"),
    }
    told = {key: claim for claim in records.claims(store) for key in [claim.key]}
    for link in links:
        assert all(told[key].fact for key in link.get("recordId"))
        assert set(link.get("summary")) <= {told[key].quote for key in link.get("recordId")}
        assert sorted(link.get("proof")) == sorted(
            {ftm.document_id(told[key].document) for key in link.get("recordId")}
        )


def test_events_are_facts_with_their_sides_and_place(proxies):
    strike = proxies[f"khabar-event-{iri.event(reported.FIRST_KEY, 'Strike', 0, 0).rpartition('/')[2]}"]
    assert sorted(strike.get("involved")) == sorted(["khabar-haftar", ftm.entity_id(reported.GOVERNMENTS[0])])
    assert (strike.get("date"), strike.get("startDate")) == (["2019-10-27"], ["2019-10-27"])
    assert strike.get("summary") == ["قصف حفتر طرابلس أمس وقتل ثلاثة"]
    assert "killed: 3" in strike.first("description")
    assert strike.get("proof") == [ftm.document_id(reported.FIRST_KEY)]


def test_ids_do_not_change(store, lines):
    assert [line["id"] for line in map(json.loads, written(store, "ftm").splitlines())] == [
        line["id"] for line in lines
    ]
    assert "khabar-haftar" in {line["id"] for line in lines}


def test_articles_have_their_text_unless_it_stays_at_home(store, proxies):
    article = proxies[ftm.document_id(reported.FIRST_KEY)]
    assert (article.get("bodyText"), article.get("publishedAt")) == ([TEXT], ["2019-10-28"])
    assert proxies[ftm.document_id(reported.SECOND_KEY)].get("publishedAt") == ["2019-11"]
    data = written(store, "ftm", text=False).decode()
    assert "bodyText" not in data
    assert "ق" * 170 not in data


def test_tables_name_what_the_ontology_and_the_model_have():
    ontology = Ontology.load()
    assert set(ftm.SCHEMATA) <= ontology.classes
    assert set(ftm.LINKS) <= ontology.relations
    for schema, source, target in ftm.LINKS.values():
        assert {source, target} <= set(model[schema].properties)
    without = ontology.subclasses("Entity") - set(ftm.SCHEMATA)
    assert without == {"Entity", "Actor", "Materiel", "PopulationGroup", "UnnamedSource"}


def test_without_the_library_one_line_says_what_to_install(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "followthemoney", None)
    with pytest.raises(ResourceError, match=r"pip install 'khabar\[ftm\]'"):
        written(store, "ftm")
