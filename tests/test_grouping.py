"""Copies of one story, reports of one happening: what is grouped, what never is, and how it is taken back."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from handmade import Catalogue, Schema
from khabar import cli, iri
from khabar.bundles import gather
from khabar.decisions import Decision
from khabar.grouping import regroup
from khabar.integrity import problems
from khabar.kb import Entry
from khabar.model import Entity, Event, Extraction, Mention, Record, Role, Stance, When
from khabar.rdf import to_rdf
from khabar.retellings import Report, likeness
from khabar.store import Store
from khabar.stories import Text, alike

WORDS = [f"كلمة{number}" for number in range(400)]
DAY = date(2019, 10, 22)
ENTRIES = (
    Entry("army", "ArmedForce", "الجيش", ""),
    Entry("rebels", "RebelGroup", "الثوار", ""),
    Entry("land", "Country", "البلد", ""),
    Entry("town", "Settlement", "البلدة", "", located_in="land"),
)


def text(node: str, *spans: tuple[int, int], day: date | None = DAY) -> Text:
    return Text(node, " ".join(word for begin, end in spans for word in WORDS[begin:end]), day)


def test_a_copy_a_cut_and_an_edit_are_one_story():
    wire, copy, cut = text("a", (0, 100)), text("b", (0, 100)), text("c", (0, 40))
    edited = text("d", (0, 60), (300, 340))
    assert alike([wire, copy, cut, edited]) == {
        ("a", "b"): (1.0, 96),
        ("a", "c"): (1.0, 36),
        ("b", "c"): (1.0, 36),
        ("a", "d"): (0.58, 56),
        ("b", "d"): (0.58, 56),
        ("c", "d"): (1.0, 36),
    }


def test_spelling_and_marks_make_no_other_story():
    one = Text("a", " ".join(f"أحمد، إلى {word}." for word in WORDS[:40]), DAY)
    other = Text("b", " ".join(f"احمد الى {word}" for word in WORDS[:40]), DAY)
    assert alike([one, other]) == {("a", "b"): (1.0, 116)}


@pytest.mark.parametrize(
    "other",
    [
        text("b", (100, 200)),
        text("b", (0, 40), (300, 390)),  # less than half in common
        text("b", (0, 23), (200, 203)),  # too short to tell
        text("b", (0, 100), day=date(2019, 10, 27)),  # comes round
    ],
)
def test_what_is_no_copy(other):
    assert alike([text("a", (0, 100)), other]) == {}


def test_a_round_up_is_no_copy_of_what_it_holds():
    assert alike([text("a", (0, 60)), text("b", (0, 400))]) == {}


def test_undated_texts_are_compared_too():
    assert list(alike([text("a", (0, 60)), text("b", (0, 60), day=None)])) == [("a", "b")]


def test_groups_hold_only_what_fits_with_each_other_and_nobody_keeps_apart():
    scores = {("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "c"): 0.7, ("c", "d"): 0.75}
    assert gather(scores, []) == [["a", "b", "c"]]
    assert gather(scores, [("a", "c")]) == [["a", "b"], ["c", "d"]]
    assert gather(scores, [("a", "b"), ("c", "d")]) == [["b", "c"]]
    assert gather({}, []) == []


def report(node: str, **changes) -> Report:
    made = Report(node, f"doc {node}", "Strike", "ViolentEvent", DAY, DAY, frozenset({"army"}), frozenset(),
                  frozenset({"town"}), None, None, {"army": frozenset({"الجيش"})})  # fmt: skip
    return replace(made, **changes)


ABOVE = {"town": frozenset({"land"})}


def test_reports_that_agree_are_one_happening_and_say_why():
    reasons = ("both Strike", "at one place", "on 2019-10-22", "with one agent")
    assert likeness(report("a"), report("b"), ABOVE) == (0.85, reasons)
    one, other = report("a", killed=5, injured=7), report("b", killed=8, injured=7)
    reasons = (*reasons, "5 or 8 killed", "7 injured in both")
    assert likeness(one, other, ABOVE) == (1.0, reasons)


def test_equal_numbers_speak_where_nobody_is_named():
    nobody = {"agents": frozenset(), "parties": {}, "killed": 12}
    found = likeness(report("a", **nobody), report("b", **nobody, cls="Battle"), ABOVE)
    assert found == (0.9, ("Strike and Battle", "at one place", "on 2019-10-22", "12 killed in both"))


def test_a_town_and_its_country_may_be_one_place():
    found = likeness(report("a"), report("b", places=frozenset({"land"})), ABOVE)
    reasons = ("both Strike", "at places of which one lies in the other", "on 2019-10-22", "with one agent")
    assert found == (0.7, reasons)


@pytest.mark.parametrize(
    "changes",
    [
        {"document": "doc a"},
        {"cls": "Meeting", "kind": "Meeting"},
        {"first": date(2019, 10, 23), "last": date(2019, 10, 23)},
        {"places": frozenset({"elsewhere"})},
        {"agents": frozenset()},  # nothing shared but kind, place and day
        {"agents": frozenset({"rebels"}), "parties": {"rebels": frozenset({"الثوار"})}},
    ],
)
def test_what_is_never_one_happening(changes):
    assert likeness(report("a"), report("b", **changes), ABOVE) is None


def test_one_guest_is_not_the_other():
    meeting = {"cls": "Meeting", "kind": "Meeting"}
    assert likeness(report("a", **meeting), report("b", **meeting), ABOVE) is None
    both = {**meeting, "parties": {"army": frozenset({"الجيش"}), "rebels": frozenset({"الثوار"})}}
    assert likeness(report("a", **both), report("b", **both), ABOVE) is not None
    copies = {**meeting, "story": "doc a"}
    assert likeness(report("a", **copies), report("b", **copies), ABOVE) is not None


def document(number: int, killed: int, day: str = "2019-10-22", place: str = "town"):
    """An article of its own that tells of a strike of the army."""
    begin = 0 if number < 3 else 50 * number
    words = f"قصف الجيش المكان {number} " + " ".join(WORDS[begin : begin + 40])
    mentions = [Mention(4, 9, 1, 2, 1, "ArmedForce", "name", ("army",)), Mention(10, 16, 2, 3, 2, "Place", "name", ())]
    entities = (
        Entity("e0", "ArmedForce", "الجيش", "army", (mentions[0],)),
        Entity("e1", "Settlement", "المكان", place, (mentions[1],)),
    )
    when = When(day, f"{day}T00:00:00Z", f"{day}T23:59:59Z")
    roles = (Role("agent", "e0"), Role("place", "e1"))
    event = Event("v0", "Strike", 0, 3, Stance(), (0, 16), "hand", 0.8, roles, when, killed=killed)
    record = Record(words, "x", id=f"d{number}", url=f"https://news.example/{number}", date=f"2019-10-2{number + 2}",
                    publisher=f"outlet {number}")  # fmt: skip
    return to_rdf(Extraction(record, entities, (event,), ()), Catalogue(ENTRIES), _Schema())


class _Schema(Schema):
    def is_a(self, cls: str, ancestor: str) -> bool:
        return (cls, ancestor) in {("Settlement", "Place"), ("Country", "Place"), ("ArmedForce", "Actor")}


DOCUMENTS = (document(1, 5), document(2, 8), document(3, 6), document(4, 6, day="2019-10-23"))
EVENTS = [iri.event(made.key, "Strike", 0, 0) for made in DOCUMENTS]


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as opened:
        opened.put_ontology()
        for made in DOCUMENTS:
            opened.replace(made)
        yield opened


def grouped(store: Store) -> list[set[str]]:
    """The members of each group, in the order of their smallest."""
    rows = store.query("SELECT ?g ?m { ?m :groupedIn ?g }")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["g"].value, set()).add(row["m"].value)
    return sorted(found.values(), key=min)


STORY = {iri.document(made.key) for made in DOCUMENTS[:2]}


def test_a_store_is_grouped_and_every_number_stays(store):
    assert regroup(store) == (1, 1)
    assert grouped(store) == sorted([STORY, set(EVENTS[:3])], key=min)
    rows = store.query("SELECT ?k { ?e :groupedIn ?g ; :killed ?k } ORDER BY ?k")
    assert [row["k"].value for row in rows] == ["5", "6", "8"]
    origins = {row["o"].value for row in store.query("SELECT ?o { ?g :origin ?o }")}
    assert origins == {iri.document(DOCUMENTS[0].key), EVENTS[0]}
    assert list(problems(store)) == []


def test_grouping_again_changes_nothing_and_order_does_not_matter(store, tmp_path):
    regroup(store)
    before = sorted(map(str, store.quads()))
    regroup(store)
    assert sorted(map(str, store.quads())) == before
    with Store.open(tmp_path / "other", write=True, create=True) as other:
        other.put_ontology()
        for made in DOCUMENTS[::-1]:
            other.replace(made)
        regroup(other)
        assert sorted(map(str, other.quads())) == before


def test_a_group_leaves_with_its_document_and_comes_back_with_it(store):
    regroup(store)
    before = sorted(map(str, store.quads()))
    store.forget(DOCUMENTS[0].key)
    assert grouped(store) == []
    assert regroup(store) == (0, 1)
    assert grouped(store) == [set(EVENTS[1:3])]
    store.replace(DOCUMENTS[0])
    regroup(store)
    assert sorted(map(str, store.quads())) == before


def test_what_somebody_splits_stays_apart_until_it_is_undone(store):
    regroup(store)
    before = grouped(store)
    store.decide(Decision.of(EVENTS[0], EVENTS[1], "DifferentEntities", "منى"))
    said = [line.partition(":")[0] for line in problems(store, shapes=False)]
    assert said == ["group that holds two members somebody split"]
    regroup(store)
    assert len([group for group in grouped(store) if len(group & set(EVENTS)) == 2]) == 1
    assert not any({EVENTS[0], EVENTS[1]} <= group for group in grouped(store))
    assert list(problems(store)) == []
    store.decide(Decision.of(EVENTS[0], EVENTS[1], "Undecided", "منى"))
    regroup(store)
    assert grouped(store) == before


def test_the_commands(tmp_path, capfd):
    path = str(tmp_path / "store")
    with Store.open(path, write=True, create=True) as opened:
        opened.put_ontology()
        for made in DOCUMENTS:
            opened.replace(made)
    assert cli.run(["group", path]) == 0
    said = capfd.readouterr().err
    assert said == "1 stories in several documents, 1 happenings in several reports\n"
    assert cli.run(["merge", path, "d1", "d2", "--by", "منى"]) == 2
    assert "documents and events are grouped, not merged" in capfd.readouterr().err
    assert cli.run(["split", path, "d1", f"doc:{DOCUMENTS[1].key}", "--by", "منى"]) == 0
    for one, other in pairwise(EVENTS[:3]):
        assert cli.run(["split", path, iri.shorten(one), other, "--by", "منى"]) == 0
    with Store.open(path) as opened:
        assert grouped(opened) == [{EVENTS[0], EVENTS[2]}]
    assert cli.run(["split", path, "d1", "d2", "--by", "منى", "--undo"]) == 0
    with Store.open(path) as opened:
        assert STORY in grouped(opened)
    assert cli.run(["forget", path, "d3"]) == 0
    with Store.open(path) as opened:
        assert grouped(opened) == [STORY]
    assert cli.run(["split", path, "event:0000000000000000", EVENTS[0], "--by", "منى"]) == 2
    assert "has the name 'event:0000000000000000'" in capfd.readouterr().err
