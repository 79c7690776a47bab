"""A document as the mention readers see it: words, known names by token, adjectives that agree with a noun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from khabar.kb import Hit, KnowledgeBase
from khabar.mentions.words import Noun, Words, bare, definite, group, load, noun_of
from khabar.model import Document, Token
from khabar.text import normalise

RARE = 66  # log frequency (tenths) below which a doubtful place name is let through
OPENING = {"«": "»", '"': '"', "“": "”", "(": ")", "'": "'"}
_CLOSING = frozenset(OPENING.values())
NAMED = frozenset(
    "Organization Government InternationalOrganization StateForce RebelGroup Militia PrivateMilitaryCompany"
    " MilitaryUnit ArmedForce".split()
)
FORCES = frozenset("StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit ArmedForce".split())
PLACES = frozenset("Country AdministrativeArea Settlement Facility Place".split())
_STATIONED = ("متمركز", "منضوي", "متواجد", "موجود", "منتشر", "مشارك", "متحصن", "مرابط", "متورط", "مقيم", "صادر")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A mention in the making: tokens `first` to `last` (half-open), with the mentions nested in it."""

    first: int
    last: int
    head: int
    cls: str
    how: str
    keys: tuple[str, ...] = ()
    nation: str | None = None
    inner: tuple[Phrase, ...] = ()


Reader = Callable[["Text", int], Phrase | None]


