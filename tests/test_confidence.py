"""Confidence: what the table looks at, that it is applied to every claim, and what a bound leaves out."""

from dataclasses import replace

import pytest

from handmade import EXTRACTION, RELATIONS, STRIKE
from khabar.confidence import Confidences, at_least, chance, features
from khabar.model import Stance, Telling
from khabar.trace import Trace

PLAIN = Stance()


def named(values):
    return {name for name, value in values.items() if value}


@pytest.mark.parametrize(
    ("made", "stance", "guess", "event", "told"),
    [
        (Trace("supports:دعم"), PLAIN, 0.8, False, {"all"}),
        (Trace("nominal:office"), PLAIN, 0.8, False, {"all", "noun phrase"}),
        (Trace("nominal:actor in place"), PLAIN, 0.6, False, {"all", "noun phrase", "loose noun phrase"}),
        (Trace("Strike:قصف"), PLAIN, 0.6, True, {"all", "event"}),
        (Trace("Strike:قصف", "", (("agent", "parse"),)), PLAIN, 0.6, True, {"all", "event", "slots"}),
        (Trace("x:y"), Stance("Planned"), 0.8, False, {"all", "unsettled"}),
        (Trace("x:y"), Stance(source="e1"), 0.8, False, {"all", "attributed"}),
    ],
)
def test_features(made, stance, guess, event, told):
    assert named(features(made, stance, guess, event=event)) == told


def test_more_than_three_slots_count_as_three():
    made = Trace("Strike:قصف", "", (("agent", "parse"),) * 5)
    assert features(made, PLAIN, 0.7, event=True)["slots"] == 3.0


def test_a_chance_is_a_probability_and_never_certain():
    assert chance({"all": 0.0}, {"all": 1.0}) == 0.5
    assert chance({"all": 2.0, "event": -1.0}, {"all": 1.0, "event": 1.0}) == 0.73
    assert (chance({"all": 99.0}, {"all": 1.0}), chance({"all": -99.0}, {"all": 1.0})) == (0.99, 0.01)


def test_the_table_that_ships_has_a_weight_for_each_feature():
    values = features(Trace("x:y"), PLAIN, 0.7, event=False)
    assert list(Confidences.load().weights) == list(values)


def test_every_claim_is_rated_and_nothing_else_changes():
    told = Telling(0, 4, Stance("Planned"), (0, 9), "Strike:غارة", 0.6)
    given = replace(EXTRACTION, events=(replace(STRIKE, again=(told,)),), relations=RELATIONS[:1])
    weights = dict.fromkeys(features(Trace("x:y"), PLAIN, 0.7, event=False), 0.0)
    rated = Confidences({**weights, "event": 1.0, "unsettled": -1.0, "all": 1.0}).rate(given)
    (event,), (tie,) = rated.events, rated.relations
    assert (event.confidence, event.again[0].confidence, tie.confidence) == (0.88, 0.73, 0.73)
    back = replace(event, confidence=STRIKE.confidence, again=(replace(event.again[0], confidence=0.6),))
    assert replace(rated, events=(back,), relations=(replace(tie, confidence=0.9),)) == given


@pytest.mark.parametrize(
    ("least", "events", "relations", "dropped"),
    [
        (0.0, ["v0", "v1"], [0.9, 0.5, 1.0, 0.7], 0),
        (0.7, ["v0", "v1"], [0.9, 1.0, 0.7], 1),
        (0.71, ["v0"], [0.9, 1.0], 3),
        (0.86, [], [0.9, 1.0], 6),  # the strike, two roles that are claims, the withdrawal, two ties
        (1.0, [], [1.0], 7),
    ],
)
def test_a_bound_leaves_out_what_is_below(least, events, relations, dropped):
    left, number = at_least(EXTRACTION, least)
    assert [e.id for e in left.events] == events
    assert [r.confidence for r in left.relations] == relations
    assert number == dropped
    assert (left.record, left.entities) == (EXTRACTION.record, EXTRACTION.entities)


def test_a_role_that_an_omitted_event_filled_goes_with_it():
    weak = replace(EXTRACTION, events=(replace(EXTRACTION.events[0], confidence=0.2), EXTRACTION.events[1]))
    (kept,) = at_least(weak, 0.5)[0].events
    assert [(r.name, r.filler) for r in kept.roles] == [("agent", "e5")]


def test_a_weak_telling_goes_alone():
    tellings = tuple(Telling(0, 4, PLAIN, (0, 9), "Strike:غارة", c) for c in (0.4, 0.8))
    given = replace(EXTRACTION, events=(replace(STRIKE, again=tellings),), relations=())
    left, number = at_least(given, 0.5)
    assert (left.events[0].again, number) == (tellings[1:], 1)
