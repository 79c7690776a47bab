"""What a store says about one entity or one document: its claims in words, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from pyoxigraph import Literal, NamedNode

from khabar import explain, iri, trace
from khabar.answers import shown
from khabar.explain import Grounds
from khabar.lexicon import load
from khabar.model import Stance
from khabar.store import Store

_TYPE = NamedNode(iri.RDF + "type")
_OCCURRENCE = NamedNode(iri.NS + "Occurrence")
_ROLES = ("agent", "participant", "target", "recipient", "instrument", "place", "about")


@dataclass(frozen=True, slots=True)
class Told:
    """One claim for people: who did what, the words, where they stand, who says it, and how sure.

    `place` is (document key, begin, end); `source` is a name, or empty for the outlet itself (that of `stance` is
    not set). A claim whose stance is settled is one of those behind a fact of the policy `reported`; it is `disputed`
    where another claim denies the same.
    """

    iri: str
    statement: str
    words: str
    place: tuple[str, int, int]
    document: str
    stance: Stance
    source: str
    rule: str
    confidence: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """The head of a dossier: its title, lines of description, and the claims in the order of their words."""

    title: str
    lines: tuple[str, ...]
    claims: tuple[Told, ...]


class Dossier:
    """Reads cards from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def entity(self, node: NamedNode) -> Card:
        """What is claimed of an entity and of those merged with it, what they do in events, and what they say."""
        node, *merged = map(NamedNode, self._store.decisions.group(node.value))
        claims, mentions = set[NamedNode](), set[NamedNode]()
        for one in (node, *merged):
            claims |= self._claims(one)
            mentions |= self._subjects(iri.NS + "refersTo", one)
        where = {mention.value.partition("#")[0] for mention in mentions}
        lines = [f"{iri.shorten(node.value)}, {self._kind(node)}"]
        if same := self._objects(node, iri.OWL + "sameAs"):
            lines[0] += "".join(f", {shown(one)}" for one in same)
        if also := self._objects(node, iri.SKOS + "altLabel"):
            lines.append(f"also: {'، '.join(shown(name) for name in also)}")
        for edge, words in (("partOf", "part of"), ("locatedIn", "located in"), ("subEventOf", "part of")):
            lines += [f"{words} {self.name(above)}" for above in self._objects(node, iri.NS + edge)]
        lines.append(f"{len(mentions):,} mentions in {len(where):,} documents")
        lines += [f"merged with it: {self.called(one.value)}" for one in merged]
        lines += self._decided((node, *merged))
        return Card(self.name(node), tuple(lines), self._told(claims))

    def called(self, node: str) -> str:
        """An entity for people who must tell it from others: name, key, and the first documents that mention it."""
        mentions = self._subjects(iri.NS + "refersTo", NamedNode(node))
        keys = sorted({mention.value.partition("#")[0].removeprefix(iri.document("")) for mention in mentions})
        where = ", ".join(self.identifier(key) for key in keys[:2]) + (", ..." if len(keys) > 2 else "")
        short = iri.shorten(node)
        name = self.name(NamedNode(node))
        return f"{name} ({short}{f', in {where}' if where else ''})" if name != short else short

    def identifier(self, key: str) -> str:
        """What people call a document: its own id, else its key."""
        return self._text(NamedNode(iri.document(key)), iri.DCT + "identifier") or key

    def _claims(self, node: NamedNode) -> set[NamedNode]:
        """Claims about an entity, about events in which it has a role, and those that it makes."""
        claims = {claim for part in ("subject", "object") for claim in self._subjects(iri.RDF + part, node)}
        claims |= self._subjects(iri.NS + "attributedTo", node)
        for role in _ROLES:
            for event in self._subjects(iri.NS + role, node):
                claims |= self._subjects(iri.RDF + "subject", event)
        return claims

    def _decided(self, nodes: Iterable[NamedNode]) -> list[str]:
        """What was decided about entities, what khabar merged by itself, and what is proposed."""
        names, lines = {node.value for node in nodes}, []
        for ends, made in self._store.decisions.standing().items():
            if names & set(ends):
                verdict = "one" if made.verdict == "SameEntity" else "two"
                why = f": {made.because}" if made.because else ""
                pair = " and ".join(map(iri.shorten, ends))
                lines.append(f"{made.by} decided on {made.at[:10]} that {pair} are {verdict}{why}")
        for ends, node in sorted(self._store.decisions.concerning(names).items()):
            if self._kind(node) == "AutomaticMerge":
                why = f"{self._text(node, iri.NS + 'because')}; score {self._text(node, iri.NS + 'score')}"
                both = " and ".join(map(iri.shorten, ends))
                lines.append(f"khabar took {both} for one: {why}; `khabar split` parts them")
                continue
            for other in set(ends) - names:
                lines.append(f"perhaps the same: {self.called(other)}; decide with `khabar merge` or `khabar split`")
        return lines

    def document(self, key: str) -> Card:
        """What a document claims."""
        node = NamedNode(iri.document(key))
        graph = iri.document_graph(key)
        found = self._store.quads(None, _TYPE, NamedNode(iri.NS + "Claim"), graph)
        claims = {quad.subject for quad in found if isinstance(quad.subject, NamedNode)}
        lines = [iri.shorten(node.value)]
        for name in ("identifier", "publisher", "issued", "source", "license"):
            lines += [f"{name}: {shown(value)}" for value in self._objects(node, iri.DCT + name)]
        title = self._objects(node, iri.DCT + "title") or self._objects(node, iri.DCT + "identifier")
        return Card(shown(title[0]) if title else key, tuple(lines), self._told(claims))

    def claim(self, claim: NamedNode) -> tuple[Told, Grounds]:
        """One claim, and what it rests on."""
        told = self.tell(claim)
        about = {quad.predicate.value: quad.object for quad in self._store.quads(claim)}
        subject, predicate, obj = (about[iri.RDF + part] for part in ("subject", "predicate", "object"))
        made, fillers, triggers = trace.parse(told.rule), dict[str, list[str]](), list[str]()
        if isinstance(subject, NamedNode) and self._objects(subject, iri.NS + "status"):
            fillers = {role: sorted(map(self._short, self._objects(subject, iri.NS + role))) for role in _ROLES}
            begin, end = told.place[1:]
            triggers = [word for at, word in self._triggers(subject) if begin <= at < end]
        if predicate != _TYPE:
            ends = [self._short(subject), self._short(obj)]
            role = shown(predicate).removeprefix(":")
            fillers |= {"subject": ends[:1], "object": ends[1:], "side": ends, role: ends[1:]}
        cues = explain.cues(told.words, told.stance, load())
        return told, Grounds(made, told.stance, triggers, fillers, cues, told.source, told.confidence)

    def _triggers(self, event: NamedNode) -> list[tuple[int, str]]:
        """The words that tell an event, each with its place in the text."""
        spans = self._subjects(iri.NS + "refersTo", event)
        words = ((int(self._text(s, iri.NIF + "beginIndex")), self._text(s, iri.NIF + "anchorOf")) for s in spans)
        return sorted(words)

    def name(self, node: object) -> str:
        """What people call a node: its Arabic and English label, or its short IRI."""
        labels = {
            label.language: label.value
            for label in self._objects(node, iri.RDFS + "label")
            if isinstance(label, Literal)
        }
        names = [labels[language] for language in ("en", "ar") if language in labels]
        return " · ".join(names) or shown(node)

    def _told(self, claims: Iterable[NamedNode]) -> tuple[Told, ...]:
        told = (self.tell(claim) for claim in claims)
        return tuple(sorted(told, key=lambda one: (one.place, one.statement, one.iri)))

    def tell(self, claim: NamedNode) -> Told:
        """One claim in words."""
        about = {quad.predicate.value: quad.object for quad in self._store.quads(claim)}
        subject, predicate, obj = (about[iri.RDF + part] for part in ("subject", "predicate", "object"))
        passage = about[iri.NS + "evidence"]
        document, _, span = shown(passage).removeprefix("doc:").partition("#char=")
        begin, _, end = span.partition(",")
        happened = predicate == _TYPE
        statement = self._phrase(subject)
        if not happened:
            statement = f"{statement} {shown(predicate).removeprefix(':')} {self._phrase(obj)}"
        speaker = about.get(iri.NS + "attributedTo")
        stance = Stance(
            *(cast("Any", shown(about[iri.NS + name])[1:]) for name in ("modality", "polarity", "certainty"))
        )
        return Told(
            iri=claim.value,
            statement=statement,
            words=self._text(passage, iri.NIF + "anchorOf"),
            place=(document, int(begin), int(end)),
            document=self.identifier(document),
            stance=stance,
            source=self.name(speaker) if speaker is not None else "",
            rule=shown(about[iri.NS + "rule"]),
            confidence=shown(about[iri.NS + "confidence"]),
            disputed=stance.settled and self._denied(subject, predicate, obj),
        )

    def _denied(self, subject: object, predicate: object, obj: object) -> bool:
        """Whether some claim denies this one, about the same subject or another report of the same happening."""
        negated = NamedNode(iri.NS + "Negated")
        groups = (one for one in self._objects(subject, iri.NS + "groupedIn") if isinstance(one, NamedNode))
        about = {subject, *(one for group in groups for one in self._subjects(iri.NS + "groupedIn", group))}
        nodes = (one for one in about if isinstance(one, NamedNode))
        claims = (claim for node in nodes for claim in self._subjects(iri.RDF + "subject", node))
        return any(
            negated in self._objects(claim, iri.NS + "polarity")
            and predicate in self._objects(claim, iri.RDF + "predicate")
            and (predicate == _TYPE or obj in self._objects(claim, iri.RDF + "object"))
            for claim in claims
        )

    def _phrase(self, node: object) -> str:
        """An event with its roles and date in brackets; anything else by name."""
        kind = self._kind(node)
        if not self._objects(node, iri.NS + "status"):
            return self.name(node)
        parts = []
        for role in _ROLES:
            if fillers := self._objects(node, iri.NS + role):
                parts.append(f"{role} {', '.join(sorted(map(self._short, fillers)))}")
        parts += [f"when {shown(date)}" for date in self._objects(node, iri.NS + "edtf")]
        return f"{kind} ({'; '.join(parts)})" if parts else kind

    def _short(self, node: object) -> str:
        return self._kind(node) if self._objects(node, iri.NS + "status") else self.name(node)

    def _kind(self, node: object) -> str:
        """The class of a node, without prefix."""
        return self._text(node, _TYPE.value).removeprefix(":")

    def _objects(self, node: object, predicate: str) -> list[object]:
        if not isinstance(node, NamedNode):
            return []
        return sorted({quad.object for quad in self._store.quads(node, NamedNode(predicate))} - {_OCCURRENCE}, key=str)

    def _text(self, node: object, predicate: str) -> str:
        """The first value of a property for people, or nothing."""
        return next(map(shown, self._objects(node, predicate)), "")

    def _subjects(self, predicate: str, node: NamedNode) -> set[NamedNode]:
        found = (quad.subject for quad in self._store.quads(None, NamedNode(predicate), node))
        return {subject for subject in found if isinstance(subject, NamedNode)}
