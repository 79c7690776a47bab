"""Holds an answer to the text and to the ontology: what stands both becomes an extraction, the rest is counted.

Entities go the way of those that the rules find: a quote that khabar itself reads as a name is that mention, another
joins as a name that no list knows, and all are grouped and linked as always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from khabar.dates import find_dates
from khabar.extractor import Page, RuleExtractor
from khabar.llm.answer import Answer, NamedEntity, Told, ToldEvent, ToldRelation
from khabar.llm.caution import Caution
from khabar.llm.prompt import EVIDENCE_LIMIT
from khabar.llm.quotes import Quotes, Span, nearest
from khabar.mentions.joining import Name, join, trim
from khabar.mentions.words import bare, load, noun_of
from khabar.model import Entity, Event, Extraction, Mention, Relation, Role, Stance, When
from khabar.numbers import Casualty, find_casualties
from khabar.ontology import Ontology
from khabar.scene import Scene

QUOTE = "quote not in the text"
APART = "trigger outside its evidence"
LONG = "evidence too long"
CLASS, RELATION, ROLE = "unknown class", "unknown relation", "unknown role"
REFERENCE, SOURCE = "unknown entity", "unknown source"
ENDS = "breaks domain or range"
ITSELF, TWICE, CROSSING = "tied to itself", "told twice", "crosses another name"

CONFIDENCE = 0.5
"""Of every claim of a model: nothing was measured that would tell a better one from a worse."""

Window = tuple[Span, Answer]
Id = tuple[int, str]  # of a window, and within its answer


@dataclass(frozen=True, slots=True)
class _Placed:
    """A claim of window `n` with the raw spans of its words."""

    n: int
    item: ToldEvent | ToldRelation
    trigger: Span
    evidence: Span


class Checker:
    """One document's answers, checked; `dropped` counts what goes, `softened` the stances that the cues weaken."""

    def __init__(self, page: Page, rules: RuleExtractor, rule: str, dropped: Counter[str]) -> None:
        self.page, self.rules, self.rule = page, rules, rule
        self.ontology: Ontology = rules.ontology
        self.dropped = dropped
        self.softened = 0
        self.quotes = Quotes(page.view, page.doc)

    def extraction(self, windows: Sequence[Window]) -> Extraction:
        """All that the answers say and the text bears out."""
        named = {(n, e.id): (e, spans) for n, (span, a) in enumerate(windows) for e, spans in self._named(a, span)}
        placed = [p for n, (span, a) in enumerate(windows) for p in self._placed(n, a, span, named)]
        scene = self._scene(placed, list(named.values()))
        known = {id: e for id, (item, spans) in named.items() if (e := self._entity(scene, item, spans))}
        caution = Caution(scene, self.rules)
        events = self._events([p for p in placed if isinstance(p.item, ToldEvent)], known, caution)
        relations = self._relations([p for p in placed if isinstance(p.item, ToldRelation)], known, caution)
        return Extraction(self.page.doc.record, tuple(scene.entities.values()), events, relations)

    # words -----------------------------------------------------------------------------------------------------

    def _named(self, answer: Answer, window: Span) -> Iterable[tuple[NamedEntity, list[Span]]]:
        for item in answer.entities:
            if item.cls not in self.ontology.classes or not self.ontology.is_a(item.cls, "Entity"):
                self.dropped[CLASS] += 1
            elif spans := self.quotes.find(item.quote, window):
                yield item, spans
            else:
                self.dropped[QUOTE] += 1

    def _placed(
        self, n: int, answer: Answer, window: Span, named: dict[Id, tuple[NamedEntity, list[Span]]]
    ) -> Iterable[_Placed]:
        """The claims whose words are in the text, and whose class or relation the ontology has."""
        items: tuple[ToldEvent | ToldRelation, ...] = (*answer.events, *answer.relations)
        for item in items:
            if isinstance(item, ToldEvent):
                ids, fits, reason = [f for _, f in item.roles], item.cls in self.ontology.events, CLASS
            else:
                ids, fits, reason = [item.subject, item.object], item.relation in self.ontology.relations, RELATION
            around = [named[n, i][1] for i in ids if (n, i) in named]
            if not fits:
                self.dropped[reason] += 1
            elif place := self._place(item.told, window, around):
                trigger, evidence = place
                yield _Placed(n, item, self._span(self._tokens(trigger)), self._span(self._clipped(evidence)))

    def _place(self, told: Told, window: Span, around: Sequence[list[Span]]) -> tuple[Span, Span] | None:
        """Where trigger and evidence stand: of words that recur, those nearest to the names the claim is about."""
        triggers, passages = self.quotes.find(told.trigger, window), self.quotes.find(told.evidence, window)
        pairs = [(t, p) for p in passages for t in triggers if p[0] <= t[0] and t[1] <= p[1]]
        if not triggers or not passages:
            self.dropped[QUOTE] += 1
        elif not pairs:
            self.dropped[APART] += 1
        elif len(told.evidence) > EVIDENCE_LIMIT:
            self.dropped[LONG] += 1
        else:
            return min(pairs, key=lambda pair: sum(nearest(spans, pair[0]) for spans in around))
        return None

    def _tokens(self, span: Span) -> Span:
        """The tokens of a quote, without clitics and marks at its edges unless it is nothing else."""
        first, last = self.quotes.tokens(span)
        inner = trim(self.page.doc.tokens, first, last)
        return inner if inner[0] < inner[1] else (first, last)

    def _clipped(self, span: Span) -> Span:
        """The tokens of a passage without the marks around it."""
        tokens, (first, last) = self.page.doc.tokens, self.quotes.tokens(span)
        while last - first > 1 and tokens[last - 1].kind == "punct":
            last -= 1
        while last - first > 1 and tokens[first].kind == "punct":
            first += 1
        return first, last

    def _span(self, tokens: Span) -> Span:
        return self.page.doc.tokens[tokens[0]].begin, self.page.doc.tokens[tokens[1] - 1].end

    # entities --------------------------------------------------------------------------------------------------

    def _scene(self, placed: Sequence[_Placed], named: Sequence[tuple[NamedEntity, list[Span]]]) -> Scene:
        """The page with the model's names where no mention stands, parsed where a claim is made."""
        names = [Name(*self.quotes.tokens(span), item.cls) for item, spans in named for span in spans]
        page = replace(self.page, mentions=tuple(join(self.page.doc, self.page.mentions, names)))
        return self.rules.scene(page, {self.page.doc.tokens[self._tokens(p.trigger)[0]].sentence for p in placed})

    def _entity(self, scene: Scene, item: NamedEntity, spans: Sequence[Span]) -> Entity | None:
        """The entity whose mention the quote is: the same words, else words with the same head.

        A name inside the quote is not what the quote names: نجل خليفة حفتر is another man.
        """
        best: tuple[tuple[bool, bool, float], Entity] | None = None
        for span in spans:
            first, last = self._tokens(span)
            for m in dict.fromkeys(m for i in range(first, last) for m in scene.within.get(i, ())):
                shared = min(last, m.last) - max(first, m.first)
                same = shared / (max(last, m.last) - min(first, m.first))
                akin = self.ontology.is_a(m.cls, item.cls) or self.ontology.is_a(item.cls, m.cls)
                headed = m.first == first and (akin or same > 0.5)
                rank = (same == 1.0, akin, same)
                fits = same == 1.0 or headed or (akin and self._borne(scene, first, m))
                if fits and (best is None or rank > best[0]):
                    best = rank, scene.entities[m.entity]
        if best is None:
            self.dropped[CROSSING] += 1
        return best[1] if best else None

    def _borne(self, scene: Scene, first: int, m: Mention) -> bool:
        """Whether the words before a mention only say what it is (مدينة سرت, الرئيس أردوغان), or it is a full name."""
        if m.first < first:
            return m.cls == "Person"
        before = scene.tokens[first : m.first]
        if self.ontology.is_a(m.cls, "Place"):
            nouns = [noun_of(t.fold) for t in before]
            return all(noun is not None and noun.kind == "place" for noun in nouns)
        offices = {"Position", "Country"}  # الرئيس الروسي
        held = (bare(t.fold) in load().titles or offices & {x.cls for x in scene.within.get(t.i, ())} for t in before)
        return m.cls == "Person" and all(held)

    # claims ----------------------------------------------------------------------------------------------------

    def _events(self, placed: Sequence[_Placed], known: dict[Id, Entity], caution: Caution) -> tuple[Event, ...]:
        made: dict[tuple[Span, str], tuple[_Placed, ToldEvent, Stance]] = {}
        ids: dict[Id, tuple[Span, str]] = {}
        for p in placed:
            assert isinstance(p.item, ToldEvent)
            what = p.trigger, p.item.cls
            if what in made:
                self.dropped[TWICE] += 1
            elif stance := self._stance(p, p.item.cls, known, caution):
                made[what] = p, p.item, stance
            if what in made:
                ids[p.n, p.item.id] = what
        order = {what: f"v{k}" for k, what in enumerate(sorted(made))}
        numbered = {id: order[what] for id, what in ids.items()}
        whens = find_dates(self.page.view, self.page.doc.record.date)
        tolls = self._tolls([(order[what], p, item) for what, (p, item, _) in made.items()])
        return tuple(
            Event(
                order[what],
                item.cls,
                *p.trigger,
                stance,
                p.evidence,
                self.rule,
                CONFIDENCE,
                tuple(self._roles(p.n, order[what], item, known, numbered)),
                _dated(p, whens),
                tolls.get((order[what], "killed")),
                tolls.get((order[what], "injured")),
            )
            for what, (p, item, stance) in sorted(made.items(), key=lambda entry: entry[0])
        )

    def _roles(
        self, n: int, own: str, item: ToldEvent, known: dict[Id, Entity], events: dict[Id, str]
    ) -> Iterable[Role]:
        seen: set[tuple[str, str]] = set()
        for role, id in item.roles:
            if role not in self.ontology.roles:
                self.dropped[ROLE] += 1
                continue
            entity, event = known.get((n, id)), events.get((n, id))
            filler = entity.id if entity else event
            if filler is None:
                self.dropped[REFERENCE] += 1
            elif filler == own:
                self.dropped[ITSELF] += 1
            elif not self._fits(entity.cls if entity else "Event", self.ontology.range(role)):
                self.dropped[ENDS] += 1
            elif (role, filler) not in seen:
                seen.add((role, filler))
                yield Role(role, filler, "model")

    def _relations(self, placed: Sequence[_Placed], known: dict[Id, Entity], caution: Caution) -> tuple[Relation, ...]:
        made: dict[tuple[object, ...], Relation] = {}
        whens = find_dates(self.page.view, self.page.doc.record.date)
        for p in placed:
            assert isinstance(p.item, ToldRelation)
            item, relation = p.item, p.item.relation
            subject, obj = known.get((p.n, item.subject)), known.get((p.n, item.object))
            if subject is None or obj is None:
                self.dropped[REFERENCE] += 1
            elif subject.id == obj.id:
                self.dropped[ITSELF] += 1
            elif not self._fits(subject.cls, self.ontology.domain(relation)) or not self._fits(
                obj.cls, self.ontology.range(relation)
            ):
                self.dropped[ENDS] += 1
            elif stance := self._stance(p, relation, known, caution):
                ends = sorted((subject.id, obj.id)) if self.ontology.symmetric(relation) else (subject.id, obj.id)
                what = (relation, *ends, stance.polarity, stance.source)
                if what in made:
                    self.dropped[TWICE] += 1
                    continue
                made[what] = Relation(
                    subject.id, relation, obj.id, stance, p.evidence, self.rule, CONFIDENCE, _dated(p, whens)
                )
        return tuple(sorted(made.values(), key=lambda r: r.evidence))

    def _fits(self, cls: str, allowed: frozenset[str]) -> bool:
        return not allowed or any(self.ontology.is_a(cls, c) for c in allowed)

    def _stance(self, p: _Placed, term: str, known: dict[Id, Entity], caution: Caution) -> Stance | None:
        """The stance of a claim, its source an entity of ours; None when whoever is cited is not known."""
        told, source = p.item.told, None
        if told.source:
            entity = known.get((p.n, told.source))
            if entity is None or not self._fits(entity.cls, self.ontology.range("attributedTo")):
                self.dropped[SOURCE] += 1
                return None
            source = entity.id
        stance = replace(told.stance, source=source)
        careful = caution.weaken(stance, term, *self._tokens(p.trigger))
        self.softened += careful != stance
        return careful

    def _tolls(self, events: Sequence[tuple[str, _Placed, ToldEvent]]) -> dict[tuple[str, str], int]:
        """The dead and injured that khabar itself counts in the evidence, each with the violent event nearest to it."""
        found: dict[tuple[str, str], int] = {}
        violent = [(id, p) for id, p, item in events if self.ontology.is_a(item.cls, "ViolentEvent")]
        for c in find_casualties(self.page.view):
            near = [(abs(p.trigger[0] - c.begin), id) for id, p in violent if _holds(p.evidence, c)]
            if c.value is not None and near:
                found.setdefault((min(near)[1], c.kind), c.value)
        return found


def _holds(span: Span, found: Casualty | When) -> bool:
    return span[0] <= found.begin and found.end <= span[1]


def _dated(p: _Placed, whens: Sequence[When]) -> When | None:
    """The date that khabar itself reads in the evidence, the one nearest to the trigger."""
    return min((w for w in whens if _holds(p.evidence, w)), key=lambda w: abs(w.begin - p.trigger[0]), default=None)
