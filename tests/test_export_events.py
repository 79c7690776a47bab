"""Events in the columns of ACLED and PLOVER and on a map: facts only where facts are meant, every cell traceable."""

import io
import json
from dataclasses import replace

import pandas
import pytest
from pyoxigraph import Literal, NamedNode, Quad

import reported
from handmade import EXTRACTION, STRIKE, Catalogue, Schema
from khabar import iri, records
from khabar.export import acled
from khabar.export.geojson import PRECISION
from khabar.model import Stance
from khabar.ontology import Ontology
from khabar.rdf import to_rdf
from khabar.store import Store
from reported import written

E = iri.entity("")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("events") / "store"
    reported.fill(path)
    with Store.open(path) as opened:
        yield opened


def guarded(cell: str) -> str:
    return "'" + cell if cell.startswith("=") else cell


def table(store, form) -> pandas.DataFrame:
    return pandas.read_csv(io.BytesIO(written(store, form)), dtype=str, keep_default_na=False)


def test_acled_has_a_row_a_happening_with_what_is_known_and_nothing_else(store):
    frame = table(store, "acled-csv")
    assert list(frame.columns) == [*acled.COLUMNS, *acled.TRACE]
    assert len(frame) == 1
    row = frame.iloc[0]
    happening = next(iter(reported.HAPPENING.quads)).subject.value
    first, second = sorted(
        (event for event in records.events(store) if event.class_ == "Strike" and event.fact),
        key=lambda event: event.document,
    )
    filled = {
        "event_id_cnty": f"khabar-{happening.rpartition('/')[2]}",
        "event_date": "2019-10-27",
        "year": "2019",
        "event_type": "Explosions/Remote violence",
        "actor1": "Khalifa Haftar",
        "actor2": "حكومة الوفاق",
        "country": "Libya",
        "admin1": "Tripoli District",
        "location": "Tripoli",
        "latitude": "32.88743",
        "longitude": "13.18",
        "source": guarded("; ".join(event.publisher for event in (first, second))),
        "notes": "قصف حفتر طرابلس أمس وقتل ثلاثة",
        "fatalities": "3",
        "khabar_event": first.event,
        "khabar_events": f"{first.event}|{second.event}",
        "khabar_class": "Strike",
        "khabar_claims": "|".join((*first.claims, *second.claims)),
        "khabar_quote": "قصف حفتر طرابلس أمس وقتل ثلاثة|قصف حفتر طرابلس أمس وقتل ثلاثة",
        "khabar_document": f"{first.document}|{second.document}",
        "khabar_url": f"{first.url}|{second.url}",
        "khabar_reported": "2019-10-28",
        "khabar_edtf": "2019-10-27",
        "khabar_status": "Happened|Happened",
        "khabar_said_by": "تركيا",
        "khabar_fatalities": "3",
        "khabar_place": f"{E}gn-8",
        "khabar_place_class": "Settlement",
    }
    assert {name: value for name, value in row.items() if value} == filled


def test_acled_types_are_codes_of_the_ontology(store):
    ontology = Ontology.load()
    codes = {ontology.notation(cls).get("acled", "") for cls in ontology.events}
    frame = table(store, "acled-csv")
    assert set(frame["event_type"]) | set(frame["sub_event_type"]) <= codes | {""}
    assert not set(acled._SUB_TYPES) - codes


def test_acled_names_reports_that_are_no_facts_but_takes_nothing_from_them(tmp_path):
    reported.fill(tmp_path / "store")
    denied = replace(STRIKE, stance=Stance(polarity="Negated"), killed=1, roles=())
    with Store.open(tmp_path / "store", write=True) as store:
        record = reported.SECOND.record
        store.replace(to_rdf(replace(EXTRACTION, record=record, events=(denied,)), Catalogue(), Schema()))
        store.group([reported.HAPPENING])
        row = table(store, "acled-csv").iloc[0]
        assert row.khabar_status == "Happened|Denied"
        assert row.fatalities == "3"
        assert row.khabar_events == iri.event(reported.FIRST_KEY, "Strike", 0, 0)


def test_plover_has_a_row_a_pair_of_actors_with_codes_of_the_ontology(store):
    frame = table(store, "plover-csv")
    assert len(frame) == 2  # one strike, told twice
    row = frame[frame.khabar_document == reported.FIRST_KEY].iloc[0]
    assert (row.source_actor, row.source_actor_iri) == ("Khalifa Haftar", f"{E}haftar")
    # the node that stands for the merged ones, whichever report names it
    assert (row.target_actor, row.target_actor_iri) == ("حكومة الوفاق", reported.GOVERNMENTS[0])
    assert set(frame.target_actor_iri) == {reported.GOVERNMENTS[0]}
    assert (row.event_type, row.event_mode, row.event_date) == ("ASSAULT", "", "2019-10-27")
    assert (row.quote, row.url) == (
        "قصف حفتر طرابلس أمس وقتل ثلاثة",
        "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1",
    )
    claims = {claim.claim: claim for claim in records.claims(store)}
    assert all(claims[one].fact for cell in frame.khabar_claims for one in cell.split("|"))
    assert len(set(frame.event_id)) == len(frame)
    assert len(set(frame.happening)) == 1


def test_plover_writes_relations_once_the_ontology_has_codes_for_them(tmp_path):
    reported.fill(tmp_path / "store")
    with Store.open(tmp_path / "store", write=True) as store:
        code = Literal("TEST", datatype=NamedNode(iri.NS + "plover"))
        graph = NamedNode(iri.ONTOLOGY)
        store.add([Quad(NamedNode(iri.NS + "supports"), NamedNode(iri.SKOS + "notation"), code, graph)])
        frame = table(store, "plover-csv")
        rows = frame[frame.event_type == "TEST"]
        facts = [c for c in records.claims(store) if c.predicate == "supports" and c.fact]
        assert list(rows.khabar_claims) == [claim.claim for claim in facts]
        assert set(rows.source_actor) == {"Turkey"}


def test_geojson_points_stand_where_the_knowledge_base_says(store):
    collection = json.loads(written(store, "geojson"))
    assert collection["type"] == "FeatureCollection"
    events = {event.event: event for event in records.events(store) if event.lat is not None}
    assert [feature["id"] for feature in collection["features"]] == list(events)
    assert [feature["properties"]["status"] for feature in collection["features"]].count("Denied") == 1
    entities = {entity.entity: entity for entity in records.entities(store)}
    for feature in collection["features"]:
        about = feature["properties"]
        place = entities[about["place"]]
        assert feature["type"] == "Feature"
        assert feature["geometry"] == {"type": "Point", "coordinates": [place.lon, place.lat]}
        assert -180 <= place.lon <= 180
        assert -90 <= place.lat <= 90
        event = events[feature["id"]]
        assert (about["fact"], about["status"], about["quote"]) == (event.fact, event.status, event.quote)
        assert about["claim"] == event.claims[0]
        assert about["precision"] == "settlement"
        assert about["not_before"] == "2019-10-27T00:00:00Z"


def test_every_class_of_place_has_a_precision():
    assert set(PRECISION) == Ontology.load().subclasses("Place")


def test_geojson_of_an_empty_store_is_a_collection_of_nothing(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as empty:
        assert json.loads(written(empty, "geojson")) == {"type": "FeatureCollection", "features": []}


def test_without_text_no_long_quote_leaves(store):
    for form in ("acled-csv", "plover-csv", "geojson"):
        assert ("ق" * 170).encode() not in written(store, form, text=False)
