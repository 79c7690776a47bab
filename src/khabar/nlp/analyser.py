"""Reads a record into tokens, clitics and sentences, and parses the sentences that are asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from khabar.model import Document, Record, Sentence, Token, TokenKind
from khabar.nlp import words as words_
from khabar.nlp.lemmas import corrections, lemma
from khabar.nlp.segment import PRONOUNS, Cut, Segmenter, plain
from khabar.resources import folder
from khabar.text import View, fold, normalise

if TYPE_CHECKING:
    from spacy.language import Language

_ALONE = frozenset("وفبلك")
_BEFORE_NAME = re.compile("([وف]?)([بلك]?)(ال|ل)?$")
_MEMORY = 200_000


class Part(NamedTuple):
    """A token of one word, its offsets counted from the word's begin."""

    begin: int
    end: int
    text: str
    fold: str
    kind: TokenKind
    lemma: str


class Analyser:
    """The language side of khabar: words, clitics, lemmas, sentences; syntax on demand.

    Models are read when first used; an analyser is cheap to make and dear to make twice.
    """

    def __init__(self) -> None:
        self._segmenter: Segmenter | None = None
        self._parser: Language | None = None
        self._table: dict[str, str] = {}
        self._parts: dict[str, tuple[Part, ...]] = {}

    @property
    def segmenter(self) -> Segmenter:
        """The clitic segmenter; raises ResourceError when its model is missing."""
        if self._segmenter is None:
            self._segmenter = Segmenter.load(folder("data") / "segmenter.json.gz")
            self._table = corrections(folder("ontology") / "lexicon" / "lemmas.tsv")
        return self._segmenter

    def read(self, record: Record, names: Sequence[tuple[int, int]] = ()) -> Document:
        """Divide a record's text into tokens and sentences.

        `names` are raw spans of known names: a word that holds one is cut at its edges and nowhere inside; the article
        and endings too short for a word stay with the name. Tokens cover every letter once, in order; the `fold` of
        a stem after a contracting ل is that of the word alone (للحكومة: text لحكومة, fold الحكومه).
        """
        view = normalise(record.text)
        words = words_.split(view.text)
        if len(self._parts) > _MEMORY:
            self._parts.clear()
        named = self._named(view, words, names)
        tokens: list[Token] = []
        sentences: list[Sentence] = []
        add = tokens.append
        same = view.begins is None
        for first, last in words_.sentences(view.text, words):
            start, number = len(tokens), len(sentences)
            for w in range(first, last):
                word = words[w]
                at = word.begin
                for part in named.get(w) or self._parts.get(word.text) or self._split(word):
                    begin, end = at + part.begin, at + part.end
                    if not same:
                        begin, end = view.raw(begin, end)
                    add(Token(len(tokens), begin, end, part.text, part.fold, part.kind, w, number, part.lemma))
            sentences.append(Sentence(number, start, len(tokens)))
        return Document(record, tuple(tokens), tuple(sentences))

    def parse(self, document: Document, sentences: Collection[int]) -> Document:
        """Fill `pos`, `feats`, `head` and `dep` of the tokens of some sentences; the others stay as they are."""
        from khabar.nlp import pipeline

        wanted = [document.sentences[i] for i in sorted(set(sentences))]
        wanted = [s for s in wanted if s.last > s.first]
        if not wanted:
            return document
        if self._parser is None:
            self._parser = pipeline.load(folder("data") / "parser", pipeline.folded(self.segmenter.counts))
        tokens = list(document.tokens)
        forms = ([pipeline.form(t.fold) for t in document.tokens[s.first : s.last]] for s in wanted)
        for sentence, doc in zip(wanted, pipeline.parse(self._parser, forms), strict=True):
            for i, node in enumerate(doc, sentence.first):
                t = tokens[i]
                tokens[i] = Token(
                    t.i, t.begin, t.end, t.text, t.fold, t.kind, t.word, t.sentence, t.lemma,
                    node.pos_, str(node.morph), sentence.first + node.head.i, node.dep_.lower(),
                )  # fmt: skip
        return replace(document, tokens=tuple(tokens))

    def _split(self, word: words_.Word) -> tuple[Part, ...]:
        """Cut one word into its tokens and remember them."""
        text = word.text
        if word.kind != "stem":
            folded = fold(text)
            parts: tuple[Part, ...] = (Part(0, len(text), text, folded, word.kind, folded),)
        elif text in _ALONE:
            parts = (Part(0, 1, text, text, "proclitic", text),)
        else:
            parts = tuple(self._lay(self.segmenter.cut(text), 0))
        self._parts[text] = parts
        return parts

    def _lay(self, cut: Cut, at: int) -> Iterator[Part]:
        """Lay the pieces of a cut out in order, from offset `at` of their word."""
        for piece in cut.pro:
            yield Part(at, at + 1, piece, piece, "proclitic", piece)
            at += 1
        stem = self._alone(cut)
        end = at + len(cut.stem)
        # With a pronoun the stem keeps its written ت; else it is shown as it stands alone (see `_alone`).
        shown = fold(cut.stem if cut.enc else stem)
        yield Part(at, end, cut.stem, shown, "stem", lemma(stem, self._table, self.segmenter.counts))
        if cut.enc:
            yield Part(end, end + len(cut.enc), cut.enc, fold(cut.enc), "enclitic", fold(cut.enc))

    def _alone(self, cut: Cut) -> str:
        """Write a stem as it stands alone: its article after ل restored, ة for the ت before a pronoun."""
        stem = cut.stem
        counts = self.segmenter.counts
        if not cut.enc and cut.pro[-1:] == ("ل",) and stem.startswith("ل") and len(stem) > 2:
            bare = plain(stem)
            article, doubled, own = (counts.get(x, -1.0) for x in ("ا" + bare, "ال" + bare, bare))
            if article >= max(doubled, own):
                stem = "ا" + stem
            elif doubled > max(article, own - 3):
                stem = "ال" + stem
        elif cut.enc and stem.endswith("ت"):
            bare = plain(stem)
            if counts.get(bare[:-1] + "ة", -1.0) > counts.get(bare, -1.0):
                stem = stem[:-1] + "ة"
        return stem

    def _named(
        self, view: View, words: Sequence[words_.Word], names: Sequence[tuple[int, int]]
    ) -> dict[int, tuple[Part, ...]]:
        """Cut the Arabic words that known names touch: word number to tokens."""
        cut: dict[int, tuple[Part, ...]] = {}
        w = 0
        for begin, end in sorted(view.norm(*name) for name in names):
            while w < len(words) and words[w].end <= begin:
                w += 1
            i = w
            while i < len(words) and words[i].begin < end:
                if words[i].kind == "stem" and i not in cut:
                    at = words[i].begin
                    cut[i] = tuple(self._around(words[i].text, max(begin - at, 0), min(end, words[i].end) - at))
                i += 1
        return cut

    def _around(self, word: str, begin: int, end: int) -> Iterator[Part]:
        """Cut a word around the name at `begin:end` of it."""
        pro: tuple[str, ...] = ()
        before, after = word[:begin], word[end:]
        if match := _BEFORE_NAME.match(before):
            # The article has no token of its own: it stays with the name.
            pro = tuple(x for x in match.groups()[:2] if x)
            begin = len(pro)
        elif before:
            yield from self._lay(self.segmenter.cut(before), 0)
        enc = after if after in PRONOUNS else ""
        if not enc and len(after) < 3:
            end = len(word)
        yield from self._lay(Cut(pro, word[begin:end], enc), begin - len(pro))
        if not enc and end < len(word):
            yield from self._lay(self.segmenter.cut(after), end)
