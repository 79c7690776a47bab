"""Finds names in texts by keyed hashes alone, so that what a store keeps of a redaction does not spell out the name.

Words are compared folded (`khabar.text`), without the spaces between them (عبد الله and عبدالله are one), and the first
one also without its clitics. Whoever has the key can test guesses: the hashes are no encryption.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from khabar.text import normalise

MASK = "█"
"""Stands for one code point of a masked text."""

Kind = Literal["full", "short", "bare"]
"""Several words; one word that is a name wherever it stands; one that is a given name or ordinary word as well."""

_WORD = re.compile(r"[^\W_]+")
_PROCLITICS = re.compile("[وف]?[بلك]?")
_DESCRIBED = frozenset("actor leader office population source".split())
_ORDINARY = 62  # log frequency (tenths), as in `mentions.words`
_SHORTEST, _LATIN = 3, 4
_SHORT = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text: half-open code points of the raw text, its kind, and the id of whose name it is."""

    begin: int
    end: int
    kind: Kind
    redaction: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names as keyed hashes, each with its kind by the redaction that it belongs to; `longest` counts words."""

    salt: bytes
    hashes: Mapping[str, tuple[tuple[str, Kind], ...]]
    longest: int
    _seen: dict[str, tuple[Found, ...]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> tuple[Found, ...]:
        """Every name in a text, in order; they may overlap."""
        if text in self._seen:
            return self._seen[text]
        found = tuple(self._search(text)) if self.hashes else ()
        if len(text) < _SHORT:  # labels come in every document anew
            self._seen[text] = found
        return found

    def _search(self, text: str) -> Iterator[Found]:
        view = normalise(text)
        words = [(match.start(), match.end()) for match in _WORD.finditer(view.fold)]
        plain = [_plain(view.fold[begin:end]) for begin, end in words]
        for at, (begin, _) in enumerate(words):
            heads = _without_clitics(plain[at])
            # One more, because a name may be written with a space more than it was.
            for last in range(at + 1, min(at + self.longest + 2, len(words) + 1)):
                rest = "".join(plain[at + 1 : last])
                for cut, head in heads:
                    for redaction, kind in self.hashes.get(keyed(self.salt, head + rest), ()):
                        yield Found(*view.raw(begin + cut, words[last - 1][1]), kind, redaction)

    def whole(self, text: str) -> tuple[tuple[str, Kind], ...]:
        """Whose name a text is as a whole."""

        def all_of_it(one: Found) -> bool:
            before = "".join(_WORD.findall(text[: one.begin]))
            return _PROCLITICS.fullmatch(before) is not None and not _WORD.search(text[one.end :])

        return tuple((one.redaction, one.kind) for one in self.find(text) if all_of_it(one))

    def mask(self, text: str, kinds: Iterable[Kind] = ("full", "short", "bare")) -> str:
        """A text with the names of these kinds masked."""
        return masked(text, [(found.begin, found.end) for found in self.find(text) if found.kind in kinds])


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text of the same length in which these spans are covered.

    >>> masked("قال زيد", [(4, 7)])
    'قال ███'
    """
    letters = list(text)
    for begin, end in spans:
        letters[begin:end] = MASK * (end - begin)
    return "".join(letters)


def keyed(salt: bytes, value: str) -> str:
    """The keyed hash of a value: 16 hex digits."""
    return hashlib.blake2b(value.encode(), key=salt, digest_size=8).hexdigest()


def spelt(names: Iterable[str], *, person: bool) -> dict[str, tuple[Kind, int]]:
    """The names that are worth looking for, as they are compared, with their kind and number of words.

    Of a person left out are descriptions (قائد الجيش).
    """
    found: dict[str, tuple[Kind, int]] = {}
    for name in names:
        words = parts(name)
        if words and not (person and _describes(words[0])):
            kind: Kind = "full" if len(words) > 1 else "bare" if ordinary(words[0]) else "short"
            found["".join(words)] = kind, len(words)
    return found


def parts(name: str) -> list[str]:
    """The words of a name as they are compared."""
    return [_plain(word) for word in _WORD.findall(normalise(name).fold)]


def untitled(name: str) -> str:
    """The words of a name without the titles before it: المشير حفتر.

    >>> untitled("المشير خليفة حفتر")
    'خليفه حفتر'
    """
    from khabar.mentions.words import load

    words, titles = parts(name), load().titles
    while words and (words[0] in titles or words[0].removeprefix("ال") in titles):
        del words[0]
    return " ".join(words)


@lru_cache(maxsize=1000)
def ordinary(word: str) -> bool:
    """Whether a word, as it is compared, is too short, or too common as a given name or other word, to tell of whom."""
    from khabar.mentions.words import load

    if len(word) < (_LATIN if word.isascii() else _SHORTEST):
        return True
    table = load()
    kind = table.names.get(word)
    return kind == "given" or (kind != "surname" and table.common.get(word, 0) >= _ORDINARY)


def _describes(word: str) -> bool:
    from khabar.mentions.words import load, noun_of

    nouns = (noun_of(word), load().titles.get(word.removeprefix("ال")))
    return any(noun is not None and noun.kind in _DESCRIBED for noun in nouns)


def _plain(word: str) -> str:
    """A folded word without Latin accents."""
    if word.isascii() or "\u0600" <= word[0] <= "\u06ff":
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def _without_clitics(word: str) -> tuple[tuple[int, str], ...]:
    """A word and what is left of it without its proclitics and article; how many letters stand before the name."""
    found: dict[str, int] = {word: 0}
    match = cast("re.Match[str]", _PROCLITICS.match(word))
    for cut in range(1, match.end() + 1):
        found.setdefault(word[cut:], cut)
    for rest, cut in list(found.items()):
        if rest.startswith("لل"):
            found.setdefault("ال" + rest[2:], cut + 1)
    for rest, cut in list(found.items()):
        if rest.startswith("ال"):
            found.setdefault(rest[2:], cut)
    return tuple((cut, rest) for rest, cut in found.items() if len(rest) > 1)
