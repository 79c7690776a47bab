"""Documents as the analyser reads and parses them."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.model import Document, Record, Token
from khabar.nlp import Analyser
from khabar.text import normalise

ANALYSER = Analyser()


def read(text: str, *names: str) -> Document:
    spans = [(text.index(n), text.index(n) + len(n)) for n in names]
    return ANALYSER.read(Record(text, "test"), spans)


def pieces(document: Document) -> list[str]:
    return [t.text for t in document.tokens]


def stem(document: Document) -> Token:
    return next(t for t in document.tokens if t.kind == "stem")


def test_clitics_are_tokens_with_raw_offsets() -> None:
    text = "وَقالَ إنَّهُم سيعودون للحُكومة"
    document = read(text)
    assert pieces(document) == ["و", "قال", "إن", "هم", "س", "يعودون", "ل", "لحكومة"]
    assert [t.kind for t in document.tokens] == [
        "proclitic", "stem", "stem", "enclitic", "proclitic", "stem", "proclitic", "stem",
    ]  # fmt: skip
    assert [text[t.begin : t.end] for t in document.tokens] == ["وَ", "قالَ", "إنَّ", "هُم", "س", "يعودون", "ل", "لحُكومة"]
    assert [t.word for t in document.tokens] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [t.i for t in document.tokens] == list(range(8))


@pytest.mark.parametrize(
    ("word", "text", "fold", "lemma"),
    [
        ("للحكومة", "لحكومة", "الحكومه", "حكومه"),
        ("وللقوات", "لقوات", "القوات", "قوه"),
        ("للجنة", "لجنة", "اللجنه", "لجنه"),
        ("للبنان", "لبنان", "لبنان", "لبنان"),
        ("لحكومة", "حكومة", "حكومه", "حكومه"),
        ("سيارته", "سيارت", "سيارت", "سياره"),
        ("الطائرات", "الطائرات", "الطايرات", "طايره"),
        ("تعليم", "تعليم", "تعليم", "تعليم"),
        ("التهاب", "التهاب", "التهاب", "التهاب"),
        ("يستهدف", "يستهدف", "يستهدف", "استهدف"),
        ("التركية", "التركية", "التركيه", "تركي"),
    ],
)
def test_stems(word: str, text: str, fold: str, lemma: str) -> None:
    found = stem(read(word))
    assert (found.text, found.fold, found.lemma) == (text, fold, lemma)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("في بلاك ووتر", "بلاك", ["في", "بلاك", "و", "وتر"]),
        ("في بلاك ووتر", "بلاك ووتر", ["في", "بلاك", "ووتر"]),
        ("وبالرقة", "الرقة", ["و", "ب", "الرقة"]),
        ("وبالرقة", "رقة", ["و", "ب", "الرقة"]),
        ("للحوثيين", "لحوثيين", ["ل", "لحوثيين"]),
        ("للحوثيين", "حوثيين", ["ل", "لحوثيين"]),
        ("فلبلاكها", "بلاك", ["ف", "ل", "بلاك", "ها"]),
        ("يديرهاصديق", "صديق", ["يدير", "ها", "صديق"]),
        ("وزارة الدفاع والطيران", "وزارة الدفاع والطيران", ["وزارة", "الدفاع", "والطيران"]),
    ],
)
def test_names_are_cut_at_their_edges(text: str, name: str, expected: list[str]) -> None:
    assert pieces(read(text, name)) == expected


def test_sentences_number_their_tokens() -> None:
    document = read("ربح خلفه.وأيضا تبقى. نعم")
    assert [(s.i, s.first, s.last) for s in document.sentences] == [(0, 0, 4), (1, 4, 8), (2, 8, 9)]
    assert [t.sentence for t in document.tokens] == [0, 0, 0, 0, 1, 1, 1, 1, 2]


def test_clitic_before_quote() -> None:
    tokens = read("لـ«داعش»").tokens
    assert [(t.text, t.kind) for t in tokens] == [
        ("ل", "proclitic"), ("«", "punct"), ("داعش", "stem"), ("»", "punct"),
    ]  # fmt: skip


@given(st.text(alphabet='والبكسفهمنيةىأإ\u064e\u0651ـ \n.،؟"()٣4aZ\u200f', max_size=50), st.data())
def test_tokens_tile_the_text(text: str, data: st.DataObject) -> None:
    names = []
    if text and data.draw(st.booleans()):
        begin = data.draw(st.integers(0, len(text) - 1))
        names.append((begin, data.draw(st.integers(begin + 1, len(text)))))
    tokens = ANALYSER.read(Record(text, "test"), names).tokens
    for before, after in pairwise(tokens):
        assert before.end <= after.begin
    for t in tokens:
        assert normalise(text[t.begin : t.end]).text == t.text
    assert "".join(t.text for t in tokens) == "".join(normalise(text).text.split())


def test_parse_fills_only_what_is_asked() -> None:
    document = read("قصفت الطائرات مدينة حلب. وقال مصدر إن القوات الروسية انسحبت.")
    parsed = ANALYSER.parse(document, [1])
    assert all(t.pos == "" and t.head == -1 for t in parsed.tokens[:5])
    assert parsed.tokens[:5] == document.tokens[:5]
    said = parsed.tokens[6]
    assert (said.text, said.pos, said.dep, said.head) == ("قال", "VERB", "root", 6)
    source = parsed.tokens[7]
    assert (source.text, source.head, source.dep) == ("مصدر", 6, "nsubj")
    assert all(5 <= t.head < len(parsed.tokens) for t in parsed.tokens[5:])
    assert ANALYSER.parse(document, []) is document


def test_spacy_is_loaded_late() -> None:
    code = "import sys; from khabar.nlp import Analyser; Analyser(); sys.exit('spacy' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
