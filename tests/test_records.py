"""Flat rows: each says exactly what the graph says, in a fixed order, one document in memory at a time."""

from datetime import UTC, datetime

import pytest
from pyoxigraph import NamedNode, Quad

import reported
from handmade import TEXT
from khabar import iri, records, withheld
from khabar.decisions import Decision
from khabar.policies import policy
from khabar.records import reading
from khabar.store import Store

E, NS = iri.entity(""), iri.NS


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "store"
    reported.fill(path)
    return path


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def facts(store) -> set:
    found = (quad.triple for quad in store.quads(graph=iri.FACTS))
    return {(t.subject.value, t.predicate.value.rpartition("#")[2], t.object.value) for t in found}


def one(rows, **wanted):
    (found,) = [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]
    return found


def test_a_claim_has_every_column(store):
    row = one(records.claims(store), document=reported.FIRST_KEY, predicate="supports", polarity="Affirmed")
    begin = TEXT.index("تركيا تدعم حكومة الوفاق")
    government = iri.nil_entity(reported.FIRST_KEY, "Government", TEXT.index("حكومة الوفاق"))
    assert row == records.ClaimRow(
        claim=row.claim,
        key=row.claim.rpartition("/")[2],
        document=reported.FIRST_KEY,
        identifier="hand-1",
        publisher="صحيفة",
        title="قصف طرابلس",
        url="https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1",
        date="2019-10-28",
        issued=datetime(2019, 10, 28, tzinfo=UTC),
        subject=f"{E}tr",
        subject_ar="تركيا",
        subject_en="Turkey",
        subject_class="Country",
        subject_wikidata="Q43",
        subject_group=f"{E}tr",
        predicate="supports",
        object=government,
        object_ar="حكومة الوفاق",
        object_en="",
        object_class="Government",
        object_wikidata="",
        object_group=reported.GOVERNMENTS[0],
        modality="Ongoing",
        polarity="Affirmed",
        certainty="Certain",
        fact=True,
        known=False,
        source="",
        source_ar="",
        source_en="",
        source_class="",
        quote="تركيا تدعم حكومة الوفاق",
        begin=begin,
        end=begin + len("تركيا تدعم حكومة الوفاق"),
        rule="supports/دعم",
        confidence=0.9,
        edtf="",
        not_before=None,
        not_after=None,
    )


def test_claims_come_by_document_and_place_and_quote_the_text(store):
    rows = list(records.claims(store))
    assert [(row.document, row.begin, row.claim) for row in rows] == sorted(
        (row.document, row.begin, row.claim) for row in rows
    )
    assert {row.claim for row in rows} == {
        quad.subject.value for quad in store.quads(None, NamedNode(iri.RDF + "type"), NamedNode(NS + "Claim"))
    }
    ours = [row for row in rows if row.document in reported.KEYS[:2]]
    assert all(row.quote == TEXT[row.begin : row.end] for row in ours)
    assert len(ours) == 2 * 7


def test_an_event_s_own_claim_has_a_class_for_object(store):
    row = one(records.claims(store), document=reported.FIRST_KEY, predicate="type", object=NS + "Withdrawal")
    assert (row.subject_class, row.subject_ar, row.subject_en) == ("Withdrawal", "انسحاب", "withdrawal")
    assert (row.object_ar, row.object_class, row.modality, row.certainty) == ("انسحاب", "", "Planned", "Possible")
    assert (row.source_ar, row.source_class) == ("مصدر عسكري", "UnnamedSource")
    assert not row.fact


def test_a_denial_of_a_fact_is_no_fact(store):
    row = one(records.claims(store), document=reported.FIRST_KEY, polarity="Negated")
    assert (row.subject, "supports", row.object) in facts(store)
    assert not row.fact
    assert row.source_en == "Turkey"
    assert one(records.claims(store), document=reported.AFFIRMED_KEY).fact


def test_what_the_knowledge_base_says_too_is_known_and_no_fact(store):
    row = one(records.claims(store), document=reported.KNOWN_KEY)
    assert (row.known, row.fact) == (True, False)
    assert not any(row.known for row in records.claims(store) if row.document != reported.KNOWN_KEY)


