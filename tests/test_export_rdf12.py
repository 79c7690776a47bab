"""RDF 1.2: claims come back as reifiers, and queries of SPARQL 1.2 find them."""

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from exports import fill, written
from handmade import EXTRACTION, article
from khabar import iri
from khabar.store import Store
from khabar.terms import ns

REIFIES = NamedNode(iri.RDF + "reifies")
PARTS = [NamedNode(iri.RDF + part) for part in ("subject", "predicate", "object")]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("rdf12") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    with Store.open(path) as opened:
        yield opened


FORMS = {"rdf12": RdfFormat.TRIG, "rdf12-nquads": RdfFormat.N_QUADS}


@pytest.fixture(params=FORMS)
def quads(request, store):
    return list(ox.parse(written(store, request.param), format=FORMS[request.param]))


def test_reifiers_and_the_three_properties_say_the_same(store, quads):
    back = set()
    for quad in quads:
        if quad.predicate == REIFIES:
            assert isinstance(quad.object, Triple)
            values = (quad.object.subject, quad.object.predicate, quad.object.object)
            back |= {Quad(quad.subject, p, o, quad.graph_name) for p, o in zip(PARTS, values, strict=True)}
        else:
            back.add(quad)
    ontology = NamedNode(iri.ONTOLOGY)  # its blank nodes have other names after reading
    assert {q for q in back if q.graph_name != ontology} == {q for q in store.quads() if q.graph_name != ontology}
    assert len(back) == len(store)


def test_a_reified_triple_is_not_asserted(store, quads):
    loaded = ox.Store()
    loaded.extend(quads)
    denied = Triple(NamedNode(iri.entity("tr")), ns("supports"), NamedNode(iri.entity("haftar")))
    reifier = list(loaded.quads_for_pattern(None, REIFIES, denied))
    assert len(reifier) == 2  # one article denies it, the other affirms it
    asserted = loaded.quads_for_pattern(denied.subject, denied.predicate, denied.object)
    assert {quad.graph_name.value for quad in asserted} == {iri.FACTS}


@pytest.mark.parametrize(
    "pattern",
    [
        "?claim rdf:reifies <<( entity:tr :supports ?whom )>> ; :polarity ?polarity",
        "<< entity:tr :supports ?whom ~ ?claim >> :polarity ?polarity",
    ],
)
def test_sparql_12_finds_claims(quads, pattern):
    loaded = ox.Store()
    loaded.extend(quads)
    query = f"SELECT ?whom ?polarity {{ {pattern} }}"
    rows = loaded.query(query, use_default_graph_as_union=True, prefixes=iri.PREFIXES)
    found = {(row["whom"].value.removeprefix(iri.BASE), row["polarity"].value.removeprefix(iri.NS)) for row in rows}
    gna = iri.nil_entity(iri.document_key(EXTRACTION.record), "Government", EXTRACTION.entities[3].mentions[0].begin)
    assert found == {
        (gna.removeprefix(iri.BASE), "Affirmed"),
        ("entity/haftar", "Affirmed"),
        ("entity/haftar", "Negated"),
    }
