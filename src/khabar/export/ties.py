"""Ties between actors, added up over claims and events: what drawings of networks are made of.

Adding up keeps all ties in memory, some hundred bytes each; claims and events are read one document at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product

from khabar import records
from khabar.export.selection import Selection
from khabar.export.sheets import counted
from khabar.records import ClaimRow, EventRow, Named, Things

Sides = tuple[tuple[Named, ...], tuple[Named, ...]]
_ACTORS = frozenset({"Actor"})


@dataclass(frozen=True, slots=True, order=True)
class Ends:
    """A tie: IRIs of two actors (of merged ones the node that stands for them), relation or class, and what it is.

    `status` is `fact` (graph/facts or, told as settled, the knowledge base holds it), `claimed` (hedged, planned,
    threatened, or kept out by the store's policy) or `denied`.
    """

    source: str
    target: str
    relation: str
    status: str
    symmetric: bool


@dataclass(slots=True)
class Weight:
    """What carries a tie: claims, documents, the surest claim, when it was by the texts, when they were published."""

    claims: int = 0
    documents: int = 0
    last: str = ""
    confidence: float = 0.0
    claim: str = ""
    told_from: datetime | None = None
    told_to: datetime | None = None
    published_from: str = ""
    published_to: str = ""

    def add(self, row: ClaimRow | EventRow, claims: Sequence[str]) -> None:
        """Count one more relation or event, with the claims that it rests on."""
        self.claims += len(claims)
        self.documents += row.document != self.last  # rows come by document
        self.last = row.document
        if row.confidence > self.confidence:
            self.confidence, self.claim = row.confidence, claims[0]
        if row.not_before and (self.told_from is None or row.not_before < self.told_from):
            self.told_from = row.not_before
        if row.not_after and (self.told_to is None or row.not_after > self.told_to):
            self.told_to = row.not_after
        if row.date:
            self.published_from = min(row.date, self.published_from or row.date)
            self.published_to = max(row.date, self.published_to)


def gather(selection: Selection, things: Things) -> dict[Ends, Weight]:
    """All ties: relations between actors whatever their stance, and who did what to whom in events that are facts."""
    found: dict[Ends, Weight] = {}
    for claim in counted(records.claims(selection.store, text=False), selection.progress):
        if _between_actors(things, claim.predicate) and claim.subject_group != claim.object_group:
            status = "denied" if claim.polarity == "Negated" else "fact" if _stands(claim) else "claimed"
            symmetric = things.ontology.symmetric(claim.predicate)
            ends = _ends(claim.subject_group, claim.object_group, claim.predicate, status, symmetric=symmetric)
            found.setdefault(ends, Weight()).add(claim, [claim.claim])
    for event in counted(records.events(selection.store, text=False), selection.progress):
        if event.fact:
            for ends in _of_event(things, event):
                found.setdefault(ends, Weight()).add(event, event.claims)
    return dict(sorted(found.items()))


def _between_actors(things: Things, relation: str) -> bool:
    schema = things.ontology
    return relation in schema.relations and schema.domain(relation) == schema.range(relation) == _ACTORS


def _stands(claim: ClaimRow) -> bool:
    return claim.fact or (claim.known and claim.certainty == "Certain" and claim.modality in ("Happened", "Ongoing"))


def _ends(one: str, other: str, relation: str, status: str, *, symmetric: bool) -> Ends:
    if symmetric and other < one:
        one, other = other, one
    return Ends(one, other, relation, status, symmetric)


def sides(things: Things, event: EventRow) -> Sides:
    """Who did it, and to whom: actors that are hit or given to, else whoever takes part beside the agents.

    Where nobody is named who acts or is acted on, the first participant stands against the others.
    """
    hit = tuple(node for node in event.target if things.is_a(things.find(node[0]), "Actor"))
    other = tuple(dict.fromkeys((*hit, *event.recipient)))
    if event.agent:
        return event.agent, other or tuple(node for node in event.participant if node not in event.agent)
    return (event.participant, other) if other else (event.participant[:1], event.participant[1:])


def _of_event(things: Things, event: EventRow) -> Iterator[Ends]:
    """Each doer with each actor that it is done to; participants, who act on nobody, each with each."""
    doers, others = sides(things, event)
    one, other = ([things.find(node).group for node, _ in side] for side in (doers, others))
    mutual = not event.agent and set(others) <= set(event.participant)
    pairs = combinations(dict.fromkeys([*one, *other]), 2) if mutual else product(one, other)
    for a, b in dict.fromkeys(pairs):
        if a != b:
            yield _ends(a, b, event.class_, "fact", symmetric=mutual)