@pytest.mark.parametrize("chosen", ["reported", "own-voice", "corroborated:2", "corroborated:3"])
def test_rows_that_are_facts_are_the_facts_of_the_store_under_every_policy(chosen, tmp_path):
    reported.fill(tmp_path / "store")
    with Store.open(tmp_path / "store", write=True) as store:
        store.rebuild_facts(policy(chosen))
        stated = {
            (row.subject, row.predicate, NS + "Occurrence" if row.predicate == "type" else row.object)
            for row in records.claims(store)
            if row.fact
        }
        assert stated == facts(store)
        assert bool(stated) == (chosen != "corroborated:3")
        occurrences = {subject for subject, _, obj in stated if obj == NS + "Occurrence"}
        assert {row.event for row in records.events(store) if row.fact} == occurrences


def test_an_event_has_every_column(store):
    row = one(records.events(store), document=reported.FIRST_KEY, class_="Strike")
    told = [claim for claim in records.claims(store) if claim.subject == row.event]
    own = one(told, predicate="type")
    recipient = one(told, predicate="recipient")
    government = iri.nil_entity(reported.FIRST_KEY, "Government", TEXT.index("حكومة الوفاق"))
    assert row == records.EventRow(
        event=iri.event(reported.FIRST_KEY, "Strike", 0, 0),
        key=row.event.rpartition("/")[2],
        document=reported.FIRST_KEY,
        identifier="hand-1",
        publisher="صحيفة",
        title="قصف طرابلس",
        url="https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1",
        date="2019-10-28",
        issued=datetime(2019, 10, 28, tzinfo=UTC),
        class_="Strike",
        class_ar="قصف",
        class_en="strike",
        plover="ASSAULT",
        acled="Explosions/Remote violence",
        ucdp="",
        status="Happened",
        fact=True,
        agent=((f"{E}haftar", "خليفة حفتر"),),
        participant=(),
        target=((f"{E}gn-8", "طرابلس"),),
        recipient=((government, "حكومة الوفاق"),),  # a claim of its own that passes
        instrument=(),
        place=(),  # a claim of its own that is only possible
        about=(),
        edtf="2019-10-27",
        not_before=datetime(2019, 10, 27, tzinfo=UTC),
        not_after=datetime(2019, 10, 27, 23, 59, 59, tzinfo=UTC),
        killed=3,
        injured=None,
        located=f"{E}gn-8",
        located_by="target",
        located_ar="طرابلس",
        located_en="Tripoli",
        located_class="Settlement",
        lat=32.88743,
        lon=13.18,
        country=f"{E}ly",
        country_ar="ليبيا",
        country_en="Libya",
        trigger="قصف",
        claims=(own.claim, recipient.claim),
        quote="قصف حفتر طرابلس أمس وقتل ثلاثة",
        begin=0,
        end=len("قصف حفتر طرابلس أمس وقتل ثلاثة"),
        sources=((f"{E}tr", "تركيا"),),
        confidence=0.85,
        group=next(iter(reported.HAPPENING.quads)).subject.value,
        story="",
    )


def test_an_event_that_did_not_happen_rests_on_its_own_claim_and_may_be_about_another(store):
    row = one(records.events(store), document=reported.FIRST_KEY, class_="Withdrawal")
    assert (row.status, row.fact, row.sources[0][1]) == ("Planned", False, "مصدر عسكري")
    assert row.about == ((iri.event(reported.FIRST_KEY, "Strike", 0, 0), "قصف"),)
    assert row.agent == ((f"{E}brigade", "اللواء التاسع"),)
    assert (row.located, row.lat, row.country, row.group) == ("", None, "", row.event)
    assert len(row.claims) == 1


