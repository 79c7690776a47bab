"""Groups the mentions of a document into entities: one thing, one entity, with its knowledge base entry where sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from khabar import link
from khabar.kb import Entry, KnowledgeBase
from khabar.mentions.words import bare, definite, load, noun_of
from khabar.mentions.words import group as group_of
from khabar.model import Document, Entity, Mention
from khabar.text import fold

_FORCES = frozenset("StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit ArmedForce".split())
_IRREGULAR = frozenset("RebelGroup Militia PrivateMilitaryCompany MilitaryUnit".split())
_PLACED = frozenset("Settlement AdministrativeArea Facility Place PopulationGroup UnnamedSource Materiel".split())
_GROUPS = frozenset("جماعه مجموعه تنظيم حركه فصيل كتيبه فرقه صحيفه قناه وزاره وكاله جماعات تنظيمات".split())


@dataclass(slots=True)
class Group:
    """An entity in the making."""

    cls: str
    name: str
    key: str | None
    mentions: list[Mention] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    nation: str | None = None


def resolve(doc: Document, mentions: Sequence[Mention], kb: KnowledgeBase) -> tuple[Entity, ...]:
    """Entities e0, e1, ... in text order; every mention of the input that is kept carries its entity."""
    return Resolver(doc, mentions, kb).run()


def _plain(word: str) -> str:
    """A folded word without article and case: المسلحون and مسلحين are one."""
    short = bare(word)
    return short[:-2] + "ين" if short.endswith("ون") and len(short) > 4 else short


def _heads(entry: Entry) -> Iterator[str]:
    """Nouns that an organisation's other names begin with, of its own class: الجيش after القوات المسلحة السودانية."""
    for alias in (entry.name_ar, *entry.aliases_ar):
        word = fold(alias).split()[0] if alias else ""
        noun = noun_of(word)
        if noun is not None and (noun.cls == entry.cls or {noun.cls, entry.cls} == {"StateForce", "ArmedForce"}):
            yield _plain(word)


