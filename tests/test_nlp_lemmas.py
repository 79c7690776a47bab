"""Lemmas and their table of corrections."""

from __future__ import annotations

from pathlib import Path

import pytest

from khabar.nlp.lemmas import corrections, lemma, without_article
from khabar.resources import folder
from khabar.text import fold

TABLE = folder("ontology") / "lexicon" / "lemmas.tsv"


def test_table_has_one_lemma_a_form() -> None:
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["form", "lemma"]
    assert all(len(r) == 2 and all(r) for r in rows)
    assert len({r[0] for r in rows}) == len(rows)
    assert corrections(TABLE)[fold("القاهرة")] == "قاهره"


def test_no_table(tmp_path: Path) -> None:
    assert corrections(tmp_path / "none.tsv") == {}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("الحكومة", "حكومة"),
        ("الله", "الله"),
        ("الذي", "الذي"),
        ("التهاب", "التهاب"),
        ("العام", "عام"),
        ("الآن", "الآن"),
    ],
)
def test_article(word: str, expected: str) -> None:
    assert without_article(word, {"التهاب": 6.0, "العام": 9.0, "عام": 9.0}) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("تصنيف", "تصنيف"),
        ("اختبار", "اختبار"),
        ("مشاهدة", "مشاهده"),
        ("الطائرات", "طايره"),
        ("قوات", "قوه"),
        ("يقول", "قال"),
        ("العسكرية", "عسكري"),
    ],
)
def test_lemma(word: str, expected: str) -> None:
    assert lemma(word, {}, {}) == expected


def test_corrections_come_first() -> None:
    assert lemma("الفصائل", {"فصايل": "فصيل"}, {}) == "فصيل"
