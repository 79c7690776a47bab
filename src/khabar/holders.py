"""Whom a title that stands alone takes up: الرئيس after الرئيس عمر البشير, الرئيس الروسي where one Russian is named.

A title is taken up by the one person who bears it in the document; where two do, or nobody surely does, by none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from khabar.kb import KnowledgeBase
from khabar.mentions.words import bare, definite, group, load
from khabar.model import Document, Mention

_STRANGE = 40  # log frequency (tenths) below which a word after a comma may open a name
_REACH = 5  # sentences within which a title without complement takes up its bearer; a head of state has no limit


@dataclass(frozen=True, slots=True)
class Office:
    """A title: its words without article, state and attribute; whose state; whether it is one of former times."""

    words: tuple[str, ...]
    nation: str | None = None
    former: bool = False

    @property
    def head_of_state(self) -> bool:
        """True for a president or king of a state, and not of a body."""
        return self.words[0] in group("head_of_state") and not set(self.words[1:]) - group("state_words")

    @property
    def leads_state(self) -> bool:
        """True for who leads a state or its government: one person at a time."""
        return self.head_of_state or (self.words[0] == "رييس" and bool(set(self.words[1:]) & group("cabinet_words")))

    def named_by(self, alone: Office) -> bool:
        """Whether the title `alone`, as it stands later, is this one made shorter."""
        if alone.former != self.former or (alone.nation and self.nation and alone.nation != self.nation):
            return False
        if alone.head_of_state or self.head_of_state:
            return alone.head_of_state and self.head_of_state
        return alone.words[0] == self.words[0] and set(alone.words) <= set(self.words)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person of the document: token positions of its mentions, state served, titles borne, bodies belonged to."""

    at: tuple[int, ...]
    nation: str | None
    offices: frozenset[Office]
    bodies: Collection[str] = ()