def test_entities_known_then_unlinked_with_what_was_merged(store):
    rows = list(records.entities(store))
    known = [row for row in rows if row.known]
    assert [row.key for row in known] == ["brigade", "gn-8", "gn-9", "haftar", "lna", "ly", "tr"]
    assert rows[: len(known)] == known
    assert one(rows, key="gn-8") == records.EntityRow(
        entity=f"{E}gn-8",
        key="gn-8",
        known=True,
        document="",
        class_="Settlement",
        label_ar="طرابلس",
        label_en="Tripoli",
        aliases=(),
        wikidata="Q3579",
        lat=32.88743,
        lon=13.18,
        country=f"{E}ly",
        part_of="",
        located_in=f"{E}gn-9",
        mentions=3,
        documents=3,
        group=f"{E}gn-8",
    )
    assert one(rows, key="brigade").part_of == f"{E}lna"
    assert one(rows, key="haftar").mentions == 2 * 3 + 1
    governments = [row for row in rows if row.class_ == "Government"]
    assert {row.entity for row in governments} == set(reported.GOVERNMENTS)
    assert {row.group for row in governments} == {reported.GOVERNMENTS[0]}
    assert [row.document for row in rows[len(known) :]] == sorted(row.document for row in rows[len(known) :])


def test_documents_count_what_was_read_and_keep_how_exact_a_date_is(store):
    rows = list(records.documents(store))
    assert [row.document for row in rows] == sorted(reported.KEYS)
    second = one(rows, document=reported.SECOND_KEY)
    assert (second.date, second.issued) == ("2019-11", datetime(2019, 11, 1, tzinfo=UTC))
    assert (second.length, second.claims, second.events, second.entities) == (len(TEXT), 7, 2, 6)
    assert second.facts == sum(row.fact for row in records.claims(store, documents=[reported.SECOND_KEY]))
    assert one(rows, document=reported.AFFIRMED_KEY).date == ""


def test_a_merged_node_has_the_item_and_place_of_what_it_was_merged_with(tmp_path):
    reported.fill(tmp_path / "store")
    with Store.open(tmp_path / "store", write=True) as store:
        store.decide(Decision.of(reported.GOVERNMENTS[1], f"{E}gn-8", "SameEntity", "Mona"))
        row = one(records.entities(store), entity=reported.GOVERNMENTS[1])
        assert (row.group, row.wikidata, row.lat, row.country) == (f"{E}gn-8", "Q3579", 32.88743, f"{E}ly")
        assert (row.label_ar, row.label_en) == ("حكومة الوفاق", "")


def test_without_text_long_quotes_are_cut(store):
    rows = {row.claim: row for row in records.claims(store)}
    cut = {row.claim: row for row in records.claims(store, text=False)}
    assert {claim for claim in rows if rows[claim] != cut[claim]} == {
        one(rows.values(), modality="Planned", document=reported.PLAN_KEY).claim
    }
    plan = one(cut.values(), document=reported.PLAN_KEY)
    assert plan.quote == reported.LONG[: withheld.QUOTE] + "…"
    assert plan.end == len(reported.LONG)


def test_some_documents_only(store):
    wanted = [reported.PLAN_KEY, "nothing", reported.KNOWN_KEY]
    assert [row.document for row in records.claims(store, documents=wanted)] == sorted(
        [reported.PLAN_KEY, reported.KNOWN_KEY]
    )
    assert list(records.events(store, documents=[])) == []


def test_rows_are_read_one_document_at_a_time(store, monkeypatch):
    opened = []

    class Counted(reading.Page):
        def __init__(self, store, key, *, text):
            opened.append(key)
            super().__init__(store, key, text=text)

    monkeypatch.setattr(reading, "Page", Counted)
    rows = records.claims(store)
    next(rows)
    assert opened == sorted(reported.KEYS)[:1]


def test_a_ring_of_places_ends(tmp_path):
    reported.fill(tmp_path / "store")
    with Store.open(tmp_path / "store", write=True) as store:
        ring = [("gn-9", "gn-8")]
        edge = NamedNode(NS + "locatedIn")
        store.add(Quad(NamedNode(E + a), edge, NamedNode(E + b), NamedNode(iri.ENTITIES)) for a, b in ring)
        assert one(records.entities(store), key="gn-8").located_in == f"{E}gn-9"
