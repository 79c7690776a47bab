"""Lays what was found beside what was annotated: which entity is which, which relation and event stand for which.

A found entity stands for the annotated entity whose mentions it covers best (sum of intersection over union). All
figures and lists of errors are views of this one alignment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from khabar.evaluate import scheme
from khabar.evaluate.gold import GoldDocument, GoldEntity, GoldEvent, GoldRelation, Span
from khabar.evaluate.graph import FoundDocument, FoundEvent, FoundMention, FoundRelation
from khabar.evaluate.pairs import Pairing, near, overlap, pair
from khabar.model import Stance

Role = tuple[str, str, str]
"""Event, role, filler: ids of the annotation where there is one, else IRIs."""


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One span of an annotated entity."""

    span: Span
    entity: str
    cls: str


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles on both sides, in the same names."""

    gold: frozenset[Role]
    found: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Aligned:
    """One document, both sides.

    `exact`, `overlapping` and `classed` pair mentions by equal span, by overlap, and by equal span and class.
    `entities` maps found nodes to ids of annotated entities. `relations` asks for the same relation, `kindred` also
    takes a super- or sub-property; `triggers` pairs events by their words, `events` also by class. `roles` are those
    of `events`, and `loose_roles` those of `triggers`, with agents taken as participants.
    """

    gold: GoldDocument
    found: FoundDocument
    exact: Pairing[GoldMention, FoundMention]
    overlapping: Pairing[GoldMention, FoundMention]
    classed: Pairing[GoldMention, FoundMention]
    entities: dict[str, str]
    relations: Pairing[GoldRelation, FoundRelation]
    kindred: Pairing[GoldRelation, FoundRelation]
    triggers: Pairing[GoldEvent, FoundEvent]
    events: Pairing[GoldEvent, FoundEvent]
    roles: Roles
    loose_roles: Roles

    def nodes(self, entity: GoldEntity) -> list[str]:
        """The found entities that stand for an annotated one."""
        return [node for node, ident in self.entities.items() if ident == entity.id]

    def known(self, node: str) -> str:
        """The id that a node stands for, or the node."""
        return self.entities.get(node, node)

    def source(self, stance: Stance) -> str | None:
        """Who is cited in a found claim, as an id; an IRI for somebody whom the annotation does not have."""
        return self.known(stance.source) if stance.source is not None else None

    def same_ends(self, gold: GoldRelation, found: FoundRelation) -> bool:
        """Whether both are about the same two things."""
        return _same_ends(gold, (self.known(found.subject), self.known(found.object)))


def align(gold: GoldDocument, found: FoundDocument) -> Aligned:
    """Align a document with what the graph says about it."""
    mentions = [GoldMention(span, e.id, e.cls) for e in gold.entities for span in e.spans]
    entities = _entities(mentions, found.mentions)

    def ends(r: FoundRelation) -> tuple[str, str]:
        return entities.get(r.subject, r.subject), entities.get(r.object, r.object)

    def alike(g: GoldRelation, f: FoundRelation) -> float:
        return 1 + _agreement(g.stance, f.stance, entities) / 10

    def same(g: GoldRelation, f: FoundRelation) -> float:
        return alike(g, f) if g.predicate == f.predicate and _same_ends(g, ends(f)) else 0

    def kindred(g: GoldRelation, f: FoundRelation) -> float:
        close = scheme.akin(g.predicate, f.predicate) and _same_ends(g, ends(f))
        return alike(g, f) + (g.predicate == f.predicate) if close else 0

    def trigger(g: GoldEvent, f: FoundEvent) -> float:
        return max((near(g.span, span) for span in f.triggers), default=0)

    triggers = pair(gold.events, found.events, trigger)
    events = pair(gold.events, found.events, lambda g, f: trigger(g, f) if g.cls == f.cls else 0)
    return Aligned(
        gold,
        found,
        exact=pair(mentions, found.mentions, lambda g, f: g.span == f.span),
        overlapping=pair(mentions, found.mentions, lambda g, f: near(g.span, f.span)),
        classed=pair(mentions, found.mentions, lambda g, f: g.span == f.span and f.classes == {g.cls}),
        entities=entities,
        relations=pair(gold.relations, found.relations, same),
        kindred=pair(gold.relations, found.relations, kindred),
        triggers=triggers,
        events=events,
        roles=_roles(gold, found, events, entities, loose=False),
        loose_roles=_roles(gold, found, triggers, entities, loose=True),
    )


def _entities(gold: list[GoldMention], found: tuple[FoundMention, ...]) -> dict[str, str]:
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for mention in found:
        for other in gold:
            if value := overlap(mention.span, other.span):
                votes[mention.node][other.entity] += value
    return {node: max(sorted(weights), key=weights.__getitem__) for node, weights in votes.items()}


def _same_ends(gold: GoldRelation, found: tuple[str, str]) -> bool:
    ends = (gold.subject, gold.object)
    return ends == found or (gold.predicate in scheme.SYMMETRIC and ends == found[::-1])


def _agreement(gold: Stance, found: Stance, entities: dict[str, str]) -> int:
    """In how many of its four parts a stance is the same, to choose among several claims of one relation."""
    source = entities.get(found.source, found.source) if found.source is not None else None
    parts = [(getattr(gold, name), getattr(found, name)) for name in ("modality", "polarity", "certainty")]
    return sum(one == other for one, other in (*parts, (gold.source, source)))


def _roles(
    gold: GoldDocument,
    found: FoundDocument,
    events: Pairing[GoldEvent, FoundEvent],
    entities: dict[str, str],
    *,
    loose: bool,
) -> Roles:
    same = {f.node: g.id for g, f in events.pairs}

    def side(role: str) -> str:
        return "participant" if loose and role == "agent" else role

    def known(node: str) -> str:
        return entities.get(node) or same.get(node) or node

    return Roles(
        frozenset((event.id, side(role), filler) for event in gold.events for role, filler in event.roles),
        frozenset(
            (same.get(event.node, event.node), side(role), known(filler))
            for event in found.events
            for role, filler in event.roles
        ),
    )
