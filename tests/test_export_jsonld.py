"""JSON-LD: the same quads for two parsers, and JSON that reads well without one."""

import json
from io import BytesIO

import pytest
import rdflib
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, parse
from rdflib.compare import isomorphic

from exports import fill, written
from handmade import EXTRACTION, article
from khabar import iri
from khabar.export.jsonld import context
from khabar.store import Store

KEY = iri.document_key(EXTRACTION.record)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("jsonld") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    graph, node = NamedNode(iri.document_graph(KEY)), NamedNode(iri.document(KEY))
    odd = [  # values of another type than their terms have
        (iri.NS + "modality", Literal("nothing")),
        (iri.NS + "killed", Literal("007", datatype=NamedNode(iri.XSD + "integer"))),
        (iri.NS + "killed", Literal("12345678901234567890", datatype=NamedNode(iri.XSD + "integer"))),
        (iri.NS + "killed", Literal("three")),
        (iri.NS + "confidence", Literal("0.70", datatype=NamedNode(iri.XSD + "decimal"))),
        (iri.NS + "attributedTo", Literal("أحدهم", language="ar")),
        (iri.NS + "asOf", Literal("2019", datatype=NamedNode(iri.XSD + "gYear"))),
        (iri.RDFS + "label", Literal("plain")),
        (iri.RDFS + "label", NamedNode("https://example.org/a b".replace(" ", "%20"))),
        (iri.DCT + "source", Literal("not an address")),
        (iri.DCT + "license", Literal("free")),
        ("https://example.org/other", Literal('line\n"quote"\\ \u2028 \U0001f525')),
        (iri.RDF + "type", NamedNode("https://example.org/Other")),
        (iri.NS + "supports", NamedNode(iri.BASE + "entity///odd")),
    ]
    with Store.open(path, write=True) as filled:
        filled.add(Quad(node, NamedNode(predicate), value, graph) for predicate, value in odd)
        yield filled


def canonical(quads) -> set[Quad]:
    """Quads whose blank nodes have names of the content's own."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


@pytest.mark.parametrize("sort", [True, False])
def test_pyoxigraph_reads_the_same_quads(store, sort):
    data = written(store, "jsonld", sort=sort)
    assert canonical(parse(data, format=RdfFormat.JSON_LD)) == canonical(store.quads())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_reads_the_same_quads(store, monkeypatch):
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # 007 is to stay 007
    found, wanted = rdflib.Dataset(), rdflib.Dataset()
    found.parse(data=written(store, "jsonld"), format="json-ld")
    wanted.parse(data=written(store, "nquads"), format="nquads")
    names = {graph.identifier for graph in wanted.graphs() if len(graph)}
    assert {graph.identifier for graph in found.graphs() if len(graph)} == names
    for name in names:
        if name == rdflib.URIRef(iri.ONTOLOGY):
            assert isomorphic(found.graph(name), wanted.graph(name))
        else:
            assert set(found.graph(name)) == set(wanted.graph(name))


def test_a_claim_reads_like_json(store):
    graphs = {graph["id"]: graph["@graph"] for graph in json.loads(written(store, "jsonld"))["@graph"]}
    nodes = {node["id"]: node for node in graphs[f"graph:doc/{KEY}"]}
    claim = next(one for one in nodes.values() if one.get("rule") == "opposes/عادى")
    passage = claim["evidence"]
    del claim["id"]
    assert claim == {
        "type": "Claim",
        "subject": "entity:haftar",
        "predicate": "opposes",
        "object": "entity:tr",
        "modality": "Ongoing",
        "polarity": "Affirmed",
        "certainty": "Certain",
        "confidence": "1",
        "rule": "opposes/عادى",
        "asOf": "2019-10-28T00:00:00Z",
        "evidence": passage,
    }
    assert nodes[passage]["anchorOf"] == {"ar": "وتعادي حفتر"}
    assert nodes[passage]["endIndex"] - nodes[passage]["beginIndex"] == len("وتعادي حفتر")
    entities = {node["id"]: node for node in graphs["graph:entities"]}
    assert entities["entity:haftar"]["label"] == {"ar": "خليفة حفتر", "en": "Khalifa Haftar"}
    assert graphs["graph:links"][0]["sameAs"].startswith("wd:Q")
    strike = next(node for node in nodes.values() if node.get("type") == "Strike")
    assert strike["killed"] == 3
    assert {"@type": "plover", "@value": "ASSAULT"} in strike["notation"]


def test_every_node_stands_in_a_line_of_its_own(store):
    lines = written(store, "jsonld", graph="entities").decode().splitlines()
    nodes = [json.loads(line.lstrip(",")) for line in lines if line.lstrip(",").startswith('{"id": "entity:')]
    assert len(nodes) == len({quad.subject for quad in store.quads(graph=iri.ENTITIES)})


def test_the_context_is_the_ontologys(store):
    terms = context().json()
    ours = {q.subject.value for q in store.quads(graph=iri.ONTOLOGY) if str(q.subject).startswith(f"<{iri.NS}")}
    assert {f"khabar:{node.removeprefix(iri.NS)}" for node in ours} <= {
        term["@id"] if isinstance(term, dict) else term for term in terms.values() if term != 1.1
    }
    assert terms["modality"] == {"@id": "khabar:modality", "@type": "@vocab"}
    assert terms["attributedTo"] == {"@id": "khabar:attributedTo", "@type": "@id"}
    assert terms["confidence"] == {"@id": "khabar:confidence", "@type": "xsd:decimal"}
    assert terms["label"] == {"@id": "rdfs:label", "@container": "@language"}
    assert terms["Strike"] == "khabar:Strike"


def test_a_graph_without_quads_leaves_no_trace(tmp_path):
    fill(tmp_path / "store", [])
    with Store.open(tmp_path / "store") as empty:
        data = written(empty, "jsonld", graph="facts")
    assert json.load(BytesIO(data))["@graph"] == []
