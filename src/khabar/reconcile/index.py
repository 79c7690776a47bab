"""Finds entries by a name typed into a table: exactly, without articles, by shared words, with one letter wrong."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log

from khabar.kb import Entry, KnowledgeBase
from khabar.kb.matcher import split
from khabar.text import fold, normalise

EXACT, BARE, NEAR = 100.0, 97.0, 90.0
"""Scores of the very name (spellings of hamza, ta marbuta, ya aside), of one but for articles; the most for less."""

_WRONG = 0.8  # what a word counts that differs by one letter
_RARE = 400  # words in more names than this find nothing by themselves
_ARTICLE = re.compile(r"\b(?:[وف]?(?:ال|لل))(?=\w\w)")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with the score of its best name, 0 to 100."""

    entry: Entry
    score: float


def form(name: str) -> str:
    """A name as it is compared: folded (أ, ة, ى), without marks, words joined by one space.

    >>> form("الحُكومة  اللِّيبيّة")
    'الحكومه الليبيه'
    """
    return " ".join(split(fold(normalise(name).text.replace("ء", ""))).text)


def bare(text: str) -> str:
    """A form without the articles of its words.

    >>> bare(form("الجيش الوطنى الليبي")) == bare(form("جيش وطني ليبي"))
    True
    """
    return _ARTICLE.sub("", text)


class Index:
    """All names of a knowledge base; `english` adds English aliases by key. Takes some seconds to make."""

    def __init__(self, kb: KnowledgeBase, english: Mapping[str, Iterable[str]] | None = None) -> None:
        self._kb = kb
        self._entries: list[Entry] = []
        self._names: list[tuple[int, str]] = []  # entry number, bare form
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._bare: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)  # word to names
        self._qids: dict[str, list[int]] = defaultdict(list)
        more = english or {}
        for entry in kb.entries():
            self._add(entry, more.get(entry.key, ()))
        self._numbers = {entry.key: n for n, entry in enumerate(self._entries)}
        self._prefixes = sorted({*self._exact, *self._bare})
        self._cut = self._cuts()

    def _add(self, entry: Entry, more: Iterable[str]) -> None:
        number = len(self._entries)
        self._entries.append(entry)
        if entry.qid:
            self._qids[entry.qid].append(number)
        for text in {form(name) for name in (entry.name_ar, entry.name_en, *entry.aliases_ar, *more)} - {""}:
            short = bare(text)
            self._exact[text].append(number)
            self._bare[short].append(number)
            for word in set(short.split()):
                self._words[word].append(len(self._names))
            self._names.append((number, short))

    def _cuts(self) -> dict[str, list[str]]:
        """The words by what is left of them without one letter."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) > 3:
                for left in _left(word):
                    found[left].append(word)
        return found

    def entry(self, key: str) -> Entry | None:
        """The entry of a key, or None."""
        try:
            return self._kb.entry(key)
        except KeyError:
            return None

    def by_qid(self, qid: str) -> list[Entry]:
        """The entries that a Wikidata item is stated for."""
        return [self._entries[n] for n in self._qids.get(qid.strip().rpartition("/")[2].upper(), ())]

    def find(self, query: str) -> list[Found]:
        """Entries whose names are like the query, the best first; of equals the more populous or better known."""
        text = form(query)
        if not text:
            return []
        scores: dict[int, float] = {}
        for number in self._shared(bare(text).split()):
            own, short = self._names[number]
            scores[own] = max(scores.get(own, 0.0), NEAR * self._likeness(bare(text), short))
        for own in self._bare.get(bare(text), ()):
            scores[own] = BARE
        for own in (*self._exact.get(text, ()), *self._meant(text)):
            scores[own] = EXACT
        found = [Found(self._entries[n], round(score, 1)) for n, score in scores.items() if score >= NEAR / 3]
        return sorted(found, key=lambda f: (-f.score, -_known(f.entry), f.entry.key))

    def begin(self, prefix: str) -> Iterator[Entry]:
        """Entries with a name that begins so, each once, shorter names first."""
        text = form(prefix)
        at = bisect_left(self._prefixes, text)
        names: list[str] = []
        while at < len(self._prefixes) and self._prefixes[at].startswith(text) and len(names) < 2000:
            names.append(self._prefixes[at])
            at += 1
        seen = set[int]()
        for name in sorted(names, key=lambda n: (len(n), n)):
            numbers = {*self._exact.get(name, ()), *self._bare.get(name, ())} - seen
            seen |= numbers
            yield from sorted((self._entries[n] for n in numbers), key=lambda e: (-_known(e), e.key))

    def _meant(self, text: str) -> Iterator[int]:
        """Entries that the knowledge base itself finds under this name, by a spelling that no label has."""
        for candidate in self._kb.meanings(text):
            if (number := self._numbers.get(candidate.key)) is not None:
                yield number

    def _shared(self, words: list[str]) -> set[int]:
        """Names that share a word with the query, or have one that differs by a letter."""
        found: set[int] = set()
        for word in words:
            for like in self._alike(word):
                names = self._words[like]
                if len(names) <= _RARE or len(words) == 1:
                    found.update(names[:5000])
        if not found and len(words) > 1:  # only frequent words: the names that have all of them
            held = [set().union(*(self._words[like] for like in self._alike(word))) for word in words]
            found = set.intersection(*held)
        return found

    def _alike(self, word: str) -> set[str]:
        near = {word} if word in self._words else set()
        if len(word) > 3:
            for left in (word, *_left(word)):
                near.update(self._cut.get(left, ()))
                if left in self._words:
                    near.add(left)
        return near

    def _likeness(self, query: str, name: str) -> float:
        """How much of the words of both is shared, rarer words counting more; 0 to 1."""
        ours, theirs = Counter(query.split()), Counter(name.split())
        both = ours & theirs
        shared = sum(2 * self._weight(w) * n for w, n in both.items())
        left, right = list((ours - both).elements()), list((theirs - both).elements())
        for word in left:
            if like := next((w for w in right if _one_apart(word, w)), None):
                right.remove(like)
                shared += _WRONG * (self._weight(like) + self._weight(like))
                ours[word] -= 1
                ours[like] += 1
        total = sum(self._weight(w) * n for words in (ours, theirs) for w, n in words.items())
        return shared / total if total else 0.0

    def _weight(self, word: str) -> float:
        return log(len(self._names) + 1) - log(len(self._words.get(word, ())) + 1)


def _left(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter less, more or other makes one word the other; short words never are."""
    if min(len(a), len(b)) < 4 or abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        differ = [i for i in range(len(a)) if a[i] != b[i]]
        swapped = len(differ) == 2 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]
        return len(differ) <= 1 or (swapped and differ[1] - differ[0] == 1)
    short, long = sorted((a, b), key=len)
    return short in _left(long)


def _known(entry: Entry) -> float:
    """How well known an entry is, for the order of namesakes."""
    return (entry.population or 0) + (50_000 if entry.qid else 0) + (200_000 if entry.cls == "Country" else 0)