class Text:
    """Tokens and known names of one document; `read` tries the readers at a token and keeps the longest phrase."""

    def __init__(self, doc: Document, hits: Sequence[Hit], kb: KnowledgeBase, readers: tuple[Reader, ...]) -> None:
        self.doc = doc
        self.tokens: tuple[Token, ...] = doc.tokens
        self.fold = [t.fold for t in doc.tokens]
        self.size = len(doc.tokens)
        self.kb = kb
        self.words: Words = load()
        self.groups = self.words.groups
        self._nations: dict[str, str | None] = {}
        self._heard: dict[str, tuple[str, ...]] = {}
        self.offices: set[int] = set()  # tokens behind an office phrase, where a name begins
        self._readers = readers
        self._memo: dict[int, Phrase | None] = {}
        self.hits = self._place(hits)

    def _place(self, hits: Sequence[Hit]) -> dict[int, Phrase]:
        """Known names by the token they begin at."""
        found: dict[int, Phrase] = {}
        i = 0
        spans: list[tuple[int, int, Hit]] = []
        for hit in sorted(hits, key=lambda h: (h.begin, h.end)):
            while i < self.size and self.tokens[i].end <= hit.begin:
                i += 1
            j = i
            while j < self.size and self.tokens[j].begin < hit.end:
                j += 1
            if j == i or self.tokens[i].begin > hit.begin:
                continue
            if self.tokens[i].kind == "punct" or self.tokens[j - 1].kind == "enclitic":
                j -= self.tokens[j - 1].kind == "enclitic"
                if j <= i or self.tokens[i].kind == "punct":
                    continue
            spans.append((i, j, hit))
            self._heard.setdefault(" ".join(self.fold[i:j]), hit.keys)
        for i, j, hit in spans:
            if j - i == 1 and not hit.sure and self.common(i) >= RARE and not self._typed(i):
                if self.kb.entry(hit.keys[0]).cls in ("Settlement", "AdministrativeArea"):
                    continue
            for p in self._known(i, j, hit.keys):
                found.setdefault(p.first, p)
        return found

    def _known(self, i: int, j: int, keys: tuple[str, ...]) -> Iterator[Phrase]:
        """The name at tokens `i` to `j` without what is no part of it; names inside it where it is a description."""
        entries = [self.kb.entry(key) for key in keys]
        entry = next((e for e in entries if e.cls == "Country" and e.country == entries[0].country), entries[0])
        keys = (entry.key, *(key for key in keys if key != entry.key))
        cls, word = entry.cls, self.fold[i]
        if j - i == 1 and cls in FORCES | {"PopulationGroup"} and self._describes(i):
            return
        j = self._unclosed(i, j)
        if self._quoted_paper(i) and cls != "MediaOutlet":
            papers = tuple(e.key for e in entries if e.cls == "MediaOutlet")
            yield Phrase(i, j, i, "MediaOutlet", "name", papers)
            return
        if j - i == 1 and cls in PLACES and self._ordinary(i):
            return
        if j - i == 2 and cls == "AdministrativeArea" and word in self.groups["direction"]:
            if any(p.cls == "Country" for p in self._again(i + 1, j)):
                yield from self._again(i + 1, j)
                return
        for k in range(i + 1, j):
            if self.tokens[k].text == "(" or self.fold[k] in group("led_by") or (self.fold[k] == "ب" and k + 1 < j):
                yield from self._again(k + 1, j)
                j = k
                break
        first = i
        if j - i > 1:
            title = self.words.titles.get(bare(word))
            quoted = self.tokens[i + 1].text in OPENING
            if (
                (cls == "Settlement" and word in group("outside_name"))
                or (
                    cls == "MediaOutlet"
                    and word in group("outside_name")
                    and (quoted or self.fold[i + 1 : j] == ["رويترز"])
                )
                or (cls in FORCES and word in group("outside_force"))
                or (cls in FORCES and (gear := self.words.nouns.get(word)) is not None and gear.kind == "materiel")
                or (cls == "Person" and title is not None and title.kind in ("rank", "title"))
            ):
                first = i + 1
                if self.tokens[first].text in OPENING and first + 1 < j:
                    first += 1
                    j -= self.tokens[j - 1].kind == "punct"
        inner: tuple[Phrase, ...] = ()
        if cls in NAMED and j - first > 1 and not definite(self.fold[first]) and self.noun(first) and word != "مركز":
            inside = {"Person", "Country", "Settlement", "AdministrativeArea"}
            if cls in FORCES:
                inside.add("Government")
            inner = tuple(
                p for p in self._again(first + 1, j)
                if p.first == first + 1 and p.cls in inside and not set(p.keys) & set(keys)
            )  # fmt: skip
        nation = entry.country if cls != "Country" else entry.key
        yield Phrase(first, j, first, cls, "name", keys, nation, inner)

    def _describes(self, i: int) -> bool:
        """True for the name of a group used as an adjective: القيادي الحوثي، المقاتلين الأكراد."""
        word = self.fold[i]
        if not (self.follows(i) and definite(word) and definite(self.fold[i - 1])) or self.is_(i - 1, "stop"):
            return False
        before = bare(self.fold[i - 1])
        noun = noun_of(before)
        people = before.endswith(("ين", "ون")) or (noun is not None and noun.gender == "p")
        if word.endswith(("يين", "يون")) or bare(word) in group("people_plural"):
            return people
        female = before.endswith(("ه", "ات")) or (noun is not None and noun.gender == "f")
        return (word.endswith("يه") and female) or (word.endswith("ي") and not female and not people)

    def _unclosed(self, i: int, j: int) -> int:
        """The end of a name cut before a mark that closes what was opened before the name."""
        for k in range(i + 1, j):
            mark = self.tokens[k].text
            if mark == '"' and sum(t.text == mark for t in self.tokens[i:j]) % 2 == 0:
                continue
            if mark in _CLOSING and not any(OPENING.get(self.tokens[n].text) == mark for n in range(i, k)):
                return k
        return j

    def _quoted_paper(self, i: int) -> bool:
        """True behind لـ" when somebody speaks: the paper he speaks to."""
        if i < 2 or self.tokens[i - 1].text not in OPENING or self.fold[i - 2] not in ("ل", "لـ"):
            return False
        return any(self.is_(k, "speech") for k in range(max(0, i - 9), i - 2))

    def _again(self, i: int, j: int) -> Iterator[Phrase]:
        """Known names within tokens `i` to `j`, a part of a longer one."""
        if i >= j:
            return
        if keys := self._heard.get(" ".join(w := [f for f in self.fold[i:j] if f not in _CLOSING])) or self._given(w):
            yield from self._known(i, i + len(w), keys)
            return
        base = self.tokens[i].begin
        for hit in self.kb.scan(normalise(self.doc.text[base : self.tokens[j - 1].end])):
            first = next((k for k in range(i, j) if self.tokens[k].begin >= base + hit.begin), j)
            last = next((k for k in range(first, j) if self.tokens[k].begin >= base + hit.end), j)
            if first < last:
                yield from self._known(first, last, hit.keys)

    def _given(self, words: list[str]) -> tuple[str, ...]:
        """The keys of a person whose last name alone is asked for, when the document names him in full."""
        if len(words) == 1:
            for name, keys in self._heard.items():
                if name.endswith(" " + words[0]) and self.kb.entry(keys[0]).cls == "Person":
                    return keys
        return ()

    def _typed(self, i: int) -> bool:
        """True behind a type noun of places (مدينة، قرية)."""
        if i == 0 or self.tokens[i - 1].kind != "stem" or self.tokens[i - 1].word != self.tokens[i].word - 1:
            return False
        noun = self.words.nouns.get(self.fold[i - 1])
        return noun is not None and noun.kind == "place"

    def _ordinary(self, i: int) -> bool:
        """True for a word that names a place somewhere but is an ordinary word here: المدينة، الغرب، تركية."""
        word = self.fold[i]
        short = bare(word)
        before = i > 0 and self.tokens[i - 1].kind == "stem" and self.tokens[i - 1].word == self.tokens[i].word - 1
        if self.kb.demonym(word) and not definite(word) and before and word.endswith("ه"):
            head = self.fold[i - 1]
            return not any(
                head in self.groups[x] for x in ("stop", "decide", "inside", "direction")
            ) and not self._typed(i)
        if word.endswith("يا") and before and self.kb.demonym(word[:-1]):
            head = self.fold[i - 1]  # جنديا تركيا: the adjective in the accusative
            if (
                head.endswith("ا")
                and not head.endswith("وا")
                and self.kb.demonym(head[:-1]) is None  # غزت روسيا أوكرانيا
                and len(head) > 3
                and self.words.common.get(head[:-1], 0) > 30
                and head not in group("stop")
            ):
                return True
        if self._typed(i):
            return short in self.groups["quality"]
        if word in self.groups["stop"] or word in self.groups["time"] or short in self.groups["direction"]:
            return True
        if word == "مسقط" and self.fold[i + 1 : i + 2] == ["راس"]:
            return True
        if word in ("البلاد", "العاصمه", "الساحل", "الجبهه", "المعركه"):
            return True
        held = self.words.nouns.get(short) or self.words.nouns.get(word)
        return (held is not None and held.kind in ("place", "facility")) or short in self.words.adjectives

    def read(self, i: int) -> Phrase | None:
        """The longest mention that begins at token `i`."""
        if i >= self.size or self.tokens[i].kind == "punct":
            return None
        if i in self._memo:
            return self._memo[i]
        self._memo[i] = None  # guards against endless recursion
        best = self.hits.get(i)
        if best is not None:
            best = self._extended(best)
        if self.tokens[i].kind == "stem" or self.lead(i) == 2:
            for reader in self._readers if self.tokens[i].kind == "stem" else self._readers[:1]:
                found = reader(self, i)
                if found and (best is None or found.last > best.last):
                    best = found
        self._memo[i] = best
        return best

    def _extended(self, p: Phrase) -> Phrase:
        """A known organisation with the nationality adjective behind it, and one more adjective behind that."""
        if p.cls not in NAMED or p.last >= self.size:
            return p
        last, nation = p.last, p.nation
        if (found := self.nation(last)) and definite(self.fold[last]):
            female = self.fold[last].endswith("ه")
            if female == self.fold[p.first].endswith(("ه", "ات", "ا")) or female == self.fold[last - 1].endswith("ه"):
                last, nation = last + 1, found
        adjective = last > p.first + 1 and definite(self.fold[last - 1]) and self.kb.demonym(self.fold[last - 1])
        if adjective and self.follows(last) and definite(self.fold[last]) and last not in self.hits:
            short = bare(self.fold[last])
            same = short.endswith("ه") == self.fold[last - 1].endswith("ه") and not short.endswith(("ين", "ون"))
            if same and short in self.words.adjectives and not self._governs(last):
                last += 1
        return replace(p, last=last, nation=nation) if last > p.last else p

    # words -------------------------------------------------------------------------------------------------------

    def is_(self, i: int, group: str) -> bool:
        """True when token `i` is in a group of `mention_words.tsv`."""
        return 0 <= i < self.size and self.fold[i] in self.groups[group]

    def stem(self, i: int) -> bool:
        """True for a word that begins a new surface word (no clitic before it)."""
        return i < self.size and self.tokens[i].kind == "stem"

    def lead(self, i: int) -> int:
        """2 where token `i` is a ب ل ك ف cut off a word that may be one name (برند, كولن); else 1."""
        t = self.tokens[i]
        if t.kind != "proclitic" or t.fold not in ("ب", "ل", "ك", "ف") or not self.stem(i + 1):
            return 1
        if self.tokens[i + 1].word != t.word or (i > 0 and self.tokens[i - 1].word == t.word):
            return 1
        return 1 if i + 2 < self.size and self.tokens[i + 2].word == t.word else 2

    def follows(self, i: int) -> bool:
        """True when token `i` is a stem with no proclitic, right behind the token before it."""
        return self.stem(i) and i > 0 and self.tokens[i].word == self.tokens[i - 1].word + 1

    def titled(self, k: int) -> int:
        """Past the titles and attributes of a person at token `k` (الرئيس المخلوع): the token behind them."""
        while self.follows(k) and definite(self.fold[k]):
            title = self.words.titles.get(bare(self.fold[k]))
            if title is None and self.fold[k] not in group("attribute"):
                break
            k += 1
        return k

    def noun(self, i: int) -> Noun | None:
        """The head noun that token `i` is, if any."""
        return noun_of(self.fold[i])

    def nation(self, i: int) -> str | None:
        """The country of the nationality word at token `i`."""
        if not self.stem(i) or i in self.hits:
            return None
        word = self.fold[i]
        if word not in self._nations:
            found = self.kb.demonym(word) or self.kb.demonym(bare(word))
            self._nations[word] = found or (self.kb.demonym(word[:-1]) if word.endswith("يا") else None)
        return self._nations[word]

    def common(self, i: int) -> int:
        """Log frequency (tenths) of the word at `i`, the higher of with and without article; 0 when rare."""
        word = self.fold[i]
        return max(self.words.common.get(word, 0), self.words.common.get(bare(word), 0) - 10)

    def enclosed(self, i: int) -> tuple[int, str]:
        """Past an opening quotation mark at `i`: the next token and the mark that closes it ("" for none)."""
        if i < self.size and (close := OPENING.get(self.tokens[i].text)) and self.tokens[i].text != "(":
            return i + 1, close
        return i, ""

    def speech_near(self, first: int, last: int) -> bool:
        """True when a verb of speech stands within two words before the phrase or right behind it."""
        if self.is_(last, "speech"):
            return True
        for k in range(first - 1, max(-1, first - 4), -1):
            if self.is_(k, "speech"):
                return True
            if self.tokens[k].kind == "punct" and self.tokens[k].text not in OPENING:
                return False
        return False

    # adjectives --------------------------------------------------------------------------------------------------

    def adjectives(self, i: int, noun: Noun, defined: bool, also: str = "") -> tuple[int, str | None, list[str]]:
        """Adjectives from token `i` that agree with `noun`: the token behind them, their state, the bare adjectives.

        `also` is a further gender allowed: that of the last noun of an idafa.
        """
        nation: str | None = None
        found: list[str] = []
        j = i
        while j < self.size and len(found) < 4:
            k = j
            if found and self.fold[j] == "و" and self.tokens[j].kind == "proclitic" and j + 1 < self.size:
                k = j + 1
                if not self._agrees(k, noun, defined, also) or bare(self.fold[k])[-2:] != found[-1][-2:]:
                    break
            elif not (self.follows(j) and self._agrees(j, noun, defined, also)):
                break
            if self._governs(k):
                break
            nation = self.nation(k) or nation
            found.append(bare(self.fold[k]))
            j = k + 1
        return j, nation, found

    def _governs(self, i: int) -> bool:
        """A participle with a preposition of its own (المدعومة من، المتحالفة مع) opens a clause, not a name."""
        word = bare(self.fold[i])
        if not (word[0] == "م" and len(word) > 4) and not word.startswith(("صادر", "قريب", "واقع")):
            return False
        if word.startswith(_STATIONED):
            return True
        if self.nation(i) or word.startswith(("مسلح", "مسير", "مفخخ", "محلي")) or word.endswith(("يه", "ي")):
            return False
        return i + 1 < self.size and self.fold[i + 1] in group("governed")

    def _agrees(self, i: int, noun: Noun, defined: bool, also: str) -> bool:
        word = self.fold[i]
        thing = noun.kind in ("materiel", "facility")
        if not self.stem(i) or definite(word) != defined:
            return False
        if (hit := self.hits.get(i)) is not None:
            return thing and hit.cls == "Materiel" and hit.last == i + 1
        if word in self.groups["stop"] or word in self.groups["time"] or word in self.groups["speech"]:
            return False
        if word in self.groups["side"] or bare(word) in self.groups["side"]:
            return False
        short = bare(word)
        female = short.endswith("ه")
        people = short.endswith(("ون", "ين")) or short in group("people_plural")
        genders = {noun.gender, also}
        if not (
            (female and "f" in genders) or (people and "p" in genders) or (not female and not people and "m" in genders)
        ):
            return "p" in genders and self.nation(i) is not None and not female
        if self.nation(i):
            return True
        if short in (self.words.thing_adjectives if thing else self.words.adjectives):
            return True
        if i in self._memo or self.noun(i) is not None or short in self.words.titles:
            return False
        nisba = short.endswith(("ي", "يه", "يون", "يين")) and len(short) > 4
        active = short[0] == "م" and len(short) > 4 and (female or people)
        if defined:
            return not thing and (nisba or active or (female and noun.gender == "f"))
        return (nisba and short[0] not in "يتن") or active
