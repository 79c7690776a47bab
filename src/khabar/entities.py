"""Groups the mentions of a document into entities: one thing, one entity, with its knowledge base entry where sure."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from khabar import link
from khabar.holders import Bearer, Titles
from khabar.kb import Entry, KnowledgeBase
from khabar.mentions.words import bare, definite, load, noun_of
from khabar.mentions.words import group as group_of
from khabar.model import Document, Entity, Mention
from khabar.text import fold

_FORCES = frozenset("StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit ArmedForce".split())
_IRREGULAR = frozenset("RebelGroup Militia PrivateMilitaryCompany MilitaryUnit".split())
_PLACED = frozenset("Settlement AdministrativeArea Facility Place PopulationGroup UnnamedSource Materiel".split())
_GROUPS = frozenset("جماعه مجموعه تنظيم حركه فصيل كتيبه فرقه صحيفه قناه وزاره وكاله جماعات تنظيمات منظمه".split())
_BRANCHES = frozenset("طيران سلاح استخبارات مخابرات مدفعيه بحريه وحده وحدات".split())
_COMMON = frozenset("قوات مقاتلين مسلحين فصايل عناصر وحدات".split())
_MANY = frozenset("جماعات تنظيمات".split())
_LONG = 4  # sentences after which a bare noun is rather of the state that the document speaks of
_NEAR = 2  # sentences back within which two things of one kind make a bare noun ambiguous


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
        self.titles = Titles(doc, mentions, kb)
        date = doc.record.date or ""
        self.year = int(date[:4]) if date[:4].isdigit() else None
        self.by_key: dict[str, Group] = {}
        self.by_text: dict[tuple[str, str], Group] = {}
        self.alone: dict[str, tuple[Group, int]] = {}  # whom a surname or a bare noun took up last, and where

    def run(self) -> tuple[Entity, ...]:
        """The entities."""
        waiting: list[Mention] = []  # titles alone: who bears them shows when all names are read
        for m in self.mentions:
            if m.cls == "Person" and m.how == "title" and not m.keys:
                if (leader := self._leader(m)) is None:
                    waiting.append(m)
                else:
                    leader.mentions.append(m)
            elif (group := self._speaker(m) or self._group(m)) is not None:
                group.mentions.append(m)
        self._borne(waiting)
        return self._finished()

    def _borne(self, waiting: Sequence[Mention]) -> None:
        """Give each title to who bears it; a longer one that nobody here does is a person that is not named."""
        named = [g for g in self.groups if g.cls == "Person" and g.mentions]
        for m in sorted((*waiting, *self.titles.alone()), key=lambda m: m.first):
            n = self.titles.holder(m, [self._bearer(g) for g in named])
            if n is not None:
                group = named[n]
            elif (holder := self._incumbent(m)) or m.last - m.first > 1:
                group = holder or self._described(self._fold(m), m)
                named += [] if group in named else [group]
            else:
                continue
            insort(group.mentions, m, key=lambda m: m.first)

    def _speaker(self, m: Mention) -> Group | None:
        """The person whom a source of one word is, by the title before the name: المتحدث after المتحدث باسم الجيش."""
        titled = bare(self.doc.tokens[m.first].fold) in group_of("titled")
        if m.cls != "UnnamedSource" or m.last - m.first > 1 or not titled:
            return None
        named = [g for g in self.groups if g.cls == "Person" and g.mentions]
        n = self.titles.holder(m, [self._bearer(g) for g in named])
        return None if n is None else named[n]

    def _bearer(self, group: Group) -> Bearer:
        """A person with the titles beside its name, or that alone stand for it."""
        offices = {o for m in group.mentions for o in self.titles.beside.get(m.first, ())}
        bodies: list[str] = []
        nation = group.nation
        if group.key is None:
            offices |= {self.titles.office(m) for m in group.mentions if m.how == "title"}
            nation = nation or next((o.nation for o in offices if o.nation), None)
        else:
            entry = self.kb.entry(group.key)
            nation = link.serves(entry, self.kb)
            while (body := entry.part_of) is not None and body not in bodies:
                bodies.append(body)
                entry = self.kb.entry(body)
        return Bearer(tuple(m.first for m in group.mentions), nation, frozenset(offices), bodies)

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

    # grouping ----------------------------------------------------------------------------------------------------

    def _group(self, m: Mention) -> Group | None:
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
        words = self._fold(m)
        if link.anothers(words, m, entry, self.votes):
            return (self._back(words[0], m) if len(words) == 1 else None) or self._described(words, m)
        if len(words) == 1 and definite(words[0]) and noun_of(words[0]) is not None:
            fits = [g for g in self.groups if g.mentions and _plain(words[0]) in g.heads]
            if any(g.key != entry.key for g in fits):
                return self._clear(fits, words[0], m) or self._described(words, m)
        entry = link.strip(entry, self.strips, self.kb) or entry
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

    def _incumbent(self, m: Mention) -> Group | None:
        """Who held an office on the document's date, where its title stands alone and nobody here bears it."""
        office = self._office(self._fold(m), m) if m.nation else None
        key = link.incumbent(self.doc, m, office, self.kb)
        return (self.by_key.get(key) or self._first(m, self.kb.entry(key))) if key else None

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

    def _remember(self, group: Group, words: tuple[str, ...]) -> None:
        group.words.update(words)
        group.heads.add(_plain(words[0]))

    def _person(self, words: tuple[str, ...], m: Mention) -> Group:
        """A name joins the latest person all of whose (or whose last) words it shares."""
        plain = {w for w in words if w not in ("بن", "ابو", "عبد", "ابن")}
        named = [g for g in self.groups if g.cls == "Person" and g.words and g.mentions and g.mentions[0].how == "name"]
        fits = [g for g in named if plain <= g.words or (len(words) > 1 and g.words <= set(words))]
        if len(words) == 1 and len(fits) > 1:  # relatives: the surname alone is who it was before, or neither
            known = self._settled(fits, words[0]) or self.by_text.get(("Person", words[0]))
        else:
            known = fits[-1] if fits else None
        group = known or self._new(m)
        if known is None:
            self._remember(group, words)
            if fits:
                self.by_text["Person", words[0]] = group
        group.words |= set(words)
        if len(words) == 1:
            self.alone[words[0]] = (group, m.first)
        return group

    def _settled(self, fits: Sequence[Group], word: str) -> Group | None:
        """Whom or what a word alone has come to mean, unless a rival has been named for the first time since."""
        group, at = self.alone.get(word, (None, 0))
        newer = any(g.mentions[0].first > at for g in fits if g is not group)
        return group if group in fits and not newer else None

    def _clear(self, fits: Sequence[Group], word: str, m: Mention) -> Group | None:
        """The latest of those that a bare noun may take up; where two are near, the one it has taken up before."""
        if not fits:
            return None
        best: Group | None = max(fits, key=lambda g: g.mentions[-1].first)
        here = self.doc.tokens[m.first].sentence
        near = [g for g in fits if here - self.doc.tokens[g.mentions[-1].first].sentence <= _NEAR]
        if len(near) > 1 and m.cls != "Materiel":
            named = [g for g in near if g.key or any(n.how == "name" for n in g.mentions)]
            best = self._settled(near, word) or (named[0] if len(named) == 1 else None)
        known, _ = self.alone.get(word, (None, 0))
        if best is None or (known is not best and self._foreign(best, here)):
            return None
        self.alone[word] = (best, m.first)
        return best

    def _foreign(self, group: Group, here: int) -> bool:
        """Whether a body of a state was named long before, and the document speaks more of another state."""
        if group.nation is None or here - self.doc.tokens[group.mentions[-1].first].sentence <= _LONG:
            return False
        return self.votes[group.nation] < max(self.votes.values(), default=0)

    def _described(self, words: tuple[str, ...], m: Mention) -> Group:
        """A description joins an earlier one of the same words, with or without article."""
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
        words = self._fold(m)
        if words[0] not in group_of("leader"):
            return None
        here = self.doc.tokens[m.first].sentence
        start = self.doc.sentences[max(0, here - 2)].first
        inner = [n for n in self.mentions if m.first < n.first and n.last <= m.last]
        places = {link.state_of(link.choose(n, self.votes, self.kb, self.year)) for n in inner if n.keys} - {None}
        if len(places) != 1 or not any(n.cls in _FORCES for n in inner):
            return None
        near = [g for g in self.groups if g.cls == "Person" and any(n.first >= start for n in g.mentions)]
        alone = len(near) == 1 and near[0].key is not None and near[0].nation in places
        return near[0] if alone else None

    def _back(self, word: str, m: Mention) -> Group | None:
        """A definite noun by itself takes up the latest entity of its kind; some nouns are dropped without one."""
        short = _plain(word)
        if ((m.cls == "Organization" or word == "القطاع") and self._modified(m)) or self._specified(m):
            return self._described((word, self.doc.tokens[m.last].fold), m)
        if m.cls == "UnnamedSource" or word == "القطاع":
            earlier = self._last(m.cls, short)
            if earlier is None and short == "مصدر":
                earlier = self._last(m.cls, "")
            if earlier is not None or short not in ("مصادر", "سكان", "شهود", "اهالي", "نشطاء", "ناشطون"):
                return earlier
        for named in (False, True):  # first by head noun, then by any word of the name (التحالف after قوات التحالف)
            if named and m.cls == "PopulationGroup":
                continue  # a people that an agency's name holds is not the agency
            fits = [g for g in self.groups if g.mentions and self._fits(g, short, named) and not self._inside(m, g)]
            if group := self._clear(fits, word, m):
                return group
            if fits:
                return self._described((word,), m)
        noun = load().nouns.get(short) or load().nouns.get(word)
        if noun is not None and noun.alone == "head":
            return None
        if noun is not None and noun.alone == "ref":
            if short not in _GROUPS:
                return None
            return self._clear(self._kin(short, m), word, m)
        return self._described((word,), m)

    def _modified(self, m: Mention) -> bool:
        """True where an adjective follows that is not part of the mention: الشركات المنتجة is not just any الشركات."""
        after = self.doc.tokens[m.last] if m.last < len(self.doc.tokens) else None
        own = self.doc.tokens[m.first]
        if after is None or after.word != own.word + 1 or not definite(after.fold) or noun_of(after.fold) is not None:
            return False
        return after.fold.endswith("ه" if own.fold.endswith(("ه", "ات")) else "ي") and not after.pos.startswith("V")

    def _specified(self, m: Mention) -> bool:
        """True for forces that a participle tells apart: القوات المتحالفة معها are not just the forces named before."""
        after = self.doc.tokens[m.last : m.last + 2]
        led = len(after) == 2 and after[1].fold in ("مع", "ل", "ب", "في", "من", "ضد")
        told = led and after[0].fold.startswith("الم")
        common = _plain(self.doc.tokens[m.first].fold) in _COMMON
        pointed = m.first > 0 and self.doc.tokens[m.first - 1].fold in ("هذه", "تلك", "هولاء")
        return common and told and not pointed and after[0].word == self.doc.tokens[m.last - 1].word + 1

    def _fits(self, group: Group, short: str, named: bool) -> bool:
        """Whether a bare noun is the head of a group's names, or (`named`) any word of them."""
        if group.cls in ("Person", "Country", "Position") or (named and group.cls in _PLACED):
            return False
        if named and group.heads & _BRANCHES:
            return False  # الجيش is not طيران الجيش
        return short in ({_plain(w) for w in group.words} if named else group.heads)

    @staticmethod
    def _inside(m: Mention, group: Group) -> bool:
        """Whether a mention is what the head of the group's last name is of: الشرطة in مركز الشرطة."""
        return any(n.first == m.first - 1 and m.last <= n.last for n in group.mentions[-1:])

    def _kin(self, short: str, m: Mention) -> list[Group]:
        """The groups of the kind that a noun tells, though no name begins with it: المنظمة after الأمم المتحدة."""
        if short == "منظمه":
            bodies = [g for g in self.groups if g.mentions and g.cls in ("Organization", "InternationalOrganization")]
            return [g for g in bodies if not any(noun_of(w) for w in g.heads)]
        if short in _MANY:
            return [g for g in self.groups if g.key is None and g.cls in ("RebelGroup", "Militia") and g.mentions]
        family = _IRREGULAR if m.cls in _FORCES else {m.cls}
        kin = [g for g in self.groups if g.cls in family and g.mentions]
        opening = [noun_of(self.doc.tokens[g.mentions[0].first].fold) for g in kin]  # ألوية العمالقة are no جماعة
        return [g for g, noun in zip(kin, opening, strict=True) if noun is None or noun.cls != "MilitaryUnit"] or kin