class Resolver:
    """One pass over the mentions of a document: names first, then what refers back to them."""

    def __init__(self, doc: Document, mentions: Sequence[Mention], kb: KnowledgeBase) -> None:
        self.doc, self.kb = doc, kb
        self.mentions = mentions
        self.votes: Counter[str] = link.states(mentions, kb)
        self.groups: list[Group] = []
        self.strips = {m.keys[0] for m in mentions if m.keys and self.doc.tokens[m.first].fold == "قطاع"}
        self.named = {m.keys[0] for m in mentions if m.keys}
        self.paired = self._pairs()
        self.holders = {m.first: m for m in mentions if m.cls == "Person" and m.keys and m.how == "name"}
        self.placed = {m.first: m for m in mentions if m.cls == "Person" and m.how == "name"}
        date = doc.record.date or ""
        self.year = int(date[:4]) if date[:4].isdigit() else None
        self.by_key: dict[str, Group] = {}
        self.by_text: dict[tuple[str, str], Group] = {}

    def run(self) -> tuple[Entity, ...]:
        """The entities."""
        full = self._full_names()
        for m in self.mentions:
            group = self._group(m, full)
            if group is not None:
                group.mentions.append(m)
        return self._finished()

    def _finished(self) -> tuple[Entity, ...]:
        found: list[Entity] = []
        for group in sorted((g for g in self.groups if g.mentions), key=lambda g: g.mentions[0].first):
            e = f"e{len(found)}"
            held = tuple(replace(m, entity=e, cls=group.cls) for m in group.mentions)
            found.append(Entity(e, group.cls, group.name, group.key, held))
        return tuple(found)

    # helpers -----------------------------------------------------------------------------------------------------

    def _fold(self, m: Mention) -> tuple[str, ...]:
        marks = "\"'«»“”()"
        return tuple(t.fold for t in self.doc.tokens[m.first : m.last] if t.text not in marks)

    def _surface(self, m: Mention) -> str:
        text = self.doc.text[m.begin : m.end]
        return "ا" + text if self.doc.tokens[m.first].fold.startswith("ال") and text.startswith("لل") else (
            "ا" + text if self.doc.tokens[m.first].fold == "ا" + fold(self.doc.tokens[m.first].text) else text
        )  # fmt: skip

    def _new(self, m: Mention, key: str | None = None, cls: str = "", name: str = "") -> Group:
        group = Group(cls or m.cls, name or self._surface(m), key, nation=m.nation)
        self.groups.append(group)
        return group

    def _full_names(self) -> dict[str, list[Mention]]:
        """Personal names of two words and more, by each of their words."""
        found: dict[str, list[Mention]] = {}
        for m in self.mentions:
            if m.cls == "Person" and m.how == "name" and m.last - m.first > 1:
                for word in self._fold(m):
                    found.setdefault(word, []).append(m)
        return found

    # grouping ----------------------------------------------------------------------------------------------------

    def _group(self, m: Mention, full: dict[str, list[Mention]]) -> Group | None:
        if m.keys:
            return self._known(m)
        words = self._fold(m)
        if m.cls == "Position" and (key := self._office(words, m)):
            return self.by_key.get(key) or self._first(m, self.kb.entry(key))
        if m.cls == "Person" and m.how == "name":
            return self._person(words, m)
        if definite(words[0]) and len(words) == 1 and m.cls != "Position":
            return self._back(words[0], m)
        return self._described(words, m)

    def _known(self, m: Mention) -> Group:
        if self._fold(m) == ("القاعده",) and (base := self._last("Facility", "قاعده")):
            return base
        entry = link.choose(m, self.votes, self.kb, self.year)
        if entry is None:
            return self._described(self._fold(m), m)
        entry = self._strip(entry) or entry
        if entry.cls == "Settlement" and (name := link.republic(self.doc, m)):
            keys = [c.key for c in self.kb.meanings(name)]
            if not keys:
                return self._described(self._fold(m), m)
            entry = self.kb.entry(keys[0])
        elif m.cls in ("Settlement", "AdministrativeArea"):
            entry = self._stood_for(m, entry)
        group = self.by_key.get(entry.key) or self._first(m, entry)
        self._remember(group, self._fold(m))
        return group

    def _first(self, m: Mention, entry: Entry) -> Group:
        """The new entity of an entry."""
        group = self.by_key[entry.key] = self._new(m, entry.key, entry.cls, entry.name_ar)
        group.nation = entry.country
        group.heads.update(_heads(entry))
        return group

    def _office(self, words: tuple[str, ...], m: Mention) -> str | None:
        """The position that a phrase names, of the state it names or of whoever holds it beside it."""
        plain = " ".join(w for w in words if w not in group_of("attribute"))
        if key := self.kb.office(plain, m.nation):
            return key
        if m.nation or m.last - m.first > 4:
            return None
        for first in range(m.last, min(m.last + 4, len(self.doc.tokens))):
            if (person := self.holders.get(first)) is not None:
                holder = link.choose(person, self.votes, self.kb, self.year)
                return self.kb.office(plain, link.serves(holder, self.kb)) if holder else None
        return None

    def _incumbent(self, words: tuple[str, ...], m: Mention) -> str | None:
        """Whom an office alone stands for: the one whom the document sets beside it, else its holder of that day."""
        office = self._office(words, m) if m.nation else None
        beside = {self.placed.get(p.last): p for p in self.mentions if p.cls == "Position" and p.nation == m.nation}
        for person, p in beside.items():
            if person is None or not m.nation:
                continue
            if self._fold(p) == words or (office is not None and self._office(self._fold(p), p) == office):
                entry = link.choose(person, self.votes, self.kb, self.year)
                return entry.key if entry else None
        return link.incumbent(self.doc, m, office, self.kb)

    def _stood_for(self, m: Mention, entry: Entry) -> Entry:
        """A capital or its government; two capitals that are named side by side act if one does."""
        meant = link.stands_for(self.doc, m, entry, self.named, self.kb)
        if meant is entry and m.first in self.paired and not link.lies(self.doc, self.paired[m.first]):
            state = self.kb.capital_of(entry.key)
            return self.kb.entry(state) if state else entry
        return meant

    def _pairs(self) -> dict[int, Mention]:
        """Capitals of two states joined by و, by their first token, with the first of the two: الرياض وأبو ظبي."""
        towns = {m.first: m for m in self.mentions if m.keys and self.kb.capital_of(m.keys[0])}
        found: dict[int, Mention] = {}
        for m in towns.values():
            after = towns.get(m.last + 1)
            if after is not None and self.doc.tokens[m.last].fold == "و" and after.keys[0] != m.keys[0]:
                found[after.first] = found[m.first] = found.get(m.first, m)
        return found

    def _last(self, cls: str, head: str) -> Group | None:
        """The latest entity of a class whose head noun is given ("" for any)."""
        found = [g for g in self.groups if g.cls == cls and (head in g.heads or not head) and g.mentions]
        return max(found, key=lambda g: g.mentions[-1].first) if found else None

    def _strip(self, entry: Entry) -> Entry | None:
        """The strip (قطاع غزة) that its city's name stands for in a text that names the strip."""
        if entry.cls != "Settlement":
            return None
        for key in self.strips:
            strip = self.kb.entry(key)
            if fold(strip.name_ar).split()[-1] == fold(entry.name_ar).split()[-1]:
                return strip
        return None

    def _remember(self, group: Group, words: tuple[str, ...]) -> None:
        group.words.update(words)
        group.heads.add(_plain(words[0]))

    def _person(self, words: tuple[str, ...], m: Mention) -> Group:
        """A name joins the latest person all of whose (or whose last) words it shares."""
        plain = {w for w in words if w not in ("بن", "ابو", "عبد", "ابن")}
        for group in reversed(self.groups):
            if group.cls == "Person" and group.words and group.mentions[0].how == "name":
                if plain <= group.words or (len(words) > 1 and group.words <= set(words)):
                    group.words |= set(words)
                    return group
        group = self._new(m)
        self._remember(group, words)
        return group

    def _described(self, words: tuple[str, ...], m: Mention) -> Group:
        """A description joins an earlier one of the same words, with or without article."""
        if m.cls == "Person" and words[0] in group_of("leader") and (leader := self._leader(m)):
            return leader
        if m.cls == "Person" and m.how == "title" and (key := self._incumbent(words, m)):
            return self.by_key.get(key) or self._first(m, self.kb.entry(key))
        text = " ".join(_plain(w) for w in words)
        cls = "Actor" if m.cls in _FORCES else m.cls
        group = self.by_text.get((cls, text))
        if group is None:
            group = self.by_text[cls, text] = self._new(m)
            self._remember(group, words)
        return group

    def _leader(self, m: Mention) -> Group | None:
        """Whom a leader's description takes up: the only person named in its sentence or the two before it.

        Only where the force and the person are of one state: زعيم ميليشيا إقليم برقة after حفتر, not after أردوغان.
        """
        here = self.doc.tokens[m.first].sentence
        start = self.doc.sentences[max(0, here - 2)].first
        inner = [n for n in self.mentions if m.first < n.first and n.last <= m.last]
        places = {self._state(link.choose(n, self.votes, self.kb, self.year)) for n in inner if n.keys} - {None}
        if len(places) != 1 or not any(n.cls in _FORCES for n in inner):
            return None
        near = [g for g in self.groups if g.cls == "Person" and any(n.first >= start for n in g.mentions)]
        alone = len(near) == 1 and near[0].key is not None and near[0].nation in places
        return near[0] if alone else None

    def _state(self, entry: Entry | None) -> str | None:
        """The state an entry lies in or is."""
        return None if entry is None else entry.key if entry.cls == "Country" else entry.country

    def _back(self, word: str, m: Mention) -> Group | None:
        """A definite noun by itself takes up the latest entity of its kind; some nouns are dropped without one."""
        short = _plain(word)
        if m.cls == "UnnamedSource" or word == "القطاع":
            earlier = self._last(m.cls, short)
            if earlier is None and short == "مصدر":
                earlier = self._last(m.cls, "")
            if earlier is not None or short not in ("مصادر", "سكان", "شهود", "اهالي", "نشطاء", "ناشطون"):
                return earlier
        for named in (False, True):  # first by head noun, then by any word of the name (التحالف after قوات التحالف)
            for group in sorted(self.groups, key=lambda g: g.mentions[-1].first if g.mentions else -1, reverse=True):
                words = {_plain(w) for w in group.words} if named else group.heads
                if group.mentions and group.cls not in ("Person", "Country", "Position") and short in words:
                    if named and (group.cls in _PLACED or m.cls == "PopulationGroup"):
                        continue
                    return group
        noun = load().nouns.get(short) or load().nouns.get(word)
        if noun is not None and noun.alone == "head":
            return None
        if noun is not None and noun.alone == "ref":
            if short not in _GROUPS:
                return None
            family = _IRREGULAR if m.cls in _FORCES else {m.cls}
            kin = [g for g in self.groups if g.cls in family and g.mentions]
            return max(kin, key=lambda g: g.mentions[-1].first) if kin else None
        return self._described((word,), m)
