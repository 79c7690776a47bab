"""Words, numbers and marks; sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.nlp.words import sentences, split


def texts(text: str) -> list[str]:
    return [w.text for w in split(text)]


def cut(text: str) -> list[str]:
    words = split(text)
    return [text[words[a].begin : words[b - 1].end] for a, b in sentences(text, words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("خلفه.وأيضا", ["خلفه", ".", "وأيضا"]),
        ('فاغنر"،(ميليشيا)', ["فاغنر", '"', "،", "(", "ميليشيا", ")"]),
        ("بنسبة 3.5% عند 10:30", ["بنسبة", "3.5", "%", "عند", "10:30"]),
        ("في 12/5/2019 و2019-10-07", ["في", "12/5/2019", "و", "2019-10-07"]),
        ("بين 2011-2015.", ["بين", "2011", "-", "2015", "."]),
        ("قال د. أحمد", ["قال", "د.", "أحمد"]),
        ("وكالة أ.ف.ب قالت", ["وكالة", "أ.ف.ب", "قالت"]),
        ("صواريخ S-400 وطائرة F16", ["صواريخ", "S-400", "وطائرة", "F16"]),
        ("انظر www.a.com/x.", ["انظر", "www.a.com/x", "."]),
        ("نعم... ماذا؟!", ["نعم", "...", "ماذا", "؟!"]),
        ("12ألف", ["12", "ألف"]),
        ("#ليبيا_اليوم", ["#", "ليبيا", "_", "اليوم"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert texts(text) == words


def test_kinds() -> None:
    kinds = [w.kind for w in split("الخطر ء 12 NATO ،")]
    assert kinds == ["stem", "punct", "number", "other", "punct"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("جاء زيد. وذهب عمرو؟ نعم!", ["جاء زيد.", "وذهب عمرو؟", "نعم!"]),
        ("بلغ 3.5 مليون. انتهى", ["بلغ 3.5 مليون.", "انتهى"]),
        ("عنوان\nنص أول. نص ثان", ["عنوان", "نص أول.", "نص ثان"]),
        ('قال: "لن نعود." ثم خرج', ['قال: "لن نعود."', "ثم خرج"]),
        ('جاء زيد. "قال عمرو"', ["جاء زيد.", '"قال عمرو"']),
        ("قال «لن نعود.» ثم خرج", ["قال «لن نعود.»", "ثم خرج"]),
        ("جاء (نعم. جاء) زيد. ثم", ["جاء (نعم. جاء) زيد.", "ثم"]),
        ("ربح خلفه.وأيضا تبقى", ["ربح خلفه.", "وأيضا تبقى"]),
        ("جاء د. أحمد، ثم ذهب؛ ثم عاد", ["جاء د. أحمد، ثم ذهب؛ ثم عاد"]),
        ("قال … ثم", ["قال …", "ثم"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@given(st.text(alphabet='اب و.؟!،"«»()[]…\n 12a-:/#', max_size=60))
def test_words_and_sentences_cover_everything(text: str) -> None:
    words = split(text)
    assert "".join(w.text for w in words) == "".join(text.split())
    assert all(text[w.begin : w.end] == w.text for w in words)
    ranges = list(sentences(text, words))
    assert [i for a, b in ranges for i in range(a, b)] == list(range(len(words)))
    assert all(a < b for a, b in ranges)
