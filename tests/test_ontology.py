import csv
import importlib.util
import shutil
from pathlib import Path
from typing import get_args

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS

from khabar import model
from khabar.errors import KhabarError
from khabar.ontology import NAMESPACE, Ontology, read_ontology, reason
from khabar.validate import undeclared

ROOT = Path(__file__).resolve().parents[1]
NS = rdflib.Namespace(NAMESPACE)
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="no java on the PATH: HermiT cannot run")


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return read_ontology()


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return Ontology.load()


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def terms(graph: rdflib.Graph) -> set[rdflib.URIRef]:
    return {s for s in graph.subjects(RDF.type) if isinstance(s, rdflib.URIRef) and s.startswith(NAMESPACE)}


def test_every_term_has_comment_and_label_in_arabic_and_english_and_says_where_it_is_defined(graph):
    lacking = []
    for term in terms(graph):
        labels = SKOS.prefLabel if (term, RDF.type, SKOS.Concept) in graph else RDFS.label
        for predicate in (labels, RDFS.comment):
            if sorted(o.language for o in graph.objects(term, predicate)) != ["ar", "en"]:
                lacking.append((term, predicate))
        if list(graph.objects(term, RDFS.isDefinedBy)) != [rdflib.URIRef(NAMESPACE.rstrip("#"))]:
            lacking.append((term, RDFS.isDefinedBy))
    assert not lacking
    assert len(terms(graph)) == 56 + 51 + 5 + 18 + 3


def test_header_has_version_and_licence(graph):
    head = rdflib.URIRef(NAMESPACE.rstrip("#"))
    version = graph.value(head, OWL.versionInfo)
    assert graph.value(head, OWL.versionIRI) == rdflib.URIRef(f"{head}/{version}")
    assert graph.value(head, rdflib.DCTERMS.license) == rdflib.URIRef("https://spdx.org/licenses/GPL-3.0-or-later")


def test_codes_are_typed_and_a_class_has_one_of_a_kind(graph):
    seen = set()
    for term, code in graph.subject_objects(SKOS.notation):
        assert code.datatype in {NS.plover, NS.acled, NS.ucdp}
        assert (term, code.datatype) not in seen
        seen.add((term, code.datatype))
    assert len(seen) == 23


def test_classes_and_properties(ontology):
    assert ontology.relations == set(
        "affiliatedWith partOf memberOf leads supports supplies hires alliedWith opposes controls basedIn "
        "holdsPosition locatedIn".split()
    )
    assert ontology.roles == set("agent target recipient instrument place about participant subEventOf".split())
    assert ontology.events == set(
        "Conflict ViolentEvent Battle Strike AttackOnCivilians TerritoryChange Deployment Withdrawal Aid Agreement "
        "Meeting Communication Request Proposal Threat Accusation Condemnation Protest Displacement Coercion".split()
    )
    assert "Occurrence" in ontology.classes - ontology.events
    assert ontology.domain("agent") == {"Event"}
    assert ontology.range("about") == {"Entity", "Event"}
    assert ontology.range("holdsPosition") == {"Position"}
    assert ontology.domain("killed") == {"Event"}
    assert ontology.range("killed") == frozenset()
    assert ontology.parents("supplies") == {"supports"}
    assert ontology.parents("agent") == {"participant"}
    assert ontology.parents("leads") == {"affiliatedWith"}
    assert {p for p in ontology.properties if ontology.symmetric(p)} == {"alliedWith", "opposes"}


def test_is_a_is_reflexive_and_follows_both_parents_of_a_country(ontology):
    assert ontology.is_a("Country", "Actor")
    assert ontology.is_a("Country", "Place")
    assert ontology.ancestors("Country") == ("Country", "Actor", "Place", "Entity")
    assert ontology.is_a("Strike", "Event")
    assert not ontology.is_a("Event", "Strike")
    assert all(ontology.is_a(c, c) and c in ontology.subclasses(c) for c in ontology.classes)
    assert ontology.subclasses("Communication") == set(
        "Communication Request Proposal Threat Accusation Condemnation".split()
    )
    with pytest.raises(KeyError):
        ontology.is_a("Nothing", "Event")
    with pytest.raises(KeyError):
        ontology.symmetric("nothing")


def test_notation_takes_the_nearest_code_of_each_scheme(ontology):
    assert ontology.notation("Strike") == {"acled": "Explosions/Remote violence", "plover": "ASSAULT"}
    assert ontology.notation("Request") == {"plover": "REQUEST"}
    assert ontology.notation("Communication") == {}
    assert ontology.notation("StateForce") == {"acled": "1"}


def test_labels(ontology):
    assert ontology.label("Strike", "ar") == "قصف"
    assert ontology.label("Happened", "en") == "happened"
    assert ontology.label("alliedWith", "ar") == "متحالف مع"
    with pytest.raises(KeyError):
        ontology.label("Strike", "fr")


