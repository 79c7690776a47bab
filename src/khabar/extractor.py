"""Reads one article: from its record to entities, events and relations, stage by stage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from khabar import coref, entities, events, mentions, nominals, tracing
from khabar.claims import Claims
from khabar.confidence import Confidences
from khabar.dates import find_dates
from khabar.finders import NameFinder
from khabar.finders.windows import located
from khabar.frames import FrameReader
from khabar.kb import KnowledgeBase
from khabar.landmarks import landmarks
from khabar.lexicon import Lexicon
from khabar.lexicon import load as load_lexicon
from khabar.mentions.joining import join
from khabar.model import Document, Entity, Extraction, Mention, Record, Token
from khabar.nlp import Analyser
from khabar.numbers import find_casualties
from khabar.ontology import Ontology
from khabar.scene import Scene
from khabar.stance import Stances
from khabar.text import View, normalise


class Extractor(Protocol):
    """Whatever reads an article: rules, a trained model, a service."""

    def extract(self, record: Record) -> Extraction:
        """All that the record's text states."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article before anything is read out of it: its text made comparable, its tokens, the names in it."""

    view: View
    doc: Document
    mentions: tuple[Mention, ...]


class RuleExtractor:
    """The extractor of this package: knowledge base, frames and cues. Models load once, on first use.

    The names of `finder` join the mentions where no other mention stands; so do, with `guess_names`, those that the
    statistical finder of this package is sure of.
    """

    def __init__(self, finder: NameFinder | None = None, *, guess_names: bool = False) -> None:
        self.finder = finder
        self.guess_names = guess_names

    @cached_property
    def kb(self) -> KnowledgeBase:
        """The knowledge base."""
        return KnowledgeBase.open()

    @cached_property
    def analyser(self) -> Analyser:
        """Tokenizer, segmenter, lemmatiser and parser."""
        return Analyser()

    @cached_property
    def lexicon(self) -> Lexicon:
        """Frames and cues."""
        return load_lexicon()

    @cached_property
    def confidences(self) -> Confidences:
        """How often claims of each kind are right."""
        return Confidences.load()

    @cached_property
    def ontology(self) -> Ontology:
        """Classes and properties, with what they allow."""
        return Ontology.load()

    def extract(self, record: Record) -> Extraction:
        """All that the record's text states, each claim with the share of its like that is right."""
        return self.confidences.rate(self.read(record))

    def read(self, record: Record) -> Extraction:
        """All that the record's text states, confidence as the rules guess it; stages in the order of the package."""
        page = self.page(record)
        scene = self.scene(page, self._worth_parsing(page))
        reader = FrameReader(scene, self.lexicon)
        stances = self.stances(scene, reader)
        claims = Claims(scene, stances, self.ontology)
        for s in scene.sentences:
            for readings in reader.triggers(s.first, s.last):
                told = len(claims.relations)
                claims.add(readings)
                claims.relations[told:] = tracing.by_trigger(claims.relations[told:], readings, scene)
            claims.elliptic(s.first, s.last)
            claims.contradicted(s.i)
        nominals.read(scene, stances, claims)
        whens, tolls = find_dates(page.view, record.date), find_casualties(page.view)
        claims.settle(lambda draft: events.dated(draft, scene, whens))
        found_events = events.assemble(claims.drafts, scene, self.ontology, whens, tolls)
        ties = tracing.by_event(claims.relations, claims.drafts, scene)
        return Extraction(record, tuple(scene.entities.values()), found_events, tuple(ties))

    def page(self, record: Record) -> Page:
        """The record's text with its tokens and mentions."""
        view = normalise(record.text)
        hits = self.kb.scan(view)
        doc = self.analyser.read(record, [(h.begin, h.end) for h in hits])
        found = mentions.find_mentions(doc, hits, self.kb, guess=self.guess_names)
        if self.finder is not None:
            found = join(doc, found, located(doc, self.finder.find(doc)))
        return Page(view, doc, tuple(found))

    def scene(self, page: Page, sentences: Collection[int]) -> Scene:
        """The page with these sentences parsed, its mentions grouped and linked, and its pronouns resolved."""
        doc = self.analyser.parse(page.doc, sentences)
        things = entities.resolve(doc, page.mentions, self.kb)
        places = landmarks(doc, things, self.kb.capital_of)
        return Scene(doc, things, coref.pronouns(doc, things, places), self._nations(doc, things), places)

    def stances(self, scene: Scene, reader: FrameReader | None = None) -> Stances:
        """What the cues of a scene say of any of its words."""
        frames = reader or FrameReader(scene, self.lexicon)
        return Stances(scene, self.lexicon, lambda i: _subject(frames, i))

    def _worth_parsing(self, page: Page) -> list[int]:
        """The sentences that hold a trigger, and a mention that could be its argument."""
        named = {page.doc.tokens[m.first].sentence for m in page.mentions}
        return sorted({t.sentence for t in page.doc.tokens if t.sentence in named and self._triggers(t)})

    def _triggers(self, t: Token) -> bool:
        senses = self.lexicon.senses
        return t.kind == "stem" and (t.fold in senses or t.fold.removeprefix("ال") in senses)

    def _nations(self, doc: Document, things: tuple[Entity, ...]) -> Mapping[str, str]:
        """Nationality adjectives of the text whose state the document names: folded word to entity id."""
        states = {e.key: e.id for e in things if e.key and e.cls == "Country"}
        found: dict[str, str] = {}
        for t in doc.tokens:
            if (key := self.kb.demonym(t.fold)) and key in states:
                found[t.fold] = states[key]
        return found


def _subject(reader: FrameReader, i: int) -> list[Mention]:
    forms = [f for _, f in reader.lexicon.cues.get(reader.scene.tokens[i].fold, ()) if f.shape in ("past", "present")]
    slots = reader.slots.verbs.of_verb(i, forms[0].agreement if forms else "", "")
    return [f.mention for f in slots.get("subj", [])]
