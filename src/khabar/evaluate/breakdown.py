"""Takes the figures apart: by class of mention, event, relation and role, by stance, and by what makes a text hard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from khabar.evaluate import scheme
from khabar.evaluate.align import Aligned
from khabar.evaluate.gold import GoldEvent, GoldRelation
from khabar.evaluate.score import Row, Tally, judged
from khabar.model import Stance

_RIGHT, _EXTRA, _MISSED = Tally(right=1), Tally(extra=1), Tally(missed=1)
Count = tuple[str, Tally]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; all rows have the same columns."""

    title: str
    rows: dict[str, Row]


def by_class(documents: Sequence[Aligned], *groups: str) -> list[Table]:
    """Precision and recall of each class, of all groups or of some.

    A mention is right when it overlaps an annotated one and has its class; an event when trigger and class are right; a
    relation, when both ends are. Roles are those of events whose class is right. Modality, polarity and certainty are
    those of relations and events found.
    """
    return [_table(group, (count for one in documents for count in _GROUPS[group](one))) for group in groups or _GROUPS]


def _one_group(documents: Sequence[Aligned], group: str) -> list[Table]:
    return by_class(documents, group)


def by_phenomenon(documents: Sequence[Aligned]) -> list[Table]:
    """How relations and events fare by how the text tells them.

    `found` of `gold`, `R` their share; of those found, `stance` is the share whose modality, polarity and certainty are
    all right, and `as fact` how many would pass the rule of facts. One thing can show several phenomena.
    """
    counts: dict[str, list[int]] = {name: [0, 0, 0, 0] for name in _PHENOMENA}
    for document in documents:
        found = {id(gold): other.stance for gold, other in judged(document)}
        annotated: list[GoldRelation | GoldEvent] = [*document.gold.relations, *document.gold.events]
        for item in annotated:
            seen = found.get(id(item))
            right = seen is not None and _told(item.stance) == _told(seen)
            for name, shows in _PHENOMENA.items():
                if shows(item.stance):
                    for place, add in enumerate((True, seen is not None, right, bool(seen and seen.settled))):
                        counts[name][place] += add
    rows: dict[str, Row] = {
        name: {
            "gold": gold,
            "found": found_,
            "R": round(found_ / gold, 3),
            "stance": round(right / found_, 3) if found_ else 0.0,
            "as fact": facts,
        }
        for name, (gold, found_, right, facts) in counts.items()
        if gold
    }
    return [Table("relations and events by phenomenon", rows)]


_PHENOMENA: dict[str, Callable[[Stance], bool]] = {
    "plainly told, outlet's own voice": lambda s: s.settled and s.source is None,
    "plainly told, attributed": lambda s: s.settled and s.source is not None,
    "denied or negated": lambda s: s.polarity == "Negated",
    "probable": lambda s: s.certainty == "Probable",
    "possible": lambda s: s.certainty == "Possible",
    "planned": lambda s: s.modality == "Planned",
    "proposed": lambda s: s.modality == "Proposed",
    "considered": lambda s: s.modality == "Considered",
    "requested": lambda s: s.modality == "Requested",
    "threatened": lambda s: s.modality == "Threatened",
    "conditional": lambda s: s.modality == "Conditional",
    "denied, hedged or not happened, attributed": lambda s: not s.settled and s.source is not None,
}


def _told(stance: Stance) -> tuple[str, str, str]:
    return scheme.settled(stance.modality), stance.polarity, stance.certainty


def _table(title: str, counts: Iterable[Count]) -> Table:
    sums: dict[str, Tally] = defaultdict(Tally)
    for name, tally in counts:
        sums[name] += tally
    order = sorted(sums, key=lambda name: (-sums[name].right - sums[name].missed, name))
    return Table(title, {name: sums[name].row() for name in order})


def _mentions(document: Aligned) -> Iterator[Count]:
    for gold, found in document.overlapping.pairs:
        cls = named(found.classes)
        if gold.cls == cls:
            yield cls, _RIGHT
        else:
            yield gold.cls, _MISSED
            yield cls, _EXTRA
    yield from ((mention.cls, _MISSED) for mention in document.overlapping.missed)
    yield from ((named(mention.classes), _EXTRA) for mention in document.overlapping.extra)


def named(classes: frozenset[str]) -> str:
    """The classes of a found thing in one word.

    >>> named(frozenset({"Person"})), named(frozenset())
    ('Person', 'no class')
    """
    return "/".join(sorted(classes)) or "no class"


def _events(document: Aligned) -> Iterator[Count]:
    yield from ((gold.cls, _RIGHT) for gold, _ in document.events.pairs)
    yield from ((gold.cls, _MISSED) for gold in document.events.missed)
    yield from ((found.cls, _EXTRA) for found in document.events.extra)


def _relations(document: Aligned) -> Iterator[Count]:
    yield from ((gold.predicate, _RIGHT) for gold, _ in document.relations.pairs)
    yield from ((gold.predicate, _MISSED) for gold in document.relations.missed)
    yield from ((found.predicate, _EXTRA) for found in document.relations.extra)


def _roles(document: Aligned) -> Iterator[Count]:
    matched = {gold.id for gold, _ in document.events.pairs}
    gold = {role for role in document.roles.gold if role[0] in matched}
    found = {role for role in document.roles.found if role[0] in matched}
    yield from ((role, _RIGHT) for _, role, _ in gold & found)
    yield from ((role, _MISSED) for _, role, _ in gold - found)
    yield from ((role, _EXTRA) for _, role, _ in found - gold)


def _stance(document: Aligned, part: Callable[[Stance], str]) -> Iterator[Count]:
    for gold, found in judged(document):
        want, got = part(gold.stance), part(found.stance)
        if want == got:
            yield want, _RIGHT
        else:
            yield want, _MISSED
            yield got or "none", _EXTRA


_GROUPS: dict[str, Callable[[Aligned], Iterable[Count]]] = {
    "mentions": _mentions,
    "events": _events,
    "relations": _relations,
    "roles": _roles,
    "modality": partial(_stance, part=lambda s: scheme.settled(s.modality)),
    "polarity": partial(_stance, part=lambda s: s.polarity),
    "certainty": partial(_stance, part=lambda s: s.certainty),
}

VIEWS: dict[str, Callable[[Sequence[Aligned]], list[Table]]] = {
    "class": by_class,
    "phenomenon": by_phenomenon,
    **{group: partial(_one_group, group=group) for group in _GROUPS},
}
"""The tables that --by can ask for: by class all groups together, or one of them."""
