"""The line of :rule: what it tells of events, roles and relations, and that it reads back."""

from dataclasses import replace

import pytest

from handmade import RELATIONS, STRIKE
from khabar import trace
from khabar.extractor import RuleExtractor
from khabar.model import Record, Role, Stance, Telling
from khabar.trace import Trace


@pytest.fixture(scope="module")
def extractor():
    return RuleExtractor()


@pytest.mark.parametrize(
    ("made", "line", "pattern"),
    [
        (Trace("Strike:قصف"), "Strike:قصف", "frame"),
        (Trace("nominal:place in place"), "nominal:place in place", "nominal"),
        (Trace("llm:some-model"), "llm:some-model", "llm"),
        (
            Trace("Strike:أطلق النار", "definite-noun", (("agent", "light verb"), ("place", "place before"))),
            "Strike:أطلق النار trigger=definite-noun agent=light-verb place=place-before",
            "frame",
        ),
        (
            Trace("ellipsis:supplies:زود", "", (("subject", "argument"), ("object", "parse"))),
            "ellipsis:supplies:زود subject=argument object=parse",
            "ellipsis",
        ),
    ],
)
def test_a_line_reads_back(made, line, pattern):
    assert made.line == line
    assert trace.parse(line) == made
    assert made.pattern == pattern


def test_every_slot_of_an_event_is_told_but_not_those_a_model_filled():
    event = replace(
        STRIKE, rule="Strike:قصف", form="past", roles=(Role("agent", "e0"), Role("target", "e1", "pronoun"))
    )
    assert trace.of_event(event).line == "Strike:قصف trigger=past agent=argument target=pronoun"
    assert trace.of_event(replace(event, form="", roles=(Role("agent", "e0", "model"),))).line == "Strike:قصف"


def test_a_role_of_its_own_tells_its_own_slot_and_a_further_telling_none():
    role = Role("place", "e1", "place", Stance(certainty="Possible"))
    event = replace(STRIKE, form="past", roles=(*STRIKE.roles[:1], role))
    assert trace.of_role(event, role).line == "Strike/قصف trigger=past place=place"
    assert trace.of_event(event).line == "Strike/قصف trigger=past agent=argument"
    telling = Telling(0, 1, Stance(), (0, 5), "Strike:غارة", form="noun")
    assert trace.of_telling(telling).line == "Strike:غارة trigger=noun"


def test_sides_of_a_symmetric_relation_are_told_without_order():
    tie = replace(RELATIONS[0], rule="opposes:عادى", form="present", hows=("fronted", "argument"))
    told = trace.of_relation(tie, symmetric=False).line
    assert told == "opposes:عادى trigger=present subject=fronted object=argument"
    both = {trace.of_relation(t, symmetric=True).line for t in (tie, replace(tie, hows=tie.hows[::-1]))}
    assert both == {"opposes:عادى trigger=present side=argument side=fronted"}


@pytest.mark.parametrize(
    ("text", "event", "tie"),
    [
        (
            "شن الجيش السوري غارة على مدينة إدلب.",
            "Strike:غارة trigger=noun agent=light-verb target=argument place=argument",
            None,
        ),
        (
            "شن الجيش السوري هجوما على جبهة النصرة في حلب.",
            "Battle:هجوم trigger=noun agent=light-verb target=argument place=place",
            "event:Battle:هجوم trigger=noun subject=light-verb object=argument",
        ),
        ("روسيا تدعم الجيش السوري.", None, "supports:دعم trigger=present subject=fronted object=argument"),
    ],
)
def test_what_is_read_tells_how(extractor, text, event, tie):
    read = extractor.read(Record(text, "here"))
    assert [trace.of_event(e).line for e in read.events] == ([event] if event else [])
    told = [trace.of_relation(r, symmetric=False).line for r in read.relations if not r.rule.startswith("nominal")]
    assert told == ([tie] if tie else [])