class Titles:
    """The titles of one document: those beside a name, and those that stand alone."""

    def __init__(self, doc: Document, mentions: Sequence[Mention], kb: KnowledgeBase) -> None:
        self.doc, self.kb = doc, kb
        self._names = {m.first: m for m in mentions if m.cls == "Person" and m.how == "name"}
        self._ends = {m.last: m for m in self._names.values()}
        self._states = {i: m for m in mentions if m.cls == "Country" for i in range(m.first, m.last)}
        self._covered = {i for m in mentions for i in range(m.first, m.last)}
        self.beside = self._beside(mentions)

    def office(self, m: Mention) -> Office:
        """The office that a title names."""
        stems = [t for t in self.doc.tokens[m.first : m.last] if t.kind == "stem" and t.i not in self._states]
        kept = [bare(t.fold) for t in stems if not self.kb.demonym(t.fold) and t.fold not in group("attribute")]
        former = any(t.fold in group("former") for t in (*stems, *self.doc.tokens[m.last : m.last + 1]))
        named = next((self._states[i] for i in range(m.first, m.last) if i in self._states), None)
        nation = m.nation or (self.kb.entry(named.keys[0]).key if named is not None and named.keys else None)
        return Office(tuple(kept) or (bare(self.doc.tokens[m.first].fold),), nation, former)

    def alone(self) -> Iterator[Mention]:
        """Titles of one definite word that no other mention covers and no name or adjective follows: (قال) الوزير."""
        tokens = self.doc.tokens
        for t in tokens:
            if t.kind != "stem" or t.i in self._covered or not definite(t.fold) or bare(t.fold) not in group("titled"):
                continue
            after = tokens[t.i + 1] if t.i + 1 < len(tokens) else None
            if after is not None and after.word == t.word + 1 and after.kind == "stem":
                if definite(after.fold) or after.i in self._names or self.kb.demonym(after.fold):
                    continue
            if after is not None and (after.kind == "enclitic" or after.text in '«"“('):
                continue
            if t.i and tokens[t.i - 1].fold in group("of_title"):
                continue  # نائب الرئيس
            yield Mention(t.begin, t.end, t.i, t.i + 1, t.i, "Person", "title")

    def holder(self, m: Mention, bearers: Sequence[Bearer]) -> int | None:
        """The index of the one bearer whom the title `m` takes up."""
        if self._goes_on(m):
            return None
        office = self.office(m)
        short = m.last - m.first == 1
        found = []
        for n, b in enumerate(bearers):
            known = [
                o for o in b.offices
                if o.named_by(office) and (o.nation or not office.nation or b.nation == office.nation)
            ]  # fmt: skip
            if known and (not short or self._reached(m, b, office)):
                found.append(n)
        if not found and office.nation and office.leads_state and not office.former:
            found = self._compatriots(m, bearers, office)
        world = office.nation == "un" or bool(set(office.words[1:]) & group("united_nations"))
        if not found and office.words[0] in group("envoy") and world:
            found = [n for n, b in enumerate(bearers) if "un" in b.bodies and self._free(b, office)]
        return found[0] if len(found) == 1 else None

    # helpers -----------------------------------------------------------------------------------------------------

    def _goes_on(self, m: Mention) -> bool:
        """Whether the title goes on: with a name nobody read (صباح خالد), with what it is of (لولاية تكساس)."""
        tokens, words = self.doc.tokens, load()
        j = m.last + (m.last < len(tokens) and tokens[m.last].text in "،,")
        if j >= len(tokens) or tokens[j].sentence != tokens[m.first].sentence:
            return False
        after, beside = tokens[j], j == m.last and tokens[j].word == tokens[j - 1].word + 1
        if after.kind != "stem":
            return beside and after.kind == "proclitic" and after.fold == "ل"
        if after.fold in words.groups["speech"] | words.groups["stop"] or definite(after.fold):
            return False
        then = tokens[j + 1] if j + 1 < len(tokens) else after
        if after.fold in words.groups["time"]:
            return then.fold in words.names  # صباح is a time, and a name
        strange = words.common.get(after.fold, 0) < _STRANGE and then.kind == "stem" and then is not after
        return after.fold in words.names or after.fold.startswith("عبدال") or (strange and not beside)

    def _reached(self, m: Mention, b: Bearer, office: Office) -> bool:
        before = [i for i in b.at if i < m.first]
        if not before:
            return False
        gap = self.doc.tokens[m.first].sentence - self.doc.tokens[before[-1]].sentence
        return (office.head_of_state and not office.former) or gap <= _REACH

    def _compatriots(self, m: Mention, bearers: Sequence[Bearer], office: Office) -> list[int]:
        """The one person of the title's state whom the document names, named close by and with no other office."""
        mine = [n for n, b in enumerate(bearers) if b.nation == office.nation]
        here = self.doc.tokens[m.first].sentence
        near = [n for n in mine if any(abs(self.doc.tokens[i].sentence - here) <= 2 for i in bearers[n].at)]
        return near if len(mine) == 1 and near and self._free(bearers[near[0]], office) else []

    @staticmethod
    def _free(b: Bearer, office: Office) -> bool:
        """Whether a person bears no title but ones of the same head noun."""
        return all(o.words[0] == office.words[0] and o.leads_state == office.leads_state for o in b.offices)

    def _beside(self, mentions: Sequence[Mention]) -> Mapping[int, frozenset[Office]]:
        """The titles of each name, by the name's first token."""
        found: dict[int, set[Office]] = {}
        for m in mentions:
            if m.cls == "Position" and (person := self._bearer(m)) is not None:
                found.setdefault(person.first, set()).add(self.office(m))
        ends = {m.last: m for m in mentions if m.cls not in ("Person", "Position", "UnnamedSource")}
        for first in self._names:
            if (office := self._before(first, ends)) is not None:
                found.setdefault(first, set()).add(office)
        for first in self._names:
            if first not in found and (office := self._counterpart(first, found)) is not None:
                found[first] = {office}
        return {first: frozenset(offices) for first, offices in found.items()}

    def _before(self, first: int, ends: Mapping[int, Mention]) -> Office | None:
        """The title before a name that is no mention of its own: الرئيس بوتين, رئيس الحكومة الليبية فلان."""
        tokens, k = self.doc.tokens, first
        while k > 0 and tokens[k - 1].fold in group("attribute"):
            k -= 1
        body = ends.get(k)
        t = tokens[(body.first if body else k) - 1] if (body.first if body else k) else None
        if t is None or t.kind != "stem" or t.i in self._covered or bare(t.fold) not in group("titled"):
            return None
        if body is None:
            return Office((bare(t.fold),))
        held = self.office(replace(body, first=t.i))
        return held if held.words[1:] or body.cls == "Country" else None

    def _counterpart(self, first: int, known: Mapping[int, set[Office]]) -> Office | None:
        """The title of نظيره التونسي قيس سعيد: that of the last bearer before it, of its own state."""
        tokens, nation = self.doc.tokens, None
        for k in range(first - 1, max(0, first - 4), -1):
            if tokens[k].fold.startswith("نظير"):
                earlier = [i for i in known if i < first and tokens[i].sentence == tokens[first].sentence]
                return next((replace(o, nation=nation) for o in known[max(earlier)]), None) if earlier else None
            nation = self.kb.demonym(tokens[k].fold) or nation
        return None

    def _bearer(self, m: Mention) -> Mention | None:
        """The name right behind a title, past commas, ranks and attributes, or right before it."""
        tokens, titles = self.doc.tokens, load().titles
        j = m.last
        for _ in range(4):
            if person := self._names.get(j):
                return person
            if j >= len(tokens):
                break
            t = tokens[j]
            noun = titles.get(bare(t.fold))
            if not (t.text in '،,"«“:' or t.fold in group("attribute") or (noun and noun.kind in ("rank", "title"))):
                break
            j += 1
        k = m.first
        while k > 0 and tokens[k - 1].text in "،,(-":
            k -= 1
        return self._ends.get(k)
