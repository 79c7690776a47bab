"""Clitics cut off words by the shipped model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import ResourceError
from khabar.nlp.segment import Cut, Segmenter, plain, readings
from khabar.resources import folder


@pytest.fixture(scope="module")
def model() -> Segmenter:
    return Segmenter.load(folder("data") / "segmenter.json.gz")


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("وقال", "و+قال"),
        ("فسيكون", "ف+س+يكون"),
        ("وبالتالي", "و+ب+التالي"),
        ("للحكومة", "ل+لحكومة"),
        ("قواتها", "قوات+ها"),
        ("بأنهم", "ب+أن+هم"),
        ("به", "ب+ه"),
        ("ولهم", "و+ل+هم"),
        ("عليها", "علي+ها"),
        ("سيارته", "سيارت+ه"),
        ("إخراجهم", "إخراج+هم"),
        ("بسبب", "ب+سبب"),
        ("وبسبب", "و+ب+سبب"),
        ("فإنه", "ف+إن+ه"),
        ("فتنفي", "ف+تنفي"),
        ("فنفت", "ف+نفت"),
        ("فنلندا", "فنلندا"),
        ("وزارة", "وزارة"),
        ("ليبيا", "ليبيا"),
        ("بيان", "بيان"),
        ("سوريا", "سوريا"),
        ("لكنها", "لكن+ها"),
        ("كبير", "كبير"),
        ("فريق", "فريق"),
        ("بعيد", "بعيد"),
        ("ساهم", "ساهم"),
        ("وجهة", "وجهة"),
        ("ولوهانسك", "و+لوهانسك"),
        ("وأردف", "و+أردف"),
        ("ورددوا", "و+رددوا"),
        ("ويليام", "ويليام"),
        ("والدته", "والدت+ه"),
        ("تركي", "تركي"),
        ("العسكري", "العسكري"),
        ("و", "و"),
    ],
)
def test_cuts(model: Segmenter, word: str, pieces: str) -> None:
    cut = model.cut(word)
    assert "+".join([*cut.pro, cut.stem, *([cut.enc] if cut.enc else [])]) == pieces


@given(st.text(alphabet="ابتوفلكسهايمنءةىأ", min_size=1, max_size=12))
def test_readings_spell_the_word(word: str) -> None:
    found = list(readings(word))
    assert found[0] == Cut((), word, "")
    assert len(set(found)) == len(found)
    assert all("".join(c.pro) + c.stem + c.enc == word and c.stem for c in found)


@given(st.text(alphabet="ابتوفلكسهايمنءةىأ", min_size=1, max_size=12))
def test_cut_is_a_reading(word: str) -> None:
    model = Segmenter({"كتاب": 5.0}, {"op=و|": 1.0, "X=ها": 0.5})
    cut = model.cut(word)
    assert "".join(cut.pro) + cut.stem + cut.enc == word
    assert cut.stem


def test_plain() -> None:
    assert plain("أإآٱا") == "ااااا"


def test_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="segmenter"):
        Segmenter.load(tmp_path / "none.json.gz")
