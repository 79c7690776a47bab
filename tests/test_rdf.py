"""The RDF shape: one article against a golden file, and each rule of the contract."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from handmade import EXTRACTION, Catalogue, Schema, article, span
from khabar import iri
from khabar.errors import InputError
from khabar.kb import Entry
from khabar.model import Entity, Extraction, Mention, Relation, Role, Stance
from khabar.rdf import licence, status, to_rdf

GOLDEN = Path(__file__).parent / "golden" / "handmade.nq"
KEY = iri.document_key(EXTRACTION.record)


def lines(document) -> list[str]:
    shared = [quad for quads in document.descriptions.values() for quad in quads]
    return sorted(f"{quad} ." for quad in (*document.quads, *shared))


def make(extraction=EXTRACTION, catalogue=None):
    return to_rdf(extraction, catalogue or Catalogue(), Schema())


def values(document, subject: str, predicate: str) -> set:
    quads = [*document.quads, *(quad for quads in document.descriptions.values() for quad in quads)]
    return {quad.object for quad in quads if quad.subject.value == subject and quad.predicate.value == predicate}


def claims(document, predicate: str) -> list[dict[str, str]]:
    """Claims with this predicate: local names of properties to local names of values."""
    found: dict[str, dict[str, str]] = {}
    for quad in document.quads:
        if quad.subject.value.startswith(iri.BASE + "claim/"):
            name = quad.predicate.value.rpartition("#")[2]
            found.setdefault(quad.subject.value, {})[name] = quad.object.value.rpartition("#")[2]
    return [claim for claim in found.values() if claim["predicate"] == predicate]


def test_article_is_exactly_the_golden_file():
    got = "".join(f"{line}\n" for line in lines(make()))
    if os.environ.get("KHABAR_GOLDEN"):  # writes it anew: look at the difference before you commit it
        GOLDEN.write_text(got, encoding="utf-8")
    assert got == GOLDEN.read_text(encoding="utf-8")


def test_same_article_gives_the_same_quads():
    assert make() == make()


def test_counts():
    document = make()
    assert document.counts == {"mentions": 10, "entities": 6, "claims": 7}


def test_document_carries_what_the_record_says():
    document, node = make(), iri.document(KEY)
    assert values(document, node, iri.NIF + "isString") == {Literal(EXTRACTION.record.text, language="ar")}
    assert values(document, node, iri.DCT + "identifier") == {Literal("hand-1")}
    arabic = "%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"
    assert values(document, node, iri.DCT + "source") == {NamedNode(f"https://news.example/{arabic}/1")}
    issued = Literal("2019-10-28T00:00:00Z", datatype=NamedNode(iri.XSD + "dateTime"))
    assert values(document, node, iri.DCT + "issued") == {issued}
    assert values(document, node, iri.NS + "edtf") == set()


@pytest.mark.parametrize(
    ("value", "node"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        ("http://news.example:80/رخصة?a=1#b", NamedNode("http://news.example:80/%D8%B1%D8%AE%D8%B5%D8%A9?a=1#b")),
        ("CC-BY-4.0", Literal("CC-BY-4.0")),
        ("see https://news.example/terms", Literal("see https://news.example/terms")),
        ("https://news.example/%zz", Literal("https://news.example/%zz")),
        ("كل الحقوق محفوظة", Literal("كل الحقوق محفوظة")),
    ],
)
def test_a_licence_is_an_iri_where_it_is_an_address(value, node):
    assert licence(value) == node
    document = make(replace(EXTRACTION, record=replace(EXTRACTION.record, licence=value)))
    assert values(document, iri.document(KEY), iri.DCT + "license") == {node}
    assert values(make(), iri.document(KEY), iri.DCT + "license") == set()


@given(st.text(min_size=1) | st.text().map("https://x.example/".__add__) | st.text().map("http://".__add__))
def test_any_licence_makes_a_node(value):
    assert licence(value).value


@pytest.mark.parametrize(("date", "first"), [("2019", "2019-01-01"), ("2019-10", "2019-10-01")])
def test_coarse_dates_say_so(date, first):
    document = make(replace(EXTRACTION, record=replace(EXTRACTION.record, date=date)))
    issued = Literal(f"{first}T00:00:00Z", datatype=NamedNode(iri.XSD + "dateTime"))
    assert values(document, iri.document(KEY), iri.DCT + "issued") == {issued}
    assert values(document, iri.document(KEY), iri.NS + "edtf") == {Literal(date, datatype=NamedNode(iri.EDTF))}


@pytest.mark.parametrize("date", ["2019-13-01", "28.10.2019", "2019-10-28T10:00:00", "x"])
def test_wrong_dates_are_refused(date):
    with pytest.raises(InputError, match="date"):
        make(replace(EXTRACTION, record=replace(EXTRACTION.record, date=date)))


def test_identifier_is_the_file_stem_when_the_record_has_no_id():
    record = replace(EXTRACTION.record, url=None, id=None, path="2019/strike.v2.txt")
    document = make(replace(EXTRACTION, record=record))
    assert values(document, iri.document(document.key), iri.DCT + "identifier") == {Literal("strike.v2")}


def test_spans_hold_their_words():
    text = EXTRACTION.record.text
    document = make()
    nodes = {quad.subject.value for quad in document.quads if "#char=" in quad.subject.value}
    assert len(nodes) == 15
    for node in nodes:
        (begin,) = values(document, node, iri.NIF + "beginIndex")
        (end,) = values(document, node, iri.NIF + "endIndex")
        assert node.endswith(f"#char={begin.value},{end.value}")
        words = text[int(begin.value) : int(end.value)]
        assert values(document, node, iri.NIF + "anchorOf") == {Literal(words, language="ar")}


def test_pronouns_are_not_written_and_what_only_they_name_is_left_out():
    document = make()
    assert not any(quad.object == Literal("ه", language="ar") for quad in document.quads)
    assert not any(quad.object == Literal("هو", language="ar") for quad in document.quads)


@pytest.mark.parametrize("bad", [(-1, 3), (3, 3), (0, 10_000)])
def test_spans_outside_the_text_are_refused(bad):
    relation = replace(EXTRACTION.relations[0], evidence=bad)
    with pytest.raises(ValueError, match="span"):
        make(replace(EXTRACTION, relations=(relation,)))


def test_known_entities_are_described_apart_with_all_they_belong_to():
    document = make()
    expected = {iri.entity(key) for key in ("haftar", "gn-8", "gn-9", "ly", "tr", "brigade", "lna")}
    assert set(document.descriptions) == expected
    assert not any(quad.subject.value in expected for quad in document.quads)
    assert values(document, iri.entity("gn-8"), iri.NS + "locatedIn") == {NamedNode(iri.entity("gn-9"))}
    assert values(document, iri.entity("brigade"), iri.NS + "partOf") == {NamedNode(iri.entity("lna"))}
    assert values(document, iri.entity("haftar"), iri.NS + "locatedIn") == set()
    assert values(document, iri.entity("haftar"), iri.SKOS + "altLabel") == {Literal("حفتر", language="ar")}
    wkt = Literal("POINT(13.18 32.88743)", datatype=NamedNode(iri.GEO + "wktLiteral"))
    assert values(document, iri.entity("gn-8"), iri.GEO + "asWKT") == {wkt}


def test_wikidata_ids_stand_in_the_graph_of_links_only():
    document = make()
    quads = [quad for quads in document.descriptions.values() for quad in quads]
    same = {quad for quad in quads if quad.predicate.value == iri.OWL + "sameAs"}
    assert {quad.graph_name.value for quad in same} == {iri.LINKS}
    assert {quad.object.value.rpartition("/")[2] for quad in same} == {"Q43", "Q1016", "Q3579"}
    assert {quad.graph_name.value for quad in quads if quad not in same} == {iri.ENTITIES}


def test_hierarchy_may_run_in_a_ring():
    ring = Catalogue([Entry("a", "Country", "أ", "A", part_of="b"), Entry("b", "Country", "ب", "B", part_of="a")])
    document = make(article(1, ("a", "supports", "b")), ring)
    assert set(document.descriptions) == {iri.entity("a"), iri.entity("b")}


def test_parents_of_another_kind_or_unknown_are_left_out():
    entries = Catalogue(
        [
            Entry("war", "Conflict", "حرب", "War", part_of="wars"),
            Entry("wars", "Conflict", "حروب", "Wars", part_of="army"),
            Entry("army", "ArmedForce", "جيش", "Army", part_of="none"),
            Entry("gun", "Materiel", "مدفع", "Gun", part_of="army"),
            Entry("town", "Settlement", "بلدة", "Town", country="a", located_in="none"),
            Entry("a", "Country", "أ", "A"),
        ]
    )
    document = make(article(1, ("war", "x", "gun"), ("town", "x", "army")), entries)
    node = {key: iri.entity(key) for key in ("war", "wars", "army", "gun", "town", "a")}
    edges = {
        (quad.subject.value, quad.predicate.value.rpartition("#")[2], quad.object.value)
        for quads in document.descriptions.values()
        for quad in quads
        if quad.object.value.startswith(iri.entity(""))
    }
    assert edges == {(node["war"], "subEventOf", node["wars"]), (node["town"], "locatedIn", node["a"])}


def test_unknown_entities_of_one_class_and_place_stay_two():
    one = Entity("e0", "Person", "س", None, (Mention(0, 1, 0, 1, 0, "Person", "name"),))
    two = replace(one, id="e1", mentions=(Mention(0, 3, 0, 1, 0, "Person", "name"),))
    document = make(Extraction(EXTRACTION.record, (one, two)))
    assert document.counts["entities"] == 2


def test_symmetric_relation_has_the_smaller_iri_as_subject():
    (claim,) = claims(make(), "opposes")
    assert (claim["subject"], claim["object"]) == (iri.entity("haftar"), iri.entity("tr"))


def test_of_two_equal_claims_the_surer_stays():
    found = [claim for claim in claims(make(), "supports") if claim["polarity"] == "Affirmed"]
    assert [(claim["rule"], claim["confidence"]) for claim in found] == [("supports/دعم", "0.9")]


def test_unsettled_role_is_a_claim_and_no_edge():
    document = make()
    event = iri.event(KEY, "Strike", 0, 0)
    assert values(document, event, iri.NS + "agent") == {NamedNode(iri.entity("haftar"))}
    assert values(document, event, iri.NS + "place") == set()
    (claim,) = claims(document, "place")
    assert claim["subject"] == event
    assert claim["object"] == iri.entity("gn-8")
    assert (claim["modality"], claim["polarity"], claim["certainty"]) == ("Happened", "Affirmed", "Possible")


def test_role_with_a_claim_is_no_edge_though_it_is_also_given_plainly():
    strike = EXTRACTION.events[0]
    strike = replace(strike, roles=(*strike.roles, Role("place", "e1")))
    document = make(replace(EXTRACTION, events=(strike,), relations=()))
    assert values(document, iri.event(KEY, "Strike", 0, 0), iri.NS + "place") == set()


def test_nobody_has_done_what_has_not_happened():
    stance = Stance("Planned", "Affirmed", "Certain")
    strike = replace(EXTRACTION.events[0], stance=stance, roles=(Role("agent", "e0", stance=Stance(source="e4")),))
    (claim,) = claims(make(replace(EXTRACTION, events=(strike,), relations=())), "agent")
    assert claim["modality"] == "Planned"
    assert "attributedTo" in claim


def test_event_carries_verdict_codes_counts_and_date():
    document, event = make(), iri.event(KEY, "Strike", 0, 0)
    assert values(document, event, iri.NS + "status") == {NamedNode(iri.NS + "Happened")}
    assert values(document, event, iri.NS + "killed") == {Literal("3", datatype=NamedNode(iri.XSD + "integer"))}
    assert values(document, event, iri.SKOS + "notation") == {
        Literal("ASSAULT", datatype=NamedNode(iri.NS + "plover")),
        Literal("Explosions/Remote violence", datatype=NamedNode(iri.NS + "acled")),
    }
    assert values(document, event, iri.NS + "edtf") == {Literal("2019-10-27", datatype=NamedNode(iri.EDTF))}


def test_two_events_of_a_class_on_one_trigger_stay_two():
    strike = EXTRACTION.events[0]
    document = make(replace(EXTRACTION, events=(strike, replace(strike, id="v9")), relations=()))
    happened = {quad.subject.value for quad in document.quads if quad.object == NamedNode(iri.NS + "Strike")}
    assert {iri.event(KEY, "Strike", 0, 0), iri.event(KEY, "Strike", 0, 1)} <= happened


@pytest.mark.parametrize(
    ("stance", "verdict"),
    [
        (Stance("Planned", "Negated", "Possible"), "Denied"),
        (Stance("Planned", "Affirmed", "Possible"), "Planned"),
        (Stance("Ongoing", "Affirmed", "Probable"), "Uncertain"),
        (Stance("Ongoing", "Affirmed", "Certain"), "Ongoing"),
        (Stance(), "Happened"),
    ],
)
def test_status(stance, verdict):
    assert status(stance) == verdict


def test_mention_and_passage_may_be_one_span():
    relation = Relation("e2", "supports", "e0", Stance(), span("تركيا"), "hand")
    document = make(replace(EXTRACTION, events=(), relations=(relation,)))
    node = iri.span(KEY, *span("تركيا"))
    kinds = {NamedNode(iri.NS + "Mention"), NamedNode(iri.NS + "Passage")}
    assert values(document, node, iri.RDF + "type") == kinds


def test_every_quad_of_a_document_is_in_its_graph_and_none_has_a_blank_node():
    document = make()
    assert {quad.graph_name.value for quad in document.quads} == {iri.document_graph(KEY)}
    assert all(isinstance(quad, Quad) and isinstance(quad.subject, NamedNode) for quad in document.quads)
