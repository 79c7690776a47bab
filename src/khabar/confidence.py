"""What `:confidence` says: the share of claims of its like that were right where people had annotated the text.

A logistic table of few features: how the claim came about, its stance, and how far the rules trust their own pattern.
`benchmarks/calibrate.py` fits the weights in `data/confidence.tsv`. What a language model claims keeps its own figure.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from khabar import trace
from khabar.model import Event, Extraction, Relation, Role, Stance
from khabar.resources import folder
from khabar.trace import Trace

SURE = 0.8
"""What the rules give to a pattern of noun phrases that hardly ever misleads; to the others they give less."""


def features(made: Trace, stance: Stance, guess: float, *, event: bool) -> dict[str, float]:
    """What the weights are about, in the order of the table.

    `event` tells a claim of a class from one of a tie; `guess` is the confidence that the rules started with.
    """
    phrase = made.pattern == "nominal"
    return {
        "all": 1.0,
        "event": float(event),
        "noun phrase": float(phrase),
        "loose noun phrase": float(phrase and guess < SURE),
        "slots": float(min(len(made.slots), 3)) if event else 0.0,
        "attributed": float(stance.source is not None),
        "unsettled": float(not stance.settled),
    }


def chance(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The probability that weights give to values, two decimals, never quite 0 or 1."""
    score = sum(weights[name] * value for name, value in values.items())
    return min(0.99, max(0.01, round(1 / (1 + math.exp(-score)), 2)))


@dataclass(frozen=True, slots=True)
class Confidences:
    """The fitted table."""

    weights: Mapping[str, float]

    @classmethod
    def load(cls) -> Confidences:
        """The table that ships with khabar."""
        with (folder("data") / "confidence.tsv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
            return cls({row["feature"]: float(row["weight"]) for row in rows})

    def rate(self, extraction: Extraction) -> Extraction:
        """The same claims with the confidence that the table gives them."""
        events = tuple(self._event(event) for event in extraction.events)
        return replace(extraction, events=events, relations=tuple(map(self._relation, extraction.relations)))

    def _event(self, event: Event) -> Event:
        sure = self._chance(trace.of_event(event), event.stance, event.confidence, event=True)
        again = (
            replace(t, confidence=self._chance(trace.of_telling(t), t.stance, t.confidence, event=True))
            for t in event.again
        )
        return replace(event, confidence=sure, again=tuple(again))

    def _relation(self, r: Relation) -> Relation:
        made = trace.of_relation(r, symmetric=False)
        return replace(r, confidence=self._chance(made, r.stance, r.confidence, event=False))

    def _chance(self, made: Trace, stance: Stance, guess: float, *, event: bool) -> float:
        return chance(self.weights, features(made, stance, guess, event=event))


def at_least(extraction: Extraction, least: float) -> tuple[Extraction, int]:
    """The claims of at least this confidence, and how many were left out.

    An event whose own claim is left out goes with its roles and all that tells it; a role that is a claim of its own
    has its event's confidence.
    """
    events = [event for event in extraction.events if event.confidence >= least]
    kept = {event.id for event in events} | {entity.id for entity in extraction.entities}
    relations = tuple(r for r in extraction.relations if r.confidence >= least)
    fewer = tuple(
        replace(event, roles=_roles(event, kept), again=tuple(t for t in event.again if t.confidence >= least))
        for event in events
    )
    left = replace(extraction, events=fewer, relations=relations)
    return left, _claims(extraction) - _claims(left)


def _roles(event: Event, kept: set[str]) -> tuple[Role, ...]:
    return tuple(role for role in event.roles if role.filler in kept)


def _claims(extraction: Extraction) -> int:
    """Claims that are told, those of roles among them."""
    of_events = sum(1 + len(e.again) + sum(r.stance is not None for r in e.roles) for e in extraction.events)
    return of_events + len(extraction.relations)
