"""Lists each error of a document in its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from khabar import iri
from khabar.evaluate import scheme
from khabar.evaluate.align import Aligned
from khabar.evaluate.breakdown import named
from khabar.evaluate.gold import GoldEvent, GoldRelation, Span
from khabar.evaluate.graph import FoundEvent, FoundRelation
from khabar.evaluate.pairs import near, overlap, pair
from khabar.evaluate.score import evident, judged, same_source
from khabar.model import Stance

KINDS = {
    "missed": "annotated, and nothing found",
    "spurious": "found, and nothing annotated",
    "span": "right, but not the same words",
    "class": "another class or relation",
    "link": "no Wikidata id, or a wrong one",
    "argument": "another end of a relation, a role that is missing, wrong or too much",
    "stance": "another modality, polarity, certainty or source",
    "date": "another date",
}
"""Kinds of errors, with what they mean."""

_REACH = 160
"""Code points of a long sentence that are shown on either side."""

_ENDS = ".!?؟\n"


@dataclass(frozen=True, slots=True)
class Error:
    """One error: what was annotated and what was found (empty for nothing), and the words in their sentence.

    `layer` is mention, entity, relation, event or role. `begin` and `end` are code points of the raw text.
    """

    document: str
    kind: str
    layer: str
    gold: str
    found: str
    begin: int
    end: int
    before: str
    words: str
    after: str


def list_errors(document: Aligned, kind: str = "all") -> list[Error]:
    """The errors of a document in text order, all or those of one kind."""
    lister = _Lister(document)
    found = [*lister.mentions(), *lister.links(), *lister.relations(), *lister.events(), *lister.roles(),
             *lister.stances()]  # fmt: skip
    kept = (error for error in found if kind in (error.kind, "all"))
    return sorted(kept, key=lambda e: (e.begin, e.end, list(KINDS).index(e.kind), e.layer, e.gold, e.found))


@dataclass(frozen=True, slots=True)
class _Lister:
    """Reads errors off an alignment."""

    document: Aligned

    def mentions(self) -> Iterator[Error]:
        gold, pairing = self.document.gold, self.document.overlapping
        for mention in pairing.missed:
            yield self._error("missed", "mention", mention.span, mention.cls)
        for extra in pairing.extra:
            yield self._error("spurious", "mention", extra.span, "", named(extra.classes))
        for mention, found in pairing.pairs:
            if mention.span != found.span:
                yield self._error("span", "mention", mention.span, gold.words(mention.span), gold.words(found.span))
            if found.classes != {mention.cls}:
                yield self._error("class", "mention", mention.span, mention.cls, named(found.classes))

    def links(self) -> Iterator[Error]:
        for entity in self.document.gold.entities:
            if entity.qid is None or not entity.spans:
                continue
            nodes = self.document.nodes(entity)
            given = sorted({qid for node in nodes if (qid := self.document.found.qid(node))})
            if given != ([] if entity.qid == "NIL" else [entity.qid]):
                found = " and ".join(given) or ("no id" if nodes else "not found")
                yield self._error("link", "entity", entity.spans[0], f"{entity.name} {entity.qid}", found)

    def relations(self) -> Iterator[Error]:
        document = self.document
        rest = pair(document.relations.missed, document.relations.extra, self._likeness)
        for gold in rest.missed:
            yield self._error("missed", "relation", gold.span, self._gold_relation(gold))
        for extra in rest.extra:
            yield self._error("spurious", "relation", _first(extra.passages), "", self._found_relation(extra))
        for gold, found in rest.pairs:
            kind = "argument" if gold.predicate == found.predicate else "class"
            yield self._error(kind, "relation", gold.span, self._gold_relation(gold), self._found_relation(found))
        for gold, found in document.relations.pairs:
            if not evident(gold, found):
                words = document.gold.words(_first(found.passages))
                yield self._error("span", "relation", gold.span, self._gold_relation(gold), words)

    def _likeness(self, gold: GoldRelation, found: FoundRelation) -> float:
        """How surely a wrong relation is a try at a missed one: the same ends, else one end in the same passage."""
        if self.document.same_ends(gold, found):
            return 3 if scheme.akin(gold.predicate, found.predicate) else 2
        ends = (self.document.known(found.subject), self.document.known(found.object))
        shared = {gold.subject, gold.object} & set(ends)
        close = any(overlap(gold.span, passage) for passage in found.passages)
        return len(shared) / 2 if gold.predicate == found.predicate and close else 0

    def events(self) -> Iterator[Error]:
        def same_words(gold: GoldEvent, found: FoundEvent) -> float:
            return max((near(gold.span, span) for span in found.triggers), default=0)

        rest = pair(self.document.events.missed, self.document.events.extra, same_words)
        for gold in rest.missed:
            yield self._error("missed", "event", gold.span, gold.cls)
        for extra in rest.extra:
            yield self._error("spurious", "event", _first(extra.triggers), "", extra.cls)
        for gold, found in rest.pairs:
            yield self._error("class", "event", gold.span, gold.cls, found.cls)
        for gold, found in self.document.events.pairs:
            if gold.when and gold.when not in found.dates:
                dates = " and ".join(sorted(found.dates)) or "no date"
                yield self._error("date", "event", gold.span, f"{gold.cls} {gold.when}", dates)

    def roles(self) -> Iterator[Error]:
        """Those of events whose trigger and class are right; the others' follow from the event."""
        roles = self.document.roles
        for event, _ in self.document.events.pairs:
            missing = sorted(role for role in roles.gold - roles.found if role[0] == event.id)
            extra = sorted(role for role in roles.found - roles.gold if role[0] == event.id)
            rest = pair(missing, extra, lambda one, other: 2 * (one[2] == other[2]) + (one[1] == other[1]))
            couples = [*rest.pairs, *((one, None) for one in rest.missed), *((None, one) for one in rest.extra)]
            for one, other in couples:
                gold = f"{event.cls}: {self._role(one)}" if one else ""
                yield self._error("argument", "role", event.span, gold, self._role(other) if other else "")

    def stances(self) -> Iterator[Error]:
        for gold, found in judged(self.document):
            one, other = gold.stance, found.stance
            same = same_source(self.document, one, other) and (
                (scheme.settled(one.modality), one.polarity, one.certainty)
                == (scheme.settled(other.modality), other.polarity, other.certainty)
            )
            if same:
                continue
            verdict = ""
            if one.settled != other.settled:
                verdict = ", told as a fact" if other.settled else ", kept from the facts"
            what = gold.cls if isinstance(gold, GoldEvent) else self._gold_relation(gold)
            yield self._error(
                "stance",
                "event" if isinstance(gold, GoldEvent) else "relation",
                gold.span,
                f"{what}: {_stance(one)}, {self._said(one.source)}",
                f"{_stance(other)}, {self._said(self.document.source(other))}{verdict}",
            )

    def _error(self, kind: str, layer: str, span: Span, gold: str, found: str = "") -> Error:
        text, (begin, end) = self.document.gold.text, span
        first = max((text.rfind(mark, 0, begin) + 1 for mark in _ENDS), default=0)
        last = min((at for mark in _ENDS if (at := text.find(mark, end)) >= 0), default=len(text)) + 1
        before, after = _line(text[first:begin]), _line(text[end:last])
        before = f"…{before[-_REACH:]}" if len(before) > _REACH else before
        after = f"{after[:_REACH]}…" if len(after) > _REACH else after
        words = self.document.gold.words(span)
        return Error(
            self.document.gold.id, kind, layer, gold, found, begin, end, before.lstrip(), words, after.rstrip()
        )

    def _name(self, node: str) -> str:
        """What people call an annotated id or a found node."""
        gold, found = self.document.gold, self.document.found
        spans = [m.span for m in found.mentions if m.node == node]
        spans += [span for event in found.events if event.node == node for span in event.triggers]
        return gold.words(min(spans)) if spans else iri.shorten(gold.name(node))

    def _said(self, source: str | None) -> str:
        return f"said by {self._name(source)}" if source else "nobody cited"

    def _role(self, role: tuple[str, str, str]) -> str:
        return f"{role[1]} {self._name(role[2])}"

    def _gold_relation(self, gold: GoldRelation) -> str:
        return f"{self._name(gold.subject)} {gold.predicate} {self._name(gold.object)}"

    def _found_relation(self, found: FoundRelation) -> str:
        return f"{self._name(found.subject)} {found.predicate} {self._name(found.object)}"


def _first(spans: tuple[Span, ...]) -> Span:
    return min(spans, default=(0, 0))


def _line(text: str) -> str:
    """White space as single blanks; one at either end stays."""
    return " ".join(text.replace("\n", " ").split(" "))


def _stance(stance: Stance) -> str:
    return ", ".join((stance.modality, stance.polarity, stance.certainty))
