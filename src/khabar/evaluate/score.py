"""Counts what the alignment of a document shows, and makes figures of the counts of all documents.

| figure | right is |
|---|---|
| mentions | an equal span; an overlap (IoU 0.3 or more); an equal span and class |
| links | found: of entities with a Wikidata id, those given it; right when given: of ids given to entities judged |
| relations | subject, relation and object, whatever the stance; lenient: a super- or sub-property counts, too |
| events | the trigger, any class; trigger and class; then the fillers of roles, edges or claims |
| when | of events found with a date annotated: the same EDTF value |
| evidence | of relations found: a passage that overlaps the annotated one and is no longer than 400 characters |
| stance | of relations and events found: each part of the stance; not-fact: what may not be a fact told from the rest |
| facts | precision: of relations told as facts, those annotated as facts; unsafe: of what may be none, what is one |
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from khabar.evaluate import scheme
from khabar.evaluate.align import Aligned
from khabar.evaluate.gold import GoldEvent, GoldRelation
from khabar.evaluate.graph import FoundEvent, FoundRelation
from khabar.evaluate.pairs import Pairing, near, overlap
from khabar.model import Stance

FIGURES = (
    "mentions exact", "mentions overlap", "mentions exact+class", "links found", "links right when given", "relations",
    "relations lenient", "event triggers", "events", "event roles", "event roles lenient", "when", "evidence",
    "stance modality", "stance polarity", "stance certainty", "stance source", "not-fact", "facts precision",
    "facts unsafe",
)  # fmt: skip
"""All figures in the order of their report; `facts unbacked` is about a whole graph and comes last."""

PASSAGE = 400
"""Code points of the longest passage that still counts as evidence."""

_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """Right ones, wrong ones (`extra`) and misses; of a share, which knows no misses, `share` is true."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    share: bool = False

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right, self.extra + other.extra, self.missed + other.missed, self.share or other.share
        )

    @property
    def precision(self) -> float:
        """Right ones of those found."""
        return _ratio(self.right, self.right + self.extra)

    @property
    def recall(self) -> float:
        """Right ones of those annotated."""
        return _ratio(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0

    def row(self) -> dict[str, float]:
        """The figures, rounded to three places."""
        if self.share:
            return {"value": round(self.precision, 3), "of": self.right + self.extra}
        return {
            "P": round(self.precision, 3),
            "R": round(self.recall, 3),
            "F1": round(self.f1, 3),
            "gold": self.right + self.missed,
            "found": self.right + self.extra,
        }


Tallies = dict[str, Tally]
Row = dict[str, float]


def count(document: Aligned) -> Tallies:
    """The tallies of one document by figure."""
    sheet = _Sheet()
    sheet.pairs("mentions exact", document.exact)
    sheet.pairs("mentions overlap", document.overlapping)
    sheet.pairs("mentions exact+class", document.classed)
    _links(document, sheet)
    sheet.pairs("relations", document.relations)
    for gold, found in document.relations.pairs:
        sheet.share("evidence", evident(gold, found))
    sheet.pairs("relations lenient", document.kindred)
    sheet.pairs("event triggers", document.triggers)
    sheet.pairs("events", document.events)
    for event, seen in document.events.pairs:
        if event.when:
            sheet.share("when", event.when in seen.dates)
    sheet.sets("event roles", document.roles.gold, document.roles.found)
    sheet.sets("event roles lenient", document.loose_roles.gold, document.loose_roles.found)
    _stances(document, sheet)
    for fact in facts(document):
        sheet.share("facts precision", confirmed(document, fact))
    return dict(sheet.tallies)


def evident(gold: GoldRelation, found: FoundRelation) -> bool:
    """Whether a passage shows the annotated one without being half the article."""
    return any(
        near(gold.span, span) or (overlap(gold.span, span) and span[1] - span[0] <= PASSAGE) for span in found.passages
    )


def judged(document: Aligned) -> list[tuple[GoldRelation | GoldEvent, FoundRelation | FoundEvent]]:
    """What was found and right, so that its stance can be compared: relations, then events."""
    return [*document.relations.pairs, *document.events.pairs]


def same_source(document: Aligned, gold: Stance, found: Stance) -> bool:
    """Whether the right one is cited; somebody whom the annotation does not have is never right."""
    source = document.source(found)
    return gold.source == source and (source is None or source in {e.id for e in document.gold.entities})


def facts(document: Aligned) -> list[FoundRelation]:
    """The relations that the document has put into graph/facts, each once."""
    told = {(r.subject, r.predicate, r.object): r for r in document.found.relations if r.fact}
    return [told[key] for key in sorted(told)]


def confirmed(document: Aligned, fact: FoundRelation) -> bool:
    """Whether the annotation has that fact, with this relation or one akin to it."""
    return any(
        scheme.akin(gold.predicate, fact.predicate) and document.same_ends(gold, fact) and gold.stance.settled
        for gold in document.gold.relations
    )


def total(tallies: Iterable[Tallies]) -> dict[str, Tally]:
    """The sums of several documents, in the order of the report."""
    sums: dict[str, Tally] = defaultdict(Tally)
    for one in tallies:
        for name, tally in one.items():
            sums[name] += tally
    return {name: sums[name] for name in FIGURES if name in sums}


def figures(tallies: Sequence[Tallies]) -> dict[str, Row]:
    """The rows of the report, micro-averaged; `low` and `high` bound 90 % of draws of as many documents."""
    rows = {name: tally.row() for name, tally in total(tallies).items()}
    chance = random.Random(0)  # noqa: S311 (no secret; the same draws each time)
    draws = [total(chance.choices(tallies, k=len(tallies))) for _ in range(_DRAWS if tallies else 0)]
    for name, row in rows.items():
        column = "value" if "value" in row else "F1"
        values = sorted(draw[name].row()[column] for draw in draws if name in draw)
        if values:
            row["low"], row["high"] = values[len(values) // 20], values[-1 - len(values) // 20]
    return rows


class _Sheet:
    """Tallies being made."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = defaultdict(Tally)

    def pairs(self, name: str, pairing: Pairing[Any, Any]) -> None:
        self.tallies[name] += Tally(len(pairing.pairs), len(pairing.extra), len(pairing.missed))

    def sets(self, name: str, gold: Collection[object], found: Collection[object]) -> None:
        right = len(set(gold) & set(found))
        self.tallies[name] += Tally(right, len(found) - right, len(gold) - right)

    def share(self, name: str, right: bool) -> None:
        self.tallies[name] += Tally(int(right), int(not right), share=True)


def _links(document: Aligned, sheet: _Sheet) -> None:
    for entity in document.gold.entities:
        if entity.qid is None:
            continue
        given = [qid for node in document.nodes(entity) if (qid := document.found.qid(node))]
        if entity.qid != "NIL":
            sheet.share("links found", entity.qid in given)
        for qid in given:
            sheet.share("links right when given", qid == entity.qid)


def _stances(document: Aligned, sheet: _Sheet) -> None:
    for gold, found in judged(document):
        one, other = gold.stance, found.stance
        sheet.share("stance modality", scheme.settled(one.modality) == scheme.settled(other.modality))
        sheet.share("stance polarity", one.polarity == other.polarity)
        sheet.share("stance certainty", one.certainty == other.certainty)
        sheet.share("stance source", same_source(document, one, other))
        want, got = not one.settled, not other.settled
        sheet.tallies["not-fact"] += Tally(int(want and got), int(got and not want), int(want and not got))
        if want:
            sheet.share("facts unsafe", not got)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
