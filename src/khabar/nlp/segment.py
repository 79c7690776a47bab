"""Cuts clitics off Arabic words: a learnt choice among the ways a word can be read."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from khabar.errors import ResourceError

PRONOUNS = ("ها", "هم", "هما", "هن", "كم", "كما", "نا", "ه", "ك", "ي", "ني")
_ALONE = ("ب", "ل")  # prepositions that stand before a pronoun with no stem between: به، له
_BEFORE_VERB = "يتنأا"
_FOREIGN = ("ويل", "ويس", "ويت", "ويد", "وين", "وول", "وور", "وزارت")  # as names of Wil-, West-, Wood- begin
_PAST = re.compile("(?<=..)(وا|تا|نا|ت|ا)$")


class Cut(NamedTuple):
    """One reading of a word: proclitics in order, the stem, the pronoun at its end ("" for none)."""

    pro: tuple[str, ...]
    stem: str
    enc: str

    @property
    def whole(self) -> bool:
        """True when nothing is cut off."""
        return not self.pro and not self.enc


def plain(word: str) -> str:
    """Give the spelling that frequencies are counted under: bare alef for its hamza forms."""
    return word.replace("أ", "ا").replace("إ", "ا").replace("آ", "ا").replace("ٱ", "ا")


def readings(word: str) -> Iterator[Cut]:
    """All ways to read a word as (و/ف)(ب/ل/ك/س) + stem + (pronoun); the whole word comes first."""
    fronts: list[tuple[tuple[str, ...], str]] = [((), word)]
    if word[0] in "وف" and len(word) > 2:
        fronts.append(((word[0],), word[1:]))
    for pro, rest in tuple(fronts):
        if rest[0] in "بلك" and len(rest) > 2:
            fronts.append(((*pro, rest[0]), rest[1:]))
        elif rest[0] == "س" and len(rest) > 3 and rest[1] in _BEFORE_VERB:
            fronts.append(((*pro, "س"), rest[1:]))
    for pro, rest in fronts:
        yield Cut(pro, rest, "")
        for enc in PRONOUNS:
            stem = rest[: -len(enc)]
            if rest.endswith(enc) and (len(stem) > 1 or stem in _ALONE) and not stem.startswith("ال"):
                yield Cut(pro, stem, enc)


@dataclass(slots=True)
class Segmenter:
    """Chooses the best reading of a word by a linear score; remembers what it chose.

    `counts` gives log frequencies of whole words (see `plain`); `weights` those of the features; `fixed` the words
    that are never left to the score.
    """

    counts: Mapping[str, float]
    weights: Mapping[str, float]
    fixed: Mapping[str, Cut] = field(default_factory=dict)
    _known: dict[str, Cut] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Segmenter:
        """Read the model file; raises ResourceError when it is missing or broken."""
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                model = json.load(file)
            counts: dict[str, float] = {}
            for level, words in model["counts"].items():
                counts.update(dict.fromkeys(words.split(), int(level) / 10))
            fixed = {"".join([*pro, stem, enc]): Cut(tuple(pro), stem, enc) for pro, stem, enc in model["fixed"]}
            return cls(counts, model["weights"], fixed)
        except (OSError, ValueError, KeyError) as error:
            raise ResourceError(f"{path}: the segmenter's model is missing or broken ({error})") from error

    def cut(self, word: str) -> Cut:
        """Give the reading of one normalised word of Arabic letters."""
        found = self._known.get(word)
        if found is None:
            found = self.fixed.get(word) or self._best(word)
            if found.pro in (("و",), ("ف",)) or (word[0] in "وف" and not found.pro and self._joined(word, found)):
                # What follows a conjunction is a word of its own: its own frequencies know it better.
                rest = self.cut(word[1:])
                if rest.pro[:1] not in (("و",), ("ف",)):
                    found = Cut((word[0], *rest.pro), rest.stem, rest.enc)
            elif found.whole and self._future(word):
                found = Cut(("س",), word[1:], "")
            self._known[word] = found
        return found

    def _joined(self, word: str, cut: Cut) -> bool:
        """Whether a word read without one begins with a conjunction after all: the treebank shows few of these.

        No root begins with و or ف and a hamza, and a word whose article and present tense are unheard of is rather
        و and a known word.
        """
        if word in self.fixed or len(word) < 4:
            return False
        if word[1] in "أإآ" or word.startswith(("واست", "فاست")):
            return True
        get = self.counts.get
        if word.startswith(("وال", "فال")):
            rare = word[0] == "و" and len(word) > 5 and word[3] not in "ديتا"
            return rare or get(plain(word[1:]), -1.0) > max(get(plain(word), -1.0), 0.0)
        stem = plain(cut.stem)
        if word[0] == "ف":  # فتنفي، فنفت: a word unheard of, and one that is known after ف
            return plain(word) not in self.counts and get(plain(word[1:]), -1.0) > 4
        if len(stem) < 4:
            return False
        verb = _PAST.sub("", stem)
        alone = (stem, stem[:-1] + "ة") if cut.enc else (stem,)
        if any("ال" + w in self.counts for w in alone) or "ي" + verb in self.counts or "ت" + verb in self.counts:
            return False
        if stem not in self.counts and plain(word) not in self.counts:
            return not word.startswith(_FOREIGN)
        rest = max(get(plain(word[1:]), -1.0), get(stem[1:], -1.0))
        return rest > max(get(stem, -1.0) - 1.5, 0.0)

    def _future(self, word: str) -> bool:
        """Whether a word read whole is س and a present tense that is more frequent without it: سيلتقي."""
        if word in self.fixed or len(word) < 6 or word[0] != "س" or word[1] not in "يتن":
            return False
        whole = plain(word)
        return self.counts.get(whole[1:], -1.0) > self.counts.get(whole, -1.0) and "ال" + whole not in self.counts

    def _best(self, word: str) -> Cut:
        """The reading with the highest score."""
        get = self.weights.get
        best, found = -math.inf, Cut((), word, "")
        whole = plain(word)
        for reading in readings(word):
            score = sum(get(k, 0.0) * v for k, v in self.features(whole, reading))
            if score > best:
                best, found = score, reading
        return found

    def frequency(self, cut: Cut) -> float:
        """Log frequency of a reading's stem as a word of its own, in the spelling it has when it stands alone."""
        stem = plain(cut.stem)
        get = self.counts.get
        found = get(stem, -1.0)
        if cut.enc:
            if stem[-1] == "ت":
                found = max(found, get(stem[:-1] + "ة", -1.0))
            elif stem[-1] == "ا":
                found = max(found, get(stem[:-1] + "ى", -1.0))
            elif stem[-1] == "ي":
                found = max(found, get(stem[:-1] + "ى", -1.0) if len(stem) < 4 else -1.0)
            elif stem[-1] in "ئؤ":
                found = max(found, get(stem[:-1] + "ء", -1.0))
            elif stem[-1] == "و":
                found = max(found, get(stem + "ا", -1.0))
        elif stem[-1] == "ه":
            found = max(found, get(stem[:-1] + "ة", -1.0) - 1)
        if cut.pro and cut.pro[-1] == "ل" and stem[0] == "ل":
            found = max(found, get("ا" + stem, -1.0))
        return found

    def features(self, word: str, cut: Cut) -> Iterator[tuple[str, float]]:
        """The features of one reading of a plain word: names and values."""
        whole = self.frequency(Cut((), word, ""))
        stem = plain(cut.stem)
        pro, enc = "".join(cut.pro), cut.enc
        yield f"op={pro}|{enc}", 1
        yield f"P={pro}", 1
        yield f"X={enc}", 1
        if not pro and not enc:
            yield f"b2={word[:2]}", 1
            yield f"e2={word[-2:]}", 1
            yield f"e1={word[-1]}", 1
            yield "lw", whole / 4
            yield f"al={word.startswith('ال')}", 1
            if len(word) <= 5:
                yield f"w={word}", 1
            other = max((self.frequency(c) for c in readings(word) if not c.whole), default=-9.0) - whole
            yield "other", other / 4
            yield f"o={max(-8, min(8, int(other)))}", 1
            return
        own = self.frequency(cut)
        ratio = own - whole
        step = max(-8, min(8, int(ratio)))
        yield f"P={pro}&r={step}", 1
        yield f"X={enc}&r={step}", 1
        yield "r", ratio / 4
        yield "ls", own / 4
        yield f"P={pro}&l={min(len(stem), 5)}", 1
        yield f"X={enc}&l={min(len(stem), 5)}", 1
        yield f"new={own < 0}", 1
        yield f"al={stem.startswith('ال')}&{pro}|{enc}", 1
        yield f"X={enc}&e={stem[-1]}", 1
        yield f"P={pro}&b={stem[0]}", 1
        if len(stem) <= 4:
            yield f"s={stem}", 1
