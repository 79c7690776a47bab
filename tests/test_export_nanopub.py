"""Nanopublications: well-formed by the guidelines, and nothing but facts asserted bare."""

from dataclasses import replace

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from rdflib.namespace import RDF

from exports import RUN, fill, written
from handmade import EXTRACTION, RELATIONS, STRIKE, article, span
from khabar import iri
from khabar.model import Stance, Telling
from khabar.policies import policy
from khabar.store import Store

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
NS, PROV, DCT = (rdflib.Namespace(base) for base in (iri.NS, iri.PROV, iri.DCT))
KEY = iri.document_key(EXTRACTION.record)
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

# A denial told again as a plain report: its event is a fact, yet its roles were denied.
AGAIN = replace(
    EXTRACTION,
    record=replace(EXTRACTION.record, url="https://news.example/again"),
    events=(
        replace(
            STRIKE,
            stance=Stance(polarity="Negated"),
            again=(Telling(*span("وقتل"), Stance(), span("وقتل ثلاثة"), "Strike/again", 0.5),),
        ),
    ),
    relations=RELATIONS[:1],
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("nanopub") / "store"
    fill(path, [EXTRACTION, AGAIN, article(1, ("tr", "supports", "haftar"))])
    node, graph = NamedNode(iri.document(KEY)), NamedNode(iri.document_graph(KEY))
    with Store.open(path, write=True) as store:
        store.add([Quad(node, NamedNode(iri.DCT + "license"), NamedNode(LICENCE), graph)])
    return path


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def nanopubs(store, **options):
    """The nanopublications by the hex digits of their claims: each its head, assertion, provenance, pubinfo."""
    data = rdflib.Dataset()
    data.parse(data=written(store, "nanopub", **options), format="trig")
    heads = [(this, graph) for this, _, _, graph in data.quads((None, RDF.type, NP.Nanopublication, None))]
    found = {}
    for this, graph in heads:
        head = data.graph(graph)
        parts = [head.value(this, NP[f"has{part}"]) for part in ("Assertion", "Provenance", "PublicationInfo")]
        found[str(this).rpartition("/")[2]] = (this, head, *map(data.graph, parts))
    return found, data


def claims(store) -> dict[str, dict[str, str]]:
    """The claims of a store by their hex digits: what is said of each."""
    nodes = [q.subject for q in store.quads(None, NamedNode(iri.RDF + "type"), NamedNode(iri.NS + "Claim"))]
    return {
        node.value.rpartition("/")[2]: {q.predicate.value: q.object.value for q in store.quads(node)} for node in nodes
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("text", [True, False])
def test_they_are_well_formed(store, text):
    found, data = nanopubs(store, text=text)
    assert set(found) == set(claims(store))
    graphs = []
    for this, head, assertion, provenance, pubinfo in found.values():
        assert set(head) == {
            (this, RDF.type, NP.Nanopublication),
            (this, NP.hasAssertion, assertion.identifier),
            (this, NP.hasProvenance, provenance.identifier),
            (this, NP.hasPublicationInfo, pubinfo.identifier),
        }
        parts = (head, assertion, provenance, pubinfo)
        assert all(len(part) for part in parts)
        assert len(set().union(*map(set, parts))) == sum(map(len, parts)), "a triple stands in one part only"
        assert (assertion.identifier, None, None) in provenance
        assert (this, DCT.created, None) in pubinfo
        assert (this, DCT.creator, None) in pubinfo
        graphs += [part.identifier for part in parts]
    assert len(set(graphs)) == len(graphs)
    assert {graph.identifier for graph in data.graphs() if len(graph)} == set(graphs), "nothing stands outside"


def bare(assertion) -> bool:
    return (None, RDF.type, NS.Claim) not in assertion


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("chosen", ["reported", "own-voice", "corroborated:2"])
def test_only_facts_are_asserted_bare(path, tmp_path, chosen):
    with Store.open(path) as opened:
        opened.backup(tmp_path / "copy")
    with Store.open(tmp_path / "copy", write=True) as store:
        store.rebuild_facts(policy(chosen))
        found, _ = nanopubs(store)
        settled, seen = {"Happened", "Ongoing"}, 0
        facts = {(q.subject.value, q.predicate.value, q.object.value) for q in store.quads(graph=iri.FACTS)}
        for key, said in claims(store).items():
            assertion = found[key][2]
            subject, predicate, obj = (said[iri.RDF + part] for part in ("subject", "predicate", "object"))
            triple = tuple(map(rdflib.URIRef, (subject, predicate, obj)))
            stance = [said[iri.NS + part].removeprefix(iri.NS) for part in ("modality", "polarity", "certainty")]
            held = iri.NS + "Occurrence" if predicate == iri.RDF + "type" else obj
            if stance[0] in settled and stance[1:] == ["Affirmed", "Certain"] and (subject, predicate, held) in facts:
                assert bare(assertion)
                assert triple in assertion
                assert (None, NS.policy, rdflib.Literal(chosen)) in found[key][3]
                seen += 1
                continue
            claim = rdflib.URIRef(f"{iri.BASE}claim/{key}")
            assert set(assertion.subjects()) == {claim}, "all that is asserted is that there is such a claim"
            assert triple not in assertion
            for part in ("modality", "polarity", "certainty"):
                assert (claim, NS[part], None) in assertion
        assert seen == {"reported": 7, "own-voice": 6, "corroborated:2": 0}[chosen]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_no_part_but_a_facts_assertion_holds_a_bare_edge(store):
    found, _ = nanopubs(store)
    edges = {NS[name] for name in ("supports", "opposes", "agent", "target", "place", "recipient", "about", "killed")}
    for _, _, assertion, provenance, pubinfo in found.values():
        assert not edges & {*provenance.predicates(), *pubinfo.predicates()}
        assert bare(assertion) or not edges & set(assertion.predicates())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_a_fact_of_an_event_brings_its_roles_unless_they_were_denied(store):
    found, _ = nanopubs(store)
    rules = {said[iri.NS + "rule"]: key for key, said in claims(store).items()}
    again = found[rules["Strike/again"]][2]
    assert [(p, o) for _, p, o in again] == [(RDF.type, NS.Strike)]
    events = [key for key, said in claims(store).items() if said[iri.RDF + "object"] == iri.NS + "Strike"]
    told = [found[key][2] for key in events if bare(found[key][2]) and (None, NS.status, NS.Happened) in found[key][2]]
    assert len(told) == 1
    assert (None, NS.agent, rdflib.URIRef(iri.entity("haftar"))) in told[0]
    assert (None, NS.killed, rdflib.Literal(3)) in told[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_provenance_and_publication_tell_where_it_comes_from(store):
    found, _ = nanopubs(store)
    passage = iri.span(KEY, *span("أنها تدعم حفتر"))
    (denied,) = [key for key, said in claims(store).items() if said[iri.NS + "evidence"] == passage]
    this, _, assertion, provenance, pubinfo = found[denied]
    node, passage = assertion.identifier, rdflib.URIRef(passage)
    assert (node, PROV.wasDerivedFrom, rdflib.URIRef(iri.document(KEY))) in provenance
    assert (node, PROV.wasQuotedFrom, passage) in provenance
    assert (node, PROV.wasAttributedTo, rdflib.URIRef(iri.entity("tr"))) in provenance
    assert (node, PROV.wasGeneratedBy, rdflib.URIRef(RUN.value)) in provenance
    assert str(provenance.value(passage, rdflib.URIRef(iri.NIF + "anchorOf"))) == "أنها تدعم حفتر"
    assert int(provenance.value(passage, rdflib.URIRef(iri.NIF + "beginIndex"))) == span("أنها تدعم حفتر")[0]
    claim = rdflib.URIRef(f"{iri.BASE}claim/{denied}")
    assert {NS.confidence, NS.rule, NS.evidence} <= set(provenance.predicates(claim))
    assert pubinfo.value(this, DCT.created) == rdflib.Literal("2019-11-01T00:00:09Z", datatype=rdflib.XSD.dateTime)
    assert pubinfo.value(this, DCT.creator) == rdflib.URIRef(iri.BASE + "software/0.9.9")
    assert pubinfo.value(this, DCT.license) == rdflib.URIRef(LICENCE)


def test_the_article_is_not_repeated_with_every_claim(store):
    quads = list(parse(written(store, "nanopub"), format=RdfFormat.TRIG))
    assert not any(quad.predicate.value == iri.NIF + "isString" for quad in quads)
    assert Literal("قصف طرابلس", language="ar") in {
        quad.object for quad in parse(written(store, "nanopub"), format=RdfFormat.TRIG)
    }
