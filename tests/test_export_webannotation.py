"""Web Annotations: the words of every note stand where it says, and no note hides a stance."""

import json

import pytest
import rdflib
from pyoxigraph import NamedNode
from rdflib.namespace import RDF

from exports import fill, written
from handmade import EXTRACTION, article, span
from khabar import iri
from khabar.export.webannotation import AROUND, CONTEXT
from khabar.store import Store

KEY = iri.document_key(EXTRACTION.record)
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")

# As much of the W3C's context as the annotations use: it must not be fetched.
MODEL = {
    "oa": str(OA),
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": iri.DCT,
    "as": "http://www.w3.org/ns/activitystreams#",
    "rdf": iri.RDF,
    "rdfs": iri.RDFS,
    "schema": "http://schema.org/",
    "xsd": iri.XSD,
    "id": "@id",
    "type": "@type",
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    "Software": "as:Application",
    **{
        name: f"oa:{name}"
        for name in ("Annotation", "SpecificResource", "TextualBody", "TextPositionSelector", "TextQuoteSelector")
    },
    "identifying": "oa:identifying",
    "describing": "oa:describing",
    "body": {"@type": "@id", "@id": "oa:hasBody"},
    "target": {"@type": "@id", "@id": "oa:hasTarget"},
    "source": {"@type": "@id", "@id": "oa:hasSource"},
    "scope": {"@type": "@id", "@id": "oa:hasScope"},
    "selector": {"@type": "@id", "@id": "oa:hasSelector"},
    "motivation": {"@type": "@vocab", "@id": "oa:motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": "oa:hasPurpose"},
    "items": {"@type": "@id", "@id": "as:items", "@container": "@list"},
    "first": {"@type": "@id", "@id": "as:first"},
    "generator": {"@type": "@id", "@id": "as:generator"},
    "total": {"@id": "as:totalItems", "@type": "xsd:nonNegativeInteger"},
    "startIndex": {"@id": "as:startIndex", "@type": "xsd:nonNegativeInteger"},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "value": "rdf:value",
    "format": "dc:format",
    "language": "dc:language",
    "name": "schema:name",
    "rights": {"@type": "@id", "@id": "dcterms:rights"},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("webannotation") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    with Store.open(path) as opened:
        yield opened


def notes(store, **options):
    return json.loads(written(store, "webannotation", **options))["first"]["items"]


def texts(store) -> dict[str, str]:
    return {q.subject.value: q.object.value for q in store.quads(None, NamedNode(iri.NIF + "isString"))}


@pytest.mark.parametrize("text", [True, False])
def test_the_words_stand_where_the_notes_say(store, text):
    articles, found = texts(store), notes(store, text=text)
    assert found
    for note in found:
        article, (position, quote) = articles[note["target"]["source"]], note["target"]["selector"]
        begin, end = position["start"], position["end"]
        assert article[begin:end] == quote["exact"]
        if text:
            assert quote.get("prefix", "") == article[max(begin - AROUND, 0) : begin]
            assert quote.get("suffix", "") == article[end : end + AROUND]
        else:
            assert not {"prefix", "suffix"} & quote.keys()


def test_words_too_long_to_quote_are_left_to_their_position(tmp_path):
    fill(tmp_path / "store", [long := article("9" * 300, ("tr", "supports", "haftar"))])
    with Store.open(tmp_path / "store") as opened:
        (whole,) = [note for note in notes(opened, text=False) if note["motivation"] == "describing"]
        (quoted,) = [note for note in notes(opened) if note["motivation"] == "describing"]
    assert whole["target"]["selector"] == [
        {"type": "TextPositionSelector", "start": 0, "end": len(long.record.text)},
    ]
    assert quoted["target"]["selector"][1]["exact"] == long.record.text


def test_each_mention_and_each_claim_has_one(store):
    found = notes(store)
    bodies = [note["body"][0]["source"] for note in found]
    claims = [q.subject.value for q in store.quads(None, NamedNode(iri.RDF + "subject"))]
    mentions = [q.object.value for q in store.quads(None, NamedNode(iri.NS + "refersTo"))]
    assert sorted(bodies) == sorted([*claims, *mentions])
    assert len({note["id"] for note in found}) == len(found)


def test_a_claim_says_its_stance_and_source_in_words(store):
    begin, end = span("أنها تدعم حفتر")
    (note,) = [one for one in notes(store) if one["target"]["selector"][0] == selector(begin, end)]
    assert note["target"]["source"] == iri.document(KEY)
    assert note["target"]["scope"] == "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1"
    assert [body.get("value") for body in note["body"]] == [
        None,
        "Turkey – supports – Khalifa Haftar (ongoing, negated or denied, source: Turkey)",
        "تركيا – يدعم – خليفة حفتر (جارٍ، منفي، المصدر: تركيا)",
    ]
    assert [body.get("language") for body in note["body"]] == [None, "en", "ar"]


def selector(begin: int, end: int) -> dict[str, object]:
    return {"type": "TextPositionSelector", "start": begin, "end": end}


def test_a_mention_is_named_in_the_languages_that_it_has(store):
    begin, end = span("حكومة الوفاق")
    (note,) = [one for one in notes(store) if one["target"]["selector"][0] == selector(begin, end)]
    assert note["motivation"] == "identifying"
    assert [(body["language"], body["value"]) for body in note["body"][1:]] == [("ar", "حكومة الوفاق")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_reads_the_model(store):
    document = json.loads(written(store, "webannotation"))
    assert document["@context"] == CONTEXT
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(document | {"@context": MODEL}), format="json-ld")
    found = list(graph.subjects(RDF.type, OA.Annotation))
    assert len(found) == document["total"] == len(notes(store))
    for note in found:
        (target,) = graph.objects(note, OA.hasTarget)
        kinds = {graph.value(one, RDF.type) for one in graph.objects(target, OA.hasSelector)}
        assert kinds == {OA.TextPositionSelector, OA.TextQuoteSelector}
        assert graph.value(target, OA.hasSource) in {rdflib.URIRef(node) for node in texts(store)}
        assert graph.value(note, OA.motivatedBy) in (OA.identifying, OA.describing)
    prefix = "https://w3id.org/khabar/"
    assert {str(s) for s in graph.subjects() if isinstance(s, rdflib.URIRef) and not str(s).startswith(prefix)} == set()


def test_code_points_beyond_the_first_plane_count_as_one(tmp_path):
    one = article("🔥🔥", ("tr", "supports", "haftar"))
    fill(tmp_path / "store", [one])
    with Store.open(tmp_path / "store") as opened:
        found = [note["target"]["selector"] for note in notes(opened) if note["motivation"] == "identifying"]
    assert [(place["start"], quote["exact"]) for place, quote in found] == [(3, "haftar"), (10, "tr")]
    assert one.record.text[3:9] == "haftar"
