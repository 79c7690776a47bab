"""The answer of a language model against text and ontology: what stays, what goes, and the quads that it makes."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats import DENIAL, PLAIN, STRIKE, TEXT, event, good, relation
from khabar.llm import answer
from khabar.llm.checking import Checker
from khabar.llm.prompt import EVIDENCE_LIMIT, Prompt
from khabar.llm.quotes import Quotes, nearest
from khabar.llm.windows import cut, halves
from khabar.model import Record, Stance
from khabar.rdf import to_rdf

GOLDEN = Path(__file__).parent / "golden" / "llm.nq"
RECORD = Record(TEXT, "test:1", id="llm-1", url="https://news.example/llm/1", date="2019-10-28")


@pytest.fixture
def checked(extractor):
    """Reads an answer to a text: the extraction, what was dropped, how many stances were weakened."""

    def check(said, text=TEXT):
        dropped = Counter()
        checker = Checker(extractor.page(Record(text, "test", date="2019-10-28")), extractor, "llm:test", dropped)
        found = checker.extraction([((0, len(text)), answer.read(json.dumps(said), dropped))])
        return found, {reason: count for reason, count in dropped.items() if count}, checker.softened

    return check


@pytest.fixture
def quotes(extractor):
    def make(text):
        page = extractor.page(Record(text, "test"))
        return lambda quote, window=None: Quotes(page.view, page.doc).find(quote, window or (0, len(text)))

    return make


# windows --------------------------------------------------------------------------------------------------------------


def test_long_texts_are_cut_at_paragraphs_else_sentences_else_words():
    assert list(cut("one two\nthree four", 12)) == [(0, 8), (8, 18)]
    assert list(cut("One. Two three", 8)) == [(0, 5), (5, 9), (9, 14)]
    assert list(cut("abcdef", 4)) == [(0, 4), (4, 6)]
    assert list(cut("", 4)) == list(cut(" \n ", 4)) == []
    assert halves("one\ntwo\nthree", 0, 13) == ((0, 8), (8, 13))
    assert halves("abcdef", 0, 6) is None


@given(st.text("ab .\n", max_size=80), st.integers(1, 30))
def test_windows_hold_every_letter_once_in_order(text, room):
    found = list(cut(text, room))
    assert all(0 < end - begin <= room for begin, end in found)
    held = "".join(text[begin:end] for begin, end in found)
    assert text.startswith(held)
    assert text[len(held) :].strip() == ""


# quotes ---------------------------------------------------------------------------------------------------------------


def test_a_quote_is_found_letter_by_letter_in_whole_tokens(quotes):
    find = quotes("قصفت الطائرات البلدة بعد قصف أمس وقصف اليوم.")
    assert find("قصف") == [(25, 28), (34, 37)]
    assert find("قصف", (0, 30)) == [(25, 28)]
    assert find("قصف البلدة") == find("") == find(" ") == find("ـ") == []


def test_a_quote_is_found_without_its_marks_and_mapped_back(quotes):
    text = "قال «القائِد» إنّ القـــوات\nانسحبت."
    find = quotes(text)
    (span,) = find('قال "القائد" ان القوات انسحبت')
    assert span == (0, len(text) - 1)
    assert [text[b:e] for b, e in find("القوات")] == ["القـــوات"]
    assert [text[b:e] for b, e in find("إن القوات")] == ["إنّ القـــوات"]
    assert find("القيادات") == []


def test_distance():
    assert nearest([(0, 3), (20, 25)], (10, 14)) == 6
    assert nearest([(0, 12)], (10, 14)) == nearest([], (1, 2)) == 0


# the form of answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{}", "[]", "", "no", '{"events": 3}', '{"a": []}', '{"entities": [', "[" * 5000])
def test_what_is_no_answer(text):
    dropped = Counter()
    assert answer.read(text, dropped) is None
    assert not dropped


@pytest.mark.parametrize("text", ["{}", "<think>{1}</think>\n{}", "Here it is:\n```json\n{}\n```\nDone {}."])
def test_json_is_found_between_other_words(text):
    said = json.dumps({"entities": [{"id": "e1", "quote": " سرت ", "class": "Settlement"}]})
    found = answer.read(text.replace("{}", said, 1), Counter())
    assert found == answer.Answer((answer.NamedEntity("e1", "سرت", "Settlement"),))


def test_items_of_another_form_are_counted_and_the_rest_is_read():
    dropped = Counter()
    said = {
        "entities": [
            3,
            {"id": "e1"},
            {"id": "e1", "quote": "سرت", "class": "Settlement"},
            {"id": "", "quote": "", "class": ""},
            {"id": "e1", "quote": "سرت", "class": "Place"},
        ],
        "events": [
            event("v1", "Strike", "قصف", STRIKE, [("agent", "e1")]) | {"roles": [{"role": "agent"}, "x"]},
            event("v2", "Strike", "قصف", STRIKE, []) | {"roles": None},
            event("v3", "Strike", "قصف", STRIKE, []) | {"trigger": None},
            event("v4", "Strike", "قصف", STRIKE, [], modality="Maybe"),
            event("v5", "Strike", "قصف", STRIKE, [], polarity=[]),
        ],
        "relations": [None, relation("e1", "supports", "e2", "x", "y", certainty="")],
    }
    found = answer.read(json.dumps(said), dropped)
    assert found.entities == (answer.NamedEntity("e1", "سرت", "Settlement"),)
    told = answer.Told("قصف", STRIKE, Stance(), "")
    assert found.events == (answer.ToldEvent("v1", "Strike", told, ()),)
    assert found.relations == ()
    assert dropped == {"malformed": 4 + 2 + 2 + 1, "unknown stance": 3}


# against text and ontology --------------------------------------------------------------------------------------------


def test_a_good_answer_becomes_the_same_nodes_as_the_rules_make(checked):
    found, dropped, softened = checked(good())
    assert (dropped, softened) == ({}, 0)
    names = {e.id: (e.key, TEXT[e.mentions[0].begin : e.mentions[0].end], e.cls) for e in found.entities}
    assert names == {
        "e0": ("lna", "الجيش الوطني الليبي", "ArmedForce"),
        "e1": ("mitiga", "مطار معيتيقة", "Facility"),
        "e2": (None, "مدنيين", "PopulationGroup"),
        "e3": ("tr", "تركيا", "Country"),
        "e4": ("gna", "حكومة الوفاق", "Government"),
        "e5": (None, "كريم زرفان", "Person"),
        "e6": (None, "كتيبة السرو", "MilitaryUnit"),
        "e7": ("gn-2210221", "ترهونة", "Settlement"),
        "e8": ("ru", "روسيا", "Country"),
        "e9": ("gn-2210554", "سرت", "Settlement"),
    }
    events = [
        (e.cls, TEXT[e.begin : e.end], e.stance, TEXT[slice(*e.evidence)], {(r.name, r.filler) for r in e.roles})
        for e in found.events
    ]
    assert events == [
        ("Strike", "قصف", Stance(), STRIKE, {("agent", "e0"), ("target", "e1"), ("place", "e1")}),
        (
            "Withdrawal",
            "انسحبت",
            Stance(source="e5"),
            "كتيبة السرو انسحبت من ترهونة",
            {("agent", "e6"), ("place", "e7")},
        ),
        ("Strike", "قصفت", Stance(polarity="Negated", source="e8"), DENIAL, {("agent", "e8"), ("place", "e9")}),
    ]
    first = found.events[0]
    assert (first.when.edtf, first.killed, first.injured, first.rule, first.confidence) == (
        "2019-10-28",
        3,
        None,
        "llm:test",
        0.5,
    )
    (tie,) = found.relations
    assert (tie.subject, tie.predicate, tie.object, tie.stance) == ("e3", "supports", "e4", Stance("Ongoing"))


def test_the_quads_are_the_golden_ones(extractor):
    checker = Checker(extractor.page(RECORD), extractor, "llm:test", Counter())
    found = checker.extraction([((0, len(TEXT)), answer.read(json.dumps(good()), Counter()))])
    lines = [f"{q} .\n" for q in to_rdf(found, extractor.kb, extractor.ontology).quads]
    if os.environ.get("KHABAR_GOLDEN"):
        GOLDEN.write_text("".join(lines), encoding="utf-8")
    assert lines == GOLDEN.read_text("utf-8").splitlines(keepends=True)


def test_what_a_cue_denies_is_no_fact_whatever_the_model_says(checked):
    said = good()
    said["events"][2] |= PLAIN
    said["relations"] = []
    found, dropped, softened = checked(said)
    assert (dropped, softened) == ({}, 1)
    assert found.events[2].stance == Stance(polarity="Negated", source="e8")


@pytest.mark.parametrize(
    ("text", "trigger", "stance"),
    [
        ("قصفت تركيا مدينة سرت.", "قصفت", ("Happened", "Affirmed", "Certain")),
        ("ستقصف تركيا مدينة سرت.", "قصف", None),  # no word of the text
        ("سوف تقصف تركيا مدينة سرت.", "تقصف", ("Planned", "Affirmed", "Certain")),
        ("لم تقصف تركيا مدينة سرت.", "تقصف", ("Ongoing", "Negated", "Certain")),
        ("ربما قصفت تركيا مدينة سرت.", "قصفت", ("Happened", "Affirmed", "Possible")),
        ("هددت تركيا بقصف مدينة سرت.", "قصف", ("Threatened", "Affirmed", "Certain")),
    ],
)
def test_the_cues_outweigh_a_model_that_sees_nothing_but_facts(checked, text, trigger, stance):
    said = {
        "entities": [{"id": "e1", "quote": "تركيا", "class": "Country"}],
        "events": [event("v1", "Strike", trigger, text[:-1], [("agent", "e1")])],
    }
    found, dropped, softened = checked(said, text)
    got = [(e.stance.modality, e.stance.polarity, e.stance.certainty) for e in found.events]
    assert got == ([stance] if stance else [])
    assert dropped == ({} if stance else {"quote not in the text": 1})
    assert softened == (stance not in (None, ("Happened", "Affirmed", "Certain")))


@pytest.mark.parametrize(
    ("text", "trigger", "name", "modality", "polarity"),
    [
        ("قد يزور كريم زرفان قائد كتيبة السرو دمشق.", "قائد", "leads", "Ongoing", "Affirmed"),
        ("لا يقود كريم زرفان كتيبة السرو.", "يقود", "leads", "Ongoing", "Negated"),
        ("ليس كريم زرفان قائد كتيبة السرو.", "قائد", "leads", "Ongoing", "Negated"),
        ("قد يدعم كريم زرفان كتيبة السرو.", "يدعم", "supports", "Planned", "Affirmed"),
    ],
)
def test_a_tie_told_by_a_noun_is_known_unless_it_is_denied(checked, text, trigger, name, modality, polarity):
    entities = [("e1", "كريم زرفان", "Person"), ("e2", "كتيبة السرو", "MilitaryUnit")]
    said = {
        "entities": [{"id": id, "quote": quote, "class": cls} for id, quote, cls in entities],
        "relations": [relation("e1", name, "e2", trigger, text[:-1])],
    }
    found, dropped, _ = checked(said, text)
    (tie,) = found.relations
    assert (tie.stance.modality, tie.stance.polarity) == (modality, polarity)
    assert tie.stance.settled == (trigger == "قائد" and polarity == "Affirmed")
    assert dropped == {}


def alter(part, index, **fields):
    def change(said):
        said[part][index] |= fields

    return change


def role(name, filler):
    return lambda said: said["events"][0]["roles"].append({"role": name, "filler": filler})


@pytest.mark.parametrize(
    ("change", "reasons", "events", "relations", "roles"),
    [
        (alter("entities", 8, quote="سرت القديمة"), {"quote not in the text": 1, "unknown entity": 1}, 3, 1, 3),
        (alter("entities", 8, **{"class": "Planet"}), {"unknown class": 1, "unknown entity": 1}, 3, 1, 3),
        (alter("entities", 8, **{"class": "Strike"}), {"unknown class": 1, "unknown entity": 1}, 3, 1, 3),
        (alter("events", 0, evidence="قصف الجيش المطار"), {"quote not in the text": 1}, 2, 1, 2),
        (alter("events", 0, trigger="هاجم"), {"quote not in the text": 1}, 2, 1, 2),
        (alter("events", 0, trigger="انسحبت"), {"trigger outside its evidence": 1}, 2, 1, 2),
        (alter("events", 0, **{"class": "Earthquake"}), {"unknown class": 1}, 2, 1, 2),
        (alter("events", 0, **{"class": "Person"}), {"unknown class": 1}, 2, 1, 2),
        (alter("events", 0, modality="Done"), {"unknown stance": 1}, 2, 1, 2),
        (alter("events", 0, source="e77"), {"unknown source": 1}, 2, 1, 2),
        (alter("events", 0, source="e2"), {"unknown source": 1}, 2, 1, 2),
        (role("witness", "e3"), {"unknown role": 1}, 3, 1, 3),
        (role("participant", "e2"), {"breaks domain or range": 1}, 3, 1, 3),
        (role("agent", "v2"), {"breaks domain or range": 1}, 3, 1, 3),
        (role("about", "v1"), {"tied to itself": 1}, 3, 1, 3),
        (role("recipient", "e77"), {"unknown entity": 1}, 3, 1, 3),
        (role("about", "v2"), {}, 3, 1, 4),
        (role("agent", "e1"), {}, 3, 1, 3),
        (lambda said: said["events"].append(said["events"][0]), {"told twice": 1}, 3, 1, 3),
        (alter("relations", 0, relation="loves"), {"unknown relation": 1}, 3, 0, 3),
        (alter("relations", 0, relation="controls"), {"breaks domain or range": 1}, 3, 0, 3),
        (alter("relations", 0, relation="agent"), {"unknown relation": 1}, 3, 0, 3),
        (alter("relations", 0, object="e3"), {"tied to itself": 1}, 3, 0, 3),
        (alter("relations", 0, object="v1"), {"unknown entity": 1}, 3, 0, 3),
        (lambda said: said["relations"].append(said["relations"][0]), {"told twice": 1}, 3, 1, 3),
    ],
)
def test_what_breaks_text_or_ontology_is_dropped_and_counted(checked, change, reasons, events, relations, roles):
    said = good()
    change(said)
    found, dropped, softened = checked(said)
    assert (dropped, softened) == (reasons, 0)
    assert (len(found.events), len(found.relations), len(found.events[0].roles)) == (events, relations, roles)


def test_clitics_of_triggers_and_marks_around_evidence_are_left_out(checked):
    text = "اجتمع الوفد. «وقصفت تركيا مدينة سرت»."
    found, dropped, _ = checked({"events": [event("v1", "Strike", "وقصفت", "«وقصفت تركيا مدينة سرت».", [])]}, text)
    (strike,) = found.events
    assert (text[strike.begin : strike.end], text[slice(*strike.evidence)]) == ("قصفت", "وقصفت تركيا مدينة سرت")
    assert dropped == {}


def test_evidence_has_a_limit(checked):
    text = "قصف الجيش " + "المدينة القديمة " * 26 + "أمس."
    assert len(text) > EVIDENCE_LIMIT
    found, dropped, _ = checked({"events": [event("v1", "Strike", "قصف", text, [])]}, text)
    assert (found.events, dropped) == ((), {"evidence too long": 1})


def test_words_that_recur_are_those_nearest_to_the_names(checked):
    text = "قصف الجيش البلدة. ثم وقع قصف. وبعد ساعات وقع قصف نفذته كتيبة السرو."
    said = {
        "entities": [{"id": "e1", "quote": "كتيبة السرو", "class": "MilitaryUnit"}],
        "events": [event("v1", "Strike", "قصف", "وقع قصف", [("agent", "e1")])],
    }
    found, dropped, _ = checked(said, text)
    assert dropped == {}
    assert [(e.begin, e.evidence) for e in found.events] == [(45, (41, 48))]


@pytest.mark.parametrize(
    ("quote", "cls", "key"),
    [
        ("خليفة حفتر", "Person", "haftar"),
        ("حفتر", "Person", "haftar"),
        ("المشير خليفة حفتر", "Person", "haftar"),
        ("نجل خليفة حفتر", "Person", None),
        ("نجل المشير خليفة حفتر في مدينة سرت", "Actor", None),
        ("مدينة سرت", "Settlement", "gn-2210554"),
        ("سرت", "Facility", "gn-2210554"),
    ],
)
def test_a_quote_means_its_head_and_no_name_inside_it(checked, quote, cls, key):
    text = "التقى الوزير نجل المشير خليفة حفتر في مدينة سرت. وقال نجل خليفة حفتر إن أنصار خليفة حفتر بخير."
    trigger = event("v1", "Meeting", "التقى", text.split(".")[0], [("place" if key == "gn-2210554" else "agent", "e1")])
    said = {"entities": [{"id": "e1", "quote": quote, "class": cls}], "events": [trigger]}
    found, dropped, _ = checked(said, text)
    keys = {e.id: e.key for e in found.entities}
    (meeting,) = found.events
    assert [keys[r.filler] for r in meeting.roles] == ([key] if key else [])
    assert dropped == ({} if key else {"crosses another name": 1, "unknown entity": 1})


def test_the_prompt_is_made_of_the_ontology(extractor):
    prompt = Prompt(extractor.ontology)
    events = prompt.schema["properties"]["events"]["items"]["properties"]
    assert events["class"]["enum"] == sorted(extractor.ontology.events)
    assert prompt.schema["properties"]["relations"]["items"]["properties"]["relation"]["enum"] == sorted(
        extractor.ontology.relations
    )
    assert all(f"- {term} " in prompt.system for term in extractor.ontology.events | extractor.ontology.relations)
    assert Prompt(extractor.ontology).version == prompt.version
    assert prompt.messages(RECORD, 0, 3)[1] == {"role": "user", "content": "date: 2019-10-28\ntext:\nقصف"}


def test_who_is_described_by_a_name_is_another(checked):
    text = "قال أنصار خليفة حفتر إن كتيبة السرو انسحبت."
    said = {
        "entities": [{"id": "e1", "quote": "أنصار خليفة حفتر", "class": "PopulationGroup"}],
        "events": [event("v1", "Withdrawal", "انسحبت", "كتيبة السرو انسحبت", [], source="e1")],
    }
    found, dropped, _ = checked(said, text)
    source = {e.id: e for e in found.entities}[found.events[0].stance.source]
    assert (source.key, source.cls, dropped) == (None, "PopulationGroup", {})
