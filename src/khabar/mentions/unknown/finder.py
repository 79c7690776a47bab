"""Adds to the mentions of a document the names that neither the dictionary nor the rules know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from khabar.mentions.unknown.chain import Chain
from khabar.mentions.unknown.features import Lexical, Word, around, dictionary, words
from khabar.model import Document, Mention
from khabar.resources import folder

FILE = "finder.npz"
_MEMORY = 200_000
#: How far from its word each set of features is read.
OFFSETS = (-3, -2, -1, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class Span:
    """A name of the finder: tokens `first` to `last` (half-open), PER, LOC or ORG, probability of its worst word."""

    first: int
    last: int
    kind: str
    sure: float


class Finder(Protocol):
    """Whatever finds names in a document: the model of this package, a transformer."""

    def find(self, doc: Document, mentions: Sequence[Mention]) -> list[Span]:
        """Names in text order, none overlapping; `mentions` is what is known already."""


class NameFinder:
    """The finder of this package; safe to use from one thread at a time."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._lexical = Lexical(chain.clusters)
        self._known: dict[tuple[int, str, str, str], NDArray[np.float32]] = {}

    def find(self, doc: Document, mentions: Sequence[Mention]) -> list[Span]:
        """Names of the document, whatever the dictionary says of them (it is only asked as one more witness)."""
        found = words(doc)
        lines = sentences(found)
        if not lines:
            return []
        said = dictionary(mentions, len(doc.tokens))
        scores = np.concatenate([self._scores(line, said) for line in lines])
        best, sure = self._chain.decode(scores, [len(line) for line in lines])
        spans: list[Span] = []
        at = 0
        for line in lines:
            spans += self._spans(line, best[at : at + len(line)], sure[at : at + len(line)])
            at += len(line)
        return spans

    def _scores(self, line: Sequence[Word], said: Sequence[str]) -> NDArray[np.float32]:
        """Words by labels: what each word and its neighbours weigh."""
        size = len(line)
        chain = self._chain
        scores = np.stack([chain.score(around(line, said, i)) for i in range(size)])
        for offset in OFFSETS:
            rows = np.stack([self._weight(w, offset) for w in line])
            if offset < 0:
                scores[-offset:] += rows[:offset]
            elif offset:
                scores[:-offset] += rows[offset:]
            else:
                scores += rows
        return scores

    def _weight(self, w: Word, offset: int) -> NDArray[np.float32]:
        """What a word weighs for the word `offset` places before it, remembered."""
        key = (offset, w.form, w.stem, w.before)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MEMORY:
                self._known.clear()
            found = self._known[key] = self._chain.score(at_offset(self._lexical, w, offset), f"{offset}:")
        return found

    def _spans(self, line: Sequence[Word], best: NDArray[np.int64], sure: NDArray[np.float32]) -> Iterator[Span]:
        labels = [self._chain.labels[k] for k in best]
        i = 0
        while i < len(line):
            kind = labels[i][2:]
            j = i + 1
            if labels[i] == "O":
                i = j
                continue
            while j < len(line) and labels[j] == "I-" + kind:
                j += 1
            worst = min(float(sure[k, best[k]]) for k in range(i, j))
            yield Span(line[i].core, line[j - 1].end, kind, worst)
            i = j


def sentences(found: Sequence[Word]) -> list[list[Word]]:
    """The words sentence by sentence."""
    lines: list[list[Word]] = []
    for w in found:
        if not lines or lines[-1][0].sentence != w.sentence:
            lines.append([])
        lines[-1].append(w)
    return lines


def at_offset(lexical: Lexical, w: Word, offset: int) -> list[str]:
    """The features of a word as seen from `offset` words before it."""
    if offset == 0:
        return lexical.own(w)
    return lexical.beside(w) if offset in (-1, 1) else lexical.near(w)


@cache
def load() -> NameFinder:
    """The model that ships with khabar, read once a process; raises ResourceError when it is missing."""
    return NameFinder(Chain.load(folder("data") / FILE))
