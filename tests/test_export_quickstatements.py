"""QuickStatements: nothing without a person's acceptance, no id that no file states, a reference with each."""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import reported
from handmade import Catalogue, Schema, article
from khabar import iri, records
from khabar.decisions import Decision
from khabar.export.quickstatements import Statement, _Items, accepted_claims, statements, wikidata_properties
from khabar.identities import Identity
from khabar.model import Stance
from khabar.rdf import to_rdf
from khabar.store import Store
from khabar.terms import instant, ns
from reported import written

E = iri.entity("")
TIES = article(9, ("tr", "memberOf", "ly"), ("ly", "basedIn", "gn-8"), ("tr", "supports", "ly"))


def decided(claim: str, verdict: str, at: str) -> list[Quad]:
    node = NamedNode(f"{iri.BASE}decision/" + iri.digest(claim, verdict, "Mona", at))
    facts = [
        (NamedNode(iri.RDF + "type"), ns("Acceptance")),
        (ns("reviews"), NamedNode(claim)),
        (ns("verdict"), ns(verdict)),
        (ns("decidedBy"), Literal("Mona")),
        (ns("decidedAt"), instant(at)),
    ]
    return [Quad(node, predicate, value, NamedNode(iri.DECISIONS)) for predicate, value in facts]


def commands(text: str) -> list[list[str]]:
    """What QuickStatements makes of V1: a trailing comment is the summary, three columns and pairs of reference."""
    found = []
    for line in text.splitlines():
        row = re.sub(r"^(.*?) */\* *(.*?) *\*/ *$", r"\1", line.strip())
        columns = row.split("\t")
        if len(columns) >= 3 and re.fullmatch(r"Q\d+", columns[0]) and re.fullmatch(r"P\d+", columns[1]):
            assert len(columns) % 2 == 1
            found.append(columns)
    return found


@pytest.fixture
def store(tmp_path):
    reported.fill(tmp_path / "store")
    with Store.open(tmp_path / "store", write=True) as opened:
        opened.replace(to_rdf(TIES, Catalogue(), Schema()))
        yield opened


def claim(store, predicate, **wanted) -> records.ClaimRow:
    key = wanted.pop("document", iri.document_key(TIES.record))
    rows = records.claims(store, documents=[key])
    return next(r for r in rows if r.predicate == predicate and all(getattr(r, n) == v for n, v in wanted.items()))


def accept(store, *claims, verdict="Accepted", at="2026-01-01T00:00:00Z") -> None:
    store.add(quad for one in claims for quad in decided(one.claim, verdict, at))


def test_a_store_without_acceptances_gives_a_comment(store):
    text = written(store, "quickstatements").decode()
    assert re.fullmatch(r"/\* [^\t|\n]+ \*/\n", text)
    assert commands(text) == []
    assert list(accepted_claims(store)) == []


def test_an_accepted_fact_with_items_becomes_a_statement_with_its_reference(store):
    member = claim(store, "memberOf")
    accept(store, member)
    text = written(store, "quickstatements").decode()
    assert commands(text) == [["Q43", "P463", "Q1016", "S854", '"https://news.example/9"']]
    assert text.endswith(f"/* from khabar claim {member.key} */\n")


def test_what_has_no_property_of_the_same_meaning_is_left_out(store):
    accept(store, claim(store, "supports"))
    assert list(statements(store)) == []


def test_a_country_has_no_headquarters(store):
    accept(store, claim(store, "basedIn"))
    assert [one.predicate for one in accepted_claims(store)] == ["basedIn"]
    assert list(statements(store)) == []


@pytest.mark.parametrize("later", ["Rejected", "Undecided"])
def test_the_latest_decision_counts(store, later):
    member = claim(store, "memberOf")
    accept(store, member, at="2026-01-01T00:00:00Z")
    accept(store, member, verdict=later, at="2026-01-02T00:00:00Z")
    assert list(accepted_claims(store)) == []
    accept(store, member, at="2026-01-03T00:00:00Z")
    assert len(list(statements(store))) == 1


@pytest.mark.parametrize("stance", [Stance("Planned"), Stance(polarity="Negated"), Stance(certainty="Possible")])
def test_a_claim_that_is_no_fact_is_never_written_even_if_it_was_read_rightly(store, stance):
    only_said = article(11, ("ly", "memberOf", "tr"), stance=stance)
    store.replace(to_rdf(only_said, Catalogue(), Schema()))
    said = claim(store, "memberOf", document=iri.document_key(only_said.record))
    accept(store, said)
    assert [one.claim for one in accepted_claims(store)] == [said.claim]
    assert list(statements(store)) == []


def test_items_come_from_people_not_from_merges_of_khabar(store):
    known = claim(store, "partOf", document=reported.KNOWN_KEY)
    accept(store, known)
    assert list(statements(store)) == []  # neither end has an item
    government = reported.GOVERNMENTS[1]
    link = Quad(NamedNode(government), NamedNode(iri.NS + "sameEntityAs"), NamedNode(f"{E}tr"), NamedNode(iri.LINKS))
    store.add([link])  # as a merge of khabar's own would
    assert _Items(store).of(government) == ""
    store.identify(Identity.of(reported.GOVERNMENTS[0], "Q22120970", "SameEntity", "Mona"))
    assert _Items(store).of(reported.GOVERNMENTS[0]) == "Q22120970"
    assert _Items(store).of(government) == "Q22120970"  # Mona said that the two are one
    store.decide(Decision.of(*reported.GOVERNMENTS, "Undecided", "Mona"))
    assert _Items(store).of(government) == ""


def test_a_star_or_quote_in_an_address_does_not_break_the_line(store):
    line = Statement("Q43", "P463", "Q1016", 'https://x.example/*a*/"b"', "5f0c").line
    assert commands(line) == [["Q43", "P463", "Q1016", "S854", '"https://x.example/%2Aa%2A/%22b%22"']]


def test_properties_are_those_of_the_alignments():
    assert wikidata_properties() == {
        "partOf": "P749",
        "memberOf": "P463",
        "basedIn": "P159",
        "holdsPosition": "P39",
        "locatedIn": "P131",
        "participant": "P710",
        "target": "P533",
        "instrument": "P520",
        "place": "P276",
        "killed": "P1120",
        "injured": "P1339",
    }