def test_schemes_hold_the_stances_of_the_model(graph):
    members = {
        scheme: {str(c).removeprefix(NAMESPACE) for c in graph.subjects(SKOS.inScheme, NS[scheme])}
        for scheme in ("ModalityScheme", "PolarityScheme", "CertaintyScheme", "StatusScheme")
    }
    assert members["ModalityScheme"] == set(get_args(model.Modality))
    assert members["PolarityScheme"] == set(get_args(model.Polarity))
    assert members["CertaintyScheme"] == set(get_args(model.Certainty))
    assert members["StatusScheme"] == {*get_args(model.Modality), "Denied", "Uncertain"}


def test_generated_files_are_in_step():
    stale = [p.name for p, text in script("make_ontology_files").files().items() if p.read_text("utf-8") != text]
    assert not stale, "run scripts/make_ontology_files.py"


def test_alignments_name_existing_terms_and_known_predicates(graph):
    prefixes, rows = script("make_ontology_files").mappings(ROOT / "ontology" / "alignments.sssom.tsv")
    known = {str(t) for t in terms(graph)}
    kinds = {"rdfs:subClassOf", "rdfs:subPropertyOf"} | {
        f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
    }
    for row in rows:
        assert prefixes["khabar"] + row["subject_id"].removeprefix("khabar:") in known
        assert row["predicate_id"] in kinds
        assert row["object_id"].split(":")[0] in prefixes
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
    keys = [(row["subject_id"], row["predicate_id"], row["object_id"]) for row in rows]
    assert len(set(keys)) == len(keys)
    made = rdflib.Graph().parse(ROOT / "ontology" / "alignments.ttl")
    assert not [p for p in made.predicates() if p.startswith(str(SKOS))]
    assert not undeclared(made)


def test_wikidata_ids_have_a_source_that_states_their_label(shared):
    stated = {}
    for file, key, label in (("classes", "qid", "label"), ("properties", "pid", "label_kif_2025")):
        with (shared / "facts" / f"wikidata_{file}.tsv").open(encoding="utf-8", newline="") as lines:
            stated |= {row[key]: row[label] for row in csv.DictReader(lines, delimiter="\t")}
    _, rows = script("make_ontology_files").mappings(ROOT / "ontology" / "alignments.sssom.tsv")
    ids = [(r["object_id"].split(":")[1], r["object_label"]) for r in rows if r["object_id"].startswith("wd")]
    assert len(ids) > 40
    assert [i for i in ids if stated.get(i[0]) != i[1]] == []


@needs_java
def test_hermit_finds_the_ontology_and_its_alignments_consistent():
    assert reason() == frozenset()
    assert reason(ROOT / "ontology" / "alignments.ttl") == frozenset()


PREFIXES = "@prefix : <https://w3id.org/khabar/ns#> . @prefix e: <https://w3id.org/khabar/entity/> .\n"


@needs_java
@pytest.mark.parametrize(
    "planted",
    [
        "e:haftar a :Person . e:ly a :Country ; :controls e:haftar .",
        "e:drone a :Materiel ; :supports e:x .",
        "e:v a :Strike ; :place e:p . e:p a :Position .",
        "e:c a :Claim ; :polarity :Affirmed , :Negated .",
        'e:c a :Claim ; :confidence "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
    ],
)
def test_hermit_finds_a_planted_contradiction(tmp_path, planted):
    path = tmp_path / "planted.ttl"
    path.write_text(PREFIXES + planted, encoding="utf-8")
    with pytest.raises(KhabarError, match="contradicts itself"):
        reason(path)


@needs_java
def test_a_class_without_possible_members_is_named_and_places_may_act(tmp_path):
    path = tmp_path / "sample.ttl"
    rdfs = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    date = '"2019-10"^^<http://id.loc.gov/datatypes/edtf/EDTF>'
    path.write_text(
        f"{PREFIXES}{rdfs} :TankPerson a <http://www.w3.org/2002/07/owl#Class> ; rdfs:subClassOf :Person, :Materiel .\n"
        f"e:tr a :Country ; :supplies e:misrata . e:misrata a :Settlement . e:v a :Strike ; :edtf {date} .",
        encoding="utf-8",
    )
    assert reason(path) == {"TankPerson"}


@needs_java
def test_the_sample_of_the_queries_is_consistent():
    assert reason(ROOT / "tests" / "data" / "sample.nq") == frozenset()


def test_reason_says_what_it_cannot_read(tmp_path):
    path = tmp_path / "broken.ttl"
    path.write_text("this is no Turtle", encoding="utf-8")
    with pytest.raises(KhabarError, match="cannot read"):
        reason(path)
